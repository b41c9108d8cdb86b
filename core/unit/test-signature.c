/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signature holds for what its signer saw, and for nothing else. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "unit/apply.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/record.h"
#include "unit/seal.h"
#include "unit/signature.h"
#include "vault/part.h"

static void
set(TestHome *home, const char *id, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_unit_case_set(home->unit, id, name, value, &error));
  g_assert_no_error(error);
}

static void
add(TestHome *home, const char *id, DsSlot slot, const char *kind, const char *file)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = test_home_person(home, 1);
  g_autofree char *path = g_build_filename(folder, file, NULL);
  DsCaptureWhat what = {.slot = slot, .kind = kind};
  g_autofree char *part = ds_unit_capture_file(home->unit, id, &what, path, NULL, &error);

  g_assert_no_error(error);
  g_assert_nonnull(part);
}

/* Which signers have to sign again ("" for nobody), and how many signatures count. */
static void
expect(TestHome *home, const char *id, const char *stale, guint counting)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, id, &error);
  const char *said = ds_view_fact(view, "signatures.stale");

  g_assert_no_error(error);
  g_assert_cmpstr(said != NULL ? said : "", ==, stale);
  g_assert_cmpuint(ds_view_count_parts(view, DS_SLOT_SIGNATURE, NULL), ==, counting);
}

static void
expect_complete(TestHome *home, const char *id, gboolean complete)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, id, &error);

  g_assert_no_error(error);
  g_assert_cmpint(check->complete, ==, complete);
}

static void
test_changed(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);
  g_autoptr(DsView) before = ds_unit_case_view(home->unit, id, &error);
  const char *address = ds_view_field(before, "applicant.address");
  g_autofree char *other = g_strconcat(address, "东户", NULL);
  DsDigest bundle;

  g_assert_cmpstr(ds_view_fact(before, "signature.step"), ==, "step-commitment");
  expect(home, id, "", 1);
  expect_complete(home, id, TRUE);
  set(home, id, "applicant.address", other);
  expect(home, id, "guardian", 0);
  expect_complete(home, id, FALSE);
  g_assert_false(ds_unit_case_seal(home->unit, id, &bundle, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "signed again"));
  set(home, id, "applicant.address", address); /* as it was signed: nothing to sign again */
  expect(home, id, "", 1);
  expect_complete(home, id, TRUE);
}

/* What the officer notes, later steps and what is not on the paper do not touch it. */
static void
test_untouched(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autofree char *id = test_home_take(home, 1);

  set(home, id, "review.officer-remark", "家长在场");
  set(home, id, "delivery.mode", "self");
  set(home, id, "document.residence-permit.sighted", "true");
  set(home, id, "portrait.reason", "光线不足");
  add(home, id, DS_SLOT_PHOTO, NULL, "portrait.jpg");
  expect(home, id, "", 1);
  expect_complete(home, id, TRUE);
}

static void
test_signed_again(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);
  DsDigest bundle;

  set(home, id, "contact.phone", "19000000009");
  expect(home, id, "guardian", 0);
  add(home, id, DS_SLOT_SIGNATURE, "guardian", "signature.png");
  expect(home, id, "", 1);
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(home->unit), id, FALSE, &error);
  guint signatures = 0;
  for (guint i = 0; i < parts->len; i++)
    signatures += ((DsVaultPart *)g_ptr_array_index(parts, i))->part->slot == DS_SLOT_SIGNATURE;
  g_assert_cmpuint(signatures, ==, 1);
  g_assert_true(ds_unit_case_seal(home->unit, id, &bundle, &error));
  g_assert_no_error(error);
}

/* A case that is given up keeps the signature it has, and says that it holds no more. */
static void
test_travels_marked(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);

  for (guint round = 0; round < 2; round++) {
    g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, &error);
    g_autoptr(DsCaseCheck) check = ds_unit_case_check(home->unit, id, &error);
    g_autoptr(DsRecord) record =
        ds_unit_record_case(home->unit, of, check, DS_CASE_OUTCOME_WITHDRAWN, &error);
    g_assert_no_error(error);
    const DsRecordPart *part = ds_record_find_part(record, "signature-1");
    g_assert_nonnull(g_hash_table_lookup(part->attributes, DS_SIGNED_DIGEST));
    g_assert_cmpstr(g_hash_table_lookup(part->attributes, DS_SIGNED_STALE), ==,
                    round == 0 ? NULL : "true");
    g_assert_null(g_hash_table_lookup(record->facts, "station.officers"));
    set(home, id, "contact.phone", "19000000009");
  }
}

/* Nobody signs in advance by naming the digest. */
static void
test_no_forged_digest(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);
  g_autofree char *folder = test_home_person(home, 1);
  g_autofree char *path = g_build_filename(folder, "signature.png", NULL);
  g_autoptr(GHashTable) attributes = g_hash_table_new(g_str_hash, g_str_equal);
  DsCaptureWhat what = {.slot = DS_SLOT_SIGNATURE, .kind = "guardian", .attributes = attributes};

  g_hash_table_insert(attributes, (gpointer)DS_SIGNED_DIGEST, (gpointer) "00");
  g_autofree char *part = ds_unit_capture_file(home->unit, id, &what, path, NULL, &error);
  g_assert_no_error(error);
  expect(home, id, "", 1);
}

/* ---- a service with a step for the signature ---- */

static void
dispatch_visits(TestHome *home)
{
  g_autoptr(GError) error = NULL;

  home->station->jurisdiction = "jining";
  home->station->region = "370811";
  home->station->police_station = "古槐派出所";
  g_autofree char *name =
      test_station_dispatch(home->station, ds_unit_inbox(home->unit), "unit-07", "t2", "[]");
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(applied->dispatches, ==, 1);
}

static void
test_visit(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;

  dispatch_visits(home);
  g_autofree char *id = ds_unit_case_new(home->unit, "t2", 0, NULL, &error);
  g_assert_no_error(error);
  set(home, id, "applicant.name", "王兰");
  set(home, id, "fee.received", "20.00");
  set(home, id, "appointment.at", "2026-9-1 8:30");
  add(home, id, DS_SLOT_PHOTO, NULL, "portrait.jpg");
  add(home, id, DS_SLOT_SIGNATURE, "applicant", "signature.png");
  expect(home, id, "", 1);

  g_autoptr(DsView) view = ds_unit_case_view(home->unit, id, &error);
  g_assert_cmpstr(ds_view_fact(view, "case.service"), ==, "renewal-replacement");
  g_assert_cmpstr(ds_view_fact(view, "signature.step"), ==, "step-signature");
  g_assert_cmpstr(ds_view_fact(view, "unit.police-station"), ==, "古槐派出所");
  g_assert_null(ds_view_fact(view, "unit.police-bureau"));
  g_assert_cmpstr(ds_view_field(view, "fee.received"), ==, "2000");
  g_assert_cmpstr(ds_view_field(view, "appointment.at"), ==, "2026-09-01T08:30:00+08:00");

  set(home, id, "guidance.residence-given", "true"); /* comes after the signature */
  expect(home, id, "", 1);
  add(home, id, DS_SLOT_PHOTO, NULL, "joint.jpg"); /* the portrait is on the paper */
  expect(home, id, "applicant", 0);
  add(home, id, DS_SLOT_SIGNATURE, "officer-on-behalf", "signature.png");
  expect(home, id, "", 1); /* somebody else has signed since */
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/signature/changed", test_changed);
  g_test_add_func("/signature/untouched", test_untouched);
  g_test_add_func("/signature/signed-again", test_signed_again);
  g_test_add_func("/signature/travels-marked", test_travels_marked);
  g_test_add_func("/signature/no-forged-digest", test_no_forged_digest);
  g_test_add_func("/signature/visit", test_visit);
  return g_test_run();
}
