/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/deadline.h"

#include "base/clock.h"
#include "base/error.h"

static DsCalendar *
calendar(void)
{
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", "tables",
                                           "working-days.json", NULL);
  g_autoptr(GError) error = NULL;
  DsCalendar *self = ds_calendar_load(path, &error);

  g_assert_no_error(error);
  return self;
}

static GDate
day_of(const char *text)
{
  GDate day;

  g_assert_true(ds_date_parse(&day, text));
  return day;
}

static void
test_due(void)
{
  static const struct {
    const char *start;
    guint value;
    DsDayUnit unit;
    const char *due; /* NULL: provisional */
  } rows[] = {
      {"2026-02-13", 3, DS_DAYS_WORKING, "2026-02-25"},
      {"2026-02-13", 2, DS_DAYS_WORKING, "2026-02-24"},
      {"2026-09-29", 3, DS_DAYS_WORKING, "2026-10-09"},
      {"2026-09-29", 2, DS_DAYS_WORKING, "2026-10-08"},
      {"2026-09-18", 3, DS_DAYS_WORKING, "2026-09-22"},
      {"2026-08-31", 30, DS_DAYS_WORKING, "2026-10-16"},
      {"2026-11-20", 30, DS_DAYS_WORKING, NULL},
      {"2026-12-30", 1, DS_DAYS_WORKING, "2026-12-31"},
      {"2026-12-31", 1, DS_DAYS_WORKING, NULL},
      {"2003-12-31", 0, DS_DAYS_WORKING, "2003-12-31"},
      {"2003-12-30", 1, DS_DAYS_WORKING, NULL},
      {"2026-09-01", 60, DS_DAYS_CALENDAR, "2026-10-31"},
      {"2026-12-20", 60, DS_DAYS_CALENDAR, "2027-02-18"},
      {"2028-02-28", 1, DS_DAYS_CALENDAR, "2028-02-29"},
      {"2026-12-31", 60, DS_DAYS_CALENDAR, "2027-03-01"},
      {"2028-02-29", 60, DS_DAYS_CALENDAR, "2028-04-29"},
  };
  g_autoptr(DsCalendar) self = calendar();

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    GDate start = day_of(rows[i].start);
    DsDue due = ds_deadline_after(self, &start, rows[i].value, rows[i].unit);
    g_autofree char *text = ds_date_format(&due.day);
    g_test_message("%s + %u = %s", rows[i].start, rows[i].value, text);
    g_assert_cmpint(due.provisional, ==, rows[i].due == NULL);
    if (rows[i].due != NULL)
      g_assert_cmpstr(text, ==, rows[i].due);
  }
}

static void
test_2026(void)
{
  g_autoptr(DsCalendar) self = calendar();
  GDate day = day_of("2026-01-01"), end = day_of("2027-01-01");
  guint working = 0;

  for (; g_date_compare(&day, &end) < 0; g_date_add_days(&day, 1)) {
    gboolean certain;
    working += ds_calendar_is_working_day(self, &day, &certain);
    g_assert_true(certain);
  }
  g_assert_cmpuint(working, ==, 248);
  gboolean certain;
  g_assert_false(ds_calendar_is_working_day(self, &day, &certain) && certain);
}

static void
test_units(void)
{
  g_assert_cmpint(ds_day_unit_parse("working-day"), ==, DS_DAYS_WORKING);
  g_assert_cmpint(ds_day_unit_parse("calendar-day"), ==, DS_DAYS_CALENDAR);
  g_assert_cmpint(ds_day_unit_parse("week"), ==, 0);
  g_assert_cmpint(ds_day_unit_parse(NULL), ==, 0);
  g_assert_cmpstr(ds_day_unit_word(DS_DAYS_WORKING), ==, "working-day");
}

static void
test_absent(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_calendar_load("/nonexistent/working-days.json", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/deadline/due", test_due);
  g_test_add_func("/deadline/2026", test_2026);
  g_test_add_func("/deadline/units", test_units);
  g_test_add_func("/deadline/absent", test_absent);
  return g_test_run();
}
