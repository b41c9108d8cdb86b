/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The courier that stays, over a folder and without NetworkManager; with one: courier/network. */
#include "courier/run.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/test-unit.h"

#define PATIENCE_STEPS 1000 /* of 20 ms */

typedef struct {
  TestUnit unit;
  DsRunOptions options;
  GCancellable *stop;
  GThread *thread;
  int contacts; /* atomic */
} Fixture;

static void
count_contact(const DsExchangeResult *result, const GError *error, gpointer user_data)
{
  Fixture *self = user_data;

  g_atomic_int_inc(&self->contacts);
}

static void
set_up(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  test_unit_set_up(&self->unit, NULL);
  g_autofree char *store = g_build_filename(self->unit.home, "store", NULL);
  g_assert_true(ds_files_make_dir(store, &error));
  self->stop = g_cancellable_new();
  self->contacts = 0;
  self->thread = NULL;
  self->options =
      (DsRunOptions){.every_seconds = 3600, .calls = {.ended = count_contact}, .user_data = self};
}

static gpointer
run(gpointer data)
{
  Fixture *self = data;
  g_autoptr(GError) error = NULL;
  gboolean ok = ds_courier_run(self->unit.home, &self->options, self->stop, &error);

  g_assert_no_error(error);
  return GINT_TO_POINTER(ok);
}

static void
start(Fixture *self)
{
  self->thread = g_thread_new("run", run, self);
}

static void
end(Fixture *self)
{
  g_cancellable_cancel(self->stop);
  g_assert_true(GPOINTER_TO_INT(g_thread_join(self->thread)));
  self->thread = NULL;
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  if (self->thread != NULL)
    end(self);
  g_object_unref(self->stop);
  test_unit_tear_down(&self->unit, NULL);
}

static void
configure(Fixture *self, const char *json)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_files_replace(self->unit.home, "courier.json", json, strlen(json), &error));
  g_assert_no_error(error);
}

static void
configure_path(Fixture *self, const char *more)
{
  g_autofree char *json = g_strdup_printf(
      "{\"carrier\": \"path\", \"unit\": \"unit-1\", \"path\": \"%s\"%s}", self->unit.repo, more);

  configure(self, json);
}

static void
wait_arrived(Fixture *self, guint count)
{
  for (guint i = 0; i < PATIENCE_STEPS; i++) {
    g_autoptr(GArray) arrived = test_unit_arrived(&self->unit);
    if (arrived->len == count)
      return;
    g_usleep(20 * 1000);
  }
  g_assert_not_reached();
}

/* Until it says so; the sentence. (transfer full) */
static char *
wait_state(Fixture *self, DsWhyState state)
{
  for (guint i = 0; i < PATIENCE_STEPS; i++) {
    g_auto(DsWhy) why = {0};
    ds_why_load(self->unit.home, &why);
    if (why.state == state)
      return ds_why_sentence(&why);
    g_usleep(20 * 1000);
  }
  g_assert_not_reached();
}

static void
test_goes(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 2, 1, 1000);
  configure_path(self, "");
  start(self);
  wait_arrived(self, 2);
  g_autofree char *rests = wait_state(self, DS_WHY_RESTING);
  g_assert_nonnull(strstr(rests, "went well"));
  test_unit_seal(&self->unit, 1, 1, 1000);
  wait_arrived(self, 3);
  end(self);
  /* one for what waited, one or two for what was sealed file by file: it does not spin */
  g_assert_cmpint(self->contacts, <=, 4);
  g_autofree char *over = wait_state(self, DS_WHY_ABSENT);
  test_unit_check_arrived(&self->unit);
}

/* Begun before the unit knows its station. */
static void
test_unconfigured(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 1, 1, 1000);
  start(self);
  g_autofree char *said = wait_state(self, DS_WHY_UNCONFIGURED);
  g_assert_nonnull(strstr(said, "enrol it first"));
  configure(self, "{\"carrier\": \"pigeon\"}");
  configure_path(self, "");
  wait_arrived(self, 1);
}

static void
test_trouble(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 1, 1, 1000);
  configure(self, "{\"carrier\": \"path\", \"unit\": \"unit-1\", \"path\": \"/nowhere/u.git\"}");
  start(self);
  g_autofree char *said = wait_state(self, DS_WHY_TROUBLE);
  g_assert_nonnull(strstr(said, "is its disk connected"));
  configure_path(self, "");
  wait_arrived(self, 1);
}

/* It may name another station by now. */
static void
test_changed(Fixture *self, gconstpointer data)
{
  configure_path(self, "");
  start(self);
  g_autofree char *rests = wait_state(self, DS_WHY_RESTING);
  int before = g_atomic_int_get(&self->contacts);
  configure_path(self, ", \"reach\": {\"metered\": \"send\"}");
  for (guint i = 0; i < PATIENCE_STEPS && g_atomic_int_get(&self->contacts) == before; i++)
    g_usleep(20 * 1000);
  g_assert_cmpint(g_atomic_int_get(&self->contacts), >, before);
}

static void
test_no_manager(Fixture *self, gconstpointer data)
{
  test_unit_seal(&self->unit, 1, 1, 1000);
  configure_path(self, ", \"reach\": {\"connections\": [\"lan\"]}");
  start(self);
  for (;;) {
    g_autofree char *said = wait_state(self, DS_WHY_WAITING);
    if (strstr(said, "NetworkManager is not running") != NULL)
      break;
    g_usleep(20 * 1000);
  }
  end(self);
  g_assert_cmpint(self->contacts, ==, 0);
  g_autoptr(GArray) arrived = test_unit_arrived(&self->unit);
  g_assert_cmpuint(arrived->len, ==, 0);
}

static void
test_drive_only(Fixture *self, gconstpointer data)
{
  configure(self, "{\"carrier\": \"drive\", \"unit\": \"unit-1\"}");
  start(self);
  g_autofree char *said = wait_state(self, DS_WHY_WAITING);
  g_assert_nonnull(strstr(said, "doorstep-courier drive"));
  end(self);
  g_assert_cmpint(self->contacts, ==, 0);
}

static void
test_twice(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) never = g_cancellable_new();

  configure_path(self, "");
  start(self);
  g_autofree char *rests = wait_state(self, DS_WHY_RESTING);
  g_assert_false(ds_courier_run(self->unit.home, &self->options, never, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_BUSY);
}

static void
test_no_home(Fixture *self, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename(self->unit.folder, "nowhere", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_courier_run(nowhere, &self->options, self->stop, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_assert_nonnull(strstr(error->message, "doorstep unit init"));
  g_assert_false(g_file_test(nowhere, G_FILE_TEST_EXISTS));
}

static void
test_stopped_before(Fixture *self, gconstpointer data)
{
  configure_path(self, "");
  g_cancellable_cancel(self->stop);
  start(self);
  end(self);
  g_assert_cmpint(self->contacts, ==, 0);
}

static void
test_backoff(void)
{
  guint before = 0;

  g_assert_cmpuint(ds_run_backoff_ms(1, 0), ==, DS_RUN_BACKOFF_SECONDS * 1000);
  g_assert_cmpuint(ds_run_backoff_ms(1, 1), ==, DS_RUN_BACKOFF_SECONDS * 500);
  for (guint i = 1; i < 100; i++) {
    guint most = ds_run_backoff_ms(i, 0);
    g_assert_cmpuint(most, >=, before);
    g_assert_cmpuint(most, <=, DS_RUN_BACKOFF_MAX_SECONDS * 1000);
    g_assert_cmpuint(ds_run_backoff_ms(i, 1) * 2, ==, most);
    before = most;
  }
  g_assert_cmpuint(ds_run_backoff_ms(G_MAXUINT, 0), ==, DS_RUN_BACKOFF_MAX_SECONDS * 1000);
}

#define ADD(name, function) \
  g_test_add("/courier/run/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus", TRUE);
  g_test_add_func("/courier/run/backoff", test_backoff);
  ADD("goes", test_goes);
  ADD("unconfigured", test_unconfigured);
  ADD("trouble", test_trouble);
  ADD("changed", test_changed);
  ADD("no-manager", test_no_manager);
  ADD("drive-only", test_drive_only);
  ADD("twice", test_twice);
  ADD("no-home", test_no_home);
  ADD("stopped-before", test_stopped_before);
  return g_test_run();
}
