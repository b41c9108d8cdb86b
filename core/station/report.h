/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts and gaps, for people and programs. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* {station, directory {version, expires}, units [{unit, bundles {state: n}, last_seq, gaps
 * ["3", "7-9"], chain_breaks [seq], statements, unpublished}], quarantined [{unit, bundle,
 * reason}], cases {by_state, by_unit, by_officer, by_day}}; "cases" only when unlocked. (transfer
 * full) */
JsonNode *ds_station_report(DsStation *self, GError **error);

/* Bundles as the intake sees them, also while locked: array of {unit, bundle, seq, kind, state,
 * arrived, chunks, bytes, reason}; @state NULL for all. (transfer full) */
JsonNode *ds_station_list_bundles(DsStation *self, const char *state, GError **error);

G_END_DECLS
