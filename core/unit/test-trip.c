/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip's report and its end. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "unit/apply.h"
#include "unit/case.h"
#include "unit/check.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/trip-end.h"
#include "unit/trip-keep.h"
#include "unit/trip-report.h"
#include "unit/withdraw.h"
#include "vault/journal.h"

static DsTripReport *
report_of(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  DsTripReport *report = ds_unit_trip_report(home->unit, "t1", &error);

  g_assert_no_error(error);
  return report;
}

static const DsTripCase *
find_case(const DsTripReport *report, const char *id)
{
  for (guint i = 0; i < report->cases->len; i++)
    if (g_str_equal(((DsTripCase *)g_ptr_array_index(report->cases, i))->id, id))
      return g_ptr_array_index(report->cases, i);
  g_assert_not_reached();
}

static gboolean
owes(const DsTripCase *of, DsOwedKind kind, const char *detail)
{
  for (guint i = 0; i < of->owed->len; i++) {
    const DsTripOwed *owed = g_ptr_array_index(of->owed, i);
    if (owed->kind == kind && (detail == NULL || g_strcmp0(owed->detail, detail) == 0))
      return TRUE;
  }
  return FALSE;
}

static void
put(TestHome *home, const char *case_id, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_vault_set_field(ds_unit_vault(home->unit), case_id, "step-fee", name, value,
                                   "360702001", &error));
  g_assert_no_error(error);
}

static void
pay(TestHome *home, const char *case_id, const char *fen, const char *series, const char *number)
{
  put(home, case_id, "fee.method", "cash");
  put(home, case_id, "fee.received", fen);
  put(home, case_id, "fee.receipt-series", series);
  put(home, case_id, "fee.receipt-number", number);
}

static char *
begin(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  char *id = ds_unit_case_new(home->unit, "t1", 0, "first-application", &error);

  g_assert_no_error(error);
  return id;
}

static void
test_money(void)
{
  static const struct {
    const char *fen, *series, *number;
  } paid[] = {{"2000", "LU-2026", "000101"}, {"2000", "LU-2026", "000103"},
              {"4000", "LU-2026", "000108"}, {"2000", "LU-2026", "000103"},
              {"2000", "OLD", "77"},         {"2000", NULL, NULL},
              {"2000", "OLD", "5077"}};
  g_autoptr(TestHome) home = test_home_new(TRUE);

  for (guint i = 0; i < G_N_ELEMENTS(paid); i++) {
    g_autofree char *id = begin(home);
    pay(home, id, paid[i].fen, paid[i].series, paid[i].number);
  }
  g_autoptr(DsTripReport) report = report_of(home);
  g_assert_cmpint(report->cash_fen, ==, 16000);
  g_assert_cmpuint(report->paid_cash, ==, 7);
  g_assert_cmpuint(report->cash_without_receipt, ==, 1);
  g_assert_cmpuint(report->series->len, ==, 2);
  const DsTripSeries *series = g_ptr_array_index(report->series, 0);
  g_assert_cmpstr(series->series, ==, "LU-2026");
  g_assert_cmpuint(series->count, ==, 4);
  g_assert_cmpstr(series->first, ==, "000101");
  g_assert_cmpstr(series->last, ==, "000108");
  g_assert_cmpint(series->fen, ==, 10000);
  g_assert_cmpuint(series->missing->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(series->missing, 0), ==, "000102");
  g_assert_cmpstr(g_ptr_array_index(series->missing, 1), ==, "000104…000107");
  g_assert_cmpuint(series->doubled->len, ==, 1);
  g_assert_cmpstr(g_ptr_array_index(series->doubled, 0), ==, "000103");
  g_assert_cmpuint(series->pads->len, ==, 1);
  /* far apart: another pad, and nothing is lost */
  const DsTripSeries *old = g_ptr_array_index(report->series, 1);
  g_assert_cmpuint(old->missing->len, ==, 0);
  g_assert_cmpuint(old->pads->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(old->pads, 1), ==, "5077");
  g_autofree char *text = ds_trip_series_text(series);
  g_assert_nonnull(strstr(text, "000104…000107"));
}

/* From the first draft to the station's word: what is owed follows. */
static void
test_owed(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest id;
  g_autofree char *draft = begin(home);
  g_autofree char *whole = test_home_take(home, 2);
  g_autofree char *sealed = test_home_seal(home, 1, &id);

  g_autoptr(DsTripReport) before = report_of(home);
  g_assert_cmpuint(before->cases->len, ==, 3);
  g_assert_cmpuint(before->roster, ==, 12);
  g_assert_cmpuint(before->absent, ==, 10);
  g_assert_true(owes(find_case(before, draft), DS_OWED_MATERIAL, NULL));
  g_assert_true(owes(find_case(before, whole), DS_OWED_SEAL, NULL));
  g_assert_true(owes(find_case(before, sealed), DS_OWED_DURABLE, NULL));
  g_assert_nonnull(find_case(before, sealed)->name); /* sealed, and still known by name */
  g_assert_cmpuint(before->by_state[DS_CASE_DRAFT], ==, 2);

  test_home_hear(home, &id, DS_STATE_RECEIVED, NULL);
  test_home_hear(home, &id, DS_STATE_RETURNED, "due=2026-09-04");
  g_autoptr(DsTripReport) returned = report_of(home);
  g_assert_true(owes(find_case(returned, sealed), DS_OWED_REDO, "2026-09-04"));
  g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(returned->statements, "returned")), ==, 1);

  test_home_hear(home, &id, DS_STATE_NOT_ISSUED, "refund=2000");
  g_autoptr(DsTripReport) ended = report_of(home);
  g_assert_true(owes(find_case(ended, sealed), DS_OWED_REFUND, "2000"));
  g_assert_true(owes(find_case(ended, sealed), DS_OWED_NOTICE, "not-issued"));
  g_assert_cmpint(ended->refund_fen, ==, 2000);
  g_assert_true(ds_vault_log(ds_unit_vault(home->unit), sealed, NULL, "refund-paid", "2000",
                             "360702001", &error));
  g_autoptr(DsTripReport) settled = report_of(home);
  g_assert_false(owes(find_case(settled, sealed), DS_OWED_REFUND, NULL));
  g_assert_cmpint(settled->refund_paid_fen, ==, 2000);
  g_assert_no_error(error);
}

/* What the field ended keeps that name while it is only archived. */
static void
test_standing(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *withdrawn = begin(home);
  DsDigest id;

  pay(home, withdrawn, "2000", "LU", "7");
  g_assert_true(ds_unit_case_withdraw(home->unit, withdrawn, "moved away", &error));
  g_assert_true(ds_unit_case_seal(home->unit, withdrawn, &id, &error));
  g_assert_no_error(error);
  test_home_hear(home, &id, DS_STATE_DURABLE, NULL);
  g_autoptr(DsTripReport) report = report_of(home);
  const DsTripCase *of = find_case(report, withdrawn);
  g_assert_cmpint(of->state, ==, DS_CASE_DURABLE);
  g_assert_cmpint(of->standing, ==, DS_CASE_WITHDRAWN);
  g_assert_cmpuint(report->by_state[DS_CASE_WITHDRAWN], ==, 1);
  g_assert_cmpuint(report->by_state[DS_CASE_DURABLE], ==, 0);
  /* these rules charge nothing, so they pay nothing back */
  g_assert_false(owes(of, DS_OWED_REFUND, NULL) || owes(of, DS_OWED_ASK, NULL));
  g_autoptr(DsView) view = ds_trip_report_view(report);
  g_assert_cmpstr(ds_view_field(view, "row.1.state"), ==, "withdrawn");
}

static void
test_view(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autofree char *first = begin(home), *second = begin(home);

  put(home, first, "applicant.name", "欧阳明月");
  pay(home, second, "2000", "LU", "9");
  put(home, second, "appointment.hardship", "bedridden");
  put(home, second, "old-card.handed-in", "true");
  put(home, second, "temporary.wanted", "temporary-card");
  g_autoptr(DsTripReport) report = report_of(home);
  g_autoptr(DsView) view = ds_trip_report_view(report);
  g_assert_cmpstr(ds_view_field(view, "trip.id"), ==, "t1");
  g_assert_cmpstr(ds_view_field(view, "trip.cases"), ==, "2");
  g_assert_cmpstr(ds_view_field(view, "trip.by-state.draft"), ==, "2");
  g_assert_cmpstr(ds_view_field(view, "trip.cash-fen"), ==, "2000");
  g_assert_cmpstr(ds_view_field(view, "trip.old-cards"), ==, "1");
  g_assert_cmpstr(ds_view_field(view, "trip.temporary-cards"), ==, "1");
  g_assert_cmpstr(ds_view_field(view, "row.1.name"), ==, "欧阳明月");
  g_assert_cmpstr(ds_view_field(view, "row.2.receipt"), ==, "LU 9");
  g_assert_cmpstr(ds_view_field(view, "row.2.hardship"), ==, "bedridden");
  g_assert_null(ds_view_field(view, "row.1.fee-fen"));
  g_assert_null(ds_view_field(view, "row.3.number"));
}

static void
test_close_refuses(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsTripClosed closed;
  g_autofree char *draft = begin(home);

  g_assert_false(ds_unit_close_trip(home->unit, "t1", FALSE, &closed, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, draft));
  g_assert_nonnull(strstr(error->message, "--leave"));
  g_clear_error(&error);
  g_assert_false(ds_unit_close_trip(home->unit, "t9", FALSE, &closed, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);

  g_assert_true(ds_unit_close_trip(home->unit, "t1", TRUE, &closed, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(closed.left, ==, 1);
  g_assert_cmpuint(closed.forgotten, ==, 12);
  g_autofree char *none = ds_unit_case_new(home->unit, "t1", 0, "first-application", &error);
  g_assert_null(none);
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  /* what was left open goes on */
  g_assert_true(ds_unit_case_set(home->unit, draft, "applicant.name", "王五", &error));
  g_assert_true(ds_unit_case_withdraw(home->unit, draft, "did not wait", &error));
  g_assert_no_error(error);
}

/* Settled cases lose their personal data, the accounts stay. */
static void
test_close_erases(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsTripClosed closed;
  DsPruned pruned;
  DsDigest accepted_id, waiting_id;
  g_autofree char *accepted = test_home_take(home, 1);
  pay(home, accepted, "2000", "LU", "41");
  put(home, accepted, "appointment.hardship", "elderly");
  put(home, accepted, "appointment.hardship-detail", "third floor, no lift");
  g_assert_true(ds_unit_case_seal(home->unit, accepted, &accepted_id, &error));
  g_assert_no_error(error);
  g_autofree char *waiting = test_home_seal(home, 2, &waiting_id);

  g_assert_true(ds_vault_log(ds_unit_vault(home->unit), accepted, NULL, "refund-paid", "700",
                             "360702001", &error));
  test_home_hear(home, &accepted_id, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &accepted_id, DS_STATE_ACCEPTED, NULL);
  test_home_hear(home, &waiting_id, DS_STATE_DURABLE, NULL);
  g_assert_true(ds_unit_close_trip(home->unit, "t1", FALSE, &closed, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(closed.forgotten, ==, 10);
  g_assert_cmpuint(closed.erased, ==, 0); /* its files are still here */

  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_true(ds_unit_close_trip(home->unit, "t1", FALSE, &closed, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(closed.erased, ==, 1);
  g_autoptr(DsTripReport) report = report_of(home);
  const DsTripCase *gone = find_case(report, accepted);
  g_assert_true(gone->erased);
  g_assert_null(gone->name);
  g_assert_cmpint(gone->fee_fen, ==, 2000);
  g_assert_cmpstr(gone->receipt_number, ==, "41");
  g_assert_cmpint(gone->refund_paid_fen, ==, 700); /* its entry in the journal is erased too */
  g_assert_cmpstr(gone->hardship, ==, "elderly");
  g_assert_null(gone->hardship_detail);
  g_assert_nonnull(gone->bundle);
  g_assert_nonnull(find_case(report, waiting)->name); /* the station may still return it */
  g_autoptr(GHashTable) left = ds_vault_case_fields(ds_unit_vault(home->unit), accepted, &error);
  g_assert_cmpuint(g_hash_table_size(left), ==, 0);
  g_autoptr(DsVaultRosterRow) no_row =
      ds_vault_roster_row(ds_unit_vault(home->unit), "t1", 1, &error);
  g_assert_null(no_row);
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_autoptr(DsView) erased = ds_unit_case_view(home->unit, accepted, &error);
  g_assert_nonnull(erased);
  g_autoptr(DsView) view = ds_trip_report_view(report);
  g_assert_nonnull(ds_view_field(view, "row.1.name"));
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
  g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trip/money", test_money);
  g_test_add_func("/trip/owed", test_owed);
  g_test_add_func("/trip/standing", test_standing);
  g_test_add_func("/trip/view", test_view);
  g_test_add_func("/trip/close-refuses", test_close_refuses);
  g_test_add_func("/trip/close-erases", test_close_erases);
  return g_test_run();
}
