/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contacts through a real sshd on loopback, with the forced command and a pinned host key. */
#include "courier/exchange.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/test-unit.h"
#include "courier/mark.h"
#include "depot/room.h"
#include "depot/serve.h"

typedef struct {
  TestUnit unit;
  char *sshd; /* folder of the private sshd, NULL: not installed */
  DsCourierConfig *config;
} Fixture;

/* Runs tests/lib/sshd.sh. */
static gboolean
sshd(const char *verb, const char *folder)
{
  g_autofree char *script =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "tests", "lib", "sshd.sh", NULL);
  const char *argv[] = {script, verb, folder, NULL};
  int status = -1;

  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
               NULL, NULL, NULL, NULL, &status, NULL);
  return status == 0;
}

static char *
read_text(const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text = NULL;

  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return g_strstrip(text);
}

static void
authorize_with(Fixture *self, const char *unit, const char *room, const char *note)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *program = g_build_filename(g_getenv("DOORSTEP_BUILD_DIR"), "core", "courier",
                                              "test-courier-forced-command", NULL);
  const char *command[] = {program, unit, self->unit.repo, room, note, NULL};
  g_autofree char *key = ds_courier_make_identity(self->unit.home, "unit-1", &error);
  g_assert_no_error(error);
  g_autofree char *line = ds_serve_authorized_line(command, unit, key, &error);
  g_assert_no_error(error);
  g_assert_true(ds_files_replace(self->sshd, "authorized_keys", line, strlen(line), &error));
}

static void
authorize(Fixture *self, const char *unit)
{
  authorize_with(self, unit, NULL, NULL);
}

static void
set_up(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *installed = g_find_program_in_path("sshd");
  g_autofree char *folder = NULL;

  test_unit_set_up(&self->unit, NULL);
  folder = g_build_filename(self->unit.folder, "sshd", NULL);
  if (installed == NULL && access("/usr/sbin/sshd", X_OK) != 0) {
    g_test_skip("sshd is not installed; install openssh-server");
    return;
  }
  /* one that is there and does not start is a failure: a skip would hide a broken test */
  g_assert_nonnull(g_getenv("DOORSTEP_SOURCE_DIR"));
  g_assert_nonnull(g_getenv("DOORSTEP_BUILD_DIR"));
  g_assert_true(sshd("start", folder));
  self->sshd = g_steal_pointer(&folder);
  g_autofree char *port = read_text(self->sshd, "port");
  g_autofree char *key = read_text(self->sshd, "host_key.pub");
  self->config = ds_courier_config_new(self->unit.home);
  self->config->carrier = g_strdup("ssh");
  self->config->unit = g_strdup("unit-1");
  self->config->host = g_strdup("127.0.0.1");
  self->config->port = (guint)atoi(port);
  g_free(self->config->user);
  self->config->user = g_strdup(g_get_user_name());
  g_assert_true(ds_courier_pin_host(self->config, key, &error));
  authorize(self, "unit-1");
  g_assert_no_error(error);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  if (self->sshd != NULL)
    sshd("stop", self->sshd);
  g_free(self->sshd);
  g_clear_pointer(&self->config, ds_courier_config_free);
  test_unit_tear_down(&self->unit, NULL);
}

static gboolean
sync_ssh(Fixture *self, DsExchangeResult *result, GError **error)
{
  g_autoptr(DsCarrier) carrier = ds_carrier_ssh_new(self->config, error);

  g_assert_nonnull(carrier);
  return ds_exchange_run(self->unit.home, carrier, NULL, result, error);
}

static void
expect_error(Fixture *self, DsErrorCode code, const char *words)
{
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  g_assert_false(sync_ssh(self, &result, &error));
  g_test_message("%s", error->message);
  g_assert_error(error, DS_ERROR, (int)code);
  g_assert_nonnull(strstr(error->message, words));
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_cmpuint(result.bytes_sent, ==, 0);
  ds_exchange_result_clear(&result);
}

static void
test_contact(Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *socket = g_build_filename(self->unit.home, "depot", "mux", NULL);
  DsExchangeResult result;

  if (self->sshd == NULL)
    return;
  test_unit_seal(&self->unit, 3, 3, 400000);
  test_unit_publish(&self->unit, 1, DS_OUTBOX_DIRECTORY, "directory", "who");
  g_assert_true(sync_ssh(self, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.handed_over, ==, 3);
  g_assert_cmpuint(result.messages, ==, 1);
  g_assert_cmpuint(result.forgotten, ==, 1);
  ds_exchange_result_clear(&result);
  test_unit_check_arrived(&self->unit);
  /* the shared connection is over with the carrier */
  for (guint i = 0; i < 50 && access(socket, F_OK) == 0; i++)
    g_usleep(20 * 1000);
  g_assert_cmpint(access(socket, F_OK), !=, 0);
}

/* Another key on the same address: nothing is sent, and the words say what to do. */
static void
test_changed_key(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  test_unit_seal(&self->unit, 1, 1, 100);
  g_assert_true(sshd("rekey", self->sshd));
  expect_error(self, DS_ERROR_REFUSED, self->config->known_hosts);
  expect_error(self, DS_ERROR_REFUSED, "by telephone");
  g_autoptr(GArray) arrived = test_unit_arrived(&self->unit);
  g_assert_cmpuint(arrived->len, ==, 0);
}

static void
test_no_key(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  g_assert_cmpint(unlink(self->config->known_hosts), ==, 0);
  expect_error(self, DS_ERROR_REFUSED, "pin the station's host key first");
  g_assert_true(g_file_set_contents(self->config->known_hosts, "", 0, NULL));
  expect_error(self, DS_ERROR_REFUSED, "does not show the host key pinned");
  g_assert_cmpint(unlink(self->config->identity), ==, 0);
  expect_error(self, DS_ERROR_REFUSED, "make this unit's ssh key first");
}

static void
test_unknown_unit(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  g_autoptr(GError) error = NULL;
  g_assert_true(ds_files_replace(self->sshd, "authorized_keys", "", 0, &error));
  expect_error(self, DS_ERROR_REFUSED, "does not accept this unit's ssh key");
}

/* The key is another unit's: the forced command does not let it near this repository. */
static void
test_other_unit(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  authorize(self, "unit-2");
  expect_error(self, DS_ERROR_REFUSED, "only run git's two services on 'unit-2.git'");
}

static void
test_station_down(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  g_assert_true(sshd("stop", self->sshd));
  expect_error(self, DS_ERROR_RETRY, "Connection refused");
}

typedef struct {
  const char *sshd;
  guint64 at; /* bytes sent when the connections were ended, 0: not yet */
} Killer;

static void
kill_in_mid_push(const DsExchangeProgress *progress, gpointer user_data)
{
  Killer *self = user_data;

  if (self->at > 0 || progress->bytes_sent < 1000000)
    return;
  self->at = progress->bytes_sent;
  g_assert_true(sshd("cut", self->sshd));
}

/* All connections die in mid push, as on a bad line; the next contact finishes. Git at the station
 * may live long enough to say that its index-pack died: then the bundle counts as not taken and the
 * small one behind it still goes. Either way the large one is not there and nobody says it is. */
static void
test_cut(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCarrier) carrier = ds_carrier_ssh_new(self->config, &error);
  Killer killer = {.sshd = self->sshd};
  const DsExchangeOptions options = {.progress = kill_in_mid_push, .user_data = &killer};
  DsExchangeResult first, second;

  /* progress is told every 100 ms: the bundle must take several times as long */
  test_unit_seal(&self->unit, 1, 96, 500000);
  guint64 large = self->unit.bytes;
  test_unit_seal(&self->unit, 1, 1, 1000);
  gboolean ok = ds_exchange_run(self->unit.home, carrier, &options, &first, &error);
  g_test_message("cut after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes: %s", killer.at,
                 large, ok ? first.trouble : error->message);
  g_assert_cmpuint(killer.at, >, 0);
  g_assert_cmpuint(killer.at, <, large);
  if (!ok)
    g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_assert_cmpuint(first.refused, ==, ok ? 1 : 0);
  g_assert_false(test_unit_has_arrived(&self->unit, 0));
  g_autoptr(GArray) arrived = test_unit_arrived(&self->unit);
  g_assert_cmpuint(first.handed_over, ==, arrived->len);
  g_clear_error(&error);

  g_assert_true(ds_exchange_run(self->unit.home, carrier, NULL, &second, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(second.handed_over + second.already_there, ==, 2);
  g_assert_true(test_unit_has_arrived(&self->unit, 0));
  test_unit_check_arrived(&self->unit);
  ds_exchange_result_clear(&first);
  ds_exchange_result_clear(&second);
}

/* An urgent bundle that the station has no room for holds up no smaller one, whether they travelled
 * together or not; one as large need not try. */
static void
test_room_for_small(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  for (guint chunks = 2; chunks <= 6; chunks += 4) {
    const guint base = self->unit.entries->len;
    g_autoptr(GError) error = NULL;
    DsExchangeResult result;

    test_unit_seal(&self->unit, 2, chunks, 250000);
    test_unit_seal(&self->unit, 2, 1, 1000);
    g_assert_true(ds_courier_mark_set(self->unit.home, DS_COURIER_URGENT,
                                      &test_unit_entry(&self->unit, base)->id, &error));
    authorize_with(self, "unit-1", "200000", DS_ROOM_NOTE "unit unit-1 has 8 GiB waiting");
    g_assert_true(sync_ssh(self, &result, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(result.handed_over, ==, 2);
    g_assert_cmpuint(result.later, ==, 2);
    g_assert_cmpuint(result.refused, ==, 0);
    g_assert_false(test_unit_has_arrived(&self->unit, base));
    g_assert_true(test_unit_has_arrived(&self->unit, base + 3));
    ds_exchange_result_clear(&result);

    authorize(self, "unit-1");
    g_assert_true(sync_ssh(self, &result, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(result.handed_over, ==, 2);
    ds_exchange_result_clear(&result);
  }
  test_unit_check_arrived(&self->unit);
}

/* A station without room is asked again later; one that wants smaller pushes says no. Nothing is
 * lost either way. */
static void
test_no_room(Fixture *self, gconstpointer data)
{
  if (self->sshd == NULL)
    return;
  g_autoptr(GError) error = NULL;
  DsExchangeResult result;

  test_unit_seal(&self->unit, 3, 2, 20000);
  authorize_with(self, "unit-1", "1", DS_ROOM_NOTE "unit unit-1 has 8 GiB waiting");
  g_assert_true(sync_ssh(self, &result, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(result.later, ==, 3);
  g_assert_cmpuint(result.refused, ==, 0);
  g_assert_cmpuint(result.handed_over, ==, 0);
  g_assert_nonnull(strstr(result.trouble, "no more room: unit unit-1 has 8 GiB waiting"));
  g_assert_nonnull(strstr(result.trouble, "goes at a later contact"));
  ds_exchange_result_clear(&result);

  authorize_with(self, "unit-1", "1000", DS_ROOM_LIMIT "one bundle of unit unit-1 may have 1 kB");
  g_assert_true(sync_ssh(self, &result, &error));
  g_assert_cmpuint(result.later, ==, 0);
  g_assert_cmpuint(result.refused, ==, 3);
  g_assert_nonnull(strstr(result.trouble, "too large: one bundle of unit unit-1 may have 1 kB"));
  ds_exchange_result_clear(&result);

  authorize(self, "unit-1");
  g_assert_true(sync_ssh(self, &result, &error));
  g_assert_cmpuint(result.handed_over, ==, 3);
  test_unit_check_arrived(&self->unit);
  ds_exchange_result_clear(&result);
}

#define ADD(name, function) \
  g_test_add("/courier/ssh/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("contact", test_contact);
  ADD("changed-key", test_changed_key);
  ADD("no-key", test_no_key);
  ADD("unknown-unit", test_unknown_unit);
  ADD("other-unit", test_other_unit);
  ADD("station-down", test_station_down);
  ADD("room-for-small", test_room_for_small);
  ADD("no-room", test_no_room);
  ADD("cut", test_cut);
  return g_test_run();
}
