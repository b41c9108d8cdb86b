/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part's bytes as a row of encrypted chunks. Each chunk is a tagged COSE_Encrypt0 (A256GCM)
 * under the part's own random key, the IV counts up, and index and last are authenticated: chunks
 * cannot be swapped, left out, added or cut off. Nothing here touches a disk. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"
#include "bundle/limits.h"

G_BEGIN_DECLS

typedef struct {
  DsDigest sha256; /* of the chunk as encrypted: its name everywhere */
  guint64 size;
} DsChunkRef;

/* ---- writing ---- */

/* Gets chunk @index as it must be stored. FALSE stops the writer with @error. */
typedef gboolean (*DsChunkSink)(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data,
                                GError **error);

typedef struct _DsChunkWriter DsChunkWriter;

/* Makes a fresh random key. Plaintext stays in wiped memory. */
DsChunkWriter *ds_chunk_writer_new(DsChunkSink sink, gpointer data);
void ds_chunk_writer_free(DsChunkWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsChunkWriter, ds_chunk_writer_free)

/* Any amounts. DS_ERROR_TOO_LARGE when the part would pass DS_PART_MAX; nothing of this call was
 * taken then. After any failure the writer is dead. */
gboolean ds_chunk_writer_write(DsChunkWriter *self, const void *data, gsize size,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the last chunk (an empty part has one, empty). */
gboolean ds_chunk_writer_finish(DsChunkWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After finish. (transfer none): the key, and the array of DsChunkRef in order. */
DsSecret *ds_chunk_writer_key(const DsChunkWriter *self);
GArray *ds_chunk_writer_chunks(const DsChunkWriter *self);
DsDigest ds_chunk_writer_sha256(const DsChunkWriter *self); /* of the plaintext */
guint64 ds_chunk_writer_length(const DsChunkWriter *self);  /* of the plaintext */

/* ---- reading ---- */

typedef struct _DsChunkReader DsChunkReader;

/* For a part of @count chunks (at least 1, at most DS_PART_CHUNKS_MAX) under @key (32 bytes). */
DsChunkReader *ds_chunk_reader_new(DsSecret *key, guint count, GError **error);
void ds_chunk_reader_free(DsChunkReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsChunkReader, ds_chunk_reader_free)

/* Opens chunk @index, in any order. Gives plaintext only after its tag was checked.
 * DS_ERROR_REFUSED when the tag does not fit (wrong key, wrong place, changed), DS_ERROR_INVALID
 * for a wrong form. (transfer full) */
DsSecret *ds_chunk_reader_open(DsChunkReader *self, guint index, GBytes *chunk, GError **error);

/* After all chunks were opened in order, each once: whether the whole plaintext is @length bytes
 * with this digest. DS_ERROR_REFUSED otherwise. */
gboolean ds_chunk_reader_finish(DsChunkReader *self, const DsDigest *sha256, guint64 length,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
