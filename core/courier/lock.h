/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One courier at a time in a unit's home, over the network or with a drive. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Holds the folder HOME/depot, which is there, until the descriptor is closed. DS_ERROR_BUSY names
 * the other one. -1 on error. */
int ds_courier_lock(const char *work, GError **error);

/* In a home that two accounts use, gives the other one what the group has on @folder to the file
 * @fd. Best effort: only the owner can. */
void ds_courier_lock_share(int fd, const char *folder);

G_END_DECLS
