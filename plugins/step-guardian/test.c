/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(void)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "case.day", "2026-09-01");
  STEP_FIELDS(view, "guardian.present", "true", "guardian.name", "赵大明", "guardian.document",
              "resident-id-card", "guardian.relation", "father");
  step_set_number(view, "applicant.number", "36070220120304001");
  step_set_number(view, "guardian.number", "36070219800304001");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_quiet(view);
  step_expect_quiet(empty);
}

static void
test_number(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "guardian.number", "360702198003040019");
  step_expect(view, "guardian.number.checksum", DS_FINDING_INVALID, "last digit");
  ds_view_set_field(view, "guardian.number", "360702800304001");
  step_expect(view, "guardian.number.legacy", DS_FINDING_INVALID, "15 digits");
  ds_view_set_field(view, "guardian.number", ds_view_field(view, "applicant.number"));
  step_expect(view, "guardian.number.same", DS_FINDING_INVALID, "applicant's own");
  step_set_number(view, "guardian.number", "36070220080902001");
  step_expect(view, "guardian.number.minor", DS_FINDING_WARNING, "under 18");
  step_set_number(view, "guardian.number", "36070220080901001");
  step_expect_quiet(view);
}

static void
test_permit_is_for_the_station(void)
{
  static const char *const NUMBERS[] = {"81000019800304001", "82000019800304001",
                                        "83000019800304001", "91112419800304001"};

  for (guint i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
    g_autoptr(DsView) view = make_view();
    g_autoptr(DsFindings) findings = NULL;

    step_set_number(view, "guardian.number", NUMBERS[i]);
    step_expect(view, "guardian.number.station", DS_FINDING_UNDETERMINED, "station");
    findings = step_check(view);
    g_assert_cmpuint(ds_findings_count(findings), ==, 1);
    g_assert_cmpstr(ds_findings_get(findings, 0)->who, ==, "station");
  }
}

static void
test_passport(void)
{
  g_autoptr(DsView) view = make_view();

  STEP_FIELDS(view, "guardian.document", "passport", "guardian.number", "E00000000",
              "guardian.name", "SMITH JOHN");
  step_expect(view, "guardian.number.station", DS_FINDING_UNDETERMINED, "station");
  step_expect_no(view, "guardian.number.length");
  step_expect_no(view, "guardian.name.characters");
}

static void
test_relation(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "guardian.relation", "mother");
  step_expect(view, "guardian.relation.sex", DS_FINDING_WARNING, "other sex");
  ds_view_set_field(view, "guardian.relation", "grandparent");
  step_expect_quiet(view);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-guardian/good", test_good);
  g_test_add_func("/step-guardian/number", test_number);
  g_test_add_func("/step-guardian/permit-is-for-the-station", test_permit_is_for_the_station);
  g_test_add_func("/step-guardian/passport", test_passport);
  g_test_add_func("/step-guardian/relation", test_relation);
  return g_test_run();
}
