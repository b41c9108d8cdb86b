/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/journal.h"

#include <string.h>

#include "base/error.h"
#include "model/cbor.h"
#include "vault/journal-chain.h"
#include "vault/vault-private.h"

#define FIELD "field"
#define EVENT "event"
#define ENTRY_COLUMNS                                                         \
  "SELECT entry, wall, boot, boot_id, who, case_id, step, kind, name, value," \
  " commitment IS NOT NULL AND value IS NULL, hash FROM journal "

void
ds_vault_entry_free(DsVaultEntry *self)
{
  if (self == NULL)
    return;
  g_free(self->who);
  g_free(self->case_id);
  g_free(self->step);
  g_free(self->kind);
  g_free(self->name);
  g_free(self->value);
  g_free(self);
}

gboolean
ds_vault_audit_head(DsVault *self, DsAuditHead *head, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->db, error, "SELECT entry, hash, wall FROM journal ORDER BY entry DESC LIMIT 1", "");
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  memset(head, 0, sizeof *head);
  if (step != DS_DB_ROW)
    return step == DS_DB_DONE;
  head->index = (guint64)ds_db_rows_int(rows, 0);
  ds_db_rows_digest(rows, 1, &head->hash);
  head->wall_us = ds_db_rows_int(rows, 2);
  return TRUE;
}

gboolean
ds_vault_newest_wall(DsVault *self, guint64 after, gint64 *wall_us, GError **error)
{
  return ds_db_get_int(self->db, wall_us, 0, error, "SELECT max(wall) FROM journal WHERE entry > ?",
                       "l", (gint64)after);
}

static gboolean
check_value(const char *name, const char *value, GError **error)
{
  const char *problem = value != NULL ? ds_cbor_text_problem(value) : NULL;

  if (value != NULL && strlen(value) > DS_JOURNAL_VALUE_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s has %" G_GSIZE_FORMAT " bytes; at most %d are allowed", name, strlen(value),
                DS_JOURNAL_VALUE_MAX);
    return FALSE;
  }
  if (problem == NULL)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s %s", name, problem);
  return FALSE;
}

gboolean
ds_vault_append(DsVault *self, const char *case_id, const char *step, const char *kind,
                const char *name, const char *value, const char *who, gint64 *entry, GError **error)
{
  DsAuditHead head;
  guint8 salt[DS_CHAIN_SALT_SIZE];
  DsDigest commitment, hash;
  DsChainLink link = {.time = ds_clock_now(),
                      .who = who,
                      .case_id = case_id,
                      .step = step,
                      .kind = kind,
                      .name = name,
                      .commitment = value != NULL ? &commitment : NULL};

  if (!check_value(name, value, error) || !ds_vault_audit_head(self, &head, error))
    return FALSE;
  ds_random_bytes(salt, sizeof salt);
  link.index = head.index + 1;
  link.prev = head.hash;
  if ((value != NULL && !ds_chain_commit(salt, value, &commitment, error)) ||
      !ds_chain_hash(&link, &hash, error))
    return FALSE;
  if (entry != NULL)
    *entry = (gint64)link.index;
  return ds_db_run(self->db, error,
                   "INSERT INTO journal VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   "llltttttt"
                   "bdtd",
                   (gint64)link.index, link.time.wall_us, link.time.boot_us, link.time.boot_id, who,
                   case_id, step, kind, name, value != NULL ? salt : NULL, sizeof salt,
                   link.commitment, value, &hash) &&
         (case_id == NULL || ds_db_run(self->db, error, "UPDATE cases SET changed = ? WHERE id = ?",
                                       "lt", link.time.wall_us, case_id));
}

gboolean
ds_vault_log(DsVault *self, const char *case_id, const char *step, const char *name,
             const char *detail, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  return transaction != NULL && (case_id == NULL || ds_vault_require_case(self, case_id, error)) &&
         ds_vault_append(self, case_id, step, EVENT, name, detail, who, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* ---- fields ---- */

/* @value may be NULL: not set. */
static gboolean
current_value(DsVault *self, const char *case_id, const char *name, char **value, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT value FROM field WHERE case_id = ? AND name = ?", "tt",
                  case_id, name);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  *value = step == DS_DB_ROW ? g_strdup(ds_db_rows_text(rows, 0)) : NULL;
  return step != DS_DB_ERROR;
}

static gboolean
derive_field(DsVault *self, const char *case_id, const char *name, const char *value, gint64 entry,
             GError **error)
{
  if (value == NULL)
    return ds_db_run(self->db, error, "DELETE FROM field WHERE case_id = ? AND name = ?", "tt",
                     case_id, name);
  return ds_db_run(self->db, error,
                   "INSERT INTO field VALUES(?, ?, ?, ?)"
                   " ON CONFLICT DO UPDATE SET value = excluded.value, entry = excluded.entry",
                   "tttl", case_id, name, value, entry);
}

gboolean
ds_vault_set_field(DsVault *self, const char *case_id, const char *step, const char *name,
                   const char *value, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  g_autofree char *current = NULL;
  const char *wanted = value != NULL && *value != '\0' ? value : NULL;
  gint64 entry = 0;

  if (transaction == NULL || !ds_vault_require_case(self, case_id, error) ||
      !current_value(self, case_id, name, &current, error))
    return FALSE;
  if (g_strcmp0(current, wanted) == 0)
    return TRUE; /* nothing was written, so nothing is undone */
  return ds_vault_append(self, case_id, step, FIELD, name, wanted != NULL ? wanted : "", who,
                         &entry, error) &&
         derive_field(self, case_id, name, wanted, entry, error) &&
         ds_vault_index_case(self, case_id, name, wanted, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

GHashTable *
ds_vault_case_fields(DsVault *self, const char *case_id, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT name, value FROM field WHERE case_id = ?", "t", case_id);
  g_autoptr(GHashTable) fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    g_hash_table_insert(fields, g_strdup(ds_db_rows_text(rows, 0)),
                        g_strdup(ds_db_rows_text(rows, 1)));
  return step == DS_DB_DONE ? g_steal_pointer(&fields) : NULL;
}

char *
ds_vault_case_field(DsVault *self, const char *case_id, const char *name, GError **error)
{
  char *value = NULL;

  return current_value(self, case_id, name, &value, error) ? value : NULL;
}

/* ---- reading ---- */

static gpointer
read_entry(DsDbRows *rows)
{
  DsVaultEntry *entry = g_new0(DsVaultEntry, 1);

  entry->index = (guint64)ds_db_rows_int(rows, 0);
  entry->time.wall_us = ds_db_rows_int(rows, 1);
  entry->time.boot_us = ds_db_rows_int(rows, 2);
  g_strlcpy(entry->time.boot_id, ds_db_rows_text(rows, 3), sizeof entry->time.boot_id);
  entry->who = g_strdup(ds_db_rows_text(rows, 4));
  entry->case_id = g_strdup(ds_db_rows_text(rows, 5));
  entry->step = g_strdup(ds_db_rows_text(rows, 6));
  entry->kind = g_strdup(ds_db_rows_text(rows, 7));
  entry->name = g_strdup(ds_db_rows_text(rows, 8));
  entry->value = g_strdup(ds_db_rows_text(rows, 9));
  entry->shredded = ds_db_rows_int(rows, 10) != 0;
  ds_db_rows_digest(rows, 11, &entry->hash);
  return entry;
}

GPtrArray *
ds_vault_entries(DsVault *self, const char *case_id, GError **error)
{
  return ds_vault_collect(
      ds_db_query(self->db, error, ENTRY_COLUMNS "WHERE case_id IS ? ORDER BY entry", "t", case_id),
      read_entry, (GDestroyNotify)ds_vault_entry_free, error);
}

GPtrArray *
ds_vault_entries_from(DsVault *self, guint64 from, guint limit, GError **error)
{
  return ds_vault_collect(ds_db_query(self->db, error,
                                      ENTRY_COLUMNS "WHERE entry >= ? ORDER BY entry LIMIT ?", "li",
                                      (gint64)from, limit),
                          read_entry, (GDestroyNotify)ds_vault_entry_free, error);
}
