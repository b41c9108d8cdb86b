/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHINA_OFFSET_US (8 * G_TIME_SPAN_HOUR)

static DsClockSource replaced = NULL;

void
ds_clock_set_source(DsClockSource source)
{
  replaced = source;
}

static void
read_boot_id(char id[37])
{
  g_autofree char *text = NULL;

  memset(id, 0, 37);
  if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
    g_strlcpy(id, g_strchomp(text), 37);
}

DsTime
ds_clock_now(void)
{
  static gsize once = 0;
  static char boot_id[37];
  DsTime now = {.wall_us = g_get_real_time()};
  struct timespec boot;

  if (replaced != NULL)
    return replaced();
  if (g_once_init_enter(&once)) {
    read_boot_id(boot_id);
    g_once_init_leave(&once, 1);
  }
  clock_gettime(CLOCK_BOOTTIME, &boot);
  now.boot_us = (gint64)boot.tv_sec * G_USEC_PER_SEC + boot.tv_nsec / 1000;
  memcpy(now.boot_id, boot_id, sizeof now.boot_id);
  return now;
}

char *
ds_clock_format(gint64 wall_us)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);

  if (time == NULL)
    return g_strdup("1970-01-01T00:00:00Z");
  return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

gint64
ds_clock_parse(const char *text)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

  if (time == NULL)
    return -1;
  return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

void
ds_clock_day(gint64 wall_us, GDate *day)
{
  g_autoptr(GDateTime) time =
      g_date_time_new_from_unix_utc((wall_us + CHINA_OFFSET_US) / G_USEC_PER_SEC);
  int year = 1970, month = 1, mday = 1;

  if (time != NULL)
    g_date_time_get_ymd(time, &year, &month, &mday);
  g_date_clear(day, 1);
  g_date_set_dmy(day, (GDateDay)mday, (GDateMonth)month, (GDateYear)year);
}

char *
ds_date_format(const GDate *day)
{
  return g_strdup_printf("%04u-%02u-%02u", g_date_get_year(day), (guint)g_date_get_month(day),
                         g_date_get_day(day));
}

gboolean
ds_date_parse(GDate *day, const char *text)
{
  if (text == NULL || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  for (gsize i = 0; i < 10; i++)
    if (i != 4 && i != 7 && !g_ascii_isdigit(text[i]))
      return FALSE;

  guint year = (guint)g_ascii_strtoull(text, NULL, 10);
  guint month = (guint)g_ascii_strtoull(text + 5, NULL, 10);
  guint mday = (guint)g_ascii_strtoull(text + 8, NULL, 10);
  if (!g_date_valid_dmy((GDateDay)mday, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  g_date_clear(day, 1);
  g_date_set_dmy(day, (GDateDay)mday, (GDateMonth)month, (GDateYear)year);
  return TRUE;
}

char *
ds_date_read(const char *text)
{
  static GRegex *regex = NULL;
  g_autoptr(GMatchInfo) match = NULL;
  GDate day;

  if (g_once_init_enter(&regex)) {
    GRegex *made = g_regex_new("^(?:(\\d{4})(\\d\\d)(\\d\\d)|(\\d{4})([-/.])(\\d\\d?)\\5(\\d\\d?)|"
                               "(\\d{4})年(\\d\\d?)月(\\d\\d?)日)$",
                               G_REGEX_DOLLAR_ENDONLY | G_REGEX_OPTIMIZE, 0, NULL);
    g_once_init_leave(&regex, made);
  }
  if (text == NULL || !g_utf8_validate(text, -1, NULL) || !g_regex_match(regex, text, 0, &match))
    return NULL;
  g_autofree char *joined =
      g_match_info_expand_references(match, "\\1\\4\\8-\\2\\6\\9-\\3\\7\\g<10>", NULL);
  g_auto(GStrv) parts = g_strsplit(joined, "-", 3);
  g_autofree char *padded =
      g_strdup_printf("%s-%02d-%02d", parts[0], atoi(parts[1]), atoi(parts[2]));
  return ds_date_parse(&day, padded) ? g_steal_pointer(&padded) : NULL;
}

char *
ds_clock_read(const char *text)
{
  static GRegex *regex = NULL;
  g_autoptr(GMatchInfo) match = NULL;

  if (g_once_init_enter(&regex)) {
    GRegex *made = g_regex_new("^([^ T]+)[ T](\\d?\\d):(\\d\\d)(?::(\\d\\d))?$",
                               G_REGEX_DOLLAR_ENDONLY | G_REGEX_OPTIMIZE, 0, NULL);
    g_once_init_leave(&regex, made);
  }
  if (text == NULL || ds_clock_parse(text) >= 0)
    return g_strdup(text);
  if (!g_utf8_validate(text, -1, NULL) || !g_regex_match(regex, text, 0, &match))
    return NULL;
  g_autofree char *first = g_match_info_fetch(match, 1);
  g_autofree char *hour = g_match_info_fetch(match, 2);
  g_autofree char *minute = g_match_info_fetch(match, 3);
  g_autofree char *second = g_match_info_fetch(match, 4);
  g_autofree char *day = ds_date_read(first);
  if (day == NULL)
    return NULL;
  g_autofree char *whole = g_strdup_printf("%sT%02d:%s:%02d+08:00", day, atoi(hour), minute,
                                           second != NULL ? atoi(second) : 0);
  return ds_clock_parse(whole) >= 0 ? g_steal_pointer(&whole) : NULL;
}
