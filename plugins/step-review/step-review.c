/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The person reads the particulars and confirms them before anything is sealed (R085, R098). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define PLAN "江西省首次申领居民身份证“全省通办”工作实施方案"

static gboolean
is_denied(const DsView *view, const char *field)
{
  return ds_view_field(view, field) != NULL && !ds_view_field_is_true(view, field);
}

static void
check(const DsView *view, DsFindings *findings)
{
  if (is_denied(view, "review.confirmed"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "review.not-confirmed",
                                    "review.confirmed",
                                    _("the particulars are not confirmed; go through them with the "
                                      "person and correct what is wrong")),
                    PLAN, "三（三）", "由申请人核对确认并签字", "R098");
  if (is_denied(view, "application.confirmed"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "application.not-confirmed",
                                    "application.confirmed",
                                    _("the person has not confirmed that what was handed in is "
                                      "accurate and true")),
                    PLAN, "三（一）", "确认提交信息的准确、真实性", "R085");
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-review", ops);
