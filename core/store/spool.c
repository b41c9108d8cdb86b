/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/spool.h"

#include <fcntl.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "store/denied.h"
#include "store/store-private.h"

#define SEQ_DIGITS 10
#define NAME_SIZE (SEQ_DIGITS + 1 + DS_DIGEST_HEX_SIZE)

struct _DsSpool {
  gatomicrefcount refs;
  char *path;
};

DsSpool *
ds_spool_open(const char *path, GError **error)
{
  if (!ds_files_make_dir(path, error)) {
    ds_denied_explain(path, X_OK, error);
    return NULL;
  }
  DsSpool *self = g_new0(DsSpool, 1);
  g_atomic_ref_count_init(&self->refs);
  self->path = g_strdup(path);
  return self;
}

DsSpool *
ds_spool_ref(DsSpool *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_spool_unref(DsSpool *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_free(self->path);
  g_free(self);
}

static char *
name_of(guint64 seq, const DsDigest *id)
{
  char hex[DS_DIGEST_HEX_SIZE];

  return g_strdup_printf("%010" G_GUINT64_FORMAT "-%s", seq, ds_digest_to_hex(id, hex));
}

static gboolean
parse_name(const char *name, DsSpoolEntry *entry)
{
  if (strlen(name) != NAME_SIZE - 1 || name[SEQ_DIGITS] != '-')
    return FALSE;
  for (guint i = 0; i < SEQ_DIGITS; i++)
    if (!g_ascii_isdigit(name[i]))
      return FALSE;
  entry->seq = g_ascii_strtoull(name, NULL, 10);
  return entry->seq > 0 && ds_digest_parse(&entry->id, name + SEQ_DIGITS + 1);
}

static gboolean
check_size(const char *what, GBytes *bytes, gsize max, GError **error)
{
  if (g_bytes_get_size(bytes) <= max)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
              "the %s has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are allowed", what,
              g_bytes_get_size(bytes), max);
  return FALSE;
}

static gboolean
check_input(guint64 seq, GBytes *manifest, GBytes *record, GError **error)
{
  if (seq == 0 || seq > DS_SPOOL_SEQ_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "bundle number %" G_GUINT64_FORMAT " is outside 1 to %" G_GUINT64_FORMAT, seq,
                DS_SPOOL_SEQ_MAX);
    return FALSE;
  }
  return check_size("manifest", manifest, DS_SPOOL_MANIFEST_MAX, error) &&
         check_size("record", record, DS_SPOOL_RECORD_MAX, error);
}

static gboolean
write_file(const char *dir, const char *name, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  return ds_files_create_shared(dir, name, data, size, error);
}

static gboolean
is_there_already(DsSpool *self, const char *name, GBytes *manifest, GBytes *record)
{
  g_autofree char *manifest_path = g_build_filename(self->path, name, "manifest", NULL);
  g_autofree char *record_path = g_build_filename(self->path, name, "record", NULL);

  return ds_store_file_equals(manifest_path, manifest) && ds_store_file_equals(record_path, record);
}

gboolean
ds_spool_add(DsSpool *self, guint64 seq, const DsDigest *id, GBytes *manifest, GBytes *record,
             GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autofree char *name = name_of(seq, id);

  if (!check_input(seq, manifest, record, error))
    return FALSE;
  if (is_there_already(self, name, manifest, record))
    return ds_files_sync_dir(self->path, error);
  g_autofree char *temporary = ds_store_make_temporary(self->path, error);
  if (temporary == NULL)
    return FALSE;
  if (write_file(temporary, "manifest", manifest, &local) &&
      write_file(temporary, "record", record, &local) &&
      ds_store_publish(temporary, self->path, name, &local))
    return TRUE;
  if (!ds_files_remove_tree(temporary, NULL))
    g_debug("%s stays until the next sweep", temporary);
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
  const DsSpoolEntry *first = a, *second = b;

  if (first->seq != second->seq)
    return first->seq < second->seq ? -1 : 1;
  return ds_digest_compare(&first->id, &second->id);
}

GArray *
ds_spool_list(DsSpool *self, GError **error)
{
  g_autoptr(GPtrArray) names = ds_files_list(self->path, error);

  if (names == NULL) {
    ds_denied_explain(self->path, R_OK | X_OK, error);
    return NULL;
  }
  GArray *entries = g_array_new(FALSE, FALSE, sizeof(DsSpoolEntry));
  for (guint i = 0; i < names->len; i++) {
    DsSpoolEntry entry;
    if (parse_name(names->pdata[i], &entry))
      g_array_append_val(entries, entry);
  }
  g_array_sort(entries, compare_entries);
  return entries;
}

gboolean
ds_spool_has(DsSpool *self, const DsSpoolEntry *entry)
{
  g_autofree char *name = name_of(entry->seq, &entry->id);
  g_autofree char *path = g_build_filename(self->path, name, NULL);

  return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static GBytes *
read_file(DsSpool *self, const DsSpoolEntry *entry, const char *file, gsize max, GError **error)
{
  g_autofree char *name = name_of(entry->seq, &entry->id);
  g_autofree char *path = g_build_filename(self->path, name, file, NULL);
  GBytes *bytes = ds_files_read(path, max, error);

  if (bytes == NULL)
    ds_denied_explain(path, R_OK, error);
  return bytes;
}

static void
forget_file(DsSpool *self, const char *name, const char *file)
{
  g_autofree char *path = g_build_filename(self->path, name, file, NULL);
  g_auto(DsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd >= 0)
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

void
ds_spool_forget(DsSpool *self, const DsSpoolEntry *entry)
{
  g_autofree char *name = name_of(entry->seq, &entry->id);

  forget_file(self, name, "manifest");
  forget_file(self, name, "record");
}

GBytes *
ds_spool_read_manifest(DsSpool *self, const DsSpoolEntry *entry, GError **error)
{
  return read_file(self, entry, "manifest", DS_SPOOL_MANIFEST_MAX, error);
}

GBytes *
ds_spool_read_record(DsSpool *self, const DsSpoolEntry *entry, GError **error)
{
  return read_file(self, entry, "record", DS_SPOOL_RECORD_MAX, error);
}

gboolean
ds_spool_sync(DsSpool *self, GError **error)
{
  return ds_files_sync_dir(self->path, error);
}

gboolean
ds_spool_remove(DsSpool *self, const DsSpoolEntry *entry, GError **error)
{
  g_autofree char *name = name_of(entry->seq, &entry->id);

  return ds_store_discard(self->path, name, error);
}

gboolean
ds_spool_sweep(DsSpool *self, GError **error)
{
  return ds_store_sweep_dir(self->path, error);
}
