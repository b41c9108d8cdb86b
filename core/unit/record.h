/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: a case in the vault as the record of a bundle. */
#pragma once

#include "bundle/record.h"
#include "unit/check.h"
#include "vault/part.h"

G_BEGIN_DECLS

/* Adds @held to @record: with its key while the vault has it, else as reused from the bundle that
 * carried it. DS_ERROR_FAILED when it has neither. (transfer none) */
DsRecordPart *ds_unit_record_part(DsRecord *record, const DsVaultPart *held, GError **error);

/* The whole record of @of as it stands. (transfer full) */
DsRecord *ds_unit_record_case(DsUnit *self, const DsVaultCase *of, const DsCaseCheck *check,
                              DsCaseOutcome outcome, GError **error);
/* What a withdrawal after a seal says: whose case, why, and what was paid; no parts.
 * (transfer full) */
DsRecord *ds_unit_record_withdrawal(DsUnit *self, const DsVaultCase *of, const DsCaseCheck *check,
                                    GError **error);

G_END_DECLS
