/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are there after a power cut, or never were. Every function that returns TRUE has
 * synced the file and the folder that names it. Names from foreign bytes are never paths. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Creates @path (mode 0700) and missing parents, each synced into its parent. Fine if there. */
gboolean ds_files_make_dir(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes @data as @dir/@name: unnamed temporary file in @dir, fsync, link into place, fsync the
 * folder. Replaces an old file atomically. Mode 0600. */
gboolean ds_files_replace(const char *dir, const char *name, const void *data, gsize size,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Like ds_files_replace, but never overwrites: DS_ERROR_EXISTS when the name is taken. */
gboolean ds_files_create(const char *dir, const char *name, const void *data, gsize size,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Like ds_files_create, but leaves the folder's own sync to a later ds_files_sync_dir: for many
 * files of one folder. The file's content is synced. */
gboolean ds_files_create_unsynced_name(const char *dir, const char *name, const void *data,
                                       gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- what two accounts use ----
 *
 * Whatever the umask, files are 0600 and folders 0700. The functions below make an exception where
 * somebody said so before (courier/share.h): in a folder that its group may read, the group gets
 * what it has on the folder. Files can be read by it, never written; folders pass it on, and the
 * set-group-ID bit too unless a sandbox forbids that (RestrictSUIDSGID= of systemd). Elsewhere they
 * do what their sisters do. The mode is set before the content is synced and the name appears. */

/* Creates the one folder @path, not synced; DS_ERROR_EXISTS when the name is taken. */
gboolean ds_files_make_shared_dir(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Like ds_files_create_unsynced_name and ds_files_replace. */
gboolean ds_files_create_shared(const char *dir, const char *name, const void *data, gsize size,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_files_replace_shared(const char *dir, const char *name, const void *data, gsize size,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Like ds_files_create_shared, but nothing is synced: for a file whose name tells whether its bytes
 * are whole. The caller syncs what is returned, then @dir, and closes it. -1 on error. */
int ds_files_create_unsynced(const char *dir, const char *name, const void *data, gsize size,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Like ds_files_replace, for a file that @group may read, whatever the folder says. */
gboolean ds_files_replace_for(const char *dir, const char *name, const void *data, gsize size,
                              gid_t group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean ds_files_sync_dir(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whole regular file (no symlink followed), at most @max bytes, else DS_ERROR_TOO_LARGE naming
 * both sizes. (transfer full) */
GBytes *ds_files_read(const char *path, gsize max, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes one file and syncs its folder; TRUE when it was not there. */
gboolean ds_files_remove(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes a folder with everything in it, without following links; TRUE when not there. */
gboolean ds_files_remove_tree(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sorted names in @path without "." and ".." and without names starting with '.'. */
GPtrArray *ds_files_list(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes all of @data to @fd, resuming short writes and EINTR. @path is for the message. */
gboolean ds_files_write_all(int fd, const void *data, gsize size, const char *path,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Closes an fd held in a local: g_auto(DsFd) fd = open(…). */
typedef int DsFd;
void ds_fd_close(int fd);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(DsFd, ds_fd_close, -1)

G_END_DECLS
