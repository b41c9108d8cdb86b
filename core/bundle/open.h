/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens a bundle. The manifest is checked by ds_manifest_verify (bundle/manifest.h). */
#pragma once

#include <glib.h>

#include "bundle/chunk.h"
#include "bundle/manifest.h"
#include "bundle/record.h"

G_BEGIN_DECLS

/* @manifest must be verified. Checks the record's digest and size, decrypts it with @key, checks
 * that it repeats unit, seq, prev and kind, that every chunk of the manifest belongs to exactly one
 * part and the other way round, and that parts are reused only by a bundle that replaces another.
 * DS_ERROR_REFUSED or DS_ERROR_INVALID says which. (transfer full) */
DsRecord *ds_open_record(const DsManifest *manifest, GBytes *record, DsKey *key, GError **error);

/* Gives the encrypted chunk with this digest; its bytes are checked here. (transfer full) */
typedef GBytes *(*DsChunkFetch)(const DsDigest *sha256, gpointer data, GError **error);
/* Gets plaintext, authentic so far; do not trust the whole before ds_open_part returns TRUE. */
typedef gboolean (*DsPlainSink)(const void *plain, gsize size, gpointer data, GError **error);

/* Decrypts one part chunk by chunk, checks every digest, length and the whole's. @key: NULL for
 * the part's own; of a reused part the key its older record holds. @sink may be NULL: only check.
 */
gboolean ds_open_part(const DsRecordPart *part, DsSecret *key, DsChunkFetch fetch,
                      gpointer fetch_data, DsPlainSink sink, gpointer sink_data,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As ds_open_part, the whole in one piece, wiped when its last reference goes. (transfer full) */
GBytes *ds_open_part_bytes(const DsRecordPart *part, DsSecret *key, DsChunkFetch fetch,
                           gpointer fetch_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What ds_seal_secret made. (transfer full) */
DsSecret *ds_open_secret(GBytes *bytes, DsKey *key, const char *context, GError **error);

G_END_DECLS
