/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One courier at a time in a unit's home, over the network or with a drive. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Holds the folder HOME/depot, which is there, until the descriptor is closed. DS_ERROR_BUSY names
 * the other one. -1 on error. */
int ds_courier_lock(const char *work, GError **error);

G_END_DECLS
