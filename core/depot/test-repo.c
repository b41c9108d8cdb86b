/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's repository: making, reading, emptying, publishing, cleaning. */
#include "depot/repo.h"

#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/test-peer.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = test_folder_new();
  fixture->path = g_build_filename(fixture->folder, "repos", "unit-1.git", NULL);
  g_assert_true(ds_repo_create(fixture->path, &error));
  g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_free(fixture->path);
  test_folder_free(fixture->folder);
}

static void
push_one(Fixture *fixture, guint number)
{
  g_autoptr(GPtrArray) sources =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);

  g_ptr_array_add(sources, test_source_new(number, 2, 3000));
  test_push_all(fixture->path, sources);
}

/* Whatever was planted, creating again brings back the one form we use. */
static void
test_create(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *hooks = g_build_filename(fixture->path, "hooks", NULL);
  g_autofree char *info = g_build_filename(fixture->path, "objects", "info", NULL);
  g_autofree char *alternates = g_build_filename(info, "alternates", NULL);

  g_assert_true(ds_files_make_dir(hooks, &error));
  g_assert_true(ds_files_replace(hooks, "post-receive", "#!/bin/sh\nid\n", 13, &error));
  g_assert_true(ds_files_replace(info, "alternates", "/etc\n", 5, &error));
  g_assert_true(ds_files_replace(fixture->path, "config", "[core]\n", 7, &error));
  push_one(fixture, 1);
  g_assert_true(ds_repo_create(fixture->path, &error));
  g_assert_no_error(error);
  g_assert_false(g_file_test(hooks, G_FILE_TEST_EXISTS));
  g_assert_false(g_file_test(alternates, G_FILE_TEST_EXISTS));
  g_autofree char *fsck = test_git_output(fixture->path, "config", "receive.fsckObjects", NULL);
  g_assert_cmpstr(fsck, ==, "true\n");
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(GArray) ids = ds_repo_list_bundles(repo, &error);
  g_assert_cmpuint(ids->len, ==, 1);
}

static void
test_open_missing(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *missing = g_build_filename(fixture->folder, "none", NULL);

  g_assert_null(ds_repo_open(missing, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  /* a folder inside a repository is not one */
  g_autofree char *inside = g_build_filename(fixture->path, "objects", NULL);
  g_assert_null(ds_repo_open(inside, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_delete(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = test_digest(1);

  push_one(fixture, 1);
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_assert_true(ds_repo_delete_bundle(repo, &id, &error));
  g_assert_true(ds_repo_delete_bundle(repo, &id, &error));
  g_assert_no_error(error);
  g_assert_null(ds_repo_bundle_open(repo, &id, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

/* A repository that is open sees what stock git pushes meanwhile. */
static void
test_while_open(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(GArray) none = ds_repo_list_bundles(repo, &error);

  g_assert_cmpuint(none->len, ==, 0);
  for (guint i = 1; i < 4; i++) {
    DsDigest id = test_digest(i);
    push_one(fixture, i);
    g_autoptr(DsRepoBundle) bundle = ds_repo_bundle_open(repo, &id, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) bytes = ds_repo_bundle_read(bundle, "manifest", &error);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 200 + i);
    g_assert_null(ds_repo_bundle_read(bundle, "directory", &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
    g_clear_error(&error);
  }
}

/* A ref of the right name over a commit of another bundle, and refs that are nobody's. */
static void
test_strange_refs(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  char first[DS_DEPOT_REF_SIZE], second[DS_DEPOT_REF_SIZE];
  DsDigest one = test_digest(1), two = test_digest(2), three = test_digest(3);

  push_one(fixture, 1);
  g_free(test_git_output(fixture->path, "update-ref", ds_depot_bundle_ref(&two, second),
                         ds_depot_bundle_ref(&one, first), NULL));
  g_free(test_git_output(fixture->path, "symbolic-ref", ds_depot_bundle_ref(&three, second), first,
                         NULL));
  g_free(test_git_output(fixture->path, "update-ref", "refs/bundles/x", first, NULL));
  g_free(test_git_output(fixture->path, "update-ref", "refs/heads/main", first, NULL));
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(GArray) ids = ds_repo_list_bundles(repo, &error);
  g_assert_cmpuint(ids->len, ==, 3);
  g_assert_null(ds_repo_bundle_open(repo, &two, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "one form"));
  g_clear_error(&error);
  g_assert_null(ds_repo_bundle_open(repo, &three, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "another ref"));
}

/* Damage on the disk is an error with words, not a crash and not silence. */
static void
test_damage(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = test_digest(1);
  g_autofree char *packs = g_build_filename(fixture->path, "objects", "pack", NULL);
  gboolean noticed = FALSE;

  push_one(fixture, 1);
  g_autoptr(GPtrArray) names = ds_files_list(packs, &error);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *path = g_build_filename(packs, name, NULL);
    g_autofree char *content = NULL;
    gsize size;
    if (!g_str_has_suffix(name, ".pack"))
      continue;
    g_assert_true(g_file_get_contents(path, &content, &size, NULL));
    content[size / 3] ^= 1;
    g_assert_true(ds_files_replace(packs, name, content, size, &error));
  }
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(DsRepoBundle) bundle = ds_repo_bundle_open(repo, &id, &error);
  noticed = bundle == NULL;
  for (guint i = 0; bundle != NULL && i < ds_repo_bundle_entries(bundle)->len; i++) {
    const DsRepoEntry *entry = &g_array_index(ds_repo_bundle_entries(bundle), DsRepoEntry, i);
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = ds_repo_bundle_read(bundle, entry->name, &local);
    noticed |= bytes == NULL;
  }
  g_assert_true(noticed);
}

static gboolean
publish(DsRepo *repo, guint64 seq, DsOutboxKind kind, const char *name, const char *text,
        GError **error)
{
  const char *names[] = {name, NULL};
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  DsOutboxRef ref = {seq, kind};

  g_ptr_array_add(contents, g_bytes_new(text, strlen(text)));
  return ds_repo_publish(repo, &ref, names, contents, error);
}

static void
test_publish(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  DsOutboxRef first = {1, DS_OUTBOX_DIRECTORY};

  g_assert_true(publish(repo, 1, DS_OUTBOX_DIRECTORY, "directory", "a", &error));
  g_assert_true(publish(repo, 1, DS_OUTBOX_DIRECTORY, "directory", "a", &error));
  g_assert_true(publish(repo, 1, DS_OUTBOX_DIRECTORY, "directory", "b", &error));
  g_assert_true(publish(repo, 12, DS_OUTBOX_STATEMENTS, "0000000001", "s", &error));
  g_assert_no_error(error);
  g_autofree char *shown =
      test_git_output(fixture->path, "show", "refs/outbox/0000000001-directory:directory", NULL);
  g_assert_cmpstr(shown, ==, "b");
  g_autoptr(GArray) refs = ds_repo_list_outbox(repo, &error);
  g_assert_cmpuint(refs->len, ==, 2);
  g_assert_cmpuint(g_array_index(refs, DsOutboxRef, 1).seq, ==, 12);
  g_assert_true(ds_repo_delete_outbox(repo, &first, &error));
  g_assert_true(ds_repo_delete_outbox(repo, &first, &error));
  g_autofree char *fsck = test_git_output(fixture->path, "fsck", "--strict", "--no-dangling", NULL);
  g_assert_cmpstr(fsck, ==, "");

  g_assert_false(publish(repo, 2, DS_OUTBOX_DIRECTORY, "record", "a", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(publish(repo, 0, DS_OUTBOX_DIRECTORY, "directory", "a", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_autofree char *large = g_strnfill(DS_STATEMENT_MAX + 1, 'x');
  g_assert_false(publish(repo, 2, DS_OUTBOX_STATEMENTS, "0000000001", large, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

/* A unit can write below refs/outbox: it keeps no message away with that, not even from itself. */
static void
test_blocked(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);

  g_assert_true(publish(repo, 1, DS_OUTBOX_DIRECTORY, "directory", "a", &error));
  g_autofree char *one =
      test_git_output(fixture->path, "update-ref", "refs/outbox/0000000002-statements/x",
                      "refs/outbox/0000000001-directory", NULL);
  g_autofree char *deep =
      test_git_output(fixture->path, "update-ref", "refs/outbox/0000000002-statements/y/z",
                      "refs/outbox/0000000001-directory", NULL);
  g_autofree char *packed = test_git_output(fixture->path, "pack-refs", "--all", NULL);
  g_assert_true(publish(repo, 2, DS_OUTBOX_STATEMENTS, "0000000001", "s", &error));
  g_assert_no_error(error);
  g_autoptr(GArray) refs = ds_repo_list_outbox(repo, &error);
  g_assert_cmpuint(refs->len, ==, 2);

  /* the folder itself as a ref, once it is empty */
  for (guint i = 0; i < refs->len; i++)
    g_assert_true(ds_repo_delete_outbox(repo, &g_array_index(refs, DsOutboxRef, i), &error));
  push_one(fixture, 1);
  g_autofree char *bundle =
      test_git_output(fixture->path, "for-each-ref", "--format=%(objectname)", NULL);
  g_autofree char *outbox = g_build_filename(fixture->path, "refs", "outbox", NULL);
  g_assert_true(ds_files_remove_tree(outbox, &error));
  g_autofree char *file =
      test_git_output(fixture->path, "update-ref", "refs/outbox", g_strchomp(bundle), NULL);
  g_assert_true(publish(repo, 3, DS_OUTBOX_STATEMENTS, "0000000002", "s", &error));
  g_assert_no_error(error);
  g_autoptr(GArray) after = ds_repo_list_outbox(repo, &error);
  g_assert_cmpuint(after->len, ==, 1);
}

static void
age(const char *path)
{
  struct utimbuf old = {1000, 1000};

  g_assert_cmpint(utime(path, &old), ==, 0);
}

static void
test_sweep(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *old =
      g_build_filename(fixture->path, "objects", "tmp_objdir-incoming-abc", NULL);
  g_autofree char *fresh =
      g_build_filename(fixture->path, "objects", "tmp_objdir-incoming-def", NULL);
  g_autofree char *pack = g_build_filename(old, "pack", NULL);
  guint removed = 0;

  push_one(fixture, 1);
  g_assert_true(ds_files_make_dir(pack, &error) && ds_files_make_dir(fresh, &error));
  age(old);
  /* a power cut in the middle of two ref updates */
  g_autofree char *refs = g_build_filename(fixture->path, "refs", "bundles", NULL);
  DsDigest first = test_digest(1);
  g_autofree char *hex = ds_digest_dup_hex(&first);
  g_autofree char *lock_name = g_strconcat(hex, ".lock", NULL);
  g_autofree char *ref_lock = g_build_filename(refs, lock_name, NULL);
  g_autofree char *all_lock = g_build_filename(fixture->path, "packed-refs.lock", NULL);
  g_assert_true(ds_files_create(refs, lock_name, "", 0, &error));
  g_assert_true(ds_files_create(fixture->path, "packed-refs.lock", "", 0, &error));
  age(ref_lock);
  age(all_lock);
  g_assert_true(ds_repo_sweep(fixture->path, 3600, &removed, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(removed, ==, 3);
  g_assert_false(g_file_test(ref_lock, G_FILE_TEST_EXISTS));
  g_assert_false(g_file_test(old, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(fresh, G_FILE_TEST_EXISTS));
  g_assert_true(ds_repo_maintain(fixture->path, 60, &error));
  g_assert_no_error(error);
  DsDigest id = test_digest(1);
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_autoptr(DsRepoBundle) bundle = ds_repo_bundle_open(repo, &id, &error);
  g_assert_no_error(error);
  g_assert_nonnull(bundle);
}

/* A power cut between locking a ref and removing it does not keep the ref until somebody comes. */
static void
test_lock_left(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *refs = g_build_filename(fixture->path, "refs", "bundles", NULL);
  DsDigest id = test_digest(1);
  g_autofree char *hex = ds_digest_dup_hex(&id);
  g_autofree char *lock = g_strconcat(hex, ".lock", NULL);

  push_one(fixture, 1);
  g_assert_true(ds_files_create(refs, lock, "", 0, &error));
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_assert_true(ds_repo_delete_bundle(repo, &id, &error));
  g_assert_no_error(error);
  g_autoptr(GArray) left = ds_repo_list_bundles(repo, &error);
  g_assert_cmpuint(left->len, ==, 0);
}

/* After the station took everything and repacked, the old packs' bytes are gone. */
static void
test_maintain(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *packs = g_build_filename(fixture->path, "objects", "pack", NULL);
  DsDigest id = test_digest(1);

  push_one(fixture, 1);
  push_one(fixture, 2);
  g_autoptr(GPtrArray) before = ds_files_list(packs, &error);
  for (guint i = 0; i < before->len; i++) {
    g_autofree char *path = g_build_filename(packs, before->pdata[i], NULL);
    age(path);
  }
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_assert_true(ds_repo_delete_bundle(repo, &id, &error));
  g_autofree char *made = g_build_filename(fixture->path, "HEAD", NULL);
  g_assert_false(ds_repo_maintain_due(fixture->path));
  age(made);
  g_assert_true(ds_repo_maintain_due(fixture->path));
  g_assert_true(ds_repo_maintain(fixture->path, 60, &error));
  g_assert_no_error(error);
  g_autofree char *counted = test_git_output(fixture->path, "count-objects", "-v", NULL);
  g_assert_nonnull(strstr(counted, "packs: 1\n"));
  g_assert_nonnull(strstr(counted, "in-pack: 6\n")); /* 4 blobs, tree, commit */
  g_assert_nonnull(strstr(counted, "count: 0\n"));
  g_assert_false(ds_repo_maintain_due(fixture->path));
}

/* What left a moment ago stays for two hours, in one pack and not in a file an object. */
static void
test_maintain_young(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = test_digest(1);

  push_one(fixture, 1);
  push_one(fixture, 2);
  g_autoptr(DsRepo) repo = ds_repo_open(fixture->path, &error);
  g_assert_true(ds_repo_delete_bundle(repo, &id, &error));
  g_assert_true(ds_repo_maintain(fixture->path, 60, &error));
  g_assert_no_error(error);
  g_autofree char *counted = test_git_output(fixture->path, "count-objects", "-v", NULL);
  g_assert_nonnull(strstr(counted, "count: 0\n"));
  g_assert_nonnull(strstr(counted, "in-pack: 12\n"));
}

#define ADD(name, function) \
  g_test_add("/depot/repo/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("create", test_create);
  ADD("open-missing", test_open_missing);
  ADD("delete", test_delete);
  ADD("while-open", test_while_open);
  ADD("strange-refs", test_strange_refs);
  ADD("damage", test_damage);
  ADD("publish", test_publish);
  ADD("blocked", test_blocked);
  ADD("sweep", test_sweep);
  ADD("lock-left", test_lock_left);
  ADD("maintain", test_maintain);
  ADD("maintain-young", test_maintain_young);
  return g_test_run();
}
