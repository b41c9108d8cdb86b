/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/verify.h"

#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "bundle/limits.h"
#include "bundle/manifest.h"
#include "store/store.h"

#define FILE_MAX (8 * 1024 * 1024)

static DsDirectory *
read_directory(const char *path, const char *root, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, FILE_MAX, error);
  g_autoptr(DsDirectory) directory =
      bytes != NULL ? ds_directory_verify(bytes, NULL, 0, 0, error) : NULL;

  if (directory == NULL)
    return NULL;
  g_autofree char *own = ds_enrol_root_fingerprint(directory->root);
  if (root != NULL && !ds_enrol_fingerprint_equal(own, root)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, _("%s is of another station: %s"), path, own);
    return NULL;
  }
  return g_steal_pointer(&directory);
}

static GBytes *
read_beside(const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);

  return ds_files_read(path, FILE_MAX, error);
}

static gboolean
check_chunk(const char *folder, DsStore *store, const DsChunkRef *ref, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(&ref->sha256, hex);
  g_autoptr(GBytes) bytes =
      store != NULL ? ds_store_read(store, &ref->sha256, error) : read_beside(folder, hex, error);
  if (bytes == NULL)
    return FALSE;
  DsDigest found = ds_digest_of_bytes(bytes);
  if (ds_digest_equal(&found, &ref->sha256) && g_bytes_get_size(bytes) == ref->size)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("chunk %s is not what the manifest names"), hex);
  return FALSE;
}

static void
print_result(DsFace *face, const DsManifest *manifest)
{
  char hex[DS_DIGEST_HEX_SIZE];
  const DsVerified *by = manifest->verified;

  ds_digest_to_hex(&manifest->id, hex);
  if (!face->json) {
    g_print(_("%s\n  %s %llu of unit %s, signed by %s and %s %s, %u chunks: good\n"), hex,
            ds_bundle_kind_word(manifest->kind), (unsigned long long)manifest->seq, manifest->unit,
            by->unit_name != NULL ? by->unit_name : _("the station"),
            by->officer_number != NULL ? by->officer_number : "-",
            by->officer_name != NULL ? by->officer_name : "", manifest->chunks->len);
    return;
  }
  JsonBuilder *builder = json_builder_new();
  json_builder_begin_object(builder);
  ds_face_member(builder, "bundle", hex);
  ds_face_member(builder, "kind", ds_bundle_kind_word(manifest->kind));
  ds_face_member(builder, "unit", manifest->unit);
  json_builder_set_member_name(builder, "seq");
  json_builder_add_int_value(builder, (gint64)manifest->seq);
  ds_face_member(builder, "unit-name", by->unit_name);
  ds_face_member(builder, "officer", by->officer_number);
  ds_face_member(builder, "officer-name", by->officer_name);
  json_builder_set_member_name(builder, "chunks");
  json_builder_add_int_value(builder, manifest->chunks->len);
  json_builder_set_member_name(builder, "good");
  json_builder_add_boolean_value(builder, TRUE);
  json_builder_end_object(builder);
  ds_face_print(builder);
}

gboolean
ds_bundle_verify(DsFace *face, const char *folder, const char *directory, const char *root,
                 const char *store_path, GError **error)
{
  g_autoptr(DsDirectory) trusted = read_directory(directory, root, error);
  g_autoptr(GBytes) bytes = trusted != NULL ? read_beside(folder, "manifest", error) : NULL;
  g_autoptr(DsManifest) manifest = bytes != NULL ? ds_manifest_verify(bytes, trusted, error) : NULL;
  g_autoptr(GBytes) record = manifest != NULL ? read_beside(folder, "record", error) : NULL;
  g_autoptr(DsStore) store = NULL;

  if (record == NULL)
    return FALSE;
  DsDigest found = ds_digest_of_bytes(record);
  if (!ds_digest_equal(&found, &manifest->record)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("the record is not the one the manifest names"));
    return FALSE;
  }
  if (store_path != NULL && !g_file_test(store_path, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, _("there is no store %s"), store_path);
    return FALSE;
  }
  if (store_path != NULL && (store = ds_store_open(store_path, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < manifest->chunks->len; i++)
    if (!check_chunk(folder, store, &g_array_index(manifest->chunks, DsChunkRef, i), error))
      return FALSE;
  print_result(face, manifest);
  if (root == NULL && !face->json)
    g_print("  %s\n",
            _("the directory was believed as it is: --fingerprint says whose it must be"));
  return TRUE;
}
