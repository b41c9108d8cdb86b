/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/inbox.h"

#include <string.h>
#include <utime.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  char *dir;
  DsInbox *inbox;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp("ds-inbox-XXXXXX", NULL);
  fixture->inbox = ds_inbox_open(fixture->dir, &error);
  g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  ds_inbox_unref(fixture->inbox);
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

static void
set_arrival(Fixture *fixture, const char *name, time_t seconds)
{
  g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
  const struct utimbuf times = {seconds, seconds};

  g_assert_cmpint(utime(path, &times), ==, 0);
}

static void
test_one_file(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("statement", 9);
  g_autoptr(GBytes) other = g_bytes_new_static("another!!", 9);

  g_assert_true(ds_inbox_add(fixture->inbox, "statement-0000000001", bytes, &error));
  g_assert_true(ds_inbox_add(fixture->inbox, "statement-0000000001", bytes, &error));
  g_assert_no_error(error);
  g_assert_true(ds_inbox_has(fixture->inbox, "statement-0000000001"));
  g_assert_false(ds_inbox_add(fixture->inbox, "statement-0000000001", other, &error));
  assert_message(&error, DS_ERROR_EXISTS, "is there already");

  g_autoptr(GBytes) back = ds_inbox_read(fixture->inbox, "statement-0000000001", NULL, 9, &error);
  g_assert_true(g_bytes_equal(bytes, back));
  g_assert_null(ds_inbox_read(fixture->inbox, "statement-0000000001", NULL, 8, &error));
  assert_message(&error, DS_ERROR_TOO_LARGE, "9 bytes; at most 8");
  g_autoptr(GPtrArray) files = ds_inbox_files(fixture->inbox, "statement-0000000001", &error);
  g_assert_cmpuint(files->len, ==, 0);

  g_assert_true(ds_inbox_remove(fixture->inbox, "statement-0000000001", &error));
  g_assert_true(ds_inbox_remove(fixture->inbox, "statement-0000000001", &error));
  g_assert_no_error(error);
  g_assert_null(ds_inbox_read(fixture->inbox, "statement-0000000001", NULL, 9, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static gboolean
add_folder(Fixture *fixture, const char *name, const char *record, GError **error)
{
  g_autoptr(GBytes) manifest = g_bytes_new_static("m", 1);
  g_autoptr(GBytes) bytes = g_bytes_new(record, strlen(record));
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(fixture->inbox, name, error);

  g_assert_nonnull(message);
  g_assert_true(ds_inbox_message_put(message, "record", bytes, NULL));
  g_assert_true(ds_inbox_message_put(message, "manifest", manifest, NULL));
  return ds_inbox_message_commit(message, error);
}

static void
test_folder(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(add_folder(fixture, "dispatch-1", "r", &error));
  g_assert_true(add_folder(fixture, "dispatch-1", "r", &error));
  g_assert_no_error(error);
  g_assert_false(add_folder(fixture, "dispatch-1", "x", &error));
  assert_message(&error, DS_ERROR_EXISTS, "dispatch-1");

  g_autoptr(GPtrArray) files = ds_inbox_files(fixture->inbox, "dispatch-1", &error);
  g_assert_cmpuint(files->len, ==, 2);
  g_assert_cmpstr(files->pdata[0], ==, "manifest");
  g_autoptr(GBytes) record = ds_inbox_read(fixture->inbox, "dispatch-1", "record", 100, &error);
  g_assert_cmpuint(g_bytes_get_size(record), ==, 1);
  g_assert_null(ds_inbox_read(fixture->inbox, "dispatch-1", NULL, 100, &error));
  assert_message(&error, DS_ERROR_INVALID, "is not a regular file");
  g_assert_true(ds_inbox_remove(fixture->inbox, "dispatch-1", &error));
  g_assert_false(ds_inbox_has(fixture->inbox, "dispatch-1"));
  g_autoptr(GPtrArray) none = ds_inbox_files(fixture->inbox, "dispatch-1", &error);
  g_assert_null(none);
  assert_message(&error, DS_ERROR_NOT_FOUND, "dispatch-1");
}

static void
test_uncommitted(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("m", 1);
  DsInboxMessage *message = ds_inbox_begin(fixture->inbox, "dispatch-2", &error);

  g_assert_true(ds_inbox_message_put(message, "manifest", bytes, &error));
  g_autoptr(GPtrArray) before = ds_inbox_list(fixture->inbox, &error);
  g_assert_cmpuint(before->len, ==, 0);
  ds_inbox_message_free(message);
  g_assert_true(ds_inbox_sweep(fixture->inbox, &error));
  g_autoptr(GPtrArray) after = ds_inbox_list(fixture->inbox, &error);
  g_assert_cmpuint(after->len, ==, 0);
  g_assert_no_error(error);
}

static void
test_names(Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {"",        ".",       "..",  "../escape", "a/b",
                                    ".hidden", "-option", "A",   "a\nb",      "\344\270",
                                    "a b",     "a\\b",    "tmp*"};
  g_autoptr(GBytes) bytes = g_bytes_new_static("m", 1);
  g_autofree char *longest = g_strnfill(128, 'a'), *longer = g_strnfill(129, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(ds_inbox_name_is_valid(bad[i]));
    g_assert_false(ds_inbox_add(fixture->inbox, bad[i], bytes, &error));
    assert_message(&error, DS_ERROR_INVALID, "is no name for a message");
    g_assert_null(ds_inbox_begin(fixture->inbox, bad[i], &error));
    assert_message(&error, DS_ERROR_INVALID, "is no name for a message");
    g_assert_false(ds_inbox_remove(fixture->inbox, bad[i], &error));
    assert_message(&error, DS_ERROR_INVALID, "is no name for a message");
    g_assert_null(ds_inbox_read(fixture->inbox, "a", bad[i], 1, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  }
  g_assert_true(ds_inbox_name_is_valid(longest));
  g_assert_false(ds_inbox_name_is_valid(longer));
  g_assert_false(ds_inbox_name_is_valid(NULL));
}

static void
test_order(Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"c", "b", "a", "d"};
  static const time_t times[] = {100, 200, 200, 50};
  static const char *const sorted[] = {"d", "c", "a", "b"};
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("m", 1);

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_assert_true(ds_inbox_add(fixture->inbox, names[i], bytes, &error));
    set_arrival(fixture, names[i], times[i]);
  }
  g_autoptr(GPtrArray) list = ds_inbox_list(fixture->inbox, &error);
  g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(sorted));
  for (guint i = 0; i < list->len; i++)
    g_assert_cmpstr(list->pdata[i], ==, sorted[i]);
}

#define ADD(name, function) g_test_add("/inbox/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("one-file", test_one_file);
  ADD("folder", test_folder);
  ADD("uncommitted", test_uncommitted);
  ADD("names", test_names);
  ADD("order", test_order);
  return g_test_run();
}
