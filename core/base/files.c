/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"

void
ds_fd_close(int fd)
{
  if (fd >= 0)
    close(fd);
}

gboolean
ds_files_sync_dir(const char *path, GError **error)
{
  g_auto(DsFd) fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return ds_error_set_errno(error, errno, "opening folder", path);
  if (fsync(fd) < 0)
    return ds_error_set_errno(error, errno, "syncing folder", path);
  return TRUE;
}

gboolean
ds_files_make_dir(const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);
  struct stat st;

  if (stat(path, &st) == 0) {
    if (S_ISDIR(st.st_mode))
      return TRUE;
    return ds_error_set_errno(error, ENOTDIR, "creating folder", path);
  }
  if (g_strcmp0(parent, path) != 0 && !ds_files_make_dir(parent, error))
    return FALSE;
  if (mkdir(path, 0700) < 0 && errno != EEXIST)
    return ds_error_set_errno(error, errno, "creating folder", path);
  return ds_files_sync_dir(parent, error);
}

gboolean
ds_files_write_all(int fd, const void *data, gsize size, const char *path, GError **error)
{
  const guint8 *at = data;

  while (size > 0) {
    ssize_t put = write(fd, at, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return ds_error_set_errno(error, errno, "writing", path);
    at += put;
    size -= (gsize)put;
  }
  return TRUE;
}

/* ---- for whom ---- */

#define NO_GROUP ((gid_t)-1)

/* Who may see a new file besides its owner. */
typedef struct {
  gid_t group; /* NO_GROUP: the folder's own */
  mode_t bits; /* of the group */
} Audience;

static const Audience nobody = {NO_GROUP, 0};

/* What @dir's group has on it. We make folders for the owner alone: one that the group may read was
 * shared with it. */
static Audience
audience_of(const char *dir)
{
  Audience found = nobody;
  struct stat st;

  if (stat(dir, &st) == 0 && (st.st_mode & S_IRGRP) != 0)
    found.bits = st.st_mode & S_IRWXG;
  return found;
}

static gboolean
admit(int fd, const Audience *audience, const char *path, GError **error)
{
  if ((audience->bits & S_IRGRP) == 0)
    return TRUE;
  if (audience->group != NO_GROUP && fchown(fd, (uid_t)-1, audience->group) < 0)
    return ds_error_set_errno(error, errno, "giving to its group", path);
  return fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP) == 0 ||
         ds_error_set_errno(error, errno, "sharing", path);
}

gboolean
ds_files_make_shared_dir(const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);
  const Audience audience = audience_of(parent);

  if (mkdir(path, S_IRWXU) < 0) {
    if (errno != EEXIST)
      return ds_error_set_errno(error, errno, "creating folder", path);
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is there already", path);
    return FALSE;
  }
  /* the group came from the parent, the umask took its bits */
  return audience.bits == 0 || chmod(path, S_ISGID | S_IRWXU | audience.bits) == 0 ||
         (errno == EPERM && chmod(path, S_IRWXU | audience.bits) == 0) ||
         ds_error_set_errno(error, errno, "sharing folder", path);
}

/* ---- writing ---- */

/* A temporary file beside the target, written; @fd stays open. */
static char *
begin_temporary(const char *dir, const void *data, gsize size, const Audience *audience,
                int *opened, GError **error)
{
  guint64 nonce;
  ds_random_bytes(&nonce, sizeof nonce);
  g_autofree char *path = g_strdup_printf("%s/.tmp-%016" G_GINT64_MODIFIER "x", dir, nonce);
  g_auto(DsFd) fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    ds_error_set_errno(error, errno, "creating", path);
    return NULL;
  }
  if (!admit(fd, audience, path, error) || !ds_files_write_all(fd, data, size, path, error)) {
    unlink(path);
    return NULL;
  }
  *opened = fd;
  fd = -1;
  return g_steal_pointer(&path);
}

/* Content first: written and synced. */
static char *
write_temporary(const char *dir, const void *data, gsize size, const Audience *audience,
                GError **error)
{
  g_auto(DsFd) fd = -1;
  g_autofree char *path = begin_temporary(dir, data, size, audience, &fd, error);

  if (path != NULL && fsync(fd) < 0) {
    /* after a failed fsync the kernel may call the pages clean: this file is worthless */
    ds_error_set_errno(error, errno, "syncing", path);
    unlink(path);
    return NULL;
  }
  return g_steal_pointer(&path);
}

static gboolean
replace(const char *dir, const char *name, const void *data, gsize size, const Audience *audience,
        GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autofree char *temporary = write_temporary(dir, data, size, audience, error);

  if (temporary == NULL)
    return FALSE;
  if (rename(temporary, path) < 0) {
    int saved = errno;
    unlink(temporary);
    return ds_error_set_errno(error, saved, "renaming into", path);
  }
  return ds_files_sync_dir(dir, error);
}

/* Under its name, which nobody has. */
static gboolean
publish(const char *temporary, const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);

  if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) < 0) {
    int saved = errno;
    unlink(temporary);
    if (saved == EEXIST) {
      g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is there already", path);
      return FALSE;
    }
    return ds_error_set_errno(error, saved, "renaming into", path);
  }
  return TRUE;
}

static gboolean
create(const char *dir, const char *name, const void *data, gsize size, const Audience *audience,
       GError **error)
{
  g_autofree char *temporary = write_temporary(dir, data, size, audience, error);

  return temporary != NULL && publish(temporary, dir, name, error);
}

gboolean
ds_files_replace(const char *dir, const char *name, const void *data, gsize size, GError **error)
{
  return replace(dir, name, data, size, &nobody, error);
}

gboolean
ds_files_replace_shared(const char *dir, const char *name, const void *data, gsize size,
                        GError **error)
{
  const Audience audience = audience_of(dir);

  return replace(dir, name, data, size, &audience, error);
}

gboolean
ds_files_replace_for(const char *dir, const char *name, const void *data, gsize size, gid_t group,
                     GError **error)
{
  const Audience audience = {group, S_IRGRP};

  return replace(dir, name, data, size, &audience, error);
}

gboolean
ds_files_create_unsynced_name(const char *dir, const char *name, const void *data, gsize size,
                              GError **error)
{
  return create(dir, name, data, size, &nobody, error);
}

gboolean
ds_files_create_shared(const char *dir, const char *name, const void *data, gsize size,
                       GError **error)
{
  const Audience audience = audience_of(dir);

  return create(dir, name, data, size, &audience, error);
}

int
ds_files_create_unsynced(const char *dir, const char *name, const void *data, gsize size,
                         GError **error)
{
  const Audience audience = audience_of(dir);
  g_auto(DsFd) fd = -1;
  g_autofree char *temporary = begin_temporary(dir, data, size, &audience, &fd, error);

  if (temporary == NULL || !publish(temporary, dir, name, error))
    return -1;
  int opened = fd;
  fd = -1;
  return opened;
}

gboolean
ds_files_create(const char *dir, const char *name, const void *data, gsize size, GError **error)
{
  return ds_files_create_unsynced_name(dir, name, data, size, error) &&
         ds_files_sync_dir(dir, error);
}

GBytes *
ds_files_read(const char *path, gsize max, GError **error)
{
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return NULL;
  }
  if (!S_ISREG(st.st_mode)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is not a regular file", path);
    return NULL;
  }
  if ((guint64)st.st_size > max) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s has %" G_GINT64_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are allowed", path,
                (gint64)st.st_size, max);
    return NULL;
  }

  gsize size = (gsize)st.st_size, used = 0;
  g_autofree guint8 *data = g_malloc(MAX(size, 1));
  while (used < size) {
    ssize_t got = read(fd, data + used, size - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      ds_error_set_errno(error, errno, "reading", path);
      return NULL;
    }
    if (got == 0)
      break; /* it shrank while we read: what is there is what there is */
    used += (gsize)got;
  }
  return g_bytes_new_take(g_steal_pointer(&data), used);
}

gboolean
ds_files_remove(const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);

  if (unlink(path) < 0) {
    if (errno == ENOENT)
      return TRUE;
    return ds_error_set_errno(error, errno, "removing", path);
  }
  return ds_files_sync_dir(parent, error);
}

static gboolean
remove_tree_at(int parent_fd, const char *name, const char *path, GError **error)
{
  g_auto(DsFd) fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  /* two processes may clear the same rubbish: what the other one took is gone as well */
  if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
    return unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT ||
           ds_error_set_errno(error, errno, "removing", path);
  if (fd < 0)
    return errno == ENOENT || ds_error_set_errno(error, errno, "opening folder", path);

  DIR *dir = fdopendir(dup(fd));
  if (dir == NULL)
    return ds_error_set_errno(error, errno, "reading folder", path);
  gboolean ok = TRUE;
  for (struct dirent *entry = readdir(dir); ok && entry != NULL; entry = readdir(dir)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    g_autofree char *below = g_build_filename(path, entry->d_name, NULL);
    ok = remove_tree_at(fd, entry->d_name, below, error);
  }
  closedir(dir);
  if (!ok)
    return FALSE;
  return unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT ||
         ds_error_set_errno(error, errno, "removing folder", path);
}

gboolean
ds_files_remove_tree(const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);

  if (!remove_tree_at(AT_FDCWD, path, path, error))
    return FALSE;
  return g_access(parent, F_OK) != 0 || ds_files_sync_dir(parent, error);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
ds_files_list(const char *path, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  DIR *dir = opendir(path);

  if (dir == NULL) {
    ds_error_set_errno(error, errno, "reading folder", path);
    return NULL;
  }
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
    if (entry->d_name[0] != '.')
      g_ptr_array_add(names, g_strdup(entry->d_name));
  closedir(dir);
  g_ptr_array_sort(names, compare_names);
  return g_steal_pointer(&names);
}
