/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

#define MOST_OPEN 64

typedef struct {
  char *path;
  int fd;
  gboolean ours; /* made here, so that nobody names it yet */
} Pending;

struct _DsStorePending {
  GArray *files; /* Pending */
};

static void
pending_clear(gpointer data)
{
  Pending *file = data;

  ds_fd_close(file->fd);
  g_free(file->path);
}

DsStorePending *
ds_store_pending_new(void)
{
  DsStorePending *self = g_new0(DsStorePending, 1);

  self->files = g_array_new(FALSE, FALSE, sizeof(Pending));
  g_array_set_clear_func(self->files, pending_clear);
  return self;
}

void
ds_store_pending_free(DsStorePending *self)
{
  if (self == NULL)
    return;
  g_array_unref(self->files);
  g_free(self);
}

/* Takes @fd and @path. */
static gboolean
keep(DsStorePending *self, int fd, char *path, gboolean ours, GError **error)
{
  const Pending file = {path, fd, ours};

  g_array_append_val(self->files, file);
  return self->files->len < MOST_OPEN || ds_store_pending_sync(self, error);
}

gboolean
ds_store_pending_create(DsStorePending *self, const char *dir, const char *name, GBytes *bytes,
                        GError **error)
{
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);
  int fd = ds_files_create_unsynced(dir, name, data, size, error);

  if (fd < 0)
    return FALSE;
  /* the disk may begin while the next one is encrypted; it is no promise, so it may fail */
  sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  return keep(self, fd, g_build_filename(dir, name, NULL), TRUE, error);
}

gboolean
ds_store_pending_add(DsStorePending *self, const char *path, GError **error)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0)
    return ds_error_set_errno(error, errno, "opening", path);
  return keep(self, fd, g_strdup(path), FALSE, error);
}

gboolean
ds_store_pending_sync(DsStorePending *self, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < self->files->len; i++) {
    const Pending *file = &g_array_index(self->files, Pending, i);
    if (fsync(file->fd) == 0)
      continue;
    if (ok)
      ds_error_set_errno(error, errno, "syncing", file->path);
    ok = FALSE;
    if (file->ours)
      unlink(file->path);
  }
  g_array_set_size(self->files, 0);
  return ok;
}
