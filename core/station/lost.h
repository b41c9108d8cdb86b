/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A laptop is gone: nobody may use its keys, and the people on its lists have to be found. */
#pragma once

#include <json-glib/json-glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* Revokes @unit and the officers' keys that lie on it as of @since_us (0: now), takes waiting
 * dispatches back, and tells whose data it held:
 *   {unit, name, reason, since, officers [number], trips [id], people [{trip, trip-name, day, row,
 *   name, number, case, state, here}], held, here, again}
 * "here": a case of that person from that trip is archived at the station; the others have to be
 * taken again. What was entered on the laptop about people who stood on no list is not known here.
 * Again is fine and gives the list anew. Needs unlock. (transfer full) */
JsonNode *ds_station_lost(DsStation *self, const char *unit, const char *reason, gint64 since_us,
                          const char *by, GError **error);

/* The list as RFC 4180 text, with a byte-order mark for spreadsheets. (transfer full) */
char *ds_lost_to_csv(JsonNode *lost);

G_END_DECLS
