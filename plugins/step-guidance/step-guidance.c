/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the person is told once the application is taken (R023 to R025, R063 to R066). Reminders
 * only: nothing here may stop a case. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static void
remind_residence(const DsView *view, DsFindings *findings)
{
  if (g_strcmp0(ds_view_field(view, "residence.registered"), "no") != 0 ||
      ds_view_field_is_true(view, "guidance.residence-given"))
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_NOTE, "guidance.residence",
                                  "guidance.residence-given",
                                  _("the residence is not registered yet: show how it is done, now "
                                    "that the application is taken")),
                  NULL, NULL, NULL, "R023 R025");
}

static void
remind_temporary(const DsView *view, DsFindings *findings)
{
  const char *wanted = ds_view_field(view, "temporary.wanted");

  if (wanted == NULL || g_str_equal(wanted, "none") ||
      ds_view_field_is_true(view, "temporary.explained"))
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_NOTE, "guidance.temporary",
                                  "temporary.explained",
                                  _("temporary papers are wanted: explain which ones this person "
                                    "can get, and where")),
                  NULL, NULL, NULL, "R065");
}

static void
check(const DsView *view, DsFindings *findings)
{
  remind_residence(view, findings);
  remind_temporary(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-guidance", ops);
