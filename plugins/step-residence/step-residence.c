/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the person lives now, on what basis, and with what proof (R084, R088, R125). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>
#include <string.h>

#define _(text) dgettext("doorstep", text)
#define PLAN "江西省首次申领居民身份证“全省通办”工作实施方案"

static void
check_address(const DsView *view, DsFindings *findings)
{
  const char *address = ds_view_field(view, "residence.address");
  const char *region = ds_view_field(view, "residence.region");
  const char *province;

  if (address == NULL)
    return;
  ds_person_check_address(findings, "residence.address", address, "五");
  province = ds_address_province(address);
  if (province != NULL && region != NULL && strncmp(province, region, 2) != 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "residence.region.province", "residence.region",
                    _("the region code belongs to another province than the address; correct the "
                      "one that is wrong"));
}

/* A proof of one basis says nothing about another. "other" is for the station to judge. */
static void
check_proof(const DsView *view, DsFindings *findings)
{
  static const struct {
    const char *proof, *basis;
  } PROOFS[] = {
      {"work-contract", "work"},
      {"school-certificate", "study"},
      {"residence-permit", "live"},
      {"residence-registration", "live"},
      {"lease", "live"},
  };
  const char *basis = ds_view_field(view, "residence.basis");
  const char *proof = ds_view_field(view, "residence.proof");

  if (basis == NULL || proof == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS(PROOFS); i++)
    if (g_str_equal(PROOFS[i].proof, proof) && !g_str_equal(PROOFS[i].basis, basis))
      ds_findings_add(findings, DS_FINDING_INVALID, "residence.proof.basis", "residence.proof",
                      _("this proof does not show work, study or residence as chosen; choose the "
                        "basis that it shows, or another proof"));
}

/* R088: of a minor the guardian works or lives here, or the applicant studies here. */
static void
check_holder(const DsView *view, DsFindings *findings)
{
  const char *basis = ds_view_field(view, "residence.basis");
  const char *holder = ds_view_field(view, "residence.holder");
  gboolean by_guardian;
  int age;

  if (basis == NULL || holder == NULL || !ds_view_age(view, &age))
    return;
  by_guardian = age < 16 && !g_str_equal(basis, "study");
  if (by_guardian == g_str_equal(holder, "guardian"))
    return;
  ds_finding_cite(
      ds_findings_add(
          findings, DS_FINDING_INVALID, "residence.holder.basis", "residence.holder",
          by_guardian
              ? _("under 16 it is the guardian whose work or residence is proved; choose the "
                  "guardian as holder, or the applicant's study as basis")
              : _("this basis is the applicant's own; choose the applicant as holder")),
      PLAN, age < 16 ? "三（一）2" : "三（一）1",
      age < 16 ? "监护人合法稳定就业、居住或者申请人合法稳定就学的其中一种证明材料"
               : "合法稳定就业、就学、居住的其中一种证明材料",
      age < 16 ? "R088" : "R084");
}

static void
check(const DsView *view, DsFindings *findings)
{
  check_address(view, findings);
  check_proof(view, findings);
  check_holder(view, findings);
}

static void
derive(const DsView *view, DsView *facts)
{
  const char *address = ds_view_field(view, "residence.address");

  if (address != NULL)
    ds_view_set_fact(facts, "residence.address-province", ds_address_province(address));
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
    .derive = derive,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-residence", ops);
