/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *method, const char *due)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "fee.due", due);
  STEP_FIELDS(view, "fee.method", method);
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) cash = make_view("cash", "2000");
  g_autoptr(DsView) code = make_view("payment-code", "4000");
  g_autoptr(DsView) relieved = make_view("exempt", "0");
  g_autoptr(DsView) empty = ds_view_new();

  ds_view_set_field(cash, "fee.received", "2000");
  step_expect_quiet(cash);
  step_expect_quiet(code);
  step_expect(code, "fee.payment-code", DS_FINDING_NOTE, "offer to take cash");
  step_expect_quiet(relieved);
  step_expect_quiet(empty);
}

static void
test_amount(void)
{
  g_autoptr(DsView) view = make_view("cash", "2000");

  step_expect_quiet(view); /* what is missing the form says */
  ds_view_set_field(view, "fee.received", "2001");
  step_expect(view, "fee.amount", DS_FINDING_INVALID, "20.01 yuan were noted, but 20.00");
  ds_view_set_field(view, "fee.received", "20");
  step_expect(view, "fee.amount", DS_FINDING_INVALID, "0.20 yuan were noted, but 20.00");
  ds_view_set_field(view, "fee.received", "20.00");
  step_expect_no(view, "fee.amount"); /* a broken form is the form's to say */
}

static void
test_not_known_yet(void)
{
  g_autoptr(DsView) view = make_view("cash", NULL);

  ds_view_set_field(view, "fee.received", "9900");
  step_expect_quiet(view);
}

static void
test_exempt(void)
{
  g_autoptr(DsView) view = make_view("exempt", "4000");

  ds_view_set_field(view, "fee.relief", "poor");
  step_expect(view, "fee.not-exempt", DS_FINDING_INVALID, "40.00 yuan are due");
}

static void
test_cash_elsewhere(void)
{
  g_autoptr(DsView) view = make_view("payment-code", "2000");

  ds_view_set_field(view, "fee.received", "0");
  step_expect_no(view, "fee.cash-noted");
  ds_view_set_field(view, "fee.received", "2000");
  step_expect(view, "fee.cash-noted", DS_FINDING_INVALID, "not paid in cash");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-fee/good", test_good);
  g_test_add_func("/step-fee/amount", test_amount);
  g_test_add_func("/step-fee/not-known-yet", test_not_known_yet);
  g_test_add_func("/step-fee/exempt", test_exempt);
  g_test_add_func("/step-fee/cash-elsewhere", test_cash_elsewhere);
  return g_test_run();
}
