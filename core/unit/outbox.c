/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/outbox.h"

#include "base/error.h"
#include "unit/unit-private.h"
#include "vault/bundles.h"
#include "vault/part.h"

/* ---- what a crash in the middle of a capture left ---- */

typedef struct {
  DsVault *vault;
  GArray *unknown; /* DsDigest */
  GError *error;
} Search;

static gboolean
look_at(const DsDigest *digest, guint64 size, gpointer data)
{
  Search *search = data;
  gboolean known = TRUE;

  if (!ds_vault_chunk_is_known(search->vault, digest, &known, &search->error))
    return FALSE;
  if (!known)
    g_array_append_vals(search->unknown, digest, 1);
  return TRUE;
}

static gboolean
remove_all(DsStore *store, const GArray *digests, GError **error)
{
  for (guint i = 0; i < digests->len; i++)
    if (!ds_store_remove(store, &g_array_index(digests, DsDigest, i), error))
      return FALSE;
  return TRUE;
}

/* FALSE in @whole: the spool holds a sealed bundle that the vault does not know, because the
 * database was lost or an older copy came back. Its chunks may be the only ones there are. */
static gboolean
knows_spool(DsUnit *self, gboolean *whole, GError **error)
{
  g_autoptr(GArray) spooled = ds_spool_list(ds_unit_spool(self), error);

  *whole = !ds_vault_lost_database(ds_unit_home(self));
  for (guint i = 0; spooled != NULL && *whole && i < spooled->len; i++) {
    g_autoptr(GError) local = NULL;
    g_autoptr(DsVaultBundle) bundle =
        ds_vault_bundle(ds_unit_vault(self), &g_array_index(spooled, DsSpoolEntry, i).id, &local);
    *whole = bundle != NULL;
    if (bundle == NULL && !g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND)) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
  }
  return spooled != NULL;
}

/* Chunks that reached the disk before the vault knew them: nobody has their key. */
static gboolean
sweep_orphans(DsUnit *self, GError **error)
{
  gboolean whole = FALSE;

  if (!knows_spool(self, &whole, error))
    return FALSE;
  if (!whole)
    return TRUE;

  DsStore *store = ds_unit_store(self);
  g_autoptr(GArray) unknown = g_array_new(FALSE, FALSE, sizeof(DsDigest));
  Search search = {.vault = ds_unit_vault(self), .unknown = unknown};

  if (!ds_store_sweep(store, error) || !ds_store_foreach(store, look_at, &search, error)) {
    g_clear_error(&search.error);
    return FALSE;
  }
  if (search.error != NULL) {
    g_propagate_error(error, search.error);
    return FALSE;
  }
  return remove_all(store, unknown, error);
}

/* Chunks of what was retaken, when a crash came before they went. */
static gboolean
sweep_retaken(DsUnit *self, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(GArray) chunks = ds_vault_unreferenced_chunks(vault, NULL, error);

  if (chunks == NULL)
    return FALSE;
  for (guint i = 0; i < chunks->len; i++)
    if (!ds_store_remove(ds_unit_store(self), &g_array_index(chunks, DsVaultChunk, i).digest,
                         error))
      return FALSE;
  return chunks->len == 0 || ds_vault_forget_chunks(vault, chunks, error);
}

/* ---- prune ---- */

static gboolean
prune_one(DsUnit *self, const DsDigest *id, DsPruned *pruned, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(vault, id, error);

  if (bundle == NULL || !ds_vault_prune_bundle(vault, id, ds_unit_store(self), ds_unit_spool(self),
                                               ds_unit_officer(self), error))
    return FALSE;
  pruned->count++;
  pruned->bytes += bundle->manifest_size + bundle->record_size;
  for (guint i = 0; i < bundle->chunks->len; i++)
    pruned->bytes += g_array_index(bundle->chunks, DsVaultChunk, i).size;
  return TRUE;
}

gboolean
ds_unit_prune(DsUnit *self, DsPruned *pruned, GError **error)
{
  g_autoptr(GPtrArray) bundles = ds_vault_prunable(ds_unit_vault(self), error);
  gboolean ok = TRUE;

  *pruned = (DsPruned){0};
  if (bundles == NULL)
    return FALSE;
  /* the first error is told, but one damaged bundle keeps no other here */
  for (guint i = 0; i < bundles->len; i++) {
    ds_unit_tell_progress(self, i, bundles->len);
    ok &= prune_one(self, &((const DsVaultBundle *)g_ptr_array_index(bundles, i))->id, pruned,
                    ok ? error : NULL);
  }
  return ok && sweep_retaken(self, error) && sweep_orphans(self, error);
}
