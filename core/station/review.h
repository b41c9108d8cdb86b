/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station's officers see and decide. A case is named by "UNIT/LOCAL-NUMBER", or by its
 * local number or the first digits of its bundle's id when only one case fits. All need unlock.
 * Every decision is a statement to the unit and an entry of the case's history. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* States of a case: "review" (durable, nobody decided yet), "accepted", "returned", "not-issued",
 * "duplicate", "refused" and "withdrawn" (decided in the field). */

/* Array of {case, unit, number, name, state, service, day, version, officer, bundle, duplicate,
 * due}, oldest first; @state NULL for all. (transfer full) */
JsonNode *ds_station_list_cases(DsStation *self, const char *state, GError **error);

/* One case: what the list says plus fields, facts, findings, parts, duplicates, versions, history.
 * (transfer full) */
JsonNode *ds_station_show_case(DsStation *self, const char *name, GError **error);

/* @by is the deciding officer, for the history. */
gboolean ds_station_accept(DsStation *self, const char *name, const char *by,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @category is text, photo, fingerprint or other; @detail says what to do again (R053, R054).
 * @due NULL: three working days from today (R051), provisional beyond the calendar. */
gboolean ds_station_return(DsStation *self, const char *name, const char *category,
                           const char *detail, const GDate *due, const char *schemas,
                           const char *by, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean ds_station_not_issue(DsStation *self, const char *name, const char *reason, const char *by,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @name was taken twice; @other is the one that goes on (R115). */
gboolean ds_station_mark_duplicate(DsStation *self, const char *name, const char *other,
                                   const char *by, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
