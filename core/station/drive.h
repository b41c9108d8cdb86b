/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stick at the station's front desk: takes in what units wrote on it, then writes what their
 * outboxes hold (core/drive, docs/bundle.md "Drive"). Needs no passphrase, opens no record, decides
 * nothing: the bundles go into the units' repositories as by a push, through git receive-pack under
 * the same limits, and wait there for the intake.
 *
 * One thing is asked here that a push does not ask: a push comes with a unit's ssh key, a stick
 * with nobody's. So every manifest's signatures are checked at this door, and what no enrolled unit
 * signed stays on the stick. */
#pragma once

#include <gio/gio.h>

#include "drive/stick.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
  const char *unit; /* also write for this unit, when nothing came from it; NULL: none */
  GCancellable *cancellable;
  DsDriveProgress progress;
  gpointer user_data;
} DsStationDriveOptions;

typedef struct {
  guint units;        /* whose containers were read, or who was named */
  guint containers;   /* out containers that were sound */
  guint bundles;      /* now waiting for the intake */
  guint known;        /* bundles that were here before */
  guint acknowledged; /* messages the units have; their published copies went */
  guint written;      /* home containers */
  guint messages;     /* messages in these */
  guint left_out;     /* messages that did not fit */
  guint removed;      /* older home containers of ours, taken off the stick */
  guint refused;      /* containers and bundles that were not taken */
  guint64 bytes_written;
  char *trouble; /* the first of them in words, a line each, or NULL */
} DsStationDriveResult;

/* @result is filled as far as it got, also when the call fails. DS_ERROR_NOT_FOUND when
 * options->unit is not enrolled, DS_ERROR_NO_SPACE when no message fitted, DS_ERROR_FAILED when the
 * stick went away or cannot be written. Again is fine at any point. */
gboolean ds_station_drive(DsStation *self, const char *folder, const DsStationDriveOptions *options,
                          DsStationDriveResult *result, GError **error);
void ds_station_drive_result_clear(DsStationDriveResult *self);

G_END_DECLS
