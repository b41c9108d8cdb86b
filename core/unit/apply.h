/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inbox: directories, dispatches and statements are verified and applied, in any order, as
 * often as they come. A message that cannot be is kept aside with the reason. */
#pragma once

#include <glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

typedef struct {
  guint directories;
  guint dispatches;
  guint statements; /* fresh ones */
  guint replays;
  guint waiting;     /* messages that need a newer directory than this unit has; they stay */
  guint refused;     /* messages moved to HOME/refused, with the reason beside them */
  GPtrArray *notes;  /* char *: one line each, what happened, for the person */
  GPtrArray *errors; /* char *: why something was refused */
} DsApplied;

/* DS_ERROR_REFUSED before the first directory was trusted; any other error is trouble of this
 * laptop (a full disk): the message it names stays in the inbox, the others were applied.
 * (transfer full) */
DsApplied *ds_unit_apply_inbox(DsUnit *self, GError **error);

/* Statements are numbered without a gap: @first is the lowest number that never came although a
 * later one did (0: none is missing). Somebody on the way kept it back, or it is still coming. */
gboolean ds_unit_missing_statement(DsUnit *self, guint64 *first,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

void ds_applied_free(DsApplied *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsApplied, ds_applied_free)

G_END_DECLS
