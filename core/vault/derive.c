/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/derive.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "base/error.h"

DsSecret *
ds_derive_key(DsSecret *master, const char *label, GError **error)
{
  g_autoptr(DsSecret) key = ds_secret_new(DS_DERIVED_KEY_SIZE);
  g_autofree char *info = g_strdup(label);
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ds_secret_data(master),
                                        ds_secret_size(master)),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
      OSSL_PARAM_construct_end(),
  };
  gboolean ok = context != NULL &&
                EVP_KDF_derive(context, ds_secret_data(key), DS_DERIVED_KEY_SIZE, parameters) == 1;

  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  if (!ok) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "deriving the key for %s failed in OpenSSL",
                label);
    return NULL;
  }
  return g_steal_pointer(&key);
}
