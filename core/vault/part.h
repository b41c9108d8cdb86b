/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The evidence of a case: where its chunks lie and, until it is sealed, their key. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"
#include "model/view.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef struct {
  DsDigest digest; /* of the ciphertext, its name in the store */
  guint64 size;    /* ciphertext bytes */
} DsVaultChunk;

typedef struct {
  DsPart *part;
  DsSecret *key;       /* 32 bytes; NULL once dropped */
  GArray *chunks;      /* DsVaultChunk in order */
  gboolean superseded; /* retaken or replaced by a newer part */
  gboolean carried;    /* a sealed bundle carries it, namely */
  DsDigest bundle;
} DsVaultPart;

/* Takes @part and @key, copies chunk entries. */
DsVaultPart *ds_vault_part_new(DsPart *part, DsSecret *key, const DsVaultChunk *chunks,
                               guint n_chunks);
void ds_vault_part_free(DsVaultPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultPart, ds_vault_part_free)

/* Adds @part, whose chunks are durable in the store by now. Journalled as "part-added".
 * @step may be NULL. DS_ERROR_EXISTS when its id is taken, NOT_FOUND: no such case, REFUSED: it
 * was shredded. */
gboolean ds_vault_add_part(DsVault *self, const char *case_id, const char *step,
                           const DsVaultPart *part, const char *who,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An id that no part of the case has or had: "photo-1", "photo-2" … (transfer full) */
char *ds_vault_next_part_id(DsVault *self, const char *case_id, DsSlot slot,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Parts in the order they were added; with @superseded also the replaced ones. DsVaultPart.
 * (transfer full) */
GPtrArray *ds_vault_parts(DsVault *self, const char *case_id, gboolean superseded,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND. (transfer full) */
DsVaultPart *ds_vault_part(DsVault *self, const char *case_id, const char *part_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds or changes an attribute (a measure, a reason); NULL removes. */
gboolean ds_vault_set_part_attribute(DsVault *self, const char *case_id, const char *part_id,
                                     const char *name, const char *value,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaced or withdrawn: its key is dropped at once, its chunks become unreferenced unless a
 * bundle carries them. Journalled as "part-superseded" with @reason (may be NULL). */
gboolean ds_vault_supersede_part(DsVault *self, const char *case_id, const char *part_id,
                                 const char *reason, const char *who,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After seal and read-back: forgets the keys of all parts of the case. */
gboolean ds_vault_drop_part_keys(DsVault *self, const char *case_id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Chunks of superseded or shredded parts that no bundle carries: DsVaultChunk. @case_id NULL: of
 * all cases. Remove them from the store, then forget them. (transfer full) */
GArray *ds_vault_unreferenced_chunks(DsVault *self, const char *case_id,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_vault_forget_chunks(DsVault *self, const GArray *chunks,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does any part or any bundle not yet pruned need this object? For finding orphans of a capture
 * that a crash cut off. */
gboolean ds_vault_chunk_is_known(DsVault *self, const DsDigest *digest, gboolean *known,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
