/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/spool.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  char *dir;
  DsSpool *spool;
  GBytes *manifest;
  GBytes *record;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp("ds-spool-XXXXXX", NULL);
  fixture->spool = ds_spool_open(fixture->dir, &error);
  g_assert_no_error(error);
  fixture->manifest = g_bytes_new_static("manifest bytes", 14);
  fixture->record = g_bytes_new_static("record bytes", 12);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  ds_spool_unref(fixture->spool);
  g_bytes_unref(fixture->manifest);
  g_bytes_unref(fixture->record);
  g_assert_true(ds_files_remove_tree(fixture->dir, NULL));
  g_free(fixture->dir);
}

static void
add(Fixture *fixture, guint64 seq)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = ds_digest_of(&seq, sizeof seq);

  g_assert_true(ds_spool_add(fixture->spool, seq, &id, fixture->manifest, fixture->record, &error));
  g_assert_no_error(error);
}

static void
assert_message(GError **error, int code, const char *part)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
  g_clear_error(error);
}

static void
test_order(Fixture *fixture, gconstpointer data)
{
  static const guint64 seqs[] = {2, 10, 1, 9999999999, 100};
  static const guint64 sorted[] = {1, 2, 10, 100, 9999999999};
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS(seqs); i++)
    add(fixture, seqs[i]);
  g_autofree char *stranger = g_build_filename(fixture->dir, "0000000003-not-an-id", NULL);
  g_assert_cmpint(g_mkdir(stranger, 0700), ==, 0);
  g_autoptr(GArray) entries = ds_spool_list(fixture->spool, &error);
  g_assert_cmpuint(entries->len, ==, G_N_ELEMENTS(sorted));
  for (guint i = 0; i < entries->len; i++)
    g_assert_cmpuint(g_array_index(entries, DsSpoolEntry, i).seq, ==, sorted[i]);

  DsSpoolEntry *first = &g_array_index(entries, DsSpoolEntry, 0);
  g_autoptr(GBytes) manifest = ds_spool_read_manifest(fixture->spool, first, &error);
  g_autoptr(GBytes) record = ds_spool_read_record(fixture->spool, first, &error);
  g_assert_true(g_bytes_equal(manifest, fixture->manifest));
  g_assert_true(g_bytes_equal(record, fixture->record));
}

static void
test_add_again(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint64 seq = 7;
  DsDigest id = ds_digest_of(&seq, sizeof seq);

  add(fixture, seq);
  add(fixture, seq);
  g_assert_false(
      ds_spool_add(fixture->spool, seq, &id, fixture->manifest, fixture->manifest, &error));
  assert_message(&error, DS_ERROR_EXISTS, "is there already");
  g_autoptr(GArray) entries = ds_spool_list(fixture->spool, &error);
  g_assert_cmpuint(entries->len, ==, 1);
  g_autoptr(GPtrArray) names = ds_files_list(fixture->dir, &error);
  g_assert_cmpuint(names->len, ==, 1);
}

static void
test_limits(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest id = ds_digest_of("", 0);
  g_autoptr(GBytes) big =
      g_bytes_new_take(g_malloc0(DS_SPOOL_RECORD_MAX + 1), DS_SPOOL_RECORD_MAX + 1);

  g_assert_false(ds_spool_add(fixture->spool, 0, &id, fixture->manifest, fixture->record, &error));
  assert_message(&error, DS_ERROR_INVALID, "bundle number 0 is outside 1 to 9999999999");
  g_assert_false(ds_spool_add(fixture->spool, DS_SPOOL_SEQ_MAX + 1, &id, fixture->manifest,
                              fixture->record, &error));
  assert_message(&error, DS_ERROR_INVALID, "bundle number 10000000000");
  g_assert_false(ds_spool_add(fixture->spool, 1, &id, big, fixture->record, &error));
  assert_message(&error, DS_ERROR_TOO_LARGE, "the manifest has 4194305 bytes");
  g_assert_false(ds_spool_add(fixture->spool, 1, &id, fixture->manifest, big, &error));
  assert_message(&error, DS_ERROR_TOO_LARGE, "the record has 4194305 bytes");
}

static void
test_remove(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsSpoolEntry entry = {.seq = 3};
  entry.id = ds_digest_of(&entry.seq, sizeof entry.seq);

  add(fixture, entry.seq);
  g_assert_true(ds_spool_has(fixture->spool, &entry));
  g_assert_true(ds_spool_remove(fixture->spool, &entry, &error));
  g_assert_true(ds_spool_remove(fixture->spool, &entry, &error));
  g_assert_no_error(error);
  g_assert_false(ds_spool_has(fixture->spool, &entry));
  g_assert_null(ds_spool_read_manifest(fixture->spool, &entry, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

/* What a crash leaves is out of sight at once and gone after the sweep. */
static void
test_crash_leftovers(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  static const char *const names[] = {".tmp-0123456789abcdef", ".trash-0123456789abcdef"};

  add(fixture, 1);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *dir = g_build_filename(fixture->dir, names[i], NULL);
    g_autofree char *file = g_build_filename(dir, "manifest", NULL);
    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, "half", 4, NULL));
  }
  g_autoptr(GArray) entries = ds_spool_list(fixture->spool, &error);
  g_assert_cmpuint(entries->len, ==, 1);
  g_assert_true(ds_spool_sweep(fixture->spool, &error));
  g_assert_no_error(error);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *dir = g_build_filename(fixture->dir, names[i], NULL);
    g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
  }
  g_autoptr(GArray) after = ds_spool_list(fixture->spool, &error);
  g_assert_cmpuint(after->len, ==, 1);
}

#define ADD(name, function) g_test_add("/spool/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("order", test_order);
  ADD("add-again", test_add_again);
  ADD("limits", test_limits);
  ADD("remove", test_remove);
  ADD("crash-leftovers", test_crash_leftovers);
  return g_test_run();
}
