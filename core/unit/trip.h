/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dispatch becomes a trip: its roster rows, packs and tables go into the vault. */
#pragma once

#include "bundle/record.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* Takes an opened dispatch whose parts' plaintexts @open_part gives. Applying it twice changes
 * nothing. @note: one line for the person. (transfer full) */
typedef GBytes *(*DsTripOpenPart)(guint index, gpointer data, GError **error);
gboolean ds_unit_take_dispatch(DsUnit *self, const DsDigest *bundle, const DsRecord *record,
                               DsTripOpenPart open_part, gpointer data, char **note,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the dispatch said besides, as facts of @view: unit.police-station, unit.police-bureau. */
gboolean ds_unit_trip_add_facts(DsUnit *self, DsView *view, const char *trip,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
