/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much one unit may leave at the station. Kept in station.json, so that the forced command,
 * which waits for nobody, can read them. */
#pragma once

#include <glib.h>

#include "station/settings.h"
#include "station/station.h"

G_BEGIN_DECLS

/* When station.json says nothing. */
#define DS_LIMITS_QUOTA (G_GUINT64_CONSTANT(8) << 30)
#define DS_LIMITS_BUNDLE_MAX (G_GUINT64_CONSTANT(2304) << 20)
/* Of the disk this stays free: what was received must be archived. */
#define DS_LIMITS_DISK_RESERVE (G_GUINT64_CONSTANT(256) << 20)

/* What holds for @unit: its own limits, else the station's, else those above. */
DsUnitLimits ds_limits_of(const DsStationSettings *settings, const char *unit);

/* Sets what is not 0 of @limits for @unit, or for every unit without limits of its own (NULL).
 * DS_ERROR_NOT_FOUND for an unknown unit, DS_ERROR_INVALID for a limit under 1 MiB. */
gboolean ds_station_set_limits(DsStation *self, const char *unit, const DsUnitLimits *limits,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer none) */
const DsStationSettings *ds_station_settings(const DsStation *self);

/* How many bytes a push of @unit into its repository @path may have now, at least 1, and a line for
 * the courier that says why if it cannot have more (depot/room.h). (transfer full) */
char *ds_limits_push_room(const DsStationSettings *settings, const char *unit, const char *path,
                          guint64 *room);
/* "8.0 GiB". (transfer full) */
char *ds_limits_size_text(guint64 bytes);

G_END_DECLS
