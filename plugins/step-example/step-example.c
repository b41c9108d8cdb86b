/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The smallest complete step: one remark, checked in a way plugin.json cannot say. Copy this
 * folder to begin a plugin. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static gboolean
has_letter(const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    if (g_unichar_isalnum(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *remark = ds_view_field(view, "example.remark");

  if (remark != NULL && !has_letter(remark))
    ds_findings_add(findings, DS_FINDING_INVALID, "example.remark.empty-of-words", "example.remark",
                    _("the remark holds only signs; write it in words or leave it out"));
}

static void
derive(const DsView *view, DsView *facts)
{
  ds_view_set_fact(facts, "example.has-remark",
                   ds_view_field(view, "example.remark") != NULL ? "true" : "false");
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
    .derive = derive,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-example", ops);
