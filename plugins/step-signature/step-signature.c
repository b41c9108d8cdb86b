/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The applicant or guardian signs exactly what is recorded (R039); the same signature stands under
 * a written commitment, if the case has one (R019). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define ADULT_SIGNS 16

static gboolean
is_stale(const DsView *view, const char *signer)
{
  const char *stale = ds_view_fact(view, "signatures.stale");
  g_auto(GStrv) words = g_strsplit(stale != NULL ? stale : "", " ", -1);

  return g_strv_contains((const char *const *)words, signer);
}

static void
say(DsFindings *findings, DsFindingKind kind, const char *code, const char *subject,
    const char *text)
{
  ds_finding_cite(ds_findings_add(findings, kind, code, subject, text), NULL, NULL, NULL, "R039");
}

static void
check_signature(const DsView *view, const char *signer, DsFindings *findings)
{
  if (ds_view_find_part(view, DS_SLOT_SIGNATURE, signer) != NULL)
    return;
  if (is_stale(view, signer))
    say(findings, DS_FINDING_MISSING, "signature.stale", "signature",
        _("what was signed has changed since; show the particulars and have them signed again"));
  else
    say(findings, DS_FINDING_MISSING, "signature.missing", "signature",
        _("the signature under the particulars"));
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *signer = ds_view_field(view, "signature.signer");
  int age;

  if (signer == NULL)
    return;
  if (g_str_equal(signer, "applicant") && ds_view_age(view, &age) && age < ADULT_SIGNS)
    say(findings, DS_FINDING_INVALID, "signature.signer.minor", "signature.signer",
        _("the applicant is under 16: the guardian signs"));
  check_signature(view, signer, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-signature", ops);
