/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "db/db.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  char *dir;
  char *path;
  DsSecret *key;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp("ds-db-XXXXXX", NULL);
  fixture->path = g_build_filename(fixture->dir, "test.db", NULL);
  fixture->key = ds_secret_random(DS_DB_KEY_SIZE);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_assert_true(ds_files_remove_tree(fixture->dir, NULL));
  ds_secret_unref(fixture->key);
  g_free(fixture->path);
  g_free(fixture->dir);
}

static const char *const steps[] = {
    "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB);"
    "CREATE TABLE card(person INTEGER NOT NULL REFERENCES person(id))",
    "ALTER TABLE person ADD COLUMN day TEXT",
};

static DsDb *
open_new(Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  DsDb *db = ds_db_open(fixture->path, fixture->key, TRUE, &error);

  g_assert_no_error(error);
  g_assert_true(ds_db_migrate(db, steps, G_N_ELEMENTS(steps), &error));
  g_assert_no_error(error);
  return db;
}

static gint64
count(DsDb *db)
{
  gint64 n = -1;

  g_assert_true(ds_db_get_int(db, &n, -1, NULL, "SELECT count(*) FROM person", ""));
  return n;
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
test_values(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("\0\1\2", 3);
  g_autoptr(GBytes) none = g_bytes_new_static(NULL, 0);
  DsDigest digest = ds_digest_of("x", 1), back;

  g_assert_true(ds_db_run(db, &error, "CREATE TABLE v(i,l,t,b,g,d,s,n,e)", ""));
  g_assert_true(ds_db_run(db, &error, "INSERT INTO v VALUES(?,?,?,?,?,?,?,?,?)", "iltbgdsng", -7,
                          G_MAXINT64, "吴·𠮷", "ab", (gsize)2, bytes, &digest, fixture->key, none));
  g_assert_no_error(error);
  g_assert_cmpint(ds_db_changes(db), ==, 1);

  g_autoptr(DsDbRows) rows = ds_db_query(db, &error, "SELECT * FROM v WHERE t = ?", "t", "吴·𠮷");
  g_assert_cmpint(ds_db_rows_next(rows, &error), ==, DS_DB_ROW);
  g_assert_cmpint(ds_db_rows_int(rows, 0), ==, -7);
  g_assert_cmpint(ds_db_rows_int(rows, 1), ==, G_MAXINT64);
  g_assert_cmpstr(ds_db_rows_text(rows, 2), ==, "吴·𠮷");
  g_autoptr(GBytes) blob = ds_db_rows_bytes(rows, 3);
  g_assert_cmpmem(g_bytes_get_data(blob, NULL), g_bytes_get_size(blob), "ab", 2);
  g_autoptr(GBytes) same = ds_db_rows_bytes(rows, 4);
  g_assert_true(g_bytes_equal(same, bytes));
  g_assert_true(ds_db_rows_digest(rows, 5, &back));
  g_assert_true(ds_digest_equal(&digest, &back));
  g_assert_false(ds_db_rows_digest(rows, 4, &back)); /* 3 bytes are no digest */
  g_autoptr(DsSecret) secret = ds_db_rows_secret(rows, 6);
  g_assert_true(ds_secret_equal(secret, fixture->key));
  g_assert_true(ds_db_rows_is_null(rows, 7));
  g_assert_null(ds_db_rows_text(rows, 7));
  g_assert_null(ds_db_rows_bytes(rows, 7));
  g_autoptr(GBytes) empty = ds_db_rows_bytes(rows, 8);
  g_assert_nonnull(empty);
  g_assert_cmpuint(g_bytes_get_size(empty), ==, 0);
  g_assert_cmpint(ds_db_rows_next(rows, &error), ==, DS_DB_DONE);
}

static void
test_misuse(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_db_run(db, &error, "INSERT INTO person(name) VALUES(?)", ""));
  assert_message(&error, DS_ERROR_FAILED, "does not fit the places");
  g_assert_false(ds_db_run(db, &error, "INSERT INTO person(name) VALUES(?)", "?", "a"));
  assert_message(&error, DS_ERROR_FAILED, "binding");
  g_assert_false(ds_db_run(db, &error, "SELECT 1; SELECT 2", ""));
  assert_message(&error, DS_ERROR_FAILED, "not one single statement");
  g_assert_false(ds_db_run(db, &error, "SELECT 1 FROM nowhere", ""));
  assert_message(&error, DS_ERROR_FAILED, "no such table");
  /* what failed before works after */
  g_assert_true(ds_db_run(db, &error, "INSERT INTO person(name) VALUES(?)", "t", "a"));
}

static void
test_same_statement_twice(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  static const char sql[] = "SELECT id FROM person ORDER BY id";

  for (int i = 1; i <= 3; i++)
    g_assert_true(ds_db_run(db, NULL, "INSERT INTO person(id) VALUES(?)", "i", i));
  g_autoptr(DsDbRows) outer = ds_db_query(db, NULL, sql, "");
  for (int i = 1; i <= 3; i++) {
    g_assert_cmpint(ds_db_rows_next(outer, NULL), ==, DS_DB_ROW);
    g_assert_cmpint(ds_db_rows_int(outer, 0), ==, i);
    g_autoptr(DsDbRows) inner = ds_db_query(db, NULL, sql, "");
    g_assert_cmpint(ds_db_rows_next(inner, NULL), ==, DS_DB_ROW);
    g_assert_cmpint(ds_db_rows_int(inner, 0), ==, 1);
  }
  g_assert_cmpint(ds_db_rows_next(outer, NULL), ==, DS_DB_DONE);
}

static void
test_keys(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) wrong = ds_secret_random(DS_DB_KEY_SIZE);
  g_autoptr(DsSecret) half = ds_secret_random(16);

  g_assert_null(ds_db_open(fixture->path, fixture->key, FALSE, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no database");
  g_assert_null(ds_db_open(fixture->path, half, TRUE, &error));
  assert_message(&error, DS_ERROR_INVALID, "32 bytes, not 16");

  DsDb *db = open_new(fixture);
  g_assert_true(ds_db_run(db, &error, "INSERT INTO person(name) VALUES(?)", "t", "PLAINTEXT"));
  ds_db_close(db);
  g_assert_null(ds_db_open(fixture->path, wrong, FALSE, &error));
  assert_message(&error, DS_ERROR_LOCKED, "the key does not fit");

  g_autoptr(DsDb) again = ds_db_open(fixture->path, fixture->key, FALSE, &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(again), ==, 1);
}

static gboolean
contains(GBytes *bytes, const void *needle, gsize needle_size)
{
  gsize size = 0;
  const guint8 *all = g_bytes_get_data(bytes, &size);

  for (gsize i = 0; i + needle_size <= size; i++)
    if (memcmp(all + i, needle, needle_size) == 0)
      return TRUE;
  return FALSE;
}

static void
test_nothing_readable_on_disk(Fixture *fixture, gconstpointer data)
{
  DsDb *db = open_new(fixture);

  g_assert_true(ds_db_run(db, NULL, "INSERT INTO person(name) VALUES(?)", "t", "PLAINTEXT-CANARY"));
  for (int closed = 0; closed < 2; closed++) {
    g_autoptr(GPtrArray) names = ds_files_list(fixture->dir, NULL);
    g_assert_cmpuint(names->len, >=, 1);
    for (guint i = 0; i < names->len; i++) {
      g_autofree char *path = g_build_filename(fixture->dir, names->pdata[i], NULL);
      g_autoptr(GBytes) bytes = ds_files_read(path, 1 << 24, NULL);
      g_assert_false(contains(bytes, "PLAINTEXT-CANARY", 16));
      g_assert_false(contains(bytes, "SQLite format", 13));
      g_assert_false(contains(bytes, ds_secret_data(fixture->key), DS_DB_KEY_SIZE));
    }
    if (!closed)
      ds_db_close(db);
  }
}

static void
test_no_database(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = g_strnfill(8192, 'x');

  g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
  g_assert_null(ds_db_open(fixture->path, fixture->key, TRUE, &error));
  assert_message(&error, DS_ERROR_LOCKED, "is no database of ours");
  g_assert_null(ds_db_open(fixture->dir, fixture->key, TRUE, &error));
  assert_message(&error, DS_ERROR_FAILED, fixture->dir);
}

static void
test_second_opener(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_db_open(fixture->path, fixture->key, FALSE, &error));
  assert_message(&error, DS_ERROR_BUSY, "another process is using the database");
}

static void
test_forbidden(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  static const char *const statements[] = {
      "ATTACH DATABASE 'other.db' AS other KEY ''",
      "DETACH DATABASE main",
      "PRAGMA synchronous = OFF",
      "PRAGMA key = 'x'",
      "PRAGMA user_version = 9",
      "SELECT load_extension('x')",
  };

  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(ds_db_run(db, &error, statements[i], ""));
    g_assert_nonnull(strstr(error->message, "not authorized"));
    g_assert_true(error->code == DS_ERROR_REFUSED || error->code == DS_ERROR_FAILED);
  }
}

static void
test_constraints(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_db_run(db, &error, "INSERT INTO person(id, name) VALUES(?,?)", "it", 1, "a"));
  g_assert_false(ds_db_run(db, &error, "INSERT INTO person(id, name) VALUES(?,?)", "it", 1, "b"));
  assert_message(&error, DS_ERROR_EXISTS, "person.id");
  g_assert_false(ds_db_run(db, &error, "INSERT INTO person(id, name) VALUES(?,?)", "it", 2, "a"));
  assert_message(&error, DS_ERROR_EXISTS, "person.name");
  g_assert_false(ds_db_run(db, &error, "INSERT INTO card VALUES(?)", "i", 5));
  assert_message(&error, DS_ERROR_INVALID, "FOREIGN KEY");
  g_assert_false(ds_db_run(db, &error, "INSERT INTO card VALUES(?)", "n"));
  assert_message(&error, DS_ERROR_INVALID, "NOT NULL");
}

static void
test_transactions(Fixture *fixture, gconstpointer data)
{
  g_autoptr(DsDb) db = open_new(fixture);
  g_autoptr(GError) error = NULL;
  static const char insert[] = "INSERT INTO person(name) VALUES(?)";

  {
    g_autoptr(DsDbTransaction) undone = ds_db_begin(db, &error);
    g_assert_true(ds_db_run(db, &error, insert, "t", "undone"));
    g_assert_cmpint(count(db), ==, 1);
  }
  g_assert_cmpint(count(db), ==, 0);

  g_autoptr(DsDbTransaction) outer = ds_db_begin(db, &error);
  g_assert_true(ds_db_run(db, &error, insert, "t", "outer"));
  {
    g_autoptr(DsDbTransaction) inner = ds_db_begin(db, &error);
    g_assert_true(ds_db_run(db, &error, insert, "t", "inner, undone"));
  }
  {
    g_autoptr(DsDbTransaction) inner = ds_db_begin(db, &error);
    g_assert_true(ds_db_run(db, &error, insert, "t", "inner, kept"));
    {
      g_autoptr(DsDbTransaction) innermost = ds_db_begin(db, &error);
      g_assert_true(ds_db_run(db, &error, insert, "t", "innermost, undone"));
    }
    g_assert_true(ds_db_commit(g_steal_pointer(&inner), &error));
  }
  g_assert_true(ds_db_commit(g_steal_pointer(&outer), &error));
  g_assert_no_error(error);
  g_assert_cmpint(count(db), ==, 2);

  DsDbTransaction *first = ds_db_begin(db, &error), *second = ds_db_begin(db, &error);
  g_assert_false(ds_db_commit(first, &error));
  assert_message(&error, DS_ERROR_FAILED, "out of order");
  ds_db_rollback(second);
}

static void
test_migrations(Fixture *fixture, gconstpointer data)
{
  static const char *const broken[] = {
      "CREATE TABLE a(x)",
      "CREATE TABLE b(x); INSERT INTO b VALUES(1); INSERT INTO missing VALUES(1)"};
  g_autoptr(GError) error = NULL;
  gint64 n = 0;
  g_autoptr(DsDb) db = ds_db_open(fixture->path, fixture->key, TRUE, &error);

  g_assert_cmpint(ds_db_schema_version(db, &error), ==, 0);
  g_assert_false(ds_db_migrate(db, broken, 2, &error));
  assert_message(&error, DS_ERROR_FAILED, "missing");
  g_assert_cmpint(ds_db_schema_version(db, &error), ==, 1);
  g_assert_true(
      ds_db_get_int(db, &n, -1, &error, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'", ""));
  g_assert_cmpint(n, ==, 0); /* the half of the step that worked was undone */

  g_clear_pointer(&db, ds_db_close);
  db = ds_db_open(fixture->path, fixture->key, FALSE, &error);
  g_assert_false(ds_db_migrate(db, steps, 0, &error));
  assert_message(&error, DS_ERROR_UNSUPPORTED, "schema version 1; this program knows up to 0");
}

static void
test_migration_of_an_older_schema(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsDb) db = ds_db_open(fixture->path, fixture->key, TRUE, &error);

  g_assert_true(ds_db_migrate(db, steps, 1, &error));
  g_assert_true(ds_db_run(db, &error, "INSERT INTO person(name) VALUES(?)", "t", "kept"));
  g_assert_true(ds_db_migrate(db, steps, 2, &error));
  g_assert_true(ds_db_migrate(db, steps, 2, &error)); /* nothing left to do */
  g_assert_cmpint(ds_db_schema_version(db, &error), ==, 2);
  g_assert_true(ds_db_run(db, &error, "UPDATE person SET day = ?", "t", "2026-09-01"));
  g_assert_cmpint(ds_db_changes(db), ==, 1);
  const char *const more[] = {steps[0], steps[1],
                              "CREATE TABLE a(x TEXT) STRICT; INSERT INTO a VALUES('kept');"
                              "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT ''"};
  g_assert_true(ds_db_migrate(db, more, 3, &error)); /* checked by a PRAGMA of SQLite's own */
}

/* Runs @child in a process of its own, which must end by signal @killed, or exit 0 when 0. */
static void
in_child(Fixture *fixture, void (*child)(Fixture *), int killed)
{
  int status = 0;
  pid_t pid = fork();

  if (pid == 0) {
    child(fixture);
    _exit(0);
  }
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  if (killed != 0)
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == killed);
  else
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
die_in_a_transaction(Fixture *fixture)
{
  DsDb *db = ds_db_open(fixture->path, fixture->key, FALSE, NULL);

  if (db == NULL || !ds_db_run(db, NULL, "INSERT INTO person(name) VALUES('committed')", ""))
    _exit(1);
  DsDbTransaction *transaction = ds_db_begin(db, NULL);
  for (int i = 0; transaction != NULL && i < 500; i++)
    if (!ds_db_run(db, NULL, "INSERT INTO person(data) VALUES(randomblob(9000))", ""))
      _exit(1);
  raise(SIGKILL);
}

static void
test_killed_in_a_transaction(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  ds_db_close(open_new(fixture));
  in_child(fixture, die_in_a_transaction, SIGKILL);
  g_autoptr(DsDb) db = ds_db_open(fixture->path, fixture->key, FALSE, &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(db), ==, 1);
  g_assert_true(ds_db_check(db, &error));
  g_assert_no_error(error);
}

static void
fill_the_disk(Fixture *fixture)
{
  const struct rlimit limit = {512 * 1024, 512 * 1024};
  GError *error = NULL;

  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
  DsDb *db = ds_db_open(fixture->path, fixture->key, FALSE, NULL);
  DsDbTransaction *transaction = ds_db_begin(db, NULL);
  for (int i = 0; i < 500 && error == NULL; i++)
    if (!ds_db_run(db, &error, "INSERT INTO person(data) VALUES(randomblob(9000))", ""))
      break;
  if (error == NULL && ds_db_commit(g_steal_pointer(&transaction), &error))
    _exit(1);
  if (!g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE))
    _exit(2);
  if (strstr(error->message, "the disk is full") == NULL)
    _exit(3);
  ds_db_rollback(transaction);
  /* a small one still fits, in a new transaction */
  if (!ds_db_run(db, NULL, "INSERT INTO person(name) VALUES('after')", ""))
    _exit(4);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDb *before = open_new(fixture);

  g_assert_true(ds_db_run(before, NULL, "INSERT INTO person(name) VALUES('before')", ""));
  ds_db_close(before);
  in_child(fixture, fill_the_disk, 0);
  g_autoptr(DsDb) db = ds_db_open(fixture->path, fixture->key, FALSE, &error);
  g_assert_cmpint(count(db), ==, 2);
  g_assert_true(ds_db_check(db, &error));
  g_assert_no_error(error);
}

static void
test_flipped_byte(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDb *whole = open_new(fixture);

  for (int i = 0; i < 50; i++)
    g_assert_true(ds_db_run(whole, NULL, "INSERT INTO person(data) VALUES(zeroblob(3000))", ""));
  g_assert_true(ds_db_check(whole, &error));
  ds_db_close(whole);

  g_autofree char *bytes = NULL;
  gsize size = 0;
  g_assert_true(g_file_get_contents(fixture->path, &bytes, &size, NULL));
  bytes[size / 2] ^= 1;
  g_assert_true(g_file_set_contents(fixture->path, bytes, (gssize)size, NULL));
  g_autoptr(DsDb) db = ds_db_open(fixture->path, fixture->key, FALSE, &error);
  g_assert_no_error(error);
  g_assert_false(ds_db_check(db, &error));
  assert_message(&error, DS_ERROR_FAILED, "is damaged");
}

static void
test_checkpoint(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsDb) db = open_new(fixture);
  g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
  GStatBuf st;

  g_assert_cmpint(g_stat(wal, &st), ==, 0);
  g_assert_cmpint(st.st_size, >, 0);
  g_assert_cmpint(st.st_mode & 077, ==, 0);
  g_assert_true(ds_db_checkpoint(db, &error));
  g_assert_cmpint(g_stat(wal, &st), ==, 0);
  g_assert_cmpint(st.st_size, ==, 0);
}

#define ADD(name, function) g_test_add("/db/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  umask(077);
  g_test_init(&argc, &argv, NULL);
  ADD("values", test_values);
  ADD("misuse", test_misuse);
  ADD("same-statement-twice", test_same_statement_twice);
  ADD("keys", test_keys);
  ADD("nothing-readable-on-disk", test_nothing_readable_on_disk);
  ADD("no-database", test_no_database);
  ADD("second-opener", test_second_opener);
  ADD("forbidden", test_forbidden);
  ADD("constraints", test_constraints);
  ADD("transactions", test_transactions);
  ADD("migrations", test_migrations);
  ADD("migration-of-an-older-schema", test_migration_of_an_older_schema);
  ADD("killed-in-a-transaction", test_killed_in_a_transaction);
  ADD("full-disk", test_full_disk);
  ADD("flipped-byte", test_flipped_byte);
  ADD("checkpoint", test_checkpoint);
  return g_test_run();
}
