/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(void)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "case.day", "2026-11-23");
  STEP_FIELDS(view, "appointment.hardship", "bedridden", "appointment.requested-on", "2026-11-20",
              "appointment.at", "2026-11-23T09:30:00+08:00", "appointment.address",
              "山东省济宁市任城区古槐路1号");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_quiet(view);
  step_expect_no(view, "appointment.other-day");
  step_expect_quiet(empty);
}

static void
test_days(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "appointment.requested-on", "2026-11-23");
  step_expect_no(view, "appointment.order");
  ds_view_set_field(view, "appointment.requested-on", "2026-11-24");
  step_expect(view, "appointment.order", DS_FINDING_INVALID, "before the day");
  ds_view_set_field(view, "appointment.requested-on", NULL);
  ds_view_set_field(view, "appointment.at", "2026-11-24T09:30:00+08:00");
  step_expect(view, "appointment.other-day", DS_FINDING_NOTE, "another day");
  /* one moment, two days: people count at UTC+8 */
  ds_view_set_field(view, "appointment.at", "2026-11-22T16:00:00Z");
  step_expect_no(view, "appointment.other-day");
  ds_view_set_field(view, "appointment.at", "2026-11-22T15:59:59Z");
  step_expect(view, "appointment.other-day", DS_FINDING_NOTE, "another day");
}

static void
test_address(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "appointment.address", "古槐路1号");
  step_expect(view, "appointment.address.province", DS_FINDING_NOTE, "province");
}

static void
test_kit(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsFindings) findings = NULL;

  STEP_FIELDS(view, "appointment.kit-mirror", "true", "appointment.kit-glasses", "true",
              "appointment.kit-dark-shirt", "true", "appointment.kit-backdrop", "true");
  step_expect_quiet(view);
  STEP_FIELDS(view, "appointment.kit-glasses", "false", "appointment.kit-backdrop", "false");
  step_expect(view, "appointment.kit", DS_FINDING_WARNING, "not packed");
  findings = step_check(view);
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
  g_assert_cmpstr(ds_findings_get(findings, 0)->subject, ==, "appointment.kit-glasses");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-appointment/good", test_good);
  g_test_add_func("/step-appointment/days", test_days);
  g_test_add_func("/step-appointment/address", test_address);
  g_test_add_func("/step-appointment/kit", test_kit);
  return g_test_run();
}
