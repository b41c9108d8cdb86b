/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule pack a case was taken by, asked about what happens to it later: when a correction is
 * due, for which reasons the station may refuse, what is paid back. Texts are Chinese: they go to
 * the applicant. */
#pragma once

#include <glib.h>

#include "bundle/record.h"
#include "policy/deadline.h"

G_BEGIN_DECLS

typedef struct _DsCaseRules DsCaseRules;

/* Loads @schemas and finds the pack by id, version and digest. @today is the day of a return.
 * DS_ERROR_NOT_FOUND or DS_ERROR_REFUSED when that very pack is not there. (transfer full) */
DsCaseRules *ds_case_rules_load(const DsRecord *record, const char *schemas, const GDate *today,
                                GError **error);
void ds_case_rules_free(DsCaseRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCaseRules, ds_case_rules_free)

/* "jining-renewal-replacement 1", for messages. Owned. */
const char *ds_case_rules_name(const DsCaseRules *self);
/* When a correction asked for on @today is due, by the case's urgency (R056, R057). FALSE when the
 * pack sets no time. */
gboolean ds_case_rules_due(const DsCaseRules *self, DsDue *due);

/* A reason of the closed list that one of @by ("unit", "station", "signer"; NULL-terminated)
 * decides about; DS_ERROR_INVALID lists the codes there are. @redirect may become NULL. (transfer
 * none) */
gboolean ds_case_rules_refusal(const DsCaseRules *self, const char *code, const char *const *by,
                               const char **text, const char **redirect,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The code of the only reason whoever signs has, and where to go then; NULL when there is none or
 * several. (transfer none) */
const char *ds_case_rules_not_issued(const DsCaseRules *self, const char **redirect);

typedef enum {
  DS_REFUND_NONE = 1, /* nothing was paid, or nothing is charged */
  DS_REFUND_ALL = 2,  /* the pack says so (R158) */
  DS_REFUND_ASK = 3,  /* the pack is silent: a supervisor decides */
} DsRefundRule;

/* @paid_fen: what the field took, by the record; -1 when it was paid elsewhere. */
DsRefundRule ds_case_rules_refund(const DsCaseRules *self, gint64 *paid_fen);

G_END_DECLS
