/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A visit at home: for whom, when, where, and what the officer brings (R071, R073, R074). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define UTC_OFFSET_SECONDS (8 * 60 * 60)

/* The day of the visit as people count it, at UTC+8. */
static gboolean
visit_day(const DsView *view, GDate *day)
{
  const char *text = ds_view_field(view, "appointment.at");
  g_autoptr(GDateTime) at = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;

  if (at == NULL)
    return FALSE;
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(UTC_OFFSET_SECONDS);
  g_autoptr(GDateTime) here = g_date_time_to_timezone(at, zone);
  g_date_clear(day, 1);
  g_date_set_dmy(day, (GDateDay)g_date_time_get_day_of_month(here),
                 (GDateMonth)g_date_time_get_month(here), (GDateYear)g_date_time_get_year(here));
  return TRUE;
}

static void
check_days(const DsView *view, DsFindings *findings)
{
  GDate visit, asked, today;

  if (!visit_day(view, &visit))
    return;
  if (ds_view_field_date(view, "appointment.requested-on", &asked) &&
      g_date_compare(&visit, &asked) < 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "appointment.order", "appointment.at",
                    _("the visit lies before the day it was asked for; correct the one that is "
                      "wrong"));
  if (ds_view_fact_date(view, "case.day", &today) && g_date_compare(&visit, &today) != 0)
    ds_findings_add(findings, DS_FINDING_NOTE, "appointment.other-day", "appointment.at",
                    _("the visit was arranged for another day than today"));
}

static void
check_address(const DsView *view, DsFindings *findings)
{
  const char *address = ds_view_field(view, "appointment.address");

  if (address != NULL && ds_address_province(address) == NULL)
    ds_findings_add(findings, DS_FINDING_NOTE, "appointment.address.province",
                    "appointment.address",
                    _("the address does not begin with a province; make sure it can be found"));
}

/* What was left behind on purpose is worth a word before the photograph, not a stop. */
static void
check_kit(const DsView *view, DsFindings *findings)
{
  static const char *const KIT[] = {"appointment.kit-mirror", "appointment.kit-glasses",
                                    "appointment.kit-dark-shirt", "appointment.kit-backdrop"};

  for (guint i = 0; i < G_N_ELEMENTS(KIT); i++) {
    const char *packed = ds_view_field(view, KIT[i]);
    if (packed == NULL || g_str_equal(packed, "true"))
      continue;
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_WARNING, "appointment.kit", KIT[i],
                                    _("something for the photograph is not packed; pack it before "
                                      "you leave, or say in the remark what takes its place")),
                    NULL, NULL, NULL, "R071");
    return;
  }
}

static void
check(const DsView *view, DsFindings *findings)
{
  check_days(view, findings);
  check_address(view, findings);
  check_kit(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-appointment", ops);
