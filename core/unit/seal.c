/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/seal.h"

#include "base/error.h"
#include "bundle/open.h"
#include "bundle/seal.h"
#include "unit/day.h"
#include "unit/handover.h"
#include "unit/officer.h"
#include "unit/record.h"
#include "unit/sealing.h"
#include "unit/trip-inside.h"
#include "unit/unit-private.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/setting.h"

/* ---- may it be sealed, and as what ---- */

static void
append_open(const DsCaseCheck *check, GString *text)
{
  for (guint i = 0; i < ds_findings_count(check->findings); i++) {
    const DsFinding *finding = ds_findings_get(check->findings, i);
    if (finding->kind == DS_FINDING_MISSING || finding->kind == DS_FINDING_INVALID ||
        finding->kind == DS_FINDING_REFUSE)
      g_string_append_printf(text, "\n  %s: %s", finding->subject != NULL ? finding->subject : "",
                             finding->text != NULL ? finding->text : finding->code);
  }
}

static gboolean
outcome_of(const DsVaultCase *of, const DsCaseCheck *check, DsCaseOutcome *outcome, GError **error)
{
  *outcome = DS_CASE_OUTCOME_COMPLETE;
  if (of->state == DS_CASE_REFUSED)
    *outcome = DS_CASE_OUTCOME_REFUSED;
  else if (of->state == DS_CASE_WITHDRAWN)
    *outcome = DS_CASE_OUTCOME_WITHDRAWN;
  else if (ds_case_check_is_pending(check))
    *outcome = DS_CASE_OUTCOME_PENDING;
  else if (of->state >= DS_CASE_SEALED) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s is %s already", of->id,
                ds_case_state_word(of->state));
    return FALSE;
  }
  if (*outcome == DS_CASE_OUTCOME_REFUSED || *outcome == DS_CASE_OUTCOME_WITHDRAWN ||
      check->complete)
    return TRUE;

  g_autoptr(GString) open = g_string_new(NULL);
  append_open(check, open);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "case %s is not complete:%s", of->id, open->str);
  return FALSE;
}

/* Day and rules first, so that everything in the bundle is of one day. (transfer full) */
static DsCaseCheck *
check_to_seal(DsUnit *self, const DsVaultCase *of, DsCaseOutcome *outcome, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  g_autoptr(DsCaseCheck) check = NULL;

  if (transaction == NULL ||
      (of->state < DS_CASE_SEALED && !ds_unit_fix_day(self, of->id, FALSE, error)))
    return NULL;
  check = ds_unit_case_check(self, of->id, error);
  if (check == NULL || !outcome_of(of, check, outcome, error) ||
      !ds_vault_commit(g_steal_pointer(&transaction), error))
    return NULL;
  return g_steal_pointer(&check);
}

/* ---- read-back: every byte, with the keys about to be forgotten ---- */

static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer store, GError **error)
{
  return ds_store_read(store, sha256, error);
}

static gboolean
read_back(DsUnit *self, const DsRecord *record, GError **error)
{
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = g_ptr_array_index(record->parts, i);
    if (part->key != NULL &&
        !ds_open_part(part, NULL, fetch_chunk, self->store, NULL, NULL, error)) {
      g_prefix_error(error, "part %s did not read back as it was written: ", part->id);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- making the bundle ---- */

static gboolean
describe_bundle(DsUnit *self, const DsVaultCase *of, DsManifest *manifest, DsAuditHead *head,
                GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultBundle) before = ds_vault_case_bundle(self->vault, of->id, &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  manifest->unit = g_strdup(self->id);
  manifest->kind = DS_BUNDLE_CASE;
  DsWatch watch;
  if (!ds_unit_watch_clock(self, &watch, error))
    return FALSE;
  manifest->time = ds_clock_now();
  manifest->newest_us =
      watch.behind_us > 0 && watch.newest_us > manifest->time.wall_us ? watch.newest_us : 0;
  manifest->directory_version = self->directory->version;
  manifest->has_replaces = before != NULL;
  if (before != NULL)
    manifest->replaces = before->id;
  if (!ds_vault_next_bundle(self->vault, &manifest->seq, &manifest->has_prev, &manifest->prev,
                            error) ||
      !ds_vault_audit_head(self->vault, head, error) ||
      !ds_vault_station_time(self->vault, &manifest->station_us, error))
    return FALSE;
  manifest->has_audit = head->index > 0;
  manifest->audit_head = head->hash;
  return TRUE;
}

static gboolean
sign_bundle(DsUnit *self, DsManifest *manifest, DsRecord *record, DsSealed *sealed, GError **error)
{
  static const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  g_autoptr(DsKey) unit_key = ds_unit_load_key(self->vault, DS_UNIT_SECRET_SIGN, error);
  g_autoptr(DsKey) officer_key =
      unit_key != NULL ? ds_unit_officer_key(self, self->officer, error) : NULL;
  if (officer_key == NULL)
    return FALSE;

  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(self->directory);
  DsKey *const keys[] = {unit_key, officer_key};
  if (!ds_seal(manifest, record, recipients, keys, roles, G_N_ELEMENTS(keys), sealed, error))
    return FALSE;
  /* what the station would refuse must not leave: an officer it does not list, a revoked unit */
  g_autoptr(DsManifest) proof = ds_manifest_verify(sealed->manifest, self->directory, error);
  return proof != NULL;
}

gboolean
ds_unit_case_seal(DsUnit *self, const char *case_id, DsDigest *id, GError **error)
{
  g_autoptr(DsVaultCase) of = NULL;
  g_autoptr(DsCaseCheck) check = NULL;
  DsCaseOutcome outcome;

  if (ds_unit_require_directory(self, error) == NULL || !ds_unit_finish_seal(self, error))
    return FALSE;
  of = ds_vault_case(self->vault, case_id, error);
  if (of == NULL || !ds_unit_require_trip_officer(self, of->trip, error))
    return FALSE;
  check = check_to_seal(self, of, &outcome, error);
  if (check == NULL)
    return FALSE;

  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_auto(DsSealed) sealed = {0};
  DsAuditHead head;
  if (!describe_bundle(self, of, manifest, &head, error))
    return FALSE;
  /* what was sealed before need not travel again to be taken back */
  g_autoptr(DsRecord) record = outcome == DS_CASE_OUTCOME_WITHDRAWN && manifest->has_replaces
                                   ? ds_unit_record_withdrawal(self, of, check, error)
                                   : ds_unit_record_case(self, of, check, outcome, error);
  if (record == NULL || !read_back(self, record, error) ||
      !sign_bundle(self, manifest, record, &sealed, error))
    return FALSE;

  DsSealing intent = {.seq = manifest->seq,
                      .id = sealed.id,
                      .case_id = of->id,
                      .version = of->version,
                      .outcome = outcome,
                      .pack = record->application->pack,
                      .pack_version = record->application->pack_version,
                      .day = record->application->day,
                      .head = head};
  if (!ds_sealing_begin(self, &intent, error) ||
      !ds_spool_add(self->spool, manifest->seq, &sealed.id, sealed.manifest, sealed.record,
                    error) ||
      !ds_sealing_finish(self, &intent, error))
    return FALSE;
  *id = sealed.id;
  return TRUE;
}

gboolean
ds_unit_finish_seal(DsUnit *self, GError **error)
{
  g_auto(DsSealing) intent = {0};
  gboolean pending = FALSE;

  if (!ds_unit_finish_handover(self, error) || !ds_sealing_pending(self, &intent, &pending, error))
    return FALSE;
  if (!pending)
    return TRUE;
  const DsSpoolEntry entry = {.seq = intent.seq, .id = intent.id};
  if (!ds_spool_has(self->spool, &entry))
    return ds_sealing_forget(self, error);
  /* the courier may have sent it: there is no way but forward */
  if (ds_spool_sync(self->spool, error) && ds_sealing_finish(self, &intent, error))
    return TRUE;
  g_prefix_error(error,
                 "the seal of case %s was begun as bundle %" G_GUINT64_FORMAT
                 " and cannot be finished: ",
                 intent.case_id, intent.seq);
  return FALSE;
}
