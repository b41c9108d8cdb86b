/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encrypt and Encrypt0: RFC 9052 §5, RFC 9053 §6.4. */
#include <string.h>

#include "base/error.h"
#include "bundle/cipher.h"
#include "bundle/cose.h"
#include "bundle/limits.h"
#include "bundle/suite.h"

static DsSlice
slice_of(GBytes *bytes)
{
  DsSlice slice;

  slice.data = g_bytes_get_data(bytes, &slice.size);
  return slice;
}

/* What is authenticated with the ciphertext: RFC 9052 §5.3. */
static GBytes *
enc_structure(DsCoseKind kind, const DsSlice *header, GBytes *aad)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  const DsSlice external = slice_of(aad);

  ds_cbor_put_array(w, 3);
  ds_cbor_put_text(w, kind == DS_COSE_ENCRYPT ? "Encrypt" : "Encrypt0");
  ds_cbor_put_bytes(w, header->data, header->size);
  ds_cbor_put_bytes(w, external.data, external.size);
  return ds_cbor_writer_finish(w, NULL);
}

static void
put_no_party(DsCborWriter *w)
{
  ds_cbor_put_array(w, 3);
  for (guint i = 0; i < 3; i++)
    ds_cbor_put_null(w);
}

/* The key that wraps the content key: ECDH, then HKDF over COSE_KDF_Context (RFC 9053 §5.2). */
static DsSecret *
derive_kek(const DsKey *own, const DsKey *other, const DsSlice *header, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autoptr(DsSecret) agreed = ds_key_agree(own, other, error);
  g_autoptr(GBytes) context = NULL;
  const DsSuite *suite = ds_suite_first();

  if (agreed == NULL)
    return NULL;
  ds_cbor_put_array(w, 4);
  ds_cbor_put_int(w, suite->wrap);
  put_no_party(w);
  put_no_party(w);
  ds_cbor_put_array(w, 2);
  ds_cbor_put_uint(w, suite->key_size * 8);
  ds_cbor_put_bytes(w, header->data, header->size);
  context = ds_cbor_writer_finish(w, error);
  return context != NULL ? ds_hkdf(agreed, context, suite->key_size, error) : NULL;
}

/* {1: alg, label: value} */
static GBytes *
two_headers(gint64 alg, gint64 label, const guint8 *value, gsize size)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 2);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_int(w, alg);
  ds_cbor_put_int(w, label);
  ds_cbor_put_bytes(w, value, size);
  return ds_cbor_writer_finish(w, NULL);
}

static gboolean
put_recipient(DsCborWriter *w, const DsKey *key, DsSecret *content_key, GError **error)
{
  g_autoptr(DsKey) ephemeral = ds_key_generate(error);
  g_autoptr(GBytes) header =
      two_headers(ds_suite_first()->exchange, 4, ds_key_kid(key)->bytes, DS_KID_SIZE);
  const DsSlice own = slice_of(header);
  g_autoptr(DsSecret) kek = ephemeral != NULL ? derive_kek(ephemeral, key, &own, error) : NULL;
  g_autoptr(GBytes) wrapped = kek != NULL ? ds_kw_wrap(kek, content_key, error) : NULL;
  DsSlice cose_key, sealed;

  if (wrapped == NULL)
    return FALSE;
  cose_key = slice_of(ds_key_cose(ephemeral));
  sealed = slice_of(wrapped);
  ds_cbor_put_array(w, 3);
  ds_cbor_put_bytes(w, own.data, own.size);
  ds_cbor_put_map(w, 1);
  ds_cbor_put_int(w, -1);
  ds_cbor_put_raw(w, cose_key.data, cose_key.size);
  ds_cbor_put_bytes(w, sealed.data, sealed.size);
  return TRUE;
}

/* Protected header, empty unprotected one, ciphertext. */
static gboolean
put_body(DsCborWriter *w, DsCoseKind kind, DsSecret *key, const guint8 iv[DS_GCM_IV_SIZE],
         GBytes *aad, const void *plain, gsize size, GError **error)
{
  g_autoptr(GBytes) header = two_headers(ds_suite_first()->content, 5, iv, DS_GCM_IV_SIZE);
  const DsSlice own = slice_of(header);
  g_autoptr(GBytes) authenticated = enc_structure(kind, &own, aad);
  guint8 *out;

  ds_cbor_put_bytes(w, own.data, own.size);
  ds_cbor_put_map(w, 0);
  out = ds_cbor_put_space(w, size + DS_GCM_TAG_SIZE);
  /* Without room the writer says why when it is finished. */
  return out == NULL || ds_gcm_encrypt(key, iv, authenticated, plain, size, out, error);
}

static gboolean
require_recipients(GPtrArray *recipients, GError **error)
{
  if (recipients->len < 1 || recipients->len > DS_RECORD_RECIPIENTS_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "recipients: %u, allowed are 1 to %u",
                recipients->len, DS_RECORD_RECIPIENTS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < recipients->len; i++)
    for (guint j = 0; j < i; j++)
      if (ds_key_equal(recipients->pdata[i], recipients->pdata[j])) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "recipients: key %u is the same as key %u",
                    i + 1, j + 1);
        return FALSE;
      }
  return TRUE;
}

GBytes *
ds_cose_encrypt(const void *plain, gsize size, const char *type, GPtrArray *recipients,
                GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autoptr(DsSecret) key = ds_secret_random(ds_suite_first()->key_size);
  g_autoptr(GBytes) aad = ds_cose_context(type);
  guint8 iv[DS_GCM_IV_SIZE];

  if (!require_recipients(recipients, error))
    return NULL;
  ds_random_bytes(iv, sizeof iv);
  ds_cbor_put_tag(w, DS_COSE_ENCRYPT);
  ds_cbor_put_array(w, 4);
  if (!put_body(w, DS_COSE_ENCRYPT, key, iv, aad, plain, size, error))
    return NULL;
  ds_cbor_put_array(w, recipients->len);
  for (guint i = 0; i < recipients->len; i++)
    if (!put_recipient(w, recipients->pdata[i], key, error))
      return NULL;
  return ds_cbor_writer_finish(w, error);
}

GBytes *
ds_cose_encrypt0(DsSecret *key, const guint8 iv[12], GBytes *aad, const void *plain, gsize size,
                 GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_tag(w, DS_COSE_ENCRYPT0);
  ds_cbor_put_array(w, 3);
  if (!put_body(w, DS_COSE_ENCRYPT0, key, iv, aad, plain, size, error))
    return NULL;
  return ds_cbor_writer_finish(w, error);
}

DsSecret *
ds_cose_unwrap(const DsCose *self, guint i, const DsKey *key, GError **error)
{
  const DsCoseLeaf *leaf = &g_array_index(self->leaves, DsCoseLeaf, i);
  const DsCoseHeaders *headers = &leaf->headers;
  g_autoptr(DsKey) ephemeral = NULL;
  g_autoptr(DsSecret) kek = NULL;
  DsSecret *content_key;

  if (headers->alg != ds_suite_first()->exchange || (headers->present & DS_COSE_EPHEMERAL) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: recipient algorithm %" G_GINT64_FORMAT
                " is not known here (ECDH-ES+A256KW is -31)",
                self->what, headers->alg);
    return NULL;
  }
  ephemeral = ds_key_from_cose(headers->ephemeral.data, headers->ephemeral.size, error);
  kek = ephemeral != NULL ? derive_kek(key, ephemeral, &headers->protected, error) : NULL;
  content_key =
      kek != NULL ? ds_kw_unwrap(kek, leaf->content.data, leaf->content.size, error) : NULL;
  if (content_key == NULL)
    g_prefix_error(error, "%s: recipient %u: ", self->what, i + 1);
  return content_key;
}

/* Bytes of the content key; foreign vectors have shorter ones too. 0: unknown algorithm. */
static gsize
content_key_size(const DsCose *self)
{
  const DsSuite *suite = ds_suite_first();

  if ((self->headers.present & DS_COSE_ALG) == 0 || (self->headers.present & DS_COSE_IV) == 0)
    return 0;
  if (self->headers.alg == suite->content)
    return suite->key_size;
  if (self->rules == DS_COSE_FOREIGN && (self->headers.alg == 1 || self->headers.alg == 2))
    return self->headers.alg == 1 ? 16 : 24;
  return 0;
}

DsSecret *
ds_cose_decrypt(const DsCose *self, GBytes *aad, DsSecret *key, GError **error)
{
  g_autoptr(GBytes) authenticated = NULL;
  DsSecret *plain;

  if (content_key_size(self) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: content algorithm %" G_GINT64_FORMAT " is not known here (A256GCM is 3)",
                self->what, self->headers.alg);
    return NULL;
  }
  if (ds_secret_size(key) != content_key_size(self)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: content key of %zu bytes instead of %zu",
                self->what, ds_secret_size(key), content_key_size(self));
    return NULL;
  }
  authenticated = enc_structure(self->kind, &self->headers.protected, aad);
  plain = ds_gcm_decrypt(key, self->headers.iv.data, authenticated, self->content.data,
                         self->content.size, error);
  if (plain == NULL)
    g_prefix_error(error, "%s: ", self->what);
  return plain;
}

DsSecret *
ds_cose_open_encrypt(GBytes *bytes, const char *what, gsize max, const char *type, const DsKey *key,
                     GError **error)
{
  g_autoptr(DsCose) cose = ds_cose_parse(bytes, DS_COSE_ENCRYPT, what, max, DS_COSE_OWN, error);
  g_autoptr(GBytes) aad = ds_cose_context(type);
  g_autoptr(DsSecret) content_key = NULL;
  char hex[DS_KID_HEX_SIZE];
  guint i = 0;

  if (cose == NULL)
    return NULL;
  while (i < cose->leaves->len && !ds_cose_leaf_is(cose, i, ds_key_kid(key)))
    i++;
  if (i == cose->leaves->len) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s: is not for key %s", what,
                ds_kid_to_hex(ds_key_kid(key), hex));
    return NULL;
  }
  content_key = ds_cose_unwrap(cose, i, key, error);
  return content_key != NULL ? ds_cose_decrypt(cose, aad, content_key, error) : NULL;
}
