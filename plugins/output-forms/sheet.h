/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A4 sheets with the few things a form is made of: ruled cells whose text shrinks until it fits,
 * running text that breaks over pages, pictures, a QR code. Lengths are in points. The foot of
 * every page names the paper, its page of how many, and its check code. */
#pragma once

#include "plugin/doorstep-plugin.h"

#define SHEET_WIDTH 595.28
#define SHEET_HEIGHT 841.89
#define SHEET_LEFT 56.0
#define SHEET_RIGHT (SHEET_WIDTH - SHEET_LEFT)
#define SHEET_TOP 52.0
#define SHEET_BOTTOM (SHEET_HEIGHT - 58.0)
#define SHEET_INNER (SHEET_RIGHT - SHEET_LEFT)

typedef struct _Sheet Sheet;

typedef struct {
  double x, y, width, height;
} Box;

typedef enum {
  INK_LEFT = 0,
  INK_CENTRE = 1 << 0,
  INK_RIGHT = 1 << 1,
  INK_BOLD = 1 << 2,
  INK_SHADED = 1 << 3, /* cells that the citizen fills */
  INK_TOP = 1 << 4,    /* text begins at the cell's top */
  INK_INDENT = 1 << 5, /* first line of a paragraph two characters in */
} Ink;

/* @title becomes the PDF's title and stands in the foot; it holds nothing about a person. @day
 * ("2026-09-01" or NULL) becomes the creation date, so that the same view gives the same file. */
Sheet *sheet_new(const char *title, const char *day);
void sheet_free(Sheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* The PDF; the sheet can only be freed afterwards. (transfer full) */
GBytes *sheet_finish(Sheet *self, GError **error);

/* Begins another page. */
void sheet_break(Sheet *self);
/* @y if @height still fits below it, else the top of a new page. */
double sheet_room(Sheet *self, double y, double height);

/* "8F3A-1C22-B97E-0D41": from the SHA-256 of all texts and pictures drawn before it was first
 * asked for, at the latest of all. The same content has the same code, so a changed paper shows; it
 * is no signature. Also in the foot. */
const char *sheet_check_code(Sheet *self);

/* A dashed line across the page, to cut along. */
void sheet_cut(Sheet *self, double y);
/* A bar without text: @shade from 0 (black) to 1 (white). */
void sheet_bar(Sheet *self, Box box, double shade);

/* A ruled cell. Text begins at @size and shrinks until it fits; it is never cut off. */
void sheet_cell(Sheet *self, Box box, const char *text, double size, Ink ink);
/* The same without rules. */
void sheet_fit(Sheet *self, Box box, const char *text, double size, Ink ink);

/* How high @text is in a column of @width; drawing it returns the same. */
double sheet_measure(Sheet *self, double width, const char *text, double size, Ink ink);
double sheet_text(Sheet *self, double x, double y, double width, const char *text, double size,
                  Ink ink);

/* One paragraph over as many pages as it needs, from @y on; returns where it ended. */
double sheet_flow(Sheet *self, double y, const char *text, double size, Ink ink);

/* A picture as large as fits into @box, centred. JPEG is embedded as it is. FALSE when @bytes is
 * neither JPEG nor PNG, or broken. */
gboolean sheet_picture(Sheet *self, Box box, GBytes *bytes, GError **error);

gboolean sheet_qr(Sheet *self, Box box, const char *text, GError **error);
