/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station changes the keys it speaks with while a unit is away. */
#include "station/rotate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/members.h"
#include "station/station-private.h"
#include "station/statements.h"
#include "station/test-fixture.h"

/* What the unit fetches, in order: every message it finds, oldest first. */
static GPtrArray *
fetched_statements(TestFixture *f)
{
  g_autofree char *names = test_home_refs(f->home, "unit-7", "refs/outbox/");
  g_auto(GStrv) refs = g_strsplit(names, "\n", -1);
  GPtrArray *blobs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; refs[i] != NULL; i++) {
    const char *words[] = {"ls-tree", "--name-only", refs[i], NULL};
    if (!g_str_has_suffix(refs[i], "-statements"))
      continue;
    g_autofree char *listed = test_home_git(f->home, "unit-7", words);
    g_auto(GStrv) files = g_strsplit(g_strchomp(listed), "\n", -1);
    for (guint j = 0; files[j] != NULL; j++)
      g_ptr_array_add(blobs, test_home_blob(f->home, "unit-7", refs[i], files[j]));
  }
  return blobs;
}

/* Signed by @key about @bundle at @at_us, as a thief of the old key would. */
static GBytes *
forge(TestFixture *f, DsKey *key, const TestBundle *bundle, gint64 at_us)
{
  g_autoptr(DsStatement) statement = ds_statement_new();
  g_autoptr(GError) error = NULL;

  statement->station = g_strdup("nanchang");
  statement->unit = g_strdup("unit-7");
  statement->seq = 99;
  statement->bundle = bundle->id;
  statement->state = DS_STATE_DURABLE;
  statement->station_us = at_us;
  statement->directory_version = ds_station_directory(f->station)->version;
  GBytes *bytes = ds_statement_sign(statement, NULL, key, &error);
  g_assert_no_error(error);
  return bytes;
}

static void
test_away_for_a_month(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1"), two = test_fixture_seal(f, "a-2");
  g_autoptr(DsKey) old = ds_key_ref(f->station->keys->receipt);
  g_autoptr(DsKey) old_front = ds_key_ref(f->station->online->sign);
  g_autoptr(GError) error = NULL;
  guint published = 0;

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_assert_true(ds_station_rotate(f->station, FALSE, &error));
  g_assert_no_error(error);
  g_assert_false(ds_key_equal(old, f->station->keys->receipt));
  g_assert_true(ds_key_equal(old, f->station->keys->records)); /* still opens what comes */
  test_push(f->home, "unit-7", two, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_assert_true(ds_station_publish(f->station, &published, &error));

  /* the unit comes home: what waits holds, by the newest directory, old words and new ones */
  g_autoptr(GPtrArray) waiting = fetched_statements(f);
  g_assert_cmpuint(waiting->len, ==, 6);
  guint by_old = 0;
  for (guint i = 0; i < waiting->len; i++) {
    g_autoptr(DsStatement) said =
        ds_statement_verify(waiting->pdata[i], ds_station_directory(f->station), "unit-7", &error);
    g_assert_no_error(error);
    by_old += ds_kid_equal(&said->signer, ds_key_kid(old)) ||
                      ds_kid_equal(&said->signer, ds_key_kid(old_front))
                  ? 1
                  : 0;
  }
  g_assert_cmpuint(by_old, ==, 3);
  test_fixture_assert_heard(f, one, "received verified durable");
  test_fixture_assert_heard(f, two, "received verified durable");

  g_autoptr(GBytes) late = forge(f, old, one, ds_clock_now().wall_us + 1);
  g_assert_null(ds_statement_verify(late, ds_station_directory(f->station), "unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "was retired at");

  /* and after a restart */
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  g_assert_false(ds_key_equal(old, f->station->keys->receipt));
  g_assert_false(ds_key_equal(old_front, f->station->online->sign));
  g_autofree char *left = test_home_list(f->home, "keys");
  g_assert_cmpstr(left, ==, "online.key private receipt slots");
}

static void
test_compromised(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  g_autoptr(DsKey) old = ds_key_ref(f->station->keys->receipt);
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_assert_true(ds_station_rotate(f->station, TRUE, &error));
  g_assert_no_error(error);
  test_fixture_assert_heard(f, one, "received verified durable");
  g_autoptr(GPtrArray) again = test_unit_statements(f->unit, f->station);
  for (guint i = 0; i < again->len; i++) {
    const DsStatement *said = again->pdata[i];
    g_assert_true(ds_kid_equal(&said->signer, ds_key_kid(f->station->keys->receipt)));
    g_assert_cmpuint(said->seq, ==, i + 1);
  }
  /* whatever date the thief writes */
  g_autoptr(GBytes) forged = forge(f, old, one, 1);
  g_assert_null(ds_statement_verify(forged, ds_station_directory(f->station), "unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is not a receipt key");
}

/* Room for sixteen keys, eight changes and more. */
static void
test_many(TestFixture *f, gconstpointer data)
{
  g_autoptr(DsKey) first = ds_key_ref(f->station->keys->receipt);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 9; i++) {
    g_assert_true(ds_station_rotate(f->station, FALSE, &error));
    g_assert_no_error(error);
  }
  const DsDirectory *directory = ds_station_directory(f->station);
  g_assert_cmpuint(directory->receipt_keys->len, ==, 16);
  g_assert_null(ds_directory_find_receipt_key(directory, ds_key_kid(first)));
  g_assert_nonnull(ds_directory_find_receipt_key(directory, ds_key_kid(f->station->keys->receipt)));
  g_assert_nonnull(ds_directory_find_receipt_key(directory, ds_key_kid(f->station->online->sign)));
}

static void
reopen(TestFixture *f)
{
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
}

/* Stopped before the directory named them, the new keys never were; after it, they are. */
static void
test_interrupted(TestFixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename(f->home->home, "keys", NULL);
  g_autoptr(DsKey) old = ds_key_ref(f->station->keys->receipt);
  g_autoptr(DsKey) receipt = NULL, front = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true(
      ds_station_keys_prepare(dir, f->station->keys, f->station->online, &receipt, &front, &error));
  reopen(f);
  g_assert_true(ds_key_equal(old, f->station->keys->receipt));
  g_autofree char *names = test_home_list(f->home, "keys");
  g_assert_cmpstr(names, ==, "online.key private slots");

  g_clear_pointer(&receipt, ds_key_unref);
  g_clear_pointer(&front, ds_key_unref);
  g_assert_true(
      ds_station_keys_prepare(dir, f->station->keys, f->station->online, &receipt, &front, &error));
  g_autoptr(DsDirectory) next = ds_directory_copy(ds_station_directory(f->station));
  ds_directory_add_receipt_key(next, receipt, DS_STATES_ALL);
  ds_directory_add_receipt_key(next, front, DS_STATES_ONLINE);
  g_assert_true(ds_station_issue(f->station, next, &error));
  reopen(f);
  g_assert_true(ds_key_equal(receipt, f->station->keys->receipt));
  g_assert_true(ds_key_equal(front, f->station->online->sign));
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, one, "received verified durable");
}

static void
test_locked(TestFixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  g_assert_false(ds_station_rotate(f->station, FALSE, &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "needs the station's passphrase");
}

#define ADD(name, function)                                                             \
  g_test_add("/station/rotate/" name, TestFixture, NULL, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("away-for-a-month", test_away_for_a_month);
  ADD("compromised", test_compromised);
  ADD("many", test_many);
  ADD("interrupted", test_interrupted);
  ADD("locked", test_locked);
  return g_test_run();
}
