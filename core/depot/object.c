/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/object.h"

#include <openssl/evp.h>
#include <string.h>

static const char *const type_words[] = {
    [DS_OBJECT_COMMIT] = "commit",
    [DS_OBJECT_TREE] = "tree",
    [DS_OBJECT_BLOB] = "blob",
};

const char *
ds_object_id_to_hex(const DsObjectId *self, char hex[DS_OBJECT_HEX_SIZE])
{
  static const char digits[] = "0123456789abcdef";

  for (int i = 0; i < DS_OBJECT_ID_SIZE; i++) {
    hex[2 * i] = digits[self->bytes[i] >> 4];
    hex[2 * i + 1] = digits[self->bytes[i] & 15];
  }
  hex[DS_OBJECT_HEX_SIZE - 1] = '\0';
  return hex;
}

static int
hex_digit(char c)
{
  return g_ascii_isupper(c) ? -1 : g_ascii_xdigit_value(c);
}

gboolean
ds_object_id_parse(DsObjectId *self, const char *hex)
{
  DsObjectId parsed;

  if (strlen(hex) != DS_OBJECT_HEX_SIZE - 1)
    return FALSE;
  for (int i = 0; i < DS_OBJECT_ID_SIZE; i++) {
    int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    parsed.bytes[i] = (guint8)(high << 4 | low);
  }
  *self = parsed;
  return TRUE;
}

gboolean
ds_object_id_equal(const DsObjectId *a, const DsObjectId *b)
{
  return memcmp(a->bytes, b->bytes, DS_OBJECT_ID_SIZE) == 0;
}

gboolean
ds_object_id_equal_p(gconstpointer a, gconstpointer b)
{
  return ds_object_id_equal(a, b);
}

guint
ds_object_id_hash(gconstpointer id)
{
  guint value;

  memcpy(&value, ((const DsObjectId *)id)->bytes, sizeof value);
  return value;
}

DsObjectId
ds_object_id_of(DsObjectType type, const void *data, gsize size)
{
  char header[40];
  DsObjectId id;
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  int length = g_snprintf(header, sizeof header, "%s %" G_GSIZE_FORMAT, type_words[type], size);

  if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha1(), NULL) != 1 ||
      EVP_DigestUpdate(hash, header, (gsize)length + 1) != 1 ||
      EVP_DigestUpdate(hash, data, size) != 1 || EVP_DigestFinal_ex(hash, id.bytes, NULL) != 1)
    g_error("OpenSSL does not offer SHA-1"); /* git cannot be spoken without it */
  EVP_MD_CTX_free(hash);
  return id;
}

void
ds_object_tree_append(GByteArray *tree, const char *name, const DsObjectId *blob)
{
  g_byte_array_append(tree, (const guint8 *)"100644 ", 7);
  g_byte_array_append(tree, (const guint8 *)name, (guint)strlen(name) + 1);
  g_byte_array_append(tree, blob->bytes, DS_OBJECT_ID_SIZE);
}

GBytes *
ds_object_commit(const DsObjectId *tree, const char *message)
{
  char hex[DS_OBJECT_HEX_SIZE];
  char *text = g_strdup_printf("tree %s\n"
                               "author doorstep <doorstep> 0 +0000\n"
                               "committer doorstep <doorstep> 0 +0000\n"
                               "\n"
                               "%s\n",
                               ds_object_id_to_hex(tree, hex), message);

  return g_bytes_new_take(text, strlen(text));
}
