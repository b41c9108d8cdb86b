/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: the intent to hand a trip over, noted in the vault before the spool is written,
 * as unit/sealing.h does for cases. */
#pragma once

#include "base/digest.h"
#include "unit/unit.h"
#include "vault/journal.h"

G_BEGIN_DECLS

typedef struct {
  guint64 seq;
  DsDigest id;
  DsAuditHead head;
  GBytes *bytes; /* the signed document */
} DsHanding;

/* Drops the bytes of one that ds_handing_pending filled. */
void ds_handing_clear(DsHanding *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsHanding, ds_handing_clear)

gboolean ds_handing_begin(DsUnit *self, const DsHanding *intent,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @pending FALSE: nothing was interrupted. */
gboolean ds_handing_pending(DsUnit *self, DsHanding *intent, gboolean *pending,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_handing_forget(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The bundle is in the spool: records it, keeps the document, lets the trip and its open cases
 * change hands and forgets the intent, all at once. */
gboolean ds_handing_finish(DsUnit *self, const DsHanding *intent,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
