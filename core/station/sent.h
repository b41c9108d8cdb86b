/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom the station sent a unit out with: every dispatched roster, in cases.db, for the day a laptop
 * is lost. A trip counts as held by the unit until somebody says that it was closed there. All need
 * unlock. */
#pragma once

#include "bundle/enrol.h"
#include "station/dispatch.h"

G_BEGIN_DECLS

typedef struct {
  char *trip;
  char *trip_name;
  char *day;
  guint row;    /* as the officer counts them, from 1 */
  char *name;   /* may be NULL */
  char *number; /* may be NULL */
} DsSentPerson;

void ds_sent_person_free(DsSentPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsSentPerson, ds_sent_person_free)

/* Before the dispatch goes out. The same trip to the same unit again adds to its list: who was on
 * an earlier one may be on the laptop. */
gboolean ds_sent_keep(DsStation *self, const DsDispatchOrder *order, const char *trip,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsSentPerson of @unit's trips that are not closed, by trip and row. (transfer full) */
GPtrArray *ds_sent_list(DsStation *self, const char *unit, GError **error);
/* The officers closed the trip, at every unit it was sent to: the people on its lists are on no
 * laptop any more, and are forgotten here. DS_ERROR_NOT_FOUND for an unknown trip. Again is fine.
 */
gboolean ds_station_close_trip(DsStation *self, const char *trip,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which keys came with @enrolment's unit, in the ledger, inside the caller's transaction or not. */
gboolean ds_sent_note_keys(DsStation *self, const DsEnrolment *enrolment,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Kids (DsKid) of the officers' keys that lie on @unit's laptop, as far as the station was told.
 * (transfer full) */
GArray *ds_sent_keys(DsStation *self, const char *unit, GError **error);

G_END_DECLS
