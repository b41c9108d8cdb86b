/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HOME/station.json: what must be known before anything else is opened. Holds no secret. */
#pragma once

#include <glib.h>

#include "base/digest.h"

G_BEGIN_DECLS

/* How much one unit may leave here, in bytes; 0: not said. */
typedef struct {
  guint64 quota;      /* what waits in its repository */
  guint64 bundle_max; /* one bundle */
} DsUnitLimits;

typedef struct {
  char *id;
  char *name;
  DsDigest root;           /* digest of the root key that every directory is checked against */
  GPtrArray *archives;     /* char *: absolute, or below HOME */
  DsUnitLimits limits;     /* of units that have none of their own */
  GHashTable *unit_limits; /* unit id → DsUnitLimits */
} DsStationSettings;

/* 1–64 of a–z 0–9 and "-". */
gboolean ds_station_id_valid(const char *id);

/* With the usual two archives. (transfer full) */
DsStationSettings *ds_station_settings_new(const char *id, const char *name);
/* DS_ERROR_NOT_FOUND when @home is no station, DS_ERROR_INVALID naming the member.
 * (transfer full) */
DsStationSettings *ds_station_settings_read(const char *home, GError **error);
gboolean ds_station_settings_write(const DsStationSettings *self, const char *home,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_station_settings_free(DsStationSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStationSettings, ds_station_settings_free)

G_END_DECLS
