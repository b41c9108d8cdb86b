/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A laptop is gone. */
#include "station/lost.h"

#include <string.h>

#include "base/error.h"
#include "station/members.h"
#include "station/sent.h"
#include "station/station-private.h"
#include "station/test-fixture.h"

/* Sends @unit out with three people of @numbers. */
static void
dispatch(TestFixture *f, const char *unit, const char *trip, char *const *numbers)
{
  g_autofree char *schemas = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
  g_autoptr(GString) csv = g_string_new("姓名,公民身份号码\n");
  g_autoptr(GError) error = NULL;
  GDate today;

  for (guint i = 0; numbers[i] != NULL; i++)
    g_string_append_printf(csv, "王小%u,%s\n", i + 1, numbers[i]);
  g_date_set_dmy(&today, 1, G_DATE_SEPTEMBER, 2026);
  g_autoptr(GBytes) bytes = g_bytes_new(csv->str, csv->len);
  g_autoptr(DsRoster) roster = ds_roster_read(bytes, "roster", &today, NULL, &error);
  g_assert_no_error(error);
  DsDispatchOrder order = {.unit = unit,
                           .trip_id = trip,
                           .trip_name = "红谷滩小学",
                           .trip_day = today,
                           .jurisdiction = "jiangxi",
                           .region = "360111",
                           .schemas = schemas,
                           .roster = roster};
  g_autofree char *sent = ds_station_dispatch(f->station, &order, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(sent, ==, trip);
}

static JsonObject *
person(JsonNode *lost, guint index)
{
  return json_array_get_object_element(
      json_object_get_array_member(json_node_get_object(lost), "people"), index);
}

static gint64
count(JsonNode *lost, const char *name)
{
  return json_object_get_int_member(json_node_get_object(lost), name);
}

static void
test_lost(TestFixture *f, gconstpointer data)
{
  g_auto(GStrv) numbers = g_new0(char *, 4);
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036001");
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    numbers[i] = test_number(i + 1);
  test_unit_enrol(other, f->station); /* the same officer has a key on another laptop */
  dispatch(f, "unit-7", "t-1", numbers);
  dispatch(f, "unit-7", "t-2", numbers);
  dispatch(f, "unit-8", "t-3", numbers);
  TestCase in = {.local = "a-1", .trip = "t-1", .number = numbers[1], .name = "王小2"};
  g_autoptr(TestBundle) came = test_unit_seal(f->unit, ds_station_directory(f->station), &in);
  test_push(f->home, "unit-7", came, TEST_PUSH_WHOLE);
  test_intake(f->station);

  g_autoptr(JsonNode) lost =
      ds_station_lost(f->station, "unit-7", "在客运站遗失", 0, "036900", &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(lost, "held"), ==, 6);
  g_assert_cmpint(count(lost, "here"), ==, 1);
  g_assert_cmpint(count(lost, "again"), ==, 5);
  g_assert_false(json_object_get_boolean_member(person(lost, 0), "here"));
  g_assert_true(json_object_get_boolean_member(person(lost, 1), "here"));
  g_assert_cmpstr(json_object_get_string_member(person(lost, 1), "case"), ==, "unit-7/a-1");
  g_assert_cmpstr(json_object_get_string_member(person(lost, 1), "number"), ==, numbers[1]);
  /* the same person stands on another trip's list, too, and was not taken there */
  g_assert_false(json_object_get_boolean_member(person(lost, 4), "here"));

  /* only this laptop's keys are dead */
  const DsDirectory *directory = ds_station_directory(f->station);
  g_assert_cmpint(ds_directory_find_unit(directory, "unit-7")->revoked_us, !=, 0);
  g_assert_cmpint(ds_directory_find_unit(directory, "unit-8")->revoked_us, ==, 0);
  g_assert_cmpint(
      ds_directory_find_officer_key(directory, ds_key_kid(f->unit->officer_key))->revoked_us, !=,
      0);
  g_assert_cmpint(
      ds_directory_find_officer_key(directory, ds_key_kid(other->officer_key))->revoked_us, ==, 0);
  g_assert_null(ds_station_serve_path(f->home->home, "unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "revoked");

  /* what waited for it went back; what waited for the other did not */
  g_autofree char *mine = test_home_refs(f->home, "unit-7", "refs/outbox/");
  g_autofree char *theirs = test_home_refs(f->home, "unit-8", "refs/outbox/");
  g_assert_null(strstr(mine, "-dispatch"));
  g_assert_nonnull(strstr(theirs, "-dispatch"));

  g_autofree char *csv = ds_lost_to_csv(lost);
  g_assert_nonnull(strstr(csv, "\"t-1\",\"红谷滩小学\",\"2026-09-01\",\"王小2\","));
  g_assert_nonnull(strstr(csv, "\"unit-7/a-1\",\"review\",2,yes\r\n"));

  /* a trip that was closed on the laptop left nobody there */
  g_assert_true(ds_station_close_trip(f->station, "t-2", &error));
  g_assert_true(ds_station_close_trip(f->station, "t-2", &error));
  g_autoptr(JsonNode) again = ds_station_lost(f->station, "unit-7", "再次列出", 0, "x", &error);
  g_assert_cmpint(count(again, "held"), ==, 3);
  g_assert_false(ds_station_close_trip(f->station, "t-9", &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "no trip \"t-9\" was dispatched");
}

/* A trip that is sent again, shorter, and to a second unit: the first laptop holds what it held. */
static void
test_sent_again(TestFixture *f, gconstpointer data)
{
  g_auto(GStrv) numbers = g_new0(char *, 4);
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    numbers[i] = test_number(i + 1);
  char *const last[] = {numbers[2], NULL};
  test_unit_enrol(other, f->station);
  dispatch(f, "unit-7", "t-1", numbers);
  dispatch(f, "unit-7", "t-1", last);
  dispatch(f, "unit-8", "t-1", last);

  g_autoptr(JsonNode) lost = ds_station_lost(f->station, "unit-7", "x", 0, "x", &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(lost, "held"), ==, 3);
  for (guint i = 0; i < 3; i++) {
    gboolean found = FALSE;
    for (guint j = 0; j < 3; j++)
      found |= g_str_equal(json_object_get_string_member(person(lost, j), "number"), numbers[i]);
    g_assert_true(found);
  }
  g_autoptr(JsonNode) second = ds_station_lost(f->station, "unit-8", "x", 0, "x", &error);
  g_assert_cmpint(count(second, "held"), ==, 1);
}

/* A name alone tells nobody apart: with two of it on the list, one case is no answer for both. */
static void
test_same_name(TestFixture *f, gconstpointer data)
{
  static const char *const nobody[] = {"", "", NULL};
  g_autoptr(GError) error = NULL;

  dispatch(f, "unit-7", "t-1", (char *const *)nobody);
  g_assert_true(ds_db_run(f->station->cases, &error, "UPDATE sent_person SET name = '王小1'", ""));
  TestCase in = {.local = "a-1", .trip = "t-1", .name = "王小1"};
  g_autoptr(TestBundle) came = test_unit_seal(f->unit, ds_station_directory(f->station), &in);
  test_push(f->home, "unit-7", came, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_autoptr(JsonNode) lost = ds_station_lost(f->station, "unit-7", "x", 0, "x", &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(lost, "held"), ==, 2);
  g_assert_cmpint(count(lost, "here"), ==, 0);
}

static void
test_refusals(TestFixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_station_lost(f->station, "unit-7", "", 0, "x", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "the reason is missing");
  g_assert_null(ds_station_lost(f->station, "unit-9", "x", 0, "x", &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "unit-9");
  g_assert_cmpint(ds_directory_find_unit(ds_station_directory(f->station), "unit-7")->revoked_us,
                  ==, 0);
  g_autoptr(JsonNode) nobody = ds_station_lost(f->station, "unit-7", "x", 0, "x", &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(nobody, "held"), ==, 0);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  g_assert_null(ds_station_lost(f->station, "unit-7", "x", 0, "x", &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "needs the station's passphrase");
}

/* A spreadsheet takes no cell for a formula. */
static void
test_csv(void)
{
  g_autoptr(JsonNode) lost = json_from_string(
      "{\"people\": [{\"trip\": \"=1+1\", \"name\": \"a\\\"b\", \"row\": 7, \"here\": false}]}",
      NULL);
  g_autofree char *csv = ds_lost_to_csv(lost);

  g_assert_nonnull(strstr(csv, "\r\n\"'=1+1\",\"\",\"\",\"a\"\"b\",\"\",\"\",\"\",7,no\r\n"));
}

#define ADD(name, function)                                                           \
  g_test_add("/station/lost/" name, TestFixture, NULL, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("lost", test_lost);
  ADD("sent-again", test_sent_again);
  ADD("same-name", test_same_name);
  ADD("refusals", test_refusals);
  g_test_add_func("/station/lost/csv", test_csv);
  return g_test_run();
}
