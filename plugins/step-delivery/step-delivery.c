/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the card reaches its holder (R111 to R114). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

/* Only where the pack has such a term. */
static void
note_verification(const DsView *view, DsFindings *findings)
{
  const char *days = ds_view_fact(view, "deadline.verify-after-delivery.days");

  if (days == NULL)
    return;
  ds_finding_cite(
      ds_findings_add_format(findings, DS_FINDING_NOTE, "delivery.verification", "delivery.mode",
                             _("tell them: within %s working days of receiving the card its holder "
                               "has it checked, with the fingerprints, here or at the place of "
                               "registration"),
                             days),
      NULL, NULL, NULL, "R114");
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *mode = ds_view_field(view, "delivery.mode");
  const char *recipient = ds_view_field(view, "delivery.recipient");
  const char *address = ds_view_field(view, "delivery.address");

  if (mode == NULL || g_str_equal(mode, "self"))
    return;
  if (recipient != NULL)
    ds_person_check_name(findings, "delivery.recipient", recipient);
  if (g_str_equal(mode, "post") && address != NULL && ds_address_province(address) == NULL)
    ds_findings_add(findings, DS_FINDING_WARNING, "delivery.address.province", "delivery.address",
                    _("the address does not begin with a province; a letter may not arrive"));
  note_verification(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-delivery", ops);
