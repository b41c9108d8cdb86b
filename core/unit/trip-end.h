/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a trip. */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* The officer a trip was handed over to; NULL without an error when it never was: then any of the
 * crew acts. (transfer full) */
char *ds_unit_trip_officer(DsUnit *self, const char *trip, GError **error);

typedef struct {
  guint forgotten; /* people on the roster who did not come */
  guint erased;    /* cases whose personal data went: the station has accepted or ended them */
  guint left;      /* cases left open */
} DsTripClosed;

/* Closes @trip: no new case may join it, the roster's people who did not come are forgotten, and
 * the personal data of cases that are settled is erased (unit/trip-keep.h). DS_ERROR_REFUSED lists
 * the cases that are not sealed yet, unless @leave: they stay open and can still be sealed. A
 * closed trip is closed again to erase what was settled since. */
gboolean ds_unit_close_trip(DsUnit *self, const char *trip, gboolean leave, DsTripClosed *closed,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
