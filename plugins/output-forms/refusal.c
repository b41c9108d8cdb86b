/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 不予受理告知单: the one reason of the closed list, the clause behind it, and where to go instead
 * (R006, R075). The field's own refusal or the station's later word, on the same paper. */
#include "forms.h"

#include "grid.h"
#include "money.h"
#include "words.h"

#define TITLE "居民身份证异地办理不予受理告知单"
#define SIZE 11.0
#define QR 92.0

static gboolean
is_by_station(const DsView *view)
{
  return g_str_equal(words_fact(view, "refusal.by"), "station");
}

static double
draw_address(Sheet *sheet, const DsView *view, double y)
{
  const char *guardian = ds_view_field(view, "guardian.name");
  const char *name = words_field(view, "applicant.name");
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *whom = guardian != NULL ? g_strdup_printf("%s（监护人：%s）：", name, guardian)
                                           : g_strdup_printf("%s：", name);
  g_autofree char *text = g_strdup_printf(
      "您于%s提出的居民身份证办理申请，%s，属于下列规定的不予受理情形，不能在本地受理。现将依据和"
      "办理途径告知如下：",
      day, is_by_station(view) ? "经受理单位审核" : "经现场查验");

  y = sheet_flow(sheet, y, whom, 12, INK_LEFT) + 4;
  return sheet_flow(sheet, y, text, 12, INK_INDENT) + 10;
}

/* The rule names the kind of place; which one it is, as far as the field knows. */
static char *
where_of(const DsView *view)
{
  const char *redirect = words_fact(view, "refusal.redirect");
  const char *station = ds_view_field(view, "applicant.police-station");

  if (station != NULL)
    return g_strdup_printf("%s\n户籍地派出所：%s", redirect, station);
  return g_strdup_printf("%s\n常住户口所在地住址：%s", redirect,
                         words_field(view, "applicant.address"));
}

static char *
asked_of(const DsView *view)
{
  const char *category = words_of(view, "application.category");

  return g_strdup_printf("%s%s%s", words_of(view, "application.reason"),
                         *category != '\0' ? "　" : "", category);
}

/* Cash that was taken is never passed over in silence. */
static char *
money_of(const DsView *view)
{
  g_autofree char *figures = NULL, *back = NULL;
  gint64 taken, refund;

  if (!ds_money_parse_fen(ds_view_field(view, "fee.received"), &taken))
    return NULL;
  figures = money_figures(taken);
  if (!ds_money_parse_fen(ds_view_fact(view, "refund.amount"), &refund))
    return g_strdup_printf("已收现金%s（票据 %s %s），规定未载明是否退还，报负责人决定后告知。",
                           figures, words_field(view, "fee.receipt-series"),
                           words_field(view, "fee.receipt-number"));
  back = money_figures(refund);
  return g_strdup_printf("已收现金%s（票据 %s %s），退还%s。", figures,
                         words_field(view, "fee.receipt-series"),
                         words_field(view, "fee.receipt-number"), back);
}

static double
draw_table(Sheet *sheet, const DsView *view, double y)
{
  Grid grid = grid_begin(sheet, y);
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *asked = asked_of(view);
  g_autofree char *reason = g_strdup_printf("%s（%s）", words_fact(view, "refusal.text"),
                                            words_fact(view, "refusal.code"));
  g_autofree char *rule = words_rule(view, "refusal");
  g_autofree char *where = where_of(view);
  g_autofree char *money = money_of(view);
  const char *said = words_fact(view, "refusal.explanation");

  grid_pair(&grid, "公民身份号码", number, "本地编号", words_fact(view, "case.local-number"));
  grid_row(&grid, "申请事项", asked);
  grid_row(&grid, "不予受理情形", reason);
  grid_row(&grid, "依　据", rule);
  if (*said != '\0' && !g_str_equal(said, words_fact(view, "refusal.text")))
    grid_row(&grid, "情况说明", said);
  grid_row(&grid, "办理途径", where);
  if (money != NULL)
    grid_row(&grid, "工本费", money);
  grid.least = 58;
  grid_row(&grid, "咨询、监督电话\n救济途径",
           "咨询电话：＿＿＿＿＿＿＿＿＿＿　　监督电话：＿＿＿＿＿＿＿＿＿＿\n"
           "救济途径和期限：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿（由受理单位填写）");
  return grid.y;
}

static gboolean
draw_end(Sheet *sheet, const DsView *view, double y, GError **error)
{
  const char *local = words_fact(view, "case.local-number");
  g_autofree char *day =
      words_date(ds_view_fact(view, is_by_station(view) ? "refusal.day" : "case.day"));
  g_autofree char *officer = g_strdup_printf("告知人：%s（%s）", words_fact(view, "officer.name"),
                                             words_fact(view, "officer.number"));
  g_autofree char *left =
      g_strdup_printf("%s\n决定日期：%s\n告知日期：＿＿＿＿年＿＿月＿＿日", officer, day);
  g_autofree char *right =
      g_strdup_printf("受理单位：%s\n（印章）", words_fact(view, "station.name"));
  g_autofree char *code = NULL;
  double x = SHEET_LEFT + QR + 14, half = (SHEET_RIGHT - x) / 2;

  y = sheet_room(sheet, y, QR + 44) + 16;
  sheet_text(sheet, x, y + 4, half, left, SIZE, INK_LEFT);
  sheet_text(sheet, x, y + 66, half + 40, "被告知人（签名）：＿＿＿＿＿＿＿", SIZE, INK_LEFT);
  sheet_text(sheet, x + half + 8, y + 4, half - 8, right, SIZE, INK_LEFT);
  code = grid_paper_code(sheet, local, "refusal-notice");
  return grid_code(sheet, SHEET_LEFT, y, QR, code, error);
}

GBytes *
form_refusal_notice(const DsView *view, GError **error)
{
  g_autoptr(Sheet) sheet = NULL;
  double y;

  if (!words_check_name(view, error))
    return NULL;
  if (ds_view_fact(view, "refusal.code") == NULL) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "refusal.code is missing: this case was not refused; what is only missing "
                        "stands in the missing-notice");
    return NULL;
  }
  if (ds_view_fact(view, "refusal.phrase") == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "refusal.phrase is missing: the rules of this case have no reason \"%s\", and "
                "without its clause nobody is refused",
                ds_view_fact(view, "refusal.code"));
    return NULL;
  }
  sheet = sheet_new(TITLE, ds_view_fact(view, "case.day"));
  y = grid_title(sheet, TITLE, NULL);
  y = draw_address(sheet, view, y);
  y = draw_table(sheet, view, y);
  return draw_end(sheet, view, y, error) ? sheet_finish(sheet, error) : NULL;
}
