/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the person applies, and whether the reason for a first card fits the age on the day of the
 * case. Which reasons a service takes is the packs' word. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define FORM_NOTES "居民身份证异地受理登记表填表说明"
#define SOON_DAYS 60 /* the longest time from application to card in the ordinary case */

static void
check_reason(const DsView *view, int age, DsFindings *findings)
{
  const char *reason = ds_view_field(view, "application.reason");
  gboolean minor = age < 16;

  if (reason == NULL || !g_str_has_prefix(reason, "first-") ||
      g_str_equal(reason, minor ? "first-under-16" : "first-from-16"))
    return;
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_INVALID, "application.reason.age", "application.reason",
                      minor ? _("the applicant is not yet 16; choose the reason for under 16")
                            : _("the applicant is 16 or older; choose the reason for 16 and over")),
      FORM_NOTES, "九", "“申领原因”仅为未满或者年满16周岁申请领取居民身份证一种情形", "R131");
}

/* A card's term hangs on the age when it is signed, days or weeks after the visit. */
static void
note_coming_birthday(const DsView *view, DsFindings *findings)
{
  static const int BOUNDS[] = {16, 26, 46};
  GDate birth, day, later;

  if (!ds_view_field_date(view, "applicant.birth", &birth) ||
      !ds_view_fact_date(view, "case.day", &day))
    return;
  later = day;
  g_date_add_days(&later, SOON_DAYS);
  for (guint i = 0; i < G_N_ELEMENTS(BOUNDS); i++)
    if (ds_age_on(&birth, &day) < BOUNDS[i] && ds_age_on(&birth, &later) >= BOUNDS[i])
      ds_findings_add_format(
          findings, DS_FINDING_NOTE, "application.birthday", "applicant.birth",
          _("the applicant turns %d within 60 days: the card's term is settled when it is signed; "
            "the documents are those for the age today"),
          BOUNDS[i]);
}

static void
check(const DsView *view, DsFindings *findings)
{
  int age;

  if (!ds_view_age(view, &age))
    return;
  check_reason(view, age, findings);
  note_coming_birthday(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-eligibility", ops);
