/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/age.h"

static int
age(const char *birth_text, const char *day_text)
{
  g_autoptr(DsView) view = ds_view_new();
  GDate birth, day;

  ds_view_set_field(view, "birth", birth_text);
  ds_view_set_field(view, "day", day_text);
  g_assert_true(ds_view_field_date(view, "birth", &birth));
  g_assert_true(ds_view_field_date(view, "day", &day));
  return ds_age_on(&birth, &day);
}

static void
test_birthdays(void)
{
  g_assert_cmpint(age("2010-09-01", "2026-08-31"), ==, 15);
  g_assert_cmpint(age("2010-09-01", "2026-09-01"), ==, 16);
  g_assert_cmpint(age("2010-12-31", "2026-01-01"), ==, 15);
  g_assert_cmpint(age("1992-02-29", "2018-02-28"), ==, 25);
  g_assert_cmpint(age("1992-02-29", "2018-03-01"), ==, 26);
  g_assert_cmpint(age("1992-02-29", "2020-02-29"), ==, 28);
  /* sixteen on 1 March: the year 2100 has no 29 February */
  g_assert_cmpint(age("2084-02-29", "2100-02-28"), ==, 15);
  g_assert_cmpint(age("2084-02-29", "2100-03-01"), ==, 16);
  g_assert_cmpint(age("2026-09-02", "2026-09-01"), ==, -1);
}

static void
test_view(void)
{
  g_autoptr(DsView) view = ds_view_new();
  int years = 7;

  g_assert_false(ds_view_age(view, &years));
  ds_view_set_field(view, "applicant.birth", "2010-09-01");
  g_assert_false(ds_view_age(view, &years));
  g_assert_cmpint(years, ==, 7);
  ds_view_set_fact(view, "case.day", "2026-09-01");
  g_assert_true(ds_view_age(view, &years));
  g_assert_cmpint(years, ==, 16);
  ds_view_set_fact(view, "age", "15");
  g_assert_true(ds_view_age(view, &years));
  g_assert_cmpint(years, ==, 15);
  ds_view_set_fact(view, "age", "many");
  g_assert_true(ds_view_age(view, &years));
  g_assert_cmpint(years, ==, 16);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/age/birthdays", test_birthdays);
  g_test_add_func("/age/view", test_view);
  return g_test_run();
}
