/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A case that the unit took back: before, after and instead of the case itself. */
#include "station/intake.h"

#include <string.h>

#include "base/error.h"
#include "station/report.h"
#include "station/review.h"
#include "station/show.h"
#include "station/test-fixture.h"

typedef struct {
  TestBundle *original, *withdrawal;
} Pair;

static void
pair_clear(Pair *self)
{
  test_bundle_free(self->original);
  test_bundle_free(self->withdrawal);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

static Pair
seal_pair(TestFixture *f)
{
  const DsDirectory *directory = ds_station_directory(f->station);
  TestCase what = {.local = "a-1"};
  Pair pair = {.original = test_unit_seal(f->unit, directory, &what)};

  what.version = 2;
  what.outcome = DS_CASE_OUTCOME_WITHDRAWN;
  what.replaces = pair.original;
  pair.withdrawal = test_unit_seal(f->unit, directory, &what);
  g_assert_cmpuint(g_hash_table_size(pair.withdrawal->chunks), ==, 0);
  return pair;
}

static void
assert_state(TestFixture *f, const char *state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "a-1", &error);

  g_assert_no_error(error);
  g_assert_cmpstr(json_object_get_string_member(json_node_get_object(node), "state"), ==, state);
}

/* How many cases wait for review. */
static guint
in_review(TestFixture *f)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) list = ds_station_list_cases(f->station, "review", &error);

  g_assert_no_error(error);
  return json_array_get_length(json_node_get_array(list));
}

/* The original never comes. Its withdrawal is taken in for good, and the history names it. */
static void
test_alone(TestFixture *f, gconstpointer data)
{
  g_auto(Pair) pair = seal_pair(f);
  g_autoptr(GError) error = NULL;
  gboolean already = FALSE;
  char hex[DS_DIGEST_HEX_SIZE];

  test_push(f->home, "unit-7", pair.withdrawal, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.durable, ==, 1);
  test_fixture_assert_heard(f, pair.withdrawal, "received verified durable");
  assert_state(f, "withdrawn");
  g_assert_cmpuint(in_review(f), ==, 0);
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "a-1", &error);
  g_autofree char *text = json_to_string(node, FALSE);
  g_assert_nonnull(strstr(text, "withdrawn before it came"));
  g_assert_nonnull(strstr(text, ds_digest_to_hex(&pair.original->id, hex)));
  g_assert_false(ds_station_accept(f->station, "a-1", "P1", &already, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

/* The original comes after all, by another way: kept, superseded, never up for review. */
static void
test_original_later(TestFixture *f, gconstpointer data)
{
  g_auto(Pair) pair = seal_pair(f);

  test_push(f->home, "unit-7", pair.withdrawal, TEST_PUSH_WHOLE);
  test_intake(f->station);
  for (guint i = 0; i < 2; i++) {
    test_push(f->home, "unit-7", pair.original, TEST_PUSH_WHOLE);
    test_intake(f->station);
    test_fixture_assert_heard(f, pair.original, "received verified superseded durable");
    assert_state(f, "withdrawn");
    g_assert_cmpuint(in_review(f), ==, 0);
  }
  test_fixture_assert_heard(f, pair.withdrawal, "received verified durable");
}

/* In order, in one contact or in two. */
static void
test_original_before(TestFixture *f, gconstpointer data)
{
  g_auto(Pair) pair = seal_pair(f);

  test_push(f->home, "unit-7", pair.original, TEST_PUSH_WHOLE);
  if (data != NULL) {
    test_intake(f->station);
    g_assert_cmpuint(in_review(f), ==, 1);
  }
  test_push(f->home, "unit-7", pair.withdrawal, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, pair.original, "received verified durable superseded");
  test_fixture_assert_heard(f, pair.withdrawal, "received verified durable");
  assert_state(f, "withdrawn");
  g_assert_cmpuint(in_review(f), ==, 0);
}

/* The station was locked when both came: what the front desk says is the same. */
static void
test_locked_between(TestFixture *f, gconstpointer data)
{
  g_auto(Pair) pair = seal_pair(f);

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  test_push(f->home, "unit-7", pair.withdrawal, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", pair.original, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, pair.withdrawal, "received");
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  test_intake(f->station);
  test_fixture_assert_heard(f, pair.original, "received verified durable superseded");
  assert_state(f, "withdrawn");
}

/* Accepted before the withdrawal came: the decision stands, and the unit hears so. */
static void
test_too_late(TestFixture *f, gconstpointer data)
{
  g_auto(Pair) pair = seal_pair(f);
  g_autoptr(GError) error = NULL;
  gboolean already = FALSE;

  test_push(f->home, "unit-7", pair.original, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_assert_true(ds_station_accept(f->station, "a-1", "P1", &already, &error));
  g_assert_no_error(error);
  test_push(f->home, "unit-7", pair.withdrawal, TEST_PUSH_WHOLE);
  test_intake(f->station);
  assert_state(f, "accepted");
  test_fixture_assert_heard(f, pair.original, "received verified durable accepted");
  g_autofree char *heard = test_unit_heard(f->unit, f->station, &pair.withdrawal->id);
  g_assert_nonnull(strstr(heard, "superseded"));
  g_assert_nonnull(strstr(heard, "durable"));
  g_autoptr(GPtrArray) said = test_unit_statements(f->unit, f->station);
  const char *reason = NULL;
  for (guint i = 0; i < said->len; i++) {
    const DsStatement *statement = said->pdata[i];
    if (statement->state == DS_STATE_SUPERSEDED)
      reason = g_hash_table_lookup(statement->detail, "reason");
  }
  g_assert_nonnull(reason);
  g_assert_nonnull(strstr(reason, "too late"));
}

#define ADD(name, data, function)                                                           \
  g_test_add("/station/withdrawal/" name, TestFixture, data, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("alone", NULL, test_alone);
  ADD("original-later", NULL, test_original_later);
  ADD("original-before", NULL, test_original_before);
  ADD("original-reviewed", "two intakes", test_original_before);
  ADD("locked-between", NULL, test_locked_between);
  ADD("too-late", NULL, test_too_late);
  return g_test_run();
}
