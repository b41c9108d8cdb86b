/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this unit sealed, in order, and how far each has come. A bundle is pruned in two phases:
 * the intent is durable first, then its files go, then it is marked; what a crash interrupts is
 * finished by ds_vault_finish_prunes. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "store/spool.h"
#include "store/store.h"
#include "vault/journal.h"
#include "vault/part.h"
#include "vault/vault.h"

G_BEGIN_DECLS

/* States of statements that matter here; the same numbers as in bundle/statement.h. */
#define DS_VAULT_RECEIPT_RECEIVED 1
#define DS_VAULT_RECEIPT_VERIFIED 2
#define DS_VAULT_RECEIPT_DURABLE 3
#define DS_VAULT_STATE_SUPERSEDED 6

typedef struct {
  guint64 seq;       /* counted from 1, without gaps */
  DsDigest id;       /* SHA-256 of the manifest's payload */
  gboolean has_prev; /* FALSE only for seq 1 */
  DsDigest prev;
  char *case_id; /* NULL for a trip, and when rebuilt from the spool and not known */
  guint version; /* of the case */
  char *kind;    /* "case", "trip" */
  gboolean has_replaces;
  DsDigest replaces;
  DsDigest manifest_sha256; /* of the whole signed manifest: what prune reads back */
  guint64 manifest_size;
  guint64 record_size;
  DsAuditHead head; /* of the journal, as the manifest says; index 0 when not known,
                               or when that entry is not in this journal */
  gint64 sealed_us;
  GArray *chunks; /* DsVaultChunk that this bundle carries; NULL in listings */
  /* kept by the vault: ignored by ds_vault_add_bundle */
  guint32 receipts; /* bit n: a statement of state n was applied */
  gboolean prune_intended;
  gint64 pruned_us; /* 0: not pruned */
} DsVaultBundle;

DsVaultBundle *ds_vault_bundle_new(void); /* zeroed, with an empty list of chunks */
void ds_vault_bundle_free(DsVaultBundle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultBundle, ds_vault_bundle_free)

/* The highest of RECEIVED, VERIFIED, DURABLE seen, 0 for none. */
int ds_vault_bundle_receipt(const DsVaultBundle *self);

/* What the next sealed bundle must say: @seq, and the id of the one before (FALSE in @has_prev
 * for the first). */
gboolean ds_vault_next_bundle(DsVault *self, guint64 *seq, gboolean *has_prev, DsDigest *prev,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Records a sealed bundle; its manifest and record are durable in the spool by now. All parts of
 * the case that no bundle carries and that are not superseded become carried by it. Journalled as
 * "sealed". The same bundle again is fine; another under the same seq, or another seq for the same
 * id, is DS_ERROR_EXISTS; a seq that leaves a gap is fine only with @rebuilding (from the spool).
 * Statements that came before it are counted. */
gboolean ds_vault_add_bundle(DsVault *self, const DsVaultBundle *bundle, gboolean rebuilding,
                             const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND. With chunks. (transfer full) */
DsVaultBundle *ds_vault_bundle(DsVault *self, const DsDigest *id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same by its number. (transfer full) */
DsVaultBundle *ds_vault_bundle_by_seq(DsVault *self, guint64 seq,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The newest bundle of a case; NULL without an error when it has none. (transfer full) */
DsVaultBundle *ds_vault_case_bundle(DsVault *self, const char *case_id, GError **error);
/* DsVaultBundle in order of seq: of @case_id, or NULL for those not yet pruned. (transfer full) */
GPtrArray *ds_vault_bundles(DsVault *self, const char *case_id,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bundles that are not pruned and of which the station said DURABLE, or said so of the withdrawal
 * that replaces them (and did not call that superseded): a withdrawn case that never left is not
 * kept for anybody. (transfer full) */
GPtrArray *ds_vault_prunable(DsVault *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @bundle is of that kind, as far as receipts go. */
gboolean ds_vault_bundle_may_go(DsVault *self, const DsVaultBundle *bundle, gboolean *may,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Prunes one: refuses what ds_vault_prunable would not list (DS_ERROR_REFUSED) or when the manifest
 * in the spool is not the one recorded (DS_ERROR_INVALID; nothing is removed); then event
 * "prune-intended", spool folder and chunks that no other bundle carries, event "pruned". Pruned
 * already is fine. */
gboolean ds_vault_prune_bundle(DsVault *self, const DsDigest *id, DsStore *store, DsSpool *spool,
                               const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Finishes what was intended and interrupted; @finished (may be NULL) counts. Call after open. */
gboolean ds_vault_finish_prunes(DsVault *self, DsStore *store, DsSpool *spool, const char *who,
                                guint *finished, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
