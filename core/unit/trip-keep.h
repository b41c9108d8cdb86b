/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is kept of a case whose personal data is erased: enough for the trip's accounts, nothing
 * that says who it was. docs/threats.md names the list.
 *
 *   application.reason, application.urgency, identification.mode   what was asked for
 *   fee.method, fee.received, fee.receipt-series, fee.receipt-number   the money
 *   refund.paid                                                    of that, what went back, in fen
 *   old-card.handed-in, temporary.wanted, appointment.hardship     cards, papers, kind of visit */
#pragma once

#include "unit/unit.h"
#include "vault/case.h"

G_BEGIN_DECLS

#define DS_KEPT_REFUND_PAID "refund.paid"

/* The fields of @of as far as they are here: all of them, or those kept. text → text.
 * (transfer full) */
GHashTable *ds_unit_known_fields(DsUnit *self, const DsVaultCase *of, GError **error);

/* Keeps those and erases the rest of the case: name, number, fields, evidence keys, its row of the
 * roster. Only what the station accepted or ended, and what the field ended and the station holds
 * durably: ds_unit_may_erase. All at once. */
gboolean ds_unit_erase_case(DsUnit *self, const DsVaultCase *of, const char *why,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Nothing of it is needed on this laptop any more: no file, and no person to pay something back to.
 */
gboolean ds_unit_may_erase(DsUnit *self, const DsVaultCase *of, gboolean *may,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
