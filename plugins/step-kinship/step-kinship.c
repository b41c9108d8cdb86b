/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the guardian is shown to be one: the three cases of the plan (R089 to R091). The packs say
 * which documents a case needs. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define PLAN "江西省首次申领居民身份证“全省通办”工作实施方案"

static const char *
kinship_case(const DsView *view)
{
  if (ds_view_field_is_true(view, "kinship.same-household"))
    return "K1";
  if (ds_view_field(view, "kinship.same-household") == NULL ||
      ds_view_field(view, "kinship.birth-certificate-shows-guardian") == NULL)
    return NULL;
  return ds_view_field_is_true(view, "kinship.birth-certificate-shows-guardian") ? "K2" : "K3";
}

static gboolean
is_parent(const char *relation)
{
  return g_str_equal(relation, "father") || g_str_equal(relation, "mother") ||
         g_str_equal(relation, "adoptive-parent");
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *relation = ds_view_field(view, "guardian.relation");
  const char *found = kinship_case(view);

  if (relation == NULL || found == NULL || g_str_equal(found, "K1") || is_parent(relation))
    return;
  if (ds_view_field_is_true(view, "document.other.sighted") ||
      ds_view_count_parts(view, DS_SLOT_DOCUMENT, "other") > 0)
    return;
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_WARNING, "kinship.other-proof", "guardian.relation",
                      _("the guardian is no parent: birth and marriage certificates do not show "
                        "the guardianship; keep another proof of it under documents")),
      PLAN, "三（一）2", "如未登记与监护人亲属关系还需提交出生医学证明等其他证明监护关系的材料",
      "R089 R090 R091");
}

static void
derive(const DsView *view, DsView *facts)
{
  ds_view_set_fact(facts, "kinship.case", kinship_case(view));
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
    .derive = derive,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-kinship", ops);
