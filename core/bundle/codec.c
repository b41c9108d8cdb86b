/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/codec.h"

#include <string.h>

#include "base/error.h"
#include "bundle/limits.h"
#include "bundle/suite.h"

void
ds_codec_put_key(DsCborWriter *w, const DsKey *key)
{
  gsize size;
  const void *data;

  if (key == NULL) {
    ds_cbor_put_null(w);
    return;
  }
  data = g_bytes_get_data(ds_key_cose(key), &size);
  ds_cbor_put_raw(w, data, size);
}

DsKey *
ds_codec_get_key(DsCborReader *r)
{
  g_autoptr(GError) error = NULL;
  gsize size;
  const guint8 *data = ds_cbor_get_raw(r, &size);
  DsKey *key = data != NULL ? ds_key_from_cose(data, size, &error) : NULL;

  if (error != NULL)
    ds_cbor_fail(r, error->code, "%s", error->message);
  return key;
}

void
ds_codec_put_kid(DsCborWriter *w, const DsKid *kid)
{
  ds_cbor_put_bytes(w, kid->bytes, DS_KID_SIZE);
}

void
ds_codec_get_kid(DsCborReader *r, DsKid *kid)
{
  gsize size;
  const guint8 *data = ds_cbor_get_bytes(r, DS_KID_SIZE, DS_KID_SIZE, &size);

  if (data != NULL)
    memcpy(kid->bytes, data, DS_KID_SIZE);
}

void
ds_codec_put_optional_digest(DsCborWriter *w, gboolean has, const DsDigest *digest)
{
  ds_cbor_put_digest(w, has ? digest : NULL);
}

void
ds_codec_get_optional_digest(DsCborReader *r, gboolean *has, DsDigest *digest)
{
  *has = !ds_cbor_get_null(r);
  if (*has)
    ds_cbor_get_digest(r, digest);
}

void
ds_codec_put_ref(DsCborWriter *w, const DsDigest *sha256, guint64 size)
{
  ds_cbor_put_array(w, 2);
  ds_cbor_put_digest(w, sha256);
  ds_cbor_put_uint(w, size);
}

void
ds_codec_get_ref(DsCborReader *r, DsDigest *sha256, guint64 *size, guint64 max)
{
  ds_cbor_enter_array(r, 2, 2);
  ds_cbor_get_digest(r, sha256);
  *size = ds_cbor_get_uint(r, max);
  if (*size == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "a size of 0");
  ds_cbor_leave(r);
}

void
ds_codec_put_refs(DsCborWriter *w, GArray *refs)
{
  ds_cbor_put_array(w, refs->len);
  for (guint i = 0; i < refs->len; i++) {
    const DsChunkRef *ref = &g_array_index(refs, DsChunkRef, i);

    ds_codec_put_ref(w, &ref->sha256, ref->size);
  }
}

GArray *
ds_codec_get_refs(DsCborReader *r, gsize min, gsize max)
{
  GArray *refs = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  const gsize count = ds_cbor_enter_array(r, min, max);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsChunkRef ref = {0};

    ds_codec_get_ref(r, &ref.sha256, &ref.size, DS_CHUNK_MAX);
    g_array_append_val(refs, ref);
  }
  ds_cbor_leave(r);
  return refs;
}

gboolean
ds_codec_is_id(const char *text)
{
  gsize size = 0;

  for (; text[size] != '\0'; size++)
    if (!g_ascii_islower(text[size]) && !g_ascii_isdigit(text[size]) && text[size] != '-')
      return FALSE;
  return size >= 1 && size <= DS_ID_MAX;
}

char *
ds_codec_get_id(DsCborReader *r)
{
  char *id = ds_cbor_dup_text(r, 1, DS_ID_MAX);

  if (!ds_cbor_reader_failed(r) && !ds_codec_is_id(id))
    ds_cbor_fail(r, DS_ERROR_INVALID, "an id has only a to z, 0 to 9 and \"-\"");
  return id;
}

void
ds_codec_put_head(DsCborWriter *w, guint format, guint suite)
{
  ds_cbor_put_int(w, 1);
  ds_cbor_put_uint(w, format);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_uint(w, suite);
}

void
ds_codec_get_head(DsCborReader *r, guint *format, guint *suite)
{
  g_autoptr(GError) error = NULL;

  ds_cbor_want_key(r, 1, "format");
  *format = (guint)ds_cbor_get_uint(r, G_MAXUINT32);
  if (!ds_cbor_reader_failed(r) && *format != DS_FORMAT_1)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "format %u is not known here: update this program",
                 *format);
  ds_cbor_want_key(r, 2, "suite");
  *suite = (guint)ds_cbor_get_uint(r, G_MAXUINT32);
  if (!ds_cbor_reader_failed(r) && ds_suite_find(*suite, &error) == NULL)
    ds_cbor_fail(r, error->code, "%s", error->message);
}

void
ds_codec_refuse_crit(DsCborReader *r, gint64 key)
{
  const char *name;
  gsize size;

  if (!ds_cbor_has_key(r, key, "crit"))
    return;
  ds_cbor_enter_array(r, 1, 16);
  name = ds_cbor_get_text(r, DS_ID_MAX, &size);
  if (name != NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "the sender requires \"%.*s\", which is not known here: update this program",
                 (int)size, name);
}

void
ds_codec_put_time(DsCborWriter *w, gint64 us, gboolean optional)
{
  if (optional && us == 0)
    ds_cbor_put_null(w);
  else
    ds_cbor_put_int(w, us);
}

gint64
ds_codec_get_time(DsCborReader *r, gboolean optional)
{
  gint64 us;

  if (optional && ds_cbor_get_null(r))
    return 0;
  us = (gint64)ds_cbor_get_uint(r, G_MAXINT64);
  if (optional && us == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "time 0 stands for none and is written as null");
  return us;
}
