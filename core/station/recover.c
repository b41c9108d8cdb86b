/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/recover.h"

#include "base/error.h"
#include "bundle/open.h"
#include "station/station-private.h"
#include "vault/vault.h"

gboolean
ds_station_recover_unit(DsStation *self, const char *unit_home, DsSecret *new_passphrase,
                        GError **error)
{
  if (!ds_station_require_unlocked(self, "recovering a unit", error))
    return FALSE;
  if (ds_secret_size(new_passphrase) < DS_STATION_PASSPHRASE_MIN) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the new passphrase is too short: use at least %u characters",
                DS_STATION_PASSPHRASE_MIN);
    return FALSE;
  }
  g_autoptr(GBytes) slot = ds_vault_read_recovery_slot(unit_home, error);
  if (slot == NULL)
    return FALSE;
  g_autoptr(DsSecret) master =
      ds_open_secret(slot, self->keys->recovery, DS_RECOVERY_CONTEXT, error);
  if (master == NULL) {
    g_prefix_error(error, "the recovery slot of %s is not for station %s: ", unit_home, self->id);
    return FALSE;
  }
  g_autoptr(DsVault) vault =
      ds_vault_open_with_master(unit_home, "doorstep-station", master, error);
  return vault != NULL &&
         ds_vault_set_passphrase(vault, new_passphrase, DS_SLOTS_COST_NORMAL, error);
}
