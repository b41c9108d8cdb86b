/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"
#include "base/secret.h"

typedef struct {
  char *dir;
  DsStore *store;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp("ds-store-XXXXXX", NULL);
  fixture->store = ds_store_open(fixture->dir, &error);
  g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  ds_store_unref(fixture->store);
  g_assert_true(ds_files_remove_tree(fixture->dir, NULL));
  g_free(fixture->dir);
}

static void
assert_message(GError **error, int code, const char *part)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
  g_clear_error(error);
}

static GBytes *
random_object(gsize size, DsDigest *digest)
{
  guint8 *data = g_malloc(MAX(size, 1));

  ds_random_bytes(data, size);
  *digest = ds_digest_of(data, size);
  return g_bytes_new_take(data, size);
}

static char *
path_of(Fixture *fixture, const DsDigest *digest)
{
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(digest, hex);
  return g_strdup_printf("%s/objects/%.2s/%s", fixture->dir, hex, hex);
}

static void
test_put_and_read(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest digest, unknown = ds_digest_of("?", 1);
  g_autoptr(GBytes) bytes = random_object(512 * 1024, &digest);
  guint64 size = 0;

  g_assert_false(ds_store_has(fixture->store, &digest));
  g_assert_true(ds_store_put(fixture->store, &digest, bytes, &error));
  g_assert_true(ds_store_put(fixture->store, &digest, bytes, &error));
  g_assert_no_error(error);
  g_assert_true(ds_store_has(fixture->store, &digest));
  g_assert_true(ds_store_size(fixture->store, &digest, &size, &error));
  g_assert_cmpuint(size, ==, 512 * 1024);
  g_autoptr(GBytes) back = ds_store_read(fixture->store, &digest, &error);
  g_assert_true(g_bytes_equal(bytes, back));
  int fd = ds_store_open_object(fixture->store, &digest, &size, &error);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(lseek(fd, 0, SEEK_END), ==, 512 * 1024);
  close(fd);

  g_assert_null(ds_store_read(fixture->store, &unknown, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND,
                 "8a8de823d5ed3e12746a62ef169bcf372be0ca44f0a1236abc35df05"
                 "d96928e1 is not in the store");
  g_assert_false(ds_store_size(fixture->store, &unknown, &size, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "is not in the store");
  g_assert_cmpint(ds_store_open_object(fixture->store, &unknown, &size, &error), ==, -1);
  assert_message(&error, DS_ERROR_NOT_FOUND, "is not in the store");

  g_assert_true(ds_store_remove(fixture->store, &digest, &error));
  g_autoptr(DsStoreBatch) removal = ds_store_batch_new(fixture->store);
  g_assert_true(ds_store_batch_remove(removal, &digest, &error));
  g_assert_true(ds_store_batch_commit(removal, &error));
  g_assert_true(ds_store_remove(fixture->store, &digest, &error));
  g_assert_true(ds_store_sync(fixture->store, &error));
  g_assert_false(ds_store_has(fixture->store, &digest));
}

static void
test_wrong_bytes(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest digest, big_digest;
  g_autoptr(GBytes) bytes = random_object(10, &digest);
  g_autoptr(GBytes) other = g_bytes_new_static("other", 5);
  g_autoptr(GBytes) big = random_object(DS_STORE_OBJECT_MAX + 1, &big_digest);

  g_assert_false(ds_store_put(fixture->store, &digest, other, &error));
  assert_message(&error, DS_ERROR_INVALID, "these bytes are not object");
  g_assert_false(ds_store_has(fixture->store, &digest));
  g_assert_false(ds_store_put(fixture->store, &big_digest, big, &error));
  assert_message(&error, DS_ERROR_TOO_LARGE, "8388609 bytes; at most 8388608");
}

static void
test_damage_is_seen_and_mended(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest digest;
  g_autoptr(GBytes) bytes = random_object(1000, &digest);
  g_autofree char *path = path_of(fixture, &digest);

  g_assert_true(ds_store_put(fixture->store, &digest, bytes, &error));
  g_assert_true(g_file_set_contents(path, "torn", 4, NULL));
  g_assert_null(ds_store_read(fixture->store, &digest, &error));
  assert_message(&error, DS_ERROR_INVALID, "is damaged: its 4 bytes");
  g_assert_true(ds_store_put(fixture->store, &digest, bytes, &error));
  g_autoptr(GBytes) back = ds_store_read(fixture->store, &digest, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(bytes, back));

  /* a link in an object's place is not followed */
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(symlink("/etc/passwd", path), ==, 0);
  g_assert_null(ds_store_read(fixture->store, &digest, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

static gboolean
stop_at_third(const DsDigest *digest, guint64 size, gpointer data)
{
  return ++*(guint *)data < 3;
}

static gboolean
check_order(const DsDigest *digest, guint64 size, gpointer data)
{
  DsDigest *last = data;

  g_assert_cmpint(ds_digest_compare(last, digest), <, 0);
  *last = *digest;
  return TRUE;
}

static void
test_batch_and_usage(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStoreBatch) batch = ds_store_batch_new(fixture->store);
  guint64 count = 0, bytes = 0, free_bytes = 0;
  guint seen = 0;
  DsDigest last = {{0}};

  for (gsize i = 0; i < 200; i++) { /* more than are kept open */
    DsDigest digest;
    g_autoptr(GBytes) object = random_object(100 + i, &digest);
    g_assert_true(ds_store_batch_put(batch, &digest, object, &error));
  }
  g_assert_true(ds_store_batch_commit(batch, &error));
  g_assert_no_error(error);
  g_assert_true(ds_store_usage(fixture->store, &count, &bytes, &error));
  g_assert_cmpuint(count, ==, 200);
  g_assert_cmpuint(bytes, ==, 200 * 100 + 199 * 100);
  g_assert_true(ds_store_foreach(fixture->store, stop_at_third, &seen, &error));
  g_assert_cmpuint(seen, ==, 3);
  g_assert_true(ds_store_foreach(fixture->store, check_order, &last, &error));
  g_assert_true(ds_store_free_space(fixture->store, &free_bytes, &error));
  g_assert_cmpuint(free_bytes, >, 0);
}

static void
test_sweep(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DsDigest digest;
  g_autoptr(GBytes) bytes = random_object(10, &digest);
  g_autofree char *left = g_build_filename(fixture->dir, "objects", "ab", ".tmp-1234", NULL);

  g_assert_true(ds_store_put(fixture->store, &digest, bytes, &error));
  g_assert_true(g_file_set_contents(left, "half", 4, NULL));
  g_assert_true(ds_store_sweep(fixture->store, &error));
  g_assert_no_error(error);
  g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  g_assert_true(ds_store_has(fixture->store, &digest));
}

static void
test_reserve(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture->dir, "reserve", NULL);
  GStatBuf st;

  g_assert_true(ds_store_release_reserve(fixture->store, &error)); /* none yet */
  g_assert_true(ds_store_reserve(fixture->store, 1 << 20, &error));
  g_assert_no_error(error);
  g_assert_cmpint(g_stat(path, &st), ==, 0);
  g_assert_cmpint(st.st_blocks * 512, >=, 1 << 20);
  g_assert_true(ds_store_reserve(fixture->store, 1 << 20, &error));
  g_assert_true(ds_store_release_reserve(fixture->store, &error));
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* A file size limit stands for the full disk: the write stops in the middle of the object. */
static void
fill_the_disk(Fixture *fixture)
{
  const struct rlimit limit = {100 * 1024, 100 * 1024};
  DsDigest digest;
  GBytes *bytes = random_object(512 * 1024, &digest);
  GError *error = NULL;

  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
  if (ds_store_put(fixture->store, &digest, bytes, &error) || ds_store_has(fixture->store, &digest))
    _exit(1);
  if (error->domain != DS_ERROR || strstr(error->message, "writing") == NULL)
    _exit(2);
  g_clear_error(&error);
  if (ds_store_reserve(fixture->store, 1 << 20, &error))
    _exit(3);
  _exit(g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE) ? 0 : 4);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
  guint64 count = 1, bytes = 1;
  int status = 0;
  pid_t pid = fork();

  if (pid == 0)
    fill_the_disk(fixture);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
  g_assert_true(ds_store_usage(fixture->store, &count, &bytes, NULL));
  g_assert_cmpuint(count, ==, 0);
  const char *find[] = {"find", fixture->dir, "-type", "f", NULL};
  g_autofree char *files = NULL;
  g_assert_true(g_spawn_sync(NULL, (char **)find, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &files,
                             NULL, NULL, NULL));
  g_assert_cmpstr(files, ==, ""); /* no half object, no reserve, no temporary file is left */
}

enum { CHILD_CANNOT_MOUNT = 77 };

/* A running case on a full disk: the reserve is let go, and what is left of the case fits. */
static void
finish_on_the_reserve(Fixture *fixture)
{
  GError *error = NULL;
  DsDigest digest;

  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("tmpfs", fixture->dir, "tmpfs", 0, "size=4m") != 0)
    _exit(CHILD_CANNOT_MOUNT);
  DsStore *store = ds_store_open(fixture->dir, NULL);
  if (store == NULL || !ds_store_reserve(store, 1024 * 1024, NULL))
    _exit(1);
  for (int i = 0; i < 100 && error == NULL; i++) {
    GBytes *filler = random_object(64 * 1024, &digest);
    if (ds_store_put(store, &digest, filler, &error))
      continue;
  }
  if (!g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE) || ds_store_has(store, &digest))
    _exit(2);
  GBytes *last = random_object(512 * 1024, &digest);
  if (ds_store_put(store, &digest, last, NULL))
    _exit(3);
  if (!ds_store_release_reserve(store, NULL) || !ds_store_put(store, &digest, last, NULL))
    _exit(4);
  g_clear_error(&error);
  /* and it is not made anew while there is no room */
  if (ds_store_reserve(store, 1024 * 1024, &error) ||
      !g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE))
    _exit(5);
  _exit(0);
}

static void
test_reserve_on_a_full_disk(Fixture *fixture, gconstpointer data)
{
  int status = 0;
  pid_t pid = fork();

  if (pid == 0)
    finish_on_the_reserve(fixture);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == CHILD_CANNOT_MOUNT) {
    g_test_skip("only root may mount a small file system");
    return;
  }
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static void
test_reopen_finishes_folders(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *last = g_build_filename(fixture->dir, "objects", "ff", NULL);

  g_assert_cmpint(g_rmdir(last), ==, 0); /* as an interrupted creation leaves it */
  g_autoptr(DsStore) again = ds_store_open(fixture->dir, &error);
  g_assert_no_error(error);
  g_assert_true(g_file_test(last, G_FILE_TEST_IS_DIR));

  g_autofree char *file = g_build_filename(fixture->dir, "file", NULL);
  g_assert_true(g_file_set_contents(file, "", 0, NULL));
  g_assert_null(ds_store_open(file, &error));
  assert_message(&error, DS_ERROR_FAILED, "creating folder");
}

#define ADD(name, function) g_test_add("/store/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("put-and-read", test_put_and_read);
  ADD("wrong-bytes", test_wrong_bytes);
  ADD("damage-is-seen-and-mended", test_damage_is_seen_and_mended);
  ADD("batch-and-usage", test_batch_and_usage);
  ADD("sweep", test_sweep);
  ADD("reserve", test_reserve);
  ADD("full-disk", test_full_disk);
  ADD("reserve-on-a-full-disk", test_reserve_on_a_full_disk);
  ADD("reopen-finishes-folders", test_reopen_finishes_folders);
  return g_test_run();
}
