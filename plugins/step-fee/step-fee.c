/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was paid is what is due, to the fen, and nothing besides (R040 to R045). What is due the
 * packs say. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static gboolean
is_paid_by(const DsView *view, const char *method)
{
  return g_strcmp0(ds_view_field(view, "fee.method"), method) == 0;
}

static void
check_amount(const DsView *view, gint64 due, DsFindings *findings)
{
  g_autofree char *wanted = ds_money_format(due);
  g_autofree char *taken = NULL;
  gint64 received;

  if (!ds_money_parse_fen(ds_view_field(view, "fee.received"), &received) || received == due)
    return;
  taken = ds_money_format(received);
  ds_finding_cite(
      ds_findings_add_format(findings, DS_FINDING_INVALID, "fee.amount", "fee.received",
                             _("%s yuan were noted, but %s yuan are due and nothing else may be "
                               "charged; correct the amount or give the difference back"),
                             taken, wanted),
      NULL, NULL, NULL, "R045");
}

static void
check_exempt(gint64 due, DsFindings *findings)
{
  g_autofree char *wanted = ds_money_format(due);

  if (due > 0)
    ds_findings_add_format(findings, DS_FINDING_INVALID, "fee.not-exempt", "fee.method",
                           _("the rules know no relief for this case: %s yuan are due"), wanted);
}

/* Money in the data of a case that took none would be counted by nobody. */
static void
check_no_cash(const DsView *view, DsFindings *findings)
{
  gint64 received;

  if (ds_money_parse_fen(ds_view_field(view, "fee.received"), &received) && received > 0)
    ds_findings_add(findings, DS_FINDING_INVALID, "fee.cash-noted", "fee.received",
                    _("cash was noted for a fee that is not paid in cash; clear the amount or "
                      "choose cash"));
}

static void
check(const DsView *view, DsFindings *findings)
{
  gboolean known;
  gint64 due = 0;

  if (ds_view_field(view, "fee.method") == NULL)
    return;
  known = ds_money_parse_fen(ds_view_fact(view, "fee.due"), &due);
  if (!is_paid_by(view, "cash"))
    check_no_cash(view, findings);
  if (known && is_paid_by(view, "cash"))
    check_amount(view, due, findings);
  if (known && is_paid_by(view, "exempt"))
    check_exempt(due, findings);
  if (is_paid_by(view, "payment-code"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_NOTE, "fee.payment-code", "fee.method",
                                    _("the station sends the payment code; explain how it is "
                                      "paid, and offer to take cash")),
                    NULL, NULL, NULL, "R040");
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-fee", ops);
