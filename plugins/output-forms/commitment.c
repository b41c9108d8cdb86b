/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 告知承诺书: the pack's text word for word, the signature, the date, and which version of the
 * text was signed (R136, R142). */
#include "forms.h"

#include <string.h>

#include "sheet.h"
#include "words.h"

#define SIZE 12.0
#define SIGNATURE_HEIGHT 54.0

/* The text ends in blank lines for pen and date; here they are filled. */
static gboolean
is_signature_line(const char *paragraph)
{
  return strstr(paragraph, "承诺人（签名）") != NULL ||
         (strstr(paragraph, "年") != NULL && strstr(paragraph, "＿") != NULL);
}

static gboolean
is_heading(const char *paragraph)
{
  return g_str_has_prefix(paragraph, "一、") || g_str_has_prefix(paragraph, "二、") ||
         g_str_has_prefix(paragraph, "三、");
}

static double
draw_text(Sheet *sheet, const char *text, double y)
{
  g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);
  gboolean first = TRUE;

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    char *paragraph = g_strstrip(paragraphs[i]);

    if (*paragraph == '\0' || is_signature_line(paragraph))
      continue;
    /* The form of address stands at the margin. */
    y = sheet_flow(sheet, y, paragraph, SIZE,
                   first && g_str_has_suffix(paragraph, "：") ? INK_LEFT
                   : is_heading(paragraph)                    ? INK_INDENT | INK_BOLD
                                                              : INK_INDENT);
    y += 5;
    first = FALSE;
  }
  return y;
}

static gboolean
draw_signature(Sheet *sheet, const DsView *view, double *y, GError **error)
{
  const DsPart *part =
      ds_view_find_part(view, DS_SLOT_SIGNATURE, ds_view_field(view, "commitment.signer"));
  GBytes *bytes = part != NULL ? ds_view_part_bytes(view, part->id) : NULL;
  g_autofree char *day = part != NULL ? words_day_of(ds_part_attribute(part, "captured-at")) : NULL;
  double middle = SHEET_LEFT + SHEET_INNER / 2 - 10;

  if (*y + SIGNATURE_HEIGHT + 30 > SHEET_BOTTOM) {
    sheet_break(sheet);
    *y = SHEET_TOP;
  }
  *y += 12;
  sheet_text(sheet, middle, *y + SIGNATURE_HEIGHT / 2 - 8, 110, "承诺人（签名）：", SIZE, INK_LEFT);
  if (bytes == NULL)
    sheet_text(sheet, middle + 98, *y + SIGNATURE_HEIGHT / 2 - 8, 140, "＿＿＿＿＿＿＿＿", SIZE,
               INK_LEFT);
  else if (!sheet_picture(sheet, (Box){middle + 98, *y, 140, SIGNATURE_HEIGHT}, bytes, error))
    return FALSE;
  *y += SIGNATURE_HEIGHT + 4;
  if (part != NULL && *day == '\0') {
    g_free(day);
    day = words_date(ds_view_fact(view, "case.day"));
  }
  *y += sheet_text(sheet, middle, *y, SHEET_RIGHT - middle - 6,
                   day != NULL && *day != '\0' ? day : "＿＿＿＿年＿＿月＿＿日", SIZE, INK_RIGHT);
  return TRUE;
}

static void
draw_record(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *text = g_strdup_printf(
      "申请人：%s（%s）　承诺人：%s　本地编号：%s\n文本版本：%s\n文本摘要（SHA-256）：%s",
      words_field(view, "applicant.name"), number, words_of(view, "commitment.signer"),
      words_fact(view, "case.local-number"), words_field(view, "commitment.version"),
      words_field(view, "commitment.sha256"));
  double height = sheet_measure(sheet, SHEET_INNER, text, 8.5, INK_LEFT);

  if (y + 18 + height > SHEET_BOTTOM) {
    sheet_break(sheet);
    y = SHEET_TOP;
  }
  sheet_text(sheet, SHEET_LEFT, y + 18, SHEET_INNER, text, 8.5, INK_LEFT);
}

GBytes *
form_commitment(const DsView *view, GError **error)
{
  const char *text = ds_view_fact(view, "text.commitment.zh");
  const char *title = ds_view_fact(view, "text.commitment.title");
  g_autoptr(Sheet) sheet = NULL;
  double y = SHEET_TOP;

  if (text == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "text.commitment.zh is missing; the rule pack of this case has no commitment");
    return NULL;
  }
  title = title != NULL ? title : "告知承诺书";
  sheet = sheet_new(title, ds_view_fact(view, "case.day"));
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, title, 18, INK_CENTRE | INK_BOLD) + 14;
  y = draw_text(sheet, text, y);
  if (!draw_signature(sheet, view, &y, error))
    return NULL;
  draw_record(sheet, view, y);
  return sheet_finish(sheet, error);
}
