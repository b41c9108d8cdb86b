/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/money.h"

#include <string.h>

#define FEN_PER_YUAN 100
#define DECIMALS 2u

char *
ds_money_format(gint64 fen)
{
  guint64 size = fen < 0 ? (guint64)-fen : (guint64)fen;

  return g_strdup_printf("%s%" G_GUINT64_FORMAT ".%02u", fen < 0 ? "-" : "", size / FEN_PER_YUAN,
                         (guint)(size % FEN_PER_YUAN));
}

gboolean
ds_money_parse_yuan(const char *text, gint64 *fen)
{
  guint decimals = 0;
  gboolean point = FALSE, digit = FALSE;
  gint64 sum = 0;

  for (; *text != '\0' && !g_str_equal(text, "元"); text++) {
    if (*text == '.' && digit && !point) {
      point = TRUE;
      digit = FALSE; /* one must follow */
      continue;
    }
    if (!g_ascii_isdigit(*text) || (point && ++decimals > DECIMALS))
      return FALSE;
    digit = TRUE;
    sum = sum * 10 + (*text - '0');
    if (sum > DS_MONEY_MAX)
      return FALSE;
  }
  for (; decimals < DECIMALS; decimals++)
    sum *= 10;
  if (!digit || sum > DS_MONEY_MAX)
    return FALSE;
  *fen = sum;
  return TRUE;
}

gboolean
ds_money_parse_fen(const char *text, gint64 *fen)
{
  return text != NULL && strspn(text, "0123456789") == strlen(text) &&
         (text[0] != '0' || text[1] == '\0') &&
         g_ascii_string_to_signed(text, 10, 0, DS_MONEY_MAX, fen, NULL);
}
