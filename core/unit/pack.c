/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "policy/json.h"
#include "unit/unit-private.h"

#define PACK_PREFIX "pack:"

/* Tries the packs of @trip once; @left counts those that cannot be used, @why says it of the last.
 * FALSE: the vault could not be read. */
static gboolean
try_packs(DsUnit *self, const char *trip, const GPtrArray *names, guint *left, char **why,
          GError **error)
{
  *left = 0;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autoptr(GError) local = NULL;
    if (!g_str_has_prefix(name, PACK_PREFIX))
      continue;
    g_autoptr(GBytes) bytes = ds_vault_trip_data(self->vault, trip, name, error);
    if (bytes == NULL)
      return FALSE;
    g_autoptr(DsPack) pack = ds_policy_load_pack_bytes(self->policy, bytes, name, &local);
    if (pack != NULL)
      continue;
    ++*left;
    g_free(*why);
    *why = g_strdup(local->message);
  }
  return TRUE;
}

/* A pack may extend one that comes later, so they are tried as long as one more can be used. What
 * was fine when it came can be refused by newer installed rules: that closes its trip, not the
 * vault. */
static gboolean
load_packs_of(DsUnit *self, const char *trip, GError **error)
{
  g_autoptr(GPtrArray) names = ds_vault_trip_data_names(self->vault, trip, error);
  g_autofree char *why = NULL;
  guint left = G_MAXUINT, before = 0;

  if (names == NULL)
    return FALSE;
  do {
    before = left;
    if (!try_packs(self, trip, names, &left, &why, error))
      return FALSE;
  } while (left > 0 && left < before);
  if (left > 0)
    g_hash_table_replace(self->pack_problems, g_strdup(trip), g_steal_pointer(&why));
  return TRUE;
}

gboolean
ds_unit_load_trip_packs(DsUnit *self, GError **error)
{
  g_autoptr(GPtrArray) trips = ds_vault_trips(self->vault, error);

  if (trips == NULL)
    return FALSE;
  self->pack_problems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < trips->len; i++)
    if (!load_packs_of(self, ((DsVaultTrip *)g_ptr_array_index(trips, i))->id, error))
      return FALSE;
  return TRUE;
}

DsPack *
ds_unit_pack_on(DsUnit *self, const DsVaultCase *of, const GDate *day, GError **error)
{
  const char *problem = g_hash_table_lookup(self->pack_problems, of->trip);

  if (problem != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "the rules that trip %s brought cannot be used by this version of Doorstep, ask "
                "the station for a new trip: %s",
                of->trip, problem);
    return NULL;
  }
  g_autoptr(DsVaultTrip) trip = ds_vault_trip(self->vault, of->trip, error);
  return trip != NULL
             ? ds_policy_pack_for(self->policy, trip->jurisdiction, of->service, day, error)
             : NULL;
}

DsPack *
ds_unit_case_pack(DsUnit *self, const DsVaultCase *of, GError **error)
{
  GDate today;

  if (of->pack != NULL && of->pack_version != NULL)
    return ds_policy_pack_by_id(self->policy, of->pack, (guint)atoi(of->pack_version), NULL, error);
  ds_clock_day(ds_clock_now().wall_us, &today);
  return ds_unit_pack_on(self, of, &today, error);
}

char *
ds_unit_trip_service(DsUnit *self, const char *trip, GError **error)
{
  const DsVaultCase any = {.trip = (char *)trip};
  g_autoptr(DsPack) pack = ds_unit_case_pack(self, &any, error);

  if (pack == NULL)
    return NULL;
  g_autofree char *services = ds_json_words(ds_pack_root(pack), "services");
  if (services != NULL && *services != '\0' && strchr(services, ' ') == NULL)
    return g_steal_pointer(&services);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "the rules of trip %s are about several services: name one of %s", trip,
              services != NULL ? services : "them");
  return NULL;
}
