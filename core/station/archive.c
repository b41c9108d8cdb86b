/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/archive.h"

#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "station/station-private.h"

/* Corrections of corrections: far more than a case ever sees. */
#define CHAIN_MAX 64u

GBytes *
ds_archive_fetch(const DsDigest *sha256, gpointer station, GError **error)
{
  DsStation *self = station;
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < self->archives->len; i++) {
    const DsArchive *archive = self->archives->pdata[i];
    GBytes *bytes = ds_store_read(archive->chunks, sha256, NULL);
    if (bytes != NULL)
      return bytes;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
              "no archive has chunk %s whole: restore one of them from a backup",
              ds_digest_to_hex(sha256, hex));
  return NULL;
}

/* The record's and manifest's bytes of one place, opened. */
static DsRecord *
open_at(DsStation *self, const DsArchive *archive, const char *unit, const DsSpoolEntry *entry,
        GError **error)
{
  g_autoptr(DsSpool) spool = ds_archive_spool(archive, unit, error);
  g_autoptr(GBytes) manifest_bytes =
      spool != NULL ? ds_spool_read_manifest(spool, entry, error) : NULL;
  g_autoptr(GBytes) record_bytes =
      manifest_bytes != NULL ? ds_spool_read_record(spool, entry, error) : NULL;

  if (record_bytes == NULL)
    return NULL;
  /* its signatures were checked on arrival; a revocation since then changes nothing about it */
  g_autoptr(DsManifest) manifest = ds_manifest_parse(manifest_bytes, error);
  if (manifest == NULL)
    return NULL;
  DsDigest digest = ds_digest_of_bytes(record_bytes);
  if (!ds_digest_equal(&manifest->id, &entry->id) || !ds_digest_equal(&digest, &manifest->record)) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "%s: bundle %" G_GUINT64_FORMAT " of %s changed",
                archive->name, entry->seq, unit);
    return NULL;
  }
  return ds_record_decrypt(record_bytes, self->keys->records, error);
}

DsRecord *
ds_archive_record(DsStation *self, const char *unit, guint64 seq, const DsDigest *id,
                  GError **error)
{
  DsSpoolEntry entry = {seq, *id};
  g_autoptr(GError) last = NULL;

  if (!ds_station_require_unlocked(self, "opening a record", error))
    return NULL;
  for (guint i = 0; i < self->archives->len; i++) {
    g_clear_error(&last);
    DsRecord *record = open_at(self, self->archives->pdata[i], unit, &entry, &last);
    if (record != NULL)
      return record;
  }
  /* whatever is wrong in the archives is never the fault of the bundle that asks */
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
              "no archive has bundle %" G_GUINT64_FORMAT " of %s whole: %s", seq, unit,
              last->message);
  return NULL;
}

static gboolean
same_part(const DsRecordPart *a, const DsRecordPart *b)
{
  if (!ds_digest_equal(&a->sha256, &b->sha256) || a->length != b->length ||
      a->chunks->len != b->chunks->len)
    return FALSE;
  for (guint i = 0; i < a->chunks->len; i++)
    if (!ds_digest_equal(&g_array_index(a->chunks, DsChunkRef, i).sha256,
                         &g_array_index(b->chunks, DsChunkRef, i).sha256))
      return FALSE;
  return TRUE;
}

/* One step back: the record that @part says it comes from, and the part there. */
static const DsRecordPart *
older_part(DsStation *self, const char *unit, const DsRecordPart *part, DsRecord **record,
           DsDigest *missing, GError **error)
{
  g_autoptr(DsLedgerBundle) bundle = NULL;

  if (!ds_ledger_find(self, unit, &part->from_bundle, &bundle, error))
    return NULL;
  if (bundle == NULL || (bundle->stage != DS_STAGE_ARCHIVED && bundle->stage != DS_STAGE_DONE)) {
    *missing = part->from_bundle;
    return NULL;
  }
  *record = ds_archive_record(self, unit, bundle->seq, &bundle->id, error);
  if (*record == NULL)
    return NULL;
  const DsRecordPart *older = ds_record_find_part(*record, part->from_part);
  if (older == NULL || !same_part(part, older)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "part %s is said to be part %s of an older bundle, which is another one", part->id,
                part->from_part);
    return NULL;
  }
  return older;
}

DsSecret *
ds_archive_part_key(DsStation *self, const char *unit, const DsRecordPart *part, DsDigest *missing,
                    GError **error)
{
  g_autoptr(DsRecord) holder = NULL;
  const DsRecordPart *at = part;

  for (guint i = 0; i < CHAIN_MAX; i++) {
    DsRecord *record = NULL;
    if (at->key != NULL)
      return ds_secret_ref(at->key);
    at = older_part(self, unit, at, &record, missing, error);
    g_clear_pointer(&holder, ds_record_free);
    holder = record;
    if (at == NULL)
      return NULL;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "part %s is reused from more than %u bundles",
              part->id, CHAIN_MAX);
  return NULL;
}
