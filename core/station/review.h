/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station's officers see and decide. A case is named by "UNIT/LOCAL-NUMBER", or by its
 * local number or the first digits of its bundle's id when only one case fits. All need unlock.
 * Every decision is a statement to the unit and an entry of the case's history. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "policy/deadline.h"
#include "station/station.h"

G_BEGIN_DECLS

/* States of a case: "review" (durable, nobody decided yet), "identification" (容缺: who it is must
 * be found out first), "accepted", "returned", "not-issued", "refused-by-station", "duplicate",
 * "refused" and "withdrawn" (decided in the field). */

/* Array of {case, unit, number, name, state, service, day, version, officer, bundle, duplicate,
 * due}, oldest first; @state NULL for all. (transfer full) */
JsonNode *ds_station_list_cases(DsStation *self, const char *state, GError **error);

/* One case: what the list says plus fields, facts, findings, parts, duplicates, versions, history.
 * (transfer full) */
JsonNode *ds_station_show_case(DsStation *self, const char *name, GError **error);

/* @by is the deciding officer, for the history. @already: it was accepted before, nothing is said
 * again. DS_ERROR_REFUSED before a 容缺 case is identified. */
gboolean ds_station_accept(DsStation *self, const char *name, const char *by, gboolean *already,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  const char *const *categories; /* of text, photo, fingerprint, other; NULL-terminated */
  const char *detail;            /* what is wrong and what to do again (R054) */
  const GDate *due;              /* NULL: as the case's pack says, by its urgency (R056, R057) */
  const char *schemas;           /* where the pack is; not used when @due is given */
} DsReturnOrder;

/* By when the correction is wanted. */
typedef struct {
  gboolean known; /* FALSE: the pack sets no time */
  DsDue due;
} DsReturnSaid;

/* Beyond the table of working days the due day is provisional and marked so; a pack without such a
 * time gives none. @said may be NULL. */
gboolean ds_station_return(DsStation *self, const char *name, const DsReturnOrder *order,
                           const char *by, DsReturnSaid *said,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @name was taken twice; @other is the one that goes on (R115). */
gboolean ds_station_mark_duplicate(DsStation *self, const char *name, const char *other,
                                   const char *by, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
