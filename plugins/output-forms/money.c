/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "money.h"

static const char *const DIGITS[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

char *
money_figures(gint64 fen)
{
  g_autofree char *amount = ds_money_format(fen);

  return g_strconcat(amount, "元", NULL);
}

/* Four digits. @before: higher ones were written, so zeros in front are read as one 零. */
static void
append_section(GString *text, guint section, gboolean before)
{
  static const char *const UNITS[] = {"仟", "佰", "拾", ""};
  gboolean gap = FALSE;

  for (guint i = 0, weight = 1000; weight > 0; i++, weight /= 10) {
    guint digit = section / weight % 10;

    if (digit == 0) {
      gap = before;
      continue;
    }
    g_string_append_printf(text, "%s%s%s", gap ? "零" : "", DIGITS[digit], UNITS[i]);
    before = TRUE;
    gap = FALSE;
  }
}

static void
append_yuan(GString *text, gint64 yuan)
{
  static const char *const UNITS[] = {"亿", "万", ""};
  gint64 weight = 100000000;
  gboolean skipped = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS(UNITS); i++, weight /= 10000) {
    guint section = (guint)(yuan / weight % 10000);

    if (section == 0) {
      skipped = text->len > 0;
      continue;
    }
    if (skipped && section >= 1000)
      g_string_append(text, "零");
    append_section(text, section, text->len > 0);
    g_string_append(text, UNITS[i]);
    skipped = FALSE;
  }
  if (text->len > 0)
    g_string_append(text, "元");
}

char *
money_capitals(gint64 fen)
{
  GString *text = g_string_new(NULL);
  int jiao = (int)(fen / 10 % 10), rest = (int)(fen % 10);

  append_yuan(text, fen / 100);
  if (jiao > 0)
    g_string_append_printf(text, "%s角", DIGITS[jiao]);
  else if (rest > 0 && text->len > 0)
    g_string_append(text, "零");
  if (rest > 0)
    g_string_append_printf(text, "%s分", DIGITS[rest]);
  if (text->len == 0)
    g_string_append(text, "零元");
  if (rest == 0)
    g_string_append(text, "整");
  return g_string_free(text, FALSE);
}
