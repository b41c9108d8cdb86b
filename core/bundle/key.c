/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/error.h"
#include "model/cbor.h"

#define CURVE "P-256"
#define COORDINATE 32u
#define POINT_SIZE (1 + 2 * COORDINATE) /* 04 ‖ x ‖ y */

struct _DsKey {
  gatomicrefcount refs;
  EVP_PKEY *pkey;
  DsSecret *number; /* NULL for a public key */
  GBytes *cose;
  DsDigest digest;
  DsKid kid;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_GROUP, EC_GROUP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_POINT, EC_POINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

gboolean
ds_kid_equal(const DsKid *a, const DsKid *b)
{
  return memcmp(a->bytes, b->bytes, DS_KID_SIZE) == 0;
}

const char *
ds_kid_to_hex(const DsKid *self, char hex[DS_KID_HEX_SIZE])
{
  for (guint i = 0; i < DS_KID_SIZE; i++)
    g_snprintf(hex + 2 * i, 3, "%02x", self->bytes[i]);
  return hex;
}

static gboolean
fail_crypto(GError **error, const char *doing)
{
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "OpenSSL failed while %s", doing);
  return FALSE;
}

static GBytes *
encode_cose(const guint8 point[POINT_SIZE], GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 4);
  ds_cbor_put_int(w, 1); /* kty: EC2 */
  ds_cbor_put_uint(w, 2);
  ds_cbor_put_int(w, -1); /* crv: P-256 */
  ds_cbor_put_uint(w, 1);
  ds_cbor_put_int(w, -2);
  ds_cbor_put_bytes(w, point + 1, COORDINATE);
  ds_cbor_put_int(w, -3);
  ds_cbor_put_bytes(w, point + 1 + COORDINATE, COORDINATE);
  return ds_cbor_writer_finish(w, error);
}

/* NULL when the point is not on the curve. */
static EVP_PKEY *
make_pkey(const guint8 point[POINT_SIZE], const BIGNUM *number)
{
  g_autoptr(OSSL_PARAM_BLD) build = OSSL_PARAM_BLD_new();
  g_autoptr(OSSL_PARAM) params = NULL;
  g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  g_autoptr(EVP_PKEY_CTX) check = NULL;
  EVP_PKEY *pkey = NULL;

  OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0);
  OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_SIZE);
  if (number != NULL)
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
  params = OSSL_PARAM_BLD_to_param(build);
  if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
      EVP_PKEY_fromdata(ctx, &pkey, number != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                        params) != 1)
    return NULL;
  check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
  if (check != NULL && EVP_PKEY_public_check(check) == 1)
    return pkey;
  EVP_PKEY_free(pkey);
  return NULL;
}

static DsKey *
make_key(const guint8 point[POINT_SIZE], DsSecret *number, const BIGNUM *bn, GError **error)
{
  g_autoptr(GBytes) cose = encode_cose(point, error);
  EVP_PKEY *pkey;
  DsKey *self;

  if (cose == NULL)
    return NULL;
  pkey = make_pkey(point, bn);
  if (pkey == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "key: the point does not lie on P-256");
    return NULL;
  }
  self = g_new0(DsKey, 1);
  g_atomic_ref_count_init(&self->refs);
  self->pkey = pkey;
  self->number = number != NULL ? ds_secret_ref(number) : NULL;
  self->cose = g_steal_pointer(&cose);
  self->digest = ds_digest_of_bytes(self->cose);
  memcpy(self->kid.bytes, self->digest.bytes, DS_KID_SIZE);
  return self;
}

DsKey *
ds_key_from_private(DsSecret *number, GError **error)
{
  g_autoptr(EC_GROUP) group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  g_autoptr(EC_POINT) point = group != NULL ? EC_POINT_new(group) : NULL;
  g_autoptr(BIGNUM) bn = NULL;
  guint8 encoded[POINT_SIZE];

  if (ds_secret_size(number) != DS_KEY_PRIVATE_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "key: a private key has 32 bytes, not %zu",
                ds_secret_size(number));
    return NULL;
  }
  bn = BN_bin2bn(ds_secret_data(number), DS_KEY_PRIVATE_SIZE, BN_secure_new());
  if (point == NULL || bn == NULL) {
    fail_crypto(error, "reading a private key");
    return NULL;
  }
  BN_set_flags(bn, BN_FLG_CONSTTIME);
  if (BN_is_zero(bn) || BN_cmp(bn, EC_GROUP_get0_order(group)) >= 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "key: the private number is not between 1 and the order of P-256");
    return NULL;
  }
  if (EC_POINT_mul(group, point, bn, NULL, NULL, NULL) != 1 ||
      EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded, sizeof encoded,
                         NULL) != sizeof encoded) {
    fail_crypto(error, "computing a public key");
    return NULL;
  }
  return make_key(encoded, number, bn, error);
}

DsKey *
ds_key_generate(GError **error)
{
  /* One draw in 2^32 lies beyond the order: draw again. */
  for (guint i = 0; i < 8; i++) {
    g_autoptr(DsSecret) number = ds_secret_random(DS_KEY_PRIVATE_SIZE);
    DsKey *key = ds_key_from_private(number, NULL);

    if (key != NULL)
      return key;
  }
  fail_crypto(error, "making a key");
  return NULL;
}

DsKey *
ds_key_from_point(const guint8 x[32], const guint8 y[32], GError **error)
{
  guint8 point[POINT_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};

  memcpy(point + 1, x, COORDINATE);
  memcpy(point + 1 + COORDINATE, y, COORDINATE);
  return make_key(point, NULL, NULL, error);
}

DsKey *
ds_key_from_cose(const void *data, gsize size, GError **error)
{
  const DsCborLimits limits = {.max_size = 1024};
  g_auto(DsCborReader) r = {0};
  const guint8 *x, *y;
  gsize coordinate;

  if (!ds_cbor_reader_init(&r, data, size, "key", &limits, error))
    return NULL;
  ds_cbor_enter_map(&r, DS_CBOR_ANY);
  ds_cbor_want_key(&r, 1, "kty");
  if (ds_cbor_get_int(&r) != 2)
    ds_cbor_fail(&r, DS_ERROR_UNSUPPORTED, "key type is not EC2 (2)");
  ds_cbor_want_key(&r, -1, "crv");
  if (ds_cbor_get_int(&r) != 1)
    ds_cbor_fail(&r, DS_ERROR_UNSUPPORTED, "curve is not P-256 (1)");
  ds_cbor_want_key(&r, -2, "x");
  x = ds_cbor_get_bytes(&r, COORDINATE, COORDINATE, &coordinate);
  ds_cbor_want_key(&r, -3, "y");
  y = ds_cbor_get_bytes(&r, COORDINATE, COORDINATE, &coordinate);
  ds_cbor_leave(&r);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  return ds_key_from_point(x, y, error);
}

DsKey *
ds_key_ref(DsKey *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_key_unref(DsKey *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  EVP_PKEY_free(self->pkey);
  ds_secret_unref(self->number);
  g_bytes_unref(self->cose);
  g_free(self);
}

gboolean
ds_key_has_private(const DsKey *self)
{
  return self->number != NULL;
}

DsSecret *
ds_key_dup_private(const DsKey *self)
{
  return self->number != NULL ? ds_secret_ref(self->number) : NULL;
}

DsKey *
ds_key_public(const DsKey *self)
{
  gsize size;
  const void *data = g_bytes_get_data(self->cose, &size);

  return ds_key_from_cose(data, size, NULL);
}

GBytes *
ds_key_cose(const DsKey *self)
{
  return self->cose;
}

DsDigest
ds_key_digest(const DsKey *self)
{
  return self->digest;
}

const DsKid *
ds_key_kid(const DsKey *self)
{
  return &self->kid;
}

gboolean
ds_key_equal(const DsKey *a, const DsKey *b)
{
  return ds_digest_equal(&a->digest, &b->digest);
}

static gboolean
require_private(const DsKey *self, GError **error)
{
  char hex[DS_KID_HEX_SIZE];

  if (self->number != NULL)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "key %s: only its public half is known here",
              ds_kid_to_hex(&self->kid, hex));
  return FALSE;
}

gboolean
ds_key_sign(const DsKey *self, const void *data, gsize size, guint8 signature[DS_SIGNATURE_SIZE],
            GError **error)
{
  g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
  g_autoptr(ECDSA_SIG) parsed = NULL;
  guint8 der[80];
  const guint8 *at = der;
  gsize der_size = sizeof der;
  const BIGNUM *r, *s;

  if (!require_private(self, error))
    return FALSE;
  if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, self->pkey) != 1 ||
      EVP_DigestSign(ctx, der, &der_size, data, size) != 1)
    return fail_crypto(error, "signing");
  parsed = d2i_ECDSA_SIG(NULL, &at, (long)der_size);
  if (parsed == NULL)
    return fail_crypto(error, "reading its own signature");
  ECDSA_SIG_get0(parsed, &r, &s);
  if (BN_bn2binpad(r, signature, COORDINATE) < 0 ||
      BN_bn2binpad(s, signature + COORDINATE, COORDINATE) < 0)
    return fail_crypto(error, "writing a signature");
  return TRUE;
}

gboolean
ds_key_verify(const DsKey *self, const void *data, gsize size, const guint8 *signature,
              gsize signature_size, GError **error)
{
  g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
  g_autoptr(ECDSA_SIG) parsed = ECDSA_SIG_new();
  char hex[DS_KID_HEX_SIZE];
  guint8 der[80];
  guint8 *end = der;
  int der_size;

  if (signature_size != DS_SIGNATURE_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "signature: %zu bytes instead of 64",
                signature_size);
    return FALSE;
  }
  if (ctx == NULL || parsed == NULL ||
      ECDSA_SIG_set0(parsed, BN_bin2bn(signature, COORDINATE, NULL),
                     BN_bin2bn(signature + COORDINATE, COORDINATE, NULL)) != 1)
    return fail_crypto(error, "reading a signature");
  der_size = i2d_ECDSA_SIG(parsed, &end);
  if (der_size <= 0 || EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, self->pkey) != 1)
    return fail_crypto(error, "checking a signature");
  if (EVP_DigestVerify(ctx, der, (gsize)der_size, data, size) == 1)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "signature: does not fit key %s",
              ds_kid_to_hex(&self->kid, hex));
  return FALSE;
}

DsSecret *
ds_key_agree(const DsKey *own, const DsKey *other, GError **error)
{
  g_autoptr(EVP_PKEY_CTX) ctx = NULL;
  g_autoptr(DsSecret) secret = ds_secret_new(COORDINATE);
  gsize size = COORDINATE;

  if (!require_private(own, error))
    return NULL;
  ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own->pkey, NULL);
  if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
      EVP_PKEY_derive_set_peer(ctx, other->pkey) != 1 ||
      EVP_PKEY_derive(ctx, ds_secret_data(secret), &size) != 1 || size != COORDINATE) {
    fail_crypto(error, "agreeing on a secret");
    return NULL;
  }
  return g_steal_pointer(&secret);
}
