/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: what the files about a trip's end share. */
#pragma once

#include "unit/trip-end.h"
#include "unit/trip-report.h"

G_BEGIN_DECLS

/* Receipts of @cases (DsTripCase) by series. (transfer full) */
GPtrArray *ds_trip_series_of(GPtrArray *cases);

gboolean ds_unit_set_trip_officer(DsUnit *self, const char *trip, const char *officer,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the acting officer may begin, change and seal cases of @trip (may be NULL: no trip).
 * DS_ERROR_REFUSED says who may. */
gboolean ds_unit_require_trip_officer(DsUnit *self, const char *trip,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
