/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed bundles waiting to be carried, or kept until the station says DURABLE:
 *
 *   PATH/0000000017-<id, 64 hex>/{manifest,record}      their chunks lie in the store
 *
 * A folder appears whole or not at all. The vault's owner writes and removes, the courier reads. */
#pragma once

#include <glib.h>

#include "base/digest.h"

G_BEGIN_DECLS

#define DS_SPOOL_MANIFEST_MAX (1024 * 1024)
#define DS_SPOOL_RECORD_MAX (4 * 1024 * 1024)
#define DS_SPOOL_SEQ_MAX G_GUINT64_CONSTANT(9999999999)

typedef struct {
  guint64 seq;
  DsDigest id;
} DsSpoolEntry;

typedef struct _DsSpool DsSpool;

/* Opens the spool at @path, creating the folder when missing. (transfer full) */
DsSpool *ds_spool_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
DsSpool *ds_spool_ref(DsSpool *self);
void ds_spool_unref(DsSpool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsSpool, ds_spool_unref)

/* Durable on TRUE. Adding the same bytes again is fine; other bytes under the same seq and id are
 * DS_ERROR_EXISTS; @seq is 1 … DS_SPOOL_SEQ_MAX. */
gboolean ds_spool_add(DsSpool *self, guint64 seq, const DsDigest *id, GBytes *manifest,
                      GBytes *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsSpoolEntry in order of seq; names of another form are passed over. (transfer full) */
GArray *ds_spool_list(DsSpool *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_spool_has(DsSpool *self, const DsSpoolEntry *entry);
/* Makes durable what an interrupted ds_spool_add put in place. */
gboolean ds_spool_sync(DsSpool *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As ds_store_forget, for both files. */
void ds_spool_forget(DsSpool *self, const DsSpoolEntry *entry);
/* The bytes as written; whoever knows the format checks the id. (transfer full) */
GBytes *ds_spool_read_manifest(DsSpool *self, const DsSpoolEntry *entry,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *ds_spool_read_record(DsSpool *self, const DsSpoolEntry *entry,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Renamed out of sight first, then deleted, so that no reader finds half of it; TRUE when it was
 * not there. */
gboolean ds_spool_remove(DsSpool *self, const DsSpoolEntry *entry,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what a crash left half added or half removed. Only for the process that writes. */
gboolean ds_spool_sweep(DsSpool *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
