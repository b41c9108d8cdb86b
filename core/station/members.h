/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who belongs to the station: units and officers come by enrolment request, a fingerprint read
 * aloud, and the next version of the signed directory. */
#pragma once

#include <glib.h>

#include "bundle/enrol.h"
#include "station/station.h"

G_BEGIN_DECLS

#define DS_STATION_DIRECTORY_DAYS 365 /* how long a directory is good for */

/* Adds the unit and the officers of @request to a new directory version, makes the unit's
 * repository and publishes the directory to every unit. @fingerprint is what was read aloud
 * (blanks do not matter); another one is DS_ERROR_REFUSED. The same request again is fine and
 * changes nothing; the unit's id with other keys is DS_ERROR_EXISTS. Needs unlock. */
gboolean ds_station_enrol(DsStation *self, GBytes *request, const char *fingerprint,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Nothing of this unit, or signed by this officer, that arrives at @since_us or later is accepted,
 * whatever time it claims; 0: from now on. What the station had before goes on: its signatures were
 * checked then, when the keys were good. A bundle that was VERIFIED stays so. Of an entry that is
 * revoked already the earlier time holds. A revoked unit's waiting dispatches are taken back. Need
 * unlock. */
gboolean ds_station_revoke_unit(DsStation *self, const char *unit, gint64 since_us,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_station_revoke_officer(DsStation *self, const char *number, gint64 since_us,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a unit, all keys of officers, and single keys of officers (@kids: DsKid) at once; each may be
 * NULL, keys that are not listed are passed over. One directory. Needs unlock. */
gboolean ds_station_revoke(DsStation *self, const char *unit, const char *const *officers,
                           const GArray *kids, gint64 since_us,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Issues the next version, good for @days. Needs unlock. */
gboolean ds_station_renew(DsStation *self, guint days, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
