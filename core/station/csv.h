/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 4180 text cut into rows of cells, strictly, under caps; nothing about what they mean. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint row;        /* as a spreadsheet counts: the first is 1, blank rows count too */
  GPtrArray *cells; /* char *, blanks around a cell taken off */
} DsCsvRow;

/* @text is UTF-8 of @size bytes without NUL; @name is for messages. Rows without any text are left
 * out. DS_ERROR_INVALID names row and column of a quote that is not closed or stands wrongly,
 * DS_ERROR_TOO_LARGE the limit. (transfer full): an array of DsCsvRow * */
GPtrArray *ds_csv_parse(const char *text, gsize size, const char *name, guint max_rows,
                        guint max_columns, gsize max_cell, GError **error);

G_END_DECLS
