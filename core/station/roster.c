/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "station/roster-check.h"
#include "station/roster-columns.h"
#include "station/csv.h"

struct _DsRoster {
  char *name;
  GPtrArray *rows;     /* DsRosterRow */
  GPtrArray *problems; /* DsRosterProblem */
  GPtrArray *notes;    /* char *, NULL-terminated */
};

static void
row_free(gpointer data)
{
  DsRosterRow *row = data;

  g_hash_table_unref(row->fields);
  g_free(row);
}

static void
problem_free(gpointer data)
{
  DsRosterProblem *problem = data;

  g_free(problem->column);
  g_free(problem->text);
  g_free(problem);
}

void
ds_roster_free(DsRoster *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_ptr_array_unref(self->rows);
  g_ptr_array_unref(self->problems);
  g_ptr_array_unref(self->notes);
  g_free(self);
}

static void
note(DsRoster *self, const char *text)
{
  g_ptr_array_insert(self->notes, (gint)self->notes->len - 1, g_strdup(text));
}

static void
add_problem(DsRoster *self, guint row, const char *column, const char *text)
{
  DsRosterProblem *problem = g_new0(DsRosterProblem, 1);

  problem->row = row;
  problem->column = g_strdup(column);
  problem->text = *column == '\0' ? g_strdup_printf("row %u: %s", row, text)
                                  : g_strdup_printf("row %u, %s: %s", row, column, text);
  g_ptr_array_add(self->problems, problem);
}

static void
add_remark(gpointer data, gboolean problem, guint row, const char *column, const char *text)
{
  if (problem) {
    add_problem(data, row, column, text);
    return;
  }
  g_autofree char *line = g_strdup_printf("row %u, %s: %s", row, column, text);
  note(data, line);
}

/* The text as UTF-8 without a byte-order mark. (transfer full) */
static char *
decode(DsRoster *self, GBytes *data, gsize *size, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data(data, &length);
  const char *bad = NULL;

  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    note(self, "passed over the byte-order mark");
    text += 3;
    length -= 3;
  }
  if (length > 0 && memchr(text, '\0', length) != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s is no text: it holds zero bytes; save it as CSV in UTF-8 or GB 18030",
                self->name);
    return NULL;
  }
  if (length == 0 || g_utf8_validate_len(text, length, &bad)) {
    *size = length;
    return g_strndup(length > 0 ? text : "", length);
  }

  char *converted = g_convert(text, (gssize)length, "UTF-8", "GB18030", NULL, size, NULL);
  if (converted == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s is neither UTF-8 (broken at byte %" G_GSIZE_FORMAT
                ") nor GB 18030: save it as UTF-8",
                self->name, (gsize)(bad - (const char *)g_bytes_get_data(data, NULL)));
    return NULL;
  }
  note(self, "converted from GB 18030");
  return converted;
}

/* The fields that the header's columns stand for, or NULL. (transfer full) */
static GPtrArray *
read_header(DsRoster *self, const DsCsvRow *header, GError **error)
{
  g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < header->cells->len; i++) {
    const char *heading = header->cells->pdata[i];
    char *field = ds_roster_column_field(heading);
    if (field == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "%s: row %u, column %u: \"%.60s\" is no heading this program knows; use a field "
                  "name such as applicant.name or roster.class",
                  self->name, header->row, i + 1, heading);
      return NULL;
    }
    if (g_ptr_array_find_with_equal_func(fields, field, g_str_equal, NULL)) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: row %u, column %u: %s stands there twice",
                  self->name, header->row, i + 1, field);
      g_free(field);
      return NULL;
    }
    g_ptr_array_add(fields, field);
  }
  if (!g_ptr_array_find_with_equal_func(fields, "applicant.name", g_str_equal, NULL)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: row %u: there is no column applicant.name",
                self->name, header->row);
    return NULL;
  }
  return g_steal_pointer(&fields);
}

static DsRosterRow *
row_new(guint number)
{
  DsRosterRow *row = g_new0(DsRosterRow, 1);

  row->row = number;
  row->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return row;
}

static void
set_field(DsRosterRow *row, const char *field, const char *value)
{
  if (*value != '\0')
    g_hash_table_replace(row->fields, g_strdup(field),
                         g_strdup(ds_roster_column_value(field, value)));
}

static gboolean
read_csv(DsRoster *self, const char *text, gsize size, DsRosterCheck *check, GError **error)
{
  g_autoptr(GPtrArray) rows = ds_csv_parse(text, size, self->name, DS_ROSTER_MAX_ROWS + 1,
                                           DS_ROSTER_MAX_COLUMNS, DS_ROSTER_MAX_CELL, error);
  if (rows == NULL)
    return FALSE;
  if (rows->len == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is empty", self->name);
    return FALSE;
  }
  g_autoptr(GPtrArray) fields = read_header(self, rows->pdata[0], error);
  if (fields == NULL)
    return FALSE;

  for (guint r = 1; r < rows->len; r++) {
    const DsCsvRow *cells = rows->pdata[r];
    DsRosterRow *row = row_new(cells->row);
    if (cells->cells->len != fields->len) {
      g_autofree char *what =
          g_strdup_printf("has %u cells, the header has %u", cells->cells->len, fields->len);
      add_problem(self, cells->row, "", what);
      row_free(row);
      continue;
    }
    for (guint c = 0; c < fields->len; c++)
      set_field(row, fields->pdata[c], cells->cells->pdata[c]);
    if (ds_roster_check_row(check, row, add_remark, self))
      g_ptr_array_add(self->rows, row);
    else
      row_free(row);
  }
  return TRUE;
}

/* An array of flat objects nests twice; a parser that recurses must not see more. */
static gboolean
json_is_flat(const char *text, gsize size)
{
  gboolean quoted = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < size; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > 2)
      return FALSE;
    else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

/* One object as a row; NULL when it is none, with the problem noted. */
static DsRosterRow *
read_object(DsRoster *self, JsonNode *node, guint number)
{
  if (!JSON_NODE_HOLDS_OBJECT(node)) {
    add_problem(self, number, "", "is not an object of field names and texts");
    return NULL;
  }
  DsRosterRow *row = row_new(number);
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;
  gboolean good = TRUE;

  json_object_iter_init(&iter, json_node_get_object(node));
  while (json_object_iter_next(&iter, &key, &value)) {
    g_autofree char *field = ds_roster_column_field(key);
    if (field == NULL) {
      add_problem(self, number, key, "is no field name this program knows");
      good = FALSE;
    } else if (JSON_NODE_HOLDS_NULL(value)) {
      continue;
    } else if (json_node_get_value_type(value) != G_TYPE_STRING) {
      add_problem(self, number, key, "must be a text in quotation marks");
      good = FALSE;
    } else if (strlen(json_node_get_string(value)) > DS_ROSTER_MAX_CELL) {
      add_problem(self, number, key, "is too long");
      good = FALSE;
    } else {
      g_autofree char *text = g_strstrip(g_strdup(json_node_get_string(value)));
      set_field(row, field, text);
    }
  }
  if (!good)
    g_clear_pointer(&row, row_free);
  return row;
}

static gboolean
read_json(DsRoster *self, const char *text, gsize size, DsRosterCheck *check, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) reason = NULL;

  if (!json_is_flat(text, size)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "%s is not a JSON array of flat objects: it nests deeper", self->name);
    return FALSE;
  }
  if (!json_parser_load_from_data(parser, text, (gssize)size, &reason)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is broken JSON: %s", self->name,
                reason->message);
    return FALSE;
  }
  JsonNode *root = json_parser_get_root(parser);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY(root)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is not a JSON array of objects", self->name);
    return FALSE;
  }
  JsonArray *array = json_node_get_array(root);
  if (json_array_get_length(array) > DS_ROSTER_MAX_ROWS) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "%s has more than %u rows: divide it",
                self->name, DS_ROSTER_MAX_ROWS);
    return FALSE;
  }
  for (guint i = 0; i < json_array_get_length(array); i++) {
    DsRosterRow *row = read_object(self, json_array_get_element(array, i), i + 1);
    if (row == NULL)
      continue;
    if (ds_roster_check_row(check, row, add_remark, self))
      g_ptr_array_add(self->rows, row);
    else
      row_free(row);
  }
  return TRUE;
}

DsRoster *
ds_roster_read(GBytes *data, const char *name, const GDate *today, const DsTables *tables,
               GError **error)
{
  if (g_bytes_get_size(data) > DS_ROSTER_MAX_BYTES) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s has %" G_GSIZE_FORMAT " bytes; a roster has at most %u: divide it", name,
                g_bytes_get_size(data), DS_ROSTER_MAX_BYTES);
    return NULL;
  }
  g_autoptr(DsRoster) self = g_new0(DsRoster, 1);
  self->name = g_strdup(name);
  self->rows = g_ptr_array_new_with_free_func(row_free);
  self->problems = g_ptr_array_new_with_free_func(problem_free);
  self->notes = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(self->notes, NULL);

  gsize size = 0;
  g_autofree char *text = decode(self, data, &size, error);
  if (text == NULL)
    return NULL;
  g_autoptr(DsRosterCheck) check = ds_roster_check_new(today, tables);
  gboolean json = text[strspn(text, " \t\r\n")] == '[';
  if (!(json ? read_json : read_csv)(self, text, size, check, error))
    return NULL;
  if (self->rows->len + self->problems->len == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s names nobody: there are no rows", name);
    return NULL;
  }
  return g_steal_pointer(&self);
}

DsRoster *
ds_roster_read_file(const char *path, const GDate *today, const DsTables *tables, GError **error)
{
  g_autofree char *name = g_path_get_basename(path);
  g_autoptr(GBytes) data = ds_files_read(path, DS_ROSTER_MAX_BYTES, error);

  return data == NULL ? NULL : ds_roster_read(data, name, today, tables, error);
}

guint
ds_roster_row_count(const DsRoster *self)
{
  return self->rows->len;
}

const DsRosterRow *
ds_roster_row(const DsRoster *self, guint index)
{
  return self->rows->pdata[index];
}

guint
ds_roster_problem_count(const DsRoster *self)
{
  return self->problems->len;
}

const DsRosterProblem *
ds_roster_problem(const DsRoster *self, guint index)
{
  return self->problems->pdata[index];
}

const char *const *
ds_roster_notes(const DsRoster *self)
{
  return (const char *const *)self->notes->pdata;
}

gboolean
ds_roster_require_clean(const DsRoster *self, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);

  if (self->problems->len == 0)
    return TRUE;
  for (guint i = 0; i < self->problems->len; i++)
    g_string_append_printf(text, "\n  %s", ds_roster_problem(self, i)->text);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s has %u problem%s, nothing was sent:%s",
              self->name, self->problems->len, self->problems->len == 1 ? "" : "s", text->str);
  return FALSE;
}

static JsonNode *
row_to_json(const DsRosterRow *row, guint number)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(row->fields), (GCompareFunc)strcmp);

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "row");
  json_builder_add_int_value(builder, number);
  json_builder_set_member_name(builder, "fields");
  json_builder_begin_object(builder);
  for (GList *name = names; name != NULL; name = name->next) {
    json_builder_set_member_name(builder, name->data);
    json_builder_add_string_value(builder, g_hash_table_lookup(row->fields, name->data));
  }
  json_builder_end_object(builder);
  json_builder_end_object(builder);
  return json_builder_get_root(builder);
}

GBytes *
ds_roster_to_json(const DsRoster *self)
{
  g_autoptr(JsonGenerator) generator = json_generator_new();
  g_autoptr(JsonNode) root = json_node_new(JSON_NODE_ARRAY);
  JsonArray *array = json_array_new();
  gsize size = 0;

  for (guint i = 0; i < self->rows->len; i++)
    json_array_add_element(array, row_to_json(self->rows->pdata[i], i + 1));
  json_node_take_array(root, array);
  json_generator_set_root(generator, root);
  char *text = json_generator_to_data(generator, &size);
  return g_bytes_new_take(text, size);
}
