/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/deadline.h"

#include "base/clock.h"
#include "base/error.h"
#include "policy/json.h"
#include "policy/schema.h"

struct _DsCalendar {
  gatomicrefcount refs;
  GDate first;
  GDate last;
  GHashTable *holidays; /* Julian days */
  GHashTable *working;  /* make-up days on a weekend */
};

static gboolean
read_days(JsonObject *years, GHashTable *set, GError **error)
{
  JsonObjectIter iter;
  const char *year;
  JsonNode *node;

  json_object_iter_init(&iter, years);
  while (json_object_iter_next(&iter, &year, &node)) {
    g_auto(GStrv) days = g_strsplit(json_node_get_string(node), " ", -1);
    for (char **text = days; *text != NULL && **text != '\0'; text++) {
      char whole[16];
      GDate day;
      g_snprintf(whole, sizeof whole, "%s-%s", year, *text);
      if (!ds_date_parse(&day, whole)) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "working-days.json: /%s: %s is no date",
                    year, whole);
        return FALSE;
      }
      g_hash_table_add(set, GUINT_TO_POINTER(g_date_get_julian(&day)));
    }
  }
  return TRUE;
}

DsCalendar *
ds_calendar_load(const char *path, GError **error)
{
  g_autofree char *dir = g_path_get_dirname(path);
  g_autoptr(JsonNode) root = ds_schema_load_checked(dir, "working-days", error);
  g_autoptr(DsCalendar) self = g_new0(DsCalendar, 1);

  g_atomic_ref_count_init(&self->refs);
  self->holidays = g_hash_table_new(NULL, NULL);
  self->working = g_hash_table_new(NULL, NULL);
  if (root == NULL)
    return NULL;
  JsonObject *object = json_node_get_object(root);
  if (!ds_date_parse(&self->first, ds_json_string(object, "first")) ||
      !ds_date_parse(&self->last, ds_json_string(object, "last")) ||
      g_date_compare(&self->first, &self->last) > 0) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "working-days.json: /first and /last must be dates in this order");
    return NULL;
  }
  if (!read_days(ds_json_object(object, "holidays"), self->holidays, error) ||
      !read_days(ds_json_object(object, "working"), self->working, error))
    return NULL;
  return g_steal_pointer(&self);
}

DsCalendar *
ds_calendar_ref(DsCalendar *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_calendar_unref(DsCalendar *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_hash_table_unref(self->holidays);
  g_hash_table_unref(self->working);
  g_free(self);
}

void
ds_calendar_range(const DsCalendar *self, GDate *first, GDate *last)
{
  *first = self->first;
  *last = self->last;
}

gboolean
ds_calendar_is_working_day(const DsCalendar *self, const GDate *day, gboolean *certain)
{
  gpointer key = GUINT_TO_POINTER(g_date_get_julian(day));
  GDateWeekday weekday = g_date_get_weekday(day);

  if (certain != NULL)
    *certain = g_date_compare(day, &self->first) >= 0 && g_date_compare(day, &self->last) <= 0;
  if (g_hash_table_contains(self->working, key))
    return TRUE;
  return weekday != G_DATE_SATURDAY && weekday != G_DATE_SUNDAY &&
         !g_hash_table_contains(self->holidays, key);
}

DsDayUnit
ds_day_unit_parse(const char *word)
{
  if (g_strcmp0(word, "calendar-day") == 0)
    return DS_DAYS_CALENDAR;
  return g_strcmp0(word, "working-day") == 0 ? DS_DAYS_WORKING : (DsDayUnit)0;
}

const char *
ds_day_unit_word(DsDayUnit unit)
{
  return unit == DS_DAYS_WORKING ? "working-day" : "calendar-day";
}

DsDue
ds_deadline_after(const DsCalendar *self, const GDate *start, guint value, DsDayUnit unit)
{
  DsDue due = {.day = *start};

  if (unit != DS_DAYS_WORKING) {
    g_date_add_days(&due.day, value);
    return due;
  }
  for (guint counted = 0; counted < value;) {
    gboolean certain;
    g_date_add_days(&due.day, 1);
    counted += ds_calendar_is_working_day(self, &due.day, &certain);
    due.provisional = due.provisional || !certain;
  }
  return due;
}
