/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who holds a vault: a lock (flock) on a file that says who it is, {"program", "pid", "since",
 * "boot"}. The kernel drops the lock with the process, so a killed owner blocks nobody. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsOwner DsOwner;

/* Takes the lock at @path for @program. Held already: DS_ERROR_BUSY "PATH is in use by doorstep
 * since 10:32 (process 123)", in local time, with the day when it is not today.
 * (transfer full) */
DsOwner *ds_owner_take(const char *path, const char *program,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_owner_release(DsOwner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsOwner, ds_owner_release)

G_END_DECLS
