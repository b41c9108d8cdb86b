/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/mark.h"

#include "base/files.h"

static char *
mark_folder(const char *home, DsCourierMark mark)
{
  return g_build_filename(home, "depot", mark == DS_COURIER_URGENT ? "urgent" : "resend", NULL);
}

static char *
mark_path(const char *home, DsCourierMark mark, const DsDigest *id)
{
  g_autofree char *folder = mark_folder(home, mark);
  char hex[DS_DIGEST_HEX_SIZE];

  return g_build_filename(folder, ds_digest_to_hex(id, hex), NULL);
}

gboolean
ds_courier_mark_set(const char *home, DsCourierMark mark, const DsDigest *id, GError **error)
{
  g_autofree char *folder = mark_folder(home, mark);
  char hex[DS_DIGEST_HEX_SIZE];

  return ds_files_make_dir(folder, error) &&
         ds_files_replace(folder, ds_digest_to_hex(id, hex), "", 0, error);
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
