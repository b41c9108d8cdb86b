/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the officer saw when holding person and papers against each other (R016 to R018, R029, R030,
 * R032). What follows from it is the packs' word. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static gboolean
is(const DsView *view, const char *field, const char *value)
{
  return g_strcmp0(ds_view_field(view, field), value) == 0;
}

/* Kinds that name the person, whoever's rules apply; proofs of work and the like do not. */
static gboolean
has_identity_document(const DsView *view)
{
  static const char *const KINDS[] = {"household-register", "resident-id-card", "residence-permit",
                                      "driving-licence", "passport"};

  for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++) {
    g_autofree char *field = g_strdup_printf("document.%s.sighted", KINDS[i]);
    if (ds_view_field_is_true(view, field))
      return TRUE;
  }
  return FALSE;
}

static void
check_mode(const DsView *view, DsFindings *findings)
{
  if (!is(view, "identification.mode", "history") || !has_identity_document(view))
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_WARNING, "identification.mode.documents",
                                  "identification.mode",
                                  _("a document that names the person was shown; if it is valid, "
                                    "identify by the document")),
                  NULL, NULL, NULL, "R016");
}

/* A word in the list of words @list. */
static gboolean
has_word(const char *list, const char *word)
{
  g_auto(GStrv) words = g_strsplit(list, " ", -1);

  return g_strv_contains((const char *const *)words, word);
}

static void
check_supervisor(const DsView *view, DsFindings *findings)
{
  const char *supervisor = ds_view_field(view, "identification.forgery-confirmed-by");
  const char *officers = ds_view_fact(view, "station.officers");

  if (!ds_view_field_is_true(view, "identification.forgery"))
    return;
  if (supervisor == NULL)
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_NOTE, "identification.supervisor.missing",
                                    "identification.forgery-confirmed-by",
                                    _("ask the supervisor to look at it too; until then it is "
                                      "recorded as observed by one officer")),
                    NULL, NULL, NULL, "R030");
  else if (g_strcmp0(supervisor, ds_view_fact(view, "officer.number")) == 0)
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "identification.supervisor.self",
                                    "identification.forgery-confirmed-by",
                                    _("nobody confirms an observation of their own; another "
                                      "officer must")),
                    NULL, NULL, NULL, "R030");
  else if (officers != NULL && !has_word(officers, supervisor))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID,
                                    "identification.supervisor.unknown",
                                    "identification.forgery-confirmed-by",
                                    _("this number is no officer of the station's directory; "
                                      "correct it")),
                    NULL, NULL, NULL, "R030");
}

static void
check_verdict(const DsView *view, DsFindings *findings)
{
  if (is(view, "identification.verdict", "same") &&
      ds_view_field_is_true(view, "identification.looks-changed") &&
      ds_view_field(view, "identification.verdict-reason") == NULL)
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_WARNING, "identification.verdict.why",
                                    "identification.verdict-reason",
                                    _("the looks have changed a lot, yet it is the same person; "
                                      "note by what they were recognised")),
                    NULL, NULL, NULL, "R018");
}

static void
check(const DsView *view, DsFindings *findings)
{
  check_mode(view, findings);
  check_verdict(view, findings);
  check_supervisor(view, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-identification", ops);
