/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 外勤任务移交单: one officer gives a trip to another; both sign what is handed over. The digital
 * signatures stand in the record, the paper names their digests. */
#include "forms.h"

#include "trip.h"
#include "words.h"

#define TITLE "外勤任务移交单"
#define QR 96.0
#define SIZE 11.0
#define BOX 150.0

static const char *
of(const DsView *view, const char *who, const char *name)
{
  g_autofree char *full = g_strdup_printf("handover.%s.%s", who, name);

  return trip_value(view, full);
}

static void
draw_signer(Sheet *sheet, const DsView *view, Box box, const char *title, const char *who)
{
  g_autofree char *at = words_time(of(view, who, "signed-at"));
  const char *signature = of(view, who, "signature");
  g_autofree char *text = g_strdup_printf(
      "%s：%s\n警　号：%s\n时　间：%s\n签名摘要：%s\n\n手写签名：＿＿＿＿＿＿＿＿", title,
      of(view, who, "name"), of(view, who, "number"), *at != '\0' ? at : "＿＿＿＿＿＿＿＿",
      *signature != '\0' ? signature : "（尚未签名）");

  sheet_cell(sheet, box, text, 10, INK_LEFT);
}

static gboolean
draw_end(Sheet *sheet, const DsView *view, double y, GError **error)
{
  const char *digest = trip_value(view, "handover.digest");
  g_autofree char *code = NULL, *text = NULL;
  double half = SHEET_INNER / 2;

  y = sheet_room(sheet, y, BOX + QR + 50) + 14;
  y = sheet_flow(
          sheet, y,
          "双方核对上列办件、现金、票据和证件无误。自接收人签名之时起，本任务的未结事项由接收"
          "人负责。",
          SIZE, INK_INDENT) +
      8;
  draw_signer(sheet, view, (Box){SHEET_LEFT, y, half, BOX}, "移交人", "from");
  draw_signer(sheet, view, (Box){SHEET_LEFT + half, y, half, BOX}, "接收人", "to");
  y += BOX + 8;
  text = g_strdup_printf("移交内容摘要（SHA-256）：%s\n操作日志摘要：%s",
                         *digest != '\0' ? digest : "（尚未签名）",
                         trip_value(view, "handover.audit-head"));
  sheet_fit(sheet, (Box){SHEET_LEFT + QR + 8, y, SHEET_INNER - QR - 8, QR}, text, 9, INK_LEFT);
  code = *digest != '\0' ? g_strdup(digest)
                         : grid_paper_code(sheet, trip_value(view, "trip.id"), "trip-handover");
  return grid_code(sheet, SHEET_LEFT, y, QR, code, error);
}

static gboolean
check_officers(const DsView *view, GError **error)
{
  static const char *const SIDES[] = {"from", "to"};

  for (guint i = 0; i < G_N_ELEMENTS(SIDES); i++)
    if (*of(view, SIDES[i], "number") == '\0') {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "handover.%s.number is missing; a handover has two officers", SIDES[i]);
      return FALSE;
    }
  return TRUE;
}

GBytes *
form_trip_handover(const DsView *view, GError **error)
{
  g_autoptr(Sheet) sheet = NULL;
  g_autofree char *at = words_time(trip_value(view, "handover.at"));
  double y;
  Grid grid;

  if (!trip_check(view, error) || !check_officers(view, error))
    return NULL;
  sheet =
      sheet_new(TITLE, *trip_value(view, "trip.day") != '\0' ? trip_value(view, "trip.day") : NULL);
  grid = grid_begin(sheet, grid_title(sheet, TITLE, NULL));
  grid.least = 26;
  grid.label = 84;
  trip_draw_head(&grid, view);
  grid_row(&grid, "移交时间", at);
  trip_draw_holdings(&grid, view);
  if (*trip_value(view, "handover.remark") != '\0')
    grid_row(&grid, "备　注", trip_value(view, "handover.remark"));
  y = trip_draw_states(sheet, view, grid.y);
  y = trip_draw_cases(sheet, view, y);
  return draw_end(sheet, view, y, error) ? sheet_finish(sheet, error) : NULL;
}
