/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files written but not yet synced, inside core/store. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsStorePending DsStorePending;

DsStorePending *ds_store_pending_new(void);
/* What was not synced stays as it is. */
void ds_store_pending_free(DsStorePending *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStorePending, ds_store_pending_free)

/* @dir/@name with @bytes, written beside its place and renamed, to be synced. Many of them are
 * synced at once, so that files never stay open by the hundred. DS_ERROR_EXISTS when the name is
 * taken. */
gboolean ds_store_pending_create(DsStorePending *self, const char *dir, const char *name,
                                 GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The file or folder @path is there already, and is to be synced with the others. */
gboolean ds_store_pending_add(DsStorePending *self, const char *path,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Syncs them all, in the order they came: the first sync takes the
 * others' names into the journal with it. The created files that could not be synced are
 * removed: the kernel may call their pages clean, so nothing is known of them. */
gboolean ds_store_pending_sync(DsStorePending *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
