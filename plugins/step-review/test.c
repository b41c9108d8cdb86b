/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_confirmed(void)
{
  g_autoptr(DsView) view = ds_view_new();

  step_expect_quiet(view);
  STEP_FIELDS(view, "review.confirmed", "true", "application.confirmed", "true");
  step_expect_quiet(view);
}

static void
test_denied(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_FIELDS(view, "review.confirmed", "false", "application.confirmed", "true");
  step_expect(view, "review.not-confirmed", DS_FINDING_MISSING, "not confirmed");
  step_expect_no(view, "application.not-confirmed");
  STEP_FIELDS(view, "review.confirmed", "true", "application.confirmed", "false");
  step_expect(view, "application.not-confirmed", DS_FINDING_MISSING, "accurate and true");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-review/confirmed", test_confirmed);
  g_test_add_func("/step-review/denied", test_denied);
  return g_test_run();
}
