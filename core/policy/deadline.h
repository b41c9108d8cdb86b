/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Days counted as the rules count them: day 0 is the event's day, counting starts the next day.
 * Working day: Monday to Friday and no public holiday, or a listed make-up day. Past the table's
 * horizon a working day cannot be known, so the result is provisional: recompute it when a newer
 * table is there. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsCalendar DsCalendar;

/* Reads schemas/tables/working-days.json at @path. */
DsCalendar *ds_calendar_load(const char *path, GError **error);
DsCalendar *ds_calendar_ref(DsCalendar *self);
void ds_calendar_unref(DsCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCalendar, ds_calendar_unref)

/* First and last day the table speaks about. */
void ds_calendar_range(const DsCalendar *self, GDate *first, GDate *last);
/* @certain (may be NULL) is FALSE outside the table: then only the weekday was looked at. */
gboolean ds_calendar_is_working_day(const DsCalendar *self, const GDate *day, gboolean *certain);

typedef enum {
  DS_DAYS_CALENDAR = 1, /* "calendar-day" */
  DS_DAYS_WORKING = 2,  /* "working-day" */
} DsDayUnit;

/* 0 for any other word. */
DsDayUnit ds_day_unit_parse(const char *word);
const char *ds_day_unit_word(DsDayUnit unit);

typedef struct {
  GDate day;
  gboolean provisional; /* a day beyond the table was counted */
} DsDue;

/* @value days after @start. @value 0 is @start itself. */
DsDue ds_deadline_after(const DsCalendar *self, const GDate *start, guint value, DsDayUnit unit);

G_END_DECLS
