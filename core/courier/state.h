/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the courier remembers between contacts, in HOME/depot: which bundles of the spool were
 * handed over, which messages had the wrong shape, when the last contact was. Losing it costs
 * bytes, never a bundle. */
#pragma once

#include "base/digest.h"
#include "depot/object.h"

G_BEGIN_DECLS

/* A bundle that was handed over and is unanswered for both of these is sent again. */
#define DS_COURIER_RESEND_CONTACTS 8
#define DS_COURIER_RESEND_SECONDS (3 * 24 * 3600)

typedef struct _DsCourierState DsCourierState;

/* Reads HOME/depot/handed-over; lines that are not understood are dropped: their bundles are sent
 * again. (transfer full) */
DsCourierState *ds_courier_state_load(const char *home, GError **error);
gboolean ds_courier_state_save(DsCourierState *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_courier_state_free(DsCourierState *self);

/* The server said ok to @id now. */
void ds_courier_state_hand_over(DsCourierState *self, const DsDigest *id);
gboolean ds_courier_state_has(DsCourierState *self, const DsDigest *id);
/* TRUE when @id must be sent (again): never handed over, or unanswered for too long. */
gboolean ds_courier_state_is_due(DsCourierState *self, const DsDigest *id);
/* Forgets bundles that are not among @spooled (a set of DsDigest). */
void ds_courier_state_keep(DsCourierState *self, GHashTable *spooled);
/* Counts one complete contact. */
void ds_courier_state_count(DsCourierState *self);
gint64 ds_courier_state_last_contact_us(const DsCourierState *self);

/* A message that had the wrong shape is not fetched again as long as it is the same commit. */
void ds_courier_state_refuse(DsCourierState *self, const DsObjectId *commit);
gboolean ds_courier_state_is_refused(DsCourierState *self, const DsObjectId *commit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCourierState, ds_courier_state_free)

G_END_DECLS
