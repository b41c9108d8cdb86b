/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A case as rules, steps and outputs see it. */
#include "unit/case.h"

#include "base/clock.h"
#include "policy/decide.h"
#include "unit/pack.h"
#include "unit/service.h"
#include "unit/signature.h"
#include "unit/trip.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/setting.h"

static void
add_fields(DsView *view, GHashTable *fields)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_view_set_field(view, name, value);
}

/* The day of field submission: fixed once the case is sealed, today until then. */
static void
add_day(DsView *view, const DsVaultCase *of)
{
  if (of->day != NULL) {
    ds_view_set_fact(view, "case.day", of->day);
    return;
  }
  GDate today;
  ds_clock_day(ds_clock_now().wall_us, &today);
  g_autofree char *day = ds_date_format(&today);
  ds_view_set_fact(view, "case.day", day);
}

/* Who may be named as another officer. */
static void
add_directory_facts(DsView *view, const DsDirectory *directory)
{
  g_autoptr(GString) officers = g_string_new(NULL);

  ds_view_set_fact(view, "station.name", directory->name);
  for (guint i = 0; i < directory->officers->len; i++) {
    const DsOfficerEntry *entry = g_ptr_array_index(directory->officers, i);
    if (entry->revoked_us == 0)
      g_string_append_printf(officers, "%s%s", officers->len > 0 ? " " : "", entry->number);
  }
  ds_view_set_fact(view, "station.officers", officers->str);
}

static void
add_case_facts(DsUnit *self, DsView *view, const DsVaultCase *of)
{
  g_autofree char *version = g_strdup_printf("%u", of->version);

  ds_view_set_fact(view, "case.local-number", of->id);
  ds_view_set_fact(view, "case.service", of->service);
  ds_view_set_fact(view, "case.version", version);
  ds_view_set_fact(view, "case.state", ds_case_state_word(of->state));
  ds_view_set_fact(view, "unit.id", ds_unit_id(self));
  if (ds_unit_directory(self) != NULL)
    add_directory_facts(view, ds_unit_directory(self));
  ds_view_set_fact(view, "officer.number", ds_unit_officer(self));
  ds_view_set_fact(view, "officer.name", ds_unit_officer_name(self));
  add_day(view, of);
}

static gboolean
add_trip_facts(DsUnit *self, DsView *view, const DsVaultCase *of, GError **error)
{
  if (of->trip == NULL)
    return TRUE;

  g_autoptr(DsVaultTrip) trip = ds_vault_trip(ds_unit_vault(self), of->trip, error);
  if (trip == NULL)
    return FALSE;
  ds_view_set_fact(view, "trip.id", trip->id);
  ds_view_set_fact(view, "trip.name", trip->name);
  ds_view_set_fact(view, "case.jurisdiction", trip->jurisdiction);
  ds_view_set_fact(view, "unit.region", trip->region);
  if (!ds_unit_trip_add_facts(self, view, of->trip, error))
    return FALSE;
  if (of->roster_row == 0 || of->shredded) /* erased with its row */
    return TRUE;

  g_autoptr(DsVaultRosterRow) row =
      ds_vault_roster_row(ds_unit_vault(self), of->trip, of->roster_row, error);
  if (row == NULL)
    return FALSE;
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init(&iter, row->fields);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    g_autofree char *fact = g_str_has_prefix(name, "roster.")
                                ? g_strdup(name)
                                : g_strdup_printf("roster.%s", (char *)name);
    ds_view_set_fact(view, fact, value);
  }
  return TRUE;
}

static gboolean
add_bundle_facts(DsUnit *self, DsView *view, const char *case_id, GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultBundle) bundle = ds_vault_case_bundle(ds_unit_vault(self), case_id, &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (bundle != NULL) {
    g_autofree char *id = ds_digest_dup_hex(&bundle->id);
    ds_view_set_fact(view, "bundle.id", id);
  }
  return TRUE;
}

/* Each step adds what it derives; a step sees fields and the facts of the case, never another
 * step's. */
static void
add_derived_facts(DsUnit *self, DsView *view, const char *service)
{
  g_auto(GStrv) steps = ds_unit_service_steps(self, service);
  g_autoptr(DsView) derived = ds_view_new();

  for (guint i = 0; steps != NULL && steps[i] != NULL; i++) {
    const DsPluginEntry *entry =
        ds_registry_find(ds_unit_plugins(self), steps[i], DS_PLUGIN_STEP, NULL);
    if (entry != NULL)
      ds_registry_derive(entry, view, derived);
  }
  g_autoptr(GPtrArray) names = ds_view_fact_names(derived);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    ds_view_set_fact(view, name, ds_view_fact(derived, name));
  }
}

DsView *
ds_unit_case_view(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(self), case_id, error);
  if (of == NULL)
    return NULL;
  g_autoptr(GHashTable) fields = ds_vault_case_fields(ds_unit_vault(self), case_id, error);
  if (fields == NULL)
    return NULL;

  g_autoptr(DsView) view = ds_view_new();
  add_fields(view, fields);
  add_case_facts(self, view, of);
  if (!add_trip_facts(self, view, of, error) ||
      !ds_unit_view_add_parts(self, view, of->service, case_id, error) ||
      !add_bundle_facts(self, view, case_id, error))
    return NULL;
  g_autoptr(DsPack) pack = ds_unit_case_pack(self, of, error);
  if (pack == NULL)
    return NULL;
  ds_pack_add_facts(pack, view);
  ds_policy_add_derived_facts(ds_unit_policy(self), pack, view);
  add_derived_facts(self, view, of->service);
  return g_steal_pointer(&view);
}
