/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ciphertext on disk, each object named by the SHA-256 of its bytes:
 *
 *   PATH/objects/ab/abcdef…   written once, never changed     PATH/reserve   room for a full disk
 *
 * A name appears only after all bytes are written, and both are synced together: that is one commit
 * of the file system's journal, not two. A power cut before the sync may leave a torn object;
 * nobody names it yet, its digest tells, and the next put of it mends it. The courier and the
 * vault's owner may use one store at once. Also serves as the station's archive. */
#pragma once

#include <glib.h>

#include "base/digest.h"

G_BEGIN_DECLS

/* An object is a chunk (512 KiB), a record or a manifest; nothing larger is one. */
#define DS_STORE_OBJECT_MAX (8 * 1024 * 1024)
/* What ds_store_reserve is usually asked for: the parts of one case. */
#define DS_STORE_RESERVE_BYTES (8 * 1024 * 1024)

typedef struct _DsStore DsStore;

/* Opens the store at @path, creating it and its 256 folders when missing. (transfer full) */
DsStore *ds_store_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
DsStore *ds_store_ref(DsStore *self);
void ds_store_unref(DsStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStore, ds_store_unref)
const char *ds_store_path(const DsStore *self);

/* Durable on TRUE: bytes and name are synced. DS_ERROR_INVALID when @bytes do not have @digest.
 * Putting what is there is fine and cheap in space; a damaged copy is replaced. */
gboolean ds_store_put(DsStore *self, const DsDigest *digest, GBytes *bytes,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Many objects: bytes and names are synced by commit. Until then the objects may vanish or be torn
 * in a power cut, and removed ones come back. Freeing without commit leaves what was put, unsynced.
 */
typedef struct _DsStoreBatch DsStoreBatch;
DsStoreBatch *ds_store_batch_new(DsStore *self);
gboolean ds_store_batch_put(DsStoreBatch *self, const DsDigest *digest, GBytes *bytes,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For whoever has just made @digest of @bytes itself, and no more than DS_STORE_OBJECT_MAX of them:
 * it is not made once more. */
gboolean ds_store_batch_put_hashed(DsStoreBatch *self, const DsDigest *digest, GBytes *bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what this batch put and was not there before, committed or not, as far as it can be: for
 * whoever will never name it. */
void ds_store_batch_undo(DsStoreBatch *self);
/* TRUE when it was not there. */
gboolean ds_store_batch_remove(DsStoreBatch *self, const DsDigest *digest,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* May be called again after more puts and removals. */
gboolean ds_store_batch_commit(DsStoreBatch *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_store_batch_free(DsStoreBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStoreBatch, ds_store_batch_free)

/* Whole object with its digest checked: DS_ERROR_NOT_FOUND when missing, DS_ERROR_INVALID naming
 * the object when its bytes changed. (transfer full) */
GBytes *ds_store_read(DsStore *self, const DsDigest *digest,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The next read comes from the disk, not from memory, as far as the system lets us ask for it: for
 * whoever promises that what was written is there. Only for what was synced; never fails. */
void ds_store_forget(DsStore *self, const DsDigest *digest);
gboolean ds_store_has(DsStore *self, const DsDigest *digest);
gboolean ds_store_size(DsStore *self, const DsDigest *digest, guint64 *size,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For streaming without a copy: a read-only fd and the size. The caller closes the fd and checks
 * the digest of what it read. -1 on error. */
int ds_store_open_object(DsStore *self, const DsDigest *digest, guint64 *size, GError **error);
/* TRUE when it was not there. Not synced: a removal that a power cut undoes is repeated by the
 * caller, who still knows the digest; a batch or ds_store_sync makes removals final. */
gboolean ds_store_remove(DsStore *self, const DsDigest *digest,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Syncs all 256 folders. */
gboolean ds_store_sync(DsStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls @each for every object in order of digest; FALSE from it stops early (no error). */
typedef gboolean (*DsStoreEach)(const DsDigest *digest, guint64 size, gpointer data);
gboolean ds_store_foreach(DsStore *self, DsStoreEach each, gpointer data,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Number of objects and their bytes, counted by listing. */
gboolean ds_store_usage(DsStore *self, guint64 *count, guint64 *bytes,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bytes an unprivileged process may still write on this file system. */
gboolean ds_store_free_space(DsStore *self, guint64 *bytes,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps @bytes of the disk allocated in PATH/reserve; nothing to do when it is that large. */
gboolean ds_store_reserve(DsStore *self, guint64 bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives the reserve back to the disk, so that a running case can be finished; TRUE when there
 * was none. ds_store_reserve makes it anew once there is room. */
gboolean ds_store_release_reserve(DsStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes temporary files a crash left behind. Only for the process that writes this store. */
gboolean ds_store_sweep(DsStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
