/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trips that changed hands in the field: the handover both officers signed (bundle/handover.h), as
 * units send it. All need unlock. */
#pragma once

#include <json-glib/json-glib.h>

#include "bundle/manifest.h"
#include "bundle/record.h"
#include "depot/repo.h"
#include "station/station.h"

G_BEGIN_DECLS

/* Checks and keeps the handover in an opened bundle of kind "trip"; again is fine. Errors as
 * ds_intake_is_broken judges them: the document's two signatures, its unit and its officers must be
 * the manifest's. */
gboolean ds_station_take_handover(DsStation *self, DsRepoBundle *source, const DsManifest *manifest,
                                  const DsRecord *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Array of {trip, name, unit, at, from, to, cases, cash-fen, bundle}, oldest first.
 * (transfer full) */
JsonNode *ds_station_list_trips(DsStation *self, GError **error);

/* {trip, handovers: [what the list says plus from-name, to-name, refund-owed-fen, cards, receipts,
 * case-list, audit-head, remark, digest, clock-behind-seconds]}, oldest first; the last one's "to"
 * is who has the trip. DS_ERROR_NOT_FOUND when none of that trip came. (transfer full) */
JsonNode *ds_station_show_trip(DsStation *self, const char *trip, GError **error);

G_END_DECLS
