/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed values from a checked document. */
#include "model/cbor.h"

#include <string.h>

#include "base/error.h"
#include "model/cbor-private.h"

guint64
ds_cbor_get_uint(DsCborReader *self, guint64 max)
{
  DsCborItem item;

  if (!ds_cbor_take(self, DS_CBOR_UINT, &item))
    return 0;
  if (item.value > max) {
    ds_cbor_fail(self, DS_ERROR_INVALID, "%" G_GUINT64_FORMAT " is above %" G_GUINT64_FORMAT,
                 item.value, max);
    return 0;
  }
  ds_cbor_pass(self, &item);
  return item.value;
}

gint64
ds_cbor_get_int(DsCborReader *self)
{
  DsCborItem item;

  if (ds_cbor_peek(self, &item) && !ds_cbor_at_key(self) && item.type == DS_CBOR_NEGATIVE) {
    ds_cbor_pass(self, &item);
    return -1 - (gint64)item.value;
  }
  return (gint64)ds_cbor_get_uint(self, G_MAXINT64);
}

gboolean
ds_cbor_get_bool(DsCborReader *self)
{
  DsCborItem item;

  if (!ds_cbor_take(self, DS_CBOR_BOOL, &item))
    return FALSE;
  ds_cbor_pass(self, &item);
  return item.value != 0;
}

gboolean
ds_cbor_get_null(DsCborReader *self)
{
  DsCborItem item;

  if (self->error != NULL || ds_cbor_at_key(self) || !ds_cbor_peek(self, &item) ||
      item.type != DS_CBOR_NULL)
    return FALSE;
  ds_cbor_pass(self, &item);
  return TRUE;
}

static const guint8 *
get_string(DsCborReader *self, DsCborType type, gsize min, gsize max, gsize *size)
{
  DsCborItem item;

  *size = 0;
  if (!ds_cbor_take(self, type, &item))
    return NULL;
  if (item.value < min || item.value > max) {
    ds_cbor_fail_range(self, type == DS_CBOR_TEXT ? "bytes of text" : "bytes", item.value, min,
                       max);
    return NULL;
  }
  ds_cbor_pass(self, &item);
  *size = item.value;
  return item.data;
}

const guint8 *
ds_cbor_get_bytes(DsCborReader *self, gsize min, gsize max, gsize *size)
{
  return get_string(self, DS_CBOR_BYTES, min, max, size);
}

const char *
ds_cbor_get_text(DsCborReader *self, gsize max, gsize *size)
{
  return (const char *)get_string(self, DS_CBOR_TEXT, 0, max, size);
}

char *
ds_cbor_dup_text(DsCborReader *self, gsize min, gsize max)
{
  gsize size;
  const guint8 *text = get_string(self, DS_CBOR_TEXT, min, max, &size);

  return g_strndup(text != NULL ? (const char *)text : "", size);
}

GBytes *
ds_cbor_dup_bytes(DsCborReader *self, gsize min, gsize max)
{
  gsize size;
  const guint8 *data = ds_cbor_get_bytes(self, min, max, &size);

  return g_bytes_new(data, size);
}

DsSecret *
ds_cbor_dup_secret(DsCborReader *self, gsize min, gsize max)
{
  gsize size;
  const guint8 *data = ds_cbor_get_bytes(self, min, max, &size);

  return ds_secret_from_bytes(data, size);
}

void
ds_cbor_get_digest(DsCborReader *self, DsDigest *digest)
{
  gsize size;
  const guint8 *data = ds_cbor_get_bytes(self, DS_DIGEST_SIZE, DS_DIGEST_SIZE, &size);

  if (data != NULL)
    memcpy(digest->bytes, data, DS_DIGEST_SIZE);
}

GHashTable *
ds_cbor_dup_text_map(DsCborReader *self, gsize max_pairs, gsize max_text)
{
  GHashTable *map = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const char *key;
  gsize size;

  ds_cbor_enter_map(self, max_pairs);
  while (ds_cbor_next_text_key(self, &key, &size)) {
    if (size > max_text)
      ds_cbor_fail(self, DS_ERROR_TOO_LARGE, "key longer than %" G_GSIZE_FORMAT " bytes", max_text);
    g_hash_table_insert(map, g_strndup(key, size), ds_cbor_dup_text(self, 0, max_text));
  }
  ds_cbor_leave(self);
  return map;
}
