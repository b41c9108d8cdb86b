/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/pack.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"

#define PACK_PREFIX "pack:"

static gboolean
load_packs_of(DsUnit *self, const char *trip, GError **error)
{
  g_autoptr(GPtrArray) names = ds_vault_trip_data_names(ds_unit_vault(self), trip, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!g_str_has_prefix(name, PACK_PREFIX))
      continue;
    g_autoptr(GBytes) bytes = ds_vault_trip_data(ds_unit_vault(self), trip, name, error);
    if (bytes == NULL)
      return FALSE;
    g_autoptr(DsPack) pack = ds_policy_load_pack_bytes(ds_unit_policy(self), bytes, name, error);
    if (pack == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_unit_load_trip_packs(DsUnit *self, GError **error)
{
  g_autoptr(GPtrArray) trips = ds_vault_trips(ds_unit_vault(self), error);

  if (trips == NULL)
    return FALSE;
  for (guint i = 0; i < trips->len; i++)
    if (!load_packs_of(self, ((DsVaultTrip *)g_ptr_array_index(trips, i))->id, error))
      return FALSE;
  return TRUE;
}

DsPack *
ds_unit_case_pack(DsUnit *self, const DsVaultCase *of, GError **error)
{
  if (of->pack != NULL && of->pack_version != NULL)
    return ds_policy_pack_by_id(ds_unit_policy(self), of->pack, (guint)atoi(of->pack_version), NULL,
                                error);

  g_autoptr(DsVaultTrip) trip = ds_vault_trip(ds_unit_vault(self), of->trip, error);
  GDate today;
  if (trip == NULL)
    return NULL;
  ds_clock_day(ds_clock_now().wall_us, &today);
  return ds_policy_pack_for(ds_unit_policy(self), trip->jurisdiction, of->service, &today, error);
}
