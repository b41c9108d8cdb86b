/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"
#include "base/secret.h"
#include "store/denied.h"

static char *
random_name(const char *dir, const char *prefix)
{
  guint64 nonce;

  ds_random_bytes(&nonce, sizeof nonce);
  return g_strdup_printf("%s/%s%016" G_GINT64_MODIFIER "x", dir, prefix, nonce);
}

gboolean
ds_store_discard(const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autofree char *trash = random_name(dir, ".trash-");

  if (g_rename(path, trash) < 0) {
    if (errno == ENOENT)
      return TRUE;
    ds_error_set_errno(error, errno, "removing", path);
    return ds_denied_explain(dir, W_OK | X_OK, error);
  }
  return ds_files_sync_dir(dir, error) && ds_files_remove_tree(trash, error);
}

gboolean
ds_store_sweep_dir(const char *dir, GError **error)
{
  g_autoptr(GPtrArray) left = g_ptr_array_new_with_free_func(g_free);
  DIR *listing = opendir(dir);

  if (listing == NULL) {
    ds_error_set_errno(error, errno, "reading folder", dir);
    return ds_denied_explain(dir, R_OK | X_OK, error);
  }
  for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
    if (g_str_has_prefix(entry->d_name, ".tmp-") || g_str_has_prefix(entry->d_name, ".trash-"))
      g_ptr_array_add(left, g_build_filename(dir, entry->d_name, NULL));
  closedir(listing);
  for (guint i = 0; i < left->len; i++)
    if (!ds_files_remove_tree(left->pdata[i], error))
      return FALSE;
  return TRUE;
}

char *
ds_store_make_temporary(const char *dir, GError **error)
{
  g_autofree char *path = random_name(dir, ".tmp-");

  if (ds_files_make_shared_dir(path, error))
    return g_steal_pointer(&path);
  ds_denied_explain(dir, W_OK | X_OK, error);
  return NULL;
}

gboolean
ds_store_publish(const char *temporary, const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);

  if (!ds_files_sync_dir(temporary, error))
    return FALSE;
  if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
    if (errno != EEXIST)
      return ds_error_set_errno(error, errno, "renaming into", path);
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is there already", path);
    return FALSE;
  }
  return ds_files_sync_dir(dir, error);
}

gboolean
ds_store_file_equals(const char *path, GBytes *bytes)
{
  g_autoptr(GBytes) there = ds_files_read(path, g_bytes_get_size(bytes), NULL);

  return there != NULL && g_bytes_equal(there, bytes);
}
