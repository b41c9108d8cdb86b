/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: the intent to seal, noted in the vault before the spool is written, so that a
 * crash between the two is finished at the next start instead of guessed about. */
#pragma once

#include "base/digest.h"
#include "bundle/record.h"
#include "unit/unit.h"
#include "vault/bundles.h"

G_BEGIN_DECLS

typedef struct {
  guint64 seq;
  DsDigest id;
  char *case_id;
  guint version;
  DsCaseOutcome outcome;
  char *pack;
  char *pack_version;
  char *day;
  DsAuditHead head;
} DsSealing;

/* Frees the strings of one that ds_sealing_pending filled. */
void ds_sealing_clear(DsSealing *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsSealing, ds_sealing_clear)

gboolean ds_sealing_begin(DsUnit *self, const DsSealing *intent,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @pending FALSE: nothing was interrupted. */
gboolean ds_sealing_pending(DsUnit *self, DsSealing *intent, gboolean *pending,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_sealing_forget(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The row for the vault, from what is really in the spool; only seq, id, head, case_id (may be
 * NULL) and version of @intent count. DS_ERROR_FAILED when it did not read back as it was written.
 * (transfer full) */
DsVaultBundle *ds_sealing_read_bundle(DsUnit *self, const DsSealing *intent, GError **error);
/* The bundle is in the spool: reads it back, records it, marks the case sealed, forgets the keys
 * and the intent, all at once. */
gboolean ds_sealing_finish(DsUnit *self, const DsSealing *intent,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
