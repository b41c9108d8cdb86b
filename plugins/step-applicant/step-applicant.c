/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who applies: what the number, the name and the registered address say about themselves and
 * about each other. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define FORM_NOTES "居民身份证异地受理登记表填表说明"

/* TRUE when the number can be a citizen's; a permit's number is not to be looked at further. */
static gboolean
check_class(const DsNumber *number, DsFindings *findings)
{
  if (number->class_ != DS_NUMBER_CLASS_HMT && number->class_ != DS_NUMBER_CLASS_FOREIGN)
    return TRUE;
  ds_findings_add(findings, DS_FINDING_INVALID, "applicant.number.class", "applicant.number",
                  number->class_ == DS_NUMBER_CLASS_HMT
                      ? _("this is the number of a residence permit for Hong Kong, Macao or Taiwan "
                          "residents; resident identity cards are not applied for with it")
                      : _("this is the number of a foreigner's permanent residence card; resident "
                          "identity cards are not applied for with it"));
  return FALSE;
}

static void
check_birth(const DsView *view, const DsNumber *number, const GDate *day, DsFindings *findings)
{
  GDate birth;

  if (!ds_view_field_date(view, "applicant.birth", &birth))
    return;
  if (day != NULL && g_date_compare(&birth, day) > 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "applicant.birth.future", "applicant.birth",
                    _("the birth date lies in the future; correct it"));
  if (number->has_birth && g_date_compare(&birth, &number->birth) != 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "applicant.birth.mismatch", "applicant.birth",
                    _("the birth date is not the one in the number; compare both with the "
                      "household register"));
}

/* Only a warning: the digit stays when a registered sex is changed later. */
static void
check_sex(const DsView *view, const DsNumber *number, DsFindings *findings)
{
  const char *sex = ds_view_field(view, "applicant.sex");

  if (sex == NULL || number->sex == 0 || g_ascii_digit_value(sex[0]) == (int)number->sex)
    return;
  ds_findings_add(findings, DS_FINDING_WARNING, "applicant.sex.mismatch", "applicant.sex",
                  _("the 17th digit of the number stands for the other sex; compare it with the "
                    "household register and note why it differs"));
}

static void
check_number(const DsView *view, DsFindings *findings)
{
  const char *text = ds_view_field(view, "applicant.number");
  DsNumber number;
  GDate day;
  gboolean has_day = ds_view_fact_date(view, "case.day", &day);

  number = ds_number_parse(text, has_day ? &day : NULL);
  check_birth(view, &number, has_day ? &day : NULL, findings);
  if (text == NULL || !check_class(&number, findings))
    return;
  ds_person_check_number(findings, "applicant.number", &number);
  check_sex(view, &number, findings);
}

static void
check_address(const DsView *view, DsFindings *findings)
{
  const char *address = ds_view_field(view, "applicant.address");

  if (address == NULL)
    return;
  ds_person_check_address(findings, "applicant.address", address, "四");
  if (!ds_view_field_is_true(view, "applicant.collective") ||
      !ds_address_is_like_unit_name(address))
    return;
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_WARNING, "applicant.address.unit-name",
                      "applicant.address",
                      _("this looks like the name of a unit; for a collective household "
                        "enter the unit's address")),
      FORM_NOTES, "四", "集体户口应当填写单位的详细地址，不能填写单位名称", "R124");
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *name = ds_view_field(view, "applicant.name");

  if (name != NULL)
    ds_person_check_name(findings, "applicant.name", name);
  check_number(view, findings);
  check_address(view, findings);
}

static void
derive(const DsView *view, DsView *facts)
{
  DsNumber number = ds_number_parse(ds_view_field(view, "applicant.number"), NULL);
  const char *address = ds_view_field(view, "applicant.address");
  g_autofree char *birth = NULL;

  if (number.text[0] != '\0') {
    ds_view_set_fact(facts, "applicant.number-text", number.text);
    ds_view_set_fact(facts, "applicant.number-class", ds_number_class_word(number.class_));
    ds_view_set_fact(facts, "applicant.number-region", number.region);
  }
  if (number.has_birth) {
    birth = g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&number.birth),
                            (int)g_date_get_month(&number.birth), g_date_get_day(&number.birth));
    ds_view_set_fact(facts, "applicant.number-birth", birth);
  }
  if (address != NULL)
    ds_view_set_fact(facts, "applicant.address-province", ds_address_province(address));
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
    .derive = derive,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-applicant", ops);
