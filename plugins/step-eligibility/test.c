/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *birth, const char *reason)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "case.day", "2026-09-01");
  STEP_FIELDS(view, "applicant.birth", birth, "application.reason", reason);
  return view;
}

static void
test_reason_fits_age(void)
{
  g_autoptr(DsView) child = make_view("2012-03-04", "first-under-16");
  g_autoptr(DsView) adult = make_view("2010-03-04", "first-from-16");
  g_autoptr(DsView) unknown = ds_view_new();

  step_expect_quiet(child);
  step_expect_quiet(adult);
  step_expect_quiet(unknown);
  ds_view_set_field(child, "application.reason", "lost");
  step_expect_quiet(child);
  ds_view_set_field(adult, "application.reason", "expired");
  step_expect_quiet(adult);
}

static void
test_reason_against_age(void)
{
  g_autoptr(DsView) child = make_view("2010-09-02", "first-from-16");
  g_autoptr(DsView) adult = make_view("2010-09-01", "first-under-16");

  step_expect(child, "application.reason.age", DS_FINDING_INVALID, "not yet 16");
  step_expect(adult, "application.reason.age", DS_FINDING_INVALID, "16 or older");
}

static void
test_coming_birthday(void)
{
  g_autoptr(DsView) tomorrow = make_view("2010-09-02", "first-under-16");
  g_autoptr(DsView) last = make_view("2010-10-31", "first-under-16");
  g_autoptr(DsView) later = make_view("2010-11-01", "first-under-16");
  g_autoptr(DsView) old = make_view("1980-09-15", "first-from-16");

  step_expect(tomorrow, "application.birthday", DS_FINDING_NOTE, "turns 16");
  step_expect(last, "application.birthday", DS_FINDING_NOTE, "turns 16");
  step_expect_no(later, "application.birthday");
  step_expect(old, "application.birthday", DS_FINDING_NOTE, "turns 46");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-eligibility/reason-fits-age", test_reason_fits_age);
  g_test_add_func("/step-eligibility/reason-against-age", test_reason_against_age);
  g_test_add_func("/step-eligibility/coming-birthday", test_coming_birthday);
  return g_test_run();
}
