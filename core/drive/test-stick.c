/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder that a stranger prepared. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "drive/stick.h"

#define NAME "doorstep-unit-7-home-0000000003.dsd"

typedef struct {
  char *folder;
  DsStick *stick;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
  GError *error = NULL;

  self->folder = g_dir_make_tmp("doorstep-stick-XXXXXX", &error);
  g_assert_no_error(error);
  self->stick = ds_stick_open(self->folder, &error);
  g_assert_no_error(error);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  ds_stick_free(self->stick);
  g_assert_true(ds_files_remove_tree(self->folder, NULL));
  g_free(self->folder);
}

static char *
path_of(Fixture *self, const char *name)
{
  return g_build_filename(self->folder, name, NULL);
}

/* Directory messages 1 … count, each "content". */
static gboolean
fill(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static("content", 7);
  const DsDigest digest = ds_digest_of_bytes(bytes);

  for (guint64 i = 1; i <= *(guint *)user_data; i++) {
    const DsOutboxRef ref = {i, DS_OUTBOX_DIRECTORY};
    g_autoptr(DsDriveItem) item = ds_drive_item_new_message(&ref);
    ds_drive_item_add(item, "directory", 7, &digest);
    if (!ds_drive_writer_item(writer, item, error) || !ds_drive_writer_file(writer, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_home(Fixture *self, guint count, GError **error)
{
  const DsStickWatch watch = {0};
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_HOME, "unit-7", "zhanggong", 3);
  guint64 bytes = 0;

  head->count = count;
  return ds_stick_write(self->stick, head, fill, &count, &watch, &bytes, error);
}

/* Opens what stands in the folder under NAME. */
static DsDriveReader *
read_home(Fixture *self, GError **error)
{
  DsStickFile *file = g_new0(DsStickFile, 1);

  g_assert_true(ds_stick_name_parse(NAME, file));
  DsDriveReader *reader = ds_stick_read(self->stick, file, error);
  ds_stick_file_free(file);
  return reader;
}

static void
refuse_home(Fixture *self, int code, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsDriveReader) reader = read_home(self, &error);

  g_assert_null(reader);
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, words) == NULL)
    g_error("\"%s\" is not in \"%s\"", words, error->message);
  g_autofree char *path = path_of(self, NAME);
  g_assert_cmpint(g_remove(path), ==, 0);
}

static void
test_names(void)
{
  static const char *const bad[] = {
      "doorstep-unit-7-home-3.dsd",           "doorstep-unit-7-home-00000000003.dsd",
      "doorstep-unit-7-home-0000000000.dsd",  "doorstep-unit-7-home-0000000003.dsd.part",
      "doorstep--home-0000000003.dsd\n",      "-doorstep-unit-7-home-0000000003.dsd",
      "doorstep-home-0000000003.dsd",         "doorstep-Unit-home-0000000003.dsd",
      "doorstep-a/b-home-0000000003.dsd",     "doorstep-..-home-0000000003.dsd",
      "doorstep-u\n7-home-0000000003.dsd",    "doorstep-\xff-home-0000000003.dsd",
      "doorstep-unit-7-side-0000000003.dsd",  "doorstep-",
      "doorstep-unit-7-home-00000000\x30.dsd"};
  DsStickFile file;

  for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
    if (ds_stick_name_parse(bad[i], &file))
      g_error("name %u was taken", i);
  g_autofree char *name = ds_stick_name("x-out-0000000001", DS_DRIVE_HOME, 12);
  DsStickFile *found = g_new0(DsStickFile, 1);
  g_assert_true(ds_stick_name_parse(name, found));
  g_assert_cmpstr(found->unit, ==, "x-out-0000000001");
  g_assert_cmpint(found->direction, ==, DS_DRIVE_HOME);
  g_assert_cmpuint(found->batch, ==, 12);
  ds_stick_file_free(found);
}

static void
test_write(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(write_home(self, 2, &error));
  g_assert_no_error(error);
  g_autoptr(GPtrArray) files = ds_stick_list(self->stick, &error);
  g_assert_cmpuint(files->len, ==, 1);
  g_autoptr(DsDriveReader) reader = read_home(self, &error);
  g_assert_no_error(error);
  g_assert_true(ds_drive_reader_check(reader, NULL, NULL, NULL, &error));
  g_assert_false(write_home(self, 2, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_EXISTS);
  g_autofree char *part = path_of(self, "doorstep-unit-7-home-0000000003.part");
  g_assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
}

static void
count_progress(const char *name, guint64 done, guint64 total, gpointer user_data)
{
  g_assert_cmpuint(done, <=, total);
  ++*(guint *)user_data;
}

/* It shows that it lives, and stops when asked, leaving nothing with a container's name. */
static void
test_watch(Fixture *self, gconstpointer data)
{
  guint calls = 0, count = 3;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  const DsStickWatch watch = {count_progress, &calls, cancellable, 1000};
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_HOME, "unit-7", "zhanggong", 3);
  g_autoptr(GError) error = NULL;
  guint64 bytes = 0;

  head->count = count;
  g_assert_true(ds_stick_write(self->stick, head, fill, &count, &watch, &bytes, &error));
  g_assert_cmpuint(calls, ==, 6); /* each file written, each read back */
  head->batch = 4;
  g_cancellable_cancel(cancellable);
  g_assert_false(ds_stick_write(self->stick, head, fill, &count, &watch, &bytes, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_CANCELLED);
  g_autoptr(GPtrArray) files = ds_stick_list(self->stick, NULL);
  g_assert_cmpuint(files->len, ==, 1);
}

/* What lies under the name that is written first goes, and nothing is written through it. */
static void
test_part_in_the_way(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *part = path_of(self, "doorstep-unit-7-home-0000000003.part");
  g_autofree char *victim = path_of(self, "victim");

  g_assert_true(g_file_set_contents(victim, "precious", -1, NULL));
  g_assert_cmpint(symlink("victim", part), ==, 0);
  g_assert_true(write_home(self, 1, &error));
  g_assert_no_error(error);
  g_autofree char *content = NULL;
  g_assert_true(g_file_get_contents(victim, &content, NULL, NULL));
  g_assert_cmpstr(content, ==, "precious");

  g_autofree char *name = path_of(self, NAME);
  g_assert_cmpint(g_remove(name), ==, 0);
  g_assert_cmpint(g_mkdir(part, 0700), ==, 0);
  g_assert_false(write_home(self, 1, &error));
  g_assert_nonnull(error);
}

static void
test_sweep(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *ours = path_of(self, "doorstep-unit-7-home-0000000009.part");
  g_autofree char *other = path_of(self, "doorstep-unit-8-home-0000000009.part");

  g_assert_true(g_file_set_contents(ours, "x", -1, NULL));
  g_assert_true(g_file_set_contents(other, "x", -1, NULL));
  g_assert_true(ds_stick_sweep(self->stick, "unit-7", DS_DRIVE_HOME, &error));
  g_assert_no_error(error);
  g_assert_false(g_file_test(ours, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
}

static void
test_not_files(Fixture *self, gconstpointer data)
{
  static const char *const targets[] = {"/etc/passwd", "nowhere", NAME, "/dev/zero", "."};
  g_autofree char *path = path_of(self, NAME);

  for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
    g_assert_cmpint(symlink(targets[i], path), ==, 0);
    refuse_home(self, DS_ERROR_INVALID, "a link");
  }
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
  refuse_home(self, DS_ERROR_INVALID, "a pipe or device");
  g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
  refuse_home(self, DS_ERROR_INVALID, "a folder");

  g_auto(DsFd) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_strlcpy(address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  refuse_home(self, DS_ERROR_INVALID, "a pipe or device");
}

static void
test_not_containers(Fixture *self, gconstpointer data)
{
  g_autofree char *path = path_of(self, NAME);
  g_autofree char *other = path_of(self, "doorstep-unit-7-home-0000000004.dsd");
  g_autoptr(GError) error = NULL;

  g_assert_true(g_file_set_contents(path, "", -1, NULL));
  refuse_home(self, DS_ERROR_INVALID, "no drive container");
  g_assert_true(g_file_set_contents(path, "PK\003\004 a zip, perhaps", -1, NULL));
  refuse_home(self, DS_ERROR_INVALID, "no drive container");
  g_assert_true(g_file_set_contents(path, "", -1, NULL));
  g_assert_cmpint(truncate(path, (off_t)DS_DRIVE_FILE_MAX + 1), ==, 0);
  refuse_home(self, DS_ERROR_TOO_LARGE, "at most 4294967295");

  g_assert_true(write_home(self, 1, &error));
  g_assert_cmpint(g_rename(path, other), ==, 0);
  g_autoptr(GPtrArray) files = ds_stick_list(self->stick, &error);
  g_assert_cmpuint(files->len, ==, 1);
  g_assert_null(ds_stick_read(self->stick, files->pdata[0], &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "was renamed"));
}

static void
test_strange_names(Fixture *self, gconstpointer data)
{
  static const char *const names[] = {
      "-rf", "a\nb", "\xff\xfe", ".git", "hooks", "x.dsd", "doorstep-\n-home-0000000003.dsd"};
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = path_of(self, names[i]);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
  }
  g_autofree char *name = g_strnfill(255, 'x');
  g_autofree char *longest = path_of(self, name);
  g_assert_cmpint(mknod(longest, S_IFREG | 0600, 0), ==, 0);
  g_autoptr(GPtrArray) files = ds_stick_list(self->stick, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(files->len, ==, 0);
}

static void
test_too_many(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  for (guint i = 1; i <= DS_STICK_CONTAINERS_MAX + 1; i++) {
    g_autofree char *name = ds_stick_name("u", DS_DRIVE_OUT, i);
    g_autofree char *path = path_of(self, name);
    g_assert_cmpint(mknod(path, S_IFREG | 0600, 0), ==, 0);
  }
  g_assert_null(ds_stick_list(self->stick, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_nonnull(strstr(error->message, "1024 containers"));
}

static void
test_too_many_entries(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(DsFd) fd = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; i <= DS_STICK_ENTRIES_MAX; i++) {
    g_autofree char *name = g_strdup_printf("%u", i);
    g_assert_cmpint(mknodat(fd, name, S_IFREG | 0600, 0), ==, 0);
  }
  g_assert_null(ds_stick_list(self->stick, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_nonnull(strstr(error->message, "65536 entries"));
}

static void
test_no_folder(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_stick_open("/nonexistent/drive", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(ds_stick_open("/etc/passwd", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/drive/stick/names", test_names);
  g_test_add_func("/drive/stick/no-folder", test_no_folder);
#define ADD(name, function) \
  g_test_add("/drive/stick/" name, Fixture, NULL, set_up, function, tear_down)
  ADD("write", test_write);
  ADD("watch", test_watch);
  ADD("part-in-the-way", test_part_in_the_way);
  ADD("sweep", test_sweep);
  ADD("not-files", test_not_files);
  ADD("not-containers", test_not_containers);
  ADD("strange-names", test_strange_names);
  ADD("too-many", test_too_many);
  ADD("too-many-entries", test_too_many_entries);
  return g_test_run();
}
