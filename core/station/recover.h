/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit's forgotten passphrase: the vault's recovery slot is wrapped to the station's recovery
 * key, so the station can set a new passphrase on the laptop's home (or a copy of it). */
#pragma once

#include <glib.h>

#include "station/station.h"

G_BEGIN_DECLS

/* The context (bundle/seal.h) under which a unit wraps its vault's master key. */
#define DS_RECOVERY_CONTEXT "recovery"

/* @unit_home is the unit's home folder. Needs unlock. DS_ERROR_REFUSED when its recovery slot is
 * for another station's key. */
gboolean ds_station_recover_unit(DsStation *self, const char *unit_home, DsSecret *new_passphrase,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
