/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sign and Sign1: RFC 9052 §4. */
#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/suite.h"

/* What is signed: RFC 9052 §4.4. @body and @leaf are encoded headers; Sign1 has no @leaf. */
static GBytes *
sig_structure(DsCoseKind kind, const DsSlice *body, const DsSlice *leaf, GBytes *aad,
              const DsSlice *payload)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  gsize aad_size;
  const void *aad_data = g_bytes_get_data(aad, &aad_size);

  ds_cbor_put_array(w, kind == DS_COSE_SIGN1 ? 4 : 5);
  ds_cbor_put_text(w, kind == DS_COSE_SIGN1 ? "Signature1" : "Signature");
  ds_cbor_put_bytes(w, body->data, body->size);
  if (kind == DS_COSE_SIGN)
    ds_cbor_put_bytes(w, leaf->data, leaf->size);
  ds_cbor_put_bytes(w, aad_data, aad_size);
  ds_cbor_put_bytes(w, payload->data, payload->size);
  return ds_cbor_writer_finish(w, NULL);
}

/* {1: alg, 4: kid} */
static GBytes *
signer_header(const DsKey *key)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 2);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_int(w, ds_suite_first()->signature);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_bytes(w, ds_key_kid(key)->bytes, DS_KID_SIZE);
  return ds_cbor_writer_finish(w, NULL);
}

static DsSlice
slice_of(GBytes *bytes)
{
  DsSlice slice;

  slice.data = g_bytes_get_data(bytes, &slice.size);
  return slice;
}

static gboolean
require_different(DsKey *const *keys, guint n_keys, GError **error)
{
  for (guint i = 0; i < n_keys; i++)
    for (guint j = 0; j < i; j++)
      if (ds_key_equal(keys[i], keys[j])) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "signers: key %u is the same as key %u",
                    i + 1, j + 1);
        return FALSE;
      }
  return TRUE;
}

static gboolean
put_signature(DsCborWriter *w, DsCoseKind kind, GBytes *header, GBytes *aad, GBytes *payload,
              const DsKey *key, GError **error)
{
  const DsSlice nothing = {(const guint8 *)"", 0};
  const DsSlice own = slice_of(header), content = slice_of(payload);
  g_autoptr(GBytes) to_sign =
      sig_structure(kind, kind == DS_COSE_SIGN1 ? &own : &nothing, &own, aad, &content);
  const DsSlice input = slice_of(to_sign);
  guint8 signature[DS_SIGNATURE_SIZE];

  if (!ds_key_sign(key, input.data, input.size, signature, error))
    return FALSE;
  ds_cbor_put_bytes(w, signature, sizeof signature);
  return TRUE;
}

GBytes *
ds_cose_sign(DsCoseKind kind, GBytes *payload, const char *type, DsKey *const *keys, guint n_keys,
             GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autoptr(GBytes) aad = ds_cose_context(type);
  const DsSlice content = slice_of(payload);

  if (!require_different(keys, n_keys, error))
    return NULL;
  ds_cbor_put_tag(w, kind);
  ds_cbor_put_array(w, 4);
  if (kind == DS_COSE_SIGN) {
    ds_cbor_put_bytes(w, NULL, 0);
    ds_cbor_put_map(w, 0);
    ds_cbor_put_bytes(w, content.data, content.size);
    ds_cbor_put_array(w, n_keys);
  }
  for (guint i = 0; i < n_keys; i++) {
    g_autoptr(GBytes) header = signer_header(keys[i]);
    const DsSlice own = slice_of(header);

    if (kind == DS_COSE_SIGN)
      ds_cbor_put_array(w, 3);
    ds_cbor_put_bytes(w, own.data, own.size);
    ds_cbor_put_map(w, 0);
    if (kind == DS_COSE_SIGN1)
      ds_cbor_put_bytes(w, content.data, content.size);
    if (!put_signature(w, kind, header, aad, payload, keys[i], error))
      return NULL;
  }
  return ds_cbor_writer_finish(w, error);
}

gboolean
ds_cose_verify(const DsCose *self, guint i, GBytes *aad, const DsKey *key, GError **error)
{
  const DsCoseLeaf *leaf = &g_array_index(self->leaves, DsCoseLeaf, i);
  g_autoptr(GBytes) to_verify = NULL;
  DsSlice input;

  if ((leaf->headers.present & DS_COSE_ALG) == 0 ||
      leaf->headers.alg != ds_suite_first()->signature) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s: signature algorithm %" G_GINT64_FORMAT " is not known here (ES256 is -7)",
                self->what, leaf->headers.alg);
    return FALSE;
  }
  to_verify = sig_structure(self->kind, &self->headers.protected, &leaf->headers.protected, aad,
                            &self->content);
  input = slice_of(to_verify);
  if (ds_key_verify(key, input.data, input.size, leaf->content.data, leaf->content.size, error))
    return TRUE;
  g_prefix_error(error, "%s: ", self->what);
  return FALSE;
}

GBytes *
ds_cose_open_sign1(GBytes *bytes, const char *what, gsize max, const char *type, const DsKey *key,
                   GError **error)
{
  g_autoptr(DsCose) cose = ds_cose_parse(bytes, DS_COSE_SIGN1, what, max, DS_COSE_OWN, error);
  g_autoptr(GBytes) aad = ds_cose_context(type);

  if (cose == NULL)
    return NULL;
  if (!ds_cose_leaf_is(cose, 0, ds_key_kid(key))) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s: signed by another key than expected", what);
    return NULL;
  }
  return ds_cose_verify(cose, 0, aad, key, error) ? ds_cose_content(cose) : NULL;
}
