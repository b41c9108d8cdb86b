/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: which rules a case is under. The day a case is submitted in the field selects
 * its pack, and the case keeps it. */
#pragma once

#include "policy/pack.h"
#include "unit/case.h"

G_BEGIN_DECLS

/* Lays the packs that trips brought over the installed ones. One that cannot be used (any more)
 * closes its trip alone: ds_unit_case_pack then says why. */
gboolean ds_unit_load_trip_packs(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The pack: the one of the case's day once that is fixed (unit/day.h), else that of its trip's
 * jurisdiction today. DS_ERROR_NOT_FOUND names jurisdiction and day, DS_ERROR_INVALID the trip
 * whose rules are broken. (transfer full) */
DsPack *ds_unit_case_pack(DsUnit *self, const DsVaultCase *of, GError **error);
/* The same for @day, whatever the case has. (transfer full) */
DsPack *ds_unit_pack_on(DsUnit *self, const DsVaultCase *of, const GDate *day, GError **error);
/* The one service that the rules of @trip are about today; DS_ERROR_INVALID names them when there
 * are several. (transfer full) */
char *ds_unit_trip_service(DsUnit *self, const char *trip, GError **error);

G_END_DECLS
