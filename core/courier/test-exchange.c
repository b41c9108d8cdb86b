/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole contacts with real git behind a path. */
#include "courier/exchange.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/mark.h"
#include "courier/test-unit.h"
#include "depot/stock-git.h"
#include "store/inbox.h"

static DsInbox *
open_inbox(TestUnit *unit)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(unit->home, "inbox", NULL);
  DsInbox *inbox = ds_inbox_open(path, &error);

  g_assert_no_error(error);
  return inbox;
}

static void
test_nothing(TestUnit *unit, gconstpointer data)
{
  DsExchangeResult result = test_unit_sync_well(unit);

  g_assert_cmpuint(result.waiting, ==, 0);
  g_assert_cmpuint(result.batches, ==, 0);
}

/* Sent once, not sent while advertised, not sent when taken, sent when asked, forgotten when
 * pruned. */
static void
test_life(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeStatus status;
  DsExchangeResult result;

  test_unit_seal(unit, 10, 2, 3000);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 10);
  g_assert_cmpuint(result.batches, ==, 1);
  test_unit_check_arrived(unit);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_cmpuint(result.already_there, ==, 10);
  test_unit_station_takes(unit);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.batches, ==, 0);
  g_assert_cmpuint(result.already_there, ==, 10);

  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_RESEND, &test_unit_entry(unit, 4)->id, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 1);
  g_assert_true(test_unit_has_arrived(unit, 4));
  g_assert_false(ds_courier_mark_has(unit->home, DS_COURIER_RESEND, &test_unit_entry(unit, 4)->id));

  g_autofree char *path = g_build_filename(unit->home, "store", "spool", NULL);
  g_autoptr(DsSpool) spool = ds_spool_open(path, &error);
  for (guint i = 0; i < 9; i++)
    g_assert_true(ds_spool_remove(spool, test_unit_entry(unit, i), &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.waiting, ==, 1);
  g_assert_true(ds_exchange_status(unit->home, &status, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(status.spooled, ==, 1);
  g_assert_cmpuint(status.handed_over, ==, 1);
  g_assert_cmpint(status.last_contact_us, >, 0);
}

/* The usual case: the station is quick, and the ref is gone before the courier ever sees it. */
static void
test_taken_at_once(TestUnit *unit, gconstpointer data)
{
  DsExchangeResult result;

  test_unit_seal(unit, 2, 1, 100);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 2);
  test_unit_station_takes(unit);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_cmpuint(result.already_there, ==, 2);
}

/* Without its memory the courier sends again what is no longer advertised, and no more. */
static void
test_lost_memory(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(unit->home, "depot", NULL);
  DsExchangeResult result;

  test_unit_seal(unit, 3, 1, 100);
  test_unit_sync_well(unit);
  g_assert_true(ds_files_replace(folder, "handed-over", "rubbish\nbundle x y z\n", 21, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_cmpuint(result.already_there, ==, 3);
  g_assert_true(ds_files_replace(folder, "handed-over", "", 0, &error));
  test_unit_station_takes(unit);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 3);
}

/* Unanswered for days and contacts: again. For days alone, or contacts alone: not. */
static void
test_unanswered(TestUnit *unit, gconstpointer data)
{
  g_autofree char *folder = g_build_filename(unit->home, "depot", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) state = g_string_new(NULL);
  char hex[DS_DIGEST_HEX_SIZE];
  DsExchangeResult result;

  test_unit_seal(unit, 3, 1, 100);
  test_unit_sync_well(unit);
  test_unit_station_takes(unit);
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  g_string_append_printf(state, "bundle %s 1000 3\n",
                         ds_digest_to_hex(&test_unit_entry(unit, 0)->id, hex));
  g_string_append_printf(state, "bundle %s %" G_GINT64_FORMAT " 1000\n",
                         ds_digest_to_hex(&test_unit_entry(unit, 1)->id, hex), now);
  g_string_append_printf(state, "bundle %s 1000 8\n",
                         ds_digest_to_hex(&test_unit_entry(unit, 2)->id, hex));
  g_assert_true(ds_files_replace(folder, "handed-over", state->str, state->len, &error));
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 1);
  g_assert_true(test_unit_has_arrived(unit, 2));
}

/* Bundles above the first batch's size travel one by one, the urgent one first. */
static void
test_urgent(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  test_unit_seal(unit, 3, 3, 400000);
  g_assert_true(
      ds_courier_mark_set(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 2)->id, &error));
  g_assert_false(
      test_unit_sync(unit, test_cut_new(unit->repo, 2, 1000, G_MAXUINT64), &result, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_cmpuint(result.handed_over, ==, 1);
  g_assert_true(test_unit_has_arrived(unit, 2));
  g_assert_false(test_unit_has_arrived(unit, 0));
  g_assert_false(ds_courier_mark_has(unit->home, DS_COURIER_URGENT, &test_unit_entry(unit, 2)->id));
  ds_exchange_result_clear(&result);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 2);
  test_unit_check_arrived(unit);
}

static void
test_messages(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsInbox) inbox = open_inbox(unit);
  DsExchangeResult result;

  test_unit_publish(unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who");
  test_unit_publish(unit, 2, DS_OUTBOX_STATEMENTS, "0000000001", "received");
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.messages, ==, 2);
  g_assert_cmpuint(result.forgotten, ==, 2);
  g_autoptr(GBytes) bytes =
      ds_inbox_read(inbox, "0000000002-statements", "0000000001", 100, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(g_bytes_get_size(bytes), ==, 8);
  g_autoptr(DsRepo) repo = ds_repo_open(unit->repo, &error);
  g_autoptr(GArray) left = ds_repo_list_outbox(repo, &error);
  g_assert_cmpuint(left->len, ==, 0);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.messages, ==, 0);

  /* the same again, as after a cut before the refs went: only forgotten, not fetched */
  test_unit_publish(unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who");
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.messages, ==, 0);
  g_assert_cmpuint(result.forgotten, ==, 1);
}

/* A message of the wrong shape stays at the station, is looked at once, and blocks nobody. */
static void
test_bad_message(TestUnit *unit, gconstpointer data)
{
  static const char *const spoil[] = {"git", "update-ref", "refs/outbox/0000000002-statements",
                                      "refs/outbox/0000000001-directory", NULL};
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  test_unit_publish(unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who");
  g_assert_true(ds_git_run(spoil, unit->repo, 10, &error));
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.messages, ==, 1);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "0000000002-statements was not taken"));
  ds_exchange_result_clear(&result);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.refused, ==, 0);
  /* the station puts it right */
  test_unit_publish(unit, 2, DS_OUTBOX_STATEMENTS, "0000000001", "received");
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.messages, ==, 1);
}

/* A tree that git itself refuses spoils the whole pack: the others are fetched one by one. */
static void
test_bad_pack(TestUnit *unit, gconstpointer data)
{
  static const char script[] =
      "set -e; export GIT_DIR=\"$1\" GIT_AUTHOR_NAME=d GIT_AUTHOR_EMAIL=d GIT_COMMITTER_NAME=d "
      "GIT_COMMITTER_EMAIL=d\n"
      "blob=$(printf x | git hash-object -w --stdin)\n"
      "tree=$(printf '100644 blob %s\\t..\\n' $blob | git mktree)\n"
      "git update-ref refs/outbox/0000000002-directory $(git commit-tree -m m $tree)\n";
  const char *argv[] = {"sh", "-c", script, "sh", unit->repo, NULL};
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;
  int status = -1;

  test_unit_publish(unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who");
  test_unit_publish(unit, 3, DS_OUTBOX_STATEMENTS, "0000000001", "received");
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
               &error);
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.messages, ==, 2);
  g_assert_cmpuint(result.forgotten, ==, 2);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "0000000002-directory was not taken"));
  ds_exchange_result_clear(&result);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.messages, ==, 0);
}

/* A damaged chunk keeps its own bundle back and no other. */
static void
test_damaged_chunk(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *objects = g_build_filename(unit->home, "store", "objects", NULL);
  DsExchangeResult result;
  g_autoptr(GPtrArray) folders = NULL;

  test_unit_seal(unit, 1, 1, 100);
  folders = ds_files_list(objects, &error);
  for (guint i = 0; i < folders->len; i++) {
    g_autofree char *folder = g_build_filename(objects, folders->pdata[i], NULL);
    g_autoptr(GPtrArray) names = ds_files_list(folder, &error);
    for (guint j = 0; j < names->len; j++)
      g_assert_true(ds_files_replace(folder, names->pdata[j], "damage", 6, &error));
  }
  test_unit_seal(unit, 2, 1, 100);
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.handed_over, ==, 2);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "cannot be read here"));
  ds_exchange_result_clear(&result);
  g_assert_false(test_unit_has_arrived(unit, 0));
}

/* A manifest that is another bundle's, or rubbish. */
static void
test_damaged_manifest(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;
  char hex[DS_DIGEST_HEX_SIZE];

  test_unit_seal(unit, 2, 1, 100);
  ds_digest_to_hex(&test_unit_entry(unit, 0)->id, hex);
  g_autofree char *name = g_strdup_printf("0000000001-%s", hex);
  g_autofree char *folder = g_build_filename(unit->home, "store", "spool", name, NULL);
  g_assert_true(ds_files_replace(folder, "manifest", "rubbish", 7, &error));
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_cmpuint(result.handed_over, ==, 1);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "bundle 1: "));
  ds_exchange_result_clear(&result);
}

/* The station refuses one of three: the other two arrive all the same. */
static void
test_refused_bundle(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *block = NULL;
  char ref[DS_DEPOT_REF_SIZE];
  DsExchangeResult result;

  test_unit_seal(unit, 3, 1, 100);
  ds_depot_bundle_ref(&test_unit_entry(unit, 1)->id, ref);
  block = g_build_filename(unit->repo, ref, "in-the-way", NULL);
  g_assert_true(ds_files_make_dir(block, &error));
  g_autofree char *lock = g_strconcat(unit->repo, "/", ref, ".lock", NULL);
  g_assert_true(g_file_set_contents(lock, "", 0, NULL));
  g_assert_true(test_unit_sync(unit, NULL, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.handed_over, ==, 2);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "the station did not take bundle"));
  ds_exchange_result_clear(&result);
  g_unlink(lock);
  result = test_unit_sync_well(unit);
  g_assert_cmpuint(result.handed_over, ==, 1);
}

static void
test_busy(TestUnit *unit, gconstpointer data)
{
  g_autofree char *folder = g_build_filename(unit->home, "depot", NULL);
  g_autofree char *path = g_build_filename(folder, "lock", NULL);
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  test_unit_sync_well(unit);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint(flock(fd, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_false(test_unit_sync(unit, NULL, &result, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_BUSY);
  g_assert_nonnull(strstr(error->message, "process "));
  g_assert_nonnull(strstr(error->message, " since "));
  close(fd);
  test_unit_sync_well(unit);
}

static void
test_no_repository(TestUnit *unit, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  g_assert_false(
      test_unit_sync(unit, ds_carrier_path_new("/nonexistent/x.git", NULL), &result, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_nonnull(strstr(error->message, "/nonexistent/x.git"));
  g_clear_error(&error);
  g_assert_false(test_unit_sync(unit, ds_carrier_path_new(unit->home, NULL), &result, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "is no repository"));
  g_clear_error(&error);
  g_assert_null(ds_carrier_path_new("relative", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

#define ADD(name, function)                                                         \
  g_test_add("/courier/exchange/" name, TestUnit, NULL, test_unit_set_up, function, \
             test_unit_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("nothing", test_nothing);
  ADD("life", test_life);
  ADD("taken-at-once", test_taken_at_once);
  ADD("lost-memory", test_lost_memory);
  ADD("unanswered", test_unanswered);
  ADD("urgent", test_urgent);
  ADD("messages", test_messages);
  ADD("bad-message", test_bad_message);
  ADD("bad-pack", test_bad_pack);
  ADD("damaged-chunk", test_damaged_chunk);
  ADD("damaged-manifest", test_damaged_manifest);
  ADD("refused-bundle", test_refused_bundle);
  ADD("busy", test_busy);
  ADD("no-repository", test_no_repository);
  return g_test_run();
}
