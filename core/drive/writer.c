/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drive/writer.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"

/* Upper bounds of what CBOR puts around a file's line and a head's number. */
#define LINE_SIZE (1 + 2 + 64 + 9 + 2 + DS_DIGEST_SIZE)
#define TAKEN_SIZE (1 + 9 + 2 + DS_DIGEST_SIZE)
#define FIXED_SIZE 256u

struct _DsDriveWriter {
  int fd;
  char *path;
  guint count, items; /* announced, written */
  GArray *expected;   /* DsDriveFile of the last item */
  guint files;        /* of these, written */
  guint64 size;
  DsHasher *hasher;
  DsDriveProgress progress;
  guint64 total;
  gpointer user_data;
  GCancellable *cancellable;
};

static gboolean
put(DsDriveWriter *self, const void *data, gsize size, GError **error)
{
  if (!ds_files_write_all(self->fd, data, size, self->path, error))
    return FALSE;
  if (self->hasher != NULL)
    ds_hasher_update(self->hasher, data, size);
  self->size += size;
  return TRUE;
}

static gboolean
put_frame(DsDriveWriter *self, GBytes *body, GError **error)
{
  guint8 lead[DS_DRIVE_FRAME_SIZE];
  gsize size;
  const void *data = g_bytes_get_data(body, &size);
  const DsDigest digest = ds_digest_of(data, size);

  lead[0] = (guint8)(size >> 24);
  lead[1] = (guint8)(size >> 16);
  lead[2] = (guint8)(size >> 8);
  lead[3] = (guint8)size;
  memcpy(lead + 4, digest.bytes, DS_DIGEST_SIZE);
  return put(self, lead, sizeof lead, error) && put(self, data, size, error);
}

DsDriveWriter *
ds_drive_writer_new(int fd, const char *path, const DsDriveHead *head, GError **error)
{
  g_autoptr(GBytes) body = ds_drive_head_encode(head, error);
  g_autoptr(DsDriveWriter) self = NULL;

  if (body == NULL)
    return NULL;
  self = g_new0(DsDriveWriter, 1);
  self->fd = fd;
  self->path = g_strdup(path);
  self->count = head->count;
  self->expected = g_array_new(FALSE, FALSE, sizeof(DsDriveFile));
  self->hasher = ds_hasher_new();
  if (!put(self, DS_DRIVE_MAGIC, DS_DRIVE_MAGIC_SIZE, error) || !put_frame(self, body, error))
    return NULL;
  return g_steal_pointer(&self);
}

void
ds_drive_writer_free(DsDriveWriter *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->hasher, ds_hasher_free);
  g_clear_pointer(&self->expected, g_array_unref);
  g_free(self->path);
  g_free(self);
}

void
ds_drive_writer_watch(DsDriveWriter *self, DsDriveProgress progress, guint64 total,
                      gpointer user_data, GCancellable *cancellable)
{
  self->progress = progress;
  self->total = total;
  self->user_data = user_data;
  self->cancellable = cancellable;
}

static gboolean
keep_going(const DsDriveWriter *self, GError **error)
{
  if (self->progress != NULL)
    self->progress(self->path, self->size, MAX(self->total, self->size), self->user_data);
  if (!g_cancellable_is_cancelled(self->cancellable))
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_CANCELLED, "stopped as asked");
  return FALSE;
}

static gboolean
set_out_of_step(const DsDriveWriter *self, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s: items and files are written out of step",
              self->path);
  return FALSE;
}

gboolean
ds_drive_writer_item(DsDriveWriter *self, DsDriveItem *item, GError **error)
{
  if (self->files != self->expected->len || self->items == self->count)
    return set_out_of_step(self, error);
  g_autoptr(GBytes) body = ds_drive_item_encode(item, error);
  if (body == NULL || !put_frame(self, body, error))
    return FALSE;
  g_array_set_size(self->expected, 0);
  g_array_append_vals(self->expected, item->files->data, item->files->len);
  self->files = 0;
  self->items++;
  return TRUE;
}

gboolean
ds_drive_writer_file(DsDriveWriter *self, GBytes *bytes, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  const DsDigest digest = ds_digest_of(data, size);

  if (self->files == self->expected->len)
    return set_out_of_step(self, error);
  const DsDriveFile *file = &g_array_index(self->expected, DsDriveFile, self->files);
  if (size != file->size || !ds_digest_equal(&digest, &file->sha256)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "file %s changed while it was written",
                file->name);
    return FALSE;
  }
  self->files++;
  return keep_going(self, error) && put(self, data, size, error);
}

gboolean
ds_drive_writer_finish(DsDriveWriter *self, DsDigest *whole, GError **error)
{
  if (self->files != self->expected->len || self->items != self->count || self->hasher == NULL)
    return set_out_of_step(self, error);
  const DsDigest digest = ds_hasher_finish(self->hasher);
  g_clear_pointer(&self->hasher, ds_hasher_free);
  g_autoptr(GBytes) body = ds_drive_end_encode(self->count, &digest, error);
  if (body == NULL || !put_frame(self, body, error))
    return FALSE;
  if (whole != NULL)
    *whole = digest;
  return TRUE;
}

guint64
ds_drive_writer_size(const DsDriveWriter *self)
{
  return self->size;
}

guint64
ds_drive_item_travel_size(guint files, guint64 size)
{
  return DS_DRIVE_FRAME_SIZE + FIXED_SIZE + (guint64)files * LINE_SIZE + size;
}

guint64
ds_drive_head_travel_size(const DsDriveHead *head)
{
  return DS_DRIVE_MAGIC_SIZE + 2 * DS_DRIVE_FRAME_SIZE + FIXED_SIZE + DS_DRIVE_END_MAX +
         (guint64)head->taken->len * TAKEN_SIZE;
}
