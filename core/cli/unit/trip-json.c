/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip's report for programs. The members are promised by docs/man/doorstep.1. */
#include "base/clock.h"
#include "cli/unit/trip-print.h"
#include "unit/enrol.h"
#include "unit/watch.h"
#include "vault/bundles.h"

static void
number(JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

static void
boolean(JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, value);
}

static void
texts(JsonBuilder *builder, const char *name, GPtrArray *values)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < values->len; i++)
    json_builder_add_string_value(builder, g_ptr_array_index(values, i));
  json_builder_end_array(builder);
}

static void
case_owed(JsonBuilder *builder, const DsTripCase *of)
{
  json_builder_set_member_name(builder, "owed");
  json_builder_begin_array(builder);
  for (guint i = 0; i < of->owed->len; i++) {
    const DsTripOwed *owed = g_ptr_array_index(of->owed, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "what", ds_owed_word(owed->kind));
    ds_face_member(builder, "detail", owed->detail);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
case_json(JsonBuilder *builder, const DsTripCase *of)
{
  json_builder_begin_object(builder);
  ds_face_member(builder, "case", of->id);
  ds_face_member(builder, "name", of->name);
  boolean(builder, "erased", of->erased);
  ds_face_member(builder, "officer", of->officer);
  ds_face_member(builder, "service", of->service);
  ds_face_member(builder, "reason", of->reason);
  ds_face_member(builder, "urgency", of->urgency);
  ds_face_member(builder, "state", ds_case_state_word(of->state));
  ds_face_member(builder, "decision", ds_case_state_word(of->decision));
  ds_face_member(builder, "day", of->day);
  ds_face_member(builder, "bundle", of->bundle);
  ds_face_member(builder, "due", of->due);
  boolean(builder, "due-provisional", of->due_provisional);
  ds_face_member(builder, "fee-method", of->fee_method);
  number(builder, "fee-fen", of->fee_fen);
  ds_face_member(builder, "receipt-series", of->receipt_series);
  ds_face_member(builder, "receipt-number", of->receipt_number);
  number(builder, "refund-fen", of->refund_fen);
  number(builder, "refund-paid-fen", of->refund_paid_fen);
  number(builder, "refund-ask-fen", of->refund_ask_fen);
  boolean(builder, "old-card", of->old_card);
  ds_face_member(builder, "temporary", of->temporary);
  ds_face_member(builder, "hardship", of->hardship);
  ds_face_member(builder, "hardship-detail", of->hardship_detail);
  ds_face_member(builder, "visit-at", of->visit_at);
  case_owed(builder, of);
  json_builder_end_object(builder);
}

static void
money_json(JsonBuilder *builder, const DsTripReport *report)
{
  json_builder_set_member_name(builder, "money");
  json_builder_begin_object(builder);
  number(builder, "cash-fen", report->cash_fen);
  number(builder, "cash-cases", report->paid_cash);
  number(builder, "payment-code-cases", report->paid_code);
  number(builder, "exempt-cases", report->exempt);
  number(builder, "cash-without-receipt", report->cash_without_receipt);
  number(builder, "refund-fen", report->refund_fen);
  number(builder, "refund-paid-fen", report->refund_paid_fen);
  number(builder, "refund-ask-fen", report->refund_ask_fen);
  json_builder_set_member_name(builder, "receipts");
  json_builder_begin_array(builder);
  for (guint i = 0; i < report->series->len; i++) {
    const DsTripSeries *series = g_ptr_array_index(report->series, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "series", series->series);
    number(builder, "count", series->count);
    ds_face_member(builder, "first", series->first);
    ds_face_member(builder, "last", series->last);
    number(builder, "fen", series->fen);
    texts(builder, "pads", series->pads);
    texts(builder, "missing", series->missing);
    texts(builder, "doubled", series->doubled);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

static void
counts_json(JsonBuilder *builder, const DsTripReport *report)
{
  GHashTableIter iter;
  gpointer word, count;

  json_builder_set_member_name(builder, "states");
  json_builder_begin_object(builder);
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (report->by_state[state] > 0)
      number(builder, ds_case_state_word((DsCaseState)state), report->by_state[state]);
  json_builder_end_object(builder);
  json_builder_set_member_name(builder, "statements");
  json_builder_begin_object(builder);
  g_hash_table_iter_init(&iter, report->statements);
  while (g_hash_table_iter_next(&iter, &word, &count))
    number(builder, word, GPOINTER_TO_UINT(count));
  json_builder_end_object(builder);
}

static void
jumps_json(JsonBuilder *builder, const DsTripReport *report)
{
  json_builder_set_member_name(builder, "clock-jumps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < report->jumps->len; i++) {
    const DsClockJump *jump = &g_array_index(report->jumps, DsClockJump, i);
    g_autofree char *from = ds_clock_format(jump->from_us);
    g_autofree char *to = ds_clock_format(jump->to_us);
    json_builder_begin_object(builder);
    ds_face_member(builder, "from", from);
    ds_face_member(builder, "to", to);
    number(builder, "seconds", (jump->to_us - jump->from_us) / G_USEC_PER_SEC);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
handovers_json(JsonBuilder *builder, const DsTripReport *report)
{
  char hex[DS_DIGEST_HEX_SIZE];

  json_builder_set_member_name(builder, "handovers");
  json_builder_begin_array(builder);
  for (guint i = 0; i < report->handovers->len; i++) {
    const DsUnitHandover *of = g_ptr_array_index(report->handovers, i);
    g_autofree char *at = ds_clock_format(of->handover->time.wall_us);
    json_builder_begin_object(builder);
    ds_face_member(builder, "from", of->handover->from);
    ds_face_member(builder, "to", of->handover->to);
    ds_face_member(builder, "at", at);
    ds_face_member(builder, "remark", of->handover->remark);
    ds_face_member(builder, "digest", ds_digest_to_hex(&of->handover->digest, hex));
    ds_face_member(builder, "bundle", ds_digest_to_hex(&of->bundle, hex));
    boolean(builder, "durable", of->receipt == DS_VAULT_RECEIPT_DURABLE);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
head_json(JsonBuilder *builder, const DsTripReport *report)
{
  g_autofree char *at = ds_clock_format(report->at_us);

  ds_face_member(builder, "trip", report->trip->id);
  ds_face_member(builder, "name", report->trip->name);
  ds_face_member(builder, "day", report->trip->day);
  ds_face_member(builder, "jurisdiction", report->trip->jurisdiction);
  ds_face_member(builder, "state", report->trip->state == DS_TRIP_OPEN ? "open" : "closed");
  ds_face_member(builder, "station", report->station);
  ds_face_member(builder, "at", at);
  json_builder_set_member_name(builder, "crew");
  json_builder_begin_array(builder);
  for (guint i = 0; i < report->crew->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(report->crew, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "number", officer->number);
    ds_face_member(builder, "name", officer->name);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  ds_face_member(builder, "responsible", report->responsible);
  number(builder, "roster", report->roster);
  number(builder, "absent", report->absent);
}

void
ds_trip_print_report_json(const DsTripReport *report)
{
  JsonBuilder *builder = json_builder_new();

  json_builder_begin_object(builder);
  head_json(builder, report);
  counts_json(builder, report);
  money_json(builder, report);
  number(builder, "old-cards", report->old_cards);
  number(builder, "temporary-cards", report->temporary_cards);
  number(builder, "temporary-certificates", report->temporary_certificates);
  number(builder, "visits", report->visits);
  number(builder, "cases-that-owe", report->owed);
  jumps_json(builder, report);
  handovers_json(builder, report);
  json_builder_set_member_name(builder, "cases");
  json_builder_begin_array(builder);
  for (guint i = 0; i < report->cases->len; i++)
    case_json(builder, g_ptr_array_index(report->cases, i));
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  ds_face_print(builder);
}
