/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/registry.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/registry-private.h"
#include "station/station-private.h"

static const char *const schema[] = {
    "CREATE TABLE person_case (key TEXT PRIMARY KEY, unit TEXT NOT NULL, local TEXT NOT NULL,"
    " service TEXT NOT NULL, name TEXT, number TEXT, state TEXT NOT NULL, day TEXT NOT NULL,"
    " officer TEXT NOT NULL, trip TEXT NOT NULL, due TEXT, version INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, bundle BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX case_person ON person_case (number, service) WHERE number IS NOT NULL;"
    "CREATE INDEX case_name ON person_case (name);"
    "CREATE INDEX case_local ON person_case (local);"
    "CREATE INDEX case_state ON person_case (state, day, key);"
    "CREATE INDEX case_day ON person_case (day, key);"
    "CREATE TABLE version (bundle BLOB PRIMARY KEY, key TEXT NOT NULL REFERENCES person_case (key),"
    " version INTEGER NOT NULL, seq INTEGER NOT NULL, superseded INTEGER NOT NULL,"
    " arrived INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX version_case ON version (key, version, seq);"
    "CREATE TABLE history (id INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL,"
    " by TEXT, event TEXT NOT NULL, detail TEXT);"
    "CREATE INDEX history_case ON history (key, id);"
    "CREATE TABLE duplicate (key TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (key, other))"
    " WITHOUT ROWID;"
    "CREATE TABLE pending (id INTEGER PRIMARY KEY, token TEXT NOT NULL, unit TEXT NOT NULL,"
    " bundle BLOB NOT NULL, state INTEGER NOT NULL, detail TEXT);",
    "CREATE TABLE sent_trip (trip TEXT PRIMARY KEY, unit TEXT NOT NULL, name TEXT NOT NULL,"
    " day TEXT NOT NULL, sent INTEGER NOT NULL, closed INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sent_person (trip TEXT NOT NULL, row INTEGER NOT NULL, name TEXT, number TEXT,"
    " PRIMARY KEY (trip, row)) WITHOUT ROWID;"
    "CREATE TABLE lost_unit (unit TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER NOT NULL,"
    " reason TEXT NOT NULL, by TEXT);",
    "CREATE TABLE handover (bundle BLOB PRIMARY KEY, unit TEXT NOT NULL, seq INTEGER NOT NULL,"
    " trip TEXT NOT NULL, arrived INTEGER NOT NULL, behind INTEGER NOT NULL,"
    " document BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX handover_trip ON handover (trip, unit, seq);",
    /* two units may be sent on one trip, and each may be lost */
    "ALTER TABLE sent_trip RENAME TO old_trip;"
    "ALTER TABLE sent_person RENAME TO old_person;"
    "CREATE TABLE sent_trip (unit TEXT NOT NULL, trip TEXT NOT NULL, name TEXT NOT NULL,"
    " day TEXT NOT NULL, sent INTEGER NOT NULL, closed INTEGER NOT NULL,"
    " PRIMARY KEY (unit, trip)) WITHOUT ROWID;"
    "CREATE TABLE sent_person (unit TEXT NOT NULL, trip TEXT NOT NULL, row INTEGER NOT NULL,"
    " name TEXT, number TEXT);"
    "CREATE INDEX sent_person_trip ON sent_person (unit, trip, row);"
    "INSERT INTO sent_trip SELECT unit, trip, name, day, sent, closed FROM old_trip;"
    "INSERT INTO sent_person SELECT t.unit, p.trip, p.row, p.name, p.number FROM old_person p"
    " JOIN old_trip t ON t.trip = p.trip;"
    "DROP TABLE old_person;"
    "DROP TABLE old_trip;",
};

DsDb *
ds_registry_open(const char *home, DsSecret *key, gboolean create, GError **error)
{
  g_autofree char *path = g_build_filename(home, "cases.db", NULL);
  g_autoptr(DsDb) db = ds_db_open(path, key, create, error);

  if (db == NULL || !ds_db_migrate(db, schema, G_N_ELEMENTS(schema), error))
    return NULL;
  return g_steal_pointer(&db);
}

void
ds_registry_case_free(DsRegistryCase *self)
{
  if (self == NULL)
    return;
  g_free(self->key);
  g_free(self->unit);
  g_free(self->local_number);
  g_free(self->service);
  g_free(self->name);
  g_free(self->number);
  g_free(self->state);
  g_free(self->day);
  g_free(self->officer);
  g_free(self->trip);
  g_free(self->due);
  g_free(self);
}

#define CASE_COLUMNS                                                                               \
  "c.key, c.unit, c.local, c.service, c.name, c.number, c.state, c.day, c.officer, c.trip, c.due," \
  " c.version, c.seq, c.bundle, (SELECT count(*) FROM duplicate d WHERE d.key = c.key)"

static DsRegistryCase *
case_from_row(DsDbRows *rows)
{
  DsRegistryCase *found = g_new0(DsRegistryCase, 1);
  char **texts[] = {&found->key,     &found->unit,   &found->local_number, &found->service,
                    &found->name,    &found->number, &found->state,        &found->day,
                    &found->officer, &found->trip,   &found->due};

  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(ds_db_rows_text(rows, (int)i));
  found->version = (guint)ds_db_rows_int(rows, 11);
  found->seq = (guint64)ds_db_rows_int(rows, 12);
  ds_db_rows_digest(rows, 13, &found->bundle);
  found->duplicates = (guint)ds_db_rows_int(rows, 14);
  return found;
}

static GPtrArray *
cases_from_rows(DsDbRows *rows, GError **error)
{
  g_autoptr(GPtrArray) found =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_registry_case_free);
  DsDbStep step = DS_DB_ERROR;

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    g_ptr_array_add(found, case_from_row(rows));
  return step == DS_DB_DONE ? g_steal_pointer(&found) : NULL;
}

GPtrArray *
ds_registry_list(DsStation *self, const char *state, GError **error)
{
  g_autoptr(DsDbRows) rows =
      state == NULL
          ? ds_db_query(self->cases, error,
                        "SELECT " CASE_COLUMNS " FROM person_case c ORDER BY c.day, c.key", "")
          : ds_db_query(self->cases, error,
                        "SELECT " CASE_COLUMNS
                        " FROM person_case c WHERE c.state = ? ORDER BY c.day, c.key",
                        "t", state);

  return cases_from_rows(rows, error);
}

gboolean
ds_registry_get(DsStation *self, const char *key, DsRegistryCase **found, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->cases, error, "SELECT " CASE_COLUMNS " FROM person_case c WHERE c.key = ?", "t", key);

  *found = NULL;
  if (rows == NULL)
    return FALSE;
  DsDbStep step = ds_db_rows_next(rows, error);
  if (step == DS_DB_ROW)
    *found = case_from_row(rows);
  return step != DS_DB_ERROR;
}

static gboolean
is_hex_prefix(const char *text)
{
  gsize size = strlen(text);

  return size >= 4 && size <= 64 && strspn(text, "0123456789abcdef") == size;
}

DsRegistryCase *
ds_registry_find(DsStation *self, const char *name, GError **error)
{
  g_autoptr(DsRegistryCase) exact = NULL;

  if (!ds_registry_get(self, name, &exact, error))
    return NULL;
  if (exact != NULL)
    return g_steal_pointer(&exact);

  g_autoptr(DsDbRows) rows =
      ds_db_query(self->cases, error,
                  "SELECT " CASE_COLUMNS
                  " FROM person_case c WHERE c.local = ? OR c.key IN (SELECT v.key FROM version v"
                  " WHERE ? AND substr(lower(hex(v.bundle)), 1, length(?)) = ?) LIMIT 2",
                  "titt", name, is_hex_prefix(name), name, name);
  g_autoptr(GPtrArray) found = cases_from_rows(rows, error);
  if (found == NULL)
    return NULL;
  if (found->len == 1)
    return g_ptr_array_steal_index(found, 0);
  if (found->len == 0)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no case is called \"%.128s\"", name);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "several cases are called \"%.128s\": give UNIT/LOCAL-NUMBER", name);
  return NULL;
}

GPtrArray *
ds_registry_duplicates(DsStation *self, const char *key, GError **error)
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->cases, error, "SELECT other FROM duplicate WHERE key = ? ORDER BY other", "t", key);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    g_ptr_array_add(keys, g_strdup(ds_db_rows_text(rows, 0)));
  return step == DS_DB_DONE ? g_steal_pointer(&keys) : NULL;
}

static void
set_text(JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member(object, name, text);
}

JsonArray *
ds_registry_history(DsStation *self, const char *key, GError **error)
{
  g_autoptr(JsonArray) array = json_array_new();
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->cases, error,
                  "SELECT at, by, event, detail FROM history WHERE key = ? ORDER BY id", "t", key);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    JsonObject *entry = json_object_new();
    g_autofree char *at = ds_clock_format(ds_db_rows_int(rows, 0));
    set_text(entry, "at", at);
    set_text(entry, "by", ds_db_rows_text(rows, 1));
    set_text(entry, "event", ds_db_rows_text(rows, 2));
    set_text(entry, "detail", ds_db_rows_text(rows, 3));
    json_array_add_object_element(array, entry);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&array) : NULL;
}

JsonArray *
ds_registry_versions(DsStation *self, const char *key, GError **error)
{
  g_autoptr(JsonArray) array = json_array_new();
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->cases, error,
      "SELECT version, seq, bundle, superseded FROM version WHERE key = ? ORDER BY version, seq",
      "t", key);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    JsonObject *entry = json_object_new();
    DsDigest bundle;
    char hex[DS_DIGEST_HEX_SIZE];
    ds_db_rows_digest(rows, 2, &bundle);
    json_object_set_int_member(entry, "version", ds_db_rows_int(rows, 0));
    json_object_set_int_member(entry, "seq", ds_db_rows_int(rows, 1));
    set_text(entry, "bundle", ds_digest_to_hex(&bundle, hex));
    json_object_set_boolean_member(entry, "superseded", ds_db_rows_int(rows, 3) != 0);
    json_array_add_object_element(array, entry);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&array) : NULL;
}

JsonObject *
ds_registry_counts(DsStation *self, const char *by, GError **error)
{
  static const struct {
    const char *by;
    const char *sql;
  } queries[] = {
      {"state", "SELECT state, count(*) FROM person_case GROUP BY state"},
      {"unit", "SELECT unit, count(*) FROM person_case GROUP BY unit"},
      {"officer", "SELECT officer, count(*) FROM person_case GROUP BY officer"},
      {"day", "SELECT day, count(*) FROM person_case GROUP BY day"},
  };
  g_autoptr(JsonObject) counts = json_object_new();
  DsDbStep step = DS_DB_ERROR;
  guint which = 0;

  while (which < G_N_ELEMENTS(queries) - 1 && strcmp(queries[which].by, by) != 0)
    which++;
  g_autoptr(DsDbRows) rows = ds_db_query(self->cases, error, queries[which].sql, "");
  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    json_object_set_int_member(counts, ds_db_rows_text(rows, 0), ds_db_rows_int(rows, 1));
  return step == DS_DB_DONE ? g_steal_pointer(&counts) : NULL;
}
