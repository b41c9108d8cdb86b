/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/digest.h"

#include <openssl/evp.h>
#include <string.h>

struct _DsHasher {
  EVP_MD_CTX *ctx;
};

DsDigest
ds_digest_of(const void *data, gsize size)
{
  DsDigest digest;

  if (EVP_Digest(data, size, digest.bytes, NULL, EVP_sha256(), NULL) != 1)
    g_error("SHA-256 is not available in this OpenSSL");
  return digest;
}

DsDigest
ds_digest_of_bytes(GBytes *bytes)
{
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  return ds_digest_of(data, size);
}

const char *
ds_digest_to_hex(const DsDigest *self, char hex[DS_DIGEST_HEX_SIZE])
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < DS_DIGEST_SIZE; i++) {
    hex[2 * i] = digits[self->bytes[i] >> 4];
    hex[2 * i + 1] = digits[self->bytes[i] & 15];
  }
  hex[2 * DS_DIGEST_SIZE] = '\0';
  return hex;
}

char *
ds_digest_dup_hex(const DsDigest *self)
{
  char *hex = g_malloc(DS_DIGEST_HEX_SIZE);

  ds_digest_to_hex(self, hex);
  return hex;
}

gboolean
ds_digest_parse(DsDigest *self, const char *hex)
{
  DsDigest parsed;

  if (hex == NULL || strlen(hex) != DS_DIGEST_HEX_SIZE - 1)
    return FALSE;
  for (gsize i = 0; i < DS_DIGEST_SIZE; i++) {
    if (g_ascii_isupper(hex[2 * i]) || g_ascii_isupper(hex[2 * i + 1]) ||
        !g_ascii_isxdigit(hex[2 * i]) || !g_ascii_isxdigit(hex[2 * i + 1]))
      return FALSE;
    parsed.bytes[i] =
        (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
  }
  *self = parsed;
  return TRUE;
}

gboolean
ds_digest_equal(const DsDigest *a, const DsDigest *b)
{
  return memcmp(a->bytes, b->bytes, DS_DIGEST_SIZE) == 0;
}

gint
ds_digest_compare(gconstpointer a, gconstpointer b)
{
  return memcmp(((const DsDigest *)a)->bytes, ((const DsDigest *)b)->bytes, DS_DIGEST_SIZE);
}

guint
ds_digest_hash(gconstpointer digest)
{
  guint head;

  memcpy(&head, ((const DsDigest *)digest)->bytes, sizeof head);
  return head;
}

gboolean
ds_digest_equal_p(gconstpointer a, gconstpointer b)
{
  return ds_digest_equal(a, b);
}

DsHasher *
ds_hasher_new(void)
{
  DsHasher *self = g_new0(DsHasher, 1);

  self->ctx = EVP_MD_CTX_new();
  if (self->ctx == NULL || EVP_DigestInit_ex(self->ctx, EVP_sha256(), NULL) != 1)
    g_error("SHA-256 is not available in this OpenSSL");
  return self;
}

void
ds_hasher_update(DsHasher *self, const void *data, gsize size)
{
  EVP_DigestUpdate(self->ctx, data, size);
}

DsDigest
ds_hasher_finish(DsHasher *self)
{
  DsDigest digest;

  EVP_DigestFinal_ex(self->ctx, digest.bytes, NULL);
  return digest;
}

void
ds_hasher_free(DsHasher *self)
{
  if (self == NULL)
    return;
  EVP_MD_CTX_free(self->ctx);
  g_free(self);
}
