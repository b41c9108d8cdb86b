/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

typedef struct {
  char *dir;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp("doorstep-files-XXXXXX", &error);
  g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_remove_tree(fixture->dir, &error));
  g_assert_no_error(error);
  g_assert_false(g_file_test(fixture->dir, G_FILE_TEST_EXISTS));
  g_free(fixture->dir);
}

static void
assert_content(Fixture *fixture, const char *name, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, 1000, &error);

  g_assert_no_error(error);
  g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), expected,
                  strlen(expected));
}

/* No temporary file is left, whatever happened. */
static void
assert_entries(Fixture *fixture, guint expected)
{
  g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
  guint found = 0;

  while (g_dir_read_name(dir) != NULL)
    found++;
  g_assert_cmpuint(found, ==, expected);
}

static void
test_replace(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture->dir, "a", NULL);
  struct stat st;

  g_assert_true(ds_files_replace(fixture->dir, "a", "one", 3, &error));
  g_assert_true(ds_files_replace(fixture->dir, "a", "another", 7, &error));
  g_assert_no_error(error);
  assert_content(fixture, "a", "another");
  g_assert_cmpint(stat(path, &st), ==, 0);
  g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
  assert_entries(fixture, 1);
}

static void
test_create_never_overwrites(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_create(fixture->dir, "a", "one", 3, &error));
  g_assert_false(ds_files_create(fixture->dir, "a", "two", 3, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
  g_assert_true(g_str_has_suffix(error->message, "/a is there already"));
  assert_content(fixture, "a", "one");
  assert_entries(fixture, 1);
}

static void
test_nothing_is_left_behind(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *taken = g_build_filename(fixture->dir, "taken", NULL);

  g_assert_cmpint(mkdir(taken, 0700), ==, 0);
  g_assert_false(ds_files_replace(fixture->dir, "taken", "one", 3, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
  g_clear_error(&error);
  g_assert_false(ds_files_replace("/proc/no-such-folder", "a", "one", 3, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  assert_entries(fixture, 1);
}

static void
test_read_refuses(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture->dir, "a", NULL);
  g_autofree char *link = g_build_filename(fixture->dir, "link", NULL);
  g_autofree char *pipe = g_build_filename(fixture->dir, "pipe", NULL);

  g_assert_true(ds_files_create(fixture->dir, "a", "four", 4, NULL));
  g_assert_cmpint(symlink(path, link), ==, 0);
  g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);

  g_assert_null(ds_files_read(path, 3, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_nonnull(strstr(error->message, "has 4 bytes; at most 3 are allowed"));
  g_clear_error(&error);
  g_assert_null(ds_files_read(link, 10, &error)); /* a link could point anywhere */
  g_assert_nonnull(error);
  g_clear_error(&error);
  g_assert_null(ds_files_read(pipe, 10, &error)); /* and does not wait for a writer */
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_null(ds_files_read(fixture->dir, 10, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_null(ds_files_read("/proc/no-such-file", 10, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_make_dir(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *deep = g_build_filename(fixture->dir, "a", "b", "c", NULL);
  g_autofree char *file = g_build_filename(fixture->dir, "file", NULL);
  g_autofree char *below = g_build_filename(file, "d", NULL);
  struct stat st;

  g_assert_true(ds_files_make_dir(deep, &error));
  g_assert_true(ds_files_make_dir(deep, &error));
  g_assert_no_error(error);
  g_assert_cmpint(stat(deep, &st), ==, 0);
  g_assert_cmpuint(st.st_mode & 0777, ==, 0700);
  g_assert_true(ds_files_create(fixture->dir, "file", "", 0, NULL));
  g_assert_false(ds_files_make_dir(below, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

static void
test_remove(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *outside = g_build_filename(fixture->dir, "outside", NULL);
  g_autofree char *tree = g_build_filename(fixture->dir, "tree", NULL);
  g_autofree char *link = g_build_filename(tree, "link", NULL);
  g_autofree char *file = g_build_filename(outside, "kept", NULL);

  g_assert_true(ds_files_make_dir(outside, NULL) && ds_files_make_dir(tree, NULL));
  g_assert_true(ds_files_create(outside, "kept", "x", 1, NULL));
  g_assert_cmpint(symlink(outside, link), ==, 0);
  g_assert_true(ds_files_remove_tree(tree, &error)); /* the link goes, what it names stays */
  g_assert_true(ds_files_remove_tree(tree, &error)); /* nothing there: fine */
  g_assert_no_error(error);
  g_assert_false(g_file_test(tree, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));

  g_assert_true(ds_files_remove(file, &error));
  g_assert_true(ds_files_remove(file, &error));
  g_assert_no_error(error);
  g_assert_false(ds_files_remove(outside, &error)); /* a folder is no file */
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

static void
test_list(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  const char *const names[] = {"b", "a", ".hidden", "c"};

  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_true(ds_files_create(fixture->dir, names[i], "", 0, NULL));
  g_autoptr(GPtrArray) found = ds_files_list(fixture->dir, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(found->len, ==, 3);
  g_assert_cmpstr(found->pdata[0], ==, "a");
  g_assert_cmpstr(found->pdata[2], ==, "c");
  g_assert_null(ds_files_list("/proc/no-such-folder", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(DsFd) fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

  if (fd < 0) {
    g_test_skip("no /dev/full");
    return;
  }
  g_assert_false(ds_files_write_all(fd, "x", 1, "the disk", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NO_SPACE);
  g_assert_nonnull(strstr(error->message, "the disk"));
}

enum { CHILD_OK = 0, CHILD_FAILED = 5, CHILD_CANNOT_MOUNT = 77 };

/* A file system of 64 KiB of our own: the file that does not fit leaves nothing behind. */
static void
fill_a_small_disk(Fixture *fixture)
{
  g_autofree char *big = g_malloc0(256 * 1024);
  GError *error = NULL;

  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("tmpfs", fixture->dir, "tmpfs", 0, "size=64k") != 0)
    _exit(CHILD_CANNOT_MOUNT);
  if (!ds_files_create(fixture->dir, "small", big, 1024, NULL))
    _exit(1);
  if (ds_files_create(fixture->dir, "big", big, 256 * 1024, &error))
    _exit(2);
  if (!g_error_matches(error, DS_ERROR, DS_ERROR_NO_SPACE))
    _exit(3);
  /* the old content stays when the new one does not fit */
  if (ds_files_replace(fixture->dir, "small", big, 256 * 1024, NULL))
    _exit(4);
  g_autofree char *path = g_build_filename(fixture->dir, "small", NULL);
  GBytes *small = ds_files_read(path, 1024, NULL);
  if (small == NULL || g_bytes_get_size(small) != 1024)
    _exit(5);
  GDir *dir = g_dir_open(fixture->dir, 0, NULL);
  guint left = 0;
  while (g_dir_read_name(dir) != NULL)
    left++;
  _exit(left == 1 ? CHILD_OK : 6);
}

static void
test_small_disk(Fixture *fixture, gconstpointer data)
{
  int status = 0;
  pid_t pid = fork();

  if (pid == 0)
    fill_a_small_disk(fixture);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == CHILD_CANNOT_MOUNT) {
    g_test_skip("only root may mount a small file system");
    return;
  }
  g_assert_cmpint(WEXITSTATUS(status), ==, CHILD_OK);
}

static void
assert_mode(Fixture *fixture, const char *name, guint mode)
{
  g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
  struct stat st;

  g_assert_cmpint(lstat(path, &st), ==, 0);
  g_assert_cmphex(st.st_mode & 07777, ==, mode);
}

/* One file each way and one folder in a folder of @mode. */
static void
make_three(Fixture *fixture, guint mode)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *below = g_build_filename(fixture->dir, "below", NULL);
  g_autofree char *created = g_build_filename(fixture->dir, "created", NULL);

  g_assert_cmpint(chmod(fixture->dir, mode), ==, 0);
  g_assert_true(ds_files_remove_tree(below, &error));
  g_assert_true(ds_files_replace_shared(fixture->dir, "replaced", "x", 1, &error));
  g_unlink(created);
  g_assert_true(ds_files_create_shared(fixture->dir, "created", "x", 1, &error));
  g_assert_true(ds_files_make_shared_dir(below, &error));
  g_assert_no_error(error);
  g_assert_false(ds_files_make_shared_dir(below, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
}

/* What a folder's group may do decides for what is made in it, and nothing else does. */
static void
test_shared(Fixture *fixture, gconstpointer data)
{
  static const struct {
    guint folder, below, file;
  } rows[] = {
      {0700, 0700, 0600},   {02750, 02750, 0640},
      {02770, 02770, 0640}, {0710, 0700, 0600}, /* may be entered, not read */
      {02700, 02700, 0600}, /* the bit alone, from a folder above, shares nothing */
      {0707, 0700, 0600},
  };
  g_autoptr(GError) error = NULL;
  const mode_t before = umask(0);

  for (guint i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
    const guint at = i / 2;
    umask(i % 2 == 0 ? 0 : 077);
    make_three(fixture, rows[at].folder);
    assert_mode(fixture, "replaced", rows[at].file);
    assert_mode(fixture, "created", rows[at].file);
    assert_mode(fixture, "below", rows[at].below);
  }
  /* the others never ask */
  g_assert_cmpint(chmod(fixture->dir, 02770), ==, 0);
  g_assert_true(ds_files_replace(fixture->dir, "private", "x", 1, &error));
  assert_mode(fixture, "private", 0600);
  g_assert_cmpint(chmod(fixture->dir, 0700), ==, 0);
  g_assert_true(ds_files_replace_for(fixture->dir, "given", "x", 1, getegid(), &error));
  assert_mode(fixture, "given", 0640);
  umask(before);
}

/* As systemd's RestrictSUIDSGID= does it: no call may ask for the bit. */
static int
make_below_without_bit(const char *path)
{
  g_autoptr(GError) error = NULL;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  struct stat st;

  if (filter == NULL ||
      seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(chmod), 1,
                       SCMP_A1(SCMP_CMP_MASKED_EQ, S_ISGID, S_ISGID)) < 0 ||
      seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fchmodat), 1,
                       SCMP_A2(SCMP_CMP_MASKED_EQ, S_ISGID, S_ISGID)) < 0 ||
      seccomp_load(filter) < 0)
    return CHILD_CANNOT_MOUNT;
  seccomp_release(filter);
  if (!ds_files_make_shared_dir(path, &error))
    return CHILD_FAILED;
  return stat(path, &st) == 0 && (st.st_mode & 07777) == 0770 ? CHILD_OK : CHILD_FAILED;
}

static void
test_shared_in_sandbox(Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename(fixture->dir, "below", NULL);
  int status = 0;

  g_assert_cmpint(chmod(fixture->dir, 02770), ==, 0);
  pid_t child = fork();
  if (child == 0)
    _exit(make_below_without_bit(below));
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == CHILD_CANNOT_MOUNT) {
    g_test_skip("no system call filter may be set here");
    return;
  }
  g_assert_cmpint(WEXITSTATUS(status), ==, CHILD_OK);
}

static void
test_words(Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr(ds_error_word(DS_ERROR_NO_SPACE), ==, "no-space");
  g_assert_cmpstr(ds_error_word(DS_ERROR_CANCELLED), ==, "cancelled");
  g_assert_cmpstr(ds_error_word(-1), ==, "failed");
  g_assert_cmpstr(ds_error_word(99), ==, "failed");
}

int
main(int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test)(Fixture *, gconstpointer);
  } tests[] = {
      {"/files/replace", test_replace},
      {"/files/create-never-overwrites", test_create_never_overwrites},
      {"/files/nothing-is-left-behind", test_nothing_is_left_behind},
      {"/files/read-refuses", test_read_refuses},
      {"/files/make-dir", test_make_dir},
      {"/files/remove", test_remove},
      {"/files/list", test_list},
      {"/files/full-disk", test_full_disk},
      {"/files/small-disk", test_small_disk},
      {"/files/shared", test_shared},
      {"/files/shared-in-sandbox", test_shared_in_sandbox},
      {"/files/error-words", test_words},
  };

  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}
