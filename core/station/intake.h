/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes in what units sent. For every bundle, in any order, as often as you like:
 *
 *   read → signatures, shape, digests     → RECEIVED, or QUARANTINED with the reason
 *   (unlocked) open record, every chunk   → VERIFIED
 *   (unlocked) two synced copies read back → DURABLE, the bundle leaves the unit's repository
 *
 * Killed at any point, the next run goes on where it stopped. One broken bundle stops no other. */
#pragma once

#include <gio/gio.h>

#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
  guint seen;        /* bundles found in the units' repositories or unfinished */
  guint received;    /* newly answered RECEIVED */
  guint verified;    /* newly answered VERIFIED */
  guint durable;     /* newly answered DURABLE */
  guint quarantined; /* newly answered QUARANTINED */
  guint repeated;    /* had been answered before; their answers go out again */
  guint waiting;     /* need the passphrase, or an older bundle that is not here yet */
  guint duplicates;  /* new cases whose person another case is about */
  guint published;   /* statements and other messages put into outboxes */
  guint tidied;      /* repositories repacked, at most one a round */
  guint failed;      /* could not be handled this time (disk full …): see the error */
} DsIntakeCounts;

/* @unit, @id (hex) and what happens to it now, for a progress line. */
typedef void (*DsIntakeProgress)(const char *unit, const char *id, const char *what, gpointer data);

/* One round. FALSE when something went wrong that another round may cure; everything that could be
 * done is done nevertheless, and @counts says how far it came. */
gboolean ds_station_intake(DsStation *self, DsIntakeCounts *counts, DsIntakeProgress progress,
                           gpointer data, GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
