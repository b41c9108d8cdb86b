/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/ledger.h"

#include "base/error.h"
#include "station/say.h"
#include "station/station-private.h"

static const char *const schema[] = {
    "CREATE TABLE unit (id TEXT PRIMARY KEY,"
    " next_statement INTEGER NOT NULL DEFAULT 1,"
    " next_outbox INTEGER NOT NULL DEFAULT 1,"
    " next_dispatch INTEGER NOT NULL DEFAULT 1,"
    " last_dispatch BLOB,"
    " directory INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE bundle (unit TEXT NOT NULL, id BLOB NOT NULL, seq INTEGER NOT NULL, prev BLOB,"
    " kind INTEGER NOT NULL, stage INTEGER NOT NULL, arrived INTEGER NOT NULL,"
    " chunks INTEGER NOT NULL, bytes INTEGER NOT NULL, audit BLOB, reason TEXT,"
    " PRIMARY KEY (unit, id)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX bundle_seq ON bundle (unit, seq) WHERE stage <> 5;"
    "CREATE INDEX bundle_unfinished ON bundle (unit, seq) WHERE stage < 4;"
    "CREATE INDEX bundle_quarantined ON bundle (unit, id) WHERE stage = 5;"
    "CREATE TABLE statement (unit TEXT NOT NULL, seq INTEGER NOT NULL, bundle BLOB NOT NULL,"
    " state INTEGER NOT NULL, bytes BLOB NOT NULL, pending INTEGER NOT NULL, token TEXT UNIQUE,"
    " PRIMARY KEY (unit, seq)) WITHOUT ROWID;"
    "CREATE INDEX statement_pending ON statement (unit, seq) WHERE pending = 1;"
    "CREATE INDEX statement_bundle ON statement (unit, bundle);"
    "CREATE TABLE outbox (unit TEXT NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " PRIMARY KEY (unit, seq)) WITHOUT ROWID;"
    "CREATE TABLE outbox_item (unit TEXT NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY (unit, seq, name),"
    " FOREIGN KEY (unit, seq) REFERENCES outbox (unit, seq) ON DELETE CASCADE);",
    "CREATE TABLE device_key (unit TEXT NOT NULL, kid BLOB NOT NULL, number TEXT NOT NULL,"
    " PRIMARY KEY (unit, kid)) WITHOUT ROWID;",
};

DsDb *
ds_ledger_open(const char *home, DsSecret *key, gboolean create, GError **error)
{
  g_autofree char *path = g_build_filename(home, "intake.db", NULL);
  g_autoptr(DsDb) db = ds_db_open(path, key, create, error);

  if (db == NULL || !ds_db_migrate(db, schema, G_N_ELEMENTS(schema), error))
    return NULL;
  return g_steal_pointer(&db);
}

const char *
ds_stage_word(DsStage stage)
{
  switch (stage) {
  case DS_STAGE_RECEIVED:
    return "received";
  case DS_STAGE_VERIFIED:
    return "verified";
  case DS_STAGE_ARCHIVED:
  case DS_STAGE_DONE:
    return "durable";
  case DS_STAGE_QUARANTINED:
    return "quarantined";
  }
  return "unknown";
}

void
ds_ledger_bundle_free(DsLedgerBundle *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  g_free(self->reason);
  g_free(self);
}

#define BUNDLE_COLUMNS "unit, id, seq, stage, audit, reason, arrived"

static DsLedgerBundle *
bundle_from_row(DsDbRows *rows)
{
  DsLedgerBundle *bundle = g_new0(DsLedgerBundle, 1);

  bundle->unit = g_strdup(ds_db_rows_text(rows, 0));
  ds_db_rows_digest(rows, 1, &bundle->id);
  bundle->seq = (guint64)ds_db_rows_int(rows, 2);
  bundle->stage = (DsStage)ds_db_rows_int(rows, 3);
  bundle->has_audit = ds_db_rows_digest(rows, 4, &bundle->audit);
  bundle->reason = g_strdup(ds_db_rows_text(rows, 5));
  bundle->arrived_us = ds_db_rows_int(rows, 6);
  return bundle;
}

gboolean
ds_ledger_find(DsStation *self, const char *unit, const DsDigest *id, DsLedgerBundle **found,
               GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->ledger, error, "SELECT " BUNDLE_COLUMNS " FROM bundle WHERE unit = ? AND id = ?", "td",
      unit, id);

  *found = NULL;
  if (rows == NULL)
    return FALSE;
  DsDbStep step = ds_db_rows_next(rows, error);
  if (step == DS_DB_ROW)
    *found = bundle_from_row(rows);
  return step != DS_DB_ERROR;
}

gboolean
ds_ledger_seq_taken(DsStation *self, const char *unit, guint64 seq, const DsDigest *id,
                    gboolean *taken, DsDigest *by, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->ledger, error,
                  "SELECT id FROM bundle WHERE unit = ? AND seq = ? AND id <> ? AND stage <> 5",
                  "tld", unit, (gint64)seq, id);

  if (rows == NULL)
    return FALSE;
  DsDbStep step = ds_db_rows_next(rows, error);
  *taken = step == DS_DB_ROW && ds_db_rows_digest(rows, 0, by);
  return step != DS_DB_ERROR;
}

GPtrArray *
ds_ledger_unfinished(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(GPtrArray) bundles =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_ledger_bundle_free);
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->ledger, error,
      "SELECT " BUNDLE_COLUMNS " FROM bundle WHERE unit = ? AND stage < 4 ORDER BY seq", "t", unit);
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    g_ptr_array_add(bundles, bundle_from_row(rows));
  return step == DS_DB_DONE ? g_steal_pointer(&bundles) : NULL;
}

gboolean
ds_ledger_receive(DsStation *self, const DsManifest *manifest, guint64 bytes, GError **error)
{
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);

  if (transaction == NULL ||
      !ds_db_run(self->ledger, error,
                 "INSERT INTO bundle (unit, id, seq, prev, kind, stage, arrived, chunks, bytes,"
                 " audit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (unit, id) DO UPDATE"
                 " SET seq = excluded.seq, prev = excluded.prev, kind = excluded.kind,"
                 " stage = excluded.stage, arrived = excluded.arrived, chunks = excluded.chunks,"
                 " bytes = excluded.bytes, audit = excluded.audit, reason = NULL",
                 "tdldiilild", manifest->unit, &manifest->id, (gint64)manifest->seq,
                 manifest->has_prev ? &manifest->prev : NULL, (int)manifest->kind,
                 (int)DS_STAGE_RECEIVED, ds_clock_now().wall_us, manifest->chunks->len,
                 (gint64)bytes, manifest->has_audit ? &manifest->audit_head : NULL) ||
      !ds_station_say(self, manifest->unit, &manifest->id, DS_STATE_RECEIVED,
                      manifest->has_audit ? &manifest->audit_head : NULL, NULL, NULL, error))
    return FALSE;
  return ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_ledger_advance(DsStation *self, const DsLedgerBundle *bundle, DsStage stage, GError **error)
{
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);
  DsState state = stage == DS_STAGE_VERIFIED ? DS_STATE_VERIFIED : DS_STATE_DURABLE;

  if (transaction == NULL ||
      !ds_db_run(self->ledger, error,
                 "UPDATE bundle SET stage = ?, reason = NULL WHERE unit = ? AND id = ?", "itd",
                 (int)stage, bundle->unit, &bundle->id))
    return FALSE;
  if (stage != DS_STAGE_DONE &&
      !ds_station_say(self, bundle->unit, &bundle->id, state,
                      bundle->has_audit ? &bundle->audit : NULL, NULL, NULL, error))
    return FALSE;
  return ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_ledger_quarantine(DsStation *self, const char *unit, const DsDigest *id, guint64 seq,
                     const char *reason, gboolean *fresh, GError **error)
{
  g_autoptr(DsLedgerBundle) known = NULL;
  g_autoptr(GHashTable) detail = g_hash_table_new(g_str_hash, g_str_equal);

  if (!ds_ledger_find(self, unit, id, &known, error))
    return FALSE;
  *fresh = known == NULL || known->stage != DS_STAGE_QUARANTINED ||
           g_strcmp0(known->reason, reason) != 0;
  if (!*fresh)
    return TRUE;
  g_hash_table_insert(detail, (gpointer) "reason", (gpointer)reason);

  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);
  if (transaction == NULL ||
      !ds_db_run(self->ledger, error,
                 "INSERT INTO bundle (unit, id, seq, kind, stage, arrived, chunks, bytes, reason)"
                 " VALUES (?, ?, ?, 1, 5, ?, 0, 0, ?) ON CONFLICT (unit, id) DO UPDATE"
                 " SET stage = 5, reason = excluded.reason",
                 "tdllt", unit, id, (gint64)seq, ds_clock_now().wall_us, reason) ||
      !ds_station_say(self, unit, id, DS_STATE_QUARANTINED, NULL, detail, NULL, error))
    return FALSE;
  return ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_ledger_set_waiting(DsStation *self, const DsLedgerBundle *bundle, const char *reason,
                      GError **error)
{
  if (g_strcmp0(bundle->reason, reason) == 0)
    return TRUE;
  return ds_db_run(self->ledger, error, "UPDATE bundle SET reason = ? WHERE unit = ? AND id = ?",
                   "ttd", reason, bundle->unit, &bundle->id);
}
