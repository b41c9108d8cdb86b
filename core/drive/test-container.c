/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Heads, items and whole files in memory. The one-defect vectors are tests/golden's. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "drive/reader.h"
#include "drive/writer.h"

static DsDigest
digest_of(const char *text)
{
  return ds_digest_of(text, strlen(text));
}

/* A bundle of a manifest, a record and a chunk with these texts; NULL leaves one out. */
static DsDriveItem *
bundle(const char *id, const char *chunk, const char *manifest, const char *record)
{
  const DsDigest id_digest = digest_of(id);
  DsDriveItem *item = ds_drive_item_new_bundle(&id_digest);
  const char *const names[] = {NULL, "manifest", "record"};
  const char *const texts[] = {chunk, manifest, record};

  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    char hex[DS_DIGEST_HEX_SIZE];
    if (texts[i] == NULL)
      continue;
    const DsDigest sha256 = digest_of(texts[i]);
    ds_drive_item_add(item, names[i] != NULL ? names[i] : ds_digest_to_hex(&sha256, hex),
                      strlen(texts[i]), &sha256);
  }
  return item;
}

static void
put_item(DsDriveWriter *writer, DsDriveItem *item, const char *const *texts)
{
  GError *error = NULL;

  g_assert_true(ds_drive_writer_item(writer, item, &error));
  g_assert_no_error(error);
  for (; *texts != NULL; texts++) {
    g_autoptr(GBytes) bytes = g_bytes_new_static(*texts, strlen(*texts));
    g_assert_true(ds_drive_writer_file(writer, bytes, &error));
    g_assert_no_error(error);
  }
}

/* A container of two bundles in memory. */
static int
make_container(void)
{
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_OUT, "unit-7", "zhanggong", 3);
  g_autoptr(DsDriveItem) first = bundle("a", "chunk one", "manifest one", "record one");
  g_autoptr(DsDriveItem) second = bundle("b", NULL, "manifest two", "record two");
  const DsDriveTaken taken[] = {{2, digest_of("x")}, {5, digest_of("y")}};
  GError *error = NULL;
  int fd = memfd_create("container", MFD_CLOEXEC);

  g_assert_cmpint(fd, >=, 0);
  head->count = 2;
  g_array_append_vals(head->taken, taken, 2);
  g_autoptr(DsDriveWriter) writer = ds_drive_writer_new(fd, "memory", head, &error);
  g_assert_no_error(error);
  put_item(writer, first, (const char *const[]){"chunk one", "manifest one", "record one", NULL});
  put_item(writer, second, (const char *const[]){"manifest two", "record two", NULL});
  g_assert_true(ds_drive_writer_finish(writer, NULL, &error));
  g_assert_no_error(error);
  g_assert_cmpint(lseek(fd, 0, SEEK_END), ==, ds_drive_writer_size(writer));
  g_assert_cmpint(ds_drive_writer_size(writer), <=,
                  ds_drive_head_travel_size(head) + ds_drive_item_travel_size(3, first->size) +
                      ds_drive_item_travel_size(2, second->size));
  return fd;
}

static gboolean
check(int fd, GError **error)
{
  g_autoptr(DsDriveReader) reader = ds_drive_reader_new(dup(fd), "memory", error);

  return reader != NULL && ds_drive_reader_check(reader, NULL, NULL, NULL, error);
}

static void
test_round_trip(void)
{
  g_auto(DsFd) fd = make_container();
  GError *error = NULL;
  g_autoptr(DsDriveReader) reader = ds_drive_reader_new(dup(fd), "memory", &error);

  g_assert_no_error(error);
  const DsDriveHead *head = ds_drive_reader_head(reader);
  g_assert_cmpstr(head->unit, ==, "unit-7");
  g_assert_cmpstr(head->station, ==, "zhanggong");
  g_assert_cmpuint(head->batch, ==, 3);
  g_assert_cmpuint(head->taken->len, ==, 2);
  g_assert_cmpuint(g_array_index(head->taken, DsDriveTaken, 1).seq, ==, 5);
  g_assert_true(ds_drive_reader_check(reader, NULL, NULL, NULL, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(ds_drive_reader_head(reader)->count, ==, 2);
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, 1, &error);
  g_assert_no_error(error);
  const DsDigest id = digest_of("b");
  g_assert_true(ds_digest_equal(&item->id, &id));
  g_autoptr(GBytes) bytes = ds_drive_reader_file(reader, 1, item, 1, &error);
  g_assert_no_error(error);
  g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "record two", 10);
}

static void
test_deterministic(void)
{
  g_auto(DsFd) first = make_container();
  g_auto(DsFd) second = make_container();
  const off_t size = lseek(first, 0, SEEK_END);
  g_autofree char *a = g_malloc((gsize)size), *b = g_malloc((gsize)size);

  g_assert_cmpint(pread(first, a, (gsize)size, 0), ==, size);
  g_assert_cmpint(pread(second, b, (gsize)size, 0), ==, size);
  g_assert_cmpmem(a, (gsize)size, b, (gsize)lseek(second, 0, SEEK_END));
}

static void
test_every_cut(void)
{
  g_auto(DsFd) fd = make_container();

  for (off_t size = lseek(fd, 0, SEEK_END) - 1; size >= 0; size--) {
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(ftruncate(fd, size), ==, 0);
    g_assert_false(check(fd, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  }
}

static void
test_every_flip(void)
{
  g_auto(DsFd) fd = make_container();
  const off_t size = lseek(fd, 0, SEEK_END);

  for (off_t at = 0; at < size; at++) {
    g_autoptr(GError) error = NULL;
    guint8 byte, flipped;
    g_assert_cmpint(pread(fd, &byte, 1, at), ==, 1);
    flipped = byte ^ 0x10;
    g_assert_cmpint(pwrite(fd, &flipped, 1, at), ==, 1);
    g_assert_false(check(fd, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(pwrite(fd, &byte, 1, at), ==, 1);
  }
  g_autoptr(GError) error = NULL;
  g_assert_true(check(fd, &error));
  g_assert_no_error(error);
}

static void
test_behind_the_end(void)
{
  g_auto(DsFd) fd = make_container();
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(pwrite(fd, "", 1, lseek(fd, 0, SEEK_END)), ==, 1);
  g_assert_false(check(fd, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "behind the end"));
}

/* A file that is exchanged after it was looked at gives nothing out. */
static void
test_changed_while_read(void)
{
  g_auto(DsFd) fd = make_container();
  g_autoptr(GError) error = NULL;
  g_autoptr(DsDriveReader) reader = ds_drive_reader_new(dup(fd), "memory", &error);
  const off_t size = lseek(fd, 0, SEEK_END);

  g_assert_true(ds_drive_reader_check(reader, NULL, NULL, NULL, &error));
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, 1, &error);
  g_assert_no_error(error);
  for (off_t at = size / 2; at < size; at++)
    g_assert_cmpint(pwrite(fd, "?", 1, at), ==, 1);
  g_assert_null(ds_drive_reader_file(reader, 1, item, 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_autoptr(DsDriveItem) again = ds_drive_reader_item(reader, 1, &error);
  g_assert_null(again);
  g_assert_nonnull(error);
  g_clear_error(&error);
  g_assert_cmpint(ftruncate(fd, 20), ==, 0);
  g_assert_null(ds_drive_reader_file(reader, 1, item, 1, &error));
  g_assert_nonnull(strstr(error->message, "ends in the middle"));
}

static void
refuse_item(DsDriveItem *item, int code, const char *words)
{
  g_autoptr(DsDriveItem) owned = item;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = ds_drive_item_encode(item, &error);

  g_assert_null(body);
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, words) == NULL)
    g_error("\"%s\" is not in \"%s\"", words, error->message);
}

/* The writer does not write what the reader would refuse. */
static void
test_no_bad_items(void)
{
  const DsDigest x = digest_of("x");
  const DsOutboxRef directory = {7, DS_OUTBOX_DIRECTORY};
  DsDriveItem *item;

  refuse_item(bundle("a", NULL, "m", NULL), DS_ERROR_INVALID, "manifest or record is missing");
  refuse_item(bundle("a", NULL, "", "r"), DS_ERROR_INVALID, "empty");
  item = bundle("a", NULL, "m", "r");
  ds_drive_item_add(item, "record", 1, &x);
  refuse_item(item, DS_ERROR_INVALID, "doubled or out of order");
  item = bundle("a", NULL, "m", "r");
  ds_drive_item_add(item, "../../etc/passwd", 1, &x);
  refuse_item(item, DS_ERROR_INVALID, "not allowed here");
  item = bundle("a", NULL, "m", NULL);
  ds_drive_item_add(item, "record", DS_RECORD_MAX + 1, &x);
  refuse_item(item, DS_ERROR_TOO_LARGE, "at most 4194304");
  item = ds_drive_item_new_message(&directory);
  ds_drive_item_add(item, "manifest", 1, &x);
  refuse_item(item, DS_ERROR_INVALID, "not allowed here");
}

static void
test_no_bad_heads(void)
{
  static const char *const bad_units[] = {"", "Unit", "a/b", "..", "a b", "a\n"};
  const DsDriveTaken taken[] = {{2, {{0}}}, {2, {{0}}}};

  for (guint i = 0; i < G_N_ELEMENTS(bad_units); i++) {
    g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_OUT, bad_units[i], NULL, 1);
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_drive_head_encode(head, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  }
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_OUT, "u", NULL, 1);
  g_autoptr(GError) error = NULL;
  g_array_append_vals(head->taken, taken, 2);
  g_assert_null(ds_drive_head_encode(head, &error));
  g_assert_nonnull(strstr(error->message, "ascend"));
  g_clear_error(&error);
  g_array_set_size(head->taken, 1);
  head->direction = DS_DRIVE_HOME;
  g_assert_null(ds_drive_head_encode(head, &error));
  g_assert_nonnull(error);
}

static void
test_out_of_step(void)
{
  g_auto(DsFd) fd = memfd_create("container", MFD_CLOEXEC);
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_OUT, "u", NULL, 1);
  g_autoptr(DsDriveItem) item = bundle("a", NULL, "m", "r");
  g_autoptr(GBytes) wrong = g_bytes_new_static("w", 1);
  g_autoptr(GError) error = NULL;

  head->count = 1;
  g_autoptr(DsDriveWriter) writer = ds_drive_writer_new(fd, "memory", head, &error);
  g_assert_no_error(error);
  g_assert_false(ds_drive_writer_finish(writer, NULL, &error));
  g_clear_error(&error);
  g_assert_true(ds_drive_writer_item(writer, item, &error));
  g_assert_false(ds_drive_writer_file(writer, wrong, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(ds_drive_writer_finish(writer, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/drive/container/round-trip", test_round_trip);
  g_test_add_func("/drive/container/deterministic", test_deterministic);
  g_test_add_func("/drive/container/every-cut", test_every_cut);
  g_test_add_func("/drive/container/every-flip", test_every_flip);
  g_test_add_func("/drive/container/behind-the-end", test_behind_the_end);
  g_test_add_func("/drive/container/changed-while-read", test_changed_while_read);
  g_test_add_func("/drive/container/no-bad-items", test_no_bad_items);
  g_test_add_func("/drive/container/no-bad-heads", test_no_bad_heads);
  g_test_add_func("/drive/container/out-of-step", test_out_of_step);
  return g_test_run();
}
