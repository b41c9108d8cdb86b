/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a case's pack says after the field: corrections, refusals, money. */
#include "station/rules.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "station/test-pack.h"
#include "station/test-unit.h"

typedef struct {
  char *dir;
  char *schemas;
  DsRecord *record;
} Rules;

static void
set_up(Rules *self, gconstpointer data)
{
  self->dir = test_make_dir();
  self->schemas = test_pack_schemas(self->dir);
  self->record = ds_record_new();
  DsRecordCase *about = ds_record_set_case(self->record, "unit-7-20260901-001", 1);
  g_free(about->service);
  about->service = g_strdup("first-application");
  g_free(about->day);
  about->day = g_strdup("2026-02-09");
  test_pack_use(self->record, self->schemas, "test-silent");
}

static void
tear_down(Rules *self, gconstpointer data)
{
  g_assert_true(ds_files_remove_tree(self->dir, NULL));
  g_free(self->dir);
  g_free(self->schemas);
  ds_record_free(self->record);
}

static DsCaseRules *
load(const Rules *self, const char *today)
{
  g_autoptr(GError) error = NULL;
  GDate day;

  g_assert_true(ds_date_parse(&day, today));
  DsCaseRules *rules = ds_case_rules_load(self->record, self->schemas, &day, &error);
  g_assert_no_error(error);
  return rules;
}

/* The days of domain facts 2.13 and SC08. */
static void
test_due(Rules *self, gconstpointer data)
{
  static const struct {
    const char *today, *urgency, *due;
    gboolean provisional;
  } rows[] = {
      {"2026-02-13", NULL, "2026-02-25", FALSE},
      {"2026-02-13", "normal", "2026-02-25", FALSE},
      {"2026-02-13", "expedited", "2026-02-24", FALSE},
      {"2026-09-29", "normal", "2026-10-09", FALSE},
      {"2026-09-29", "expedited", "2026-10-08", FALSE},
      {"2026-09-18", "normal", "2026-09-22", FALSE}, /* Sunday 20 September is worked */
      {"2026-12-30", "normal", "2027-01-04", TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_hash_table_remove_all(self->record->fields);
    if (rows[i].urgency != NULL)
      ds_record_set_field(self->record, "application.urgency", rows[i].urgency);
    g_autoptr(DsCaseRules) rules = load(self, rows[i].today);
    DsDue due;
    g_assert_true(ds_case_rules_due(rules, &due));
    g_autofree char *text = ds_date_format(&due.day);
    g_assert_cmpstr(text, ==, rows[i].due);
    g_assert_cmpint(due.provisional, ==, rows[i].provisional);
  }
  test_pack_use(self->record, self->schemas, "test-free");
  g_autoptr(DsCaseRules) silent = load(self, "2026-02-13");
  DsDue none;
  g_assert_false(ds_case_rules_due(silent, &none));
}

static void
test_refusals(Rules *self, gconstpointer data)
{
  g_autoptr(DsCaseRules) rules = load(self, "2026-02-13");
  static const char *const station[] = {"station", NULL}, *const signer[] = {"signer", NULL};
  const char *text = NULL, *redirect = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_case_rules_refusal(rules, "T2", station, &text, &redirect, &error));
  g_assert_cmpstr(text, ==, "身份信息不一致");
  g_assert_cmpstr(redirect, ==, "请到户籍所在地派出所办理");
  g_assert_true(ds_case_rules_refusal(rules, "T5", station, &text, &redirect, &error));
  g_assert_null(redirect);
  /* the unit's reason is not the station's, and nobody makes one up (R006) */
  g_assert_false(ds_case_rules_refusal(rules, "JX-HELD", station, &text, &redirect, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "there is JX-IDENTITY, T2, T5");
  g_assert_false(ds_case_rules_refusal(rules, "NO-PERMIT", station, &text, &redirect, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "\"NO-PERMIT\" is no reason for which the station");
  g_assert_false(ds_case_rules_refusal(rules, NULL, signer, &text, &redirect, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "the signer may refuse");
  g_assert_cmpstr(ds_case_rules_not_issued(rules, &redirect), ==, "JX-NOT-ISSUED");
  g_assert_nonnull(strstr(redirect, "须回户口所在地"));
}

static void
expect_refund(Rules *self, const char *pack, DsRefundRule rule, gint64 paid)
{
  test_pack_use(self->record, self->schemas, pack);
  g_autoptr(DsCaseRules) rules = load(self, "2026-02-13");
  gint64 fen = 7;

  g_assert_cmpint(ds_case_rules_refund(rules, &fen), ==, rule);
  g_assert_cmpint(fen, ==, paid);
}

static void
test_refunds(Rules *self, gconstpointer data)
{
  expect_refund(self, "test-silent", DS_REFUND_NONE, 0);
  ds_record_set_field(self->record, "fee.method", "cash");
  ds_record_set_field(self->record, "fee.received", "2000");
  expect_refund(self, "test-silent", DS_REFUND_ASK, 2000);
  expect_refund(self, "test-back", DS_REFUND_ALL, 2000);
  expect_refund(self, "test-free", DS_REFUND_NONE, 2000);
  ds_record_set_field(self->record, "fee.method", "payment-code");
  expect_refund(self, "test-back", DS_REFUND_ASK, -1);
}

static void
test_other_pack(Rules *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  GDate day;

  g_date_set_dmy(&day, 13, G_DATE_FEBRUARY, 2026);
  self->record->application->pack_digest.bytes[0] ^= 1;
  g_assert_null(ds_case_rules_load(self->record, self->schemas, &day, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "the case keeps");
  g_free(self->record->application->pack);
  self->record->application->pack = g_strdup("nowhere");
  g_assert_null(ds_case_rules_load(self->record, self->schemas, &day, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "the pack nowhere version 1 is not here");
}

#define ADD(name, function) \
  g_test_add("/station/rules/" name, Rules, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("due", test_due);
  ADD("refusals", test_refusals);
  ADD("refunds", test_refunds);
  ADD("other-pack", test_other_pack);
  return g_test_run();
}
