/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_good(void)
{
  g_autoptr(DsView) view = ds_view_new();

  step_expect_quiet(view);
  STEP_PART(view, DS_SLOT_PHOTO, "", "measure.width", "358", "measure.height", "441",
            "measure.density", "350", "measure.colour", "true", "measure.background-white", "98",
            "measure.blur", "250");
  step_expect_quiet(view);
}

static void
test_unmeasured(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_PART(view, DS_SLOT_PHOTO, "", "measure.width", "many");
  step_expect_quiet(view);
}

static void
test_warnings(void)
{
  static const char *const ROWS[][4] = {
      {"measure.width", "400", "photo.size", "400 × 441"},
      {"measure.height", "300", "photo.size", "358 × 300"},
      {"measure.density", "72", "photo.density", "72 dots"},
      {"measure.colour", "false", "photo.grey", "colour"},
      {"measure.background-white", "40.5", "photo.background", "only 40 %"},
      {"measure.blur", "3", "photo.blurred", "sharpness 3"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(DsView) view = ds_view_new();

    STEP_PART(view, DS_SLOT_PHOTO, "", "measure.width", "358", "measure.height", "441", ROWS[i][0],
              ROWS[i][1]);
    step_expect(view, ROWS[i][2], DS_FINDING_WARNING, ROWS[i][3]);
    step_expect(view, "portrait.reason.missing", DS_FINDING_MISSING, "why this portrait");
    ds_view_set_field(view, "portrait.reason", "申请人无法配合");
    step_expect_no(view, "portrait.reason.missing");
  }
}

/* Only the newest portrait counts, and findings of others do not ask for a reason. */
static void
test_newest(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFindings) findings = ds_findings_new();
  const DsStepOps *ops = doorstep_plugin.ops;

  STEP_PART(view, DS_SLOT_PHOTO, "", "measure.density", "72");
  STEP_PART(view, DS_SLOT_PHOTO, "", "measure.density", "350");
  ds_findings_add(findings, DS_FINDING_WARNING, "other", NULL, "of another step");
  ops->check(view, findings);
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-portrait/good", test_good);
  g_test_add_func("/step-portrait/unmeasured", test_unmeasured);
  g_test_add_func("/step-portrait/warnings", test_warnings);
  g_test_add_func("/step-portrait/newest", test_newest);
  return g_test_run();
}
