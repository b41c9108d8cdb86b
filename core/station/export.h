/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One case as a folder for a population system: record.json, record.cbor (no keys), the parts in
 * the clear, SHA256SUMS. The only place where parts touch a disk unencrypted, on request. */
#pragma once

#include <glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* @dir must be empty or absent; it is complete or not there. Needs unlock. @parts counts files. */
gboolean ds_station_export_case(DsStation *self, const char *name, const char *dir, guint *parts,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
