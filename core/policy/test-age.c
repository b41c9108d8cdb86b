/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/age.h"

#include "base/clock.h"

static GDate
day_of(const char *text)
{
  GDate day;

  g_assert_true(ds_date_parse(&day, text));
  return day;
}

static void
test_age(void)
{
  static const struct {
    const char *birth, *day;
    int age;
  } rows[] = {
      {"2010-09-02", "2026-09-01", 15}, {"2010-09-01", "2026-09-01", 16},
      {"2010-08-31", "2026-09-01", 16}, {"2026-09-01", "2026-09-01", 0},
      {"2026-09-02", "2026-09-01", -1}, {"1992-02-29", "2018-02-28", 25},
      {"1992-02-29", "2018-03-01", 26}, {"2008-02-29", "2024-02-29", 16},
      {"2008-02-29", "2024-02-28", 15}, {"1900-01-01", "2026-01-01", 126},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    GDate birth = day_of(rows[i].birth), day = day_of(rows[i].day);
    g_assert_cmpint(ds_age_on(&birth, &day), ==, rows[i].age);
  }
}

static void
test_term(void)
{
  static const struct {
    const char *from;
    int years;
    const char *end;
  } rows[] = {
      {"2004-03-27", 5, "2009-03-27"},  {"2004-03-27", 10, "2014-03-27"},
      {"2004-03-27", 20, "2024-03-27"}, {"2004-02-29", 10, "2014-03-01"},
      {"2004-02-29", 20, "2024-02-29"}, {"2004-02-29", 5, "2009-03-01"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    GDate from = day_of(rows[i].from), end;
    g_date_clear(&end, 1);
    ds_validity_end(&from, rows[i].years, &end);
    g_autofree char *text = ds_date_format(&end);
    g_assert_cmpstr(text, ==, rows[i].end);
  }
  g_assert_cmpint(ds_validity_years(15), ==, 5);
  g_assert_cmpint(ds_validity_years(16), ==, 10);
  g_assert_cmpint(ds_validity_years(25), ==, 10);
  g_assert_cmpint(ds_validity_years(26), ==, 20);
  g_assert_cmpint(ds_validity_years(45), ==, 20);
  g_assert_cmpint(ds_validity_years(46), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/age/age", test_age);
  g_test_add_func("/age/term", test_term);
  return g_test_run();
}
