/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/dispatch.h"

#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "station/members.h"
#include "station/test-unit.h"

typedef struct {
  TestHome *home;
  TestUnit *unit;
  DsStation *station;
  char *schemas;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  f->home = test_home_new();
  f->unit = test_unit_new("unit-7", "036001");
  f->station = test_home_open(f->home, TRUE);
  test_unit_enrol(f->unit, f->station);
  f->schemas = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  g_clear_pointer(&f->station, ds_station_free);
  test_unit_free(f->unit);
  test_home_free(f->home);
  g_free(f->schemas);
}

static DsDispatchOrder
order_of(Fixture *f)
{
  DsDispatchOrder order = {.unit = "unit-7",
                           .trip_name = "红谷滩小学",
                           .jurisdiction = "jiangxi",
                           .region = "360111",
                           .police_station = "湖坊派出所",
                           .schemas = f->schemas};

  g_date_set_dmy(&order.trip_day, 1, G_DATE_SEPTEMBER, 2026);
  return order;
}

static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer data, GError **error)
{
  Fixture *f = data;
  char hex[DS_DIGEST_HEX_SIZE];

  return test_home_blob(f->home, "unit-7", "refs/outbox/0000000002-dispatch",
                        ds_digest_to_hex(sha256, hex));
}

static gboolean
keep_plain(const void *plain, gsize size, gpointer data, GError **error)
{
  g_string_append_len(data, plain, (gssize)size);
  return TRUE;
}

/* The dispatch as the unit opens it. */
static DsRecord *
open_dispatch(Fixture *f, const char *ref)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) manifest_bytes = test_home_blob(f->home, "unit-7", ref, "manifest");
  g_autoptr(GBytes) record_bytes = test_home_blob(f->home, "unit-7", ref, "record");
  g_autoptr(DsManifest) manifest =
      ds_manifest_verify(manifest_bytes, ds_station_directory(f->station), &error);

  g_assert_no_error(error);
  g_assert_cmpint(manifest->kind, ==, DS_BUNDLE_DISPATCH);
  g_assert_cmpstr(manifest->unit, ==, "unit-7");
  DsRecord *record = ds_open_record(manifest, record_bytes, f->unit->encrypt, &error);
  g_assert_no_error(error);
  return record;
}

static guint
count_slot(const DsRecord *record, const char *slot)
{
  guint count = 0;

  for (guint i = 0; i < record->parts->len; i++)
    count += strcmp(((const DsRecordPart *)record->parts->pdata[i])->slot, slot) == 0 ? 1 : 0;
  return count;
}

static void
test_whole(Fixture *f, gconstpointer data)
{
  g_autofree char *number = test_number(11);
  g_autofree char *csv = g_strdup_printf("applicant.name,applicant.number\n王芳,%s\n", number);
  g_autoptr(GBytes) bytes = g_bytes_new(csv, strlen(csv));
  g_autoptr(GError) error = NULL;
  DsDispatchOrder order = order_of(f);
  g_autoptr(DsRoster) roster = ds_roster_read(bytes, "class.csv", &order.trip_day, NULL, &error);
  g_autoptr(GString) plain = g_string_new(NULL);

  g_assert_no_error(error);
  order.roster = roster;
  g_autofree char *trip = ds_station_dispatch(f->station, &order, &error);
  g_assert_no_error(error);
  g_autoptr(DsRecord) record = open_dispatch(f, "refs/outbox/0000000002-dispatch");
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "trip.id"), ==, trip);
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "trip.name"), ==, "红谷滩小学");
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "trip.day"), ==, "2026-09-01");
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "trip.region"), ==, "360111");
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "trip.police-station"), ==, "湖坊派出所");
  g_assert_null(g_hash_table_lookup(record->fields, "trip.police-bureau"));
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "officers"), ==, "036001");
  g_assert_cmpuint(count_slot(record, "roster"), ==, 1);
  g_assert_cmpuint(count_slot(record, "pack"), >=, 1);
  g_assert_cmpuint(count_slot(record, "service"), >=, 1);
  g_assert_cmpuint(count_slot(record, "table"), >=, 1);

  const DsRecordPart *part = record->parts->pdata[0];
  g_assert_cmpstr(part->slot, ==, "roster");
  g_assert_true(ds_open_part(part, NULL, fetch_chunk, f, keep_plain, plain, &error));
  g_assert_no_error(error);
  g_assert_nonnull(strstr(plain->str, number));

  /* the next one follows it in the row */
  order.trip_id = "trip-2";
  g_autofree char *second = ds_station_dispatch(f->station, &order, &error);
  g_assert_cmpstr(second, ==, "trip-2");
  g_autoptr(DsRecord) next = open_dispatch(f, "refs/outbox/0000000003-dispatch");
  g_assert_cmpuint(next->seq, ==, 2);
  g_assert_true(next->has_prev);
}

static void
assert_refused(Fixture *f, const DsDispatchOrder *order, int code, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *refs = NULL;

  g_assert_null(ds_station_dispatch(f->station, order, &error));
  test_assert_error(&error, code, words);
  refs = test_home_refs(f->home, "unit-7", "refs/outbox/");
  g_assert_null(strstr(refs, "dispatch"));
}

static void
test_refusals(Fixture *f, gconstpointer data)
{
  const char *const nobody[] = {"999999", NULL};
  DsDispatchOrder order = order_of(f);
  g_autoptr(GError) error = NULL;

  order.unit = "unit-9";
  assert_refused(f, &order, DS_ERROR_INVALID, "enrol it first");
  order = order_of(f);
  order.region = "36011";
  assert_refused(f, &order, DS_ERROR_INVALID, "six digits");
  order.region = "360111";
  order.police_bureau = "atlantis-east";
  assert_refused(f, &order, DS_ERROR_INVALID, "\"atlantis-east\" is no id of tables/police-units");
  order.police_bureau = NULL;
  order.police_station = "湖坊\n派出所";
  assert_refused(f, &order, DS_ERROR_INVALID, "on one line");
  order.police_station = "";
  assert_refused(f, &order, DS_ERROR_INVALID, "1 to 300 bytes");
  order.police_station = NULL;
  order = order_of(f);
  order.officers = nobody;
  assert_refused(f, &order, DS_ERROR_INVALID, "officer \"999999\" is not in the directory");
  order = order_of(f);
  order.jurisdiction = "atlantis";
  assert_refused(f, &order, DS_ERROR_NOT_FOUND, "atlantis");
  order = order_of(f);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  assert_refused(f, &order, DS_ERROR_LOCKED, "passphrase");
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  g_assert_true(ds_station_revoke_unit(f->station, "unit-7", 0, &error));
  assert_refused(f, &order, DS_ERROR_INVALID, "revoked");
}

#define ADD(name, function) \
  g_test_add("/station/dispatch/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("whole", test_whole);
  ADD("refusals", test_refusals);
  return g_test_run();
}
