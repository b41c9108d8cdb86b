/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/case.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/confirm.h"
#include "unit/pack.h"
#include "unit/day.h"
#include "unit/seal.h"
#include "unit/service.h"
#include "unit/trip-inside.h"
#include "unit/watch.h"
#include "vault/journal.h"
#include "vault/setting.h"

#define ROSTER_STEP "roster"

static char *
next_local_number(DsUnit *self, GError **error)
{
  GDate today;
  guint64 count = 0;

  ds_clock_day(ds_clock_now().wall_us, &today);
  g_autofree char *day = ds_date_format(&today);
  g_autofree char *counter = g_strdup_printf("case.%s", day);
  if (!ds_vault_next_counter(ds_unit_vault(self), counter, &count, error))
    return NULL;
  return g_strdup_printf("%s-%.4s%.2s%.2s-%03" G_GUINT64_FORMAT, ds_unit_id(self), day, day + 5,
                         day + 8, count);
}

/* A withdrawn case stays withdrawn while its bundle travels; if the station said that it came too
 * late, the case goes on and its state says so. */
static gboolean
is_over(const DsVaultCase *of)
{
  return of->state == DS_CASE_WITHDRAWN || of->state == DS_CASE_SUPERSEDED ||
         of->state == DS_CASE_CLOSED || of->state == DS_CASE_NOT_ISSUED ||
         of->state == DS_CASE_REFUSED_BY_STATION ||
         (of->decision == DS_CASE_WITHDRAWN && of->state <= DS_CASE_QUARANTINED);
}

/* One open case a roster row: a second one is how a pupil gets two cards (R115). */
static gboolean
check_row_is_free(DsUnit *self, const DsVaultRosterRow *row, GError **error)
{
  if (row->case_id == NULL)
    return TRUE;

  g_autoptr(DsVaultCase) old = ds_vault_case(ds_unit_vault(self), row->case_id, error);
  if (old == NULL)
    return FALSE;
  if (is_over(old))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "row %u has case %s already (%s)", row->row,
              old->id, ds_case_state_word(old->state));
  return FALSE;
}

static gboolean
enter_roster(DsUnit *self, const char *case_id, const char *service, GHashTable *fields,
             GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    if (ds_unit_service_field(self, service, name, NULL) == NULL)
      continue; /* roster.class and the like stay facts of the row */
    if (!ds_vault_set_field(ds_unit_vault(self), case_id, ROSTER_STEP, name, value,
                            ds_unit_officer(self), error))
      return FALSE;
  }
  return TRUE;
}

char *
ds_unit_case_new(DsUnit *self, const char *trip, guint row, const char *service, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(DsVaultTrip) of_trip = ds_vault_trip(vault, trip, error);
  g_autoptr(DsVaultRosterRow) roster = NULL;
  g_autofree char *only = NULL;

  if (of_trip == NULL || !ds_unit_require_trip_officer(self, trip, error))
    return NULL;
  if (service == NULL)
    service = only = ds_unit_trip_service(self, trip, error);
  if (service == NULL || !ds_unit_service_exists(self, service, error))
    return NULL;
  if (of_trip->state == DS_TRIP_CLOSED) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "trip %s is closed: no new case may join it",
                trip);
    return NULL;
  }
  if (row > 0) {
    roster = ds_vault_roster_row(vault, trip, row, error);
    if (roster == NULL || !check_row_is_free(self, roster, error))
      return NULL;
  }

  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(vault, error);
  if (transaction == NULL || !ds_unit_watch_clock(self, NULL, error))
    return NULL;
  g_autofree char *id = next_local_number(self, error);
  if (id == NULL ||
      !ds_vault_create_case(vault, id, trip, row, service, ds_unit_officer(self), error))
    return NULL;
  if (roster != NULL && !enter_roster(self, id, service, roster->fields, error))
    return NULL;
  if (!ds_vault_commit(g_steal_pointer(&transaction), error))
    return NULL;
  return g_steal_pointer(&id);
}

DsVaultCase *
ds_unit_case_open(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(DsVaultCase) found = NULL;

  if (!ds_unit_finish_seal(self, error))
    return NULL;
  found = ds_vault_case(ds_unit_vault(self), case_id, error);
  if (found == NULL || !ds_unit_require_trip_officer(self, found->trip, error))
    return NULL;
  if (found->state <= DS_CASE_COMPLETE && found->state != DS_CASE_REFUSED &&
      found->state != DS_CASE_WITHDRAWN)
    return g_steal_pointer(&found);
  if (found->state == DS_CASE_RETURNED)
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "case %s was returned by the station: reopen it to correct it", case_id);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s is %s and can no longer be changed",
                case_id, ds_case_state_word(found->state));
  return NULL;
}

/* A bare number is fen, as in every file; with a point or 元 it was meant in yuan. */
static char *
read_money(const char *text)
{
  gint64 fen;

  return strspn(text, "0123456789") < strlen(text) && ds_money_parse_yuan(text, &fen)
             ? g_strdup_printf("%" G_GINT64_FORMAT, fen)
             : NULL;
}

/* The forms in which people type what is kept in one way; what has no such form stays, for the step
 * to complain about. */
static char *
normalise(DsFieldType type, const char *value)
{
  g_autofree char *text = g_strstrip(g_strdup(value));
  char *kept = NULL;

  if (type == DS_FIELD_NUMBER && g_str_has_suffix(text, "x"))
    text[strlen(text) - 1] = 'X';
  if (type == DS_FIELD_DATE)
    kept = ds_date_read(text);
  else if (type == DS_FIELD_TIME)
    kept = ds_clock_read(text);
  else if (type == DS_FIELD_MONEY)
    kept = read_money(text);
  return kept != NULL ? kept : g_steal_pointer(&text);
}

gboolean
ds_unit_case_set(DsUnit *self, const char *case_id, const char *name, const char *value,
                 GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  const char *step = NULL;

  if (open == NULL)
    return FALSE;

  const DsField *field = ds_unit_service_field(self, open->service, name, &step);
  if (field == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "no step of service %s has a field \"%s\": see doorstep plugin list", open->service,
                name);
    return FALSE;
  }
  g_autofree char *text = value != NULL ? normalise(field->type, value) : NULL;
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(ds_unit_vault(self), error);
  return transaction != NULL &&
         ds_vault_set_field(ds_unit_vault(self), case_id, step, name, text, ds_unit_officer(self),
                            error) &&
         ds_unit_note_confirmation(self, open, step, name, text, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* Rules that cannot be had keep nobody from giving up: the seal says so in its time. */
static gboolean
fix_day_of_end(DsUnit *self, const char *case_id, DsCaseState state, GError **error)
{
  GError *local = NULL;

  if (ds_unit_fix_day(self, case_id, FALSE, &local))
    return TRUE;
  if (state == DS_CASE_WITHDRAWN && (g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND) ||
                                     g_error_matches(local, DS_ERROR, DS_ERROR_INVALID))) {
    g_error_free(local);
    return TRUE;
  }
  g_propagate_error(error, local);
  return FALSE;
}

gboolean
ds_unit_case_set_fields(DsUnit *self, const char *case_id, const char *const *names,
                        const char *const *values, GError **error)
{
  /* first what an interrupted seal left to do: it must not be undone with a bad field */
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  g_autoptr(DsVaultTransaction) transaction =
      open != NULL ? ds_vault_begin(ds_unit_vault(self), error) : NULL;

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (!ds_unit_case_set(self, case_id, names[i], values[i], error))
      return FALSE;
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_unit_case_end(DsUnit *self, const char *case_id, DsCaseState state, const char *field,
                 const char *reason, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(vault, error);

  return transaction != NULL && fix_day_of_end(self, case_id, state, error) &&
         ds_vault_set_field(vault, case_id, NULL, field, reason, ds_unit_officer(self), error) &&
         ds_vault_set_case_state(vault, case_id, state, field, ds_unit_officer(self), error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_unit_case_reopen(DsUnit *self, const char *case_id, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(DsVaultCase) found = ds_vault_case(vault, case_id, error);

  if (found == NULL || !ds_unit_require_trip_officer(self, found->trip, error))
    return FALSE;
  if (found->state != DS_CASE_RETURNED) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "case %s is %s; only a case that the station returned can be reopened", case_id,
                ds_case_state_word(found->state));
    return FALSE;
  }

  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(vault, error);
  return transaction != NULL &&
         ds_vault_set_case_version(vault, case_id, found->version + 1, ds_unit_officer(self),
                                   error) &&
         ds_vault_set_case_state(vault, case_id, DS_CASE_DRAFT, "reopened to correct",
                                 ds_unit_officer(self), error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}
