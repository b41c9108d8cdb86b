/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* P-256 keys (OpenSSL): they sign (ES256, RFC 9053 §2.1) or agree on a secret (ECDH). One key is
 * used for one of the two, except the station's records key, which its holder may use for both. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"

G_BEGIN_DECLS

#define DS_KEY_PRIVATE_SIZE 32u
#define DS_KEY_COSE_SIZE 75u /* the public half as a deterministic COSE_Key */
#define DS_SIGNATURE_SIZE 64u
#define DS_KID_SIZE 8u
#define DS_KID_HEX_SIZE 17u

/* Names a public key: the first 8 bytes of the SHA-256 of its deterministic COSE_Key. A name, not
 * a proof: whoever looks a key up by it still has to check a signature. */
typedef struct {
  guint8 bytes[DS_KID_SIZE];
} DsKid;

gboolean ds_kid_equal(const DsKid *a, const DsKid *b);
const char *ds_kid_to_hex(const DsKid *self, char hex[DS_KID_HEX_SIZE]);

typedef struct _DsKey DsKey;

DsKey *ds_key_generate(GError **error);
/* From the 32 bytes of the private number, big-endian. DS_ERROR_INVALID unless 1 ≤ number < order.
 */
DsKey *ds_key_from_private(DsSecret *number, GError **error);
/* From a COSE_Key {1: 2, -1: 1, -2: x, -3: y}, exactly in deterministic form; the point must lie on
 * the curve. Public half only. */
DsKey *ds_key_from_cose(const void *data, gsize size, GError **error);
/* From the coordinates, 32 bytes each. Public half only. */
DsKey *ds_key_from_point(const guint8 x[32], const guint8 y[32], GError **error);
DsKey *ds_key_ref(DsKey *self);
void ds_key_unref(DsKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsKey, ds_key_unref)

gboolean ds_key_has_private(const DsKey *self);
/* NULL when it holds only the public half. (transfer full) */
DsSecret *ds_key_dup_private(const DsKey *self);
/* A key without the private half. (transfer full) */
DsKey *ds_key_public(const DsKey *self);
/* Deterministic COSE_Key, DS_KEY_COSE_SIZE bytes. (transfer none) */
GBytes *ds_key_cose(const DsKey *self);
/* SHA-256 of the COSE_Key, whole: what to pin. */
DsDigest ds_key_digest(const DsKey *self);
/* (transfer none) */
const DsKid *ds_key_kid(const DsKey *self);
/* Same public half. */
gboolean ds_key_equal(const DsKey *a, const DsKey *b);

/* ECDSA over SHA-256 of @data, as r ‖ s, 32 bytes each. DS_ERROR_FAILED without a private half. */
gboolean ds_key_sign(const DsKey *self, const void *data, gsize size,
                     guint8 signature[DS_SIGNATURE_SIZE], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_REFUSED when @signature is not 64 bytes or does not fit. */
gboolean ds_key_verify(const DsKey *self, const void *data, gsize size, const guint8 *signature,
                       gsize signature_size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ECDH: the x coordinate, 32 bytes, of own private × other's public. (transfer full) */
DsSecret *ds_key_agree(const DsKey *own, const DsKey *other, GError **error);

G_END_DECLS
