/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/outbox.h"

#include "vault/bundles.h"

gboolean
ds_unit_prune(DsUnit *self, DsPruned *pruned, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(GPtrArray) bundles = ds_vault_prunable(vault, error);

  *pruned = (DsPruned){0};
  if (bundles == NULL)
    return FALSE;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *entry = g_ptr_array_index(bundles, i);
    g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(vault, &entry->id, error);
    if (bundle == NULL || !ds_vault_prune_bundle(vault, &bundle->id, ds_unit_store(self),
                                                 ds_unit_spool(self), ds_unit_officer(self), error))
      return FALSE;
    pruned->count++;
    pruned->bytes += bundle->manifest_size + bundle->record_size;
    for (guint j = 0; j < bundle->chunks->len; j++)
      pruned->bytes += g_array_index(bundle->chunks, DsVaultChunk, j).size;
  }
  return TRUE;
}
