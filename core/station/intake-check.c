/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "station/intake-private.h"
#include "station/limits.h"

/* What is kept of broken bundles, so that nobody fills the disk with them: bytes of one, and how
 * many of a unit. The ledger names them all. */
#define BUNDLE_MAX (G_GUINT64_CONSTANT(32) << 20)
#define BUNDLES_MAX 256u

gboolean
ds_intake_is_broken(const GError *error)
{
  return error->domain == DS_ERROR &&
         (error->code == DS_ERROR_INVALID || error->code == DS_ERROR_REFUSED ||
          error->code == DS_ERROR_UNSUPPORTED || error->code == DS_ERROR_TOO_LARGE);
}

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
refuse(GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, text);
  return FALSE;
}

static gboolean
check_place(DsStation *self, const char *unit, const DsManifest *manifest, const DsDigest *id,
            GError **error)
{
  gboolean taken = FALSE;
  DsDigest by;
  char hex[DS_DIGEST_HEX_SIZE];

  if (!ds_digest_equal(&manifest->id, id))
    return refuse(error, "the manifest is that of bundle %s", ds_digest_to_hex(&manifest->id, hex));
  if (strcmp(manifest->unit, unit) != 0)
    return refuse(error, "it is signed by unit %s but came through the repository of %s",
                  manifest->unit, unit);
  if (manifest->kind != DS_BUNDLE_CASE && manifest->kind != DS_BUNDLE_TRIP)
    return refuse(error, "it is neither a case nor a trip that changed hands");
  if (!ds_ledger_seq_taken(self, unit, manifest->seq, id, &taken, &by, error))
    return FALSE;
  if (taken)
    return refuse(error,
                  "its sequence number %" G_GUINT64_FORMAT " was used by bundle %.16s: the unit "
                  "was copied or went back in time",
                  manifest->seq, ds_digest_to_hex(&by, hex));
  return TRUE;
}

/* Said by the signed manifest, so before anything is read. */
static gboolean
check_size(DsStation *self, const DsManifest *manifest, guint64 manifest_size, GError **error)
{
  DsUnitLimits limits = ds_limits_of(self->settings, manifest->unit);
  guint64 size = manifest_size + manifest->record_size;

  for (guint i = 0; i < manifest->chunks->len; i++)
    size += g_array_index(manifest->chunks, DsChunkRef, i).size;
  if (size <= limits.bundle_max)
    return TRUE;
  g_autofree char *has = ds_limits_size_text(size);
  g_autofree char *may = ds_limits_size_text(limits.bundle_max);
  g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
              "it has %s, a bundle of unit %s may have %s: take less in, or have the station raise "
              "the limit and send it again",
              has, manifest->unit, may);
  return FALSE;
}

static gboolean
check_record(DsRepoBundle *source, const DsManifest *manifest, guint64 *bytes, GError **error)
{
  g_autoptr(GBytes) record = ds_repo_bundle_read(source, "record", error);
  if (record == NULL)
    return FALSE;
  DsDigest digest = ds_digest_of_bytes(record);
  if (g_bytes_get_size(record) != manifest->record_size ||
      !ds_digest_equal(&digest, &manifest->record))
    return refuse(error, "the record is not the one the manifest names");
  *bytes += g_bytes_get_size(record);
  return TRUE;
}

static gboolean
check_chunks(DsRepoBundle *source, const DsManifest *manifest, guint64 *bytes, GError **error)
{
  const GArray *entries = ds_repo_bundle_entries(source);
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < manifest->chunks->len; i++) {
    const DsChunkRef *chunk = &g_array_index(manifest->chunks, DsChunkRef, i);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GBytes) data =
        ds_repo_bundle_read(source, ds_digest_to_hex(&chunk->sha256, hex), &reason);
    if (data == NULL && g_error_matches(reason, DS_ERROR, DS_ERROR_NOT_FOUND))
      return refuse(error, "chunk %s is missing", hex);
    if (data == NULL) {
      g_propagate_error(error, g_steal_pointer(&reason));
      return FALSE;
    }
    DsDigest digest = ds_digest_of_bytes(data);
    if (g_bytes_get_size(data) != chunk->size || !ds_digest_equal(&digest, &chunk->sha256))
      return refuse(error, "chunk %s was changed on the way", hex);
    *bytes += chunk->size;
  }
  if (entries->len != manifest->chunks->len + 2)
    return refuse(error, "it carries %u files, the manifest names %u", entries->len,
                  manifest->chunks->len + 2);
  return TRUE;
}

DsManifest *
ds_intake_check(DsStation *self, DsRepo *repo, const char *unit, const DsDigest *id, guint64 *bytes,
                GError **error)
{
  g_autoptr(DsRepoBundle) source = ds_repo_bundle_open(repo, id, error);
  g_autoptr(GBytes) data = source != NULL ? ds_repo_bundle_read(source, "manifest", error) : NULL;

  if (data == NULL)
    return NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_verify(data, self->directory, error);
  if (manifest == NULL)
    return NULL;
  *bytes = g_bytes_get_size(data);
  if (!check_place(self, unit, manifest, id, error) || !check_size(self, manifest, *bytes, error) ||
      !check_record(source, manifest, bytes, error) ||
      !check_chunks(source, manifest, bytes, error))
    return NULL;
  return g_steal_pointer(&manifest);
}

/* As much as can be read, manifest and record first; a tree of the wrong shape gives nothing. What
 * is small in a pack may unpack to a thousand times as much, so this ends at BUNDLE_MAX. */
static gboolean
copy_entries(DsRepo *repo, const DsDigest *id, const char *dir, GError **error)
{
  g_autoptr(DsRepoBundle) source = ds_repo_bundle_open(repo, id, NULL);

  if (source == NULL)
    return TRUE;
  const GArray *entries = ds_repo_bundle_entries(source);
  guint64 bytes = 0;
  /* sorted by name, the two that are no digests stand last */
  for (guint i = entries->len; i-- > 0;) {
    const DsRepoEntry *entry = &g_array_index(entries, DsRepoEntry, i);
    bytes += entry->size;
    if (bytes > BUNDLE_MAX)
      return TRUE;
    g_autoptr(GBytes) data = ds_repo_bundle_read(source, entry->name, NULL);
    if (data != NULL &&
        !ds_files_create_unsynced_name(dir, entry->name, g_bytes_get_data(data, NULL),
                                       g_bytes_get_size(data), error))
      return FALSE;
  }
  return TRUE;
}

/* Whether the unit has so many broken bundles here that one more tells nothing new. */
static gboolean
is_full(const char *folder)
{
  g_autoptr(GPtrArray) names = ds_files_list(folder, NULL);

  return names != NULL && names->len >= BUNDLES_MAX;
}

gboolean
ds_intake_set_aside(DsStation *self, DsRepo *repo, const char *unit, const DsDigest *id,
                    const char *reason, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *folder = g_build_filename(self->home, "quarantine", unit, NULL);
  g_autofree char *dir = g_build_filename(folder, ds_digest_to_hex(id, hex), NULL);
  g_autofree char *text = g_strconcat(reason, "\n", NULL);

  if (!g_file_test(dir, G_FILE_TEST_EXISTS) && is_full(folder))
    return TRUE;
  /* what an earlier, interrupted or different attempt left would only confuse */
  return ds_files_remove_tree(dir, error) && ds_files_make_dir(dir, error) &&
         copy_entries(repo, id, dir, error) &&
         ds_files_replace(dir, "reason", text, strlen(text), error);
}
