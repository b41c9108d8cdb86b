/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/open.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/limits.h"

#define SEALED_SECRET_MAX (16u * 1024)

static gboolean
refuse(GError **error, const char *why)
{
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "record: %s", why);
  return FALSE;
}

static gboolean
check_digest(const DsManifest *manifest, GBytes *record, GError **error)
{
  const DsDigest found = ds_digest_of_bytes(record);

  if (g_bytes_get_size(record) != manifest->record_size) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "record: %zu bytes, but the manifest says %" G_GUINT64_FORMAT,
                g_bytes_get_size(record), manifest->record_size);
    return FALSE;
  }
  return ds_digest_equal(&found, &manifest->record)
             ? TRUE
             : refuse(error, "its SHA-256 is not the one the manifest was signed over");
}

/* Nobody may take a record out of one bundle and sign it into another. */
static gboolean
check_repeats(const DsManifest *manifest, const DsRecord *record, GError **error)
{
  if (strcmp(manifest->unit, record->unit) != 0)
    return refuse(error, "names another unit than the manifest");
  if (manifest->seq != record->seq)
    return refuse(error, "has another number (seq) than the manifest");
  if (manifest->has_prev != record->has_prev ||
      (manifest->has_prev && !ds_digest_equal(&manifest->prev, &record->prev)))
    return refuse(error, "names another previous bundle than the manifest");
  if (manifest->kind != record->kind)
    return refuse(error, "is of another kind than the manifest");
  return TRUE;
}

static gint
compare_refs(gconstpointer a, gconstpointer b)
{
  return ds_digest_compare(&((const DsChunkRef *)a)->sha256, &((const DsChunkRef *)b)->sha256);
}

/* Every chunk of the manifest belongs to one part and the other way round. */
static gboolean
check_chunks(const DsManifest *manifest, const DsRecord *record, GError **error)
{
  g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));

  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = record->parts->pdata[i];

    if (part->from_part == NULL)
      g_array_append_vals(own, part->chunks->data, part->chunks->len);
    else if (!manifest->has_replaces)
      return refuse(error, "reuses a part, but the bundle replaces none");
  }
  g_array_sort(own, compare_refs);
  if (own->len != manifest->chunks->len)
    return refuse(error, "its parts have other chunks than the manifest");
  for (guint i = 0; i < own->len; i++) {
    const DsChunkRef *a = &g_array_index(own, DsChunkRef, i);
    const DsChunkRef *b = &g_array_index(manifest->chunks, DsChunkRef, i);

    if (!ds_digest_equal(&a->sha256, &b->sha256) || a->size != b->size)
      return refuse(error, "its parts have other chunks than the manifest");
  }
  return TRUE;
}

DsRecord *
ds_open_record(const DsManifest *manifest, GBytes *record, DsKey *key, GError **error)
{
  g_autoptr(DsRecord) self = NULL;

  if (manifest->verified == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "record: opened by a manifest whose signatures were not checked");
    return NULL;
  }
  if (!check_digest(manifest, record, error))
    return NULL;
  self = ds_record_decrypt(record, key, error);
  if (self == NULL || !check_repeats(manifest, self, error) || !check_chunks(manifest, self, error))
    return NULL;
  return g_steal_pointer(&self);
}

/* Fetches one chunk and checks that it is the one that was named. */
static GBytes *
fetch_chunk(const DsChunkRef *ref, guint index, DsChunkFetch fetch, gpointer data, GError **error)
{
  g_autoptr(GBytes) chunk = fetch(&ref->sha256, data, error);
  DsDigest found;

  if (chunk == NULL)
    return NULL;
  found = ds_digest_of_bytes(chunk);
  if (g_bytes_get_size(chunk) == ref->size && ds_digest_equal(&found, &ref->sha256))
    return g_steal_pointer(&chunk);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "chunk %u: is not the one that was signed",
              index + 1);
  return NULL;
}

static gboolean
open_chunks(const DsRecordPart *part, DsChunkReader *reader, DsChunkFetch fetch,
            gpointer fetch_data, DsPlainSink sink, gpointer sink_data, GError **error)
{
  for (guint i = 0; i < part->chunks->len; i++) {
    const DsChunkRef *ref = &g_array_index(part->chunks, DsChunkRef, i);
    g_autoptr(GBytes) chunk = fetch_chunk(ref, i, fetch, fetch_data, error);
    g_autoptr(DsSecret) plain = NULL;

    if (chunk == NULL)
      return FALSE;
    plain = ds_chunk_reader_open(reader, i, chunk, error);
    if (plain == NULL)
      return FALSE;
    if (sink != NULL && !sink(ds_secret_data(plain), ds_secret_size(plain), sink_data, error))
      return FALSE;
  }
  return ds_chunk_reader_finish(reader, &part->sha256, part->length, error);
}

gboolean
ds_open_part(const DsRecordPart *part, DsSecret *key, DsChunkFetch fetch, gpointer fetch_data,
             DsPlainSink sink, gpointer sink_data, GError **error)
{
  DsSecret *used = key != NULL ? key : part->key;
  g_autoptr(DsChunkReader) reader = NULL;

  if (used == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "part \"%s\": its key is in an earlier bundle's record", part->id);
    return FALSE;
  }
  reader = ds_chunk_reader_new(used, part->chunks->len, error);
  if (reader != NULL && open_chunks(part, reader, fetch, fetch_data, sink, sink_data, error))
    return TRUE;
  g_prefix_error(error, "part \"%s\": ", part->id);
  return FALSE;
}

typedef struct {
  DsSecret *plain;
  gsize filled;
} Whole;

static gboolean
fill(const void *plain, gsize size, gpointer data, GError **error)
{
  Whole *whole = data;

  if (size > ds_secret_size(whole->plain) - whole->filled) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED, "holds more than the record says");
    return FALSE;
  }
  if (size > 0)
    memcpy(ds_secret_data(whole->plain) + whole->filled, plain, size);
  whole->filled += size;
  return TRUE;
}

static void
unref_secret(gpointer secret)
{
  ds_secret_unref(secret);
}

GBytes *
ds_open_part_bytes(const DsRecordPart *part, DsSecret *key, DsChunkFetch fetch, gpointer fetch_data,
                   GError **error)
{
  g_autoptr(DsSecret) plain = NULL;
  Whole whole = {0};

  if (part->length > DS_PART_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "part \"%s\": larger than 64 MiB", part->id);
    return NULL;
  }
  plain = ds_secret_new(part->length);
  whole.plain = plain;
  if (!ds_open_part(part, key, fetch, fetch_data, fill, &whole, error))
    return NULL;
  return g_bytes_new_with_free_func(ds_secret_data(plain), ds_secret_size(plain), unref_secret,
                                    ds_secret_ref(plain));
}

DsSecret *
ds_open_secret(GBytes *bytes, DsKey *key, const char *context, GError **error)
{
  g_autofree char *type = g_strdup_printf("secret-%s", context);

  return ds_cose_open_encrypt(bytes, "secret", SEALED_SECRET_MAX, type, key, error);
}
