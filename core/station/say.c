/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/say.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/station-private.h"

gboolean
ds_station_know_unit(DsStation *self, const char *unit, GError **error)
{
  return ds_db_run(self->ledger, error, "INSERT OR IGNORE INTO unit (id) VALUES (?)", "t", unit);
}

/* Whether a statement with @token was made. */
static gboolean
token_used(DsStation *self, const char *token, gboolean *used, GError **error)
{
  gint64 count = 0;

  *used = FALSE;
  if (token == NULL)
    return TRUE;
  if (!ds_db_get_int(self->ledger, &count, 0, error,
                     "SELECT count(*) FROM statement WHERE token = ?", "t", token))
    return FALSE;
  *used = count > 0;
  return TRUE;
}

static void
copy_detail(DsStatement *statement, GHashTable *detail)
{
  GHashTableIter iter;
  gpointer name, value;

  if (detail == NULL)
    return;
  g_hash_table_iter_init(&iter, detail);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_statement_set_detail(statement, name, value);
}

gboolean
ds_station_say(DsStation *self, const char *unit, const DsDigest *bundle, DsState state,
               const DsDigest *audit, GHashTable *detail, const char *token, GError **error)
{
  gboolean online = (DS_STATES_ONLINE & DS_STATE_BIT(state)) != 0;
  const DsUnitEntry *entry = ds_directory_find_unit(self->directory, unit);
  gboolean used;
  gint64 seq = 0;

  if (entry == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "unit \"%s\" is not in the directory", unit);
    return FALSE;
  }
  if (!online && !ds_station_require_unlocked(self, "this statement", error))
    return FALSE;
  DsKey *key = online ? self->online->sign : self->keys->receipt;
  const DsReceiptKey *listed = ds_directory_find_receipt_key(self->directory, ds_key_kid(key));
  if (listed == NULL || (listed->states & DS_STATE_BIT(state)) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "directory version %" G_GUINT64_FORMAT
                " does not let this station say \"%s\": issue "
                "a new one with \"doorstep-station directory --renew 365\"",
                self->directory->version, ds_state_word(state));
    return FALSE;
  }
  if (!token_used(self, token, &used, error))
    return FALSE;
  if (used)
    return TRUE;
  if (!ds_station_know_unit(self, unit, error) ||
      !ds_db_get_int(self->ledger, &seq, 1, error, "SELECT next_statement FROM unit WHERE id = ?",
                     "t", unit))
    return FALSE;

  g_autoptr(DsStatement) statement = ds_statement_new();
  statement->station = g_strdup(self->id);
  statement->unit = g_strdup(unit);
  statement->seq = (guint64)seq;
  statement->bundle = *bundle;
  statement->state = state;
  statement->station_us = ds_clock_now().wall_us;
  statement->directory_version = self->directory->version;
  statement->has_audit = audit != NULL;
  if (audit != NULL)
    statement->audit_head = *audit;
  copy_detail(statement, detail);
  g_autoptr(GBytes) bytes = ds_statement_sign(statement, entry->encrypt, key, error);
  return bytes != NULL &&
         ds_db_run(self->ledger, error,
                   "INSERT INTO statement (unit, seq, bundle, state, bytes, pending, token)"
                   " VALUES (?, ?, ?, ?, ?, 1, ?)",
                   "tldigt", unit, seq, bundle, (int)state, bytes, token) &&
         ds_db_run(self->ledger, error,
                   "UPDATE unit SET next_statement = next_statement + 1 WHERE id = ?", "t", unit);
}

gboolean
ds_station_say_again(DsStation *self, const char *unit, const DsDigest *bundle, GError **error)
{
  return ds_db_run(self->ledger, error,
                   "UPDATE statement SET pending = 1 WHERE unit = ? AND bundle = ?", "td", unit,
                   bundle);
}

gboolean
ds_station_enqueue(DsStation *self, const char *unit, DsOutboxKind kind, GPtrArray *names,
                   GPtrArray *contents, GError **error)
{
  gint64 seq = 0;

  if (!ds_station_know_unit(self, unit, error) ||
      !ds_db_get_int(self->ledger, &seq, 1, error, "SELECT next_outbox FROM unit WHERE id = ?", "t",
                     unit) ||
      !ds_db_run(self->ledger, error, "INSERT INTO outbox (unit, seq, kind) VALUES (?, ?, ?)",
                 "tli", unit, seq, (int)kind) ||
      !ds_db_run(self->ledger, error, "UPDATE unit SET next_outbox = next_outbox + 1 WHERE id = ?",
                 "t", unit))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!ds_db_run(self->ledger, error,
                   "INSERT INTO outbox_item (unit, seq, name, bytes) VALUES (?, ?, ?, ?)", "tltg",
                   unit, seq, (const char *)names->pdata[i], (GBytes *)contents->pdata[i]))
      return FALSE;
  return TRUE;
}
