/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of one use of a drive. */
#pragma once

#include "courier/config.h"
#include "courier/drive-state.h"
#include "courier/drive.h"
#include "courier/state.h"
#include "store/inbox.h"
#include "store/spool.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  const char *home;
  DsCourierConfig *config;
  const DsDriveOptions *options;
  DsDriveResult *result;
  DsStick *stick;
  DsStore *store;
  DsSpool *spool;
  DsInbox *inbox;
  DsCourierState *sent; /* over the network */
  DsDriveState *state;
  GArray *entries;     /* DsSpoolEntry */
  GHashTable *spooled; /* set of their ids */
} DsDriveRound;

/* Counts one refusal and keeps its words. */
void ds_drive_refuse(DsDriveRound *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* TRUE for what is one container's or message's own fault. */
gboolean ds_drive_is_fault(const GError *error);

/* Home containers into the inbox. */
gboolean ds_drive_take_home(DsDriveRound *self, GPtrArray *files, GError **error);
/* Removes answered out containers, writes new ones. */
gboolean ds_drive_write_out(DsDriveRound *self, GPtrArray *files, GError **error);

G_END_DECLS
