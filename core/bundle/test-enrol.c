/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/enrol.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/test-world.h"

static DsEnrolment *
sample(const World *w)
{
  DsEnrolment *e = ds_enrolment_new();

  e->unit = g_strdup("unit-1");
  e->name = g_strdup("外勤一组");
  e->sign = ds_key_ref(w->unit_sign);
  e->encrypt = ds_key_ref(w->unit_encrypt);
  ds_enrolment_add_officer(e, "036881", "李四", DS_ROLE_OFFICER, w->officer);
  return e;
}

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsEnrolment) e = sample(w);
  g_autoptr(DsEnrolment) other = sample(w);
  g_autoptr(GBytes) bytes = ds_enrolment_sign(e, w->unit_sign, &error);
  g_autoptr(GBytes) again = ds_enrolment_sign(e, w->unit_sign, &error);
  g_autoptr(GBytes) fresh = ds_enrolment_sign(other, w->unit_sign, &error);
  g_autoptr(DsEnrolment) read = ds_enrolment_verify(bytes, &error);
  g_autofree char *one = ds_enrol_fingerprint(bytes, &error);
  g_autofree char *two = ds_enrol_fingerprint(again, &error);
  g_autofree char *three = ds_enrol_fingerprint(fresh, &error);
  const DsOfficerEntry *officer;

  g_assert_no_error(error);
  g_assert_cmpstr(read->unit, ==, "unit-1");
  g_assert_cmpstr(read->name, ==, "外勤一组");
  g_assert_true(ds_key_equal(read->encrypt, w->unit_encrypt));
  g_assert_cmpmem(read->nonce, DS_ENROL_NONCE_SIZE, e->nonce, DS_ENROL_NONCE_SIZE);
  officer = read->officers->pdata[0];
  g_assert_cmpstr(officer->number, ==, "036881");
  g_assert_true(ds_key_equal(officer->key, w->officer));
  g_assert_false(ds_key_has_private(officer->key));
  g_assert_cmpuint(strlen(one), ==, 35);
  g_assert_cmpstr(one, ==, two); /* of what is signed, not of the signature */
  g_assert_cmpstr(one, !=, three);
}

static void
test_fingerprints(World *w, gconstpointer unused)
{
  g_autofree char *root = ds_enrol_root_fingerprint(w->root);
  g_autofree char *other = ds_enrol_root_fingerprint(w->records);

  g_assert_true(ds_enrol_fingerprint_equal(root, root));
  g_assert_false(ds_enrol_fingerprint_equal(root, other));
  g_assert_true(ds_enrol_fingerprint_equal("01234 56789 01234 56789 01234 56789",
                                           "012345678901234-56789\n0123456789 "));
  g_assert_false(ds_enrol_fingerprint_equal("01234", "01234"));
  g_assert_false(ds_enrol_fingerprint_equal("", ""));
  g_assert_false(ds_enrol_fingerprint_equal("01234 56789 01234 56789 01234 567890",
                                            "01234 56789 01234 56789 01234 56789"));
  g_assert_false(ds_enrol_fingerprint_equal("01234 56789 01234 56789 01234 5678x",
                                            "01234 56789 01234 56789 01234 5678x"));
}

static void
expect_not_signed(World *w, DsEnrolment *e, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_enrolment_sign(e, w->unit_sign, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_bad_values(World *w, gconstpointer unused)
{
  g_autoptr(DsEnrolment) e = sample(w);
  g_autoptr(GError) error = NULL;

  g_free(e->unit);
  e->unit = g_strdup("unit 1");
  expect_not_signed(w, e, "enrolment: unit: byte");
  e->unit[4] = '-';
  ds_enrolment_add_officer(e, "036880", "no", DS_ROLE_OFFICER, w->unit_sign);
  expect_not_signed(w, e, "one of the unit's keys");
  g_ptr_array_set_size(e->officers, 0);
  expect_not_signed(w, e, "enrolment: officers: byte");
  ds_enrolment_add_officer(e, "036880", "yes", DS_ROLE_OFFICER, w->officer);
  ds_key_unref(e->encrypt);
  e->encrypt = ds_key_ref(w->unit_sign);
  expect_not_signed(w, e, "one key cannot sign and encrypt");
  ds_key_unref(e->encrypt);
  e->encrypt = ds_key_ref(w->unit_encrypt);
  g_assert_null(ds_enrolment_sign(e, w->stranger, &error));
  g_assert_cmpstr(error->message, ==, "enrolment: signed by a key it does not name");
}

/* Signed by somebody else than the key it introduces. */
static void
test_borrowed(World *w, gconstpointer unused)
{
  g_autoptr(DsEnrolment) e = sample(w);
  g_autoptr(GBytes) bytes = ds_enrolment_sign(e, w->unit_sign, NULL);
  g_autoptr(DsCose) cose =
      ds_cose_parse(bytes, DS_COSE_SIGN1, "enrolment", 65536, DS_COSE_OWN, NULL);
  g_autoptr(GBytes) payload = ds_cose_content(cose);
  g_autoptr(GBytes) borrowed =
      ds_cose_sign(DS_COSE_SIGN1, payload, "enrolment", &w->stranger, 1, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_enrolment_verify(borrowed, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_null(ds_enrol_fingerprint(borrowed, &error));
  g_assert_cmpstr(error->message, ==, "enrolment: signed by another key than the unit's own");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/enrol/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("fingerprints", test_fingerprints);
  ADD("bad-values", test_bad_values);
  ADD("borrowed", test_borrowed);
  return g_test_run();
}
