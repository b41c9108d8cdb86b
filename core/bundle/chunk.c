/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/chunk.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cipher.h"
#include "bundle/cose.h"

#define KEY_SIZE 32u

struct _DsChunkWriter {
  DsChunkSink sink;
  gpointer data;
  DsSecret *key;
  DsSecret *buffer; /* DS_CHUNK_PLAIN bytes */
  gsize filled;
  guint64 length;
  DsHasher *hasher;
  DsDigest sha256;
  GArray *chunks;
  gboolean failed;
  gboolean finished;
};

struct _DsChunkReader {
  DsSecret *key;
  guint count;
  guint next; /* the chunk whose plaintext is hashed next */
  DsHasher *hasher;
  guint64 length;
};

/* 4 zero bytes, then the index in 8 bytes, big-endian. The key is used for this part alone. */
static void
make_iv(guint index, guint8 iv[DS_GCM_IV_SIZE])
{
  const guint64 counter = GUINT64_TO_BE((guint64)index);

  memset(iv, 0, DS_GCM_IV_SIZE);
  memcpy(iv + DS_GCM_IV_SIZE - sizeof counter, &counter, sizeof counter);
}

/* ["doorstep/chunk/1", index, last] */
static GBytes *
make_aad(guint index, gboolean last)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_array(w, 3);
  ds_cbor_put_text(w, "doorstep/chunk/1");
  ds_cbor_put_uint(w, index);
  ds_cbor_put_bool(w, last);
  return ds_cbor_writer_finish(w, NULL);
}

DsChunkWriter *
ds_chunk_writer_new(DsChunkSink sink, gpointer data)
{
  DsChunkWriter *self = g_new0(DsChunkWriter, 1);

  self->sink = sink;
  self->data = data;
  self->key = ds_secret_random(KEY_SIZE);
  self->buffer = ds_secret_new(DS_CHUNK_PLAIN);
  self->hasher = ds_hasher_new();
  self->chunks = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  return self;
}

void
ds_chunk_writer_free(DsChunkWriter *self)
{
  if (self == NULL)
    return;
  ds_secret_unref(self->key);
  ds_secret_unref(self->buffer);
  ds_hasher_free(self->hasher);
  g_array_unref(self->chunks);
  g_free(self);
}

/* Encrypts what the buffer holds and hands it on. */
static gboolean
put_chunk(DsChunkWriter *self, gboolean last, GError **error)
{
  const guint index = self->chunks->len;
  g_autoptr(GBytes) aad = make_aad(index, last);
  g_autoptr(GBytes) chunk = NULL;
  DsChunkRef ref;
  guint8 iv[DS_GCM_IV_SIZE];

  make_iv(index, iv);
  chunk = ds_cose_encrypt0(self->key, iv, aad, ds_secret_data(self->buffer), self->filled, error);
  if (chunk == NULL)
    return FALSE;
  ref = (DsChunkRef){.sha256 = ds_digest_of_bytes(chunk), .size = g_bytes_get_size(chunk)};
  g_array_append_val(self->chunks, ref);
  self->filled = 0;
  return self->sink(chunk, &ref.sha256, index, self->data, error);
}

static gboolean
require_alive(DsChunkWriter *self, GError **error)
{
  if (!self->failed && !self->finished)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "part: written to after its %s",
              self->failed ? "failure" : "end");
  return FALSE;
}

gboolean
ds_chunk_writer_write(DsChunkWriter *self, const void *data, gsize size, GError **error)
{
  const guint8 *rest = data;

  if (!require_alive(self, error))
    return FALSE;
  if (size > DS_PART_MAX - self->length) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "part: larger than 64 MiB; scan or photograph it with a lower resolution");
    self->failed = TRUE;
    return FALSE;
  }
  if (size > 0)
    ds_hasher_update(self->hasher, data, size);
  self->length += size;
  while (size > 0) {
    /* A full buffer waits until more comes: only then it is not the last chunk. */
    const gsize taken = MIN(size, DS_CHUNK_PLAIN - self->filled);

    if (taken == 0) {
      self->failed = !put_chunk(self, FALSE, error);
      if (self->failed)
        return FALSE;
      continue;
    }
    memcpy(ds_secret_data(self->buffer) + self->filled, rest, taken);
    self->filled += taken;
    rest += taken;
    size -= taken;
  }
  return TRUE;
}

gboolean
ds_chunk_writer_finish(DsChunkWriter *self, GError **error)
{
  if (!require_alive(self, error))
    return FALSE;
  self->failed = !put_chunk(self, TRUE, error);
  if (self->failed)
    return FALSE;
  self->finished = TRUE;
  self->sha256 = ds_hasher_finish(self->hasher);
  ds_wipe(ds_secret_data(self->buffer), DS_CHUNK_PLAIN);
  return TRUE;
}

DsSecret *
ds_chunk_writer_key(const DsChunkWriter *self)
{
  return self->key;
}

GArray *
ds_chunk_writer_chunks(const DsChunkWriter *self)
{
  return self->chunks;
}

DsDigest
ds_chunk_writer_sha256(const DsChunkWriter *self)
{
  return self->sha256;
}

guint64
ds_chunk_writer_length(const DsChunkWriter *self)
{
  return self->length;
}

DsChunkReader *
ds_chunk_reader_new(DsSecret *key, guint count, GError **error)
{
  DsChunkReader *self;

  if (ds_secret_size(key) != KEY_SIZE || count < 1 || count > DS_PART_CHUNKS_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "part: a key of %zu bytes and %u chunks; allowed are 32 bytes and 1 to %u chunks",
                ds_secret_size(key), count, DS_PART_CHUNKS_MAX);
    return NULL;
  }
  self = g_new0(DsChunkReader, 1);
  self->key = ds_secret_ref(key);
  self->count = count;
  self->hasher = ds_hasher_new();
  return self;
}

void
ds_chunk_reader_free(DsChunkReader *self)
{
  if (self == NULL)
    return;
  ds_secret_unref(self->key);
  ds_hasher_free(self->hasher);
  g_free(self);
}

/* Only one way to cut a part: every chunk but the last is full, and no chunk is empty except the
 * only one of an empty part. */
static gboolean
check_length(const DsChunkReader *self, guint index, gsize size, GError **error)
{
  const gboolean last = index + 1 == self->count;

  if (last ? size <= DS_CHUNK_PLAIN && (size > 0 || self->count == 1) : size == DS_CHUNK_PLAIN)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "chunk %u of %u: %zu bytes of plaintext%s",
              index + 1, self->count, size, last ? "" : " instead of a full chunk");
  return FALSE;
}

DsSecret *
ds_chunk_reader_open(DsChunkReader *self, guint index, GBytes *chunk, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsSecret) plain = NULL;
  g_autoptr(GBytes) aad = make_aad(index, index + 1 == self->count);
  guint8 iv[DS_GCM_IV_SIZE];

  if (index >= self->count) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "chunk %u: the part has only %u", index + 1,
                self->count);
    return NULL;
  }
  cose = ds_cose_parse(chunk, DS_COSE_ENCRYPT0, "chunk", DS_CHUNK_MAX, DS_COSE_OWN, error);
  if (cose == NULL)
    return NULL;
  make_iv(index, iv);
  if (memcmp(cose->headers.iv.data, iv, sizeof iv) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "chunk %u: stands in another's place",
                index + 1);
    return NULL;
  }
  plain = ds_cose_decrypt(cose, aad, self->key, error);
  if (plain == NULL) {
    g_prefix_error(error, "chunk %u of %u: ", index + 1, self->count);
    return NULL;
  }
  if (!check_length(self, index, ds_secret_size(plain), error))
    return NULL;
  if (index == self->next) {
    ds_hasher_update(self->hasher, ds_secret_data(plain), ds_secret_size(plain));
    self->length += ds_secret_size(plain);
    self->next++;
  }
  return g_steal_pointer(&plain);
}

gboolean
ds_chunk_reader_finish(DsChunkReader *self, const DsDigest *sha256, guint64 length, GError **error)
{
  DsDigest found;

  if (self->next != self->count) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "part: %u of %u chunks were read in order",
                self->next, self->count);
    return FALSE;
  }
  found = ds_hasher_finish(self->hasher);
  self->next = 0; /* a second finish fails */
  if (self->length == length && ds_digest_equal(&found, sha256))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "part: its content is not what the record says (%" G_GUINT64_FORMAT
              " bytes, expected %" G_GUINT64_FORMAT ")",
              self->length, length);
  return FALSE;
}
