/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bundle of the spool, with its chunks in the store, as the push wants it. */
#pragma once

#include "depot/source.h"
#include "store/spool.h"
#include "store/store.h"

G_BEGIN_DECLS

/* Reads the manifest for the list of chunks (its form only: the courier checks no signature).
 * Fails when the manifest is not the one @entry names or is broken. (transfer full) */
DsDepotSource *ds_outbox_source(DsStore *store, DsSpool *spool, const DsSpoolEntry *entry,
                                GError **error);

G_END_DECLS
