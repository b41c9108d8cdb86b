/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of one stick at the station share. */
#pragma once

#include "station/drive.h"
#include "station/station-private.h"

G_BEGIN_DECLS

typedef struct {
  DsStation *station;
  const DsStationDriveOptions *options;
  DsStationDriveResult *result;
  DsStick *stick;
  GPtrArray *files;  /* DsStickFile, all that were there at the beginning */
  const char *unit;  /* whose turn it is */
  DsDirectory *door; /* who may have signed what comes in */
  DsRepo *repo;      /* this unit's */
  GHashTable *said;  /* names of statements in this unit's outbox; NULL: not looked yet */
} DsStationStick;

/* Counts one refusal and keeps its words. */
void ds_station_stick_refuse(DsStationStick *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* TRUE for what is one container's or bundle's own fault. */
gboolean ds_station_stick_is_fault(const GError *error);

/* The published message @ref as an item. (transfer full) */
DsDriveItem *ds_station_stick_message(DsStationStick *self, const DsOutboxRef *ref, GError **error);

/* The unit's out containers: what it has taken is forgotten, what it brings goes to its repository.
 */
gboolean ds_station_stick_take(DsStationStick *self, GError **error);
/* The bundles of one checked container. */
gboolean ds_station_stick_bundles(DsStationStick *self, DsDriveReader *reader, GError **error);
/* What the outbox holds, onto the stick. */
gboolean ds_station_stick_write(DsStationStick *self, GError **error);

G_END_DECLS
