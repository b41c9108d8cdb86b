/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* COSE (RFC 9052, RFC 9053) as far as Doorstep uses it: Sign, Sign1, Encrypt, Encrypt0.
 *
 * Our own objects: everything in protected headers, in deterministic form; unprotected headers are
 * empty but for a recipient's ephemeral key. external_aad is the deterministic CBOR array
 * ["doorstep/<type>/1", …], so that no object can stand in for one of another type. */
#pragma once

#include <glib.h>

#include "bundle/key.h"
#include "model/cbor.h"

G_BEGIN_DECLS

typedef enum {
  DS_COSE_SIGN1 = 18,
  DS_COSE_SIGN = 98,
  DS_COSE_ENCRYPT0 = 16,
  DS_COSE_ENCRYPT = 96,
} DsCoseKind; /* = the CBOR tag */

/* OWN takes exactly what is described above. FOREIGN is for the public test vectors: any order of
 * keys, tag optional, kid and IV in either bucket, shorter GCM keys, direct keys. */
typedef enum {
  DS_COSE_OWN,
  DS_COSE_FOREIGN,
} DsCoseRules;

typedef struct {
  const guint8 *data;
  gsize size;
} DsSlice;

typedef enum {
  DS_COSE_ALG = 1 << 1,          /* 1 << label */
  DS_COSE_CONTENT_TYPE = 1 << 3, /* only in vectors */
  DS_COSE_KID = 1 << 4,
  DS_COSE_IV = 1 << 5,
  DS_COSE_EPHEMERAL = 1 << 6, /* label -1 */
} DsCoseHeader;

/* The headers Doorstep knows, of both buckets together. */
typedef struct {
  guint present; /* bits of DsCoseHeader */
  gint64 alg;
  DsSlice kid;
  DsSlice iv;
  DsSlice ephemeral; /* a COSE_Key */
  DsSlice protected; /* the encoded map as it is authenticated: empty for an empty map */
} DsCoseHeaders;

/* One signature, or one recipient with its wrapped key. */
typedef struct {
  DsCoseHeaders headers;
  DsSlice content;
} DsCoseLeaf;

/* A parsed object; slices point into @bytes. */
typedef struct {
  GBytes *bytes;
  const char *what;
  DsCoseKind kind;
  DsCoseRules rules;
  DsCoseHeaders headers;
  DsSlice content; /* payload or ciphertext */
  GArray *leaves;  /* DsCoseLeaf: signatures (Sign1: the one) or recipients */
} DsCose;

/* Form only. @what names it in messages, static. (transfer full) */
DsCose *ds_cose_parse(GBytes *bytes, DsCoseKind kind, const char *what, gsize max,
                      DsCoseRules rules, GError **error);
void ds_cose_free(DsCose *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCose, ds_cose_free)

/* ["doorstep/<type>/1"]. (transfer full) */
GBytes *ds_cose_context(const char *type);
/* Payload or ciphertext as bytes sharing memory with the object. (transfer full) */
GBytes *ds_cose_content(const DsCose *self);
/* Whether leaf @i is named by @kid. */
gboolean ds_cose_leaf_is(const DsCose *self, guint i, const DsKid *kid);
/* The leaf's kid; zeros unless it has eight bytes. */
DsKid ds_cose_leaf_kid(const DsCose *self, guint i);

/* ---- signatures ---- */

/* SIGN1 with one key, SIGN with one or more different ones. (transfer full) */
GBytes *ds_cose_sign(DsCoseKind kind, GBytes *payload, const char *type, DsKey *const *keys,
                     guint n_keys, GError **error);
/* Checks signature @i. @aad: external_aad. DS_ERROR_UNSUPPORTED for another algorithm. */
gboolean ds_cose_verify(const DsCose *self, guint i, GBytes *aad, const DsKey *key,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Parses a Sign1 of our own, checks that it names @key and its signature. The payload.
 * (transfer full) */
GBytes *ds_cose_open_sign1(GBytes *bytes, const char *what, gsize max, const char *type,
                           const DsKey *key, GError **error);

/* ---- encryption ---- */

/* ENCRYPT to every key of @recipients (DsKey, different), each by an ephemeral key of its own. */
GBytes *ds_cose_encrypt(const void *plain, gsize size, const char *type, GPtrArray *recipients,
                        GError **error);
/* Opens an ENCRYPT of our own with one private key. (transfer full) */
DsSecret *ds_cose_open_encrypt(GBytes *bytes, const char *what, gsize max, const char *type,
                               const DsKey *key, GError **error);

/* The content key, unwrapped from recipient @i. */
DsSecret *ds_cose_unwrap(const DsCose *self, guint i, const DsKey *key, GError **error);
/* The plaintext under a content key. (transfer full) */
DsSecret *ds_cose_decrypt(const DsCose *self, GBytes *aad, DsSecret *key, GError **error);

/* ENCRYPT0 under a key of 32 bytes. The IV must never repeat under it. (transfer full) */
GBytes *ds_cose_encrypt0(DsSecret *key, const guint8 iv[12], GBytes *aad, const void *plain,
                         gsize size, GError **error);

G_END_DECLS
