/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three symmetric steps of COSE that Doorstep needs, on OpenSSL: AES-GCM, AES key wrap
 * (RFC 3394) and HKDF-SHA-256 (RFC 5869). Only for this folder. */
#pragma once

#include <glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

#define DS_GCM_IV_SIZE 12u
#define DS_GCM_TAG_SIZE 16u
#define DS_KW_OVERHEAD 8u

/* @key: 16, 24 or 32 bytes. Writes @size + DS_GCM_TAG_SIZE bytes to @out. */
gboolean ds_gcm_encrypt(DsSecret *key, const guint8 iv[DS_GCM_IV_SIZE], GBytes *aad,
                        const void *plain, gsize size, guint8 *out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL and DS_ERROR_REFUSED when the tag does not fit: nothing is given out then. */
DsSecret *ds_gcm_decrypt(DsSecret *key, const guint8 iv[DS_GCM_IV_SIZE], GBytes *aad,
                         const void *sealed, gsize size, GError **error);

/* @kek: 32 bytes; @key: a multiple of 8 bytes. */
GBytes *ds_kw_wrap(DsSecret *kek, DsSecret *key, GError **error);
/* DS_ERROR_REFUSED when it was wrapped by another kek. */
DsSecret *ds_kw_unwrap(DsSecret *kek, const void *wrapped, gsize size, GError **error);

/* No salt, as RFC 9053 §5.1 has it when none is sent. */
DsSecret *ds_hkdf(DsSecret *secret, GBytes *info, gsize size, GError **error);

G_END_DECLS
