/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's end of a stick: the door, the outbox, and who may say what. */
#include "station/drive.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "station/members.h"
#include "station/statements.h"
#include "station/station-private.h"
#include "station/test-fixture.h"
#include "station/test-stick.h"

typedef struct {
  TestFixture base;
  char *stick;
  guint64 batch;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
  test_fixture_set_up(&self->base, data);
  self->stick = test_make_dir();
  self->batch = 0;
}

static void
tear_down(Fixture *self, gconstpointer data)
{
  test_fixture_tear_down(&self->base, data);
  g_assert_true(ds_files_remove_tree(self->stick, NULL));
  g_free(self->stick);
}

static void
put(Fixture *self, const TestOut *out)
{
  test_stick_put(self->stick, ++self->batch, out);
}

static DsStationDriveResult
drive(Fixture *self, const char *unit)
{
  const DsStationDriveOptions options = {.unit = unit};
  g_autoptr(GError) error = NULL;
  DsStationDriveResult result;

  gboolean ok = ds_station_drive(self->base.station, self->stick, &options, &result, &error);
  g_assert_no_error(error);
  g_assert_true(ok);
  return result;
}

static DsStationDriveResult
drive_well(Fixture *self, const char *unit)
{
  DsStationDriveResult result = drive(self, unit);

  g_assert_cmpstr(result.trouble, ==, NULL);
  return result;
}

/* One refusal with these words, and nothing entered the station. */
static void
refuses(Fixture *self, const char *words)
{
  DsStationDriveResult result = drive(self, NULL);

  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_cmpuint(result.bundles, ==, 0);
  if (strstr(result.trouble, words) == NULL)
    g_error("\"%s\" is not in \"%s\"", words, result.trouble);
  ds_station_drive_result_clear(&result);
  test_fixture_assert_no_refs(&self->base);
}

static void
refuses_named(Fixture *self, const char *unit, int code, const char *words)
{
  const DsStationDriveOptions options = {.unit = unit};
  g_autoptr(GError) error = NULL;
  DsStationDriveResult result;

  g_assert_false(ds_station_drive(self->base.station, self->stick, &options, &result, &error));
  test_assert_error(&error, code, words);
  ds_station_drive_result_clear(&result);
}

/* What the only home container brings, as a unit would say that it has it. */
static GArray *
all_taken(Fixture *self)
{
  g_autoptr(GPtrArray) homes = test_stick_homes(self->stick);
  GArray *taken = g_array_new(FALSE, FALSE, sizeof(DsDriveTaken));

  g_assert_cmpuint(homes->len, ==, 1);
  for (guint i = 0; i < ds_drive_reader_head(homes->pdata[0])->count; i++) {
    g_autoptr(DsDriveItem) item = ds_drive_reader_item(homes->pdata[0], i, NULL);
    const DsDriveTaken one = {item->ref.seq, item->digest};
    g_array_append_val(taken, one);
  }
  return taken;
}

static char *
outbox(Fixture *self)
{
  return test_home_refs(self->base.home, "unit-7", "refs/outbox/");
}

/* ---- in ---- */

static void
test_in(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  g_autoptr(TestBundle) two = test_fixture_seal(&self->base, "a-2");
  const TestBundle *const bundles[] = {two, one};
  const TestOut out = {
      .station = ds_station_id(self->base.station), .bundles = bundles, .count = 2};

  put(self, &out);
  DsStationDriveResult result = drive_well(self, NULL);
  g_assert_cmpuint(result.units, ==, 1);
  g_assert_cmpuint(result.containers, ==, 1);
  g_assert_cmpuint(result.bundles, ==, 2);
  result = drive_well(self, NULL);
  g_assert_cmpuint(result.bundles, ==, 0);
  g_assert_cmpuint(result.known, ==, 2);
  g_assert_cmpuint(test_intake(self->base.station).durable, ==, 2);
  test_fixture_assert_heard(&self->base, one, "received verified durable");
  test_fixture_assert_heard(&self->base, two, "received verified durable");
  test_fixture_assert_no_refs(&self->base);
}

/* Nobody's key comes with a stick: a stranger's bundle is not even quarantined. */
static void
test_stranger(Fixture *self, gconstpointer data)
{
  g_autoptr(TestUnit) stranger = test_unit_new("unit-7", "036001");
  TestCase what = {.local = "a-1"};
  g_autoptr(TestBundle) forged =
      test_unit_seal(stranger, ds_station_directory(self->base.station), &what);
  const TestBundle *const bundles[] = {forged};
  const TestOut out = {.bundles = bundles, .count = 1};

  put(self, &out);
  refuses(self, "was not taken");
  g_autofree char *aside = test_home_list(self->base.home, "quarantine/unit-7");
  g_assert_cmpstr(aside, ==, "");
  g_autoptr(GPtrArray) statements = test_unit_statements(self->base.unit, self->base.station);
  g_assert_cmpuint(statements->len, ==, 0);
}

static void
test_not_its_files(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  g_autoptr(TestBundle) two = test_fixture_seal(&self->base, "a-2");
  const TestBundle *const bundles[] = {one};
  const TestOut defects[] = {{.bundles = bundles, .count = 1, .leave = "chunk"},
                             {.bundles = bundles, .count = 1, .leave = "extra"},
                             {.bundles = bundles, .count = 1, .as = &two->id}};

  for (guint i = 0; i < G_N_ELEMENTS(defects); i++) {
    put(self, &defects[i]);
    refuses(self, i < 2 ? "its files are not the ones" : "its manifest is that of bundle");
    g_assert_true(ds_files_remove_tree(self->stick, NULL));
    g_assert_true(ds_files_make_dir(self->stick, NULL));
  }
}

/* A bundle of another unit of ours, on this unit's stick. */
static void
test_other_unit(Fixture *self, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  TestCase what = {.local = "b-1"};

  test_unit_enrol(other, self->base.station);
  g_autoptr(TestBundle) bundle =
      test_unit_seal(other, ds_station_directory(self->base.station), &what);
  const TestBundle *const bundles[] = {bundle};
  const TestOut out = {.bundles = bundles, .count = 1};
  put(self, &out);
  refuses(self, "of unit unit-8");
}

static void
test_revoked(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  const TestBundle *const bundles[] = {one};
  const TestOut out = {.bundles = bundles, .count = 1};
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_revoke_unit(self->base.station, "unit-7", 0, &error));
  put(self, &out);
  refuses(self, "unit unit-7 is revoked");
  refuses_named(self, "unit-7", DS_ERROR_REFUSED, "is revoked");
}

/* A revoked officer's bundle is the unit's all the same: it is judged, and the unit hears it. */
static void
test_revoked_officer(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  const TestBundle *const bundles[] = {one};
  const TestOut out = {.bundles = bundles, .count = 1};
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_revoke_officer(self->base.station, "036001", 0, &error));
  put(self, &out);
  g_assert_cmpuint(drive_well(self, NULL).bundles, ==, 1);
  g_assert_cmpuint(test_intake(self->base.station).quarantined, ==, 1);
  test_fixture_assert_heard(&self->base, one, "quarantined");
}

static void
test_not_enrolled(Fixture *self, gconstpointer data)
{
  const TestOut out = {.unit = "unit-99"};

  put(self, &out);
  put(self, &out);
  refuses(self, "unit unit-99 is not enrolled"); /* once, however many files */
  refuses_named(self, "unit-99", DS_ERROR_NOT_FOUND, "not in the directory");
}

static void
test_other_station(Fixture *self, gconstpointer data)
{
  const TestOut out = {.station = "elsewhere"};

  put(self, &out);
  refuses(self, "is for station elsewhere");
}

/* One container that is not sound keeps no other from the station. */
static void
test_one_broken(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  const TestBundle *const bundles[] = {one};
  const TestOut out = {.bundles = bundles, .count = 1};
  g_autofree char *path = g_build_filename(self->stick, "doorstep-unit-7-out-0000000002.dsd", NULL);

  put(self, &out);
  put(self, &out);
  g_assert_cmpint(truncate(path, 300), ==, 0);
  DsStationDriveResult result = drive(self, NULL);
  g_assert_cmpuint(result.bundles, ==, 1);
  g_assert_cmpuint(result.refused, ==, 1);
  g_assert_nonnull(strstr(result.trouble, "ends in the middle"));
  ds_station_drive_result_clear(&result);
}

/* A unit's share holds for a stick as for a push. */
static void
test_quota(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  const TestBundle *const bundles[] = {one};
  const TestOut out = {.bundles = bundles, .count = 1};

  self->base.station->settings->limits.quota = 1000;
  put(self, &out);
  refuses(self, "waiting at the station and may have 1000 bytes");
  self->base.station->settings->limits.quota = 0;
  g_assert_cmpuint(drive_well(self, NULL).bundles, ==, 1);
}

/* ---- out ---- */

static void
test_home(Fixture *self, gconstpointer data)
{
  DsStationDriveResult result = drive_well(self, "unit-7");

  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.messages, ==, 1);
  g_autofree char *published = outbox(self);
  g_assert_cmpstr(published, ==, "refs/outbox/0000000001-directory");
  result = drive_well(self, "unit-7");
  g_assert_cmpuint(result.written + result.removed, ==, 0);

  /* more to say: a new container with all of it, and the old one goes */
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  test_push(self->base.home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(self->base.station);
  result = drive_well(self, "unit-7");
  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.messages, ==, 2);
  g_assert_cmpuint(result.removed, ==, 1);
  g_autoptr(GPtrArray) homes = test_stick_homes(self->stick);
  g_assert_cmpuint(homes->len, ==, 1);
  g_assert_cmpuint(ds_drive_reader_head(homes->pdata[0])->batch, ==, 2);
}

/* A home container that rotted on the stick is written anew. */
static void
test_damaged_home(Fixture *self, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename(self->stick, "doorstep-unit-7-home-0000000001.dsd", NULL);
  g_auto(DsFd) fd = -1;

  drive_well(self, "unit-7");
  fd = open(path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint(pwrite(fd, "?????", 5, 400), ==, 5);
  DsStationDriveResult result = drive_well(self, "unit-7");
  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.removed, ==, 1);
}

/* What was decided and not published yet travels along. */
static void
test_pending(Fixture *self, gconstpointer data)
{
  g_assert_true(ds_station_publish_again(self->base.station, "unit-7", 1, NULL));
  g_assert_cmpuint(drive_well(self, "unit-7").messages, ==, 2);
}

/* Who has something else under that number has not heard it. */
static void
test_taken(Fixture *self, gconstpointer data)
{
  drive_well(self, "unit-7");
  g_autoptr(GArray) taken = all_taken(self);
  const TestOut out = {.taken = taken};

  g_array_index(taken, DsDriveTaken, 0).content.bytes[0] ^= 1;
  put(self, &out);
  DsStationDriveResult result = drive_well(self, NULL);
  g_assert_cmpuint(result.acknowledged, ==, 0);
  g_autofree char *before = outbox(self);
  g_assert_cmpstr(before, ==, "refs/outbox/0000000001-directory");

  g_array_index(taken, DsDriveTaken, 0).content.bytes[0] ^= 1;
  put(self, &out);
  result = drive_well(self, NULL);
  g_assert_cmpuint(result.acknowledged, ==, 1);
  g_assert_cmpuint(result.removed, ==, 1);
  g_autofree char *after = outbox(self);
  g_assert_cmpstr(after, ==, "");
}

static gboolean
no_items(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  return TRUE;
}

/* Another station's container is not ours to remove. */
static void
test_foreign_home(Fixture *self, gconstpointer data)
{
  g_autoptr(DsDriveHead) head = ds_drive_head_new(DS_DRIVE_HOME, "unit-7", "elsewhere", 41);
  g_autoptr(DsStick) stick = ds_stick_open(self->stick, NULL);
  const DsStickWatch watch = {0};
  guint64 bytes;

  g_assert_true(ds_stick_write(stick, head, no_items, NULL, &watch, &bytes, NULL));
  DsStationDriveResult result = drive_well(self, "unit-7");
  g_assert_cmpuint(result.written, ==, 1);
  g_assert_cmpuint(result.removed, ==, 0);
  g_autoptr(GPtrArray) homes = test_stick_homes(self->stick);
  g_assert_cmpuint(homes->len, ==, 2);
  g_assert_cmpuint(ds_drive_reader_head(homes->pdata[1])->batch, ==, 42);
}

/* The front desk needs no passphrase for any of this. */
static void
test_locked(Fixture *self, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(&self->base, "a-1");
  const TestBundle *const bundles[] = {one};
  const TestOut out = {.bundles = bundles, .count = 1};

  put(self, &out);
  g_clear_pointer(&self->base.station, ds_station_free);
  self->base.station = test_home_open(self->base.home, FALSE);
  DsStationDriveResult result = drive_well(self, NULL);
  g_assert_cmpuint(result.bundles, ==, 1);
  g_assert_cmpuint(test_intake(self->base.station).received, ==, 1);
  result = drive_well(self, NULL);
  g_assert_cmpuint(result.known, ==, 1);
  g_assert_cmpuint(result.messages, ==, 2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add("/station/drive/" name, Fixture, NULL, set_up, function, tear_down)
  ADD("in", test_in);
  ADD("stranger", test_stranger);
  ADD("not-its-files", test_not_its_files);
  ADD("other-unit", test_other_unit);
  ADD("revoked", test_revoked);
  ADD("revoked-officer", test_revoked_officer);
  ADD("not-enrolled", test_not_enrolled);
  ADD("other-station", test_other_station);
  ADD("one-broken", test_one_broken);
  ADD("quota", test_quota);
  ADD("home", test_home);
  ADD("damaged-home", test_damaged_home);
  ADD("pending", test_pending);
  ADD("taken", test_taken);
  ADD("foreign-home", test_foreign_home);
  ADD("locked", test_locked);
  return g_test_run();
}
