/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A case as its record in the archive and the registry tell it, for showing and for export. */
#pragma once

#include <json-glib/json-glib.h>

#include "bundle/record.h"
#include "station/registry.h"
#include "station/station.h"

G_BEGIN_DECLS

/* The opened record of the newest version. DS_ERROR_RETRY when it is not archived yet.
 * (transfer full) */
DsRecord *ds_station_case_record(DsStation *self, const DsRegistryCase *found, GError **error);

/* What ds_station_show_case returns. (transfer full) */
JsonNode *ds_station_case_to_json(DsStation *self, const DsRegistryCase *found,
                                  const DsRecord *record, GError **error);

G_END_DECLS
