/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 现场采集回执: what the person takes home. It is not the 领取凭证, which the station fills in
 * once the population system has given an acceptance number (R095, R132, R134). */
#include "forms.h"

#include "sheet.h"
#include "words.h"

#define TITLE "居民身份证现场采集回执"
#define SIZE 12.0
#define LABEL 100.0
#define ROW 34.0
#define QR 128.0

static double
row(Sheet *sheet, double y, double width, const char *label, const char *value)
{
  sheet_cell(sheet, (Box){SHEET_LEFT, y, LABEL, ROW}, label, SIZE, INK_CENTRE);
  sheet_cell(sheet, (Box){SHEET_LEFT + LABEL, y, width - LABEL, ROW}, value, SIZE, INK_LEFT);
  return y + ROW;
}

static gboolean
draw_code(Sheet *sheet, const DsView *view, double y, double height, GError **error)
{
  const char *bundle = ds_view_fact(view, "bundle.id");
  Box cell = {SHEET_RIGHT - QR - 12, y, QR + 12, height};
  double top = y + (height - QR - 24) / 2;

  sheet_cell(sheet, cell, NULL, SIZE, INK_CENTRE);
  sheet_fit(sheet, (Box){cell.x, top + QR, cell.width, 22}, "采集包编号", 9, INK_CENTRE);
  return sheet_qr(sheet, (Box){cell.x + 6, top, QR, QR}, bundle, error);
}

static gboolean
draw_table(Sheet *sheet, const DsView *view, double *y, GError **error)
{
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *officer = g_strdup_printf("%s　%s", words_fact(view, "officer.name"),
                                             words_fact(view, "officer.number"));
  double width = SHEET_INNER - QR - 12, top = *y;

  *y = row(sheet, *y, width, "本地编号", words_fact(view, "case.local-number"));
  *y = row(sheet, *y, width, "姓　名", words_field(view, "applicant.name"));
  *y = row(sheet, *y, width, "公民身份号码", number);
  *y = row(sheet, *y, width, "申领原因", words_of(view, "application.reason"));
  *y = row(sheet, *y, width, "采集日期", day);
  if (!draw_code(sheet, view, top, *y - top, error))
    return FALSE;
  *y = row(sheet, *y, SHEET_INNER, "领证方式", words_of(view, "delivery.mode"));
  *y = row(sheet, *y, SHEET_INNER, "受理单位", words_fact(view, "station.name"));
  *y = row(sheet, *y, SHEET_INNER, "采集单元", words_fact(view, "unit.id"));
  *y = row(sheet, *y, SHEET_INNER, "采集人", officer);
  *y = row(sheet, *y, SHEET_INNER, "采集包编号", words_fact(view, "bundle.id"));
  return TRUE;
}

static void
draw_notes(Sheet *sheet, const DsView *view, double y)
{
  static const char *const NOTES[] = {
      "一、本回执只表示已经现场采集（预受理）。身份信息核验、人像比对由受理单位完成，符合规定的，由"
      "受理单位"
      "受理。",
      "二、受理号由人口信息管理系统自动生成，受理后另行告知。",
      "三、本回执不是居民身份证领取凭证，不能用于领取居民身份证。",
      "四、需要查询、更正或者撤回的，请向受理单位提供本地编号。",
      "五、由亲属代领或者邮政寄递的，申请人在收到证件三十个工作日内，到受理地公安机关或户籍地公安机"
      "关核验证件"
      "信息，比对指纹信息。",
  };
  const char *mode = words_field(view, "delivery.mode");
  gsize count = G_N_ELEMENTS(NOTES) - (g_str_equal(mode, "self") ? 1 : 0);

  y = sheet_flow(sheet, y, "告知事项", SIZE, INK_BOLD) + 4;
  for (gsize i = 0; i < count; i++)
    y = sheet_flow(sheet, y, NOTES[i], 11, INK_LEFT) + 4;
}

GBytes *
form_capture_receipt(const DsView *view, GError **error)
{
  static const char *const FACTS[] = {"case.local-number", "bundle.id"};
  g_autoptr(Sheet) sheet = NULL;
  double y = SHEET_TOP;

  for (guint i = 0; i < G_N_ELEMENTS(FACTS); i++)
    if (ds_view_fact(view, FACTS[i]) == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "%s is missing; the receipt is printed after the case is sealed", FACTS[i]);
      return NULL;
    }
  if (*words_field(view, "refusal.reason") != '\0' ||
      *words_field(view, "withdrawal.reason") != '\0') {
    g_set_error_literal(
        error, DS_ERROR, DS_ERROR_REFUSED,
        "this case was refused or withdrawn; a receipt would say that it was taken");
    return NULL;
  }
  sheet = sheet_new(TITLE "（预受理）", ds_view_fact(view, "case.day"));
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, TITLE, 21, INK_CENTRE | INK_BOLD);
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, "（预受理）", 13, INK_CENTRE) + 12;
  if (!draw_table(sheet, view, &y, error))
    return NULL;
  draw_notes(sheet, view, y + 14);
  return sheet_finish(sheet, error);
}
