/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real source and inspector, where they really run: in the helper process. */
#include "plugin/helper.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  DsRegistry *registry;
  DsHelper *helper;
} Fixture;

static void
setup(Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = {"inspect-image", "source-file", NULL};
  g_autoptr(GError) error = NULL;

  fixture->registry = ds_registry_load(ds_registry_default_folder(), ids, &error);
  g_assert_no_error(error);
  fixture->helper = ds_helper_new(fixture->registry);
}

static void
teardown(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  if (!ds_helper_stop(fixture->helper, &error))
    g_error("%s", error->message);
  ds_helper_free(fixture->helper);
  ds_registry_unref(fixture->registry);
}

/* A white PNG of one pixel. */
static const guint8 pixel[] = {0x89, 'P', 'N',  'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,    13,
                               'I',  'H', 'D',  'R', 0,    0,    0,    1,    0,    0,    0,    1,
                               8,    2,   0,    0,   0,    0x90, 0x77, 0x53, 0xde, 0,    0,    0,
                               12,   'I', 'D',  'A', 'T',  8,    0xd7, 0x63, 0xf8, 0xff, 0xff, 0x3f,
                               0,    5,   0xfe, 2,   0xfe, 0xdc, 0xcc, 0x59, 0xe7, 0,    0,    0,
                               0,    'I', 'E',  'N', 'D',  0xae, 0x42, 0x60, 0x82};

static void
test_inspect(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static(pixel, sizeof(pixel));
  g_autoptr(DsPart) part = ds_part_new("p", DS_SLOT_DOCUMENT, "lease", "", sizeof(pixel), "");
  g_autoptr(DsFindings) findings = ds_findings_new();
  g_autoptr(GError) error = NULL;

  g_assert_true(
      ds_helper_inspect(fixture->helper, "inspect-image", bytes, part, findings, 0, NULL, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(part->media_type, ==, "image/png");
  g_assert_cmpstr(ds_part_attribute(part, "measure.width"), ==, "1");
  g_assert_cmpstr(ds_part_attribute(part, "measure.background-white"), ==, "100.0");
  g_assert_cmpstr(ds_part_attribute(part, "measure.blur"), ==, "0.0");
}

static void
test_inspect_text(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static("not a picture", 13);
  g_autoptr(DsPart) part = ds_part_new("p", DS_SLOT_PHOTO, "", "", 13, "");
  g_autoptr(DsFindings) findings = ds_findings_new();
  g_autoptr(GError) error = NULL;

  g_assert_false(
      ds_helper_inspect(fixture->helper, "inspect-image", bytes, part, findings, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message, ==,
                  "this is text, not a picture, whatever its name says; choose the "
                  "picture itself");
}

static void
test_capture(Fixture *fixture, gconstpointer data)
{
  g_auto(DsFd) fd = memfd_create("scan.pdf", MFD_CLOEXEC);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(write(fd, "scan", 4), ==, 4);
  g_autoptr(GBytes) bytes =
      ds_helper_capture(fixture->helper, "source-file", "scan.pdf", fd, 4, 0, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "scan", 4);
  g_assert_null(
      ds_helper_capture(fixture->helper, "source-file", "scan.pdf", fd, 3, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_cmpstr(error->message, ==, "scan.pdf has 4 bytes, at most 3 are taken; make it smaller");
  g_clear_error(&error);
  g_assert_null(
      ds_helper_capture(fixture->helper, "source-file", "scan.pdf", -1, 4, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

/* A part over the limit is refused by its size alone. */
static void
test_capture_huge(Fixture *fixture, gconstpointer data)
{
  g_auto(DsFd) fd = memfd_create("film.mov", MFD_CLOEXEC);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(ftruncate(fd, (off_t)1 << 40), ==, 0);
  g_assert_null(ds_helper_capture(fixture->helper, "source-file", "film.mov", fd,
                                  DS_HELPER_MAX_BYTES, 0, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

/* A whole part of the largest size there is goes through. */
static void
test_capture_largest(Fixture *fixture, gconstpointer data)
{
  g_auto(DsFd) fd = memfd_create("scan.pdf", MFD_CLOEXEC);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(ftruncate(fd, (off_t)DS_HELPER_MAX_BYTES), ==, 0);
  g_autoptr(GBytes) bytes = ds_helper_capture(fixture->helper, "source-file", "scan.pdf", fd,
                                              DS_HELPER_MAX_BYTES, 120000, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(g_bytes_get_size(bytes), ==, DS_HELPER_MAX_BYTES);
}

static void
test_list(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = ds_helper_list(fixture->helper, "source-file", 0, NULL, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(g_strv_length(names), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add("/sandbox/inspect", Fixture, NULL, setup, test_inspect, teardown);
  g_test_add("/sandbox/inspect-text", Fixture, NULL, setup, test_inspect_text, teardown);
  g_test_add("/sandbox/capture", Fixture, NULL, setup, test_capture, teardown);
  g_test_add("/sandbox/capture-huge", Fixture, NULL, setup, test_capture_huge, teardown);
  g_test_add("/sandbox/capture-largest", Fixture, NULL, setup, test_capture_largest, teardown);
  g_test_add("/sandbox/list", Fixture, NULL, setup, test_list, teardown);
  return g_test_run();
}
