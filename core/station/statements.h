/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's signed words to a unit, numbered per unit without a gap, and how they go out. */
#pragma once

#include <glib.h>

#include "bundle/statement.h"
#include "station/station.h"

G_BEGIN_DECLS

/* Publishes everything that waits, for every unit: statements in one batch per unit, directories,
 * dispatches. Safe to repeat. @published counts what went out. */
gboolean ds_station_publish(DsStation *self, guint *published,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sends statements from number @from on again, for a unit that lost its inbox. */
gboolean ds_station_publish_again(DsStation *self, const char *unit, guint64 from,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
