/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/test-stick.h"

#include <string.h>

static void
add_file(DsDriveItem *item, GPtrArray *bodies, const char *name, GBytes *bytes)
{
  const DsDigest sha256 = ds_digest_of_bytes(bytes);

  ds_drive_item_add(item, name, g_bytes_get_size(bytes), &sha256);
  g_ptr_array_add(bodies, g_bytes_ref(bytes));
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static DsDriveItem *
make_item(const TestOut *out, const TestBundle *bundle, gboolean first, GPtrArray *bodies)
{
  DsDriveItem *item = ds_drive_item_new_bundle(first && out->as != NULL ? out->as : &bundle->id);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GBytes) extra = g_bytes_new_static("extra", 5);
  const DsDigest sha256 = ds_digest_of_bytes(extra);
  gboolean drop = g_strcmp0(out->leave, "chunk") == 0;
  GHashTableIter iter;
  gpointer hex;

  g_hash_table_iter_init(&iter, bundle->chunks);
  while (g_hash_table_iter_next(&iter, &hex, NULL)) {
    if (!drop)
      g_ptr_array_add(names, g_strdup(hex));
    drop = FALSE;
  }
  if (g_strcmp0(out->leave, "extra") == 0)
    g_ptr_array_add(names, ds_digest_dup_hex(&sha256));
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    GBytes *chunk = g_hash_table_lookup(bundle->chunks, names->pdata[i]);
    add_file(item, bodies, names->pdata[i], chunk != NULL ? chunk : extra);
  }
  add_file(item, bodies, "manifest", bundle->manifest);
  add_file(item, bodies, "record", bundle->record);
  return item;
}

static gboolean
fill(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  const TestOut *out = user_data;

  for (guint i = 0; i < out->count; i++) {
    g_autoptr(GPtrArray) bodies = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(DsDriveItem) item = make_item(out, out->bundles[i], i == 0, bodies);
    if (!ds_drive_writer_item(writer, item, error))
      return FALSE;
    for (guint file = 0; file < bodies->len; file++)
      if (!ds_drive_writer_file(writer, bodies->pdata[file], error))
        return FALSE;
  }
  return TRUE;
}

void
test_stick_put(const char *folder, guint64 batch, const TestOut *out)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStick) stick = ds_stick_open(folder, &error);
  g_autoptr(DsDriveHead) head = ds_drive_head_new(
      DS_DRIVE_OUT, out->unit != NULL ? out->unit : "unit-7", out->station, batch);
  const DsStickWatch watch = {0};
  guint64 bytes;

  head->count = out->count;
  if (out->taken != NULL)
    g_array_append_vals(head->taken, out->taken->data, out->taken->len);
  g_assert_true(ds_stick_write(stick, head, fill, (gpointer)out, &watch, &bytes, &error));
  g_assert_no_error(error);
}

GPtrArray *
test_stick_homes(const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStick) stick = ds_stick_open(folder, &error);
  g_autoptr(GPtrArray) files = ds_stick_list(stick, &error);
  GPtrArray *readers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_drive_reader_free);

  for (guint i = 0; i < files->len; i++) {
    const DsStickFile *file = files->pdata[i];
    if (file->direction != DS_DRIVE_HOME)
      continue;
    DsDriveReader *reader = ds_stick_read(stick, file, &error);
    g_assert_no_error(error);
    g_assert_true(ds_drive_reader_check(reader, NULL, NULL, NULL, &error));
    g_ptr_array_add(readers, reader);
  }
  return readers;
}
