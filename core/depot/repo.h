/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's side: one bare repository per unit, written by stock `git receive-pack`, read and
 * emptied here through libgit2. Only refs/bundles/<id> and our own refs/outbox/… exist for us: the
 * repository's configuration hides every other name from both directions (receive.hideRefs), and
 * whatever else is found in it is ignored.
 * What is read is checked by shape only; signatures and SHA-256 are the caller's business. */
#pragma once

#include "depot/entry.h"
#include "depot/refs.h"

G_BEGIN_DECLS

typedef struct _DsRepo DsRepo;

/* Makes the bare repository @path (missing parents too) or puts an existing one's configuration,
 * HEAD and hooks folder back into the one form we use. Synced. */
gboolean ds_repo_create(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens @path without looking at any other configuration. DS_ERROR_NOT_FOUND when there is no
 * repository. (transfer full) */
DsRepo *ds_repo_open(const char *path, GError **error);
void ds_repo_free(DsRepo *self);

/* Ids (DsDigest) of all refs/bundles/<id>, sorted by id. Order of work is the signed seq's
 * business. (transfer full) */
GArray *ds_repo_list_bundles(DsRepo *self, GError **error);

/* A bundle's entries as the tree names them, shape checked (commit without parents and with its id
 * as message, flat tree, allowed names, modes 100644, sizes and count within the caps). */
typedef struct _DsRepoBundle DsRepoBundle;

/* DS_ERROR_NOT_FOUND: no such ref; DS_ERROR_INVALID and DS_ERROR_TOO_LARGE: quarantine it, the
 * message says why; DS_ERROR_FAILED: the repository itself cannot be read. (transfer full) */
DsRepoBundle *ds_repo_bundle_open(DsRepo *self, const DsDigest *id, GError **error);
void ds_repo_bundle_free(DsRepoBundle *self);
/* DsRepoEntry, sorted by name. Owned by the bundle. */
const GArray *ds_repo_bundle_entries(const DsRepoBundle *self);
/* The bytes of entry @name; memory is this one entry. DS_ERROR_NOT_FOUND when the tree does not
 * name it. Chunks are NOT hashed here. (transfer full) */
GBytes *ds_repo_bundle_read(DsRepoBundle *self, const char *name, GError **error);

/* Removes refs/bundles/<id>; TRUE when it was not there. The bytes go with the next
 * ds_repo_maintain. */
gboolean ds_repo_delete_bundle(DsRepo *self, const DsDigest *id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Publishes one message as refs/outbox/<seq>-<kind>: @names and @contents (GBytes) in any order.
 * Blobs, tree and commit are synced before the ref is. Again with the same content: fine; with
 * other content: replaced. DS_ERROR_INVALID on a name that is not allowed for the kind. */
gboolean ds_repo_publish(DsRepo *self, const DsOutboxRef *ref, const char *const *names,
                         GPtrArray *contents, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the unit has not fetched and deleted yet (DsOutboxRef, sorted by seq). (transfer full) */
GArray *ds_repo_list_outbox(DsRepo *self, GError **error);
/* One of them, as ds_repo_bundle_open gives a bundle: its entries are what was published.
 * (transfer full) */
DsRepoBundle *ds_repo_outbox_open(DsRepo *self, const DsOutboxRef *ref, GError **error);
/* Takes a message back; TRUE when it was not there. */
gboolean ds_repo_delete_outbox(DsRepo *self, const DsOutboxRef *ref,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what killed pushes left (objects/tmp_objdir-incoming-*, objects/pack/tmp_*, locks of
 * refs) older than @age_seconds. @removed, if not NULL, counts them. Cheap; before every intake
 * round. */
gboolean ds_repo_sweep(const char *path, guint age_seconds, guint *removed,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Repacks without compression or delta and drops what no ref names and is older than two hours
 * (a running push must not lose its objects). Expensive; each of its three steps ends after
 * @seconds at the latest. */
gboolean ds_repo_maintain(const char *path, guint seconds,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether that is worth while: a day after the last time if there is anything, an hour after it if
 * there are many packs or loose objects. Cheap. */
gboolean ds_repo_maintain_due(const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRepo, ds_repo_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRepoBundle, ds_repo_bundle_free)

G_END_DECLS
