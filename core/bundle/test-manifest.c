/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/manifest.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/test-world.h"

static DsManifest *
sample(void)
{
  DsManifest *m = ds_manifest_new();

  m->unit = g_strdup("unit-1");
  m->seq = 2;
  m->has_prev = TRUE;
  m->prev = ds_digest_of("prev", 4);
  m->kind = DS_BUNDLE_CASE;
  m->record = ds_digest_of("record", 6);
  m->record_size = 999;
  for (guint i = 0; i < 5; i++) {
    const DsChunkRef ref = {.sha256 = ds_digest_of(&i, sizeof i), .size = 1000 + i};

    g_array_append_val(m->chunks, ref);
  }
  m->directory_version = 7;
  m->has_audit = TRUE;
  m->audit_head = ds_digest_of("audit", 5);
  m->time.wall_us = 1790000000000000;
  m->time.boot_us = 55;
  g_strlcpy(m->time.boot_id, "6cf7b9a4-6d8f-4a52-a2b4-0f0a3b4a5c6d", sizeof m->time.boot_id);
  return m;
}

static GBytes *
sign_case(World *w, DsManifest *m, GError **error)
{
  DsKey *keys[] = {w->unit_sign, w->officer};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};

  return ds_manifest_sign(m, keys, roles, 2, error);
}

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) m = sample();
  g_autoptr(GBytes) bytes = sign_case(w, m, &error);
  g_autoptr(GBytes) other = sign_case(w, m, &error);
  g_autoptr(DsManifest) parsed = ds_manifest_parse(bytes, &error);
  g_autoptr(DsManifest) read = ds_manifest_verify(bytes, w->directory, &error);
  g_autoptr(DsManifest) same = ds_manifest_verify(other, w->directory, &error);
  const DsDigest absent = ds_digest_of("absent", 6);

  g_assert_no_error(error);
  g_assert_null(parsed->verified);
  g_assert_cmpstr(read->verified->officer_number, ==, "036881");
  g_assert_cmpstr(read->verified->unit_name, ==, "外勤一组");
  g_assert_cmpuint(read->verified->directory_version, ==, 7);
  g_assert_cmpuint(read->seq, ==, 2);
  g_assert_cmpuint(read->chunks->len, ==, 5);
  g_assert_cmpint(read->time.wall_us, ==, 1790000000000000);
  g_assert_cmpstr(read->time.boot_id, ==, m->time.boot_id);
  g_assert_cmpint(read->station_us, ==, 0);
  g_assert_true(ds_digest_equal(&read->id, &m->id));
  g_assert_true(ds_manifest_has_chunk(read, &g_array_index(read->chunks, DsChunkRef, 3).sha256));
  g_assert_false(ds_manifest_has_chunk(read, &absent));
  g_assert_cmpuint(ds_manifest_travel_size(read, 100), ==, 100 + 999 + 5010);
  /* Other signatures, the same bundle. */
  g_assert_false(g_bytes_equal(bytes, other));
  g_assert_true(ds_digest_equal(&same->id, &read->id));
}

/* The clock was behind a time seen before: said in the manifest, and only then. */
static void
test_clock_behind(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) m = sample();

  m->newest_us = m->time.wall_us + 3 * G_TIME_SPAN_DAY;
  g_autoptr(GBytes) bytes = sign_case(w, m, &error);
  g_autoptr(DsManifest) read = ds_manifest_verify(bytes, w->directory, &error);
  g_assert_no_error(error);
  g_assert_cmpint(read->newest_us - read->time.wall_us, ==, 3 * G_TIME_SPAN_DAY);
  m->newest_us = m->time.wall_us;
  g_assert_null(sign_case(w, m, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "only when the clock was behind it"));
}

static void
expect_refused(GBytes *bytes, const DsDirectory *directory, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_manifest_verify(bytes, directory, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_wrong_signers(World *w, gconstpointer unused)
{
  DsKey *stranger_unit[] = {w->stranger, w->officer};
  DsKey *stranger_officer[] = {w->unit_sign, w->records};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  g_autoptr(DsManifest) m = sample();
  g_autoptr(GBytes) good = sign_case(w, m, NULL);
  g_autoptr(GBytes) other_unit = ds_manifest_sign(m, stranger_unit, roles, 2, NULL);
  g_autoptr(GBytes) other_officer = ds_manifest_sign(m, stranger_officer, roles, 2, NULL);
  g_autoptr(GBytes) unknown = NULL;

  expect_refused(other_unit, w->directory, DS_ERROR_REFUSED, "is not that unit's");
  expect_refused(other_officer, w->directory, DS_ERROR_REFUSED, "is not in the directory");
  g_free(m->unit);
  m->unit = g_strdup("unit-9");
  unknown = sign_case(w, m, NULL);
  expect_refused(unknown, w->directory, DS_ERROR_REFUSED,
                 "unit \"unit-9\" is not in directory version 7");
  ((DsOfficerEntry *)w->directory->officers->pdata[0])->revoked_us = 5;
  expect_refused(good, w->directory, DS_ERROR_REFUSED, "was revoked");
  ((DsOfficerEntry *)w->directory->officers->pdata[0])->revoked_us = 0;
  ((DsUnitEntry *)w->directory->units->pdata[0])->revoked_us = 5;
  expect_refused(good, w->directory, DS_ERROR_REFUSED, "was revoked");
}

/* A bundle whose signature was taken out after signing. */
static void
test_missing_signature(World *w, gconstpointer unused)
{
  g_autoptr(DsManifest) m = sample();
  g_autoptr(GBytes) good = sign_case(w, m, NULL);
  g_autoptr(DsCose) cose =
      ds_cose_parse(good, DS_COSE_SIGN, "manifest", DS_MANIFEST_MAX, DS_COSE_OWN, NULL);
  g_autoptr(GBytes) payload = ds_cose_content(cose);
  DsKey *swapped[] = {w->officer, w->unit_sign};
  g_autoptr(GBytes) stripped =
      ds_cose_sign(DS_COSE_SIGN, payload, "manifest", &w->unit_sign, 1, NULL);
  g_autoptr(GBytes) turned = ds_cose_sign(DS_COSE_SIGN, payload, "manifest", swapped, 2, NULL);

  expect_refused(stripped, w->directory, DS_ERROR_INVALID,
                 "manifest: 1 signatures, but 2 signers are required");
  expect_refused(turned, w->directory, DS_ERROR_INVALID, "signature 1 is not by the required unit");
}

static void
expect_not_signed(World *w, DsManifest *m, DsKey *const *keys, const DsRole *roles, guint n_keys,
                  gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_manifest_sign(m, keys, roles, n_keys, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_roles_are_complete(World *w, gconstpointer unused)
{
  g_autoptr(DsManifest) m = sample();
  DsKey *keys[] = {w->unit_sign, w->officer, w->records};
  DsKey *doubled[] = {w->unit_sign, w->unit_sign};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER, DS_ROLE_STATION};
  const DsRole two_units[] = {DS_ROLE_UNIT, DS_ROLE_UNIT};

  expect_not_signed(w, m, keys, roles, 1, DS_ERROR_INVALID, "the officer's signature is missing");
  expect_not_signed(w, m, keys + 1, roles + 1, 1, DS_ERROR_INVALID, "exactly one unit");
  expect_not_signed(w, m, keys, two_units, 2, DS_ERROR_INVALID, "exactly one unit");
  expect_not_signed(w, m, keys, roles, 3, DS_ERROR_INVALID, "does not sign cases");
  expect_not_signed(w, m, doubled, roles, 2, DS_ERROR_INVALID, "one key stands for two");
  expect_not_signed(w, m, keys, roles, 0, DS_ERROR_INVALID, "manifest: signers: byte");
  m->kind = DS_BUNDLE_DISPATCH;
  expect_not_signed(w, m, keys, roles, 2, DS_ERROR_INVALID, "exactly one station key");
}

static void
test_bad_values(World *w, gconstpointer unused)
{
  g_autoptr(DsManifest) m = sample();
  DsKey *keys[] = {w->unit_sign, w->officer};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  const DsRole odd[] = {DS_ROLE_UNIT, (DsRole)9};
  const DsChunkRef again = g_array_index(m->chunks, DsChunkRef, 2);

#define EXPECT(code, part) expect_not_signed(w, m, keys, roles, 2, code, part)
  m->seq = 1;
  EXPECT(DS_ERROR_INVALID, "only bundle 1 has no bundle before it");
  m->seq = 0;
  EXPECT(DS_ERROR_INVALID, "numbers begin with 1");
  m->seq = 2;
  m->kind = (DsBundleKind)4;
  EXPECT(DS_ERROR_UNSUPPORTED, "kind 4 is not known here");
  m->kind = DS_BUNDLE_CASE;
  m->suite = 2;
  EXPECT(DS_ERROR_UNSUPPORTED, "suite 2 is not known here");
  m->suite = 1;
  m->record_size = DS_RECORD_MAX + 1;
  EXPECT(DS_ERROR_INVALID, "manifest: record[1]: byte");
  m->record_size = 0;
  EXPECT(DS_ERROR_INVALID, "a size of 0");
  m->record_size = 1;
  expect_not_signed(w, m, keys, odd, 2, DS_ERROR_UNSUPPORTED, "role 9 is not known here");
  g_array_append_val(m->chunks, again);
  EXPECT(DS_ERROR_INVALID, "out of order or doubled");
  g_array_set_size(m->chunks, 0);
  for (guint i = 0; i <= DS_MANIFEST_CHUNKS_MAX; i++) {
    const DsChunkRef ref = {.sha256 = ds_digest_of(&i, sizeof i), .size = 1};

    g_array_append_val(m->chunks, ref);
  }
  EXPECT(DS_ERROR_TOO_LARGE, "manifest: chunks: byte");
}

static void
test_dispatch(World *w, gconstpointer unused)
{
  g_autoptr(DsManifest) m = sample();
  const DsRole roles[] = {DS_ROLE_STATION};
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) good = NULL;
  g_autoptr(GBytes) online = NULL;
  g_autoptr(DsManifest) read = NULL;

  m->kind = DS_BUNDLE_DISPATCH;
  good = ds_manifest_sign(m, &w->records, roles, 1, &error);
  read = ds_manifest_verify(good, w->directory, &error);
  g_assert_no_error(error);
  g_assert_null(read->verified->officer_number);
  online = ds_manifest_sign(m, &w->online, roles, 1, &error);
  expect_refused(online, w->directory, DS_ERROR_REFUSED, "may not sign dispatches");
  m->has_replaces = TRUE;
  g_assert_null(ds_manifest_sign(m, &w->records, roles, 1, &error));
  g_assert_nonnull(strstr(error->message, "a dispatch replaces nothing"));
}

static void
test_flipped(World *w, gconstpointer unused)
{
  g_autoptr(DsManifest) m = sample();
  g_autoptr(GBytes) bytes = sign_case(w, m, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);

  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *copy = g_memdup2(data, size);
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;

    copy[i] ^= (guint8)(1 << (i % 8));
    changed = g_bytes_new(copy, size);
    g_assert_null(ds_manifest_verify(changed, w->directory, &error));
    g_assert_nonnull(error);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/manifest/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("clock-behind", test_clock_behind);
  ADD("wrong-signers", test_wrong_signers);
  ADD("missing-signature", test_missing_signature);
  ADD("roles-are-complete", test_roles_are_complete);
  ADD("bad-values", test_bad_values);
  ADD("dispatch", test_dispatch);
  ADD("flipped", test_flipped);
  return g_test_run();
}
