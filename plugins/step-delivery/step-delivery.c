/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the card reaches its holder (R111 to R114). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define PLAN "江西省首次申领居民身份证“全省通办”工作实施方案"

static void
note_verification(DsFindings *findings)
{
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_NOTE, "delivery.verification", "delivery.mode",
                      _("tell them: within 30 working days of receiving the card its holder has it "
                        "checked, with the fingerprints, here or at the place of registration")),
      PLAN, "三（六）3", "申请人在收到证件三十个工作日内，…核验证件信息，比对指纹信息", "R114");
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
  note_verification(findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-delivery", ops);
