/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/statements.h"

#include "base/error.h"
#include "vault/setting.h"
#include "vault/vault-private.h"

#define STATE_MAX 31
#define STATEMENT_COLUMNS "SELECT seq, bundle, state, station, bytes, detail FROM statement "

void
ds_vault_statement_free(DsVaultStatement *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->bytes, g_bytes_unref);
  g_clear_pointer(&self->detail, g_bytes_unref);
  g_free(self);
}

static gpointer
read_statement(DsDbRows *rows)
{
  DsVaultStatement *statement = g_new0(DsVaultStatement, 1);

  statement->seq = (guint64)ds_db_rows_int(rows, 0);
  ds_db_rows_digest(rows, 1, &statement->bundle);
  statement->state = (int)ds_db_rows_int(rows, 2);
  statement->station_us = ds_db_rows_int(rows, 3);
  statement->bytes = ds_db_rows_bytes(rows, 4);
  statement->detail = ds_db_rows_bytes(rows, 5);
  return statement;
}

static gboolean
check_statement(const DsVaultStatement *statement, GError **error)
{
  if (statement->seq > 0 && statement->seq <= G_MAXINT64 && statement->state > 0 &&
      statement->state <= STATE_MAX)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "statement %" G_GUINT64_FORMAT " of state %d: both count from 1", statement->seq,
              statement->state);
  return FALSE;
}

/* @known FALSE when the seq is new; an error when it says something else. */
static gboolean
compare_with_known(DsVault *self, const DsVaultStatement *statement, gboolean *known,
                   GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, STATEMENT_COLUMNS "WHERE seq = ?", "l", (gint64)statement->seq);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  *known = step == DS_DB_ROW;
  if (step != DS_DB_ROW)
    return step == DS_DB_DONE;
  g_autoptr(DsVaultStatement) before = read_statement(rows);
  if (ds_digest_equal(&before->bundle, &statement->bundle) && before->state == statement->state &&
      before->station_us == statement->station_us)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
              "statement %" G_GUINT64_FORMAT " was applied already and said something else: "
              "report this to the station",
              statement->seq);
  return FALSE;
}

/* Every step of the contiguous mark is one indexed look-up, each made once in a vault's life. */
static gboolean
advance(DsVault *self, GError **error)
{
  guint64 seq = 0;
  gint64 next = 1;

  if (!ds_vault_statement_seq(self, &seq, error))
    return FALSE;
  guint64 before = seq;
  while (next != 0) {
    if (!ds_db_get_int(self->db, &next, 0, error, "SELECT seq FROM statement WHERE seq = ?", "l",
                       (gint64)seq + 1))
      return FALSE;
    seq += next != 0;
  }
  return seq == before ||
         ds_db_run(self->db, error, "INSERT OR REPLACE INTO counter VALUES('statement-seq', ?)",
                   "l", (gint64)seq);
}

gboolean
ds_vault_add_statement(DsVault *self, const DsVaultStatement *statement, gboolean *fresh,
                       GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gboolean known = FALSE;

  if (fresh != NULL)
    *fresh = FALSE;
  if (transaction == NULL || !check_statement(statement, error) ||
      !compare_with_known(self, statement, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (!ds_db_run(self->db, error, "INSERT INTO statement VALUES(?, ?, ?, ?, ?, ?)", "ldilgg",
                 (gint64)statement->seq, &statement->bundle, statement->state,
                 statement->station_us, statement->bytes, statement->detail) ||
      !ds_db_run(self->db, error, "UPDATE bundle SET receipts = receipts | (1 << ?) WHERE id = ?",
                 "id", statement->state, &statement->bundle) ||
      !ds_vault_see_station_time(self, statement->station_us, error) || !advance(self, error) ||
      !ds_vault_commit(g_steal_pointer(&transaction), error))
    return FALSE;
  if (fresh != NULL)
    *fresh = TRUE;
  return TRUE;
}

gboolean
ds_vault_statement_seq(DsVault *self, guint64 *seq, GError **error)
{
  gint64 value = 0;
  gboolean ok = ds_db_get_int(self->db, &value, 0, error,
                              "SELECT value FROM counter WHERE name = 'statement-seq'", "");

  *seq = (guint64)value;
  return ok;
}

gboolean
ds_vault_statement_last(DsVault *self, guint64 *seq, GError **error)
{
  gint64 value = 0;
  gboolean ok = ds_db_get_int(self->db, &value, 0, error, "SELECT max(seq) FROM statement", "");

  *seq = (guint64)value;
  return ok;
}

GPtrArray *
ds_vault_statements(DsVault *self, const DsDigest *bundle, GError **error)
{
  return ds_vault_collect(
      ds_db_query(self->db, error, STATEMENT_COLUMNS "WHERE bundle = ? ORDER BY seq", "d", bundle),
      read_statement, (GDestroyNotify)ds_vault_statement_free, error);
}
