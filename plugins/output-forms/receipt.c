/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 现场采集回执: what the person takes home. It is not the 领取凭证, which the station fills in
 * once the population system has given an acceptance number (R095, R132, R134). What was promised
 * or explained by word stands on it: the fee, the term, residence registration, temporary papers.
 */
#include "forms.h"

#include "grid.h"
#include "money.h"
#include "words.h"

#define TITLE "居民身份证现场采集回执"
#define SIZE 11.5
#define QR 118.0
#define NOTE_SIZE 10.2

static gboolean
draw_code(Sheet *sheet, const DsView *view, double y, double height, GError **error)
{
  Box cell = {SHEET_RIGHT - QR - 12, y, QR + 12, height};
  double top = y + (height - QR - 24) / 2;

  sheet_cell(sheet, cell, NULL, SIZE, INK_CENTRE);
  sheet_fit(sheet, (Box){cell.x, top + QR, cell.width, 22}, "采集包编号", 9, INK_CENTRE);
  return sheet_qr(sheet, (Box){cell.x + 6, top, QR, QR}, ds_view_fact(view, "bundle.id"), error);
}

static char *
fee_of(const DsView *view)
{
  const char *method = ds_view_field(view, "fee.method");
  g_autofree char *figures = NULL, *capitals = NULL;
  gint64 fen;

  if (g_strcmp0(method, "exempt") == 0)
    return g_strdup("免收");
  if (g_strcmp0(method, "cash") == 0 &&
      ds_money_parse_fen(ds_view_field(view, "fee.received"), &fen)) {
    figures = money_figures(fen);
    capitals = money_capitals(fen);
    return g_strdup_printf("已收现金%s（%s），票据 %s %s", figures, capitals,
                           words_field(view, "fee.receipt-series"),
                           words_field(view, "fee.receipt-number"));
  }
  if (method == NULL || !ds_money_parse_fen(ds_view_fact(view, "fee.due"), &fen))
    return NULL;
  figures = money_figures(fen);
  return g_strdup_printf("%s，由申请人扫描系统生成的支付码缴纳，现场未收款", figures);
}

static gboolean
draw_table(Sheet *sheet, const DsView *view, double *y, GError **error)
{
  Grid grid = grid_begin(sheet, *y);
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *officer = g_strdup_printf("%s　%s", words_fact(view, "officer.name"),
                                             words_fact(view, "officer.number"));
  g_autofree char *fee = fee_of(view);

  grid.size = SIZE;
  grid.least = 29;
  grid.width -= QR + 12;
  grid_row(&grid, "本地编号", words_fact(view, "case.local-number"));
  grid_row(&grid, "姓　名", words_field(view, "applicant.name"));
  grid_row(&grid, "公民身份号码", number);
  grid_row(&grid, "申领原因", words_of(view, "application.reason"));
  grid_row(&grid, "采集日期", day);
  if (!draw_code(sheet, view, *y, grid.y - *y, error))
    return FALSE;
  grid.width = SHEET_INNER;
  grid.least = 26;
  grid_row(&grid, "领证方式", words_of(view, "delivery.mode"));
  if (fee != NULL)
    grid_row(&grid, "工本费", fee);
  grid_row(&grid, "受理单位", words_fact(view, "station.name"));
  grid_pair(&grid, "采集单元", words_fact(view, "unit.id"), "采集人", officer);
  grid.size = 10;
  grid_row(&grid, "采集包编号", words_fact(view, "bundle.id"));
  *y = grid.y;
  return TRUE;
}

typedef struct {
  Sheet *sheet;
  double y;
  guint number;
} Notes;

static void
add_note(Notes *notes, const char *text)
{
  static const char *const NUMERALS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九"};
  g_autofree char *line =
      g_strdup_printf("%s、%s", NUMERALS[notes->number % G_N_ELEMENTS(NUMERALS)], text);

  notes->number++;
  notes->y = sheet_flow(notes->sheet, notes->y, line, NOTE_SIZE, INK_LEFT) + 2;
}

/* A text of the rules, if they have one, as one note. */
static void
add_text(Notes *notes, const DsView *view, const char *id)
{
  g_autofree char *name = g_strdup_printf("text.%s.zh", id);
  const char *text = ds_view_fact(view, name);
  g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", -1) : NULL;
  g_autofree char *joined = lines != NULL ? g_strjoinv("", lines) : NULL;

  if (joined != NULL)
    add_note(notes, joined);
}

static void
add_term(Notes *notes, const DsView *view)
{
  g_autofree char *last = words_date(ds_view_fact(view, "deadline.total"));
  g_autofree char *text = NULL;

  if (*last == '\0')
    return;
  text = g_strdup_printf("符合规定的，自提交登记表之日起%s内（最迟%s）发放居民身份证。",
                         words_fact(view, "deadline.total.term"), last);
  add_note(notes, text);
}

/* Where the rules want the holder to come once more (R114). */
static void
add_verification(Notes *notes, const DsView *view)
{
  const char *term = ds_view_fact(view, "deadline.verify-after-delivery.term");
  const char *mode = words_field(view, "delivery.mode");
  g_autofree char *text = NULL;

  if (term == NULL || *mode == '\0' || g_str_equal(mode, "self"))
    return;
  text =
      g_strdup_printf("由亲属代领或者邮政寄递的，申请人在收到证件%s内，到受理地公安机关或户籍地公安"
                      "机关核验证件信息，比对指纹信息。",
                      term);
  add_note(notes, text);
}

/* R023 to R025, R065: given by word at the door, and on paper. */
static void
add_guidance(Notes *notes, const DsView *view)
{
  const char *wanted = words_field(view, "temporary.wanted");

  if (g_str_equal(words_field(view, "residence.registered"), "no"))
    add_text(notes, view, "guidance");
  if (ds_view_field_is_true(view, "temporary.explained"))
    add_text(notes, view, "temporary");
  if (*wanted != '\0' && !g_str_equal(wanted, "none")) {
    g_autofree char *text = g_strdup_printf("您提出需要%s，由受理单位核实身份后办理。",
                                            words_of(view, "temporary.wanted"));

    add_note(notes, text);
  }
}

static void
draw_notes(Sheet *sheet, const DsView *view, double y)
{
  Notes notes = {.sheet = sheet};
  gboolean pending = g_str_equal(words_field(view, "identification.mode"), "history");

  notes.y = sheet_flow(sheet, y, "告知事项", SIZE, INK_BOLD) + 3;
  add_note(&notes,
           "本回执只表示已经现场采集（预受理）。身份信息核验、人像比对由受理单位完成，符合规定的"
           "，由受理单位受理。");
  if (pending)
    add_note(&notes,
             "您未能提供有效身份证件，按容缺受理方式采集；受理单位比对历史受理信息，能够明确认"
             "定身份后予以受理。");
  add_note(&notes, "受理号由人口信息管理系统自动生成，受理后另行告知。");
  add_note(&notes, "本回执不是居民身份证领取凭证，不能用于领取居民身份证。");
  add_term(&notes, view);
  add_note(&notes, "需要查询、更正或者撤回的，请向受理单位提供本地编号。");
  add_verification(&notes, view);
  add_guidance(&notes, view);
}

GBytes *
form_capture_receipt(const DsView *view, GError **error)
{
  static const char *const FACTS[] = {"case.local-number", "bundle.id"};
  g_autoptr(Sheet) sheet = NULL;
  double y;

  if (!words_check_name(view, error))
    return NULL;
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
  y = grid_title(sheet, TITLE, "（预受理）");
  if (!draw_table(sheet, view, &y, error))
    return NULL;
  draw_notes(sheet, view, y + 12);
  return sheet_finish(sheet, error);
}
