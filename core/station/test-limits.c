/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one unit may cost the station. */
#include "station/intake.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <utime.h>

#include "base/files.h"
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
  return g_test_run();
}
