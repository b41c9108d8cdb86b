/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_residence(void)
{
  g_autoptr(DsView) view = ds_view_new();

  ds_view_set_field(view, "residence.registered", "yes");
  step_expect_no(view, "guidance.residence");
  ds_view_set_field(view, "residence.registered", "no");
  step_expect(view, "guidance.residence", DS_FINDING_NOTE, "not registered yet");
  ds_view_set_field(view, "guidance.residence-given", "true");
  step_expect_no(view, "guidance.residence");
}

static void
test_temporary(void)
{
  g_autoptr(DsView) view = ds_view_new();

  ds_view_set_field(view, "temporary.wanted", "none");
  step_expect_no(view, "guidance.temporary");
  ds_view_set_field(view, "temporary.wanted", "temporary-certificate");
  step_expect(view, "guidance.temporary", DS_FINDING_NOTE, "explain which ones");
  ds_view_set_field(view, "temporary.explained", "true");
  step_expect_no(view, "guidance.temporary");
}

/* R023: nothing of this may stop a case. */
static void
test_never_blocks(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_FIELDS(view, "residence.registered", "no", "guidance.residence-given", "false",
              "temporary.wanted", "temporary-card", "temporary.explained", "false");
  step_expect_quiet(view);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-guidance/residence", test_residence);
  g_test_add_func("/step-guidance/temporary", test_temporary);
  g_test_add_func("/step-guidance/never-blocks", test_never_blocks);
  return g_test_run();
}
