/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/csv.h"

#include <string.h>

#include "base/error.h"

typedef struct {
  const char *at;
  const char *end;
  const char *name;
  guint row;
  guint column;
  guint max_columns;
  gsize max_cell;
} Reader;

static void
row_free(gpointer data)
{
  DsCsvRow *row = data;

  g_ptr_array_unref(row->cells);
  g_free(row);
}

static gboolean
broken(const Reader *self, int code, const char *what, GError **error)
{
  g_set_error(error, DS_ERROR, code, "%s: row %u, column %u: %s", self->name, self->row,
              self->column, what);
  return FALSE;
}

/* Spreadsheets leave blanks and ideographic spaces (U+3000) around what was typed. */
static char *
trimmed(const char *text, gsize size)
{
  const char *end = text + size;

  while (text < end && g_unichar_isspace(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  while (end > text) {
    const char *last = g_utf8_prev_char(end);
    if (!g_unichar_isspace(g_utf8_get_char(last)))
      break;
    end = last;
  }
  return g_strndup(text, (gsize)(end - text));
}

static gboolean
read_quoted(Reader *self, GString *cell, GError **error)
{
  self->at++;
  for (;;) {
    const char *quote = memchr(self->at, '"', (gsize)(self->end - self->at));
    if (quote == NULL)
      return broken(self, DS_ERROR_INVALID, "the quotation mark is never closed", error);
    g_string_append_len(cell, self->at, quote - self->at);
    self->at = quote + 1;
    if (cell->len > self->max_cell)
      return broken(self, DS_ERROR_TOO_LARGE, "the cell is too long; is a quotation mark missing?",
                    error);
    if (self->at == self->end || *self->at != '"')
      break;
    g_string_append_c(cell, '"');
    self->at++;
  }
  if (self->at < self->end && strchr(",\r\n", *self->at) == NULL)
    return broken(self, DS_ERROR_INVALID, "there is text after the closing quotation mark", error);
  return TRUE;
}

static gboolean
read_plain(Reader *self, GString *cell, GError **error)
{
  gsize size = 0, left = (gsize)(self->end - self->at);

  while (size < left && strchr(",\r\n\"", self->at[size]) == NULL)
    size++;
  if (size < left && self->at[size] == '"')
    return broken(
        self, DS_ERROR_INVALID,
        "a quotation mark inside a cell: put the whole cell in quotation marks and double "
        "this one",
        error);
  if (size > self->max_cell)
    return broken(self, DS_ERROR_TOO_LARGE, "the cell is too long", error);
  g_string_append_len(cell, self->at, (gssize)size);
  self->at += size;
  return TRUE;
}

/* One cell; FALSE on an error. @last tells that the row ends behind it. */
static gboolean
read_cell(Reader *self, DsCsvRow *row, gboolean *last, GError **error)
{
  g_autoptr(GString) cell = g_string_new(NULL);

  self->column++;
  if (self->column > self->max_columns)
    return broken(self, DS_ERROR_TOO_LARGE, "too many columns", error);
  gboolean quoted = self->at < self->end && *self->at == '"';
  if (!(quoted ? read_quoted : read_plain)(self, cell, error))
    return FALSE;
  g_ptr_array_add(row->cells, trimmed(cell->str, cell->len));

  *last = self->at == self->end || *self->at != ',';
  if (self->at < self->end && *self->at == '\r' && self->at + 1 < self->end && self->at[1] == '\n')
    self->at++;
  if (self->at < self->end)
    self->at++;
  return TRUE;
}

static gboolean
is_blank(const DsCsvRow *row)
{
  for (guint i = 0; i < row->cells->len; i++)
    if (((const char *)row->cells->pdata[i])[0] != '\0')
      return FALSE;
  return TRUE;
}

GPtrArray *
ds_csv_parse(const char *text, gsize size, const char *name, guint max_rows, guint max_columns,
             gsize max_cell, GError **error)
{
  Reader reader = {text, text + size, name, 0, 0, max_columns, max_cell};
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);

  while (reader.at < reader.end) {
    DsCsvRow *row = g_new0(DsCsvRow, 1);
    gboolean last = FALSE;

    row->row = ++reader.row;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(rows, row);
    reader.column = 0;
    while (!last)
      if (!read_cell(&reader, row, &last, error))
        return NULL;
    if (is_blank(row))
      g_ptr_array_set_size(rows, (gint)rows->len - 1);
    if (rows->len > max_rows) {
      g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "%s has more than %u rows: divide it", name,
                  max_rows);
      return NULL;
    }
  }
  return g_steal_pointer(&rows);
}
