/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/clock-print.h"

#include "base/clock.h"

char *
ds_clock_print_span(gint64 span_us)
{
  gint64 minutes = MAX(span_us / G_TIME_SPAN_MINUTE, 1);

  if (minutes < 60)
    return g_strdup_printf(_("%u min"), (guint)minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf(_("%u h"), (guint)(minutes / 60));
  return g_strdup_printf(_("%u d"), (guint)(minutes / (24 * 60)));
}

char *
ds_clock_print_time(gint64 wall_us)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(8 * 3600);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;

  return local != NULL ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("?");
}

char *
ds_clock_print_warning(const DsWatch *watch)
{
  if (watch->behind_us == 0)
    return NULL;
  g_autofree char *span = ds_clock_print_span(watch->behind_us);
  g_autofree char *newest = ds_clock_print_time(watch->newest_us);
  g_autofree char *now = ds_clock_print_time(watch->now_us);

  if (watch->station)
    return g_strdup_printf(_("the computer's clock (%s) is %s earlier than the time the station "
                             "signed (%s): set it right"),
                           now, span, newest);
  return g_strdup_printf(_("the computer's clock (%s) is %s earlier than last time (%s): set it "
                           "right, or if it is right now: doorstep unit clock --confirm"),
                         now, span, newest);
}

void
ds_clock_print_json(JsonBuilder *builder, const DsWatch *watch)
{
  g_autofree char *now = ds_clock_format(watch->now_us);
  g_autofree char *newest = watch->newest_us > 0 ? ds_clock_format(watch->newest_us) : NULL;

  json_builder_set_member_name(builder, "clock");
  json_builder_begin_object(builder);
  ds_face_member(builder, "now", now);
  ds_face_member(builder, "newest", newest);
  ds_face_member(builder, "by", newest == NULL ? NULL : watch->station ? "station" : "unit");
  json_builder_set_member_name(builder, "behind-seconds");
  json_builder_add_int_value(builder, watch->behind_us / G_USEC_PER_SEC);
  json_builder_end_object(builder);
}
