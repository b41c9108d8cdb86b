/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: what papers say that the view of a case does not hold, because rules, tables
 * and the station's answers stay with the core. plugins/output-forms/README.md lists the facts. */
#pragma once

#include "unit/check.h"
#include "unit/trip-report.h"

G_BEGIN_DECLS

/* Adds to the view of @check:
 *   applicant.ethnic-name
 *   fee.document .clause .phrase             the rule behind fee.due
 *   deadline.ID .ID.term                     each term of the rules: "60日", and its last day once
 *                                            it has begun ("total": from the submission)
 *   delivery.modes                           the ways of delivery the rules allow
 *   steps.not-needed                         ids of steps this case does not need
 *   kit.N.title .field                       what the rules want taken along on a visit
 *   refusal.code .by .text .redirect .document .clause .phrase .day .explanation
 *                                            the field's refusal, or the station's
 *   refund.amount .reason .decided-by        what is paid back, once that is decided
 *                                            (unit/settle.h) */
gboolean ds_unit_add_paper_facts(DsUnit *self, const char *case_id, DsCaseCheck *check,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives trip.jurisdiction in @view the title of the rules that hold on the trip's day; leaves it as
 * it is when none do. */
void ds_unit_add_trip_paper_facts(DsUnit *self, const DsTripReport *report, DsView *view);

G_END_DECLS
