/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/record.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/test-world.h"

static GArray *
one_chunk(const char *seed)
{
  GArray *chunks = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  const DsChunkRef ref = {.sha256 = ds_digest_of(seed, strlen(seed)), .size = 200};

  g_array_append_val(chunks, ref);
  return chunks;
}

static void
add_part(DsRecord *r, const char *id, const char *slot)
{
  g_autoptr(GArray) chunks = one_chunk(id);
  g_autoptr(DsSecret) key = ds_secret_random(32);
  const DsDigest plain = ds_digest_of("plain", 5);

  ds_record_part_set_attribute(
      ds_record_add_part(r, id, slot, "", "image/jpeg", key, chunks, &plain, 158), "device",
      "camera");
}

static DsRecord *
sample(void)
{
  DsRecord *r = ds_record_new();
  DsRecordCase *c = ds_record_set_case(r, "L-2026-00001", 1);
  g_autoptr(GArray) chunks = one_chunk("old");
  const DsDigest from = ds_digest_of("from", 4);

  r->unit = g_strdup("unit-1");
  r->seq = 3;
  r->has_prev = TRUE;
  r->prev = ds_digest_of("prev", 4);
  r->kind = DS_BUNDLE_CASE;
  c->trip = g_strdup("trip-1");
  c->service = g_strdup("first-card");
  c->pack = g_strdup("jiangxi");
  c->pack_version = g_strdup("2026-01");
  c->pack_digest = ds_digest_of("pack", 4);
  c->day = g_strdup("2026-09-01");
  c->officer = g_strdup("036881");
  ds_record_set_field(r, "applicant.name", "张三");
  ds_record_set_field(r, "applicant.name", "张三丰");
  ds_record_set_field(r, "contact.phone", "13800000000");
  ds_record_set_fact(r, "kinship.case", "K1");
  ds_record_add_finding(r, "warning", "portrait.blurred", "photo");
  ds_record_add_decision(r, "portrait.blurred", "photo", "child is crying", "036881", 99);
  add_part(r, "photo-1", "photo");
  ds_record_add_reused_part(r, "scan-1", "document", "household-register", "image/jpeg", &from,
                            "scan-1", chunks, &from, 158);
  return r;
}

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(w->directory);
  g_autoptr(DsRecord) r = sample();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_record_encrypt(r, recipients, &error);
  DsKey *keys[] = {w->records, w->recovery};

  g_assert_no_error(error);
  for (guint i = 0; i < 2; i++) {
    g_autoptr(DsRecord) read = ds_record_decrypt(bytes, keys[i], &error);
    const DsRecordPart *part, *reused;

    g_assert_no_error(error);
    g_assert_cmpstr(g_hash_table_lookup(read->fields, "applicant.name"), ==, "张三丰");
    g_assert_cmpstr(g_hash_table_lookup(read->facts, "kinship.case"), ==, "K1");
    g_assert_cmpstr(read->application->local_number, ==, "L-2026-00001");
    g_assert_cmpint(read->application->outcome, ==, DS_CASE_OUTCOME_COMPLETE);
    g_assert_cmpstr(((DsRecordFinding *)read->findings->pdata[0])->code, ==, "portrait.blurred");
    g_assert_cmpstr(((DsRecordDecision *)read->decisions->pdata[0])->reason, ==, "child is crying");
    part = ds_record_find_part(read, "photo-1");
    g_assert_cmpstr(g_hash_table_lookup(part->attributes, "device"), ==, "camera");
    g_assert_true(ds_secret_equal(part->key, ds_record_find_part(r, "photo-1")->key));
    g_assert_cmpuint(part->chunks->len, ==, 1);
    reused = ds_record_find_part(read, "scan-1");
    g_assert_null(reused->key);
    g_assert_cmpstr(reused->from_part, ==, "scan-1");
    g_assert_null(ds_record_find_part(read, "scan-2"));
  }
  g_assert_null(ds_record_decrypt(bytes, w->stranger, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

static void
test_without_keys(World *w, gconstpointer unused)
{
  g_autoptr(DsRecord) r = sample();
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) plain = ds_record_encode(r, FALSE, &error);
  const DsRecordPart *part = ds_record_find_part(r, "photo-1");

  g_assert_no_error(error);
  g_assert_null(
      memmem(ds_secret_data(plain), ds_secret_size(plain), ds_secret_data(part->key), 32));
}

static void
expect_not_encoded(DsRecord *r, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_record_encode(r, TRUE, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_bad_values(World *w, gconstpointer unused)
{
  g_autoptr(DsRecord) r = sample();
  DsRecordPart *part = r->parts->pdata[0];

  ds_record_set_field(r, "applicant.name", "a\x1b");
  expect_not_encoded(r, DS_ERROR_INVALID,
                     "record: the value of \"applicant.name\" cannot be written");
  ds_record_set_field(r, "applicant.name", "张三");
  g_clear_pointer(&r->application->day, g_free);
  r->application->day = g_strdup("2026-02-30");
  expect_not_encoded(r, DS_ERROR_INVALID, "record: case.day: byte");
  g_free(r->application->day);
  r->application->day = g_strdup("2026-02-28");
  part->length = DS_CHUNK_PLAIN + 1;
  expect_not_encoded(r, DS_ERROR_INVALID, "1 chunks do not hold 524247 bytes");
  part->length = 158;
  g_free(part->slot);
  part->slot = g_strdup("roster");
  expect_not_encoded(r, DS_ERROR_UNSUPPORTED, "record: parts[0].slot: byte");
  g_free(part->slot);
  part->slot = g_strdup("photo");
  r->application->outcome = (DsCaseOutcome)5;
  expect_not_encoded(r, DS_ERROR_UNSUPPORTED, "outcome 5 is not known here");
  r->application->outcome = DS_CASE_OUTCOME_REFUSED;
  add_part(r, "photo-1", "photo");
  expect_not_encoded(r, DS_ERROR_INVALID, "two parts have this id");
  r->kind = DS_BUNDLE_DISPATCH;
  expect_not_encoded(r, DS_ERROR_INVALID, "another bundle has no case");
}

static void
test_dispatch(World *w, gconstpointer unused)
{
  g_autoptr(DsRecord) r = ds_record_new();
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsRecord) read = NULL;

  r->unit = g_strdup("unit-1");
  r->seq = 1;
  r->kind = DS_BUNDLE_DISPATCH;
  ds_record_set_field(r, "trip.id", "t-1");
  add_part(r, "roster", "roster");
  g_ptr_array_add(recipients, w->unit_encrypt);
  bytes = ds_record_encrypt(r, recipients, &error);
  g_assert_no_error(error);
  read = ds_record_decrypt(bytes, w->unit_encrypt, &error);
  g_assert_no_error(error);
  g_assert_null(read->application);
  g_assert_cmpstr(g_hash_table_lookup(read->fields, "trip.id"), ==, "t-1");
}

static void
test_too_large(World *w, gconstpointer unused)
{
  g_autoptr(DsRecord) r = sample();
  g_autofree char *value = g_strnfill(DS_FIELD_MAX, 'x');
  g_autofree char *longer = g_strnfill(DS_FIELD_MAX + 1, 'x');

  ds_record_set_field(r, "big", longer);
  expect_not_encoded(r, DS_ERROR_INVALID, "is longer than 65536 bytes");
  ds_record_set_field(r, "big", value);
  for (guint i = 0; i < 64; i++) {
    g_autofree char *name = g_strdup_printf("big.%u", i);

    ds_record_set_field(r, name, value);
  }
  expect_not_encoded(r, DS_ERROR_TOO_LARGE, "at most 4194304 are allowed");
}

static void
test_outcomes(void)
{
  for (guint i = 1; i <= 4; i++)
    g_assert_cmpint(ds_case_outcome_parse(ds_case_outcome_word((DsCaseOutcome)i)), ==, (gint)i);
  g_assert_null(ds_case_outcome_word((DsCaseOutcome)0));
  g_assert_null(ds_case_outcome_word((DsCaseOutcome)5));
  g_assert_cmpint(ds_case_outcome_parse("maybe"), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/record/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("without-keys", test_without_keys);
  ADD("bad-values", test_bad_values);
  ADD("dispatch", test_dispatch);
  ADD("too-large", test_too_large);
  g_test_add_func("/bundle/record/outcomes", test_outcomes);
  return g_test_run();
}
