/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "db/db.h"

#include <string.h>

#include "base/error.h"
#include "db/db-private.h"

struct _DsDbRows {
  DsDb *db;
  sqlite3_stmt *statement;
};

/* A statement at rest from the cache, or a new one; the caller owns it until it is given back. */
static sqlite3_stmt *
take_statement(DsDb *self, const char *sql, GError **error)
{
  gpointer text = NULL, cached = NULL;
  sqlite3_stmt *statement = NULL;
  const char *tail = NULL;

  if (g_hash_table_steal_extended(self->statements, sql, &text, &cached)) {
    g_free(text);
    return cached;
  }
  int code =
      sqlite3_prepare_v3(self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  if (code != SQLITE_OK) {
    ds_db_fail(self, code, "preparing a statement for", error);
    return NULL;
  }
  if (statement == NULL || *tail != '\0') {
    sqlite3_finalize(statement);
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "not one single statement: %s", sql);
    return NULL;
  }
  return statement;
}

static void
give_back(DsDb *self, sqlite3_stmt *statement)
{
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  /* replaces, and so finalizes, a twin that came back before it */
  g_hash_table_replace(self->statements, g_strdup(sqlite3_sql(statement)), statement);
}

static int
bind_blob(sqlite3_stmt *statement, int at, const void *data, gsize size)
{
  if (data == NULL)
    return sqlite3_bind_null(statement, at);
  if (size == 0)
    return sqlite3_bind_zeroblob(statement, at, 0);
  return sqlite3_bind_blob64(statement, at, data, size, SQLITE_TRANSIENT);
}

static int
bind_secret(sqlite3_stmt *statement, int at, DsSecret *secret)
{
  if (secret == NULL)
    return sqlite3_bind_null(statement, at);
  /* not copied: SQLite's own memory is not wiped */
  return sqlite3_bind_blob64(statement, at, ds_secret_data(secret), ds_secret_size(secret),
                             SQLITE_STATIC);
}

/* One value for place @at, taken from @values as @letter says. */
static int
bind_next(sqlite3_stmt *statement, int at, char letter, va_list *values)
{
  switch (letter) {
  case 'i':
    return sqlite3_bind_int(statement, at, va_arg(*values, int));
  case 'l':
    return sqlite3_bind_int64(statement, at, va_arg(*values, gint64));
  case 't':
    return sqlite3_bind_text(statement, at, va_arg(*values, const char *), -1, SQLITE_TRANSIENT);
  case 'b': {
    const void *data = va_arg(*values, const void *);
    return bind_blob(statement, at, data, va_arg(*values, gsize));
  }
  case 'g': {
    GBytes *bytes = va_arg(*values, GBytes *);
    gsize size = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    return bind_blob(statement, at, data != NULL || bytes == NULL ? data : "", size);
  }
  case 'd': {
    const DsDigest *digest = va_arg(*values, const DsDigest *);
    return bind_blob(statement, at, digest != NULL ? digest->bytes : NULL, DS_DIGEST_SIZE);
  }
  case 's':
    return bind_secret(statement, at, va_arg(*values, DsSecret *));
  case 'n':
    return sqlite3_bind_null(statement, at);
  default:
    return SQLITE_MISUSE;
  }
}

static sqlite3_stmt *
bind_all(DsDb *self, const char *sql, const char *format, va_list *values, GError **error)
{
  sqlite3_stmt *statement = take_statement(self, sql, error);

  if (statement == NULL)
    return NULL;
  if ((gsize)sqlite3_bind_parameter_count(statement) != strlen(format)) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "\"%s\" does not fit the places of: %s", format,
                sql);
    give_back(self, statement);
    return NULL;
  }
  for (int i = 0; format[i] != '\0'; i++) {
    int code = bind_next(statement, i + 1, format[i], values);
    if (code != SQLITE_OK) {
      ds_db_fail(self, code, "binding a value for", error);
      give_back(self, statement);
      return NULL;
    }
  }
  return statement;
}

gboolean
ds_db_run(DsDb *self, GError **error, const char *sql, const char *format, ...)
{
  va_list values;

  va_start(values, format);
  sqlite3_stmt *statement = bind_all(self, sql, format, &values, error);
  va_end(values);
  if (statement == NULL)
    return FALSE;
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW)
    code = sqlite3_step(statement);
  gboolean ok = code == SQLITE_DONE || ds_db_fail(self, code, "writing", error);
  give_back(self, statement);
  return ok;
}

gint64
ds_db_changes(DsDb *self)
{
  return sqlite3_changes64(self->handle);
}

gboolean
ds_db_get_int(DsDb *self, gint64 *value, gint64 missing, GError **error, const char *sql,
              const char *format, ...)
{
  va_list values;

  va_start(values, format);
  sqlite3_stmt *statement = bind_all(self, sql, format, &values, error);
  va_end(values);
  if (statement == NULL)
    return FALSE;
  int code = sqlite3_step(statement);
  *value = missing;
  if (code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
    *value = sqlite3_column_int64(statement, 0);
  gboolean ok =
      code == SQLITE_ROW || code == SQLITE_DONE || ds_db_fail(self, code, "reading", error);
  give_back(self, statement);
  return ok;
}

DsDbRows *
ds_db_query(DsDb *self, GError **error, const char *sql, const char *format, ...)
{
  va_list values;

  va_start(values, format);
  sqlite3_stmt *statement = bind_all(self, sql, format, &values, error);
  va_end(values);
  if (statement == NULL)
    return NULL;
  DsDbRows *rows = g_new0(DsDbRows, 1);
  rows->db = self;
  rows->statement = statement;
  return rows;
}

DsDbStep
ds_db_rows_next(DsDbRows *self, GError **error)
{
  int code = sqlite3_step(self->statement);

  if (code == SQLITE_ROW)
    return DS_DB_ROW;
  if (code == SQLITE_DONE)
    return DS_DB_DONE;
  ds_db_fail(self->db, code, "reading", error);
  return DS_DB_ERROR;
}

void
ds_db_rows_free(DsDbRows *self)
{
  if (self == NULL)
    return;
  give_back(self->db, self->statement);
  g_free(self);
}

gboolean
ds_db_rows_is_null(DsDbRows *self, int column)
{
  return sqlite3_column_type(self->statement, column) == SQLITE_NULL;
}

gint64
ds_db_rows_int(DsDbRows *self, int column)
{
  return sqlite3_column_int64(self->statement, column);
}

const char *
ds_db_rows_text(DsDbRows *self, int column)
{
  return (const char *)sqlite3_column_text(self->statement, column);
}

GBytes *
ds_db_rows_bytes(DsDbRows *self, int column)
{
  if (ds_db_rows_is_null(self, column))
    return NULL;
  const void *data = sqlite3_column_blob(self->statement, column);
  return g_bytes_new(data, (gsize)sqlite3_column_bytes(self->statement, column));
}

DsSecret *
ds_db_rows_secret(DsDbRows *self, int column)
{
  if (ds_db_rows_is_null(self, column))
    return NULL;
  const void *data = sqlite3_column_blob(self->statement, column);
  return ds_secret_from_bytes(data, (gsize)sqlite3_column_bytes(self->statement, column));
}

gboolean
ds_db_rows_digest(DsDbRows *self, int column, DsDigest *digest)
{
  const void *data = sqlite3_column_blob(self->statement, column);

  memset(digest, 0, sizeof *digest);
  if (data == NULL || sqlite3_column_bytes(self->statement, column) != DS_DIGEST_SIZE)
    return FALSE;
  memcpy(digest->bytes, data, DS_DIGEST_SIZE);
  return TRUE;
}
