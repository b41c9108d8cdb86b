/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* New keys for what the station says: the one behind the passphrase and the front desk's. */
#pragma once

#include <glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* Makes both keys anew and issues a directory that names them. The old ones stay in it as retired:
 * what they said until now holds for a unit that comes home late, what they say from now on does
 * not. The directory has room for 16 keys; beyond that the ones retired first go, and a unit that
 * stayed away for so many changes has its statements sent again (ds_station_publish_again).
 * With @compromised the old keys leave the directory at once and every statement is signed again by
 * a new one and sent again, same number and same words, for whoever had a key could have said
 * anything, with any date. What opens records and signs dispatches stays as it is. Killed at any
 * point, the next opening finishes or undoes the change of keys; what was to be said again is said
 * by calling this once more. Needs unlock. */
gboolean ds_station_rotate(DsStation *self, gboolean compromised,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
