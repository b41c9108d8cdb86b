/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a trip to a unit: what to do, where, for whom and by which rules. */
#pragma once

#include <glib.h>

#include "station/roster.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
  const char *unit;
  const char *trip_id; /* NULL: made from the day and a random tail */
  const char *trip_name;
  GDate trip_day;
  const char *jurisdiction;   /* a file of schemas/jurisdictions names it */
  const char *region;         /* six digits: where the trip accepts */
  const char *police_station; /* its name, or NULL */
  const char *police_bureau;  /* an id of tables/police-units, or NULL */
  const char *const
      *officers;          /* numbers, NULL-terminated; NULL for every officer in the directory */
  const char *schemas;    /* folder with services/, jurisdictions/, tables/ */
  const DsRoster *roster; /* may be NULL: a trip without a list */
} DsDispatchOrder;

/* Seals the order to the unit and puts it into the unit's outbox. Needs unlock.
 * Returns the trip's id. (transfer full) */
char *ds_station_dispatch(DsStation *self, const DsDispatchOrder *order, GError **error);

G_END_DECLS
