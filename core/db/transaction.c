/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "db/db.h"

#include "base/error.h"
#include "db/db-private.h"

struct _DsDbTransaction {
  DsDb *db;
  guint depth; /* 1: the transaction itself; deeper: a savepoint in it */
};

DsDbTransaction *
ds_db_begin(DsDb *self, GError **error)
{
  if (self->depth > 0 && sqlite3_get_autocommit(self->handle)) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s: the transaction was undone already",
                self->path);
    return NULL;
  }
  /* savepoints of one name nest: RELEASE and ROLLBACK TO mean the innermost */
  if (!ds_db_run(self, error, self->depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT nested", ""))
    return NULL;
  DsDbTransaction *transaction = g_new0(DsDbTransaction, 1);
  transaction->db = self;
  transaction->depth = ++self->depth;
  return transaction;
}

static void
undo(DsDbTransaction *transaction)
{
  DsDb *db = transaction->db;

  /* a full disk may have made SQLite undo everything by itself */
  if (sqlite3_get_autocommit(db->handle))
    return;
  if (transaction->depth == 1)
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
  else
    sqlite3_exec(db->handle, "ROLLBACK TO nested; RELEASE nested", NULL, NULL, NULL);
}

static void
finish(DsDbTransaction *transaction)
{
  transaction->db->depth = transaction->depth - 1;
  g_free(transaction);
}

void
ds_db_rollback(DsDbTransaction *transaction)
{
  if (transaction == NULL)
    return;
  undo(transaction);
  finish(transaction);
}

gboolean
ds_db_commit(DsDbTransaction *transaction, GError **error)
{
  DsDb *db = transaction->db;
  gboolean ok = FALSE;

  if (db->depth != transaction->depth || sqlite3_get_autocommit(db->handle))
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "%s: the transaction was undone by an earlier error, or ends out of order",
                db->path);
  else
    ok = ds_db_run(db, error, transaction->depth == 1 ? "COMMIT" : "RELEASE nested", "");
  if (!ok)
    undo(transaction);
  finish(transaction);
  return ok;
}
