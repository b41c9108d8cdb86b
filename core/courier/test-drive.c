/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit's end of a stick: what goes on it, what comes off it, what neither does. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/drive-state.h"
#include "courier/drive.h"
#include "courier/mark.h"
#include "courier/test-unit.h"

typedef struct {
  TestUnit unit;
  char *stick;
  guint64 homes; /* home containers written */
} Fixture;

static void
configure(Fixture *self, const char *station)
{
  g_autoptr(DsCourierConfig) config = ds_courier_config_new(self->unit.home);
  g_autoptr(GError) error = NULL;

  config->carrier = g_strdup("drive");
  config->unit = g_strdup("unit-1");
  config->station = g_strdup(station);
  g_assert_true(ds_courier_config_save(config, &error));
  g_assert_no_error(error);
}

static void
set_up(Fixture *self, gconstpointer data)
{
  test_unit_set_up(&self->unit, data);
  self->stick = g_build_filename(self->unit.folder, "stick", NULL);
  self->homes = 0;
  g_assert_true(ds_files_make_dir(self->stick, NULL));
  configure(self, "zhanggong");
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  test_unit_tear_down(&self->unit, data);
  g_free(self->stick);
}

static DsDriveResult
use(Fixture *self, const DsDriveOptions *options)
{
  g_autoptr(GError) error = NULL;
  DsDriveResult result;

  gboolean ok = ds_courier_drive(self->unit.home, self->stick, options, &result, &error);
  g_assert_no_error(error);
  g_assert_true(ok);
  return result;
}

/* The same, and nothing was refused. */
static DsDriveResult
use_well(Fixture *self, const DsDriveOptions *options)
{
  DsDriveResult result = use(self, options);

  g_assert_cmpstr(result.trouble, ==, NULL);
  g_assert_cmpuint(result.refused, ==, 0);
  return result;
}

static void
refuses(DsDriveResult *result, const char *words)
{
  g_assert_cmpuint(result->refused, ==, 1);
  if (result->trouble == NULL || strstr(result->trouble, words) == NULL)
    g_error("\"%s\" is not in \"%s\"", words, result->trouble);
  ds_drive_result_clear(result);
}

/* ---- home containers ---- */

typedef struct {
  guint64 seq;
  const char *text; /* of the directory, which is not looked at here */
} Message;

typedef struct {
  const Message *messages;
  guint count;
} Batch;

static gboolean
fill(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  const Batch *batch = user_data;

  for (guint i = 0; i < batch->count; i++) {
    const DsOutboxRef ref = {batch->messages[i].seq, DS_OUTBOX_DIRECTORY};
    g_autoptr(DsDriveItem) item = ds_drive_item_new_message(&ref);
    g_autoptr(GBytes) bytes =
        g_bytes_new_static(batch->messages[i].text, strlen(batch->messages[i].text));
    const DsDigest digest = ds_digest_of_bytes(bytes);
    ds_drive_item_add(item, "directory", g_bytes_get_size(bytes), &digest);
    if (!ds_drive_writer_item(writer, item, error) || !ds_drive_writer_file(writer, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static void
bring_from(Fixture *self, const char *station, const Message *messages, guint count)
{
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_HOME, "unit-1", station, ++self->homes);
  Batch batch = {messages, count};
  const DsStickWatch watch = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStick) stick = ds_stick_open(self->stick, &error);
  guint64 bytes;

  head->count = count;
  g_assert_true(ds_stick_write(stick, head, fill, &batch, &watch, &bytes, &error));
  g_assert_no_error(error);
}

static void
bring(Fixture *self, const Message *messages, guint count)
{
  bring_from(self, "zhanggong", messages, count);
}

static char *
inbox_text(Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename(self->unit.home, "inbox", name, "directory", NULL);
  char *text = NULL;

  g_file_get_contents(path, &text, NULL, NULL);
  return text;
}

static void
empty_inbox(Fixture *self)
{
  g_autofree char *path = g_build_filename(self->unit.home, "inbox", NULL);

  g_assert_true(ds_files_remove_tree(path, NULL));
}

/* Out containers on the stick, opened. */
static GPtrArray *
out_containers(Fixture *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsStick) stick = ds_stick_open(self->stick, &error);
  g_autoptr(GPtrArray) files = ds_stick_list(stick, &error);
  GPtrArray *readers = g_ptr_array_new_with_free_func((GDestroyNotify)ds_drive_reader_free);

  for (guint i = 0; i < files->len; i++) {
    const DsStickFile *file = files->pdata[i];
    if (file->direction != DS_DRIVE_OUT)
      continue;
    DsDriveReader *reader = ds_stick_read(stick, file, &error);
    g_assert_no_error(error);
    g_assert_true(ds_drive_reader_check(reader, NULL, NULL, NULL, &error));
    g_ptr_array_add(readers, reader);
  }
  return readers;
}

/* Whether bundle @index of the fixture is item @at of @reader. */
static gboolean
is_bundle(Fixture *self, DsDriveReader *reader, guint at, guint index)
{
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, at, NULL);

  return ds_digest_equal(&item->id, &test_unit_entry(&self->unit, index)->id);
}

/* ---- going out ---- */

static void
test_out(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 3, 2, 4000);
  DsDriveResult result = use_well(self, NULL);
  g_assert_cmpuint(result.written, ==, 3);
  g_assert_cmpuint(result.containers_written, ==, 1);
  result = use_well(self, NULL);
  g_assert_cmpuint(result.written, ==, 0);
  g_assert_cmpuint(result.containers_written, ==, 0);

  test_unit_seal(&self->unit, 1, 0, 0);
  result = use_well(self, NULL);
  g_assert_cmpuint(result.written, ==, 1);
  g_autoptr(GPtrArray) containers = out_containers(self);
  g_assert_cmpuint(containers->len, ==, 2);
  const DsDriveHead *head = ds_drive_reader_head(containers->pdata[1]);
  g_assert_cmpuint(head->batch, ==, 2);
  g_assert_cmpstr(head->station, ==, "zhanggong");
  g_assert_true(is_bundle(self, containers->pdata[1], 0, 3));

  guint on_drive = 0;
  gint64 last_us = 0;
  g_assert_true(ds_courier_drive_status(self->unit.home, &on_drive, &last_us, NULL));
  g_assert_cmpuint(on_drive, ==, 4);
  g_assert_cmpint(last_us, >, 0);
}

static void
test_order(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 1, 3, 100000);
  test_unit_seal(&self->unit, 1, 1, 1000);
  test_unit_seal(&self->unit, 1, 2, 50000);
  g_assert_true(ds_courier_mark_set(self->unit.home, DS_COURIER_URGENT,
                                    &test_unit_entry(&self->unit, 2)->id, NULL));
  use_well(self, NULL);
  g_autoptr(GPtrArray) containers = out_containers(self);
  g_assert_true(is_bundle(self, containers->pdata[0], 0, 2));
  g_assert_true(is_bundle(self, containers->pdata[0], 1, 1));
  g_assert_true(is_bundle(self, containers->pdata[0], 2, 0));
  g_assert_true(ds_courier_mark_has(self->unit.home, DS_COURIER_URGENT,
                                    &test_unit_entry(&self->unit, 2)->id));
}

static void
test_parts(Fixture *self, gconstpointer data)
{
  const DsDriveOptions options = {.part_size = DS_DRIVE_PART_MIN};

  test_unit_seal(&self->unit, 5, 1, 400000);
  test_unit_seal(&self->unit, 1, 4, 400000); /* larger than a part */
  DsDriveResult result = use_well(self, &options);
  g_assert_cmpuint(result.written, ==, 6);
  g_assert_cmpuint(result.containers_written, ==, 4);
}

static void
test_held(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 2, 1, 1000);
  g_assert_true(ds_courier_hold_set(self->unit.home, &test_unit_entry(&self->unit, 0)->id,
                                    &test_unit_entry(&self->unit, 1)->id, NULL));
  DsDriveResult result = use_well(self, NULL);
  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.held, ==, 1);
}

/* A bundle that cannot be read is named; the others go. */
static void
test_broken_chunk(Fixture *self, gconstpointer data)
{
  g_autofree char *objects = g_build_filename(self->unit.home, "store", "objects", NULL);
  const char *argv[] = {"find", objects, "-type", "f", "-size", "-9", "-delete", NULL};

  test_unit_seal(&self->unit, 1, 1, 4000);
  test_unit_seal(&self->unit, 1, 1, 50000);
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             NULL, NULL));
  DsDriveResult result = use(self, NULL);
  g_assert_cmpuint(result.written, ==, 1);
  refuses(&result, "bundle 1 cannot be read here");
}

static void
prune(Fixture *self, guint index)
{
  g_autofree char *path = g_build_filename(self->unit.home, "store", "spool", NULL);
  g_autoptr(DsSpool) spool = ds_spool_open(path, NULL);

  g_assert_true(ds_spool_remove(spool, test_unit_entry(&self->unit, index), NULL));
}

/* A container leaves the stick when its last bundle is answered, not before. */
static void
test_answered(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 2, 1, 1000);
  use_well(self, NULL);
  prune(self, 0);
  g_assert_cmpuint(use_well(self, NULL).removed, ==, 0);
  prune(self, 1);
  g_assert_cmpuint(use_well(self, NULL).removed, ==, 1);
}

static void
new_stick(Fixture *self)
{
  g_assert_true(ds_files_remove_tree(self->stick, NULL));
  g_assert_true(ds_files_make_dir(self->stick, NULL));
}

/* Drives without it are used again and again, and no answer comes: it was lost. */
static void
test_unanswered(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 1, 1, 1000);
  for (guint i = 0; i <= DS_DRIVE_RESEND_USES; i++) /* it is here still */
    g_assert_cmpuint(use_well(self, NULL).written, ==, i == 0 ? 1 : 0);
  new_stick(self);
  for (guint i = 1; i <= DS_DRIVE_RESEND_USES; i++)
    g_assert_cmpuint(use_well(self, NULL).written, ==, i == DS_DRIVE_RESEND_USES ? 1 : 0);
}

static void
test_network_first(Fixture *self, gconstpointer data)
{
  const DsDriveOptions all = {.all = TRUE};

  test_unit_seal(&self->unit, 2, 1, 1000);
  test_unit_sync_well(&self->unit);
  DsDriveResult result = use_well(self, NULL);
  g_assert_cmpuint(result.waiting, ==, 2);
  g_assert_cmpuint(result.written, ==, 0);
  g_assert_true(ds_courier_mark_set(self->unit.home, DS_COURIER_RESEND,
                                    &test_unit_entry(&self->unit, 1)->id, NULL));
  g_assert_cmpuint(use_well(self, NULL).written, ==, 1);
  g_assert_cmpuint(use_well(self, NULL).written, ==, 0);
  g_assert_cmpuint(use_well(self, &all).written, ==, 1);
  g_assert_cmpuint(use_well(self, &all).written, ==, 0);
}

/* ---- coming home ---- */

static void
test_home(Fixture *self, gconstpointer data)
{
  const Message messages[] = {{1, "one"}, {2, "two"}};

  bring(self, messages, 2);
  DsDriveResult result = use_well(self, NULL);
  g_assert_cmpuint(result.messages, ==, 2);
  g_assert_cmpuint(result.containers_read, ==, 1);
  g_assert_cmpuint(result.removed, ==, 1);
  g_autofree char *text = inbox_text(self, "0000000002-directory");
  g_assert_cmpstr(text, ==, "two");

  /* it tells the station what it has, and only that */
  g_autoptr(GPtrArray) containers = out_containers(self);
  g_assert_cmpuint(containers->len, ==, 1);
  const DsDriveHead *head = ds_drive_reader_head(containers->pdata[0]);
  g_assert_cmpuint(head->count, ==, 0);
  g_assert_cmpuint(head->taken->len, ==, 2);

  /* the station had not read that when it wrote again */
  empty_inbox(self);
  bring(self, messages, 2);
  result = use_well(self, NULL);
  g_assert_cmpuint(result.messages, ==, 0);
  g_assert_cmpuint(result.already, ==, 2);
}

static void
test_forgets(Fixture *self, gconstpointer data)
{
  const Message messages[] = {{1, "one"}, {2, "two"}, {3, "three"}};

  bring(self, messages, 2);
  use_well(self, NULL);
  bring(self, messages + 1, 2);
  use_well(self, NULL);
  g_autoptr(GPtrArray) containers = out_containers(self);
  const GArray *taken = ds_drive_reader_head(containers->pdata[0])->taken;
  g_assert_cmpuint(taken->len, ==, 2);
  g_assert_cmpuint(g_array_index(taken, DsDriveTaken, 0).seq, ==, 2);
  g_assert_cmpuint(g_array_index(taken, DsDriveTaken, 1).seq, ==, 3);
}

/* A false message under a true one's number is judged by the unit; it neither keeps the true one
 * out for ever nor tells the station that it arrived. */
static void
test_false_number(Fixture *self, gconstpointer data)
{
  const Message lie[] = {{1, "false"}}, truth[] = {{1, "true"}};

  bring(self, lie, 1);
  g_assert_cmpuint(use_well(self, NULL).messages, ==, 1);
  bring(self, truth, 1);
  DsDriveResult result = use(self, NULL);
  g_assert_cmpuint(result.messages, ==, 0);
  g_assert_cmpuint(result.removed, ==, 0);
  refuses(&result, "message 1 was not taken");
  g_autofree char *before = inbox_text(self, "0000000001-directory");
  g_assert_cmpstr(before, ==, "false");

  empty_inbox(self); /* the unit looked at it and put it aside */
  result = use_well(self, NULL);
  g_assert_cmpuint(result.messages, ==, 1);
  g_autofree char *after = inbox_text(self, "0000000001-directory");
  g_assert_cmpstr(after, ==, "true");
}

static void
test_other_station(Fixture *self, gconstpointer data)
{
  const Message messages[] = {{1, "one"}};

  bring_from(self, "kaiping", messages, 1);
  DsDriveResult result = use(self, NULL);
  refuses(&result, "is from station kaiping; this unit belongs to station zhanggong");
  g_autofree char *text = inbox_text(self, "0000000001-directory");
  g_assert_null(text);
  configure(self, NULL); /* who does not know its station leaves that to the signatures */
  g_assert_cmpuint(use_well(self, NULL).messages, ==, 1);
}

/* One container that is not sound does not stop the next. */
static void
test_one_broken(Fixture *self, gconstpointer data)
{
  const Message first[] = {{1, "one"}}, second[] = {{2, "two"}};
  g_autofree char *path =
      g_build_filename(self->stick, "doorstep-unit-1-home-0000000001.dsd", NULL);

  bring(self, first, 1);
  bring(self, second, 1);
  g_assert_cmpint(truncate(path, 150), ==, 0);
  DsDriveResult result = use(self, NULL);
  g_assert_cmpuint(result.messages, ==, 1);
  refuses(&result, "doorstep-unit-1-home-0000000001.dsd");
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* A stranger's drive cannot flood the inbox. */
static void
test_flood(Fixture *self, gconstpointer data)
{
  const Message messages[] = {{1, "one"}, {2, "two"}, {3, "three"}};

  bring(self, messages, 3);
  for (guint i = 0; i < DS_DRIVE_HOME_CONTAINERS_MAX; i++)
    bring(self, NULL, 0);
  DsDriveResult result = use(self, NULL);
  g_assert_cmpuint(result.messages, ==, 0);
  refuses(&result, "1 of 65 containers for this unit are too many; the oldest were not read");
  g_assert_cmpuint(use_well(self, NULL).messages, ==, 3);
}

/* What was damaged on the drive is noticed here, not at the station a week later. */
static void
test_damaged_out(Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename(self->stick, "doorstep-unit-1-out-0000000001.dsd", NULL);
  g_auto(DsFd) fd = -1;

  test_unit_seal(&self->unit, 1, 1, 5000);
  use_well(self, NULL);
  fd = open(path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint(pwrite(fd, "?????", 5, 3000), ==, 5);
  DsDriveResult result = use(self, NULL);
  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.removed, ==, 1);
  refuses(&result, "what it held is written anew");
  g_autoptr(GPtrArray) containers = out_containers(self);
  g_assert_cmpuint(containers->len, ==, 1);
}

/* Without its notes the courier repeats itself and loses nothing. */
static void
test_lost_state(Fixture *self, gconstpointer data)
{
  const Message messages[] = {{1, "one"}};
  g_autofree char *path = g_build_filename(self->unit.home, "depot", "drive", NULL);

  test_unit_seal(&self->unit, 1, 1, 1000);
  bring(self, messages, 1);
  use_well(self, NULL);
  g_assert_true(g_file_set_contents(path, "batch x\nbundle\ntaken 0 0\n\xff\n", -1, NULL));
  bring(self, messages, 1);
  DsDriveResult result = use_well(self, NULL);
  g_assert_cmpuint(result.messages, ==, 1); /* the same bytes: the inbox has them */
  g_assert_cmpuint(result.written, ==, 0);  /* it is here, whoever wrote it */
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add("/courier/drive/" name, Fixture, NULL, set_up, function, tear_down)
  ADD("out", test_out);
  ADD("order", test_order);
  ADD("parts", test_parts);
  ADD("held", test_held);
  ADD("broken-chunk", test_broken_chunk);
  ADD("answered", test_answered);
  ADD("unanswered", test_unanswered);
  ADD("network-first", test_network_first);
  ADD("home", test_home);
  ADD("forgets", test_forgets);
  ADD("false-number", test_false_number);
  ADD("other-station", test_other_station);
  ADD("one-broken", test_one_broken);
  ADD("flood", test_flood);
  ADD("damaged-out", test_damaged_out);
  ADD("lost-state", test_lost_state);
  return g_test_run();
}
