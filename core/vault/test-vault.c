/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/vault.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"
#include "vault/journal.h"
#include "vault/setting.h"
#include "vault/test-vault-fixture.h"
#include "vault/vault-private.h"

static char *
file_of(Fixture *fixture, const char *name)
{
  return g_build_filename(fixture->home, "vault", name, NULL);
}

static DsVault *
open_it(Fixture *fixture, GError **error)
{
  return ds_vault_open(fixture->home, "test", fixture->passphrase, error);
}

static void
close_it(Fixture *fixture)
{
  g_clear_pointer(&fixture->vault, ds_vault_close);
}

static void
test_open(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) wrong = secret_of("wrong horse");
  g_autofree char *id = g_strdup(ds_vault_id(fixture->vault));
  g_autofree char *nowhere = g_build_filename(fixture->home, "nowhere", NULL);

  g_assert_true(ds_vault_exists(fixture->home));
  g_assert_cmpstr(ds_vault_home(fixture->vault), ==, fixture->home);
  fixture_reopen(fixture);
  g_assert_cmpstr(ds_vault_id(fixture->vault), ==, id);
  g_assert_true(ds_vault_check(fixture->vault, &error));
  g_assert_true(ds_vault_check_passphrase(fixture->vault, fixture->passphrase, &error));
  g_assert_false(ds_vault_check_passphrase(fixture->vault, wrong, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase");

  close_it(fixture);
  g_assert_null(ds_vault_open(fixture->home, "test", wrong, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase: nothing was opened");
  g_assert_null(ds_vault_open(nowhere, "test", wrong, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no vault in");
  g_assert_null(ds_vault_create(fixture->home, "test", wrong, DS_SLOTS_COST_LIGHT, &error));
  assert_message(&error, DS_ERROR_EXISTS, "there is a vault in");
}

static void
test_normal_cost(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(
      ds_vault_set_passphrase(fixture->vault, fixture->passphrase, DS_SLOTS_COST_NORMAL, &error));
  fixture_reopen(fixture);
}

static void
test_busy(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *hour = g_date_time_format(now, "since %H:");
  g_autofree char *process = g_strdup_printf("(process %d)", (int)getpid());
  g_autofree char *owner = file_of(fixture, "owner");

  g_assert_null(open_it(fixture, &error));
  g_assert_nonnull(strstr(error->message, "is in use by test since "));
  assert_message(&error, DS_ERROR_BUSY, process);
  /* not told apart from midnight: the hour is only checked when it is still the same */
  g_assert_null(open_it(fixture, &error));
  g_autoptr(GDateTime) later = g_date_time_new_now_local();
  if (g_date_time_get_hour(now) == g_date_time_get_hour(later))
    assert_message(&error, DS_ERROR_BUSY, hour);
  g_clear_error(&error);

  g_assert_true(g_file_set_contents(owner, "not json", -1, NULL));
  fixture_reopen(fixture); /* the lock is what counts, not the words */
  DsOwner *second = ds_owner_take(owner, "second", &error);
  g_assert_null(second);
  assert_message(&error, DS_ERROR_BUSY, "is in use by test");
}

static void
test_busy_words_of_another_day(Fixture *fixture, gconstpointer data)
{
  static const char old[] =
      "{\"program\":\"doorstep-desk\",\"pid\":7,\"since\":\"2020-02-03T12:00:00Z\"}";
  static const char *const strange[] = {"", "[1]", "{\"program\":1,\"since\":[]}", "{", "\377"};
  g_autoptr(GError) error = NULL;
  g_autofree char *path = file_of(fixture, "owner");

  FILE *file = g_fopen(path, "r+"); /* in place: the lock is on this file */
  g_assert_cmpint(ftruncate(fileno(file), 0), ==, 0);
  fputs(old, file);
  fflush(file);
  g_assert_null(open_it(fixture, &error));
  g_assert_nonnull(strstr(error->message, "2020-02-03 "));
  assert_message(&error, DS_ERROR_BUSY, "is in use by doorstep-desk since 2020-02-0");
  for (gsize i = 0; i < G_N_ELEMENTS(strange); i++) {
    rewind(file);
    g_assert_cmpint(ftruncate(fileno(file), 0), ==, 0);
    fputs(strange[i], file);
    fflush(file);
    g_assert_null(open_it(fixture, &error));
    assert_message(&error, DS_ERROR_BUSY, "is in use by another program");
  }
  fclose(file);
}

static void
wait_for(pid_t pid, int killed)
{
  int status = 0;

  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  if (killed != 0)
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == killed);
  else
    g_assert_cmpint(WIFEXITED(status) ? WEXITSTATUS(status) : -1, ==, 0);
}

static void
test_killed_owner(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  close_it(fixture);
  pid_t pid = fork();
  if (pid == 0) {
    DsVault *vault = open_it(fixture, NULL);
    if (vault == NULL || !ds_vault_create_case(vault, "C1", NULL, 0, "first", "P1", NULL))
      _exit(1);
    DsVaultTransaction *open = ds_vault_begin(vault, NULL);
    if (open == NULL || !ds_vault_create_case(vault, "C2", NULL, 0, "first", "P1", NULL))
      _exit(2);
    raise(SIGKILL);
  }
  wait_for(pid, SIGKILL);
  fixture->vault = open_it(fixture, &error);
  g_assert_no_error(error);
  g_autoptr(DsVaultCase) kept = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_nonnull(kept);
  g_assert_null(ds_vault_case(fixture->vault, "C2", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C2");
  g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
  g_assert_no_error(error);
}

static void
test_passphrase_change(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) changed = secret_of("another one");
  g_autoptr(GBytes) blob = g_bytes_new_static("recovery", 8);

  fixture_case(fixture, "C1");
  g_assert_true(ds_vault_set_recovery_slot(fixture->vault, blob, &error));
  g_assert_true(ds_vault_set_passphrase(fixture->vault, changed, DS_SLOTS_COST_LIGHT, &error));
  close_it(fixture);
  g_assert_null(open_it(fixture, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase");
  fixture->vault = ds_vault_open(fixture->home, "test", changed, &error);
  g_assert_no_error(error);
  g_autoptr(DsVaultCase) kept = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_nonnull(kept);
  g_autoptr(GBytes) still = ds_vault_read_recovery_slot(fixture->home, &error);
  g_assert_true(g_bytes_equal(still, blob));
}

static void
test_recovery(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) master = ds_vault_export_master(fixture->vault);
  g_autoptr(DsSecret) other = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) fresh = secret_of("fresh");

  g_assert_null(ds_vault_read_recovery_slot(fixture->home, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "has no recovery slot");
  fixture_case(fixture, "C1");
  close_it(fixture);
  g_assert_null(ds_vault_open_with_master(fixture->home, "test", other, &error));
  assert_message(&error, DS_ERROR_REFUSED, "key slots were changed");

  fixture->vault = ds_vault_open_with_master(fixture->home, "test", master, &error);
  g_assert_no_error(error);
  g_assert_true(ds_vault_set_passphrase(fixture->vault, fresh, DS_SLOTS_COST_LIGHT, &error));
  close_it(fixture);
  fixture->vault = ds_vault_open(fixture->home, "test", fresh, &error);
  g_assert_no_error(error);
  g_autoptr(DsVaultCase) kept = ds_vault_case(fixture->vault, "C1", &error);
  g_assert_nonnull(kept);
}

static void
test_damaged_files(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *slots = file_of(fixture, "slots.cbor"), *whole = NULL;
  g_autofree char *database = file_of(fixture, "vault.db"), *good = NULL;
  gsize size = 0, good_size = 0;

  close_it(fixture);
  g_assert_true(g_file_get_contents(slots, &whole, &size, NULL));
  g_assert_true(g_file_set_contents(slots, whole, (gssize)size - 1, NULL));
  g_assert_null(open_it(fixture, &error));
  assert_message(&error, DS_ERROR_INVALID, "key slots");
  g_assert_true(g_file_set_contents(slots, whole, (gssize)size, NULL));

  g_assert_true(g_file_get_contents(database, &good, &good_size, NULL));
  good[100] ^= 1;
  g_assert_true(g_file_set_contents(database, good, (gssize)good_size, NULL));
  g_assert_null(open_it(fixture, &error));
  assert_message(&error, DS_ERROR_FAILED, "the database is damaged");
  g_assert_cmpint(g_unlink(database), ==, 0);
  g_assert_null(open_it(fixture, &error));
  assert_message(&error, DS_ERROR_FAILED, "vault.db is missing");
  good[100] ^= 1;
  g_assert_true(g_file_set_contents(database, good, (gssize)good_size, NULL));
  fixture->vault = open_it(fixture, &error);
  g_assert_no_error(error);
}

static void
test_set_aside(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) wrong = secret_of("wrong");
  g_autofree char *lost = file_of(fixture, "vault.db.lost-1");
  g_autofree char *lost_again = file_of(fixture, "vault.db.lost-2");
  g_autofree char *id = g_strdup(ds_vault_id(fixture->vault));

  fixture_case(fixture, "C1");
  g_assert_false(ds_vault_set_aside_database(fixture->home, "test", fixture->passphrase, &error));
  assert_message(&error, DS_ERROR_BUSY, "is in use by test");
  close_it(fixture);
  g_assert_false(ds_vault_set_aside_database(fixture->home, "test", wrong, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase");
  g_assert_false(g_file_test(lost, G_FILE_TEST_EXISTS));
  g_assert_true(ds_vault_set_aside_database(fixture->home, "test", fixture->passphrase, &error));
  g_assert_true(ds_vault_set_aside_database(fixture->home, "test", fixture->passphrase, &error));
  g_assert_no_error(error);
  g_assert_true(g_file_test(lost, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(lost_again, G_FILE_TEST_EXISTS));
  fixture->vault = open_it(fixture, &error);
  g_assert_cmpstr(ds_vault_id(fixture->vault), ==, id);
  g_assert_null(ds_vault_case(fixture->vault, "C1", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_interrupted_creation(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *slots = file_of(fixture, "slots.cbor");

  close_it(fixture);
  g_assert_cmpint(g_unlink(slots), ==, 0); /* the slots come last */
  g_assert_false(ds_vault_exists(fixture->home));
  fixture->vault =
      ds_vault_create(fixture->home, "test", fixture->passphrase, DS_SLOTS_COST_LIGHT, &error);
  g_assert_no_error(error);
  fixture_case(fixture, "C1");
}

static void
test_newer_schema(Fixture *fixture, gconstpointer data)
{
  static const char *const newer[] = {"", "CREATE TABLE tomorrow(x)"};
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_db_migrate(fixture->vault->db, newer, 2, &error));
  close_it(fixture);
  g_assert_null(open_it(fixture, &error));
  assert_message(&error, DS_ERROR_UNSUPPORTED, "schema version 2; this program knows up to 1");
}

static void
test_transaction(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture_case(fixture, "C1");
  {
    g_autoptr(DsVaultTransaction) undone = ds_vault_begin(fixture->vault, &error);
    fixture_field(fixture, "C1", "applicant.name", "undone");
    fixture_case(fixture, "C2");
  }
  g_autofree char *value = ds_vault_case_field(fixture->vault, "C1", "applicant.name", &error);
  g_assert_null(value);
  g_autoptr(DsVaultTransaction) kept = ds_vault_begin(fixture->vault, &error);
  fixture_field(fixture, "C1", "applicant.name", "kept");
  g_assert_true(ds_vault_commit(g_steal_pointer(&kept), &error));
  fixture_reopen(fixture);
  g_autofree char *after = ds_vault_case_field(fixture->vault, "C1", "applicant.name", &error);
  g_assert_cmpstr(after, ==, "kept");
  g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
}

static void
save_on_a_full_disk(Fixture *fixture)
{
  const struct rlimit limit = {600 * 1024, 600 * 1024};
  g_autofree char *text = g_strnfill(20000, 'x');
  GError *error = NULL;

  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
  DsVault *vault = open_it(fixture, NULL);
  for (int i = 0; i < 200 && error == NULL; i++) {
    g_autofree char *value = g_strdup_printf("%d%s", i, text);
    if (!ds_vault_set_field(vault, "C1", NULL, "x", value, "P1", &error))
      break;
  }
  if (!g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE))
    _exit(2);
  _exit(strstr(error->message, "make room and try again") != NULL ? 0 : 3);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture_case(fixture, "C1");
  fixture_field(fixture, "C1", "applicant.name", "before");
  close_it(fixture);
  pid_t pid = fork();
  if (pid == 0)
    save_on_a_full_disk(fixture);
  wait_for(pid, 0);
  fixture->vault = open_it(fixture, &error);
  g_assert_no_error(error);
  g_autofree char *value = ds_vault_case_field(fixture->vault, "C1", "applicant.name", &error);
  g_assert_cmpstr(value, ==, "before");
  g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
  g_assert_true(ds_vault_check(fixture->vault, &error));
  g_assert_no_error(error);
}

static void
test_settings(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) key = ds_secret_random(32);
  guint64 first = 0, second = 0, other = 0;

  g_assert_null(ds_vault_setting_text(fixture->vault, "unit.id", &error));
  g_assert_no_error(error);
  g_assert_true(ds_vault_set_setting_text(fixture->vault, "unit.id", "U1", &error));
  g_assert_true(ds_vault_set_setting_text(fixture->vault, "empty", "", &error));
  g_assert_true(ds_vault_set_secret(fixture->vault, "unit.sign", key, &error));
  g_assert_true(ds_vault_next_counter(fixture->vault, "a", &first, &error));
  fixture_reopen(fixture);
  g_autofree char *id = ds_vault_setting_text(fixture->vault, "unit.id", &error);
  g_autofree char *empty = ds_vault_setting_text(fixture->vault, "empty", &error);
  g_autoptr(DsSecret) back = ds_vault_secret(fixture->vault, "unit.sign", &error);
  g_assert_cmpstr(id, ==, "U1");
  g_assert_cmpstr(empty, ==, "");
  g_assert_true(ds_secret_equal(back, key));
  g_assert_true(ds_vault_has_secret(fixture->vault, "unit.sign"));
  g_assert_true(ds_vault_set_secret(fixture->vault, "unit.sign", NULL, &error));
  g_assert_false(ds_vault_has_secret(fixture->vault, "unit.sign"));
  g_assert_null(ds_vault_secret(fixture->vault, "unit.sign", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "no key \"unit.sign\"");
  g_assert_true(ds_vault_set_setting(fixture->vault, "unit.id", NULL, &error));
  g_assert_null(ds_vault_setting(fixture->vault, "unit.id", &error));
  g_assert_true(ds_vault_next_counter(fixture->vault, "a", &second, &error));
  g_assert_true(ds_vault_next_counter(fixture->vault, "b", &other, &error));
  g_assert_cmpuint(first, ==, 1);
  g_assert_cmpuint(second, ==, 2);
  g_assert_cmpuint(other, ==, 1);
}

static void
test_directories(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) other = g_bytes_new_static("other", 5);
  guint64 version = 9;
  gint64 time = -1;

  g_assert_null(ds_vault_directory(fixture->vault, 0, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "not enrolled yet");
  g_assert_true(ds_vault_directory_version(fixture->vault, &version, &error));
  g_assert_cmpuint(version, ==, 0);
  for (guint64 v = 1; v <= 7; v++) {
    g_autoptr(GBytes) bytes = g_bytes_new(&v, sizeof v);
    g_assert_true(ds_vault_add_directory(fixture->vault, v, bytes, &error));
    g_assert_true(ds_vault_add_directory(fixture->vault, v, bytes, &error));
  }
  g_assert_false(ds_vault_add_directory(fixture->vault, 7, other, &error));
  assert_message(&error, DS_ERROR_EXISTS, "another directory of version 7");
  g_autoptr(GBytes) newest = ds_vault_directory(fixture->vault, 0, &error);
  g_assert_cmpuint(*(const guint64 *)g_bytes_get_data(newest, NULL), ==, 7);
  g_autoptr(GBytes) kept = ds_vault_directory(fixture->vault, 3, &error);
  g_assert_nonnull(kept);
  g_assert_null(ds_vault_directory(fixture->vault, 2, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "version 2 is not known");

  g_assert_true(ds_vault_station_time(fixture->vault, &time, &error));
  g_assert_cmpint(time, ==, 0);
  g_assert_true(ds_vault_see_station_time(fixture->vault, 500, &error));
  g_assert_true(ds_vault_see_station_time(fixture->vault, 300, &error));
  g_assert_true(ds_vault_station_time(fixture->vault, &time, &error));
  g_assert_cmpint(time, ==, 500);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("/vault/open", test_open);
  ADD("/vault/normal-cost", test_normal_cost);
  ADD("/vault/busy", test_busy);
  ADD("/vault/busy-words-of-another-day", test_busy_words_of_another_day);
  ADD("/vault/killed-owner", test_killed_owner);
  ADD("/vault/passphrase-change", test_passphrase_change);
  ADD("/vault/recovery", test_recovery);
  ADD("/vault/damaged-files", test_damaged_files);
  ADD("/vault/set-aside", test_set_aside);
  ADD("/vault/interrupted-creation", test_interrupted_creation);
  ADD("/vault/newer-schema", test_newer_schema);
  ADD("/vault/transaction", test_transaction);
  ADD("/vault/full-disk", test_full_disk);
  ADD("/vault/settings", test_settings);
  ADD("/vault/directories", test_directories);
  return g_test_run();
}
