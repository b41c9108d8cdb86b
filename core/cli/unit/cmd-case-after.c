/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* case refund, notified: what is settled with the person when there is no card */
#include "cli/unit/face.h"

#include "base/error.h"
#include "model/money.h"
#include "unit/settle.h"

static char *opt_paid, *opt_receipt, *opt_decided_by, *opt_how;

static gboolean
run_refund(DsFace *face, char **args, GError **error)
{
  gint64 fen = 0;

  if (opt_paid == NULL || (opt_receipt == NULL && opt_decided_by == NULL)) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        _("--paid AMOUNT and --receipt NUMBER are needed"));
    return FALSE;
  }
  if (!ds_money_parse_yuan(opt_paid, &fen)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--paid \"%s\" is no sum in yuan such as 20"),
                opt_paid);
    return FALSE;
  }
  DsUnit *unit = ds_face_unit(face, error);
  return unit != NULL && ds_unit_refund(unit, args[0], fen, opt_receipt, opt_decided_by, error);
}

static const GOptionEntry refund_options[] = {
    {"paid", 0, 0, G_OPTION_ARG_STRING, &opt_paid, N_("what the person got back, in yuan"),
     "AMOUNT"},
    {"receipt", 0, 0, G_OPTION_ARG_STRING, &opt_receipt,
     N_("number of the printed receipt that came back, or lost"), "NUMBER"},
    {"decided-by", 0, 0, G_OPTION_ARG_STRING, &opt_decided_by,
     N_("the supervisor who decided, where the rules are silent"), "NUMBER"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static gboolean
run_notified(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);

  return unit != NULL && ds_unit_notified(unit, args[0], opt_how, error);
}

static const GOptionEntry notified_options[] = {
    {"how", 0, 0, G_OPTION_ARG_STRING, &opt_how, N_("by phone, at home, by letter"), "TEXT"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

const DsCommand ds_commands_case_after[] = {
    {"case", "refund", "CASE --paid AMOUNT --receipt NUMBER [--decided-by NUMBER]",
     N_("the person got the fee back and gave the receipt back"),
     "doorstep case refund unit-07-20260901-004 --paid 20 --receipt 00012345", 1, 1, refund_options,
     run_refund},
    {"case", "notified", "CASE --how TEXT", N_("the person was told that there is no card"),
     "doorstep case notified unit-07-20260901-004 --how 电话", 1, 1, notified_options,
     run_notified},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
