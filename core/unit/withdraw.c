/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/withdraw.h"

#include "base/error.h"
#include "unit/case.h"
#include "unit/seal.h"
#include "unit/trip-inside.h"
#include "unit/unit-private.h"
#include "vault/bundles.h"
#include "vault/case.h"
#include "vault/journal.h"

#define REASON_FIELD "withdrawal.reason"

/* The station has not said that it opened it. */
static gboolean
is_under_way(const DsVaultCase *of)
{
  return of->state == DS_CASE_SEALED || of->state == DS_CASE_SENT ||
         of->state == DS_CASE_RECEIVED || of->state == DS_CASE_QUARANTINED;
}

/* A new version that says no more than that it is withdrawn. */
static gboolean
begin_version(DsUnit *self, const DsVaultCase *of, const char *reason, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);

  return transaction != NULL &&
         ds_vault_set_case_version(self->vault, of->id, of->version + 1, self->officer, error) &&
         ds_vault_set_field(self->vault, of->id, NULL, REASON_FIELD, reason, self->officer,
                            error) &&
         ds_vault_set_case_state(self->vault, of->id, DS_CASE_WITHDRAWN, REASON_FIELD,
                                 self->officer, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* Withdrawn after a seal, and then something came in between: the bundle is still to be made. */
static gboolean
is_half_withdrawn(DsUnit *self, const DsVaultCase *of, gboolean *half, GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultBundle) newest = ds_vault_case_bundle(self->vault, of->id, &local);

  *half = of->state == DS_CASE_WITHDRAWN && newest != NULL && newest->version < of->version;
  if (local == NULL)
    return TRUE;
  g_propagate_error(error, local);
  return FALSE;
}

static gboolean
refuse(const DsVaultCase *of, GError **error)
{
  if (of->decision == DS_CASE_WITHDRAWN && of->state <= DS_CASE_QUARANTINED)
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s is withdrawn already", of->id);
  else if (of->state == DS_CASE_RETURNED)
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "case %s was returned by the station: reopen it, then withdraw it", of->id);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "case %s is %s: the station has it, so ask the station to end it", of->id,
                ds_case_state_word(of->state));
  return FALSE;
}

static gboolean
withdraw_draft(DsUnit *self, const char *case_id, const char *reason, GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);

  return open != NULL &&
         ds_unit_case_end(self, case_id, DS_CASE_WITHDRAWN, REASON_FIELD, reason, error);
}

gboolean
ds_unit_case_withdraw(DsUnit *self, const char *case_id, const char *reason, GError **error)
{
  g_autoptr(DsVaultCase) of = NULL;
  gboolean half = FALSE;
  DsDigest bundle;

  if (!ds_unit_finish_seal(self, error))
    return FALSE;
  of = ds_vault_case(self->vault, case_id, error);
  if (of == NULL || !ds_unit_require_trip_officer(self, of->trip, error) ||
      !is_half_withdrawn(self, of, &half, error))
    return FALSE;
  if (half)
    return ds_unit_case_seal(self, case_id, &bundle, error);
  if (of->state > DS_CASE_COMPLETE && (of->decision == DS_CASE_WITHDRAWN || !is_under_way(of)))
    return refuse(of, error);
  if (reason == NULL || *reason == '\0') {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, "say why the case is withdrawn");
    return FALSE;
  }
  if (!is_under_way(of))
    return withdraw_draft(self, case_id, reason, error);
  /* nothing is changed for a seal that cannot come about */
  return ds_unit_require_directory(self, error) != NULL && begin_version(self, of, reason, error) &&
         ds_unit_case_seal(self, case_id, &bundle, error);
}
