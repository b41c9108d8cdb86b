/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table that goes on over pages and repeats its heading on each. A row is as high as its
 * longest cell, at most half a page; there the text shrinks. */
#pragma once

#include "sheet.h"

typedef struct {
  const char *title;
  double width;
  double size; /* of the text */
  Ink ink;
} Column;

typedef struct {
  Sheet *sheet;
  const Column *columns;
  guint count;
  double y; /* where the next row goes */
} Table;

/* Draws the heading at @y, on a new page when a first row would not fit below it. */
Table table_begin(Sheet *sheet, double y, const Column *columns, guint count);
/* @cells: as many as columns; NULL is empty. */
void table_row(Table *self, const char *const *cells);
