/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/trip.h"

#include "base/error.h"
#include "vault/vault-private.h"

#define TRIP_COLUMNS "SELECT id, name, day, jurisdiction, region, dispatch, state FROM trip "

void
ds_vault_trip_free(DsVaultTrip *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->name);
  g_free(self->day);
  g_free(self->jurisdiction);
  g_free(self->region);
  g_free(self);
}

static gpointer
read_trip(DsDbRows *rows)
{
  DsVaultTrip *trip = g_new0(DsVaultTrip, 1);

  trip->id = g_strdup(ds_db_rows_text(rows, 0));
  trip->name = g_strdup(ds_db_rows_text(rows, 1));
  trip->day = g_strdup(ds_db_rows_text(rows, 2));
  trip->jurisdiction = g_strdup(ds_db_rows_text(rows, 3));
  trip->region = g_strdup(ds_db_rows_text(rows, 4));
  ds_db_rows_digest(rows, 5, &trip->dispatch);
  trip->state = (DsTripState)ds_db_rows_int(rows, 6);
  return trip;
}

static gboolean
unknown_trip(const char *trip_id, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no trip %s", trip_id);
  return FALSE;
}

/* NULL without an error when there is none. */
static DsVaultTrip *
find_trip(DsVault *self, const char *trip_id, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, TRIP_COLUMNS "WHERE id = ?", "t", trip_id);

  if (rows == NULL || ds_db_rows_next(rows, error) != DS_DB_ROW)
    return NULL;
  return read_trip(rows);
}

gboolean
ds_vault_add_trip(DsVault *self, const DsVaultTrip *trip, GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultTrip) known = find_trip(self, trip->id, &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (known != NULL && ds_digest_equal(&known->dispatch, &trip->dispatch))
    return TRUE;
  if (known != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                "trip %s is here already, from another dispatch: ask the station for a new id",
                trip->id);
    return FALSE;
  }
  return ds_db_run(self->db, error, "INSERT INTO trip VALUES(?, ?, ?, ?, ?, ?, ?)", "tttttdi",
                   trip->id, trip->name, trip->day, trip->jurisdiction, trip->region,
                   &trip->dispatch, (int)trip->state);
}

gboolean
ds_vault_set_trip_state(DsVault *self, const char *trip_id, DsTripState state, GError **error)
{
  if (!ds_db_run(self->db, error, "UPDATE trip SET state = ? WHERE id = ?", "it", (int)state,
                 trip_id))
    return FALSE;
  return ds_db_changes(self->db) == 1 || unknown_trip(trip_id, error);
}

DsVaultTrip *
ds_vault_trip(DsVault *self, const char *trip_id, GError **error)
{
  GError *local = NULL;
  DsVaultTrip *trip = find_trip(self, trip_id, &local);

  if (local != NULL)
    g_propagate_error(error, local);
  else if (trip == NULL)
    unknown_trip(trip_id, error);
  return trip;
}

GPtrArray *
ds_vault_trips(DsVault *self, GError **error)
{
  return ds_vault_collect(ds_db_query(self->db, error, TRIP_COLUMNS "ORDER BY day DESC, id", ""),
                          read_trip, (GDestroyNotify)ds_vault_trip_free, error);
}

gboolean
ds_vault_set_trip_data(DsVault *self, const char *trip_id, const char *name, GBytes *bytes,
                       GError **error)
{
  return ds_db_run(self->db, error,
                   "INSERT INTO trip_data VALUES(?, ?, ?)"
                   " ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
                   "ttg", trip_id, name, bytes);
}

GBytes *
ds_vault_trip_data(DsVault *self, const char *trip_id, const char *name, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT bytes FROM trip_data WHERE trip = ? AND name = ?", "tt",
                  trip_id, name);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  if (step == DS_DB_ROW)
    return ds_db_rows_bytes(rows, 0);
  if (step == DS_DB_DONE)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "trip %s brought no \"%s\"", trip_id, name);
  return NULL;
}

static gpointer
read_name(DsDbRows *rows)
{
  return g_strdup(ds_db_rows_text(rows, 0));
}

GPtrArray *
ds_vault_trip_data_names(DsVault *self, const char *trip_id, GError **error)
{
  return ds_vault_collect(ds_db_query(self->db, error,
                                      "SELECT name FROM trip_data WHERE trip = ? ORDER BY name",
                                      "t", trip_id),
                          read_name, g_free, error);
}

/* ---- roster ---- */

void
ds_vault_roster_row_free(DsVaultRosterRow *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->fields);
  g_free(self->case_id);
  g_free(self);
}

gboolean
ds_vault_set_roster_row(DsVault *self, const char *trip_id, guint row, GHashTable *fields,
                        GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  GHashTableIter iter;
  gpointer name, value;

  if (transaction == NULL ||
      !ds_db_run(self->db, error, "DELETE FROM roster WHERE trip = ? AND row = ?", "ti", trip_id,
                 row))
    return FALSE;
  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &name, &value))
    if (!ds_db_run(self->db, error, "INSERT INTO roster VALUES(?, ?, ?, ?)", "titt", trip_id, row,
                   (const char *)name, (const char *)value))
      return FALSE;
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

static DsVaultRosterRow *
row_new(guint number, const char *case_id)
{
  DsVaultRosterRow *row = g_new0(DsVaultRosterRow, 1);

  row->row = number;
  row->case_id = g_strdup(case_id);
  row->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return row;
}

/* Rows of (row, name, value, newest case), sorted by row: one element per row. */
static GPtrArray *
collect_rows(DsDbRows *rows, GError **error)
{
  g_autoptr(DsDbRows) owned = rows;
  g_autoptr(GPtrArray) all =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_vault_roster_row_free);
  DsVaultRosterRow *current = NULL;
  DsDbStep step = DS_DB_ERROR;

  if (owned == NULL)
    return NULL;
  while ((step = ds_db_rows_next(owned, error)) == DS_DB_ROW) {
    guint number = (guint)ds_db_rows_int(owned, 0);
    if (current == NULL || current->row != number) {
      current = row_new(number, ds_db_rows_text(owned, 3));
      g_ptr_array_add(all, current);
    }
    g_hash_table_insert(current->fields, g_strdup(ds_db_rows_text(owned, 1)),
                        g_strdup(ds_db_rows_text(owned, 2)));
  }
  return step == DS_DB_DONE ? g_steal_pointer(&all) : NULL;
}

#define ROSTER_COLUMNS                                                         \
  "SELECT row, roster.name, value,"                                            \
  " (SELECT id FROM cases WHERE cases.trip = roster.trip AND roster_row = row" \
  "  ORDER BY no DESC LIMIT 1) FROM roster "

DsVaultRosterRow *
ds_vault_roster_row(DsVault *self, const char *trip_id, guint row, GError **error)
{
  g_autoptr(GPtrArray) rows = collect_rows(
      ds_db_query(self->db, error, ROSTER_COLUMNS "WHERE trip = ? AND row = ?", "ti", trip_id, row),
      error);

  if (rows == NULL)
    return NULL;
  if (rows->len == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the roster of trip %s has no row %u", trip_id,
                row);
    return NULL;
  }
  return g_ptr_array_steal_index(rows, 0);
}

GPtrArray *
ds_vault_roster(DsVault *self, const char *trip_id, GError **error)
{
  return collect_rows(
      ds_db_query(self->db, error, ROSTER_COLUMNS "WHERE trip = ? ORDER BY row", "t", trip_id),
      error);
}

GArray *
ds_vault_roster_find(DsVault *self, const char *trip_id, const char *number, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(self->db, error,
                                         "SELECT row FROM roster WHERE trip = ? AND value = ?"
                                         " AND name = 'applicant.number' ORDER BY row",
                                         "tt", trip_id, number);
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint));
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    guint row = (guint)ds_db_rows_int(rows, 0);
    g_array_append_val(found, row);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
ds_vault_forget_roster(DsVault *self, const char *trip_id, GError **error)
{
  return ds_db_run(self->db, error, "DELETE FROM roster WHERE trip = ?", "t", trip_id);
}

gboolean
ds_vault_forget_row(DsVault *self, const char *trip_id, guint row, GError **error)
{
  return ds_db_run(self->db, error,
                   "DELETE FROM roster WHERE trip = ?1 AND row = ?2 AND NOT EXISTS (SELECT 1 FROM"
                   " cases WHERE cases.trip = ?1 AND roster_row = ?2 AND shredded = 0)",
                   "ti", trip_id, row);
}

#define ABSENT                                                     \
  "FROM roster WHERE trip = ? AND NOT EXISTS (SELECT 1 FROM cases" \
  " WHERE cases.trip = roster.trip AND roster_row = row)"

gboolean
ds_vault_forget_absent(DsVault *self, const char *trip_id, guint *count, GError **error)
{
  gint64 rows = 0;

  if (!ds_db_get_int(self->db, &rows, 0, error, "SELECT count(DISTINCT row) " ABSENT, "t", trip_id))
    return FALSE;
  if (count != NULL)
    *count = (guint)rows;
  return ds_db_run(self->db, error, "DELETE " ABSENT, "t", trip_id);
}
