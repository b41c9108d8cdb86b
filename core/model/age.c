/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/age.h"

int
ds_age_on(const GDate *birth, const GDate *day)
{
  int years = (int)g_date_get_year(day) - (int)g_date_get_year(birth);
  int months = (int)g_date_get_month(day) - (int)g_date_get_month(birth);
  int days = (int)g_date_get_day(day) - (int)g_date_get_day(birth);

  if (g_date_compare(day, birth) < 0)
    return -1;
  /* Comparing month and day as they are makes 29 February due on 1 March by itself. */
  return months < 0 || (months == 0 && days < 0) ? years - 1 : years;
}

gboolean
ds_view_age(const DsView *view, int *years)
{
  const char *known = ds_view_fact(view, "age");
  gint64 value;
  GDate birth, day;

  if (known != NULL && g_ascii_string_to_signed(known, 10, -1, 999, &value, NULL)) {
    *years = (int)value;
    return TRUE;
  }
  if (!ds_view_field_date(view, "applicant.birth", &birth) ||
      !ds_view_fact_date(view, "case.day", &day))
    return FALSE;
  *years = ds_age_on(&birth, &day);
  return TRUE;
}
