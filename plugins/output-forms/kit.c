/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 上门服务携带清单: one page for the officer before a visit: who waits where and when, why at home,
 * what the rules want taken along (R071, R073, R074), and what the work itself needs. */
#include "forms.h"

#include "grid.h"
#include "money.h"
#include "words.h"

#define TITLE "上门服务携带清单"
#define SIZE 11.0
#define ITEM 19.0
#define COLUMNS 3

static void
draw_visit(Grid *grid, const DsView *view)
{
  g_autofree char *number = words_masked(words_field(view, "applicant.number"));
  g_autofree char *at = words_time(ds_view_field(view, "appointment.at"));
  g_autofree char *asked = words_date(ds_view_field(view, "appointment.requested-on"));
  g_autofree char *hardship = g_strdup_printf("%s　%s", words_of(view, "appointment.hardship"),
                                              words_field(view, "appointment.hardship-detail"));
  g_autofree char *guardian =
      ds_view_field(view, "guardian.name") != NULL
          ? g_strdup_printf("%s（%s）　%s", ds_view_field(view, "guardian.name"),
                            words_of(view, "guardian.relation"),
                            words_field(view, "guardian.phone"))
          : NULL;

  grid_pair(grid, "预约时间", at, "申请日期", asked);
  grid_row(grid, "上门地址", words_field(view, "appointment.address"));
  grid_row(grid, "姓　名", words_field(view, "applicant.name"));
  grid_pair(grid, "公民身份号码", number, "联系电话", words_field(view, "contact.phone"));
  if (guardian != NULL)
    grid_row(grid, "监护人", guardian);
  grid_row(grid, "特殊困难", hardship);
}

static void
draw_business(Grid *grid, const DsView *view)
{
  g_autofree char *asked = words_asked(view);
  g_autofree char *what = g_strdup_printf("%s　%s", asked, words_of(view, "application.category"));
  g_autofree char *fee = NULL;
  gint64 due;

  grid_row(grid, "办理事项", what);
  if (ds_money_parse_fen(ds_view_fact(view, "fee.due"), &due) && due > 0) {
    g_autofree char *figures = money_figures(due);
    fee = g_strdup_printf("%s：备好财政票据和零钱，不得拒收现金", figures);
  }
  if (fee != NULL)
    grid_row(grid, "工本费", fee);
}

/* Boxes to tick, in columns, so that none breaks over a line. */
static void
draw_items(Grid *grid, const char *label, GPtrArray *items)
{
  guint rows = (items->len + COLUMNS - 1) / COLUMNS;
  double width = (grid->width - grid->label) / COLUMNS, top = grid->y;

  grid->least = grid->most = rows * ITEM + 8;
  grid_row(grid, label, NULL);
  for (guint i = 0; i < items->len; i++) {
    Box box = {grid->x + grid->label + (i % COLUMNS) * width, top + 4 + (i / COLUMNS) * ITEM, width,
               ITEM};

    sheet_fit(grid->sheet, box, g_ptr_array_index(items, i), 10.5, INK_LEFT);
  }
}

static void
draw_fixed(Grid *grid, const char *label, const char *const *titles)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

  for (; *titles != NULL; titles++)
    g_ptr_array_add(items, g_strconcat("□ ", *titles, NULL));
  draw_items(grid, label, items);
}

static void
add_answered(GPtrArray *items, const DsView *view, const char *title, const char *field)
{
  gboolean ticked = field != NULL && ds_view_field_is_true(view, field);

  g_ptr_array_add(items, g_strconcat(ticked ? "■ " : "□ ", title, NULL));
}

/* What the rules of the case name; without rules what the appointment can hold. */
static void
draw_kit(Grid *grid, const DsView *view)
{
  static const char *const OWN[][2] = {{"梳妆镜", "appointment.kit-mirror"},
                                       {"眼镜", "appointment.kit-glasses"},
                                       {"深色衬衣", "appointment.kit-dark-shirt"},
                                       {"白色背景", "appointment.kit-backdrop"}};
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 1;; i++) {
    g_autofree char *title = g_strdup_printf("kit.%u.title", i);
    g_autofree char *field = g_strdup_printf("kit.%u.field", i);

    if (ds_view_fact(view, title) == NULL)
      break;
    add_answered(items, view, ds_view_fact(view, title), ds_view_fact(view, field));
  }
  for (guint i = 0, own = items->len == 0 ? G_N_ELEMENTS(OWN) : 0; i < own; i++)
    add_answered(items, view, OWN[i][0], OWN[i][1]);
  draw_items(grid, "便民设施", items);
}

static void
draw_own_things(Grid *grid)
{
  static const char *const DEVICES[] = {"采集箱（电量、对时）", "备用电源", "相机、补光灯",
                                        "指纹采集仪",           "签名板",   "身份证阅读机具",
                                        "便携打印机、纸",       NULL};
  static const char *const PAPERS[] = {
      "告知、承诺文本", "登记表",         "财政票据",   "收款凭单",   "零钱",
      "一次性告知单",   "不予受理告知单", "黑色墨水笔", "人民警察证", NULL};

  draw_fixed(grid, "采集设备", DEVICES);
  draw_fixed(grid, "文书用品", PAPERS);
}

/* The rest of the page is for the pen. */
static void
draw_remarks(Grid *grid)
{
  grid->least = grid->most = CLAMP(SHEET_BOTTOM - 76 - grid->y, 30, 110);
  grid_row(grid, "现场情况", NULL);
}

static void
draw_end(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *trip =
      g_strdup_printf("外勤任务：%s　　本地编号：%s", words_fact(view, "trip.name"),
                      words_fact(view, "case.local-number"));
  g_autofree char *officer = g_strdup_printf("民警：%s（%s）", words_fact(view, "officer.name"),
                                             words_fact(view, "officer.number"));
  double half = SHEET_INNER / 2;

  y = sheet_room(sheet, y, 70) + 12;
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, trip, 10, INK_LEFT) + 8;
  sheet_text(sheet, SHEET_LEFT, y, half, officer, SIZE, INK_LEFT);
  sheet_text(sheet, SHEET_LEFT + half, y, half, "清点人（签名）：＿＿＿＿＿＿＿＿", SIZE, INK_LEFT);
}

GBytes *
form_kit_list(const DsView *view, GError **error)
{
  static const char *const FIELDS[] = {"appointment.address", "appointment.at"};
  g_autoptr(Sheet) sheet = NULL;
  Grid grid;

  if (!words_check_name(view, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++)
    if (ds_view_field(view, FIELDS[i]) == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "%s is missing; the list is for a visit that has a place and a time", FIELDS[i]);
      return NULL;
    }
  sheet = sheet_new(TITLE, ds_view_fact(view, "case.day"));
  grid = grid_begin(sheet, grid_title(sheet, TITLE, NULL));
  grid.size = SIZE;
  grid.most = 62; /* all of it on one page */
  draw_visit(&grid, view);
  draw_business(&grid, view);
  draw_kit(&grid, view);
  draw_own_things(&grid);
  draw_remarks(&grid);
  draw_end(sheet, view, grid.y);
  return sheet_finish(sheet, error);
}
