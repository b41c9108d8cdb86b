/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line breaks at byte k, for many k, in each conversation of a contact; then a good contact
 * finishes the work. Nothing is lost, nothing is called handed over that is not there. */
#include "courier/exchange.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/mark.h"
#include "courier/state.h"
#include "courier/test-unit.h"
#include "store/inbox.h"

#define BUNDLES 4
#define STEPS 40

/* As if nothing had been sent: the courier's memory and the station's refs go. */
static void
start_over(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *state = g_build_filename(unit->home, "depot", "handed-over", NULL);

  test_unit_station_takes(unit);
  g_assert_true(ds_files_remove(state, &error));
}

/* What the courier believes the station has, it has. */
static void
check_beliefs(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCourierState) state = ds_courier_state_load(unit->home, &error);

  g_assert_no_error(error);
  for (guint i = 0; i < unit->entries->len; i++)
    if (ds_courier_state_has(state, &test_unit_entry(unit, i)->id))
      g_assert_true(test_unit_has_arrived(unit, i));
}

/* One cut contact and the one that finishes; returns whether the first one was cut at all. */
static gboolean
cut_once(TestUnit *unit, guint which, guint64 up, guint64 down)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult first, second;
  gboolean ok = test_unit_sync(unit, test_cut_new(unit->repo, which, up, down), &first, &error);

  if (!ok)
    g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  check_beliefs(unit);
  second = test_unit_sync_well(unit);
  g_assert_cmpuint(first.handed_over + second.handed_over + second.already_there, >=, BUNDLES);
  /* what travels again is at most the one batch that was cut */
  g_assert_cmpuint(first.bytes_sent + second.bytes_sent, <=, 2 * unit->bytes + 8192);
  g_autoptr(GArray) ids = test_unit_arrived(unit);
  g_assert_cmpuint(ids->len, ==, BUNDLES);
  ds_exchange_result_clear(&first);
  return !ok;
}

static void
test_push_up(TestUnit *unit, gconstpointer data)
{
  guint cuts = 0;

  test_unit_seal(unit, BUNDLES, 2, 2000);
  for (guint64 k = 0; k < STEPS; k++) {
    cuts += cut_once(unit, 1, 1 + unit->bytes * k / STEPS, G_MAXUINT64) ? 1 : 0;
    start_over(unit);
  }
  g_assert_cmpuint(cuts, ==, STEPS);
  test_unit_sync_well(unit);
  test_unit_check_arrived(unit);
}

/* The push goes well but the server's words are cut: in the advertisement, in the report. */
static void
test_push_down(TestUnit *unit, gconstpointer data)
{
  guint cuts = 0;

  test_unit_seal(unit, BUNDLES, 1, 1000);
  for (guint64 k = 0; k < STEPS; k++) {
    cuts += cut_once(unit, 1, G_MAXUINT64, 1 + k * 13) ? 1 : 0;
    start_over(unit);
  }
  g_assert_cmpuint(cuts, >, STEPS / 2);
  test_unit_sync_well(unit);
  test_unit_check_arrived(unit);
}

/* Cuts in the fetch (conversation 2) and in the forgetting (3). */
static void
test_fetch(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(unit->home, "inbox", NULL);
  g_autofree char *text = g_strnfill(3000, 's');
  g_autoptr(DsInbox) inbox = ds_inbox_open(path, &error);
  guint cuts = 0;

  for (guint64 k = 0; k < STEPS; k++) {
    DsExchangeResult first, second;
    g_autoptr(GError) cut = NULL;

    test_unit_publish(unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who is who");
    test_unit_publish(unit, 2, DS_OUTBOX_STATEMENTS, "0000000001", text);
    cuts += !test_unit_sync(unit, test_cut_new(unit->repo, 2 + k % 2, G_MAXUINT64, 1 + k * 19),
                            &first, &cut)
                ? 1
                : 0;
    if (cut != NULL)
      g_assert_error(cut, DS_ERROR, DS_ERROR_RETRY);
    g_autoptr(GPtrArray) between = ds_inbox_list(inbox, &error);
    g_assert_true(between->len == 0 || between->len == 2);
    second = test_unit_sync_well(unit);
    g_assert_cmpuint(first.messages + second.messages, ==, 2);
    g_autoptr(GBytes) bytes =
        ds_inbox_read(inbox, "0000000002-statements", "0000000001", 4000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 3000);
    g_assert_true(ds_inbox_remove(inbox, "0000000001-directory", &error));
    g_assert_true(ds_inbox_remove(inbox, "0000000002-statements", &error));
    g_autoptr(DsRepo) repo = ds_repo_open(unit->repo, &error);
    g_autoptr(GArray) left = ds_repo_list_outbox(repo, &error);
    g_assert_cmpuint(left->len, ==, 0);
    ds_exchange_result_clear(&first);
  }
  g_assert_cmpuint(cuts, >, STEPS / 2);
}

/* Three batches of 1.5 MB; the second one is cut: only its bytes may travel twice. */
static void
test_batches(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult first, second;

  test_unit_seal(unit, 3, 3, 500000);
  g_assert_false(
      test_unit_sync(unit, test_cut_new(unit->repo, 2, 1000000, G_MAXUINT64), &first, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_cmpuint(first.batches, ==, 1);
  g_assert_cmpuint(first.handed_over, ==, 1);
  second = test_unit_sync_well(unit);
  g_assert_cmpuint(second.handed_over, ==, 2);
  g_assert_cmpuint(first.bytes_sent + second.bytes_sent, <, unit->bytes + 1500000 + 20000);
  test_unit_check_arrived(unit);
  ds_exchange_result_clear(&first);
}

/* A server that says ok and keeps nothing: its word makes the courier quiet for a while, the
 * bundle stays in the spool, and a mark or time sends it again. */
static void
test_liar(TestUnit *unit, gconstpointer data)
{
  DsExchangeStatus status;
  g_autoptr(GError) error = NULL;

  test_unit_seal(unit, 1, 1, 100);
  test_unit_sync_well(unit);
  test_unit_station_takes(unit);
  test_unit_sync_well(unit);
  g_assert_true(ds_exchange_status(unit->home, &status, &error));
  g_assert_cmpuint(status.spooled, ==, 1);
  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_RESEND, &test_unit_entry(unit, 0)->id, &error));
  test_unit_sync_well(unit);
  g_assert_true(test_unit_has_arrived(unit, 0));
}

#define ADD(name, function) \
  g_test_add("/courier/cuts/" name, TestUnit, NULL, test_unit_set_up, function, test_unit_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("push-up", test_push_up);
  ADD("push-down", test_push_down);
  ADD("fetch", test_fetch);
  ADD("batches", test_batches);
  ADD("liar", test_liar);
  return g_test_run();
}
