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
#include "station/test-pack.h"

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
  gboolean already = TRUE;
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_accept(f->station, "a-1", "036900", &already, &error));
  g_assert_false(already);
  g_assert_true(ds_station_accept(f->station, "a-1", "036900", &already, &error));
  g_assert_true(already);
  assert_state(f, "a-1", "accepted");
  g_autofree char *heard = test_unit_heard(f->unit, f->station, &bundle->id);
  g_assert_cmpstr(heard, ==, "received verified durable accepted");
  g_autoptr(JsonNode) accepted = ds_station_list_cases(f->station, "accepted", &error);
  g_autoptr(JsonNode) open = ds_station_list_cases(f->station, "review", &error);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(accepted)), ==, 1);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(open)), ==, 0);
}

static void
expect_return_fails(TestFixture *f, const DsReturnOrder *order, const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_return(f->station, "a-1", order, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_INVALID, words);
}

static void
test_return(TestFixture *f, gconstpointer data)
{
  static const char *const colour[] = {"photo", "colour", NULL}, *const none[] = {NULL},
                           *const two[] = {"fingerprint", "photo", "photo", NULL};
  GDate due;
  DsReturnOrder order = {.categories = two, .detail = "背景不纯白，指纹不清", .due = &due};
  TestCase what = {.local = "a-1"}, mended = {.local = "a-1", .version = 2};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  g_autoptr(GError) error = NULL;

  g_date_set_dmy(&due, 4, G_DATE_SEPTEMBER, 2026);
  expect_return_fails(f, &(DsReturnOrder){colour, "x", &due, NULL},
                      "\"colour\" is none of text, photo, fingerprint, other");
  expect_return_fails(f, &(DsReturnOrder){none, "x", &due, NULL}, "say what is wrong");
  expect_return_fails(f, &(DsReturnOrder){NULL, "x", &due, NULL}, "say what is wrong");
  expect_return_fails(f, &(DsReturnOrder){two, "", &due, NULL},
                      "the detail of a return is missing");
  expect_return_fails(f, &(DsReturnOrder){two, NULL, &due, NULL},
                      "the detail of a return is missing");
  g_assert_true(ds_station_return(f->station, "a-1", &order, "036900", NULL, &error));
  assert_state(f, "a-1", "returned");
  {
    g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
    GHashTable *detail = last_word(statements)->detail;
    g_assert_cmpint(last_word(statements)->state, ==, DS_STATE_RETURNED);
    g_assert_cmpstr(g_hash_table_lookup(detail, "category"), ==, "photo fingerprint");
    g_assert_cmpstr(g_hash_table_lookup(detail, "text"), ==, "背景不纯白，指纹不清");
    g_assert_cmpstr(g_hash_table_lookup(detail, "due"), ==, "2026-09-04");
    g_assert_cmpstr(g_hash_table_lookup(detail, "urgency"), ==, "normal");
  }

  mended.replaces = bundle;
  g_autoptr(TestBundle) second = bring(f, f->unit, &mended);
  assert_state(f, "a-1", "review");
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "a-1", &error);
  JsonObject *shown = json_node_get_object(node);
  g_assert_false(json_object_has_member(shown, "due"));
  JsonArray *history = json_object_get_array_member(shown, "history");
  g_assert_cmpuint(json_array_get_length(history), ==, 3);
  g_assert_cmpstr(json_object_get_string_member(json_array_get_object_element(history, 1), "by"),
                  ==, "036900");
}

/* Without a day the case's own rules say it; without them nobody makes one up. */
static void
test_return_by_the_rules(TestFixture *f, gconstpointer data)
{
  static const char *const text[] = {"text", NULL};
  g_autofree char *schemas = test_pack_schemas(f->home->dir);
  TestCase nowhere = {.local = "a-1"},
           timed = {.local = "a-2",
                    .schemas = schemas,
                    .pack = "test-silent",
                    .urgency = "expedited"},
           untimed = {.local = "a-3", .schemas = schemas, .pack = "test-free"};
  DsReturnOrder order = {.categories = text, .detail = "住址有误", .schemas = schemas};
  g_autoptr(TestBundle) one = bring(f, f->unit, &nowhere), two = bring(f, f->unit, &timed),
                        three = bring(f, f->unit, &untimed);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_return(f->station, "a-1", &order, "x", NULL, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "give the day");
  g_assert_true(ds_station_return(f->station, "a-2", &order, "x", NULL, &error));
  g_assert_no_error(error);
  {
    g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
    GHashTable *detail = last_word(statements)->detail;
    g_assert_cmpstr(g_hash_table_lookup(detail, "urgency"), ==, "expedited");
    g_assert_nonnull(g_hash_table_lookup(detail, "due"));
  }
  g_assert_true(ds_station_return(f->station, "a-3", &order, "x", NULL, &error));
  g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
  g_assert_false(g_hash_table_contains(last_word(statements)->detail, "due"));
  assert_state(f, "a-3", "returned");
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

static JsonArray *
versions_of(TestFixture *f, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = ds_station_show_case(f->station, name, &error);

  g_assert_no_error(error);
  return json_array_ref(json_object_get_array_member(json_node_get_object(node), "versions"));
}

/* v1 ← v2 ← v3: the last one brings only words, its pictures stand in the first two. */
static void
test_chain(TestFixture *f, gconstpointer data)
{
  TestCase v1 = {.local = "e-1"}, v2 = {.local = "e-1", .version = 2},
           v3 = {.local = "e-1", .version = 3, .name = "王晓明", .fields_only = TRUE};
  g_autofree char *dir = g_build_filename(f->home->dir, "out", NULL);
  g_autoptr(GError) error = NULL;
  guint parts = 0;

  g_autoptr(TestBundle) one = bring(f, f->unit, &v1);
  v2.replaces = one;
  g_autoptr(TestBundle) two = bring(f, f->unit, &v2);
  v3.replaces = two;
  g_autoptr(TestBundle) three = bring(f, f->unit, &v3);
  g_assert_cmpuint(g_hash_table_size(three->chunks), ==, 0);
  test_fixture_assert_heard(f, one, "received verified durable superseded");
  test_fixture_assert_heard(f, two, "received verified durable superseded");
  test_fixture_assert_heard(f, three, "received verified durable");

  g_autoptr(JsonArray) versions = versions_of(f, "e-1");
  g_assert_cmpuint(json_array_get_length(versions), ==, 3);
  for (guint i = 0; i < 3; i++) {
    JsonObject *version = json_array_get_object_element(versions, i);
    g_assert_cmpint(json_object_get_int_member(version, "version"), ==, i + 1);
    g_assert_cmpint(json_object_get_boolean_member(version, "superseded"), ==, i < 2);
  }

  /* the newest, whole, and what it came from */
  g_assert_true(ds_station_export_case(f->station, "e-1", dir, &parts, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(parts, ==, 2);
  check_sums(dir);
  g_autofree char *path = g_build_filename(dir, "record.json", NULL);
  g_autofree char *json = NULL;
  g_assert_true(g_file_get_contents(path, &json, NULL, NULL));
  g_assert_nonnull(strstr(json, "王晓明"));
  for (guint i = 0; i < 3; i++) {
    TestBundle *bundles[] = {one, two, three};
    char hex[DS_DIGEST_HEX_SIZE];
    g_assert_nonnull(strstr(json, ds_digest_to_hex(&bundles[i]->id, hex)));
  }
}

static void
test_refused_in_field(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "r-1", .outcome = DS_CASE_OUTCOME_REFUSED};
  g_autoptr(TestBundle) bundle = bring(f, f->unit, &what);
  gboolean already = FALSE;
  g_autoptr(GError) error = NULL;

  assert_state(f, "r-1", "refused");
  g_assert_false(ds_station_accept(f->station, "r-1", "x", &already, &error));
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
  gboolean already = FALSE;
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_station_accept(f->station, "a-2", "x", &already, &error));
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
  ADD("return-by-the-rules", test_return_by_the_rules);
  ADD("chain", test_chain);
  ADD("refused-in-field", test_refused_in_field);
  ADD("duplicates", test_duplicates);
  ADD("export", test_export);
  ADD("rotten-archive", test_rotten_archive);
  ADD("report", test_report);
  return g_test_run();
}
