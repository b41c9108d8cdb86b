/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of labels and values, one below the other, and what stands above and below them on every
 * paper. A row grows with its text up to @most; beyond that the text shrinks. */
#pragma once

#include "sheet.h"

typedef struct {
  Sheet *sheet;
  double x, y, width; /* where the next row goes */
  double label;       /* width of a label */
  double size;        /* of the text */
  double least, most; /* height of a row */
} Grid;

/* The title and, unless NULL, a line in smaller type below it; returns where to go on. */
double grid_title(Sheet *sheet, const char *title, const char *below);

/* Over the whole width from @y on, rows from 30 points up. */
Grid grid_begin(Sheet *sheet, double y);

/* NULL and "" leave the value's cell empty, for a pen. */
void grid_row(Grid *self, const char *label, const char *value);
/* Two side by side. */
void grid_pair(Grid *self, const char *label, const char *value, const char *label2,
               const char *value2);

/* The QR code and, below it, the text of CODE ("LOCAL/DOCUMENT/CHECK", see grid_paper_code), in a
 * box of @width. */
gboolean grid_code(Sheet *sheet, double x, double y, double width, const char *code,
                   GError **error);
/* "unit-07-20261121-003/refusal-notice/8F3A-1C22-B97E-0D41", from what was drawn so far.
 * (transfer full) */
char *grid_paper_code(Sheet *sheet, const char *local, const char *document);
