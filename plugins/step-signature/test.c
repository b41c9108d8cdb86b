/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *age, const char *signer)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "age", age);
  ds_view_set_field(view, "signature.signer", signer);
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) adult = make_view("79", "applicant");
  g_autoptr(DsView) on_behalf = make_view("79", "officer-on-behalf");
  g_autoptr(DsView) ward = make_view("40", "guardian");
  g_autoptr(DsView) empty = ds_view_new();

  step_add_part(adult, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_expect_quiet(adult);
  step_add_part(on_behalf, DS_SLOT_SIGNATURE, "officer-on-behalf", NULL);
  step_expect_quiet(on_behalf);
  step_add_part(ward, DS_SLOT_SIGNATURE, "guardian", NULL);
  step_expect_quiet(ward);
  step_expect_quiet(empty);
}

static void
test_missing(void)
{
  g_autoptr(DsView) view = make_view("79", "applicant");

  step_expect(view, "signature.missing", DS_FINDING_MISSING, "under the particulars");
  step_add_part(view, DS_SLOT_SIGNATURE, "guardian", NULL);
  step_expect(view, "signature.missing", DS_FINDING_MISSING, "under the particulars");
}

static void
test_stale(void)
{
  g_autoptr(DsView) view = make_view("79", "applicant");

  ds_view_set_fact(view, "signatures.stale", "guardian");
  step_expect(view, "signature.missing", DS_FINDING_MISSING, "under the particulars");
  ds_view_set_fact(view, "signatures.stale", "applicant guardian");
  step_expect(view, "signature.stale", DS_FINDING_MISSING, "signed again");
  step_expect_no(view, "signature.missing");
  /* signed again: an older, stale one of the same hand says nothing any more */
  step_add_part(view, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_expect_quiet(view);
}

static void
test_minor(void)
{
  g_autoptr(DsView) child = make_view("15", "applicant");
  g_autoptr(DsView) adult = make_view("16", "applicant");

  step_add_part(child, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_add_part(adult, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_expect(child, "signature.signer.minor", DS_FINDING_INVALID, "guardian signs");
  step_expect_quiet(adult);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-signature/good", test_good);
  g_test_add_func("/step-signature/missing", test_missing);
  g_test_add_func("/step-signature/stale", test_stale);
  g_test_add_func("/step-signature/minor", test_minor);
  return g_test_run();
}
