/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/members.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/sent.h"
#include "station/statements.h"
#include "station/station-private.h"

static gboolean
publish(DsStation *self, GError **error)
{
  guint published = 0;

  return ds_station_publish(self, &published, error);
}

static gboolean
issue_for(DsStation *self, DsDirectory *next, guint days, GError **error)
{
  next->expires_us = ds_clock_now().wall_us + days * G_TIME_SPAN_DAY;
  return ds_station_issue(self, next, error) && publish(self, error);
}

/* Whether this very unit is listed already; a listed one with other keys is an error. */
static gboolean
is_listed(const DsStation *self, const DsEnrolment *enrolment, gboolean *listed, GError **error)
{
  const DsUnitEntry *entry = ds_directory_find_unit(self->directory, enrolment->unit);

  *listed = FALSE;
  if (entry == NULL)
    return TRUE;
  if (entry->revoked_us != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "unit \"%s\" was revoked: enrol the laptop under another id", enrolment->unit);
    return FALSE;
  }
  if (!ds_key_equal(entry->sign, enrolment->sign) ||
      !ds_key_equal(entry->encrypt, enrolment->encrypt)) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                "unit \"%s\" is enrolled with other keys: revoke it first, or choose another id",
                enrolment->unit);
    return FALSE;
  }
  *listed = TRUE;
  return TRUE;
}

/* Adds the request's officers that are not listed with these keys. FALSE when a key was revoked. */
static gboolean
add_officers(DsDirectory *next, const DsEnrolment *enrolment, guint *added, GError **error)
{
  for (guint i = 0; i < enrolment->officers->len; i++) {
    const DsOfficerEntry *officer = enrolment->officers->pdata[i];
    const DsOfficerEntry *known = ds_directory_find_officer_key(next, ds_key_kid(officer->key));
    if (known != NULL && known->revoked_us != 0) {
      g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                  "the key of officer %s was revoked: make a new key on the unit", officer->number);
      return FALSE;
    }
    if (known != NULL && strcmp(known->number, officer->number) != 0) {
      g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                  "the key of officer %s belongs to officer %s already", officer->number,
                  known->number);
      return FALSE;
    }
    if (known != NULL)
      continue;
    ds_directory_add_officer(next, officer->number, officer->name, DS_ROLE_OFFICER, officer->key);
    (*added)++;
  }
  return TRUE;
}

gboolean
ds_station_enrol(DsStation *self, GBytes *request, const char *fingerprint, GError **error)
{
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(request, error);
  g_autofree char *computed = enrolment != NULL ? ds_enrol_fingerprint(request, error) : NULL;
  gboolean listed;
  guint added = 0;

  if (computed == NULL || !ds_station_require_unlocked(self, "enrolling", error))
    return FALSE;
  if (!ds_enrol_fingerprint_equal(computed, fingerprint)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                        "the fingerprint does not belong to this request: read it aloud again, and "
                        "do not go on if it still differs");
    return FALSE;
  }
  if (!is_listed(self, enrolment, &listed, error))
    return FALSE;
  g_autoptr(DsDirectory) next = ds_directory_copy(self->directory);
  if (!add_officers(next, enrolment, &added, error))
    return FALSE;
  if (!listed)
    ds_directory_add_unit(next, enrolment->unit, enrolment->name, enrolment->sign,
                          enrolment->encrypt);
  g_autofree char *repo = ds_station_repo_path(self->home, enrolment->unit);
  if (!ds_repo_create(repo, error) || !ds_sent_note_keys(self, enrolment, error))
    return FALSE;
  if (listed && added == 0)
    return publish(self, error);
  return issue_for(self, next, DS_STATION_DIRECTORY_DAYS, error);
}

/* The earlier of two revocations holds. TRUE when it changed anything. */
static gboolean
set_revoked(gint64 *revoked_us, gint64 since_us)
{
  if (*revoked_us != 0 && *revoked_us <= since_us)
    return FALSE;
  *revoked_us = since_us;
  return TRUE;
}

static gboolean
mark_unit(DsDirectory *next, const char *unit, gint64 since_us, guint *changes, GError **error)
{
  for (guint i = 0; i < next->units->len; i++) {
    DsUnitEntry *entry = next->units->pdata[i];
    if (strcmp(entry->id, unit) != 0)
      continue;
    *changes += set_revoked(&entry->revoked_us, since_us) ? 1 : 0;
    return TRUE;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "unit \"%.64s\" is not in the directory", unit);
  return FALSE;
}

static gboolean
mark_officer(DsDirectory *next, const char *number, gint64 since_us, guint *changes, GError **error)
{
  guint found = 0;

  for (guint i = 0; i < next->officers->len; i++) {
    DsOfficerEntry *entry = next->officers->pdata[i];
    if (strcmp(entry->number, number) != 0)
      continue;
    found++;
    *changes += set_revoked(&entry->revoked_us, since_us) ? 1 : 0;
  }
  if (found > 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "officer \"%.64s\" is not in the directory",
              number);
  return FALSE;
}

static void
mark_keys(DsDirectory *next, const GArray *kids, gint64 since_us, guint *changes)
{
  for (guint i = 0; kids != NULL && i < next->officers->len; i++) {
    DsOfficerEntry *entry = next->officers->pdata[i];
    for (guint j = 0; j < kids->len; j++)
      if (ds_kid_equal(ds_key_kid(entry->key), &g_array_index(kids, DsKid, j)))
        *changes += set_revoked(&entry->revoked_us, since_us) ? 1 : 0;
  }
}

/* What waits for a unit that may not have it any more. */
static gboolean
take_back(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(DsRepo) repo = ds_station_open_repo(self, unit, error);
  g_autoptr(GArray) waiting = repo != NULL ? ds_repo_list_outbox(repo, error) : NULL;

  if (waiting == NULL ||
      !ds_db_run(self->ledger, error, "DELETE FROM outbox WHERE unit = ? AND kind = ?", "ti", unit,
                 (int)DS_OUTBOX_DISPATCH))
    return FALSE;
  for (guint i = 0; i < waiting->len; i++) {
    const DsOutboxRef *ref = &g_array_index(waiting, DsOutboxRef, i);
    if (ref->kind == DS_OUTBOX_DISPATCH && !ds_repo_delete_outbox(repo, ref, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_station_revoke(DsStation *self, const char *unit, const char *const *officers,
                  const GArray *kids, gint64 since_us, GError **error)
{
  gint64 now = ds_clock_now().wall_us;
  guint changes = 0;

  if (!ds_station_require_unlocked(self, "revoking", error))
    return FALSE;
  if (since_us < 0 || since_us > now) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a revocation holds from now or an earlier time on");
    return FALSE;
  }
  g_autoptr(DsDirectory) next = ds_directory_copy(self->directory);
  gint64 from = since_us != 0 ? since_us : now;
  if (unit != NULL && !mark_unit(next, unit, from, &changes, error))
    return FALSE;
  for (guint i = 0; officers != NULL && officers[i] != NULL; i++)
    if (!mark_officer(next, officers[i], from, &changes, error))
      return FALSE;
  mark_keys(next, kids, from, &changes);
  if (changes > 0 && !issue_for(self, next, DS_STATION_DIRECTORY_DAYS, error))
    return FALSE;
  return unit == NULL || take_back(self, unit, error);
}

gboolean
ds_station_revoke_unit(DsStation *self, const char *unit, gint64 since_us, GError **error)
{
  return ds_station_revoke(self, unit, NULL, NULL, since_us, error);
}

gboolean
ds_station_revoke_officer(DsStation *self, const char *number, gint64 since_us, GError **error)
{
  const char *const officers[] = {number, NULL};

  return ds_station_revoke(self, NULL, officers, NULL, since_us, error);
}

gboolean
ds_station_renew(DsStation *self, guint days, GError **error)
{
  g_autoptr(DsDirectory) next = ds_directory_copy(self->directory);

  if (days < 1 || days > 3660) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a directory is good for 1 to 3660 days");
    return FALSE;
  }
  return issue_for(self, next, days, error);
}
