/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The networks of this machine as NetworkManager sees them, through libnm. Lives on the main
 * context that was the thread's default when it was made and never blocks it. A bus or a
 * NetworkManager that is absent, stops or starts again is only news. */
#pragma once

#include "courier/reach.h"

G_BEGIN_DECLS

typedef struct _DsReachWatch DsReachWatch;

/* @changed is called from the context, soon after anything may have changed, many changes at once.
 * (transfer full) */
DsReachWatch *ds_reach_watch_new(void (*changed)(gpointer user_data), gpointer user_data);
void ds_reach_watch_free(DsReachWatch *self);

/* What is known now; NULL until the first answer, then @changed is called. (transfer full) */
DsReachSnapshot *ds_reach_watch_snapshot(DsReachWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsReachWatch, ds_reach_watch_free)

G_END_DECLS
