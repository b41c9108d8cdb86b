/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between registry.c, which reads cases.db, and registry-change.c, which writes it. */
#pragma once

#include "station/registry.h"

/* @found NULL when there is none with this key. */
gboolean ds_registry_get(DsStation *self, const char *key, DsRegistryCase **found,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
