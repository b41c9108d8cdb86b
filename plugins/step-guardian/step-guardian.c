/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guardian who comes with an applicant under 16 (R086, R087). A guardian may hold a document
 * that only the station can look up: then the number is undetermined, never wrong. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define ADULT_AGE 18

static gboolean
is_citizen_document(const DsView *view)
{
  const char *document = ds_view_field(view, "guardian.document");

  return document == NULL || g_str_equal(document, "resident-id-card");
}

static void
leave_to_station(DsFindings *findings)
{
  DsFinding *finding = ds_findings_add(
      findings, DS_FINDING_UNDETERMINED, "guardian.number.station", "guardian.number",
      _("the guardian's document is not a resident identity card; the station "
        "looks it up, keep a copy of it under documents"));

  finding->who = g_strdup("station");
}

static void
check_age(const DsNumber *number, const GDate *day, DsFindings *findings)
{
  if (day == NULL || !number->valid || ds_age_on(&number->birth, day) >= ADULT_AGE)
    return;
  ds_findings_add(findings, DS_FINDING_WARNING, "guardian.number.minor", "guardian.number",
                  _("by the number the guardian is under 18; check whose document it is"));
}

static void
check_relation(const DsView *view, const DsNumber *number, DsFindings *findings)
{
  const char *relation = ds_view_field(view, "guardian.relation");

  if (relation == NULL || !number->valid)
    return;
  if ((g_str_equal(relation, "father") && number->sex == 2) ||
      (g_str_equal(relation, "mother") && number->sex == 1))
    ds_findings_add(findings, DS_FINDING_WARNING, "guardian.relation.sex", "guardian.relation",
                    _("the number stands for the other sex than the relation; check whose document "
                      "it is"));
}

static void
check_same(const DsView *view, const char *number, DsFindings *findings)
{
  const char *applicant = ds_view_field(view, "applicant.number");

  if (applicant != NULL && g_ascii_strcasecmp(applicant, number) == 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "guardian.number.same", "guardian.number",
                    _("this is the applicant's own number; enter the guardian's"));
}

static void
check_number(const DsView *view, const char *text, DsFindings *findings)
{
  GDate day;
  gboolean has_day = ds_view_fact_date(view, "case.day", &day);
  DsNumber number = ds_number_parse(text, has_day ? &day : NULL);
  gboolean permit =
      number.class_ == DS_NUMBER_CLASS_HMT || number.class_ == DS_NUMBER_CLASS_FOREIGN;

  check_same(view, text, findings);
  if (permit || !is_citizen_document(view)) {
    leave_to_station(findings);
    return;
  }
  ds_person_check_number(findings, "guardian.number", &number);
  check_age(&number, has_day ? &day : NULL, findings);
  check_relation(view, &number, findings);
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *name = ds_view_field(view, "guardian.name");
  const char *number = ds_view_field(view, "guardian.number");

  /* Names on passports are in letters. */
  if (name != NULL && is_citizen_document(view))
    ds_person_check_name(findings, "guardian.name", name);
  if (number != NULL)
    check_number(view, number, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-guardian", ops);
