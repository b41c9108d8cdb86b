/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/doorstep-plugin.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LIMIT (64 * 1024 * 1024)

static GBytes *
capture(int fd, gsize max, GError **error)
{
  const DsSourceOps *source = doorstep_plugin.ops;

  return source->capture("scan.jpg", fd, max, NULL, error);
}

static int
file_with(const char *text)
{
  int fd = memfd_create("scan.jpg", MFD_CLOEXEC);

  g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
  return fd;
}

static void
assert_refused(int fd, gsize max, int code, const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(capture(fd, max, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_cmpstr(error->message, ==, message);
  if (fd >= 0)
    close(fd);
}

static void
test_reads(void)
{
  g_autoptr(GError) error = NULL;
  int fd = file_with("picture");
  g_autoptr(GBytes) bytes = capture(fd, LIMIT, &error);
  gsize size;

  g_assert_no_error(error);
  g_assert_cmpmem(g_bytes_get_data(bytes, &size), 7, "picture", 7);
  g_assert_cmpuint(size, ==, 7);
  /* The place in the file does not matter, so it can be read again. */
  g_autoptr(GBytes) again = capture(fd, 7, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(bytes, again));
  close(fd);
}

static void
test_refusals(void)
{
  int sparse = memfd_create("scan.jpg", MFD_CLOEXEC);

  g_assert_cmpint(ftruncate(sparse, (off_t)LIMIT + 1), ==, 0);
  assert_refused(sparse, LIMIT, DS_ERROR_TOO_LARGE,
                 "scan.jpg has 67108865 bytes, at most 67108864 are taken; make it smaller");
  assert_refused(file_with(""), LIMIT, DS_ERROR_INVALID,
                 "scan.jpg is empty; take or copy it again");
  assert_refused(open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), LIMIT, DS_ERROR_INVALID,
                 "scan.jpg is a folder, device or pipe; choose a plain file");
  assert_refused(open("/dev/zero", O_RDONLY | O_CLOEXEC), LIMIT, DS_ERROR_INVALID,
                 "scan.jpg is a folder, device or pipe; choose a plain file");
  assert_refused(-1, LIMIT, DS_ERROR_INVALID, "scan.jpg: no open file came with the request");
}

static void
test_unreadable(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("scan-XXXXXX", &path, &error);

  g_assert_no_error(error);
  g_assert_cmpint(write(fd, "x", 1), ==, 1);
  close(fd);
  fd = open(path, O_WRONLY | O_CLOEXEC);
  assert_refused(fd, LIMIT, DS_ERROR_RETRY,
                 "scan.jpg ended or failed after 0 of 1 bytes (Bad file descriptor); check the "
                 "drive and try again");
  unlink(path);
}

static void
test_lists_nothing(void)
{
  const DsSourceOps *source = doorstep_plugin.ops;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = source->list(&error);

  g_assert_no_error(error);
  g_assert_cmpuint(g_strv_length(names), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/source-file/reads", test_reads);
  g_test_add_func("/source-file/refusals", test_refusals);
  g_test_add_func("/source-file/unreadable", test_unreadable);
  g_test_add_func("/source-file/lists-nothing", test_lists_nothing);
  return g_test_run();
}
