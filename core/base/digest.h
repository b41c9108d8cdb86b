/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 (OpenSSL): the only hash that Doorstep's own trust rests on. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_DIGEST_SIZE 32
#define DS_DIGEST_HEX_SIZE 65 /* with the closing NUL */

typedef struct {
  guint8 bytes[DS_DIGEST_SIZE];
} DsDigest;

DsDigest ds_digest_of(const void *data, gsize size);
DsDigest ds_digest_of_bytes(GBytes *bytes);

/* Lower-case hex into @hex; returns @hex. */
const char *ds_digest_to_hex(const DsDigest *self, char hex[DS_DIGEST_HEX_SIZE]);
char *ds_digest_dup_hex(const DsDigest *self); /* (transfer full) */
/* Exactly 64 lower-case hex digits; anything else is FALSE and leaves @self alone. */
gboolean ds_digest_parse(DsDigest *self, const char *hex);
gboolean ds_digest_equal(const DsDigest *a, const DsDigest *b);
gint ds_digest_compare(gconstpointer a, gconstpointer b); /* bytewise, for sorting DsDigest[] */
guint ds_digest_hash(gconstpointer digest);               /* for GHashTable, with ds_digest_equal_p */
gboolean ds_digest_equal_p(gconstpointer a, gconstpointer b);

/* In pieces. Finish may be called once. */
typedef struct _DsHasher DsHasher;
DsHasher *ds_hasher_new(void);
void ds_hasher_update(DsHasher *self, const void *data, gsize size);
DsDigest ds_hasher_finish(DsHasher *self);
void ds_hasher_free(DsHasher *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsHasher, ds_hasher_free)

G_END_DECLS
