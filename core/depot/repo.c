/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/repo.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "depot/git.h"
#include "depot/repo-private.h"
#include "depot/shape.h"

#define LOCK_SECONDS 2 /* two of them may be waited for, and a restart is to take less than 5 */

struct _DsRepoBundle {
  git_odb *odb;
  GArray *entries;
};

DsRepo *
ds_repo_open(const char *path, GError **error)
{
  g_autoptr(DsRepo) self = NULL;
  int code;

  if (!ds_git_init(error))
    return NULL;
  self = g_new0(DsRepo, 1);
  self->path = g_strdup(path);
  code = git_repository_open_ext(&self->repository, path,
                                 GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE |
                                     GIT_REPOSITORY_OPEN_NO_DOTGIT,
                                 NULL);
  if (code == 0)
    code = git_repository_odb(&self->odb, self->repository);
  if (code != 0) {
    ds_git_set_error(error, code, "opening repository", path);
    return NULL;
  }
  return g_steal_pointer(&self);
}

void
ds_repo_free(DsRepo *self)
{
  if (self == NULL)
    return;
  git_odb_free(self->odb);
  git_repository_free(self->repository);
  g_free(self->path);
  g_free(self);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
ds_repo_refs(DsRepo *self, const char *prefix, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *glob = g_strconcat(prefix, "*", NULL);
  git_reference_iterator *iterator = NULL;
  const char *name;
  int code = git_reference_iterator_glob_new(&iterator, self->repository, glob);

  if (code == 0)
    while ((code = git_reference_next_name(&name, iterator)) == 0)
      g_ptr_array_add(names, g_strdup(name));
  git_reference_iterator_free(iterator);
  if (code != GIT_ITEROVER) {
    ds_git_set_error(error, code, "listing refs of", self->path);
    return NULL;
  }
  g_ptr_array_sort(names, compare_names);
  return g_steal_pointer(&names);
}

gboolean
ds_repo_resolve(DsRepo *self, const char *ref, DsObjectId *id, GError **error)
{
  git_reference *reference = NULL;
  int code = git_reference_lookup(&reference, self->repository, ref);
  const git_oid *oid = code == 0 ? git_reference_target(reference) : NULL;

  if (oid != NULL)
    memcpy(id->bytes, oid->id, DS_OBJECT_ID_SIZE);
  git_reference_free(reference);
  if (code != 0)
    return ds_git_set_error(error, code, "reading", ref);
  if (oid == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s points to another ref", ref);
    return FALSE;
  }
  return TRUE;
}

/* git holds the lock of a ref for moments. One that does not change while we wait was left by a
 * process that died, and would keep its ref for ever. Without a clock: clocks jump. */
static gboolean
outwait_lock(DsRepo *self, const char *name)
{
  g_autofree char *path = g_strconcat(self->path, "/", name, ".lock", NULL);
  struct stat first, now;

  if (lstat(path, &first) < 0)
    return errno == ENOENT;
  for (guint i = 0; i < LOCK_SECONDS * 10; i++) {
    g_usleep(G_USEC_PER_SEC / 10);
    if (lstat(path, &now) < 0 || now.st_ino != first.st_ino ||
        now.st_ctim.tv_sec != first.st_ctim.tv_sec || now.st_ctim.tv_nsec != first.st_ctim.tv_nsec)
      return TRUE;
  }
  return unlink(path) == 0 || errno == ENOENT;
}

gboolean
ds_repo_outwait_locks(DsRepo *self, const char *ref)
{
  return outwait_lock(self, ref) && outwait_lock(self, "packed-refs");
}

gboolean
ds_repo_remove_ref(DsRepo *self, const char *ref, GError **error)
{
  int code = git_reference_remove(self->repository, ref);

  if (code == GIT_ELOCKED && ds_repo_outwait_locks(self, ref))
    code = git_reference_remove(self->repository, ref);
  if (code == 0 || code == GIT_ENOTFOUND)
    return TRUE;
  return ds_git_set_error(error, code, "removing", ref);
}

GArray *
ds_repo_list_bundles(DsRepo *self, GError **error)
{
  g_autoptr(GPtrArray) names = ds_repo_refs(self, DS_DEPOT_BUNDLES, error);
  GArray *ids;

  if (names == NULL)
    return NULL;
  ids = g_array_sized_new(FALSE, FALSE, sizeof(DsDigest), names->len);
  for (guint i = 0; i < names->len; i++) {
    DsDigest id;
    if (ds_depot_bundle_ref_parse(g_ptr_array_index(names, i), &id))
      g_array_append_val(ids, id);
  }
  return ids;
}

static guint64
bundle_max(const char *name, gconstpointer user_data)
{
  return ds_depot_bundle_entry_max(name);
}

static guint64
outbox_max(const char *name, gconstpointer user_data)
{
  return ds_depot_outbox_entry_max(*(const DsOutboxKind *)user_data, name);
}

/* What stands behind @ref, its commit's message being the last part of the ref's name. */
static DsRepoBundle *
open_entries(DsRepo *self, const char *ref, DsShapeMax max, gconstpointer user_data, GError **error)
{
  DsObjectId commit;

  if (!ds_repo_resolve(self, ref, &commit, error))
    return NULL;
  /* a push by stock git has just added a pack that libgit2 may not know yet */
  git_odb_refresh(self->odb);
  g_autoptr(GArray) entries =
      ds_shape_open(self->odb, &commit, strrchr(ref, '/') + 1, max, user_data, error);
  if (entries == NULL)
    return NULL;
  DsRepoBundle *bundle = g_new0(DsRepoBundle, 1);
  bundle->entries = g_steal_pointer(&entries);
  git_repository_odb(&bundle->odb, self->repository);
  return bundle;
}

DsRepoBundle *
ds_repo_outbox_open(DsRepo *self, const DsOutboxRef *ref, GError **error)
{
  char name[DS_DEPOT_REF_SIZE];

  return open_entries(self, ds_depot_outbox_ref(ref, name), outbox_max, &ref->kind, error);
}

DsRepoBundle *
ds_repo_bundle_open(DsRepo *self, const DsDigest *id, GError **error)
{
  char ref[DS_DEPOT_REF_SIZE];
  g_autoptr(DsRepoBundle) bundle =
      open_entries(self, ds_depot_bundle_ref(id, ref), bundle_max, NULL, error);

  if (bundle == NULL || !ds_shape_need(bundle->entries, "manifest", error) ||
      !ds_shape_need(bundle->entries, "record", error))
    return NULL;
  return g_steal_pointer(&bundle);
}

void
ds_repo_bundle_free(DsRepoBundle *self)
{
  if (self == NULL)
    return;
  git_odb_free(self->odb);
  g_array_unref(self->entries);
  g_free(self);
}

const GArray *
ds_repo_bundle_entries(const DsRepoBundle *self)
{
  return self->entries;
}

GBytes *
ds_repo_bundle_read(DsRepoBundle *self, const char *name, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++) {
    const DsRepoEntry *entry = &g_array_index(self->entries, DsRepoEntry, i);
    if (strcmp(entry->name, name) == 0)
      return ds_shape_read(self->odb, entry, error);
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the bundle has no entry %.70s", name);
  return NULL;
}

gboolean
ds_repo_delete_bundle(DsRepo *self, const DsDigest *id, GError **error)
{
  char ref[DS_DEPOT_REF_SIZE];

  return ds_repo_remove_ref(self, ds_depot_bundle_ref(id, ref), error);
}
