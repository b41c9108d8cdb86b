/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"

#include <string.h>

#define SECONDS G_GINT64_CONSTANT(1788251400) /* 2026-09-01T08:30:00Z */

static void
test_round_trip(void)
{
  g_autofree char *text = ds_clock_format(SECONDS * G_USEC_PER_SEC + 999999);

  g_assert_cmpstr(text, ==, "2026-09-01T08:30:00Z");
  g_assert_cmpint(ds_clock_parse(text), ==, SECONDS * G_USEC_PER_SEC);
  g_assert_cmpint(ds_clock_parse("2026-09-01T16:30:00+08:00"), ==, SECONDS * G_USEC_PER_SEC);
}

static void
test_parse_refuses(void)
{
  g_assert_cmpint(ds_clock_parse(""), ==, -1);
  g_assert_cmpint(ds_clock_parse("yesterday"), ==, -1);
  g_assert_cmpint(ds_clock_parse("2026-13-01T00:00:00Z"), ==, -1);
  g_assert_cmpint(ds_clock_parse("2026-09-01T25:00:00Z"), ==, -1);
}

/* A visit at half past six in the morning belongs to that day, though it is yesterday in UTC. */
static void
test_day_is_chinas(void)
{
  static const struct {
    const char *time, *day;
  } cases[] = {
      {"2026-08-31T22:30:00Z", "2026-09-01"},
      {"2026-09-01T15:59:59Z", "2026-09-01"},
      {"2026-09-01T16:00:00Z", "2026-09-02"},
      {"2026-12-31T16:00:00Z", "2027-01-01"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    GDate day;
    ds_clock_day(ds_clock_parse(cases[i].time), &day);
    g_autofree char *text = ds_date_format(&day);
    g_assert_cmpstr(text, ==, cases[i].day);
  }
}

static void
test_read_date(void)
{
  static const char *const same[] = {"2026-09-01", "2026-9-1", "2026/09/01",
                                     "2026.9.1",   "20260901", "2026年9月1日"};
  static const char *const wrong[] = {
      "",           "2026-09",     "2026-13-01", "20260931", "2026-9/1", "26-9-1", "2026-09-01 ",
      "2026年9月1", "2026-09-011", "2026-0-1",   "\xff"};

  for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
    g_autofree char *day = ds_date_read(same[i]);
    g_assert_cmpstr(day, ==, "2026-09-01");
  }
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *day = ds_date_read(wrong[i]);
    g_assert_null(day);
  }
  g_assert_null(ds_date_read(NULL));
}

static void
test_read_time(void)
{
  static const struct {
    const char *text, *time;
  } cases[] = {
      {"2026-09-01 08:30", "2026-09-01T08:30:00+08:00"},
      {"2026/9/1 8:30", "2026-09-01T08:30:00+08:00"},
      {"2026年9月1日 8:05", "2026-09-01T08:05:00+08:00"},
      {"2026-09-01T08:30:59", "2026-09-01T08:30:59+08:00"},
      {"2026-09-01T00:30:00Z", "2026-09-01T00:30:00Z"},
      {"2026-09-01 24:00", NULL},
      {"2026-09-01 08:60", NULL},
      {"2026-09-01 08:30 ", NULL},
      {"2026-09-01 8", NULL},
      {"2026-09-01 -8:30", NULL},
      {"2026-09-01", NULL},
      {"08:30", NULL},
      {"", NULL},
      {NULL, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *time = ds_clock_read(cases[i].text);
    g_assert_cmpstr(time, ==, cases[i].time);
  }
}

static DsTime
new_year(void)
{
  return (DsTime){.wall_us = ds_clock_parse("2026-12-31T16:00:00Z"), .boot_us = 7, .boot_id = "b"};
}

static void
test_source(void)
{
  ds_clock_set_source(new_year);
  DsTime now = ds_clock_now();
  ds_clock_set_source(NULL);

  g_assert_cmpint(now.wall_us, ==, ds_clock_parse("2026-12-31T16:00:00Z"));
  g_assert_cmpint(now.boot_us, ==, 7);
  g_assert_cmpstr(now.boot_id, ==, "b");
  g_assert_cmpint(ds_clock_now().wall_us, !=, now.wall_us);
}

static void
test_dates(void)
{
  static const char *const wrong[] = {"",           "2026-9-1",    "2026-02-29", "2026-13-01",
                                      "2026-00-10", "2026-01-32",  "0000-01-01", "2026/09/01",
                                      "20260901",   "2026-09-01 ", "-026-09-01", "２026-09-0"};
  GDate day;

  g_date_clear(&day, 1);
  g_assert_false(ds_date_parse(&day, NULL));
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_false(ds_date_parse(&day, wrong[i]));
  g_assert_false(g_date_valid(&day)); /* left alone */
  g_assert_true(ds_date_parse(&day, "2028-02-29"));
  g_autofree char *text = ds_date_format(&day);
  g_assert_cmpstr(text, ==, "2028-02-29");
}

static void
test_now(void)
{
  DsTime first = ds_clock_now(), second = ds_clock_now();

  g_assert_cmpint(second.boot_us, >=, first.boot_us);
  g_assert_cmpstr(first.boot_id, ==, second.boot_id);
  g_assert_cmpuint(strlen(first.boot_id), ==, 36);
}

int
main(int argc, char **argv)
{
  g_setenv("TZ", "America/New_York", TRUE); /* the office's day does not hang on it */
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/clock/round-trip", test_round_trip);
  g_test_add_func("/clock/parse-refuses", test_parse_refuses);
  g_test_add_func("/clock/read-date", test_read_date);
  g_test_add_func("/clock/read-time", test_read_time);
  g_test_add_func("/clock/day-is-chinas", test_day_is_chinas);
  g_test_add_func("/clock/dates", test_dates);
  g_test_add_func("/clock/source", test_source);
  g_test_add_func("/clock/now", test_now);
  return g_test_run();
}
