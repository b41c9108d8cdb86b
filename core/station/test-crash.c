/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Killed at any durable step, the next run ends where an undisturbed one would. */
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "station/registry.h"
#include "station/review.h"
#include "station/station-private.h"
#include "station/statements.h"
#include "station/test-unit.h"

#define KILLED 9

typedef struct {
  TestHome *home;
  TestUnit *unit;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  f->home = test_home_new();
  f->unit = test_unit_new("unit-7", "036001");
  g_autoptr(DsStation) station = test_home_open(f->home, TRUE);
  test_unit_enrol(f->unit, station);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  test_unit_free(f->unit);
  test_home_free(f->home);
}

static void
stop_here(const char *name, gpointer data)
{
  guint *left = data;

  if ((*left)-- == 0)
    _exit(KILLED);
}

typedef void (*Work)(DsStation *station);

/* Runs @work in a process that dies at its checkpoint number @at. FALSE when it got through. */
static gboolean
run_and_die(const TestHome *home, Work work, guint at)
{
  int status = 0;
  pid_t child = fork();

  g_assert_cmpint(child, >=, 0);
  if (child == 0) {
    DsStation *station = test_home_open(home, TRUE);
    ds_station_set_checkpoint(station, stop_here, &at);
    work(station);
    _exit(0);
  }
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  g_assert_true(WEXITSTATUS(status) == KILLED || WEXITSTATUS(status) == 0);
  return WEXITSTATUS(status) == KILLED;
}

static void
take_in(DsStation *station)
{
  DsIntakeCounts counts;

  if (!ds_station_intake(station, &counts, NULL, NULL, NULL, NULL))
    _exit(1);
}

static void
assert_refs_gone(const Fixture *f)
{
  g_autofree char *refs = test_home_refs(f->home, "unit-7", "refs/bundles/");

  g_assert_cmpstr(refs, ==, "");
}

static void
assert_cases(DsStation *station, guint expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) cases = ds_registry_list(station, NULL, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(cases->len, ==, expected);
}

/* One more round brings everything to its end and says everything once. */
static void
assert_finished(const Fixture *f, const TestBundle *first, const TestBundle *second,
                const TestBundle *broken)
{
  g_autoptr(DsStation) station = test_home_open(f->home, TRUE);
  const struct {
    const TestBundle *bundle;
    const char *states;
  } table[] = {
      {first, "received verified durable superseded"},
      {second, "received verified durable"},
      {broken, "quarantined"},
  };

  test_intake(station);
  for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *heard = test_unit_heard(f->unit, station, &table[i].bundle->id);
    g_test_message("%u: %s", i, heard);
    g_assert_cmpstr(heard, ==, table[i].states);
  }
  assert_refs_gone(f);
  DsIntakeCounts counts = test_intake(station);
  g_assert_cmpuint(counts.seen + counts.published, ==, 0);
}

static void
test_intake_killed(Fixture *f, gconstpointer data)
{
  gboolean killed = TRUE;
  guint rounds = 0;

  for (guint at = 0; killed; at++, rounds++) {
    g_autofree char *local = g_strdup_printf("c-%u", at), *other = g_strdup_printf("d-%u", at);
    TestCase one = {.local = local}, two = {.local = local, .version = 2}, bad = {.local = other};
    g_autoptr(DsStation) station = test_home_open(f->home, FALSE);
    const DsDirectory *directory = ds_station_directory(station);
    g_autoptr(TestBundle) first = test_unit_seal(f->unit, directory, &one);
    two.replaces = first;
    g_autoptr(TestBundle) second = test_unit_seal(f->unit, directory, &two);
    g_autoptr(TestBundle) broken = test_unit_seal(f->unit, directory, &bad);
    g_clear_pointer(&station, ds_station_free);
    test_push(f->home, "unit-7", first, TEST_PUSH_WHOLE);
    test_push(f->home, "unit-7", second, TEST_PUSH_WHOLE);
    test_push(f->home, "unit-7", broken, TEST_PUSH_FLIP_CHUNK);

    g_test_message("stopped at step %u", at);
    killed = run_and_die(f->home, take_in, at);
    assert_finished(f, first, second, broken);
  }
  /* every stage of three bundles was cut once */
  g_assert_cmpuint(rounds, >, 15);
  g_autoptr(DsStation) station = test_home_open(f->home, TRUE);
  assert_cases(station, rounds);
}

static void
give_back(DsStation *station)
{
  static const char *const photo[] = {"photo", NULL};
  GDate due;
  const DsReturnOrder order = {.categories = photo, .detail = "背景不纯白", .due = &due};

  g_date_set_dmy(&due, 4, G_DATE_SEPTEMBER, 2026);
  if (!ds_station_return(station, "c-1", &order, "036900", NULL, NULL))
    _exit(1);
}

static void
test_decision_killed(Fixture *f, gconstpointer data)
{
  TestCase what = {.local = "c-1"};
  g_autoptr(DsStation) station = test_home_open(f->home, TRUE);
  g_autoptr(TestBundle) bundle = test_unit_seal(f->unit, ds_station_directory(station), &what);
  gboolean killed = TRUE;
  guint said = 0;

  test_push(f->home, "unit-7", bundle, TEST_PUSH_WHOLE);
  test_intake(station);
  g_clear_pointer(&station, ds_station_free);
  for (guint at = 0; killed; at++) {
    killed = run_and_die(f->home, give_back, at);
    station = test_home_open(f->home, TRUE);
    g_autofree char *heard = test_unit_heard(f->unit, station, &bundle->id);
    g_autoptr(GString) expected = g_string_new("received verified durable");
    for (guint i = 0; i <= said; i++)
      g_string_append(expected, " returned");
    /* each run said it exactly once, at the latest when the station was unlocked again */
    g_assert_cmpstr(heard, ==, expected->str);
    said++;
    g_clear_pointer(&station, ds_station_free);
  }
  g_assert_cmpuint(said, ==, 3);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add("/station/crash/intake", Fixture, NULL, set_up, test_intake_killed, tear_down);
  g_test_add("/station/crash/decision", Fixture, NULL, set_up, test_decision_killed, tear_down);
  return g_test_run();
}
