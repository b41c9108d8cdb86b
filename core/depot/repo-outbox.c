/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station says to a unit: one commit and one ref per message. */
#include "depot/repo.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/git.h"
#include "depot/repo-private.h"

typedef struct {
  const char *name;
  GBytes *content;
} Item;

static gint
compare_items(gconstpointer a, gconstpointer b)
{
  return strcmp(((const Item *)a)->name, ((const Item *)b)->name);
}

static GArray *
sorted_items(const DsOutboxRef *ref, const char *const *names, GPtrArray *contents, GError **error)
{
  g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(Item));

  g_return_val_if_fail(g_strv_length((char **)names) == contents->len, NULL);
  for (guint i = 0; names[i] != NULL; i++) {
    Item item = {names[i], g_ptr_array_index(contents, i)};
    guint64 max = ds_depot_outbox_entry_max(ref->kind, names[i]);
    if (max == 0 || g_bytes_get_size(item.content) > max) {
      g_set_error(error, DS_ERROR, max == 0 ? DS_ERROR_INVALID : DS_ERROR_TOO_LARGE,
                  "entry %.70s of %" G_GSIZE_FORMAT " bytes does not fit a message of kind %s",
                  names[i], g_bytes_get_size(item.content), ds_outbox_kind_word(ref->kind));
      return NULL;
    }
    g_array_append_val(items, item);
  }
  g_array_sort(items, compare_items);
  for (guint i = 1; i < items->len; i++) {
    if (compare_items(&g_array_index(items, Item, i - 1), &g_array_index(items, Item, i)) == 0) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "entry %s is named twice",
                  g_array_index(items, Item, i).name);
      return NULL;
    }
  }
  return g_steal_pointer(&items);
}

/* libgit2 syncs the object and its folder, not the folder that names that one. */
static gboolean
write_object(DsRepo *self, git_object_t type, const void *data, gsize size, DsObjectId *id,
             GError **error)
{
  git_oid oid;
  int code = git_odb_write(&oid, self->odb, data, size, type);

  if (code != 0)
    return ds_git_set_error(error, code, "writing an object to", self->path);
  memcpy(id->bytes, oid.id, DS_OBJECT_ID_SIZE);
  return TRUE;
}

static gboolean
write_commit(DsRepo *self, GArray *items, const char *message, DsObjectId *commit, GError **error)
{
  g_autoptr(GByteArray) tree = g_byte_array_new();
  DsObjectId tree_id;
  gsize size;

  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index(items, Item, i);
    const void *data = g_bytes_get_data(item->content, &size);
    DsObjectId blob;
    if (!write_object(self, GIT_OBJECT_BLOB, data, size, &blob, error))
      return FALSE;
    ds_object_tree_append(tree, item->name, &blob);
  }
  if (!write_object(self, GIT_OBJECT_TREE, tree->data, tree->len, &tree_id, error))
    return FALSE;
  g_autoptr(GBytes) bytes = ds_object_commit(&tree_id, message);
  const void *data = g_bytes_get_data(bytes, &size);
  return write_object(self, GIT_OBJECT_COMMIT, data, size, commit, error);
}

static gboolean
sync_below(DsRepo *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename(self->path, folder, NULL);

  return ds_files_sync_dir(path, error);
}

/* What a unit may put where a message is to stand: it can write below refs/outbox, so a ref of its
 * own below the message's name, or one called refs/outbox, would keep every message away. */
static gboolean
clear_way(DsRepo *self, const char *name, GError **error)
{
  g_autofree char *below = g_strconcat(name, "/", NULL);
  g_autofree char *folder = g_build_filename(self->path, "refs", "outbox", NULL);
  g_autoptr(GPtrArray) names = ds_repo_refs(self, below, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!ds_repo_remove_ref(self, g_ptr_array_index(names, i), error))
      return FALSE;
  return ds_repo_remove_ref(self, "refs/outbox", error) && ds_files_make_dir(folder, error);
}

gboolean
ds_repo_publish(DsRepo *self, const DsOutboxRef *ref, const char *const *names, GPtrArray *contents,
                GError **error)
{
  char name[DS_DEPOT_REF_SIZE];
  git_reference *reference = NULL;
  DsObjectId commit;
  git_oid oid;

  if (ref->seq == 0 || ref->seq > DS_DEPOT_OUTBOX_SEQ_MAX || names[0] == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "message %" G_GUINT64_FORMAT " is out of range or empty", ref->seq);
    return FALSE;
  }
  g_autoptr(GArray) items = sorted_items(ref, names, contents, error);
  if (items == NULL)
    return FALSE;
  ds_depot_outbox_ref(ref, name);
  if (!write_commit(self, items, name + strlen(DS_DEPOT_OUTBOX), &commit, error) ||
      !sync_below(self, "objects", error))
    return FALSE;
  memcpy(oid.id, commit.bytes, DS_OBJECT_ID_SIZE);
  int code = git_reference_create(&reference, self->repository, name, &oid, 1, NULL);
  if (code == GIT_ELOCKED && ds_repo_outwait_locks(self, name))
    code = git_reference_create(&reference, self->repository, name, &oid, 1, NULL);
  if (code != 0 && code != GIT_ELOCKED) {
    if (!clear_way(self, name, error))
      return FALSE;
    code = git_reference_create(&reference, self->repository, name, &oid, 1, NULL);
  }
  git_reference_free(reference);
  if (code != 0)
    return ds_git_set_error(error, code, "publishing", name);
  return sync_below(self, "refs/outbox", error) && sync_below(self, "refs", error);
}

GArray *
ds_repo_list_outbox(DsRepo *self, GError **error)
{
  g_autoptr(GPtrArray) names = ds_repo_refs(self, DS_DEPOT_OUTBOX, error);
  GArray *refs;

  if (names == NULL)
    return NULL;
  refs = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  for (guint i = 0; i < names->len; i++) {
    DsOutboxRef ref;
    if (ds_depot_outbox_ref_parse(g_ptr_array_index(names, i), &ref))
      g_array_append_val(refs, ref);
  }
  return refs; /* ten digits first: the order of names is the order of seq */
}

gboolean
ds_repo_delete_outbox(DsRepo *self, const DsOutboxRef *ref, GError **error)
{
  char name[DS_DEPOT_REF_SIZE];

  return ds_repo_remove_ref(self, ds_depot_outbox_ref(ref, name), error);
}
