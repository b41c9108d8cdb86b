/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The written commitment: the right person signs the text in force, after having read it (R092,
 * R136, R140 to R142). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static void
check_text(const DsView *view, const char *word, DsFindings *findings)
{
  g_autofree char *field = g_strconcat("commitment.", word, NULL);
  g_autofree char *fact = g_strconcat("notice.commitment.", word, NULL);
  const char *accepted = ds_view_field(view, field);
  const char *wanted = ds_view_fact(view, fact);

  if (accepted == NULL || wanted == NULL || g_str_equal(accepted, wanted) ||
      ds_findings_find(findings, "commitment.text") != NULL)
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "commitment.text", field,
                                  _("the commitment that was accepted is not the text in force; "
                                    "show the present text and have it signed again")),
                  NULL, NULL, NULL, "R136");
}

static void
check_signer(const DsView *view, DsFindings *findings)
{
  const char *signer = ds_view_field(view, "commitment.signer");
  const char *wanted;
  int age;

  if (signer == NULL || !ds_view_age(view, &age))
    return;
  wanted = age < 16 ? "guardian" : "applicant";
  if (g_str_equal(signer, wanted))
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "commitment.signer.other",
                                  "commitment.signer",
                                  age < 16 ? _("the applicant is under 16: the guardian signs")
                                           : _("the applicant is 16 or older and signs in person")),
                  NULL, NULL, NULL, "R019 R142");
}

static GDateTime *
parse_time(const char *text)
{
  return text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
}

/* Nobody can sign what was not shown yet. */
static gboolean
is_before(const DsPart *signature, const DsView *view, const char *field)
{
  g_autoptr(GDateTime) signed_at = parse_time(ds_part_attribute(signature, "captured-at"));
  g_autoptr(GDateTime) shown_at = parse_time(ds_view_field(view, field));

  return signed_at != NULL && shown_at != NULL && g_date_time_compare(signed_at, shown_at) < 0;
}

static const char *
missing_words(const DsView *view, const char *signer)
{
  const char *stale = ds_view_fact(view, "signatures.stale");
  g_auto(GStrv) words = g_strsplit(stale != NULL ? stale : "", " ", -1);

  if (g_strv_contains((const char *const *)words, signer))
    return _("the particulars have changed since the commitment was signed; have it signed again");
  return g_str_equal(signer, "guardian") ? _("the guardian's signature under the commitment")
                                         : _("the applicant's signature under the commitment");
}

static void
check_signature(const DsView *view, DsFindings *findings)
{
  const char *signer = ds_view_field(view, "commitment.signer");
  const DsPart *signature;

  if (signer == NULL)
    return;
  signature = ds_view_find_part(view, DS_SLOT_SIGNATURE, signer);
  if (signature == NULL)
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "commitment.signature",
                                    "signature", missing_words(view, signer)),
                    NULL, NULL, NULL, "R019 R142");
  else if (is_before(signature, view, "notice.read-at") ||
           is_before(signature, view, "commitment.accepted-at"))
    ds_findings_add(findings, DS_FINDING_INVALID, "commitment.signature.early", signature->id,
                    _("the signature was given before the text was read and accepted; have it "
                      "signed again"));
}

static void
check(const DsView *view, DsFindings *findings)
{
  if (ds_view_field(view, "commitment.accepted") != NULL &&
      !ds_view_field_is_true(view, "commitment.accepted"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "commitment.not-accepted",
                                    "commitment.accepted",
                                    _("the commitment has not been accepted; without it the "
                                      "application cannot go on")),
                    NULL, NULL, NULL, "R019 R092");
  check_text(view, "version", findings);
  check_text(view, "sha256", findings);
  check_signer(view, findings);
  check_signature(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-commitment", ops);
