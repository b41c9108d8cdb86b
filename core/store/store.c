/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "store/denied.h"
#include "store/pending.h"
#include "store/store-private.h"

#define N_FOLDERS 256
#define RESERVE "reserve"

struct _DsStore {
  gatomicrefcount refs;
  char *path;
  char *objects;
};

struct _DsStoreBatch {
  DsStore *store;
  DsStorePending *pending; /* objects under their names, not yet synced */
  GArray *made;            /* DsDigest: what was not there before */
  gboolean touched[N_FOLDERS];
};

static char *
folder_of(DsStore *self, guint number)
{
  return g_strdup_printf("%s/%02x", self->objects, number);
}

static char *
path_of(DsStore *self, const DsDigest *digest)
{
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(digest, hex);
  return g_strdup_printf("%s/%.2s/%s", self->objects, hex, hex);
}

/* All folders at once, so that no put ever has to make and sync one. */
static gboolean
make_folders(DsStore *self, GError **error)
{
  if (!ds_files_make_dir(self->objects, error))
    return FALSE;
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autofree char *folder = folder_of(self, i);
    g_autoptr(GError) local = NULL;
    if (ds_files_make_shared_dir(folder, &local) ||
        g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS))
      continue;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  return ds_files_sync_dir(self->objects, error);
}

DsStore *
ds_store_open(const char *path, GError **error)
{
  g_autoptr(DsStore) self = g_new0(DsStore, 1);

  g_atomic_ref_count_init(&self->refs);
  self->path = g_strdup(path);
  self->objects = g_build_filename(path, "objects", NULL);
  /* the last folder stands for all: they are made in order */
  g_autofree char *last = folder_of(self, N_FOLDERS - 1);
  if (!g_file_test(last, G_FILE_TEST_IS_DIR) && !make_folders(self, error)) {
    ds_denied_explain(last, X_OK, error);
    return NULL;
  }
  return g_steal_pointer(&self);
}

DsStore *
ds_store_ref(DsStore *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_store_unref(DsStore *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_free(self->objects);
  g_free(self->path);
  g_free(self);
}

const char *
ds_store_path(const DsStore *self)
{
  return self->path;
}

static gboolean
check_object(const DsDigest *digest, GBytes *bytes, GError **error)
{
  DsDigest actual = ds_digest_of_bytes(bytes);
  char hex[DS_DIGEST_HEX_SIZE];

  if (g_bytes_get_size(bytes) > DS_STORE_OBJECT_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "object %s has %" G_GSIZE_FORMAT " bytes; at most %d are allowed",
                ds_digest_to_hex(digest, hex), g_bytes_get_size(bytes), DS_STORE_OBJECT_MAX);
    return FALSE;
  }
  if (ds_digest_equal(digest, &actual))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "these bytes are not object %s",
              ds_digest_to_hex(digest, hex));
  return FALSE;
}

/* In place under its name and in @pending; nothing is synced yet. A power cut may now leave a torn
 * object, which its digest tells: whoever names objects does so after the sync. */
static gboolean
place(DsStoreBatch *batch, const DsDigest *digest, GBytes *bytes, GError **error)
{
  g_autoptr(GError) local = NULL;
  DsStore *self = batch->store;
  g_autofree char *folder = folder_of(self, digest->bytes[0]);
  char hex[DS_DIGEST_HEX_SIZE];

  batch->touched[digest->bytes[0]] = TRUE;
  if (ds_store_pending_create(batch->pending, folder, ds_digest_to_hex(digest, hex), bytes,
                              &local)) {
    g_array_append_val(batch->made, *digest);
    return TRUE;
  }
  if (!g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS)) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  g_autofree char *path = path_of(self, digest);
  /* also synced when it was there: whoever put it may have died before that */
  if (ds_store_file_equals(path, bytes))
    return ds_store_pending_add(batch->pending, path, error);
  return ds_files_replace_shared(folder, hex, g_bytes_get_data(bytes, NULL),
                                 g_bytes_get_size(bytes), error);
}

gboolean
ds_store_put(DsStore *self, const DsDigest *digest, GBytes *bytes, GError **error)
{
  g_autoptr(DsStoreBatch) batch = ds_store_batch_new(self);

  return ds_store_batch_put(batch, digest, bytes, error) && ds_store_batch_commit(batch, error);
}

DsStoreBatch *
ds_store_batch_new(DsStore *self)
{
  DsStoreBatch *batch = g_new0(DsStoreBatch, 1);

  batch->store = ds_store_ref(self);
  batch->pending = ds_store_pending_new();
  batch->made = g_array_new(FALSE, FALSE, sizeof(DsDigest));
  return batch;
}

gboolean
ds_store_batch_put(DsStoreBatch *self, const DsDigest *digest, GBytes *bytes, GError **error)
{
  return check_object(digest, bytes, error) && place(self, digest, bytes, error);
}

gboolean
ds_store_batch_put_hashed(DsStoreBatch *self, const DsDigest *digest, GBytes *bytes, GError **error)
{
  return place(self, digest, bytes, error);
}

void
ds_store_batch_undo(DsStoreBatch *self)
{
  for (guint i = 0; i < self->made->len; i++)
    if (!ds_store_remove(self->store, &g_array_index(self->made, DsDigest, i), NULL))
      break;
  g_array_set_size(self->made, 0);
}

gboolean
ds_store_batch_remove(DsStoreBatch *self, const DsDigest *digest, GError **error)
{
  self->touched[digest->bytes[0]] = TRUE;
  return ds_store_remove(self->store, digest, error);
}

gboolean
ds_store_batch_commit(DsStoreBatch *self, GError **error)
{
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autofree char *folder = self->touched[i] ? folder_of(self->store, i) : NULL;
    if (folder != NULL && !ds_store_pending_add(self->pending, folder, error))
      return FALSE;
  }
  if (!ds_store_pending_sync(self->pending, error))
    return FALSE;
  memset(self->touched, 0, sizeof self->touched);
  return TRUE;
}

void
ds_store_batch_free(DsStoreBatch *self)
{
  if (self == NULL)
    return;
  ds_store_pending_free(self->pending);
  g_array_unref(self->made);
  ds_store_unref(self->store);
  g_free(self);
}

static gboolean
is_missing(const DsDigest *digest, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "object %s is not in the store",
              ds_digest_to_hex(digest, hex));
  return FALSE;
}

GBytes *
ds_store_read(DsStore *self, const DsDigest *digest, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autofree char *path = path_of(self, digest);
  g_autoptr(GBytes) bytes = ds_files_read(path, DS_STORE_OBJECT_MAX, &local);

  if (bytes == NULL) {
    if (g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND))
      is_missing(digest, error);
    else
      g_propagate_error(error, g_steal_pointer(&local));
    ds_denied_explain(path, R_OK, error);
    return NULL;
  }
  DsDigest actual = ds_digest_of_bytes(bytes);
  if (!ds_digest_equal(digest, &actual)) {
    char hex[DS_DIGEST_HEX_SIZE];
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "object %s is damaged: its %" G_GSIZE_FORMAT " bytes have another digest",
                ds_digest_to_hex(digest, hex), g_bytes_get_size(bytes));
    return NULL;
  }
  return g_steal_pointer(&bytes);
}

void
ds_store_forget(DsStore *self, const DsDigest *digest)
{
  g_autofree char *path = path_of(self, digest);
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd >= 0)
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

gboolean
ds_store_has(DsStore *self, const DsDigest *digest)
{
  g_autofree char *path = path_of(self, digest);

  return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

gboolean
ds_store_size(DsStore *self, const DsDigest *digest, guint64 *size, GError **error)
{
  g_autofree char *path = path_of(self, digest);
  struct stat st;

  *size = 0;
  if (lstat(path, &st) < 0)
    return errno == ENOENT ? is_missing(digest, error)
                           : ds_error_set_errno(error, errno, "looking at", path);
  *size = (guint64)st.st_size;
  return TRUE;
}

int
ds_store_open_object(DsStore *self, const DsDigest *digest, guint64 *size, GError **error)
{
  g_autofree char *path = path_of(self, digest);
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat st;

  if (fd < 0 && errno == ENOENT) {
    is_missing(digest, error);
    return -1;
  }
  if (fd < 0 || fstat(fd, &st) < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return -1;
  }
  *size = (guint64)st.st_size;
  int opened = fd;
  fd = -1;
  return opened;
}

gboolean
ds_store_remove(DsStore *self, const DsDigest *digest, GError **error)
{
  g_autofree char *path = path_of(self, digest);

  return unlink(path) == 0 || errno == ENOENT || ds_error_set_errno(error, errno, "removing", path);
}

gboolean
ds_store_sync(DsStore *self, GError **error)
{
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autofree char *folder = folder_of(self, i);
    if (!ds_files_sync_dir(folder, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
visit_folder(DsStore *self, const char *folder, DsStoreEach each, gpointer data, gboolean *go_on,
             GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len && *go_on; i++) {
    DsDigest digest;
    guint64 size = 0;
    if (ds_digest_parse(&digest, names->pdata[i]) && ds_store_size(self, &digest, &size, NULL))
      *go_on = each(&digest, size, data);
  }
  return TRUE;
}

gboolean
ds_store_foreach(DsStore *self, DsStoreEach each, gpointer data, GError **error)
{
  gboolean go_on = TRUE;

  for (guint i = 0; i < N_FOLDERS && go_on; i++) {
    g_autofree char *folder = folder_of(self, i);
    if (!visit_folder(self, folder, each, data, &go_on, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_up(const DsDigest *digest, guint64 size, gpointer data)
{
  guint64 *sums = data;

  sums[0]++;
  sums[1] += size;
  return TRUE;
}

gboolean
ds_store_usage(DsStore *self, guint64 *count, guint64 *bytes, GError **error)
{
  guint64 sums[2] = {0, 0};
  gboolean ok = ds_store_foreach(self, add_up, sums, error);

  *count = sums[0];
  *bytes = sums[1];
  return ok;
}

gboolean
ds_store_free_space(DsStore *self, guint64 *bytes, GError **error)
{
  struct statvfs fs;

  *bytes = 0;
  if (statvfs(self->path, &fs) < 0)
    return ds_error_set_errno(error, errno, "asking for the free space of", self->path);
  *bytes = (guint64)fs.f_bavail * fs.f_frsize;
  return TRUE;
}

gboolean
ds_store_reserve(DsStore *self, guint64 bytes, GError **error)
{
  g_autofree char *path = g_build_filename(self->path, RESERVE, NULL);
  g_auto(DsFd) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0)
    return ds_error_set_errno(error, errno, "opening", path);
  /* st_blocks: a file with holes keeps no room */
  if ((guint64)st.st_size >= bytes && (guint64)st.st_blocks * 512 >= bytes)
    return TRUE;
  int failed = posix_fallocate(fd, 0, (off_t)bytes);
  if (failed != 0) {
    unlink(path);
    return ds_error_set_errno(error, failed == EFBIG ? ENOSPC : failed, "reserving room in", path);
  }
  return fsync(fd) == 0 || ds_error_set_errno(error, errno, "syncing", path);
}

gboolean
ds_store_release_reserve(DsStore *self, GError **error)
{
  g_autofree char *path = g_build_filename(self->path, RESERVE, NULL);

  return ds_files_remove(path, error);
}

gboolean
ds_store_sweep(DsStore *self, GError **error)
{
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autofree char *folder = folder_of(self, i);
    if (!ds_store_sweep_dir(folder, error))
      return FALSE;
  }
  return TRUE;
}
