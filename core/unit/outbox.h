/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What left, what waits, what may go. */
#pragma once

#include <glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

typedef struct {
  guint count;
  guint64 bytes;
} DsPruned;

/* Removes the local copies of every bundle the station called DURABLE, in two phases; then chunks
 * that no part and no bundle needs, which a crash in the middle of a capture left. None of
 * those go while the spool holds a bundle the vault does not know. A bundle that cannot be removed
 * does not stop the others; the first error is given at the end. */
gboolean ds_unit_prune(DsUnit *self, DsPruned *pruned, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
