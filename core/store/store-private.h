/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of this folder only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes @dir/@name out of sight by a rename into ".trash-…", synced, and deletes it then: readers
 * find all of it or nothing. TRUE when it was not there. */
gboolean ds_store_discard(const char *dir, const char *name, GError **error);

/* Deletes what starts with ".tmp-" or ".trash-" in @dir. */
gboolean ds_store_sweep_dir(const char *dir, GError **error);

/* A fresh folder @dir/.tmp-<random>. (transfer full) */
char *ds_store_make_temporary(const char *dir, GError **error);

/* Renames the finished folder @temporary to @dir/@name and syncs both. DS_ERROR_EXISTS when the
 * name is taken. */
gboolean ds_store_publish(const char *temporary, const char *dir, const char *name, GError **error);

/* Does the regular file @path hold exactly @bytes? */
gboolean ds_store_file_equals(const char *path, GBytes *bytes);

G_END_DECLS
