/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trips that changed hands, as good units and bad ones send them. */
#include "station/handed.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/handover.h"
#include "bundle/seal.h"
#include "station/test-fixture.h"

#define GIVER "036001"
#define TAKER "036002"

typedef struct {
  TestFixture fixture;
  TestUnit *other; /* whose officer takes over; of the same station */
} World;

static void
set_up(World *self, gconstpointer data)
{
  test_fixture_set_up(&self->fixture, data);
  self->other = test_unit_new("unit-8", TAKER);
  test_unit_enrol(self->other, self->fixture.station);
}

static void
tear_down(World *self, gconstpointer data)
{
  test_unit_free(self->other);
  test_fixture_tear_down(&self->fixture, data);
}

typedef enum {
  GOOD = 0,
  TURNED,     /* the document goes the other way than the manifest's officers */
  OTHER_UNIT, /* the document is of another unit */
  GARBAGE,    /* the part is no document */
  TWO_PARTS,
  CHANGED, /* a byte of the document */
} Defect;

static GBytes *
make_document(World *w, Defect defect)
{
  g_autoptr(DsHandover) h = ds_handover_new();
  g_autoptr(GError) error = NULL;
  DsKey *giver = w->fixture.unit->officer_key, *taker = w->other->officer_key;
  gboolean turned = defect == TURNED;

  h->unit = g_strdup(defect == OTHER_UNIT ? "unit-8" : "unit-7");
  h->trip = g_strdup("visits-3");
  h->name = g_strdup("九月上门");
  h->time = ds_clock_now();
  h->from = g_strdup(turned ? TAKER : GIVER);
  h->to = g_strdup(turned ? GIVER : TAKER);
  h->cash_fen = 6000;
  h->cards = 2;
  ds_handover_add_receipts(h, "LU", 3, "1", "3", 6000);
  ds_handover_add_case(h, "unit-7-20260901-001", "draft", NULL);
  h->remark = g_strdup("");
  GBytes *bytes = ds_handover_sign(h, turned ? taker : giver, turned ? giver : taker, &error);
  g_assert_no_error(error);
  if (defect != CHANGED)
    return bytes;
  gsize size = 0;
  guint8 *copy = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  size = g_bytes_get_size(bytes);
  g_bytes_unref(bytes);
  copy[size - 3] ^= 1; /* in the last signature */
  return g_bytes_new_take(copy, size);
}

static gboolean
keep_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer bundle, GError **error)
{
  g_hash_table_insert(((TestBundle *)bundle)->chunks, ds_digest_dup_hex(sha256),
                      g_bytes_ref(chunk));
  return TRUE;
}

static void
add_part(DsRecord *record, TestBundle *bundle, const char *id, GBytes *bytes)
{
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(keep_chunk, bundle);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  g_assert_true(ds_chunk_writer_write(writer, data, size, NULL));
  g_assert_true(ds_chunk_writer_finish(writer, NULL));
  DsDigest sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(record, id, DS_HANDOVER_SLOT, "", DS_HANDOVER_MEDIA_TYPE,
                     ds_chunk_writer_key(writer), ds_chunk_writer_chunks(writer), &sha256, size);
}

static void
number(DsManifest *manifest, TestUnit *unit, const DsDirectory *directory)
{
  manifest->unit = g_strdup(unit->id);
  manifest->seq = unit->seq + 1;
  manifest->has_prev = unit->seq > 0;
  manifest->prev = unit->prev;
  manifest->kind = DS_BUNDLE_TRIP;
  manifest->directory_version = directory->version;
  manifest->time = ds_clock_now();
  manifest->newest_us = manifest->time.wall_us + G_TIME_SPAN_DAY;
}

static TestBundle *
seal(World *w, Defect defect)
{
  TestUnit *unit = w->fixture.unit;
  const DsDirectory *directory = ds_station_directory(w->fixture.station);
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(directory);
  g_autoptr(GBytes) document =
      defect == GARBAGE ? g_bytes_new_static("hello", 5) : make_document(w, defect);
  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_autoptr(GError) error = NULL;
  DsKey *keys[] = {unit->sign, unit->officer_key, w->other->officer_key};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER, DS_ROLE_OFFICER};
  TestBundle *bundle = g_new0(TestBundle, 1);
  g_auto(DsSealed) sealed = {0};

  bundle->chunks =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  bundle->kept = ds_record_new();
  add_part(bundle->kept, bundle, "handover-1", document);
  if (defect == TWO_PARTS)
    add_part(bundle->kept, bundle, "handover-2", document);
  number(manifest, unit, directory);
  g_assert_true(ds_seal(manifest, bundle->kept, recipients, keys, roles, 3, &sealed, &error));
  g_assert_no_error(error);
  bundle->manifest = g_bytes_ref(sealed.manifest);
  bundle->record = g_bytes_ref(sealed.record);
  bundle->id = sealed.id;
  bundle->seq = unit->seq = manifest->seq;
  unit->prev = sealed.id;
  return bundle;
}

static DsIntakeCounts
take_in(World *w)
{
  g_autoptr(GError) error = NULL;
  DsIntakeCounts counts = {0};

  g_assert_true(ds_station_intake(w->fixture.station, &counts, NULL, NULL, NULL, &error));
  g_assert_no_error(error);
  return counts;
}

static void
test_good(World *w, gconstpointer unused)
{
  TestFixture *f = &w->fixture;
  g_autoptr(GError) error = NULL;
  g_autoptr(TestBundle) bundle = seal(w, GOOD);
  g_autoptr(TestBundle) after = test_fixture_seal(f, "L-1"); /* the row goes on */

  test_push(f->home, "unit-7", bundle, TEST_PUSH_WHOLE);
  test_push(f->home, "unit-7", after, TEST_PUSH_WHOLE);
  g_assert_cmpuint(take_in(w).durable, ==, 2);
  test_fixture_assert_heard(f, bundle, "received verified durable");
  test_fixture_assert_no_refs(f);
  test_push(f->home, "unit-7", bundle, TEST_PUSH_WHOLE);
  g_assert_cmpuint(take_in(w).repeated, ==, 1);

  g_autoptr(JsonNode) list = ds_station_list_trips(f->station, &error);
  g_assert_no_error(error);
  JsonArray *trips = json_node_get_array(list);
  g_assert_cmpuint(json_array_get_length(trips), ==, 1);
  JsonObject *first = json_array_get_object_element(trips, 0);
  g_assert_cmpstr(json_object_get_string_member(first, "to"), ==, TAKER);
  g_autoptr(JsonNode) shown = ds_station_show_trip(f->station, "visits-3", &error);
  g_assert_no_error(error);
  JsonObject *last = json_array_get_object_element(
      json_object_get_array_member(json_node_get_object(shown), "handovers"), 0);
  g_assert_cmpint(json_object_get_int_member(last, "cash-fen"), ==, 6000);
  g_assert_cmpint(json_object_get_int_member(last, "clock-behind-seconds"), ==, 86400);
  g_assert_cmpstr(json_object_get_string_member(last, "from-name"), ==, "李警官");
  g_autoptr(JsonNode) none = ds_station_show_trip(f->station, "visits-4", &error);
  g_assert_null(none);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_bad(World *w, gconstpointer unused)
{
  static const struct {
    Defect defect;
    const char *words;
  } table[] = {
      {TURNED, "not those who signed the bundle"},
      {OTHER_UNIT, "of another unit"},
      {GARBAGE, "handover"},
      {TWO_PARTS, "one signed document"},
      {CHANGED, "officer " TAKER},
  };
  TestFixture *f = &w->fixture;

  for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autoptr(TestBundle) bundle = seal(w, table[i].defect);
    char hex[DS_DIGEST_HEX_SIZE];

    test_push(f->home, "unit-7", bundle, TEST_PUSH_WHOLE);
    g_assert_cmpuint(take_in(w).quarantined, ==, 1);
    test_fixture_assert_heard(f, bundle, "received quarantined");
    g_autofree char *path = g_build_filename(f->home->home, "quarantine", "unit-7",
                                             ds_digest_to_hex(&bundle->id, hex), "reason", NULL);
    g_autofree char *reason = NULL;
    g_assert_true(g_file_get_contents(path, &reason, NULL, NULL));
    if (strstr(reason, table[i].words) == NULL)
      g_error("\"%s\" does not say \"%s\"", reason, table[i].words);
  }
  g_autoptr(JsonNode) list = ds_station_list_trips(f->station, NULL);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(list)), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add("/handed/good", World, NULL, set_up, test_good, tear_down);
  g_test_add("/handed/bad", World, NULL, set_up, test_bad, tear_down);
  return g_test_run();
}
