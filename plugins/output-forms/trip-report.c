/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 外勤任务报告: what a trip did, holds and still owes. */
#include "forms.h"

#include "trip.h"
#include "words.h"

#define TITLE "外勤任务报告"
#define QR 88.0
#define SIZE 11.0

static gboolean
draw_end(Sheet *sheet, const DsView *view, double y, GError **error)
{
  g_autofree char *made = words_time(trip_value(view, "trip.reported-at"));
  g_autofree char *when =
      g_strconcat("报告时间：", *made != '\0' ? made : "＿＿＿＿＿＿＿＿", NULL);
  g_autofree char *code = NULL;
  double x = SHEET_LEFT + QR + 20, half = (SHEET_RIGHT - x) / 2;

  y = sheet_room(sheet, y, QR + 40) + 16;
  sheet_text(sheet, x, y + 8, half, "填报人（签名）：＿＿＿＿＿＿＿", SIZE, INK_LEFT);
  sheet_text(sheet, x + half, y + 8, half, "复核人（签名）：＿＿＿＿＿＿＿", SIZE, INK_LEFT);
  sheet_text(sheet, x, y + 46, half * 2, when, SIZE, INK_LEFT);
  code = grid_paper_code(sheet, trip_value(view, "trip.id"), "trip-report");
  return grid_code(sheet, SHEET_LEFT, y, QR, code, error);
}

GBytes *
form_trip_report(const DsView *view, GError **error)
{
  g_autoptr(Sheet) sheet = NULL;
  double y;
  Grid grid;

  if (!trip_check(view, error))
    return NULL;
  sheet =
      sheet_new(TITLE, *trip_value(view, "trip.day") != '\0' ? trip_value(view, "trip.day") : NULL);
  grid = grid_begin(sheet, grid_title(sheet, TITLE, NULL));
  grid.least = 26;
  grid.label = 84;
  trip_draw_head(&grid, view);
  trip_draw_holdings(&grid, view);
  y = trip_draw_states(sheet, view, grid.y);
  y = trip_draw_cases(sheet, view, y);
  return draw_end(sheet, view, y, error) ? sheet_finish(sheet, error) : NULL;
}
