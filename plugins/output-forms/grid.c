/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "grid.h"

#define LEAST 30.0
#define MOST 220.0
#define BESIDE 8.0 /* what a cell keeps free beside its text, both sides together */
#define ABOVE 10.0 /* and above and below */

double
grid_title(Sheet *sheet, const char *title, const char *below)
{
  double y = SHEET_TOP;

  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, title, 20, INK_CENTRE | INK_BOLD);
  if (below != NULL)
    y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, below, 12, INK_CENTRE);
  return y + 12;
}

Grid
grid_begin(Sheet *sheet, double y)
{
  return (Grid){.sheet = sheet,
                .x = SHEET_LEFT,
                .y = y,
                .width = SHEET_INNER,
                .label = 100,
                .size = 11,
                .least = LEAST,
                .most = MOST};
}

static double
height_of(const Grid *self, double width, const char *value)
{
  double used = value != NULL && *value != '\0'
                    ? sheet_measure(self->sheet, width - BESIDE, value, self->size, INK_LEFT)
                    : 0;

  return CLAMP(used + ABOVE, self->least, self->most);
}

static void
draw(const Grid *self, double x, double width, const char *label, const char *value, double height)
{
  sheet_cell(self->sheet, (Box){x, self->y, self->label, height}, label, self->size, INK_CENTRE);
  sheet_cell(self->sheet, (Box){x + self->label, self->y, width, height}, value, self->size,
             INK_LEFT);
}

void
grid_row(Grid *self, const char *label, const char *value)
{
  double width = self->width - self->label;
  double height = height_of(self, width, value);

  self->y = sheet_room(self->sheet, self->y, height);
  draw(self, self->x, width, label, value, height);
  self->y += height;
}

void
grid_pair(Grid *self, const char *label, const char *value, const char *label2, const char *value2)
{
  double width = self->width / 2 - self->label;
  double height = MAX(height_of(self, width, value), height_of(self, width, value2));

  self->y = sheet_room(self->sheet, self->y, height);
  draw(self, self->x, width, label, value, height);
  draw(self, self->x + self->width / 2, width, label2, value2, height);
  self->y += height;
}

char *
grid_paper_code(Sheet *sheet, const char *local, const char *document)
{
  return g_strdup_printf("%s/%s/%s", local, document, sheet_check_code(sheet));
}

gboolean
grid_code(Sheet *sheet, double x, double y, double width, const char *code, GError **error)
{
  if (!sheet_qr(sheet, (Box){x, y, width, width}, code, error))
    return FALSE;
  sheet_fit(sheet, (Box){x, y + width - 4, width, 26}, code, 7, INK_CENTRE | INK_TOP);
  return TRUE;
}
