/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/test-unit.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "base/secret.h"
#include "bundle/manifest.h"
#include "depot/stock-git.h"

void
test_unit_set_up(TestUnit *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp("doorstep-courier-XXXXXX", &error);
  g_assert_no_error(error);
  self->home = g_build_filename(self->folder, "home", NULL);
  self->repo = g_build_filename(self->folder, "repos", "unit-1.git", NULL);
  self->entries = g_array_new(FALSE, FALSE, sizeof(DsSpoolEntry));
  self->bytes = 0;
  g_assert_true(ds_files_make_dir(self->home, &error));
  g_assert_true(ds_repo_create(self->repo, &error));
  g_assert_no_error(error);
}

void
test_unit_tear_down(TestUnit *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_remove_tree(self->folder, &error));
  g_assert_no_error(error);
  g_free(self->folder);
  g_free(self->home);
  g_free(self->repo);
  g_array_unref(self->entries);
}

static DsStore *
open_store(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(self->home, "store", NULL);
  DsStore *store = ds_store_open(path, &error);

  g_assert_no_error(error);
  return store;
}

static DsSpool *
open_spool(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(self->home, "store", "spool", NULL);
  DsSpool *spool = ds_spool_open(path, &error);

  g_assert_no_error(error);
  return spool;
}

static GBytes *
random_bytes(gsize size)
{
  guint8 *data = g_malloc(size);

  ds_random_bytes(data, size);
  return g_bytes_new_take(data, size);
}

static GBytes *
sign(TestUnit *self, DsManifest *manifest)
{
  static DsKey *unit, *officer;
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  g_autoptr(GError) error = NULL;

  if (unit == NULL) {
    unit = ds_key_generate(NULL);
    officer = ds_key_generate(NULL);
  }
  DsKey *keys[] = {unit, officer};
  manifest->unit = g_strdup("unit-1");
  manifest->kind = DS_BUNDLE_CASE;
  manifest->directory_version = 1;
  manifest->time = ds_clock_now();
  if (self->entries->len > 0) {
    manifest->has_prev = TRUE;
    manifest->prev = test_unit_entry(self, self->entries->len - 1)->id;
  }
  GBytes *bytes = ds_manifest_sign(manifest, keys, roles, G_N_ELEMENTS(roles), &error);
  g_assert_no_error(error);
  return bytes;
}

void
test_unit_seal(TestUnit *self, guint count, guint chunks, gsize chunk_size)
{
  g_autoptr(DsStore) store = open_store(self);
  g_autoptr(DsSpool) spool = open_spool(self);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < count; i++) {
    g_autoptr(DsManifest) manifest = ds_manifest_new();
    g_autoptr(GBytes) record = random_bytes(700);

    for (guint j = 0; j < chunks; j++) {
      g_autoptr(GBytes) chunk = random_bytes(chunk_size);
      const DsChunkRef ref = {ds_digest_of_bytes(chunk), chunk_size};
      g_assert_true(ds_store_put(store, &ref.sha256, chunk, &error));
      g_array_append_val(manifest->chunks, ref);
    }
    manifest->seq = self->entries->len + 1;
    manifest->record = ds_digest_of_bytes(record);
    manifest->record_size = g_bytes_get_size(record);
    g_autoptr(GBytes) bytes = sign(self, manifest);
    const DsSpoolEntry entry = {manifest->seq, manifest->id};
    g_assert_true(ds_spool_add(spool, entry.seq, &entry.id, bytes, record, &error));
    g_assert_no_error(error);
    g_array_append_val(self->entries, entry);
    self->bytes += ds_manifest_travel_size(manifest, g_bytes_get_size(bytes));
  }
}

const DsSpoolEntry *
test_unit_entry(TestUnit *self, guint index)
{
  g_assert_cmpuint(index, <, self->entries->len);
  return &g_array_index(self->entries, DsSpoolEntry, index);
}

gboolean
test_unit_sync(TestUnit *self, DsCarrier *carrier, DsExchangeResult *result, GError **error)
{
  const DsExchangeOptions options = {.stall_seconds = 20};

  if (carrier == NULL)
    carrier = ds_carrier_path_new(self->repo, error);
  g_assert_nonnull(carrier);
  gboolean ok = ds_exchange_run(self->home, carrier, &options, result, error);
  ds_carrier_free(carrier);
  return ok;
}

DsExchangeResult
test_unit_sync_well(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  g_assert_true(test_unit_sync(self, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(result.trouble, ==, NULL);
  return result;
}

static DsRepo *
open_repo(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  DsRepo *repo = ds_repo_open(self->repo, &error);

  g_assert_no_error(error);
  return repo;
}

GArray *
test_unit_arrived(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = open_repo(self);
  GArray *ids = ds_repo_list_bundles(repo, &error);

  g_assert_no_error(error);
  return ids;
}

gboolean
test_unit_has_arrived(TestUnit *self, guint index)
{
  g_autoptr(GArray) ids = test_unit_arrived(self);

  for (guint i = 0; i < ids->len; i++)
    if (ds_digest_equal(&g_array_index(ids, DsDigest, i), &test_unit_entry(self, index)->id))
      return TRUE;
  return FALSE;
}

static void
check_entry(TestUnit *self, DsStore *store, DsRepoBundle *bundle, const DsRepoEntry *found)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) there = ds_repo_bundle_read(bundle, found->name, &error);
  DsDigest digest;

  g_assert_no_error(error);
  if (!ds_digest_parse(&digest, found->name))
    return;
  DsDigest actual = ds_digest_of_bytes(there);
  g_assert_true(ds_digest_equal(&digest, &actual));
  g_assert_true(ds_store_has(store, &digest));
}

void
test_unit_check_arrived(TestUnit *self)
{
  static const char *const fsck[] = {"git", "fsck", "--strict", "--full", NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = open_repo(self);
  g_autoptr(DsStore) store = open_store(self);
  g_autoptr(GArray) ids = test_unit_arrived(self);

  for (guint i = 0; i < ids->len; i++) {
    g_autoptr(DsRepoBundle) bundle =
        ds_repo_bundle_open(repo, &g_array_index(ids, DsDigest, i), &error);
    g_assert_no_error(error);
    const GArray *entries = ds_repo_bundle_entries(bundle);
    for (guint j = 0; j < entries->len; j++)
      check_entry(self, store, bundle, &g_array_index(entries, DsRepoEntry, j));
  }
  g_assert_true(ds_git_run(fsck, self->repo, 60, &error));
  g_assert_no_error(error);
}

void
test_unit_station_takes(TestUnit *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = open_repo(self);
  g_autoptr(GArray) ids = test_unit_arrived(self);

  for (guint i = 0; i < ids->len; i++)
    g_assert_true(ds_repo_delete_bundle(repo, &g_array_index(ids, DsDigest, i), &error));
  g_assert_no_error(error);
}

void
test_unit_publish(TestUnit *self, guint64 seq, DsOutboxKind kind, const char *name,
                  const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsRepo) repo = open_repo(self);
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  const char *names[] = {name, NULL};
  DsOutboxRef ref = {seq, kind};

  g_ptr_array_add(contents, g_bytes_new(text, strlen(text)));
  g_assert_true(ds_repo_publish(repo, &ref, names, contents, &error));
  g_assert_no_error(error);
}
