/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drive/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

/* One line per item: where its frame begins, what its body hashed to. */
typedef struct {
  guint64 at;
  guint64 files_at;
  DsDigest digest;
} Place;

struct _DsDriveReader {
  int fd;
  char *name;
  guint64 size; /* when it was opened */
  guint64 at;   /* the next byte of the check */
  DsDriveHead *head;
  guint64 items_at;
  GArray *places; /* Place; whole only after the check */
  gboolean checked;
  DsDigest whole;
  DsHasher *hasher; /* of everything before END, while checking */
  DsDriveProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
};

static gboolean refuse(const DsDriveReader *self, int code, guint64 at, GError **error,
                       const char *format, ...) G_GNUC_PRINTF(5, 6);

static gboolean
refuse(const DsDriveReader *self, int code, guint64 at, GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *words = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, DS_ERROR, code, "%s: at byte %" G_GUINT64_FORMAT ": %s", self->name, at,
              words);
  return FALSE;
}

/* Exactly @size bytes from @at, whatever the file's size was before. */
static gboolean
read_at(const DsDriveReader *self, guint64 at, void *data, gsize size, GError **error)
{
  guint8 *to = data;

  for (gsize done = 0; done < size;) {
    ssize_t got = pread(self->fd, to + done, size - done, (off_t)(at + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ds_error_set_errno(error, errno, "reading", self->name);
    if (got == 0)
      return refuse(self, DS_ERROR_INVALID, at + done, error,
                    "the file ends in the middle; it was not written to its end");
    done += (gsize)got;
  }
  return TRUE;
}

static GBytes *
read_bytes(const DsDriveReader *self, guint64 at, gsize size, GError **error)
{
  g_autofree guint8 *data = g_malloc(MAX(size, 1));

  if (!read_at(self, at, data, size, error))
    return NULL;
  return g_bytes_new_take(g_steal_pointer(&data), size);
}

/* The body of the frame at @at; @next is the byte behind it. Nothing is allocated before its
 * length is known to be allowed and there. */
static GBytes *
read_frame(const DsDriveReader *self, guint64 at, gsize max, const char *what, guint64 *next,
           DsDigest *digest, GError **error)
{
  guint8 lead[DS_DRIVE_FRAME_SIZE];

  if (!read_at(self, at, lead, sizeof lead, error))
    return NULL;
  guint32 length =
      (guint32)lead[0] << 24 | (guint32)lead[1] << 16 | (guint32)lead[2] << 8 | lead[3];
  if (length > max) {
    refuse(self, DS_ERROR_TOO_LARGE, at, error,
           "the %s has %u bytes; at most %" G_GSIZE_FORMAT " are allowed", what, length, max);
    return NULL;
  }
  g_autoptr(GBytes) body = read_bytes(self, at + sizeof lead, length, error);
  if (body == NULL)
    return NULL;
  *digest = ds_digest_of_bytes(body);
  if (memcmp(digest->bytes, lead + 4, DS_DIGEST_SIZE) != 0) {
    refuse(self, DS_ERROR_REFUSED, at, error, "the %s was damaged: its SHA-256 does not fit", what);
    return NULL;
  }
  *next = at + sizeof lead + length;
  if (self->hasher != NULL) {
    ds_hasher_update(self->hasher, lead, sizeof lead);
    ds_hasher_update(self->hasher, g_bytes_get_data(body, NULL), length);
  }
  return g_steal_pointer(&body);
}

static gboolean
read_head(DsDriveReader *self, GError **error)
{
  char magic[DS_DRIVE_MAGIC_SIZE];
  DsDigest digest;

  if (self->size < DS_DRIVE_MAGIC_SIZE || !read_at(self, 0, magic, sizeof magic, error) ||
      memcmp(magic, DS_DRIVE_MAGIC, DS_DRIVE_MAGIC_SIZE) != 0) {
    if (error == NULL || *error == NULL)
      refuse(self, DS_ERROR_INVALID, 0, error, "this is no drive container");
    return FALSE;
  }
  if (self->hasher != NULL)
    ds_hasher_update(self->hasher, magic, sizeof magic);
  g_autoptr(GBytes) body = read_frame(self, DS_DRIVE_MAGIC_SIZE, DS_DRIVE_HEAD_MAX, "head",
                                      &self->items_at, &digest, error);
  g_autoptr(DsDriveHead) head = body != NULL ? ds_drive_head_decode(body, error) : NULL;
  if (head == NULL) {
    if (body != NULL)
      g_prefix_error(error, "%s: ", self->name);
    return FALSE;
  }
  g_clear_pointer(&self->head, ds_drive_head_free);
  self->head = g_steal_pointer(&head);
  return TRUE;
}

DsDriveReader *
ds_drive_reader_new(int fd, const char *name, GError **error)
{
  g_autoptr(DsDriveReader) self = g_new0(DsDriveReader, 1);
  struct stat st;

  self->fd = fd;
  self->name = g_strdup(name);
  self->places = g_array_new(FALSE, FALSE, sizeof(Place));
  if (fstat(fd, &st) < 0) {
    ds_error_set_errno(error, errno, "looking at", name);
    return NULL;
  }
  if (!S_ISREG(st.st_mode)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is no regular file; it was not opened",
                name);
    return NULL;
  }
  self->size = (guint64)st.st_size;
  if (self->size > DS_DRIVE_FILE_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s has %" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT " are allowed",
                name, self->size, DS_DRIVE_FILE_MAX);
    return NULL;
  }
  return read_head(self, error) ? g_steal_pointer(&self) : NULL;
}

void
ds_drive_reader_free(DsDriveReader *self)
{
  if (self == NULL)
    return;
  ds_fd_close(self->fd);
  g_clear_pointer(&self->head, ds_drive_head_free);
  g_clear_pointer(&self->hasher, ds_hasher_free);
  g_array_unref(self->places);
  g_free(self->name);
  g_free(self);
}

const char *
ds_drive_reader_name(const DsDriveReader *self)
{
  return self->name;
}

const DsDriveHead *
ds_drive_reader_head(const DsDriveReader *self)
{
  return self->head;
}

guint64
ds_drive_reader_size(const DsDriveReader *self)
{
  return self->size;
}

const DsDigest *
ds_drive_reader_whole(const DsDriveReader *self)
{
  return &self->whole;
}

/* ---- the check ---- */

static gboolean
keep_going(DsDriveReader *self, GError **error)
{
  if (self->progress != NULL)
    self->progress(self->name, self->at, self->size, self->user_data);
  if (!g_cancellable_is_cancelled(self->cancellable))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_CANCELLED, "%s: stopped as asked", self->name);
  return FALSE;
}

static gboolean
check_bytes(const DsDriveReader *self, const DsDriveFile *file, guint64 at, GBytes *bytes,
            GError **error)
{
  DsDigest digest = ds_digest_of_bytes(bytes);

  return ds_digest_equal(&digest, &file->sha256) ||
         refuse(self, DS_ERROR_REFUSED, at, error, "file %s was damaged: its SHA-256 does not fit",
                file->name);
}

/* An item once is enough: in a home container numbers ascend, out of one no bundle comes twice. */
static gboolean
check_unique(DsDriveReader *self, const DsDriveItem *item, GHashTable *seen, guint64 *last,
             GError **error)
{
  if (item->kind == DS_DRIVE_BUNDLE)
    return g_hash_table_add(seen, g_memdup2(&item->id, sizeof item->id)) ||
           refuse(self, DS_ERROR_INVALID, self->at, error, "the bundle is in this file twice");
  if (item->ref.seq <= *last)
    return refuse(self, DS_ERROR_INVALID, self->at, error,
                  "message %" G_GUINT64_FORMAT " is doubled or out of order", item->ref.seq);
  *last = item->ref.seq;
  return TRUE;
}

static gboolean
check_item(DsDriveReader *self, GHashTable *seen, guint64 *last, GError **error)
{
  Place place = {.at = self->at};
  g_autoptr(GBytes) body =
      read_frame(self, self->at, DS_DRIVE_ITEM_MAX, "item", &place.files_at, &place.digest, error);
  g_autoptr(DsDriveItem) item =
      body != NULL ? ds_drive_item_decode(body, self->head->direction, error) : NULL;

  if (item == NULL) {
    if (body != NULL)
      g_prefix_error(error, "%s: at byte %" G_GUINT64_FORMAT ": ", self->name, self->at);
    return FALSE;
  }
  if (!check_unique(self, item, seen, last, error))
    return FALSE;
  self->at = place.files_at;
  for (guint i = 0; i < item->files->len; i++) {
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    g_autoptr(GBytes) bytes = read_bytes(self, self->at, (gsize)file->size, error);
    if (bytes == NULL || !check_bytes(self, file, self->at, bytes, error))
      return FALSE;
    ds_hasher_update(self->hasher, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    self->at += file->size;
    if (!keep_going(self, error))
      return FALSE;
  }
  g_array_append_val(self->places, place);
  return TRUE;
}

static gboolean
check_end(DsDriveReader *self, GError **error)
{
  guint64 next = 0;
  guint count = 0;
  char beyond;
  DsDigest digest, whole;

  self->whole = ds_hasher_finish(self->hasher);
  g_clear_pointer(&self->hasher, ds_hasher_free);
  g_autoptr(GBytes) body =
      read_frame(self, self->at, DS_DRIVE_END_MAX, "end", &next, &digest, error);
  if (body == NULL)
    return FALSE;
  if (!ds_drive_end_decode(body, &count, &whole, error)) {
    g_prefix_error(error, "%s: ", self->name);
    return FALSE;
  }
  if (count != self->head->count)
    return refuse(self, DS_ERROR_INVALID, self->at, error,
                  "it ends after %u items, %u were announced", count, self->head->count);
  if (!ds_digest_equal(&whole, &self->whole))
    return refuse(self, DS_ERROR_REFUSED, self->at, error,
                  "the file was damaged: the SHA-256 of the whole does not fit");
  ssize_t got = pread(self->fd, &beyond, 1, (off_t)next);
  if (got < 0)
    return ds_error_set_errno(error, errno, "reading", self->name);
  if (got > 0)
    return refuse(self, DS_ERROR_INVALID, next, error, "there is something behind the end");
  return TRUE;
}

gboolean
ds_drive_reader_check(DsDriveReader *self, DsDriveProgress progress, gpointer user_data,
                      GCancellable *cancellable, GError **error)
{
  g_autoptr(GHashTable) seen =
      g_hash_table_new_full(ds_digest_hash, ds_digest_equal_p, g_free, NULL);
  guint64 last = 0;

  self->checked = FALSE;
  self->progress = progress;
  self->user_data = user_data;
  self->cancellable = cancellable;
  g_array_set_size(self->places, 0);
  g_clear_pointer(&self->hasher, ds_hasher_free);
  self->hasher = ds_hasher_new();
  if (!read_head(self, error))
    return FALSE;
  self->at = self->items_at;
  for (guint i = 0; i < self->head->count; i++) {
    if (check_item(self, seen, &last, error))
      continue;
    g_prefix_error(error, "item %u: ", i + 1);
    return FALSE;
  }
  self->checked = check_end(self, error);
  return self->checked;
}

/* ---- item by item ---- */

DsDriveItem *
ds_drive_reader_item(DsDriveReader *self, guint index, GError **error)
{
  const Place *place = &g_array_index(self->places, Place, index);
  guint64 next = 0;
  DsDigest digest;

  g_return_val_if_fail(self->checked && index < self->places->len, NULL);
  g_autoptr(GBytes) body =
      read_frame(self, place->at, DS_DRIVE_ITEM_MAX, "item", &next, &digest, error);
  if (body == NULL)
    return NULL;
  if (!ds_digest_equal(&digest, &place->digest)) {
    refuse(self, DS_ERROR_REFUSED, place->at, error, "the file was changed while it was read");
    return NULL;
  }
  return ds_drive_item_decode(body, self->head->direction, error);
}

GBytes *
ds_drive_reader_file(DsDriveReader *self, guint index, const DsDriveItem *item, guint file,
                     GError **error)
{
  const DsDriveFile *wanted = &g_array_index(item->files, DsDriveFile, file);
  guint64 at = g_array_index(self->places, Place, index).files_at;

  for (guint i = 0; i < file; i++)
    at += g_array_index(item->files, DsDriveFile, i).size;
  g_autoptr(GBytes) bytes = read_bytes(self, at, (gsize)wanted->size, error);
  if (bytes == NULL || !check_bytes(self, wanted, at, bytes, error))
    return NULL;
  return g_steal_pointer(&bytes);
}
