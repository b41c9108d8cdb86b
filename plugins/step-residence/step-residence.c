/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the person lives now, on what basis, and with what proof (R084, R088, R125). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>
#include <string.h>

#define _(text) dgettext("doorstep", text)

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

static void
check(const DsView *view, DsFindings *findings)
{
  check_address(view, findings);
  check_proof(view, findings);
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
