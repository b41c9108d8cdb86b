/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_cases(void)
{
  static const char *const ROWS[][3] = {
      {"true", NULL, "K1"},     {"true", "false", "K1"}, {"false", "true", "K2"},
      {"false", "false", "K3"}, {"false", NULL, NULL},   {NULL, "true", NULL},
      {NULL, NULL, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(DsView) view = ds_view_new();

    ds_view_set_field(view, "kinship.same-household", ROWS[i][0]);
    ds_view_set_field(view, "kinship.birth-certificate-shows-guardian", ROWS[i][1]);
    step_expect_fact(view, "kinship.case", ROWS[i][2]);
    step_expect_quiet(view);
  }
}

static void
test_guardian_is_no_parent(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_FIELDS(view, "kinship.same-household", "false", "kinship.birth-certificate-shows-guardian",
              "false", "guardian.relation", "mother");
  step_expect_quiet(view);
  ds_view_set_field(view, "guardian.relation", "grandparent");
  step_expect(view, "kinship.other-proof", DS_FINDING_WARNING, "another proof");
  step_add_part(view, DS_SLOT_DOCUMENT, "other", NULL);
  step_expect_quiet(view);
}

static void
test_same_household_needs_no_other_proof(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_FIELDS(view, "kinship.same-household", "true", "guardian.relation", "grandparent");
  step_expect_quiet(view);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-kinship/cases", test_cases);
  g_test_add_func("/step-kinship/guardian-is-no-parent", test_guardian_is_no_parent);
  g_test_add_func("/step-kinship/same-household", test_same_household_needs_no_other_proof);
  return g_test_run();
}
