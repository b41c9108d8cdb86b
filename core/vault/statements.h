/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's signed words that were applied. Their effect on a bundle is a set of states, so
 * twice, late or out of order ends the same. Signatures are checked before they come here. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef struct {
  guint64 seq; /* per unit, gap-free, counted from 1 */
  DsDigest bundle;
  int state;         /* 1 … 31, as in bundle/statement.h */
  gint64 station_us; /* the station's time in it */
  GBytes *bytes;     /* as signed */
  GBytes *detail;    /* opened, opaque here; or NULL */
} DsVaultStatement;

void ds_vault_statement_free(DsVaultStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultStatement, ds_vault_statement_free)

/* Records it, marks its bundle (now, or when the bundle is added later), raises the station time.
 * @fresh (may be NULL) is FALSE when these bytes were applied before: a replay, without effect.
 * Another statement under a known seq (same meaning, other signature, is the same) is
 * DS_ERROR_EXISTS: the station contradicts itself. */
gboolean ds_vault_add_statement(DsVault *self, const DsVaultStatement *statement, gboolean *fresh,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Highest n such that 1 … n were all applied; what the unit asks the station to go on from. */
gboolean ds_vault_statement_seq(DsVault *self, guint64 *seq,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The highest seq that was applied, 0: none. Above ds_vault_statement_seq: one between is missing. */
gboolean ds_vault_statement_last(DsVault *self, guint64 *seq,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Statements about a bundle, in order of seq. DsVaultStatement. (transfer full) */
GPtrArray *ds_vault_statements(DsVault *self, const DsDigest *bundle,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
