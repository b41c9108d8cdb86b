/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/pack.h"

#include <openssl/evp.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"

#define BUFFER_SIZE (64 * 1024)
#define PIECE_SIZE (1024 * 1024) /* zlib counts in unsigned int */

struct _DsPackWriter {
  DsLink *link;
  EVP_MD_CTX *hash;
  z_stream deflate;
  guint8 buffer[BUFFER_SIZE];
};

static gboolean
put(DsPackWriter *self, const void *data, gsize size, GError **error)
{
  if (EVP_DigestUpdate(self->hash, data, size) != 1) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "OpenSSL could not hash a pack");
    return FALSE;
  }
  return ds_link_write(self->link, data, size, error);
}

DsPackWriter *
ds_pack_writer_new(DsLink *link, guint32 count, GError **error)
{
  g_autoptr(DsPackWriter) self = g_new0(DsPackWriter, 1);
  struct {
    char magic[4];
    guint32 version, count;
  } header = {{'P', 'A', 'C', 'K'}, GUINT32_TO_BE(2), GUINT32_TO_BE(count)};

  self->link = link;
  self->hash = EVP_MD_CTX_new();
  /* what we carry is ciphertext: compressing it costs a core and gains nothing */
  if (deflateInit(&self->deflate, Z_NO_COMPRESSION) != Z_OK || self->hash == NULL ||
      EVP_DigestInit_ex(self->hash, EVP_sha1(), NULL) != 1) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "cannot set up zlib and SHA-1");
    return NULL;
  }
  if (!put(self, &header, sizeof header, error))
    return NULL;
  return g_steal_pointer(&self);
}

/* Type and size: four bits of size beside the type, then seven a byte, low ones first. */
static gboolean
put_object_header(DsPackWriter *self, DsObjectType type, guint64 size, GError **error)
{
  guint8 header[10];
  gsize used = 0;
  guint8 byte = (guint8)((guint)type << 4 | (size & 15));

  for (size >>= 4; size > 0; size >>= 7) {
    header[used++] = byte | 0x80;
    byte = size & 0x7f;
  }
  header[used++] = byte;
  return put(self, header, used, error);
}

/* Gives zlib one piece and sends what comes out. */
static gboolean
deflate_piece(DsPackWriter *self, const guint8 *data, gsize size, int flush, GError **error)
{
  int result;

  self->deflate.next_in = (guint8 *)data;
  self->deflate.avail_in = (uInt)size;
  do {
    self->deflate.next_out = self->buffer;
    self->deflate.avail_out = BUFFER_SIZE;
    result = deflate(&self->deflate, flush);
    if (result == Z_STREAM_ERROR) {
      g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "zlib lost its state");
      return FALSE;
    }
    gsize made = BUFFER_SIZE - self->deflate.avail_out;
    if (made > 0 && !put(self, self->buffer, made, error))
      return FALSE;
  } while (self->deflate.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
  return TRUE;
}

gboolean
ds_pack_writer_add(DsPackWriter *self, DsObjectType type, const void *data, gsize size,
                   GError **error)
{
  const guint8 *at = data;

  if (!put_object_header(self, type, size, error))
    return FALSE;
  if (deflateReset(&self->deflate) != Z_OK) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "zlib lost its state");
    return FALSE;
  }
  for (; size > PIECE_SIZE; at += PIECE_SIZE, size -= PIECE_SIZE)
    if (!deflate_piece(self, at, PIECE_SIZE, Z_NO_FLUSH, error))
      return FALSE;
  return deflate_piece(self, at, size, Z_FINISH, error);
}

gboolean
ds_pack_writer_finish(DsPackWriter *self, GError **error)
{
  guint8 trailer[EVP_MAX_MD_SIZE];
  guint size = 0;

  if (EVP_DigestFinal_ex(self->hash, trailer, &size) != 1) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "OpenSSL could not hash a pack");
    return FALSE;
  }
  return ds_link_write(self->link, trailer, size, error);
}

void
ds_pack_writer_free(DsPackWriter *self)
{
  if (self == NULL)
    return;
  deflateEnd(&self->deflate);
  EVP_MD_CTX_free(self->hash);
  g_free(self);
}
