/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#define HEADING 26.0
#define LEAST 24.0
#define MARGIN 10.0
#define MOST ((SHEET_BOTTOM - SHEET_TOP) / 2)

static void
draw_heading(Table *self)
{
  double x = SHEET_LEFT;

  for (guint i = 0; i < self->count; i++) {
    const Column *column = &self->columns[i];

    sheet_cell(self->sheet, (Box){x, self->y, column->width, HEADING}, column->title, column->size,
               INK_CENTRE | INK_BOLD);
    x += column->width;
  }
  self->y += HEADING;
}

Table
table_begin(Sheet *sheet, double y, const Column *columns, guint count)
{
  Table self = {sheet, columns, count, sheet_room(sheet, y, HEADING + 2 * LEAST)};

  draw_heading(&self);
  return self;
}

static double
height_of(const Table *self, const char *const *cells)
{
  double height = LEAST;

  for (guint i = 0; i < self->count; i++) {
    const Column *column = &self->columns[i];

    if (cells[i] != NULL && *cells[i] != '\0')
      height = MAX(height, sheet_measure(self->sheet, column->width - 8, cells[i], column->size,
                                         column->ink) +
                               MARGIN);
  }
  return MIN(height, MOST);
}

void
table_row(Table *self, const char *const *cells)
{
  double height = height_of(self, cells), x = SHEET_LEFT;

  if (self->y + height > SHEET_BOTTOM) {
    sheet_break(self->sheet);
    self->y = SHEET_TOP;
    draw_heading(self);
  }
  for (guint i = 0; i < self->count; i++) {
    const Column *column = &self->columns[i];

    sheet_cell(self->sheet, (Box){x, self->y, column->width, height}, cells[i], column->size,
               column->ink);
    x += column->width;
  }
  self->y += height;
}
