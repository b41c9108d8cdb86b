/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cases: made from a roster row or from nothing, filled field by field, turned into views. */
#pragma once

#include <glib.h>

#include "model/view.h"
#include "unit/unit.h"
#include "vault/case.h"
#include "vault/trip.h"

G_BEGIN_DECLS

/* A draft for @row of @trip (0: none) and @service (NULL: the one the trip is about), with the
 * roster's fields already entered. Its local number is "<unit>-<yyyymmdd>-<3 digits>"; the official
 * 受理号 is the station's (R132). An open case for the same row is DS_ERROR_EXISTS and named
 * (R115). (transfer full) */
char *ds_unit_case_new(DsUnit *self, const char *trip, guint row, const char *service,
                       GError **error);

/* Saves one field; durable when it returns TRUE. @name must be a field that a step of the case's
 * service collects, DS_ERROR_INVALID else. "x" in a number becomes "X"; dates and times are taken
 * as ds_date_read and ds_clock_read know them, money in fen or as "20.00". DS_ERROR_REFUSED once
 * the case is sealed. NULL or "" clears it. */
gboolean ds_unit_case_set(DsUnit *self, const char *case_id, const char *name, const char *value,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Several at once, all or none, with one wait for the disk. @names ends with NULL, @values has one
 * for each. */
gboolean ds_unit_case_set_fields(DsUnit *self, const char *case_id, const char *const *names,
                                 const char *const *values,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything known about the case: fields, facts (also the steps' derived ones), parts.
 * (transfer full) */
DsView *ds_unit_case_view(DsUnit *self, const char *case_id, GError **error);

/* The case may still be changed: DS_ERROR_REFUSED says why not. (transfer full) */
DsVaultCase *ds_unit_case_open(DsUnit *self, const char *case_id, GError **error);

/* Ends the field's part of a case: @reason is kept under @field ("refusal.reason") and travels as
 * the officer's decision. Used by withdraw and refuse. */
gboolean ds_unit_case_end(DsUnit *self, const char *case_id, DsCaseState state, const char *field,
                          const char *reason, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A returned case becomes a draft again, as its next version: evidence stays named by digest, only
 * what is retaken travels. DS_ERROR_REFUSED unless the station returned it. */
gboolean ds_unit_case_reopen(DsUnit *self, const char *case_id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
