/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/age.h"

void
ds_age_reached(const GDate *birth, int years, GDate *day)
{
  GDateYear year = (GDateYear)(g_date_get_year(birth) + years);

  if (g_date_get_month(birth) == G_DATE_FEBRUARY && g_date_get_day(birth) == 29 &&
      !g_date_is_leap_year(year))
    g_date_set_dmy(day, 1, G_DATE_MARCH, year);
  else
    g_date_set_dmy(day, g_date_get_day(birth), g_date_get_month(birth), year);
}

int
ds_validity_years(int age)
{
  return age < 16 ? 5 : age < 26 ? 10 : age < 46 ? 20 : 0;
}

void
ds_validity_end(const GDate *from, int years, GDate *end)
{
  ds_age_reached(from, years, end);
}
