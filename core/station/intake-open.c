/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "bundle/open.h"
#include "station/archive.h"
#include "station/intake-private.h"

typedef struct {
  DsStation *station;
  DsRepoBundle *source;
  const DsManifest *manifest;
} Fetch;

/* From the bundle itself, or what it reuses from the archive. */
static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer data, GError **error)
{
  Fetch *fetch = data;
  char hex[DS_DIGEST_HEX_SIZE];

  if (ds_manifest_has_chunk(fetch->manifest, sha256))
    return ds_repo_bundle_read(fetch->source, ds_digest_to_hex(sha256, hex), error);
  return ds_archive_fetch(sha256, fetch->station, error);
}

static gboolean
open_part(Fetch *fetch, const DsRecordPart *part, DsDigest *missing, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(DsSecret) key =
      ds_archive_part_key(fetch->station, fetch->manifest->unit, part, missing, &reason);

  if (key == NULL && reason == NULL)
    return FALSE;
  if (key != NULL && ds_open_part(part, key, fetch_chunk, fetch, NULL, NULL, &reason))
    return TRUE;
  g_propagate_prefixed_error(error, g_steal_pointer(&reason), "part %s: ", part->id);
  return FALSE;
}

DsRecord *
ds_intake_open(DsStation *self, DsRepoBundle *source, const DsManifest *manifest, DsDigest *missing,
               GError **error)
{
  g_autoptr(GBytes) bytes = ds_repo_bundle_read(source, "record", error);
  g_autoptr(DsRecord) record =
      bytes != NULL ? ds_open_record(manifest, bytes, self->keys->records, error) : NULL;
  Fetch fetch = {self, source, manifest};

  if (record == NULL)
    return NULL;
  for (guint i = 0; i < record->parts->len; i++)
    if (!open_part(&fetch, record->parts->pdata[i], missing, error))
      return NULL;
  return g_steal_pointer(&record);
}

static gboolean
copy_to(DsStation *self, const DsArchive *archive, DsRepoBundle *source, const DsManifest *manifest,
        GBytes *manifest_bytes, GBytes *record, GError **error)
{
  g_autoptr(DsStoreBatch) batch = ds_store_batch_new(archive->chunks);
  g_autoptr(DsSpool) spool = ds_archive_spool(archive, manifest->unit, error);
  char hex[DS_DIGEST_HEX_SIZE];

  if (spool == NULL)
    return FALSE;
  for (guint i = 0; i < manifest->chunks->len; i++) {
    const DsChunkRef *chunk = &g_array_index(manifest->chunks, DsChunkRef, i);
    g_autoptr(GBytes) data =
        ds_repo_bundle_read(source, ds_digest_to_hex(&chunk->sha256, hex), error);
    if (data == NULL || !ds_store_batch_put(batch, &chunk->sha256, data, error))
      return FALSE;
  }
  /* manifest and record come last: they say that the chunks are there */
  return ds_store_batch_commit(batch, error) &&
         ds_spool_add(spool, manifest->seq, &manifest->id, manifest_bytes, record, error);
}

static gboolean
read_back(const DsArchive *archive, const DsManifest *manifest, GBytes *manifest_bytes,
          GBytes *record, GError **error)
{
  DsSpoolEntry entry = {manifest->seq, manifest->id};
  g_autoptr(DsSpool) spool = ds_archive_spool(archive, manifest->unit, error);
  if (spool != NULL)
    ds_spool_forget(spool, &entry);
  g_autoptr(GBytes) manifest_back =
      spool != NULL ? ds_spool_read_manifest(spool, &entry, error) : NULL;
  g_autoptr(GBytes) record_back =
      manifest_back != NULL ? ds_spool_read_record(spool, &entry, error) : NULL;

  if (record_back == NULL)
    return FALSE;
  if (!g_bytes_equal(manifest_back, manifest_bytes) || !g_bytes_equal(record_back, record)) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "%s does not give back what was written: check the disk", archive->path);
    return FALSE;
  }
  for (guint i = 0; i < manifest->chunks->len; i++) {
    const DsChunkRef *chunk = &g_array_index(manifest->chunks, DsChunkRef, i);
    ds_store_forget(archive->chunks, &chunk->sha256);
    g_autoptr(GBytes) data = ds_store_read(archive->chunks, &chunk->sha256, error);
    if (data == NULL)
      return FALSE;
  }
  return TRUE;
}

/* One archive's share, in a thread of its own: nearly all of it is waiting for that disk. */
typedef struct {
  DsStation *station;
  const DsArchive *archive;
  DsRepoBundle *source;
  const DsManifest *manifest;
  GBytes *manifest_bytes, *record;
  GThread *thread;
  gboolean good;
  GError *error;
} Copy;

static gpointer
run_copy(gpointer data)
{
  Copy *copy = data;

  copy->good =
      copy_to(copy->station, copy->archive, copy->source, copy->manifest, copy->manifest_bytes,
              copy->record, &copy->error) &&
      read_back(copy->archive, copy->manifest, copy->manifest_bytes, copy->record, &copy->error);
  return NULL;
}

/* Waits for all; the first error is the one to tell. */
static gboolean
join_copies(DsStation *self, Copy *copies, GError **error)
{
  gboolean good = TRUE;

  for (guint i = 0; i < self->archives->len; i++) {
    g_thread_join(copies[i].thread);
    if (!copies[i].good && good)
      g_propagate_prefixed_error(error, g_steal_pointer(&copies[i].error),
                                 "%s: ", copies[i].archive->name);
    good = good && copies[i].good;
    g_clear_error(&copies[i].error);
  }
  return good;
}

gboolean
ds_intake_archive(DsStation *self, DsRepoBundle *source, const DsManifest *manifest, GError **error)
{
  g_autofree Copy *copies = g_new0(Copy, self->archives->len);
  g_autoptr(GBytes) manifest_bytes = ds_repo_bundle_read(source, "manifest", error);
  g_autoptr(GBytes) record =
      manifest_bytes != NULL ? ds_repo_bundle_read(source, "record", error) : NULL;

  if (record == NULL)
    return FALSE;
  if (self->archives->len < self->directory->copies) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "the directory promises %u copies, station.json names %u archives: add one, or "
                "issue a new directory",
                self->directory->copies, self->archives->len);
    return FALSE;
  }
  for (guint i = 0; i < self->archives->len; i++) {
    copies[i] = (Copy){.station = self,
                       .archive = self->archives->pdata[i],
                       .source = source,
                       .manifest = manifest,
                       .manifest_bytes = manifest_bytes,
                       .record = record};
    copies[i].thread = g_thread_new("archive", run_copy, &copies[i]);
    ds_station_check(self, copies[i].archive->name);
  }
  if (!join_copies(self, copies, error))
    return FALSE;
  ds_station_check(self, "archived");
  return TRUE;
}
