/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one unit may cost the station. */
#include "station/intake.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <utime.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/room.h"
#include "station/limits.h"
#include "station/maintain.h"
#include "station/members.h"
#include "station/station-private.h"
#include "station/test-fixture.h"

static void
assert_quarantined(TestFixture *f, const DsDigest *id, const char *words)
{
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *path = g_build_filename(f->home->home, "quarantine", "unit-7",
                                           ds_digest_to_hex(id, hex), "reason", NULL);
  g_autofree char *reason = NULL;

  g_assert_true(g_file_get_contents(path, &reason, NULL, NULL));
  if (strstr(reason, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", reason, words);
  g_autofree char *heard = test_unit_heard(f->unit, f->station, id);
  g_assert_true(g_str_has_suffix(heard, "quarantined"));
}

/* Bytes and number of what is kept of broken bundles have an end. */
static void
test_quarantine_limits(TestFixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename(f->home->home, "quarantine", "unit-7", NULL);
  g_autoptr(TestBundle) blown = test_fixture_seal(f, "b-1");
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *kept = g_build_filename(folder, ds_digest_to_hex(&blown->id, hex), NULL);
  g_autoptr(GError) error = NULL;
  guint64 bytes = 0;

  test_push(f->home, "unit-7", blown, TEST_PUSH_BLOWN_UP);
  test_intake(f->station);
  assert_quarantined(f, &blown->id, "files, the manifest names");
  g_autoptr(GPtrArray) names = ds_files_list(kept, &error);
  g_assert_true(g_ptr_array_find_with_equal_func(names, "manifest", g_str_equal, NULL));
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(kept, names->pdata[i], NULL);
    GStatBuf st;
    g_assert_cmpint(g_stat(path, &st), ==, 0);
    bytes += (guint64)st.st_size;
  }
  g_assert_cmpuint(bytes, <, 33u << 20);

  for (guint i = 0; i < 255; i++) {
    g_autofree char *dir = g_strdup_printf("%s/%064x", folder, i);
    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
  }
  g_autoptr(TestBundle) more = test_fixture_seal(f, "b-2");
  test_push(f->home, "unit-7", more, TEST_PUSH_FLIP_RECORD);
  test_intake(f->station);
  test_fixture_assert_heard(f, more, "quarantined");
  g_autoptr(GPtrArray) all = ds_files_list(folder, &error);
  g_assert_cmpuint(all->len, ==, 256);
  test_fixture_assert_no_refs(f);
}

/* The bytes of what was taken in go without anybody asking, once a day. */
static void
test_tidies(TestFixture *f, gconstpointer data)
{
  g_autofree char *repo = ds_station_repo_path(f->home->home, "unit-7");
  g_autofree char *made = g_build_filename(repo, "HEAD", NULL);
  g_autofree char *packs = g_build_filename(repo, "objects", "pack", NULL);
  const char *words[] = {"count-objects", "-v", NULL};
  const struct utimbuf old = {1000, 1000};
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1"), two = test_fixture_seal(f, "a-2");
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.tidied, ==, 0);
  g_autoptr(GPtrArray) names = ds_files_list(packs, &error);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(packs, names->pdata[i], NULL);
    g_assert_cmpint(g_utime(path, (struct utimbuf *)&old), ==, 0);
  }
  g_assert_cmpint(g_utime(made, (struct utimbuf *)&old), ==, 0);
  counts = test_intake(f->station);
  g_assert_cmpuint(counts.tidied, ==, 1);
  g_autofree char *counted = test_home_git(f->home, "unit-7", words);
  const char *size = strstr(counted, "size-pack: ");
  g_assert_cmpint(atoi(size + strlen("size-pack: ")), <, 100); /* KiB; the scan alone has 700 */
  g_assert_nonnull(strstr(counted, "packs: 1\n"));

  test_push(f->home, "unit-7", two, TEST_PUSH_WHOLE);
  counts = test_intake(f->station);
  g_assert_cmpuint(counts.tidied, ==, 0);
  test_fixture_assert_heard(f, two, "received verified durable");
}

typedef struct {
  guint junk; /* bundles of unit-7 looked at when the other unit's was archived */
  gboolean other;
} Order;

static void
watch_order(const char *unit, const char *id, const char *what, gpointer data)
{
  Order *order = data;

  if (strcmp(unit, "unit-8") == 0)
    order->other |= strcmp(what, "checking") == 0;
  else if (!order->other && strcmp(what, "checking") == 0)
    order->junk++;
}

/* One unit's heap of rubbish stands before no other unit's bundle. */
static void
test_turns(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  TestCase what = {.local = "a-1"};
  g_autoptr(GError) error = NULL;
  Order order = {0};
  DsIntakeCounts counts;

  test_unit_enrol(other, f->station);
  g_autoptr(TestBundle) good = test_unit_seal(other, ds_station_directory(f->station), &what);
  g_autoptr(TestBundle) one = test_fixture_seal(f, "b-1");
  test_push(f->home, "unit-7", one, TEST_PUSH_WRONG_REF);
  g_autofree char *pushed = test_home_refs(f->home, "unit-7", "refs/bundles/");
  for (guint i = 0; i < 150; i++) {
    g_autofree char *name = g_strdup_printf("refs/bundles/%064x", i);
    const char *words[] = {"update-ref", name, pushed, NULL};
    g_autofree char *nothing = test_home_git(f->home, "unit-7", words);
  }
  test_push(f->home, "unit-8", good, TEST_PUSH_WHOLE);
  g_assert_true(ds_station_intake(f->station, &counts, watch_order, &order, NULL, &error));
  g_assert_no_error(error);
  g_assert_true(order.other);
  g_assert_cmpuint(order.junk, >, 0);
  g_assert_cmpuint(order.junk, <, 100);
  g_assert_cmpuint(counts.quarantined, ==, 151);
  g_assert_cmpuint(counts.durable, ==, 1);
}

static void
set_limits(TestFixture *f, const char *unit, guint64 quota, guint64 bundle_max)
{
  const DsUnitLimits limits = {quota, bundle_max};
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_set_limits(f->station, unit, &limits, &error));
  g_assert_no_error(error);
}

static guint64
room_for(TestFixture *f, const char *unit, char **note)
{
  g_autofree char *path = ds_station_repo_path(f->home->home, unit);
  g_autoptr(GError) error = NULL;
  guint64 room = 0;

  g_assert_true(ds_station_serve_room(f->home->home, unit, path, &room, note, &error));
  g_assert_no_error(error);
  return room;
}

/* Own limits, the station's, the built-in ones; kept across a restart. */
static void
test_settings(TestFixture *f, gconstpointer data)
{
  const DsUnitLimits small = {1000, 0};
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(f->home->home, "station.json", NULL);

  set_limits(f, NULL, 100 << 20, 0);
  set_limits(f, "unit-7", 0, 5 << 20);
  g_assert_false(ds_station_set_limits(f->station, "unit-9", &small, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "under 1 MiB");
  g_assert_false(ds_station_set_limits(f->station, "unit-9", &(DsUnitLimits){2 << 20, 0}, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "unit-9");
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  DsUnitLimits own = ds_limits_of(ds_station_settings(f->station), "unit-7");
  DsUnitLimits other = ds_limits_of(ds_station_settings(f->station), "unit-8");
  g_assert_cmpuint(own.quota, ==, 100 << 20);
  g_assert_cmpuint(own.bundle_max, ==, 5 << 20);
  g_assert_cmpuint(other.quota, ==, 100 << 20);
  g_assert_cmpuint(other.bundle_max, ==, DS_LIMITS_BUNDLE_MAX);

  g_clear_pointer(&f->station, ds_station_free);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) halves = g_strsplit(text, "5242880", 2);
  g_autofree char *broken = g_strjoinv("\"much\"", halves);
  g_assert_true(g_file_set_contents(path, broken, -1, NULL));
  g_assert_null(ds_station_open(f->home->home, "test", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "\"unit-limits\" must hold numbers of bytes");
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  f->station = test_home_open(f->home, TRUE);
}

/* What waits counts against the quota, and goes when it was taken in and tidied. */
static void
test_quota(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  g_autofree char *none = NULL, *some = NULL, *spent = NULL, *size = NULL;

  guint64 before = room_for(f, "unit-7", &none);
  g_assert_cmpuint(before, >, 1 << 20);
  g_assert_true(none == NULL || strstr(none, DS_ROOM_NOTE) != NULL);
  set_limits(f, "unit-7", 2 << 20, 0);
  g_assert_cmpuint(room_for(f, "unit-7", &some), <=, 2 << 20);
  g_assert_nonnull(strstr(some, "may have 2.0"));
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  guint64 left = room_for(f, "unit-7", &spent);
  g_assert_cmpuint(left, <, (2 << 20) - 700 * 1024);
  set_limits(f, "unit-7", 0, 3 << 20);
  test_intake(f->station); /* what is there is taken in whatever the quota says by now */
  test_fixture_assert_heard(f, one, "received verified durable");

  /* another unit's room is its own */
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  test_unit_enrol(other, f->station);
  g_assert_cmpuint(room_for(f, "unit-8", &size), >, left);
}

/* A bundle over the limit is set aside with the reason, and taken once the limit is raised. */
static void
test_bundle_max(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  g_autoptr(TestBundle) large = test_fixture_seal(f, "a-1");
  TestCase what = {.local = "b-1"};
  g_autofree char *note = NULL;

  test_unit_enrol(other, f->station);
  g_autoptr(TestBundle) theirs = test_unit_seal(other, ds_station_directory(f->station), &what);
  /* under what a person can set, so that a small test bundle is over it */
  DsUnitLimits *tight = g_new0(DsUnitLimits, 1);
  tight->bundle_max = 500 * 1024;
  g_hash_table_insert(f->station->settings->unit_limits, g_strdup("unit-7"), tight);
  test_push(f->home, "unit-7", large, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-8", theirs, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, large, "quarantined");
  assert_quarantined(f, &large->id, "a bundle of unit unit-7 may have 500.0");
  g_autofree char *heard = test_unit_heard(other, f->station, &theirs->id);
  g_assert_cmpstr(heard, ==, "received verified durable");

  set_limits(f, "unit-7", 0, 5 << 20);
  g_assert_cmpuint(room_for(f, "unit-7", &note), ==, 6 << 20);
  g_assert_cmpstr(note, ==, DS_ROOM_LIMIT "one bundle of unit unit-7 may have 5.0 MiB");
  test_push(f->home, "unit-7", large, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, large, "quarantined received verified durable");
}

static void
make_old(const char *path)
{
  const struct utimbuf old = {1000, 1000};

  g_assert_cmpint(utime(path, &old), ==, 0);
}

/* What the night brings: bytes back, leftovers gone, a word before the directory ends. */
static void
test_maintain(TestFixture *f, gconstpointer data)
{
  g_autofree char *repo = ds_station_repo_path(f->home->home, "unit-7");
  g_autofree char *left = g_build_filename(repo, "objects", "tmp_objdir-incoming-x", NULL);
  g_autofree char *young = g_build_filename(repo, "objects", "tmp_objdir-incoming-y", NULL);
  g_autofree char *lock = g_build_filename(repo, "packed-refs.lock", NULL);
  g_autofree char *broken = g_build_filename(f->home->home, "quarantine", "unit-7", "old", NULL);
  g_autofree char *fresh = g_build_filename(f->home->home, "quarantine", "unit-7", "new", NULL);
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  DsMaintained done;
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  const char *folders[] = {left, young, broken, fresh, NULL};
  for (guint i = 0; folders[i] != NULL; i++)
    g_assert_cmpint(g_mkdir_with_parents(folders[i], 0700), ==, 0);
  g_assert_true(ds_files_create(broken, "manifest", "x", 1, &error));
  g_assert_true(ds_files_create(repo, "packed-refs.lock", "", 0, &error));
  make_old(left);
  make_old(lock);
  make_old(broken);

  /* the station is open meanwhile, and nobody waits */
  g_assert_true(ds_station_maintain(f->home->home, &done, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(done.repositories, ==, 1);
  g_assert_cmpuint(done.swept, ==, 2);
  g_assert_cmpuint(done.quarantined, ==, 1);
  g_assert_cmpint(done.directory_days, >=, 364);
  g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(young, G_FILE_TEST_EXISTS));
  g_assert_false(g_file_test(broken, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(fresh, G_FILE_TEST_EXISTS));

  g_assert_true(ds_station_renew(f->station, 7, &error));
  g_assert_true(ds_station_maintain(f->home->home, &done, &error));
  g_assert_cmpint(done.directory_days, ==, 6);
  g_assert_cmpint(done.directory_days, <, DS_MAINTAIN_WARN_DAYS);

  g_autofree char *away = g_strconcat(repo, ".away", NULL);
  g_assert_cmpint(g_rename(repo, away), ==, 0);
  g_assert_false(ds_station_maintain(f->home->home, &done, &error));
  g_assert_nonnull(strstr(error->message, "unit unit-7: "));
  g_assert_cmpint(g_rename(away, repo), ==, 0);
}

#define ADD(name, function)                                                             \
  g_test_add("/station/limits/" name, TestFixture, NULL, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("quarantine", test_quarantine_limits);
  ADD("turns", test_turns);
  ADD("tidies", test_tidies);
  ADD("settings", test_settings);
  ADD("quota", test_quota);
  ADD("bundle-max", test_bundle_max);
  ADD("maintain", test_maintain);
  return g_test_run();
}
