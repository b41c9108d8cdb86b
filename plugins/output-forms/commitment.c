/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 告知承诺书: the pack's text word for word, the signature, the date, and which version of the
 * text was signed (R136, R142). */
#include "forms.h"

#include <string.h>

#include "sheet.h"
#include "signature.h"
#include "words.h"

#define SIZE 12.0
#define SIGNATURE_HEIGHT 54.0
#define ADDRESS_MOST 32 /* characters */

/* The text ends in blank lines for pen and date; here they are filled. */
static gboolean
is_signature_line(const char *paragraph)
{
  return strstr(paragraph, "承诺人（签名）") != NULL ||
         (strstr(paragraph, "年") != NULL && strstr(paragraph, "＿") != NULL);
}

/* "一、所需材料"; a numbered sentence is none. */
static gboolean
is_heading(const char *paragraph)
{
  static const char *const NUMERALS = "一二三四五六七八九十";
  const char *second = g_utf8_next_char(paragraph);

  return g_utf8_strchr(NUMERALS, -1, g_utf8_get_char(paragraph)) != NULL &&
         g_str_has_prefix(second, "、") && !g_str_has_suffix(paragraph, "。") &&
         !g_str_has_suffix(paragraph, "；");
}

/* "办理业务的群众：" */
static gboolean
is_address(const char *paragraph)
{
  return g_str_has_suffix(paragraph, "：") && g_utf8_strlen(paragraph, -1) <= ADDRESS_MOST;
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
                   first && is_address(paragraph) ? INK_LEFT
                   : is_heading(paragraph)        ? INK_INDENT | INK_BOLD
                                                  : INK_INDENT);
    y += 5;
    first = FALSE;
  }
  return y;
}

static const char *const SIGNERS[] = {"commitment.signer", "signature.signer", NULL};

static char *
day_of(const DsView *view, const DsPart *part)
{
  g_autofree char *day = NULL;

  if (part == NULL)
    return g_strdup("＿＿＿＿年＿＿月＿＿日");
  day = words_day_of(ds_part_attribute(part, "captured-at"));
  return *day != '\0' ? g_steal_pointer(&day) : words_date(ds_view_fact(view, "case.day"));
}

static gboolean
draw_signature(Sheet *sheet, const DsView *view, double *y, GError **error)
{
  const char *signer = signature_signer(view, SIGNERS);
  const DsPart *part = signature_part(view, signer);
  gboolean drawn = part != NULL && ds_view_part_bytes(view, part->id) != NULL;
  g_autofree char *day = day_of(view, part);
  double middle = SHEET_LEFT + SHEET_INNER / 2 - 10;

  *y = sheet_room(sheet, *y, SIGNATURE_HEIGHT + 30) + 12;
  sheet_text(sheet, middle, *y + SIGNATURE_HEIGHT / 2 - 8, 110, "承诺人（签名）：", SIZE, INK_LEFT);
  if (!drawn)
    sheet_text(sheet, middle + 98, *y + SIGNATURE_HEIGHT / 2 - 8, 140, "＿＿＿＿＿＿＿＿", SIZE,
               INK_LEFT);
  else if (!signature_draw(sheet, view, signer, (Box){middle + 98, *y, 140, SIGNATURE_HEIGHT},
                           error))
    return FALSE;
  *y += SIGNATURE_HEIGHT + 4;
  *y += sheet_text(sheet, middle, *y, SHEET_RIGHT - middle - 6, day, SIZE, INK_RIGHT);
  return TRUE;
}

static void
draw_record(Sheet *sheet, const DsView *view, double y)
{
  const char *promised = words_of(view, "commitment.signer");
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *text = g_strdup_printf(
      "申请人：%s（%s）　承诺人：%s　本地编号：%s\n文本版本：%s\n文本摘要（SHA-256）：%s",
      words_field(view, "applicant.name"), number,
      *promised != '\0' ? promised : words_of(view, "signature.signer"),
      words_fact(view, "case.local-number"), words_field(view, "commitment.version"),
      words_field(view, "commitment.sha256"));
  double height = sheet_measure(sheet, SHEET_INNER, text, 8.5, INK_LEFT);

  y = sheet_room(sheet, y, height + 18) + 18;
  sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, text, 8.5, INK_LEFT);
}

static gboolean
is_needed(const DsView *view)
{
  g_auto(GStrv) others = g_strsplit(words_fact(view, "steps.not-needed"), " ", -1);

  return !g_strv_contains((const char *const *)others, "step-commitment");
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
  if (!is_needed(view)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                        "the rules want no commitment for this case; nobody signs one for nothing");
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
