/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/trip-end.h"

#include "base/error.h"
#include "unit/seal.h"
#include "unit/trip-inside.h"
#include "unit/trip-keep.h"
#include "unit/unit-private.h"
#include "vault/journal.h"
#include "vault/setting.h"
#include "vault/trip.h"

static char *
officer_setting(const char *trip)
{
  return g_strconcat("trip-officer.", trip, NULL);
}

char *
ds_unit_trip_officer(DsUnit *self, const char *trip, GError **error)
{
  g_autofree char *name = officer_setting(trip);

  return ds_vault_setting_text(self->vault, name, error);
}

gboolean
ds_unit_set_trip_officer(DsUnit *self, const char *trip, const char *officer, GError **error)
{
  g_autofree char *name = officer_setting(trip);

  return ds_vault_set_setting_text(self->vault, name, officer, error);
}

gboolean
ds_unit_require_trip_officer(DsUnit *self, const char *trip, GError **error)
{
  GError *local = NULL;
  g_autofree char *officer = trip != NULL ? ds_unit_trip_officer(self, trip, &local) : NULL;

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (officer == NULL || g_str_equal(officer, self->officer))
    return TRUE;
  g_set_error(
      error, DS_ERROR, DS_ERROR_REFUSED,
      "trip %s was handed over to officer %s, who alone changes its cases now: --officer %s", trip,
      officer, officer);
  return FALSE;
}

/* ---- closing ---- */

/* @open counts cases that are not sealed; @list names the first of them. */
static void
find_open(const GPtrArray *cases, guint *open, GString *list)
{
  *open = 0;
  for (guint i = cases->len; i > 0; i--) {
    const DsVaultCase *of = g_ptr_array_index(cases, i - 1);
    if (of->state >= DS_CASE_SEALED)
      continue;
    if (++*open <= 20)
      g_string_append_printf(list, "\n  %s  %s  %s", of->id, of->name != NULL ? of->name : "-",
                             ds_case_state_word(of->state));
  }
  if (*open > 20)
    g_string_append_printf(list, "\n  … %u more", *open - 20);
}

static gboolean
erase_settled(DsUnit *self, const GPtrArray *cases, guint *erased, GError **error)
{
  for (guint i = 0; i < cases->len; i++) {
    const DsVaultCase *of = g_ptr_array_index(cases, i);
    gboolean may = FALSE;
    if (!ds_unit_may_erase(self, of, &may, error))
      return FALSE;
    if (!may)
      continue;
    if (!ds_unit_erase_case(self, of, "its trip is closed", error))
      return FALSE;
    ++*erased;
  }
  return TRUE;
}

static gboolean
close_open(DsUnit *self, const DsVaultTrip *trip, DsTripClosed *closed, GError **error)
{
  g_autofree char *detail = NULL;

  if (trip->state == DS_TRIP_CLOSED)
    return TRUE;
  detail = g_strdup_printf("%s: %u left open", trip->id, closed->left);
  return ds_vault_forget_absent(self->vault, trip->id, &closed->forgotten, error) &&
         ds_vault_set_trip_state(self->vault, trip->id, DS_TRIP_CLOSED, error) &&
         ds_vault_log(self->vault, NULL, NULL, "trip-closed", detail, self->officer, error);
}

gboolean
ds_unit_close_trip(DsUnit *self, const char *trip, gboolean leave, DsTripClosed *closed,
                   GError **error)
{
  g_autoptr(GString) list = g_string_new(NULL);

  *closed = (DsTripClosed){0};
  if (!ds_unit_finish_seal(self, error))
    return FALSE;
  g_autoptr(DsVaultTrip) found = ds_vault_trip(self->vault, trip, error);
  g_autoptr(GPtrArray) cases =
      found != NULL ? ds_vault_cases(self->vault, trip, 0, 0, error) : NULL;
  if (cases == NULL || !ds_unit_require_trip_officer(self, trip, error))
    return FALSE;
  find_open(cases, &closed->left, list);
  if (closed->left > 0 && !leave) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%u cases of trip %s are not sealed; finish them or close it with --leave:%s",
                closed->left, trip, list->str);
    return FALSE;
  }
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  return transaction != NULL && close_open(self, found, closed, error) &&
         erase_settled(self, cases, &closed->erased, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}
