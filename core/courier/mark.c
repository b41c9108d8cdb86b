/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/mark.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"

static char *
mark_folder(const char *home, DsCourierMark mark)
{
  return g_build_filename(home, "depot", mark == DS_COURIER_URGENT ? "urgent" : "resend", NULL);
}

static char *
hold_folder(const char *home)
{
  return g_build_filename(home, "depot", "hold", NULL);
}

static char *
mark_path(const char *home, DsCourierMark mark, const DsDigest *id)
{
  g_autofree char *folder = mark_folder(home, mark);
  char hex[DS_DIGEST_HEX_SIZE];

  return g_build_filename(folder, ds_digest_to_hex(id, hex), NULL);
}

/* Both accounts write here: the unit sets marks, the courier clears them. */
static gboolean
make_folder(const char *home, const char *folder, GError **error)
{
  g_autofree char *depot = g_build_filename(home, "depot", NULL);
  g_autoptr(GError) local = NULL;

  if (!ds_files_make_dir(depot, error))
    return FALSE;
  if (ds_files_make_shared_dir(folder, &local))
    return ds_files_sync_dir(depot, error);
  if (g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS))
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

gboolean
ds_courier_mark_set(const char *home, DsCourierMark mark, const DsDigest *id, GError **error)
{
  g_autofree char *folder = mark_folder(home, mark);
  char hex[DS_DIGEST_HEX_SIZE];

  return make_folder(home, folder, error) &&
         ds_files_replace_shared(folder, ds_digest_to_hex(id, hex), "", 0, error);
}

gboolean
ds_courier_mark_has(const char *home, DsCourierMark mark, const DsDigest *id)
{
  g_autofree char *path = mark_path(home, mark, id);

  return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean
ds_courier_mark_clear(const char *home, DsCourierMark mark, const DsDigest *id, GError **error)
{
  g_autofree char *path = mark_path(home, mark, id);

  return !g_file_test(path, G_FILE_TEST_EXISTS) || ds_files_remove(path, error);
}

gboolean
ds_courier_hold_set(const char *home, const DsDigest *id, const DsDigest *withdrawal,
                    GError **error)
{
  g_autofree char *folder = hold_folder(home);
  char hex[DS_DIGEST_HEX_SIZE], other[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(withdrawal, other);
  return make_folder(home, folder, error) &&
         ds_files_replace_shared(folder, ds_digest_to_hex(id, hex), other, strlen(other), error);
}

gboolean
ds_courier_hold_get(const char *home, const DsDigest *id, DsDigest *withdrawal)
{
  g_autofree char *folder = hold_folder(home);
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *path = g_build_filename(folder, ds_digest_to_hex(id, hex), NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, DS_DIGEST_HEX_SIZE, NULL);

  if (bytes == NULL)
    return FALSE;
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  return ds_digest_parse(withdrawal, text);
}

static void
list_in(const char *folder, GPtrArray *paths)
{
  g_autoptr(GPtrArray) names = ds_files_list(folder, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_ptr_array_add(paths, g_build_filename(folder, names->pdata[i], NULL));
}

GPtrArray *
ds_courier_marks_list(const char *home)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *urgent = mark_folder(home, DS_COURIER_URGENT);
  g_autofree char *resend = mark_folder(home, DS_COURIER_RESEND);
  g_autofree char *hold = hold_folder(home);

  list_in(urgent, paths);
  list_in(resend, paths);
  list_in(hold, paths);
  return paths;
}

void
ds_courier_marks_sweep(const GPtrArray *marks, GHashTable *spooled)
{
  for (guint i = 0; i < marks->len; i++) {
    g_autofree char *name = g_path_get_basename(marks->pdata[i]);
    DsDigest id;
    /* one that stays is harmless: it is about nothing */
    if (ds_digest_parse(&id, name) && !g_hash_table_contains(spooled, &id))
      g_unlink(marks->pdata[i]);
  }
}
