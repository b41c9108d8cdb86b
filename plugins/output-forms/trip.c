/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trip.h"

#include <string.h>

#include "money.h"
#include "table.h"
#include "words.h"

#define BAR_LABEL 92.0
#define BAR_COUNT 40.0
#define BAR_ROW 17.0
#define HEADING_SIZE 12.0

const char *
trip_value(const DsView *view, const char *name)
{
  const char *value = ds_view_field(view, name);

  return value != NULL ? value : words_fact(view, name);
}

const char *
trip_cell(const DsView *view, guint row, const char *name)
{
  g_autofree char *full = g_strdup_printf("row.%u.%s", row, name);

  return trip_value(view, full);
}

guint
trip_rows(const DsView *view)
{
  guint rows = 0;

  while (*trip_cell(view, rows + 1, "number") != '\0')
    rows++;
  return rows;
}

gboolean
trip_check(const DsView *view, GError **error)
{
  if (*trip_value(view, "trip.id") != '\0')
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                      "trip.id is missing; this paper is about a trip");
  return FALSE;
}

void
trip_draw_head(Grid *grid, const DsView *view)
{
  g_autofree char *day = words_date(trip_value(view, "trip.day"));
  g_autofree char *count = g_strdup_printf("%u 件", trip_rows(view));
  const char *cases = trip_value(view, "trip.cases");
  g_autofree char *counted = *cases != '\0' ? g_strdup_printf("%s 件", cases) : NULL;

  grid_pair(grid, "任务名称", trip_value(view, "trip.name"), "任务编号",
            trip_value(view, "trip.id"));
  grid_pair(grid, "外出日期", day, "办件总数", counted != NULL ? counted : count);
  grid_row(grid, "民　警", trip_value(view, "trip.officers"));
  grid_pair(grid, "受理单位", trip_value(view, "trip.station"), "适用规则",
            trip_value(view, "trip.jurisdiction"));
}

static guint
count_of(const DsView *view, const char *state)
{
  g_autofree char *name = g_strconcat("trip.by-state.", state, NULL);

  return (guint)g_ascii_strtoull(trip_value(view, name), NULL, 10);
}

double
trip_draw_states(Sheet *sheet, const DsView *view, double y)
{
  const char *const *states = words_states();
  double widest = SHEET_INNER - BAR_LABEL - BAR_COUNT;
  guint most = 0;

  for (guint i = 0; states[i] != NULL; i++)
    most = MAX(most, count_of(view, states[i]));
  if (most == 0)
    return y;
  y = sheet_room(sheet, y, 60) + 10;
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, "办件状态", HEADING_SIZE, INK_BOLD) + 4;
  for (guint i = 0; states[i] != NULL; i++) {
    guint count = count_of(view, states[i]);
    g_autofree char *text = g_strdup_printf("%u 件", count);
    double length = MAX(2, widest * count / most);

    if (count == 0)
      continue;
    y = sheet_room(sheet, y, BAR_ROW);
    sheet_fit(sheet, (Box){SHEET_LEFT - 4, y, BAR_LABEL, BAR_ROW}, words_state(states[i]), 10,
              INK_LEFT);
    sheet_bar(sheet, (Box){SHEET_LEFT + BAR_LABEL, y + 3, length, BAR_ROW - 6}, 0.78);
    sheet_fit(sheet, (Box){SHEET_LEFT + BAR_LABEL + length, y, BAR_COUNT, BAR_ROW}, text, 10,
              INK_LEFT);
    y += BAR_ROW;
  }
  return y;
}

static char *
amount_of(const char *fen)
{
  g_autofree char *figures = NULL, *capitals = NULL;
  gint64 amount;

  if (!ds_money_parse_fen(fen, &amount) || amount == 0)
    return NULL;
  figures = money_figures(amount);
  capitals = money_capitals(amount);
  return g_strdup_printf("%s（人民币%s）", figures, capitals);
}

typedef struct {
  const char *name, *word, *unit;
} Part;

/* "现金 3 件，扫描支付码 1 件": those whose count is not 0; NULL when all are. */
static char *
counts_of(const DsView *view, const Part *parts, guint count)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < count; i++) {
    const char *value = trip_value(view, parts[i].name);

    if (g_ascii_strtoull(value, NULL, 10) > 0)
      g_string_append_printf(text, "%s%s%s %s", text->len > 0 ? "，" : "", parts[i].word, value,
                             parts[i].unit);
  }
  return g_string_free(text, text->len == 0);
}

static void
draw_counts(Grid *grid, const DsView *view, const char *label, const Part *parts, guint count)
{
  g_autofree char *text = counts_of(view, parts, count);

  if (text != NULL)
    grid_row(grid, label, text);
}

static void
draw_amount(Grid *grid, const DsView *view, const char *label, const char *name)
{
  g_autofree char *amount = amount_of(trip_value(view, name));

  if (amount != NULL)
    grid_row(grid, label, amount);
}

void
trip_draw_holdings(Grid *grid, const DsView *view)
{
  static const Part PAYMENTS[] = {{"trip.paid-cash", "现金 ", "件"},
                                  {"trip.paid-code", "扫描支付码 ", "件"},
                                  {"trip.exempt", "免收 ", "件"}};
  static const Part HELD[] = {{"trip.old-cards", "旧居民身份证 ", "张"}};
  static const Part TEMPORARY[] = {{"trip.temporary-cards", "临时居民身份证 ", "件"},
                                   {"trip.temporary-certificates", "《临时身份证明》", "件"}};
  static const Part PEOPLE[] = {{"trip.visits", "上门服务 ", "件"},
                                {"trip.absent", "名册上未到 ", "人"}};
  static const Part CLOCK[] = {{"trip.clock-jumps", "电脑时间变动 ", "次"}};

  draw_amount(grid, view, "现金工本费", "trip.cash-fen");
  draw_counts(grid, view, "缴费方式", PAYMENTS, G_N_ELEMENTS(PAYMENTS));
  if (*trip_value(view, "trip.cash-receipts") != '\0')
    grid_row(grid, "财政票据", trip_value(view, "trip.cash-receipts"));
  draw_amount(grid, view, "应退工本费", "trip.refund-owed-fen");
  draw_amount(grid, view, "待决定退还", "trip.refund-ask-fen");
  draw_amount(grid, view, "已退工本费", "trip.refund-paid-fen");
  draw_counts(grid, view, "代管证件", HELD, G_N_ELEMENTS(HELD));
  draw_counts(grid, view, "临时证件", TEMPORARY, G_N_ELEMENTS(TEMPORARY));
  draw_counts(grid, view, "人　员", PEOPLE, G_N_ELEMENTS(PEOPLE));
  draw_counts(grid, view, "时　钟", CLOCK, G_N_ELEMENTS(CLOCK));
  if (*trip_value(view, "trip.owed") != '\0')
    grid_row(grid, "尚未办结", trip_value(view, "trip.owed"));
}

/* What was paid, and what of it has to go back. */
static char *
fee_cell(const DsView *view, guint row)
{
  g_autofree char *paid = NULL, *back = NULL;
  gint64 fen;

  if (ds_money_parse_fen(trip_cell(view, row, "fee-fen"), &fen) && fen > 0)
    paid = money_figures(fen);
  if (ds_money_parse_fen(trip_cell(view, row, "refund-fen"), &fen) && fen > 0)
    back = money_figures(fen);
  if (paid == NULL || back == NULL)
    return g_steal_pointer(&paid);
  return g_strdup_printf("%s\n应退 %s", paid, back);
}

static void
draw_case(Table *table, const DsView *view, guint row)
{
  const char *bundle = trip_cell(view, row, "bundle");
  g_autofree char *number = g_strdup_printf("%u", row);
  g_autofree char *who =
      g_strdup_printf("%s\n%s", trip_cell(view, row, "name"), trip_cell(view, row, "number"));
  g_autofree char *what = g_strdup_printf("%s\n%s", words_service(trip_cell(view, row, "service")),
                                          words_short_reason(trip_cell(view, row, "reason")));
  g_autofree char *state =
      *bundle != '\0'
          ? g_strdup_printf("%s\n包 %.12s", words_state(trip_cell(view, row, "state")), bundle)
          : g_strdup(words_state(trip_cell(view, row, "state")));
  g_autofree char *fee = fee_cell(view, row);

  table_row(table,
            (const char *const[]){number, g_strstrip(who), g_strstrip(what), state, fee,
                                  trip_cell(view, row, "receipt"), trip_cell(view, row, "owed")});
}

double
trip_draw_cases(Sheet *sheet, const DsView *view, double y)
{
  static const Column COLUMNS[] = {
      {"序号", 26, 8.5, INK_CENTRE},
      {"姓名、本地编号", 104, 8.5, INK_LEFT},
      {"事　项", 58, 8.5, INK_LEFT},
      {"状　态", 80, 8.5, INK_LEFT},
      {"工本费", 46, 8.5, INK_CENTRE},
      {"票　据", 58, 8.5, INK_LEFT},
      {"待　办", SHEET_INNER - 372, 8.5, INK_LEFT},
  };
  guint rows = trip_rows(view);
  Table table;

  if (rows == 0)
    return y;
  y = sheet_room(sheet, y, 100) + 12;
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, "办件明细", HEADING_SIZE, INK_BOLD) + 4;
  table = table_begin(sheet, y, COLUMNS, G_N_ELEMENTS(COLUMNS));
  for (guint row = 1; row <= rows; row++)
    draw_case(&table, view, row);
  return table.y;
}
