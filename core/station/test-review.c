/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/review.h"

#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "station/export.h"
#include "station/report.h"
#include "station/station-private.h"
#include "station/test-fixture.h"

/* Sealed by @unit, pushed, taken in. */
static TestBundle *
bring(TestFixture *f, TestUnit *unit, const TestCase *what)
{
  TestBundle *bundle = test_unit_seal(unit, ds_station_directory(f->station), what);

  test_push(f->home, unit->id, bundle, TEST_PUSH_WHOLE);
  test_intake(f->station);
  return bundle;
}

static char *
state_of(TestFixture *f, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, name, &error);

  g_assert_no_error(error);
  return g_strdup(json_object_get_string_member(json_node_get_object(node), "state"));
}

static void
assert_state(TestFixture *f, const char *name, const char *expected)
{
  g_autofree char *state = state_of(f, name);

  g_assert_cmpstr(state, ==, expected);
}

static const DsStatement *
last_word(GPtrArray *statements)
{
  return statements->pdata[statements->len - 1];
}

static void
test_names(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  TestCase what = {.local = "n-1"};
  g_autoptr(GError) error = NULL;
  char hex[DS_DIGEST_HEX_SIZE];

  test_unit_enrol(other, f->station);
  g_autoptr(TestBundle) mine = bring(f, f->unit, &what);
  assert_state(f, "n-1", "review");
  ds_digest_to_hex(&mine->id, hex);
  hex[8] = '\0';
  assert_state(f, hex, "review");
  g_assert_null(ds_station_show_case(f->station, "n-2", &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "no case is called \"n-2\"");

  g_autoptr(TestBundle) theirs = bring(f, other, &what);
  g_assert_null(ds_station_show_case(f->station, "n-1", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "give UNIT/LOCAL-NUMBER");
  assert_state(f, "unit-8/n-1", "review");
}

static void
test_accept(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "a-1"};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_accept(f->station, "a-1", "036900", &error));
  g_assert_true(ds_station_accept(f->station, "a-1", "036900", &error));
  assert_state(f, "a-1", "accepted");
  g_autofree char *heard = test_unit_heard(f->unit, f->station, &bundle->id);
  g_assert_cmpstr(heard, ==, "received verified durable accepted");
  g_autoptr(JsonNode) accepted = ds_station_list_cases(f->station, "accepted", &error);
  g_autoptr(JsonNode) open = ds_station_list_cases(f->station, "review", &error);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(accepted)), ==, 1);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(open)), ==, 0);
}

static void
test_return(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "a-1"}, mended = {.local = "a-1", .version = 2};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  g_autofree char *schemas = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
  g_autoptr(GError) error = NULL;
  GDate due;

  g_date_set_dmy(&due, 4, G_DATE_SEPTEMBER, 2026);
  g_assert_false(ds_station_return(f->station, "a-1", "colour", "x", &due, NULL, "x", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "none of text, photo, fingerprint, other");
  g_assert_false(ds_station_return(f->station, "a-1", "photo", "", &due, NULL, "x", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "the detail of a return is missing");
  g_assert_true(
      ds_station_return(f->station, "a-1", "photo", "背景不纯白", &due, NULL, "036900", &error));
  assert_state(f, "a-1", "returned");
  {
    g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
    const DsStatement *said = last_word(statements);
    g_assert_cmpint(said->state, ==, DS_STATE_RETURNED);
    g_assert_cmpstr(g_hash_table_lookup(said->detail, "category"), ==, "photo");
    g_assert_cmpstr(g_hash_table_lookup(said->detail, "text"), ==, "背景不纯白");
    g_assert_cmpstr(g_hash_table_lookup(said->detail, "due"), ==, "2026-09-04");
  }

  /* without a date: three working days by the table; FALSE only when the table is not there */
  g_assert_true(
      ds_station_return(f->station, "a-1", "text", "住址有误", NULL, schemas, "036900", &error));
  g_assert_no_error(error);

  mended.replaces = bundle;
  g_autoptr(TestBundle) second = bring(f, f->unit, &mended);
  assert_state(f, "a-1", "review");
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "a-1", &error);
  JsonObject *shown = json_node_get_object(node);
  g_assert_false(json_object_has_member(shown, "due"));
  JsonArray *history = json_object_get_array_member(shown, "history");
  g_assert_cmpuint(json_array_get_length(history), ==, 4);
  g_assert_cmpstr(json_object_get_string_member(json_array_get_object_element(history, 1), "by"),
                  ==, "036900");
}

static void
test_not_issue(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "a-1"};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_not_issue(f->station, "a-1", NULL, "x", &error));
  test_assert_error(&error, DS_ERROR_INVALID, "the reason is missing");
  g_assert_true(ds_station_not_issue(f->station, "a-1", "身份无法核实", "x", &error));
  g_assert_false(ds_station_accept(f->station, "a-1", "x", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"not-issued\"");
  g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
  g_assert_cmpstr(g_hash_table_lookup(last_word(statements)->detail, "reason"), ==, "身份无法核实");
}

static void
test_refused_in_field(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "r-1", .outcome = DS_CASE_OUTCOME_REFUSED};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  g_autoptr(GError) error = NULL;

  assert_state(f, "r-1", "refused");
  g_assert_false(ds_station_accept(f->station, "r-1", "x", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is \"refused\"");
}

static void
test_duplicates(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  g_autofree char *number = test_number(11), *unlike = test_number(12);
  TestCase what = {.local = "d-1", .number = number}, else_ = {.local = "d-2", .number = unlike},
           refused = {.local = "d-3", .number = number, .outcome = DS_CASE_OUTCOME_REFUSED};
  g_autoptr(GError) error = NULL;

  test_unit_enrol(other, f->station);
  g_autoptr(TestBundle) mine = bring(f, f->unit, &what);
  g_autoptr(TestBundle) third = bring(f, f->unit, &else_);
  g_autoptr(TestBundle) fourth = bring(f, f->unit, &refused);
  g_autoptr(TestBundle) theirs = test_unit_seal(other, ds_station_directory(f->station), &what);
  test_push(f->home, "unit-8", theirs, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.duplicates, ==, 1);

  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "unit-7/d-1", &error);
  JsonArray *others = json_object_get_array_member(json_node_get_object(node), "duplicates");
  g_assert_cmpuint(json_array_get_length(others), ==, 1);
  g_assert_cmpstr(json_array_get_string_element(others, 0), ==, "unit-8/d-1");

  g_assert_false(ds_station_mark_duplicate(f->station, "unit-7/d-2", "unit-7/d-1", "x", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "not about the same person");
  g_assert_true(ds_station_mark_duplicate(f->station, "unit-8/d-1", "unit-7/d-1", "x", &error));
  assert_state(f, "unit-8/d-1", "duplicate");
  assert_state(f, "unit-7/d-1", "review");
  g_autofree char *heard = test_unit_heard(other, f->station, &theirs->id);
  g_assert_cmpstr(heard, ==, "received verified durable duplicate");
}

/* What the folder says about itself is true, part by part. */
static void
check_sums(const char *dir)
{
  g_autofree char *path = g_build_filename(dir, "SHA256SUMS", NULL);
  g_autofree char *sums = NULL;
  guint checked = 0;

  g_assert_true(g_file_get_contents(path, &sums, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(g_strchomp(sums), "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *file = g_build_filename(dir, *line + 66, NULL);
    g_autoptr(GBytes) bytes = ds_files_read(file, 64 * 1024 * 1024, NULL);
    DsDigest digest = ds_digest_of_bytes(bytes);
    char hex[DS_DIGEST_HEX_SIZE];
    g_assert_true(g_str_has_prefix(*line, ds_digest_to_hex(&digest, hex)));
    checked++;
  }
  g_assert_cmpuint(checked, ==, 4);
}

static void
test_export(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "e-1"}, mended = {.local = "e-1", .version = 2};
  g_autoptr(TestBundle) one = bring(f, f->unit, &what);
  g_autofree char *dir = g_build_filename(f->home->dir, "out", "e-1", NULL);
  g_autoptr(GError) error = NULL;
  guint parts = 0;

  mended.replaces = one;
  g_autoptr(TestBundle) two = bring(f, f->unit, &mended);
  g_assert_true(ds_station_export_case(f->station, "e-1", dir, &parts, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(parts, ==, 2);
  check_sums(dir);
  g_autofree char *scan = g_build_filename(dir, "02-document.jpg", NULL);
  g_autoptr(GBytes) plain = ds_files_read(scan, 1024 * 1024, &error);
  g_assert_cmpuint(g_bytes_get_size(plain), ==, 700 * 1024);

  /* no key leaves the station */
  g_autofree char *path = g_build_filename(dir, "record.cbor", NULL);
  g_autoptr(GBytes) cbor = ds_files_read(path, 1024 * 1024, &error);
  const DsRecordPart *photo = two->kept->parts->pdata[0];
  g_assert_null(memmem(g_bytes_get_data(cbor, NULL), g_bytes_get_size(cbor),
                       ds_secret_data(photo->key), ds_secret_size(photo->key)));
  g_assert_false(ds_station_export_case(f->station, "e-1", dir, &parts, &error));
  test_assert_error(&error, DS_ERROR_EXISTS, "is not empty");
}

static void
damage_archive(TestFixture *f, guint index, const char *hex)
{
  const DsArchive *archive = f->station->archives->pdata[index];
  char head[3] = {hex[0], hex[1], '\0'};
  g_autofree char *path = g_build_filename(archive->path, "objects", head, hex, NULL);

  g_assert_true(g_file_set_contents(path, "rotten", 6, NULL));
}

static void
test_rotten_archive(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "e-1"};
  g_autoptr(TestBundle) one = bring(f, f->unit, &what);
  g_autofree char *dir = g_build_filename(f->home->dir, "out", NULL);
  g_autofree char *again = g_build_filename(f->home->dir, "again", NULL);
  const DsRecordPart *photo = one->kept->parts->pdata[0];
  char hex[DS_DIGEST_HEX_SIZE];
  g_autoptr(GError) error = NULL;
  guint parts = 0;

  ds_digest_to_hex(&g_array_index(photo->chunks, DsChunkRef, 0).sha256, hex);
  damage_archive(f, 0, hex);
  g_assert_true(ds_station_export_case(f->station, "e-1", dir, &parts, &error));
  damage_archive(f, 1, hex);
  g_assert_false(ds_station_export_case(f->station, "e-1", again, &parts, &error));
  test_assert_error(&error, DS_ERROR_FAILED, "restore one of them from a backup");
  g_assert_false(g_file_test(again, G_FILE_TEST_EXISTS));
}

static void
test_report(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "a-1"}, other = {.local = "a-2"};
  g_autoptr(TestBundle) one = bring(f, f->unit, &what), two = bring(f, f->unit, &other);
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_accept(f->station, "a-2", "x", &error));
  g_autoptr(JsonNode) node = ds_station_report(f->station, &error);
  JsonObject *cases = json_object_get_object_member(json_node_get_object(node), "cases");
  JsonObject *states = json_object_get_object_member(cases, "by_state");
  g_assert_cmpint(json_object_get_int_member(states, "review"), ==, 1);
  g_assert_cmpint(json_object_get_int_member(states, "accepted"), ==, 1);
  JsonObject *officers = json_object_get_object_member(cases, "by_officer");
  g_assert_cmpint(json_object_get_int_member(officers, "036001"), ==, 2);
  JsonObject *days = json_object_get_object_member(cases, "by_day");
  g_assert_cmpint(json_object_get_int_member(days, "2026-09-01"), ==, 2);
}

#define ADD(name, function)                                                             \
  g_test_add("/station/review/" name, TestFixture, NULL, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("names", test_names);
  ADD("accept", test_accept);
  ADD("return", test_return);
  ADD("not-issue", test_not_issue);
  ADD("refused-in-field", test_refused_in_field);
  ADD("duplicates", test_duplicates);
  ADD("export", test_export);
  ADD("rotten-archive", test_rotten_archive);
  ADD("report", test_report);
  return g_test_run();
}
