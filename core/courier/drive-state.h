/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the courier remembers about drives, in HOME/depot/drive: which bundles it wrote to one,
 * which messages it took from one, the numbers of its batches. Apart from courier/state.h: a bundle
 * that lies on a stick is still sent over the network when that comes first. Losing it costs bytes,
 * never a bundle. No clock decides anything here. */
#pragma once

#include "drive/container.h"

G_BEGIN_DECLS

/* A bundle on a drive that is unanswered while drives without it are used so often is written
 * again: the one it lies on may be lost. */
#define DS_DRIVE_RESEND_USES 3

typedef struct _DsDriveState DsDriveState;

/* Lines that are not understood are dropped. (transfer full) */
DsDriveState *ds_drive_state_load(const char *home, GError **error);
gboolean ds_drive_state_save(DsDriveState *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_drive_state_free(DsDriveState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDriveState, ds_drive_state_free)

/* A number above every one used before and above @seen. Save before it is used. */
guint64 ds_drive_state_next_batch(DsDriveState *self, guint64 seen);

/* @id is on a drive in @batch, synced and read back. */
void ds_drive_state_hand_over(DsDriveState *self, const DsDigest *id, guint64 batch);
/* @batch was found damaged: its bundles are due again. */
void ds_drive_state_lose(DsDriveState *self, guint64 batch);
gboolean ds_drive_state_has(DsDriveState *self, const DsDigest *id);
/* A drive is used on which @id does not lie. */
void ds_drive_state_miss(DsDriveState *self, const DsDigest *id);
/* TRUE when @id was never written to a drive, or was missed too often. */
gboolean ds_drive_state_is_due(DsDriveState *self, const DsDigest *id);
/* Forgets bundles that are not among @spooled (a set of DsDigest). */
void ds_drive_state_keep(DsDriveState *self, GHashTable *spooled);

/* A message is durable in the inbox. */
void ds_drive_state_take(DsDriveState *self, guint64 seq, const DsDigest *content);
/* TRUE when message @seq with this very content was taken. */
gboolean ds_drive_state_has_taken(DsDriveState *self, guint64 seq, const DsDigest *content);
/* What an out container says: DsDriveTaken, ascending, the newest DS_DRIVE_TAKEN_MAX.
 * (transfer full) */
GArray *ds_drive_state_taken(DsDriveState *self);

/* The station offers @offered (a set of guint64 *): of what it offers no more it need not be told.
 */
void ds_drive_state_keep_taken(DsDriveState *self, GHashTable *offered);

/* Wall time of the last use of a drive, 0: never. For people. */
gint64 ds_drive_state_last_us(const DsDriveState *self);
void ds_drive_state_touch(DsDriveState *self);

G_END_DECLS
