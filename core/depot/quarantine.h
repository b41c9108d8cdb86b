/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A throw-away bare repository for one pack from a peer. `git index-pack --strict` reads the pack
 * first, in a process of its own under limits; libgit2 opens the folder only when that is content.
 * The folder vanishes with the object, and with ds_fetch_sweep after a crash. */
#pragma once

#include <git2.h>

#include "depot/fetch-limits.h"
#include "depot/link.h"

G_BEGIN_DECLS

#define DS_QUARANTINE_PREFIX "quarantine-"

typedef struct _DsQuarantine DsQuarantine;

/* Makes @work/quarantine-XXXXXX. (transfer full) */
DsQuarantine *ds_quarantine_new(const char *work, GError **error);
/* Pumps the pack from @link, to its end, into index-pack. */
gboolean ds_quarantine_take(DsQuarantine *self, DsLink *link, const DsFetchLimits *limits,
                            GError **error);
/* Owned by @self; after ds_quarantine_take. */
git_odb *ds_quarantine_odb(DsQuarantine *self, GError **error);
void ds_quarantine_free(DsQuarantine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsQuarantine, ds_quarantine_free)

G_END_DECLS
