/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/cipher.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/error.h"

#define KW_KEY_MAX 64u

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF_CTX, EVP_KDF_CTX_free)

static gboolean
fail_crypto(GError **error, const char *doing)
{
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "OpenSSL failed while %s", doing);
  return FALSE;
}

static const EVP_CIPHER *
gcm_for(DsSecret *key)
{
  switch (ds_secret_size(key)) {
  case 16:
    return EVP_aes_128_gcm();
  case 24:
    return EVP_aes_192_gcm();
  case 32:
    return EVP_aes_256_gcm();
  default:
    return NULL;
  }
}

gboolean
ds_gcm_encrypt(DsSecret *key, const guint8 iv[DS_GCM_IV_SIZE], GBytes *aad, const void *plain,
               gsize size, guint8 *out, GError **error)
{
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  const EVP_CIPHER *cipher = gcm_for(key);
  gsize aad_size;
  const guint8 *aad_data = g_bytes_get_data(aad, &aad_size);
  int done = 0, rest = 0;

  if (ctx == NULL || cipher == NULL || size > G_MAXINT ||
      EVP_EncryptInit_ex(ctx, cipher, NULL, ds_secret_data(key), iv) != 1 ||
      EVP_EncryptUpdate(ctx, NULL, &done, aad_data, (int)aad_size) != 1 ||
      (size > 0 && EVP_EncryptUpdate(ctx, out, &done, plain, (int)size) != 1) ||
      EVP_EncryptFinal_ex(ctx, out + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, DS_GCM_TAG_SIZE, out + size) != 1)
    return fail_crypto(error, "encrypting");
  return TRUE;
}

DsSecret *
ds_gcm_decrypt(DsSecret *key, const guint8 iv[DS_GCM_IV_SIZE], GBytes *aad, const void *sealed,
               gsize size, GError **error)
{
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  g_autoptr(DsSecret) plain = NULL;
  const EVP_CIPHER *cipher = gcm_for(key);
  const gsize plain_size = size - DS_GCM_TAG_SIZE;
  gsize aad_size;
  const guint8 *aad_data = g_bytes_get_data(aad, &aad_size);
  guint8 unused[1];
  int done = 0, rest = 0;

  if (size < DS_GCM_TAG_SIZE || size > G_MAXINT) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "ciphertext of %zu bytes has no room for a tag",
                size);
    return NULL;
  }
  plain = ds_secret_new(plain_size);
  if (ctx == NULL || cipher == NULL ||
      EVP_DecryptInit_ex(ctx, cipher, NULL, ds_secret_data(key), iv) != 1 ||
      EVP_DecryptUpdate(ctx, NULL, &done, aad_data, (int)aad_size) != 1 ||
      (plain_size > 0 &&
       EVP_DecryptUpdate(ctx, ds_secret_data(plain), &done, sealed, (int)plain_size) != 1) ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, DS_GCM_TAG_SIZE,
                          (void *)((const guint8 *)sealed + plain_size)) != 1) {
    fail_crypto(error, "decrypting");
    return NULL;
  }
  if (EVP_DecryptFinal_ex(ctx, unused, &rest) != 1) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "cannot be opened: another key, another place, or it was changed");
    return NULL;
  }
  return g_steal_pointer(&plain);
}

GBytes *
ds_kw_wrap(DsSecret *kek, DsSecret *key, GError **error)
{
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  const gsize size = ds_secret_size(key);
  guint8 out[KW_KEY_MAX + DS_KW_OVERHEAD];
  int done = 0;

  if (ctx == NULL || ds_secret_size(kek) != 32 || size > KW_KEY_MAX || size % 8 != 0) {
    fail_crypto(error, "wrapping a key");
    return NULL;
  }
  EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_EncryptInit_ex(ctx, EVP_aes_256_wrap(), NULL, ds_secret_data(kek), NULL) != 1 ||
      EVP_EncryptUpdate(ctx, out, &done, ds_secret_data(key), (int)size) != 1 ||
      done != (int)(size + DS_KW_OVERHEAD)) {
    fail_crypto(error, "wrapping a key");
    return NULL;
  }
  return g_bytes_new(out, (gsize)done);
}

DsSecret *
ds_kw_unwrap(DsSecret *kek, const void *wrapped, gsize size, GError **error)
{
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  guint8 out[KW_KEY_MAX + DS_KW_OVERHEAD];
  DsSecret *key = NULL;
  int done = 0;

  if (ctx == NULL || ds_secret_size(kek) != 32 || size > sizeof out || size % 8 != 0 || size < 24) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "wrapped key of %zu bytes", size);
    return NULL;
  }
  EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_DecryptInit_ex(ctx, EVP_aes_256_wrap(), NULL, ds_secret_data(kek), NULL) == 1 &&
      EVP_DecryptUpdate(ctx, out, &done, wrapped, (int)size) == 1 &&
      done == (int)(size - DS_KW_OVERHEAD))
    key = ds_secret_from_bytes(out, (gsize)done);
  else
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "the wrapped key cannot be opened: another key, or it was changed");
  ds_wipe(out, sizeof out);
  return key;
}

DsSecret *
ds_hkdf(DsSecret *secret, GBytes *info, gsize size, GError **error)
{
  g_autoptr(EVP_KDF) kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  g_autoptr(EVP_KDF_CTX) ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
  g_autoptr(DsSecret) out = ds_secret_new(size);
  gsize info_size;
  void *info_data = (void *)g_bytes_get_data(info, &info_size);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ds_secret_data(secret),
                                        ds_secret_size(secret)),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_data, info_size),
      OSSL_PARAM_construct_end(),
  };

  if (ctx == NULL || EVP_KDF_derive(ctx, ds_secret_data(out), size, params) != 1) {
    fail_crypto(error, "deriving a key");
    return NULL;
  }
  return g_steal_pointer(&out);
}
