/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/bundles.h"

#include "base/error.h"
#include "vault/case.h"
#include "vault/vault-private.h"

#define BUNDLE_COLUMNS                                                                      \
  "SELECT seq, id, prev, case_id, version, kind, replaces, manifest_sha256, manifest_size," \
  " record_size, head_entry, head_hash, sealed, receipts, prune_intended, pruned FROM bundle "

DsVaultBundle *
ds_vault_bundle_new(void)
{
  DsVaultBundle *self = g_new0(DsVaultBundle, 1);

  self->chunks = g_array_new(FALSE, FALSE, sizeof(DsVaultChunk));
  return self;
}

void
ds_vault_bundle_free(DsVaultBundle *self)
{
  if (self == NULL)
    return;
  g_free(self->case_id);
  g_free(self->kind);
  g_clear_pointer(&self->chunks, g_array_unref);
  g_free(self);
}

int
ds_vault_bundle_receipt(const DsVaultBundle *self)
{
  for (int state = DS_VAULT_RECEIPT_DURABLE; state >= DS_VAULT_RECEIPT_RECEIVED; state--)
    if ((self->receipts & (1u << state)) != 0)
      return state;
  return 0;
}

static gpointer
read_bundle(DsDbRows *rows)
{
  DsVaultBundle *bundle = g_new0(DsVaultBundle, 1);

  bundle->seq = (guint64)ds_db_rows_int(rows, 0);
  ds_db_rows_digest(rows, 1, &bundle->id);
  bundle->has_prev = ds_db_rows_digest(rows, 2, &bundle->prev);
  bundle->case_id = g_strdup(ds_db_rows_text(rows, 3));
  bundle->version = (guint)ds_db_rows_int(rows, 4);
  bundle->kind = g_strdup(ds_db_rows_text(rows, 5));
  bundle->has_replaces = ds_db_rows_digest(rows, 6, &bundle->replaces);
  ds_db_rows_digest(rows, 7, &bundle->manifest_sha256);
  bundle->manifest_size = (guint64)ds_db_rows_int(rows, 8);
  bundle->record_size = (guint64)ds_db_rows_int(rows, 9);
  bundle->head.index = (guint64)ds_db_rows_int(rows, 10);
  ds_db_rows_digest(rows, 11, &bundle->head.hash);
  bundle->sealed_us = ds_db_rows_int(rows, 12);
  bundle->receipts = (guint32)ds_db_rows_int(rows, 13);
  bundle->prune_intended = ds_db_rows_int(rows, 14) != 0;
  bundle->pruned_us = ds_db_rows_int(rows, 15);
  return bundle;
}

gboolean
ds_vault_next_bundle(DsVault *self, guint64 *seq, gboolean *has_prev, DsDigest *prev,
                     GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT seq, id FROM bundle ORDER BY seq DESC LIMIT 1", "");
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  *has_prev = step == DS_DB_ROW && ds_db_rows_digest(rows, 1, prev);
  *seq = step == DS_DB_ROW ? (guint64)ds_db_rows_int(rows, 0) + 1 : 1;
  return step != DS_DB_ERROR;
}

/* @known: this very bundle is recorded. An error when its seq or id belongs to another. */
static gboolean
check_known(DsVault *self, const DsVaultBundle *bundle, gboolean *known, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT seq, id FROM bundle WHERE seq = ? OR id = ?", "ld",
                  (gint64)bundle->seq, &bundle->id);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;
  DsDigest id;

  *known = FALSE;
  if (step != DS_DB_ROW)
    return step == DS_DB_DONE;
  ds_db_rows_digest(rows, 1, &id);
  *known = (guint64)ds_db_rows_int(rows, 0) == bundle->seq && ds_digest_equal(&id, &bundle->id);
  if (!*known)
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                "bundle number %" G_GUINT64_FORMAT " or its id is taken by another bundle",
                bundle->seq);
  return *known;
}

static gboolean
check_follows(DsVault *self, const DsVaultBundle *bundle, GError **error)
{
  guint64 next = 0;
  gboolean has_prev = FALSE;
  DsDigest prev;

  if (!ds_vault_next_bundle(self, &next, &has_prev, &prev, error))
    return FALSE;
  if (bundle->seq == next && bundle->has_prev == has_prev &&
      (!has_prev || ds_digest_equal(&prev, &bundle->prev)))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "bundle number %" G_GUINT64_FORMAT
              " does not follow the last one: expected %" G_GUINT64_FORMAT " after its id",
              bundle->seq, next);
  return FALSE;
}

static gboolean
insert_bundle(DsVault *self, const DsVaultBundle *bundle, GError **error)
{
  gint64 receipts = 0, head = 0;

  /* a bundle rebuilt after the database was lost names an entry of the lost journal */
  if (!ds_db_get_int(self->db, &head, 0, error,
                     "SELECT entry FROM journal WHERE entry = ? AND hash = ?", "ld",
                     (gint64)bundle->head.index, &bundle->head.hash) ||
      !ds_db_get_int(self->db, &receipts, 0, error,
                     "SELECT sum(bit) FROM (SELECT DISTINCT 1 << state AS bit FROM statement"
                     " WHERE bundle = ?)",
                     "d", &bundle->id) ||
      !ds_db_run(self->db, error,
                 "INSERT INTO bundle VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
                 "lddtitddllldll", (gint64)bundle->seq, &bundle->id,
                 bundle->has_prev ? &bundle->prev : NULL, bundle->case_id, bundle->version,
                 bundle->kind, bundle->has_replaces ? &bundle->replaces : NULL,
                 &bundle->manifest_sha256, (gint64)bundle->manifest_size,
                 (gint64)bundle->record_size, head, &bundle->head.hash, bundle->sealed_us,
                 receipts))
    return FALSE;
  for (guint i = 0; bundle->chunks != NULL && i < bundle->chunks->len; i++) {
    const DsVaultChunk *chunk = &g_array_index(bundle->chunks, DsVaultChunk, i);
    if (!ds_db_run(self->db, error, "INSERT OR IGNORE INTO bundle_chunk VALUES(?, ?, ?)", "ldl",
                   (gint64)bundle->seq, &chunk->digest, (gint64)chunk->size))
      return FALSE;
  }
  return TRUE;
}

/* A rebuilt bundle's case may be gone with the database: then the entry belongs to no case. */
static gboolean
journal_seal(DsVault *self, const DsVaultBundle *bundle, const char *who, GError **error)
{
  g_autofree char *hex = ds_digest_dup_hex(&bundle->id);
  g_autofree char *detail = g_strdup_printf("%" G_GUINT64_FORMAT " %s", bundle->seq, hex);
  gint64 known = 0;

  if (bundle->case_id != NULL &&
      !ds_db_get_int(self->db, &known, 0, error, "SELECT count(*) FROM cases WHERE id = ?", "t",
                     bundle->case_id))
    return FALSE;
  return ds_vault_append(self, known != 0 ? bundle->case_id : NULL, NULL, "event", "sealed", detail,
                         who, NULL, error);
}

gboolean
ds_vault_add_bundle(DsVault *self, const DsVaultBundle *bundle, gboolean rebuilding,
                    const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gboolean known = FALSE;

  if (transaction == NULL || !check_known(self, bundle, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  return (rebuilding || check_follows(self, bundle, error)) && insert_bundle(self, bundle, error) &&
         ds_db_run(self->db, error,
                   "UPDATE part SET bundle = ? WHERE case_id = ? AND superseded = 0"
                   " AND bundle IS NULL",
                   "dt", &bundle->id, bundle->case_id) &&
         journal_seal(self, bundle, who, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

static gboolean
read_chunks(DsVault *self, DsVaultBundle *bundle, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT digest, size FROM bundle_chunk WHERE seq = ?", "l",
                  (gint64)bundle->seq);
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return FALSE;
  bundle->chunks = g_array_new(FALSE, FALSE, sizeof(DsVaultChunk));
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsVaultChunk chunk;
    ds_db_rows_digest(rows, 0, &chunk.digest);
    chunk.size = (guint64)ds_db_rows_int(rows, 1);
    g_array_append_val(bundle->chunks, chunk);
  }
  return step == DS_DB_DONE;
}

/* The one row of @rows with its chunks; NULL without an error when there is none. Takes @rows. */
static DsVaultBundle *
take_one(DsVault *self, DsDbRows *rows, GError **error)
{
  g_autoptr(DsDbRows) owned = rows;

  if (owned == NULL || ds_db_rows_next(owned, error) != DS_DB_ROW)
    return NULL;
  g_autoptr(DsVaultBundle) bundle = read_bundle(owned);
  return read_chunks(self, bundle, error) ? g_steal_pointer(&bundle) : NULL;
}

DsVaultBundle *
ds_vault_bundle(DsVault *self, const DsDigest *id, GError **error)
{
  GError *local = NULL;
  DsVaultBundle *bundle =
      take_one(self, ds_db_query(self->db, &local, BUNDLE_COLUMNS "WHERE id = ?", "d", id), &local);

  if (local != NULL) {
    g_propagate_error(error, local);
  } else if (bundle == NULL) {
    char hex[DS_DIGEST_HEX_SIZE];
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "this unit sealed no bundle %s",
                ds_digest_to_hex(id, hex));
  }
  return bundle;
}

DsVaultBundle *
ds_vault_bundle_by_seq(DsVault *self, guint64 seq, GError **error)
{
  GError *local = NULL;
  DsVaultBundle *bundle = take_one(
      self, ds_db_query(self->db, &local, BUNDLE_COLUMNS "WHERE seq = ?", "l", (gint64)seq),
      &local);

  if (local != NULL)
    g_propagate_error(error, local);
  else if (bundle == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "this unit sealed no bundle number %" G_GUINT64_FORMAT, seq);
  return bundle;
}

DsVaultBundle *
ds_vault_case_bundle(DsVault *self, const char *case_id, GError **error)
{
  return take_one(self,
                  ds_db_query(self->db, error,
                              BUNDLE_COLUMNS "WHERE case_id = ? ORDER BY seq DESC LIMIT 1", "t",
                              case_id),
                  error);
}

GPtrArray *
ds_vault_bundles(DsVault *self, const char *case_id, GError **error)
{
  DsDbRows *rows =
      case_id != NULL
          ? ds_db_query(self->db, error, BUNDLE_COLUMNS "WHERE case_id = ? ORDER BY seq", "t",
                        case_id)
          : ds_db_query(self->db, error, BUNDLE_COLUMNS "WHERE pruned = 0 ORDER BY seq", "");

  return ds_vault_collect(rows, read_bundle, (GDestroyNotify)ds_vault_bundle_free, error);
}

/* The withdrawal must be the case's newest version, and be in force. */
#define WITHDRAWN_FOR_GOOD                                                                    \
  "SELECT count(*) FROM bundle w JOIN cases c ON c.id = w.case_id WHERE w.replaces = ?"       \
  " AND w.case_id = ? AND w.version = c.version AND c.decision = ? AND w.receipts & (1 << ?)" \
  " AND NOT w.receipts & (1 << ?)"

gboolean
ds_vault_bundle_may_go(DsVault *self, const DsVaultBundle *bundle, gboolean *may, GError **error)
{
  gint64 withdrawn = 0;

  *may = ds_vault_bundle_receipt(bundle) == DS_VAULT_RECEIPT_DURABLE;
  if (*may)
    return TRUE;
  if (!ds_db_get_int(self->db, &withdrawn, 0, error, WITHDRAWN_FOR_GOOD, "dtiii", &bundle->id,
                     bundle->case_id, DS_CASE_WITHDRAWN, DS_VAULT_RECEIPT_DURABLE,
                     DS_VAULT_STATE_SUPERSEDED))
    return FALSE;
  *may = withdrawn != 0;
  return TRUE;
}

GPtrArray *
ds_vault_prunable(DsVault *self, GError **error)
{
  g_autoptr(GPtrArray) here = ds_vault_bundles(self, NULL, error);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)ds_vault_bundle_free);

  while (here != NULL && here->len > 0) {
    g_autoptr(DsVaultBundle) bundle = g_ptr_array_steal_index(here, 0);
    gboolean may = FALSE;
    if (!ds_vault_bundle_may_go(self, bundle, &may, error))
      return NULL;
    if (may)
      g_ptr_array_add(found, g_steal_pointer(&bundle));
  }
  return here != NULL ? g_steal_pointer(&found) : NULL;
}
