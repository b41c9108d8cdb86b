/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads one of our commits out of a repository, accepting exactly the bytes we would have written
 * ourselves: a commit without parents and with the constant author, one flat tree of mode 100644
 * names in strict order, every name allowed, every blob within its cap. Shared by both sides. */
#pragma once

#include <git2.h>

#include "depot/entry.h"

G_BEGIN_DECLS

/* The largest legal size of entry @name, 0 when the name is not allowed. */
typedef guint64 (*DsShapeMax)(const char *name, gconstpointer user_data);

/* The entries (DsRepoEntry) behind @commit, whose message must be @message. Sizes are read from
 * headers; no blob is. DS_ERROR_INVALID or DS_ERROR_TOO_LARGE: not our shape, the message says
 * where. DS_ERROR_FAILED: the repository cannot be read. (transfer full) */
GArray *ds_shape_open(git_odb *odb, const DsObjectId *commit, const char *message, DsShapeMax max,
                      gconstpointer user_data, GError **error);

/* DS_ERROR_INVALID when @entries lacks @name. */
gboolean ds_shape_need(const GArray *entries, const char *name, GError **error);

/* The blob of @entry, whose size was checked by ds_shape_open. (transfer full) */
GBytes *ds_shape_read(git_odb *odb, const DsRepoEntry *entry, GError **error);

G_END_DECLS
