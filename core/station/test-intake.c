/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/intake.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "station/members.h"
#include "station/report.h"
#include "station/review.h"
#include "station/station-private.h"
#include "station/statements.h"
#include "station/test-fixture.h"

static void
test_whole(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1"), two = test_fixture_seal(f, "a-2");
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", two, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.seen, ==, 2);
  g_assert_cmpuint(counts.received, ==, 2);
  g_assert_cmpuint(counts.verified, ==, 2);
  g_assert_cmpuint(counts.durable, ==, 2);
  g_assert_cmpuint(counts.waiting + counts.failed + counts.quarantined, ==, 0);
  test_fixture_assert_heard(f, one, "received verified durable");
  test_fixture_assert_heard(f, two, "received verified durable");
  test_fixture_assert_no_refs(f);

  /* both archives hold every byte */
  for (guint i = 0; i < f->station->archives->len; i++) {
    const DsArchive *archive = f->station->archives->pdata[i];
    GHashTableIter iter;
    gpointer hex;
    g_hash_table_iter_init(&iter, one->chunks);
    while (g_hash_table_iter_next(&iter, &hex, NULL)) {
      DsDigest digest;
      g_assert_true(ds_digest_parse(&digest, hex));
      g_autoptr(GBytes) bytes = ds_store_read(archive->chunks, &digest, &error);
      g_assert_no_error(error);
      g_assert_true(g_bytes_equal(bytes, g_hash_table_lookup(one->chunks, hex)));
    }
  }
  /* the audit head comes back under the station's signature */
  g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
  const DsStatement *first = statements->pdata[0];
  g_assert_true(first->has_audit);

  counts = test_intake(f->station);
  g_assert_cmpuint(counts.seen + counts.received + counts.published, ==, 0);
  g_autofree char *outbox = test_home_refs(f->home, "unit-7", "refs/outbox/");
  g_assert_cmpstr(outbox, ==,
                  "refs/outbox/0000000001-directory\nrefs/outbox/0000000002-statements");
}

static void
test_repeated(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.repeated, ==, 1);
  g_assert_cmpuint(counts.received + counts.durable, ==, 0);
  g_assert_cmpuint(counts.published, ==, 1);
  test_fixture_assert_heard(f, one, "received verified durable");
  test_fixture_assert_no_refs(f);
}

static void
test_locked(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1"), bad = test_fixture_seal(f, "a-2");
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", bad, TEST_PUSH_FLIP_RECORD);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.received, ==, 1);
  g_assert_cmpuint(counts.quarantined, ==, 1);
  g_assert_cmpuint(counts.waiting, ==, 1);
  g_assert_cmpuint(counts.durable, ==, 0);
  test_fixture_assert_heard(f, one, "received");
  test_fixture_assert_heard(f, bad, "quarantined");
  g_assert_null(ds_station_list_cases(f->station, NULL, &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "passphrase");
  g_autoptr(JsonNode) bundles = ds_station_list_bundles(f->station, "received", &error);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(bundles)), ==, 1);

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  counts = test_intake(f->station);
  g_assert_cmpuint(counts.verified, ==, 1);
  g_assert_cmpuint(counts.durable, ==, 1);
  test_fixture_assert_heard(f, one, "received verified durable");
  test_fixture_assert_no_refs(f);
}

static void
assert_quarantined(TestFixture *f, const DsDigest *id, const char *words)
{
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *path = g_build_filename(f->home->home, "quarantine", "unit-7",
                                           ds_digest_to_hex(id, hex), "reason", NULL);
  g_autofree char *reason = NULL;

  g_assert_true(g_file_get_contents(path, &reason, NULL, NULL));
  if (strstr(reason, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", reason, words);
  g_autofree char *heard = test_unit_heard(f->unit, f->station, id);
  g_assert_true(g_str_has_suffix(heard, "quarantined"));
}

static void
test_broken(TestFixture *f, gconstpointer data)
{
  const struct {
    TestPush how;
    const char *words;
  } table[] = {
      {TEST_PUSH_FLIP_CHUNK, "was changed on the way"},
      {TEST_PUSH_FLIP_RECORD, "the record is not the one"},
      {TEST_PUSH_FLIP_MANIFEST, ""},
      {TEST_PUSH_DROP_CHUNK, "is missing"},
      {TEST_PUSH_EXTRA_CHUNK, "files, the manifest names"},
      {TEST_PUSH_WRONG_REF, "the manifest is that of bundle"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *local = g_strdup_printf("b-%u", i);
    g_autofree char *good_local = g_strdup_printf("g-%u", i);
    g_autoptr(TestBundle) bad = test_fixture_seal(f, local),
                          good = test_fixture_seal(f, good_local);
    DsDigest id = bad->id;
    if (table[i].how == TEST_PUSH_WRONG_REF)
      id.bytes[0] ^= 1;
    test_push(f->home, "unit-7", bad, table[i].how);
    test_push(f->home, "unit-7", good, TEST_PUSH_WHOLE);
    DsIntakeCounts counts = test_intake(f->station);
    g_assert_cmpuint(counts.quarantined, ==, 1);
    g_assert_cmpuint(counts.durable, ==, 1);
    test_fixture_assert_heard(f, good, "received verified durable");
    assert_quarantined(f, &id, table[i].words);
    test_fixture_assert_no_refs(f);

    /* the same again says nothing new, the whole one is taken */
    if (table[i].how == TEST_PUSH_WRONG_REF)
      continue;
    test_push(f->home, "unit-7", bad, table[i].how);
    counts = test_intake(f->station);
    g_assert_cmpuint(counts.quarantined, ==, 0);
    test_fixture_assert_no_refs(f);
    test_push(f->home, "unit-7", bad, TEST_PUSH_WHOLE);
    counts = test_intake(f->station);
    g_assert_cmpuint(counts.durable, ==, 1);
    test_fixture_assert_heard(f, bad, "quarantined received verified durable");
  }
}

static void
test_lying_record(TestFixture *f, gconstpointer data)
{
  TestCase what = {.local = "a-1", .wrong_plain = TRUE};
  g_autoptr(TestBundle) bundle = test_unit_seal(f->unit, ds_station_directory(f->station), &what);

  test_push(f->home, "unit-7", bundle, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.received, ==, 1);
  g_assert_cmpuint(counts.quarantined, ==, 1);
  test_fixture_assert_heard(f, bundle, "received quarantined");
  assert_quarantined(f, &bundle->id, "part photo-1");
  g_autoptr(GPtrArray) statements = test_unit_statements(f->unit, f->station);
  const DsStatement *last = statements->pdata[statements->len - 1];
  g_assert_nonnull(strstr(g_hash_table_lookup(last->detail, "reason"), "part photo-1"));
}

static void
test_strangers(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestUnit) other = test_unit_new("unit-8", "036002");
  g_autoptr(TestUnit) forger = test_unit_new("unit-7", "036001");
  g_autoptr(GError) error = NULL;
  TestCase what = {.local = "a-1"};

  test_unit_enrol(other, f->station);
  g_autoptr(TestBundle) theirs = test_unit_seal(other, ds_station_directory(f->station), &what);
  g_autoptr(TestBundle) forged = test_unit_seal(forger, ds_station_directory(f->station), &what);
  test_push(f->home, "unit-7", theirs, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", forged, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.quarantined, ==, 2);
  assert_quarantined(f, &theirs->id, "came through the repository of unit-7");
  assert_quarantined(f, &forged->id, "");

  g_autoptr(TestBundle) mine = test_fixture_seal(f, "a-2");
  g_assert_true(ds_station_revoke_officer(f->station, "036001", 0, &error));
  test_push(f->home, "unit-7", mine, TEST_PUSH_WHOLE);
  test_intake(f->station);
  assert_quarantined(f, &mine->id, "revoked");
}

/* What the station had before a revocation goes on; what comes later does not, and a revocation as
 * of an earlier day takes what came since along, unless it was verified. */
static void
test_revoked_between(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) verified = test_fixture_seal(f, "a-1"),
                        before = test_fixture_seal(f, "a-2"), after = test_fixture_seal(f, "a-3");
  gint64 start = g_get_real_time();
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", verified, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  test_push(f->home, "unit-7", before, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  g_assert_true(ds_station_revoke_unit(f->station, "unit-7", 0, &error));
  test_push(f->home, "unit-7", after, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, verified, "received verified durable");
  test_fixture_assert_heard(f, before, "received verified durable");
  test_fixture_assert_heard(f, after, "quarantined");
  assert_quarantined(f, &after->id, "revoked");

  g_assert_false(ds_station_revoke_unit(f->station, "unit-7", G_MAXINT64, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "from now or an earlier time on");
  g_assert_true(ds_station_revoke_unit(f->station, "unit-7", start, &error));
  test_intake(f->station);
  test_fixture_assert_heard(f, verified, "received verified durable");
}

static void
test_revoked_as_of(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) mine = test_fixture_seal(f, "a-1");
  gint64 start = g_get_real_time();
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  test_push(f->home, "unit-7", mine, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  g_assert_true(ds_station_revoke_unit(f->station, "unit-7", start, &error));
  test_intake(f->station);
  test_fixture_assert_heard(f, mine, "received quarantined");
  assert_quarantined(f, &mine->id, "revoked");
}

/* Whoever carries can put another bundle of the same unit under a name that was answered already.
 */
static void
test_exchanged(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) mine = test_fixture_seal(f, "a-1"), other = test_fixture_seal(f, "a-2");

  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, FALSE);
  test_push(f->home, "unit-7", mine, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_push_as(f->home, "unit-7", other, &mine->id, TEST_PUSH_WHOLE);
  g_clear_pointer(&f->station, ds_station_free);
  f->station = test_home_open(f->home, TRUE);
  test_intake(f->station);
  test_fixture_assert_heard(f, mine, "received quarantined");
  assert_quarantined(f, &mine->id, "was exchanged in the repository");

  test_push(f->home, "unit-7", mine, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_fixture_assert_heard(f, mine, "received quarantined received verified durable");
}

static void
test_cloned(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  f->unit->seq = 0;
  g_autoptr(TestBundle) again = test_fixture_seal(f, "a-1b"), next = test_fixture_seal(f, "a-2"),
                        far = NULL;
  g_autoptr(GError) error = NULL;

  f->unit->seq = 8;
  far = test_fixture_seal(f, "a-9");
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  test_push(f->home, "unit-7", again, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", next, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", far, TEST_PUSH_WHOLE);
  test_intake(f->station);
  assert_quarantined(f, &again->id, "sequence number 1 was used");
  test_fixture_assert_heard(f, next, "received verified durable");

  g_autoptr(JsonNode) report = ds_station_report(f->station, &error);
  g_assert_no_error(error);
  JsonObject *unit = json_array_get_object_element(
      json_object_get_array_member(json_node_get_object(report), "units"), 0);
  JsonArray *gaps = json_object_get_array_member(unit, "gaps");
  JsonArray *breaks = json_object_get_array_member(unit, "chain_breaks");
  g_assert_cmpstr(json_array_get_string_element(gaps, 0), ==, "3-8");
  g_assert_cmpint(json_array_get_int_element(breaks, 0), ==, 2);
  JsonObject *counts = json_object_get_object_member(unit, "bundles");
  g_assert_cmpint(json_object_get_int_member(counts, "durable"), ==, 3);
  g_assert_cmpint(json_object_get_int_member(counts, "quarantined"), ==, 1);
  JsonArray *broken = json_object_get_array_member(json_node_get_object(report), "quarantined");
  g_assert_cmpuint(json_array_get_length(broken), ==, 1);
}

static void
test_correction(TestFixture *f, gconstpointer data)
{
  TestCase first = {.local = "a-1"}, second = {.local = "a-1", .version = 2},
           third = {.local = "a-1", .version = 3, .name = "王晓明"};
  const DsDirectory *directory = ds_station_directory(f->station);
  g_autoptr(TestBundle) one = test_unit_seal(f->unit, directory, &first);
  second.replaces = one;
  g_autoptr(TestBundle) two = test_unit_seal(f->unit, directory, &second);
  third.replaces = two;
  g_autoptr(TestBundle) three = test_unit_seal(f->unit, directory, &third);
  g_autoptr(GError) error = NULL;

  /* only what changed travels */
  g_assert_cmpuint(g_hash_table_size(one->chunks), ==, 3);
  g_assert_cmpuint(g_hash_table_size(three->chunks), ==, 1);

  test_push(f->home, "unit-7", three, TEST_PUSH_WHOLE);
  DsIntakeCounts counts = test_intake(f->station);
  g_assert_cmpuint(counts.waiting, ==, 1);
  test_fixture_assert_heard(f, three, "received");
  test_push(f->home, "unit-7", two, TEST_PUSH_WHOLE);
  counts = test_intake(f->station);
  g_assert_cmpuint(counts.waiting, ==, 2);
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  counts = test_intake(f->station);
  g_assert_cmpuint(counts.durable, ==, 3);
  test_fixture_assert_heard(f, three, "received verified durable");
  test_fixture_assert_heard(f, two, "received verified durable superseded");
  test_fixture_assert_heard(f, one, "received verified durable superseded");

  g_autoptr(JsonNode) node = ds_station_show_case(f->station, "a-1", &error);
  g_assert_no_error(error);
  JsonObject *shown = json_node_get_object(node);
  g_assert_cmpint(json_object_get_int_member(shown, "version"), ==, 3);
  g_assert_cmpstr(json_object_get_string_member(shown, "name"), ==, "王晓明");
  g_assert_cmpuint(json_array_get_length(json_object_get_array_member(shown, "versions")), ==, 3);
}

/* Fewer archives than promised: nothing is called durable. */
static void
test_archive_gone(TestFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename(f->home->home, "station.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  g_autoptr(GError) error = NULL;
  DsIntakeCounts counts;

  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_autoptr(GString) fewer = g_string_new(text);
  g_assert_cmpuint(g_string_replace(fewer, "\"archive-2\"", "", 0), ==, 1);
  g_assert_cmpuint(g_string_replace(fewer, "\"archive-1\",", "\"archive-1\"", 0), ==, 1);
  g_clear_pointer(&f->station, ds_station_free);
  g_assert_true(g_file_set_contents(path, fewer->str, -1, NULL));
  f->station = test_home_open(f->home, TRUE);
  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  g_assert_false(ds_station_intake(f->station, &counts, NULL, NULL, NULL, &error));
  test_assert_error(&error, DS_ERROR_FAILED, "promises 2 copies, station.json names 1");
  g_assert_cmpuint(counts.durable, ==, 0);
  test_fixture_assert_heard(f, one, "received verified");

  g_assert_true(ds_station_renew(f->station, 30, &error));
  test_intake(f->station);
  test_fixture_assert_heard(f, one, "received verified durable");
}

static void
test_publish_again(TestFixture *f, gconstpointer data)
{
  g_autoptr(TestBundle) one = test_fixture_seal(f, "a-1");
  g_autoptr(GError) error = NULL;

  test_push(f->home, "unit-7", one, TEST_PUSH_WHOLE);
  test_intake(f->station);
  g_assert_true(ds_station_publish_again(f->station, "unit-7", 2, &error));
  guint published = 0;
  g_assert_true(ds_station_publish(f->station, &published, &error));
  g_assert_cmpuint(published, ==, 2);
  const char *words[] = {"ls-tree", "--name-only", "refs/outbox/0000000004-statements", NULL};
  g_autofree char *names = test_home_git(f->home, "unit-7", words);
  g_assert_cmpstr(names, ==, "0000000002\n0000000003\n");
  g_assert_false(ds_station_publish_again(f->station, "unit-9", 1, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "unit-9");
}

#define ADD(name, function)                                                             \
  g_test_add("/station/intake/" name, TestFixture, NULL, test_fixture_set_up, function, \
             test_fixture_tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("whole", test_whole);
  ADD("repeated", test_repeated);
  ADD("locked", test_locked);
  ADD("broken", test_broken);
  ADD("lying-record", test_lying_record);
  ADD("strangers", test_strangers);
  ADD("revoked-between", test_revoked_between);
  ADD("revoked-as-of", test_revoked_as_of);
  ADD("exchanged", test_exchanged);
  ADD("cloned", test_cloned);
  ADD("correction", test_correction);
  ADD("archive-gone", test_archive_gone);
  ADD("publish-again", test_publish_again);
  return g_test_run();
}
