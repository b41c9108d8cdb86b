/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/statements.h"

#include "base/error.h"
#include "station/say.h"
#include "station/station-private.h"

/* Statements in one message: well under the depot's cap, and one cut link costs little. */
#define BATCH 1000

static GPtrArray *
bytes_array(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

/* Moves up to BATCH waiting statements into one message. @moved 0: none was waiting. */
static gboolean
batch_statements(DsStation *self, const char *unit, guint *moved, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) contents = bytes_array();
  gint64 last = 0;
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);

  if (transaction == NULL)
    return FALSE;
  DsDbRows *rows = ds_db_query(self->ledger, error,
                               "SELECT seq, bytes FROM statement WHERE unit = ? AND pending = 1"
                               " ORDER BY seq LIMIT ?",
                               "ti", unit, BATCH);
  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    last = ds_db_rows_int(rows, 0);
    g_ptr_array_add(names, g_strdup_printf("%010" G_GINT64_FORMAT, last));
    g_ptr_array_add(contents, ds_db_rows_bytes(rows, 1));
  }
  ds_db_rows_free(rows);
  *moved = names->len;
  if (step != DS_DB_DONE)
    return FALSE;
  if (names->len == 0)
    return TRUE;
  return ds_station_enqueue(self, unit, DS_OUTBOX_STATEMENTS, names, contents, error) &&
         ds_db_run(self->ledger, error,
                   "UPDATE statement SET pending = 0 WHERE unit = ? AND pending = 1 AND seq <= ?",
                   "tl", unit, last) &&
         ds_db_commit(g_steal_pointer(&transaction), error);
}

/* The newest directory for a unit that was not sent it. */
static gboolean
queue_directory(DsStation *self, const char *unit, GError **error)
{
  gint64 sent = 0;
  gint64 version = (gint64)self->directory->version;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(GPtrArray) contents = g_ptr_array_new();

  if (!ds_db_get_int(self->ledger, &sent, 0, error, "SELECT directory FROM unit WHERE id = ?", "t",
                     unit))
    return FALSE;
  if (sent >= version)
    return TRUE;
  g_ptr_array_add(names, (gpointer) "directory");
  g_ptr_array_add(contents, self->directory_bytes);
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);
  return transaction != NULL &&
         ds_station_enqueue(self, unit, DS_OUTBOX_DIRECTORY, names, contents, error) &&
         ds_db_run(self->ledger, error, "UPDATE unit SET directory = ? WHERE id = ?", "lt", version,
                   unit) &&
         ds_db_commit(g_steal_pointer(&transaction), error);
}

/* Writes one waiting message into the repository and forgets it here. */
static gboolean
send_message(DsStation *self, DsRepo *repo, const char *unit, const DsOutboxRef *ref,
             GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) contents = bytes_array();
  DsDbStep step = DS_DB_ERROR;
  DsDbRows *rows =
      ds_db_query(self->ledger, error,
                  "SELECT name, bytes FROM outbox_item WHERE unit = ? AND seq = ? ORDER BY name",
                  "tl", unit, (gint64)ref->seq);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    g_ptr_array_add(names, g_strdup(ds_db_rows_text(rows, 0)));
    g_ptr_array_add(contents, ds_db_rows_bytes(rows, 1));
  }
  ds_db_rows_free(rows);
  if (step != DS_DB_DONE)
    return FALSE;
  g_ptr_array_add(names, NULL);
  if (!ds_repo_publish(repo, ref, (const char *const *)names->pdata, contents, error))
    return FALSE;
  ds_station_check(self, "published");
  return ds_db_run(self->ledger, error, "DELETE FROM outbox WHERE unit = ? AND seq = ?", "tl", unit,
                   (gint64)ref->seq);
}

static GArray *
waiting_messages(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(GArray) refs = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->ledger, error, "SELECT seq, kind FROM outbox WHERE unit = ? ORDER BY seq", "t", unit);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsOutboxRef ref = {(guint64)ds_db_rows_int(rows, 0), (DsOutboxKind)ds_db_rows_int(rows, 1)};
    g_array_append_val(refs, ref);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&refs) : NULL;
}

static gboolean
publish_unit(DsStation *self, const DsUnitEntry *entry, guint *published, GError **error)
{
  guint moved = 1;

  if (!ds_station_know_unit(self, entry->id, error))
    return FALSE;
  if (entry->revoked_us == 0 && !queue_directory(self, entry->id, error))
    return FALSE;
  while (moved > 0)
    if (!batch_statements(self, entry->id, &moved, error))
      return FALSE;
  g_autoptr(GArray) refs = waiting_messages(self, entry->id, error);
  if (refs == NULL || refs->len == 0)
    return refs != NULL;

  ds_station_check(self, "queued");
  g_autoptr(DsRepo) repo = ds_station_open_repo(self, entry->id, error);
  if (repo == NULL)
    return FALSE;
  for (guint i = 0; i < refs->len; i++) {
    if (!send_message(self, repo, entry->id, &g_array_index(refs, DsOutboxRef, i), error))
      return FALSE;
    (*published)++;
  }
  return TRUE;
}

gboolean
ds_station_publish(DsStation *self, guint *published, GError **error)
{
  GError *first = NULL;

  *published = 0;
  for (guint i = 0; i < self->directory->units->len; i++) {
    const DsUnitEntry *entry = self->directory->units->pdata[i];
    g_autoptr(GError) reason = NULL;
    /* one unit's broken repository must not keep the others waiting */
    if (publish_unit(self, entry, published, &reason) || first != NULL)
      continue;
    g_prefix_error(&reason, "unit %s: ", entry->id);
    first = g_steal_pointer(&reason);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}

gboolean
ds_station_publish_again(DsStation *self, const char *unit, guint64 from, GError **error)
{
  if (ds_directory_find_unit(self->directory, unit) == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "unit \"%.64s\" is not in the directory",
                unit);
    return FALSE;
  }
  return ds_db_run(self->ledger, error,
                   "UPDATE statement SET pending = 1 WHERE unit = ? AND seq >= ?", "tl", unit,
                   (gint64)from) &&
         ds_db_run(self->ledger, error, "UPDATE unit SET directory = 0 WHERE id = ?", "t", unit);
}
