/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 收款凭单 and 退费单: what was done with cash in the field (R041, R044, R045). Neither is a
 * fiscal receipt; both name the one that is. Two equal halves of a page, one for each side. */
#include "forms.h"

#include "grid.h"
#include "money.h"
#include "words.h"

#define CASH_TITLE "居民身份证工本费收款凭单"
#define REFUND_TITLE "居民身份证工本费退费单"
#define TOP (SHEET_TOP - 10)
#define HALF ((SHEET_BOTTOM - TOP) / 2)
#define ROW 23.0
#define ROW_MOST 36.0
#define QR 92.0
#define SIZE 10.0

typedef struct {
  const char *title, *document, *notes;
  const char *left, *right; /* who signs */
  void (*draw)(Grid *grid, const DsView *view);
} Slip;

static char *
payer_of(const DsView *view)
{
  const char *payer = ds_view_field(view, "fee.payer");

  return g_strdup(payer != NULL ? payer : words_field(view, "applicant.name"));
}

static char *
capitals_of(const char *fen)
{
  g_autofree char *capitals = NULL;
  gint64 amount;

  if (!ds_money_parse_fen(fen, &amount))
    return g_strdup("");
  capitals = money_capitals(amount);
  return g_strconcat("人民币", capitals, NULL);
}

static char *
figures_of(const char *fen)
{
  gint64 amount;

  return ds_money_parse_fen(fen, &amount) ? money_figures(amount) : g_strdup("");
}

static void
draw_person(Grid *grid, const DsView *view, const char *payer_label)
{
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *payer = payer_of(view);

  grid_row(grid, payer_label, payer);
  grid_row(grid, "申请人", words_field(view, "applicant.name"));
  grid_pair(grid, "公民身份号码", number, "本地编号", words_fact(view, "case.local-number"));
}

static void
draw_cash(Grid *grid, const DsView *view)
{
  const char *received = ds_view_field(view, "fee.received");
  g_autofree char *what =
      g_strdup_printf("居民身份证工本费（%s）", words_of(view, "application.reason"));
  g_autofree char *rule = words_rule(view, "fee");
  g_autofree char *capitals = capitals_of(received);
  g_autofree char *figures = figures_of(received);
  g_autofree char *due = figures_of(ds_view_fact(view, "fee.due"));

  draw_person(grid, view, "缴款人");
  grid_row(grid, "收费项目", what);
  grid->most = ROW_MOST;
  grid_row(grid, "收费依据", rule);
  grid->most = ROW;
  grid_pair(grid, "应缴金额", due, "收款方式", words_of(view, "fee.method"));
  grid_pair(grid, "实收（大写）", capitals, "（小写）", figures);
  grid_pair(grid, "财政票据代码", words_field(view, "fee.receipt-series"), "票据号码",
            words_field(view, "fee.receipt-number"));
}

static void
draw_refund(Grid *grid, const DsView *view)
{
  const char *amount = ds_view_fact(view, "refund.amount");
  g_autofree char *capitals = capitals_of(amount);
  g_autofree char *figures = figures_of(amount);
  g_autofree char *taken = figures_of(ds_view_field(view, "fee.received"));

  draw_person(grid, view, "领款人（原缴款人）");
  grid->most = 2 * ROW;
  grid_row(grid, "退费原因", words_fact(view, "refund.reason"));
  grid->most = ROW;
  grid_pair(grid, "原收金额", taken, "退费决定人", words_fact(view, "refund.decided-by"));
  grid_pair(grid, "退费（大写）", capitals, "（小写）", figures);
  grid_pair(grid, "收回票据代码", words_field(view, "fee.receipt-series"), "票据号码",
            words_field(view, "fee.receipt-number"));
}

static const Slip CASH = {
    CASH_TITLE,
    "cash-slip",
    "本单是现场收取现金的记录，不是财政票据。省级财政部门统一印制的票据已按上列代码、号码当场出具。"
    "除上列工本费外，未收取其他任何费用。",
    "缴款人（签名）",
    "收款人（签名）",
    draw_cash};

static const Slip REFUND = {
    REFUND_TITLE,
    "refund-slip",
    "本单是退还工本费的记录，不是财政票据。上列财政票据由领款人交回，作废后随本单存档。",
    "领款人（签名）",
    "退款人（签名）",
    draw_refund};

static gboolean
draw_foot(Sheet *sheet, const Slip *slip, const DsView *view, double y, GError **error)
{
  g_autofree char *officer =
      g_strdup_printf("经办：%s（%s）　　%s", words_fact(view, "officer.name"),
                      words_fact(view, "officer.number"), words_fact(view, "station.name"));
  g_autofree char *left = g_strconcat(slip->left, "：＿＿＿＿＿＿＿", NULL);
  g_autofree char *right = g_strconcat(slip->right, "：＿＿＿＿＿＿＿", NULL);
  g_autofree char *code = NULL;
  double width = SHEET_INNER - QR - 12;

  sheet_fit(sheet, (Box){SHEET_LEFT - 4, y, width, 34}, slip->notes, 9, INK_LEFT | INK_TOP);
  sheet_fit(sheet, (Box){SHEET_LEFT - 4, y + 36, width, 18}, officer, 9.5, INK_LEFT);
  sheet_fit(sheet, (Box){SHEET_LEFT - 4, y + 64, width / 2, 20}, left, 10.5, INK_LEFT);
  sheet_fit(sheet, (Box){SHEET_LEFT + width / 2, y + 64, width / 2, 20}, right, 10.5, INK_LEFT);
  sheet_fit(sheet, (Box){SHEET_LEFT + width / 2, y + 88, width / 2, 18}, "＿＿＿＿年＿＿月＿＿日",
            10, INK_LEFT);
  code = grid_paper_code(sheet, words_fact(view, "case.local-number"), slip->document);
  return grid_code(sheet, SHEET_RIGHT - QR, y - 2, QR, code, error);
}

static gboolean
draw_half(Sheet *sheet, const Slip *slip, const DsView *view, double y, const char *copy,
          GError **error)
{
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *head = g_strdup_printf("采集日期：%s", day);
  Grid grid;

  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, slip->title, 16, INK_CENTRE | INK_BOLD);
  sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, head, 9.5, INK_LEFT);
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, copy, 9.5, INK_RIGHT) + 3;
  grid = grid_begin(sheet, y);
  grid.size = SIZE;
  grid.least = grid.most = ROW;
  slip->draw(&grid, view);
  return draw_foot(sheet, slip, view, grid.y + 6, error);
}

static GBytes *
draw_slip(const Slip *slip, const DsView *view, const char *copy, GError **error)
{
  g_autoptr(Sheet) sheet = sheet_new(slip->title, ds_view_fact(view, "case.day"));

  if (!draw_half(sheet, slip, view, TOP, copy, error))
    return NULL;
  sheet_cut(sheet, TOP + HALF - 8);
  if (!draw_half(sheet, slip, view, TOP + HALF, "存档联", error))
    return NULL;
  return sheet_finish(sheet, error);
}

static gboolean
check_receipt(const DsView *view, GError **error)
{
  static const char *const FIELDS[] = {"fee.receipt-series", "fee.receipt-number"};

  for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++)
    if (ds_view_field(view, FIELDS[i]) == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "%s is missing; the slip names the fiscal receipt that belongs to the cash",
                  FIELDS[i]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_amount(const DsView *view, GError **error)
{
  const char *method = words_field(view, "fee.method");
  gint64 received, due;

  if (!g_str_equal(method, "cash")) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "fee.method is \"%s\": a slip is written for cash only", method);
    return FALSE;
  }
  if (!ds_money_parse_fen(ds_view_field(view, "fee.received"), &received) || received == 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "fee.received is missing; enter the cash that was taken");
    return FALSE;
  }
  if (ds_money_parse_fen(ds_view_fact(view, "fee.due"), &due) && due != received) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "fee.received is %lld fen and fee.due is %lld fen; nothing but the fee due may be "
                "taken",
                (long long)received, (long long)due);
    return FALSE;
  }
  return TRUE;
}

GBytes *
form_cash_slip(const DsView *view, GError **error)
{
  if (!words_check_name(view, error) || !check_amount(view, error) || !check_receipt(view, error))
    return NULL;
  return draw_slip(&CASH, view, "缴款人联", error);
}

static gboolean
check_refund(const DsView *view, GError **error)
{
  gint64 refund, received;

  if (!ds_money_parse_fen(ds_view_fact(view, "refund.amount"), &refund)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "refund.amount is missing; nobody has decided yet what is paid back");
    return FALSE;
  }
  if (refund == 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "refund.amount is 0: nothing is paid back, so there is no slip");
    return FALSE;
  }
  if (!ds_money_parse_fen(ds_view_field(view, "fee.received"), &received) || refund > received) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "refund.amount is %lld fen, more than the cash taken in the field",
                (long long)refund);
    return FALSE;
  }
  return TRUE;
}

GBytes *
form_refund_slip(const DsView *view, GError **error)
{
  if (!words_check_name(view, error) || !check_refund(view, error) || !check_receipt(view, error))
    return NULL;
  return draw_slip(&REFUND, view, "领款人联", error);
}
