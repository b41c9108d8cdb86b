/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents on paper: drawn by an output plugin in the helper process from a view of the case. */
#pragma once

#include <glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

/* @document is an id of an output plugin ("registration-form", "missing-notice" …). Pictures that
 * the form shows come from parts while the case is open, from nowhere after. application/pdf.
 * DS_ERROR_NOT_FOUND lists the documents there are. (transfer full) */
GBytes *ds_unit_render_form(DsUnit *self, const char *case_id, const char *document,
                            GError **error);

/* The same for a document about a trip, "trip-report": from the report as it stands.
 * DS_ERROR_NOT_FOUND lists those there are. (transfer full) */
GBytes *ds_unit_render_trip_form(DsUnit *self, const char *trip, const char *document,
                                 GError **error);

G_END_DECLS
