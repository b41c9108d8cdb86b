/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/person.h"

#include <libintl.h>

#include "model/address.h"
#include "model/name.h"

#define _(text) dgettext("doorstep", text)
#define NUMBER_STANDARD "GB 11643-1999《公民身份号码》"
#define FORM_NOTES "居民身份证异地受理登记表填表说明"

static DsFinding *
add(DsFindings *findings, DsFindingKind kind, const char *field, const char *word, const char *text)
{
  g_autofree char *code = g_strconcat(field, ".", word, NULL);

  return ds_findings_add(findings, kind, code, field, text);
}

static void
add_number(DsFindings *findings, DsFindingKind kind, const char *field, const char *word,
           const char *text)
{
  ds_finding_cite(add(findings, kind, field, word, text), NUMBER_STANDARD, NULL, NULL, NULL);
}

static void
check_form(DsFindings *findings, const char *field, const DsNumber *number)
{
  if (number->class_ == DS_NUMBER_CLASS_LEGACY15) {
    add_number(findings, DS_FINDING_INVALID, field, "legacy",
               _("this is an old number of 15 digits; enter the number of 18 digits from the "
                 "household register"));
    return;
  }
  if (number->length == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_INVALID, field, "length",
               _("the number does not have 18 digits; compare it with the document"));
  if (number->characters == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_INVALID, field, "characters",
               _("the number may hold only the digits 0 to 9 and, at its end, X; type it again "
                 "without spaces and full-width signs"));
}

void
ds_person_check_number(DsFindings *findings, const char *field, const DsNumber *number)
{
  check_form(findings, field, number);
  if (number->checksum == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_INVALID, field, "checksum",
               _("the last digit does not fit the others: a digit is wrong or two are swapped; "
                 "compare the number with the document"));
  if (number->date == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_INVALID, field, "date",
               _("digits 7 to 14 are no date; compare the number with the document"));
  if (number->not_future == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_INVALID, field, "future",
               _("the birth date in the number lies in the future; compare the number with the "
                 "document, and check the computer's date"));
  if (number->century == DS_NUMBER_BAD)
    add_number(findings, DS_FINDING_WARNING, field, "century",
               _("by this number the person was born before 1800; compare it with the document"));
  if (number->text[0] != '\0' && number->class_ == DS_NUMBER_CLASS_UNKNOWN)
    add_number(findings, DS_FINDING_WARNING, field, "prefix",
               _("no province has the first two digits of this number; compare it with the "
                 "document"));
}

void
ds_person_check_name(DsFindings *findings, const char *field, const char *name)
{
  DsNameLook look = ds_name_look(name);
  g_autofree char *fixed = NULL;
  g_autofree char *text = NULL;

  if (look.lookalike) {
    fixed = ds_name_with_dots(name);
    text = g_strdup_printf(_("the dot in the name is not the name dot “·” (U+00B7); enter “%s”"),
                           fixed);
    add(findings, DS_FINDING_WARNING, field, "dot", text);
  }
  if (look.private_use)
    add(findings, DS_FINDING_WARNING, field, "private-use",
        _("the name holds a self-made character that other computers cannot show; choose the "
          "character from a standard input method, or keep a picture of it under documents"));
  if (look.foreign)
    add(findings, DS_FINDING_WARNING, field, "characters",
        _("the name holds a space, letter, digit or sign; compare it with the document"));
  if (look.characters > DS_NAME_MAX_CHARACTERS)
    add(findings, DS_FINDING_INVALID, field, "too-long",
        _("a name has at most 50 characters; compare it with the document"));
  else if (look.characters > DS_NAME_CHIP_CHARACTERS)
    add(findings, DS_FINDING_WARNING, field, "over-chip",
        _("the name has more than 15 characters; the card's chip holds 15, the station will "
          "settle how it is shortened"));
}

void
ds_person_check_address(DsFindings *findings, const char *field, const char *address,
                        const char *clause)
{
  if (ds_address_province(address) != NULL)
    return;
  ds_finding_cite(
      add(findings, DS_FINDING_INVALID, field, "province",
          _("the address must begin with the province, autonomous region or municipality, in full "
            "or by its abbreviation")),
      FORM_NOTES, clause, "住址前应当冠以省、自治区、直辖市的名称或通用简称",
      g_strcmp0(clause, "四") == 0 ? "R123" : "R125");
}
