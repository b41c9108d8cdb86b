/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The person reads the particulars and confirms them before anything is sealed (R085, R098). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

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
                    NULL, NULL, NULL, "R039 R098");
  if (is_denied(view, "application.confirmed"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "application.not-confirmed",
                                    "application.confirmed",
                                    _("the person has not confirmed that what was handed in is "
                                      "accurate and true")),
                    NULL, NULL, NULL, "R085");
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-review", ops);
