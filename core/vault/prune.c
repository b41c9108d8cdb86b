/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/bundles.h"

#include "base/clock.h"
#include "base/error.h"
#include "vault/vault-private.h"

/* Intended and not finished: a crash came in between. */
#define INTERRUPTED "SELECT id FROM bundle WHERE pruned = 0 AND prune_intended = 1 ORDER BY seq"

static gboolean
check_may_go(DsVault *self, const DsVaultBundle *bundle, GError **error)
{
  gboolean may = FALSE;

  if (!ds_vault_bundle_may_go(self, bundle, &may, error))
    return FALSE;
  if (may)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "bundle number %" G_GUINT64_FORMAT
              " stays here: the station has not said yet that it is DURABLE there",
              bundle->seq);
  return FALSE;
}

/* What is about to be deleted must be what the receipt is about. */
static gboolean
check_manifest(const DsVaultBundle *bundle, DsSpool *spool, GError **error)
{
  const DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autoptr(GBytes) manifest = ds_spool_read_manifest(spool, &entry, error);

  if (manifest == NULL)
    return FALSE;
  DsDigest actual = ds_digest_of_bytes(manifest);
  if (ds_digest_equal(&actual, &bundle->manifest_sha256))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "the manifest of bundle number %" G_GUINT64_FORMAT
              " in the spool is not the one that was sealed; nothing was removed",
              bundle->seq);
  return FALSE;
}

/* An event about @bundle, of its case unless that went with a lost database. */
static gboolean
note(DsVault *self, const DsVaultBundle *bundle, const char *event, const char *who, GError **error)
{
  g_autofree char *detail = g_strdup_printf("%" G_GUINT64_FORMAT, bundle->seq);
  gint64 known = 0;

  if (bundle->case_id != NULL &&
      !ds_db_get_int(self->db, &known, 0, error, "SELECT count(*) FROM cases WHERE id = ?", "t",
                     bundle->case_id))
    return FALSE;
  return ds_vault_append(self, known != 0 ? bundle->case_id : NULL, NULL, "event", event, detail,
                         who, NULL, error);
}

static gboolean
intend(DsVault *self, const DsVaultBundle *bundle, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  return transaction != NULL &&
         ds_db_run(self->db, error, "UPDATE bundle SET prune_intended = 1 WHERE seq = ?", "l",
                   (gint64)bundle->seq) &&
         note(self, bundle, "prune-intended", who, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

static gboolean
remove_chunks(DsVault *self, const DsVaultBundle *bundle, DsStore *store, GError **error)
{
  g_autoptr(DsStoreBatch) batch = ds_store_batch_new(store);

  for (guint i = 0; i < bundle->chunks->len; i++) {
    const DsVaultChunk *chunk = &g_array_index(bundle->chunks, DsVaultChunk, i);
    gint64 others = 0;
    if (!ds_db_get_int(self->db, &others, 0, error,
                       "SELECT count(*) FROM bundle_chunk WHERE digest = ? AND seq <> ?", "dl",
                       &chunk->digest, (gint64)bundle->seq))
      return FALSE;
    if (others == 0 && !ds_store_batch_remove(batch, &chunk->digest, error))
      return FALSE;
  }
  /* gone for good before it is marked: nobody would look for them afterwards */
  return ds_store_batch_commit(batch, error);
}

static gboolean
mark(DsVault *self, const DsVaultBundle *bundle, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  return transaction != NULL &&
         ds_db_run(self->db, error, "DELETE FROM bundle_chunk WHERE seq = ?", "l",
                   (gint64)bundle->seq) &&
         ds_db_run(self->db, error, "UPDATE bundle SET pruned = ? WHERE seq = ?", "ll",
                   ds_clock_now().wall_us, (gint64)bundle->seq) &&
         note(self, bundle, "pruned", who, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* After the intent; each of its steps may be repeated. */
static gboolean
finish(DsVault *self, const DsVaultBundle *bundle, DsStore *store, DsSpool *spool, const char *who,
       GError **error)
{
  const DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};

  /* the spool first: from then on the courier does not look for the chunks */
  return ds_spool_remove(spool, &entry, error) && remove_chunks(self, bundle, store, error) &&
         mark(self, bundle, who, error);
}

gboolean
ds_vault_prune_bundle(DsVault *self, const DsDigest *id, DsStore *store, DsSpool *spool,
                      const char *who, GError **error)
{
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(self, id, error);

  if (bundle == NULL)
    return FALSE;
  if (bundle->pruned_us != 0)
    return TRUE;
  if (!check_may_go(self, bundle, error))
    return FALSE;
  if (!bundle->prune_intended &&
      (!check_manifest(bundle, spool, error) || !intend(self, bundle, who, error)))
    return FALSE;
  return finish(self, bundle, store, spool, who, error);
}

static gpointer
read_id(DsDbRows *rows)
{
  DsDigest *id = g_new0(DsDigest, 1);

  ds_db_rows_digest(rows, 0, id);
  return id;
}

gboolean
ds_vault_finish_prunes(DsVault *self, DsStore *store, DsSpool *spool, const char *who,
                       guint *finished, GError **error)
{
  g_autoptr(GPtrArray) ids =
      ds_vault_collect(ds_db_query(self->db, error, INTERRUPTED, ""), read_id, g_free, error);

  if (finished != NULL)
    *finished = 0;
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    if (!ds_vault_prune_bundle(self, ids->pdata[i], store, spool, who, error))
      return FALSE;
    if (finished != NULL)
      ++*finished;
  }
  return ids != NULL;
}
