/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip's report as papers see it. Names: plugins/output-forms/README.md. */
#include <libintl.h>

#include "base/clock.h"
#include "unit/enrol.h"
#include "unit/trip-report.h"

#define _(text) dgettext("doorstep", text)
#define DETAIL_MAX 20 /* characters; longer than any detail that is a date, a state or a sum */

static void G_GNUC_PRINTF(3, 4) set(DsView *view, const char *name, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *value = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  ds_view_set_field(view, name, value);
}

/* A column on paper has room for a few words; the screen tells the rest. */
static char *
short_text(const DsTripOwed *owed)
{
  if (owed->detail == NULL || g_utf8_strlen(owed->detail, -1) <= DETAIL_MAX)
    return ds_trip_owed_text(owed);
  g_autofree char *head = g_utf8_substring(owed->detail, 0, DETAIL_MAX);
  g_autofree char *cut = g_strconcat(head, "…", NULL);
  const DsTripOwed shown = {.kind = owed->kind, .detail = cut};
  return ds_trip_owed_text(&shown);
}

static char *
join_owed(const GPtrArray *owed)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < owed->len; i++) {
    g_autofree char *one = short_text(g_ptr_array_index(owed, i));
    g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", one);
  }
  return g_string_free(text, FALSE);
}

static void
set_cell(DsView *view, guint row, const char *name, const char *value)
{
  g_autofree char *full = g_strdup_printf("row.%u.%s", row, name);

  ds_view_set_field(view, full, value);
}

static void
set_case(DsView *view, guint row, const DsTripCase *of)
{
  g_autofree char *fen = g_strdup_printf("%" G_GINT64_FORMAT, of->fee_fen);
  g_autofree char *refund =
      g_strdup_printf("%" G_GINT64_FORMAT, of->refund_fen - of->refund_paid_fen);
  g_autofree char *owed = join_owed(of->owed);
  g_autofree char *receipt =
      of->receipt_number != NULL
          ? g_strdup_printf("%s %s", of->receipt_series != NULL ? of->receipt_series : "",
                            of->receipt_number)
          : NULL;

  set_cell(view, row, "number", of->id);
  set_cell(view, row, "name", of->erased ? _("(erased)") : of->name);
  set_cell(view, row, "service", of->service);
  set_cell(view, row, "reason", of->reason);
  set_cell(view, row, "state", ds_case_state_word(of->standing));
  set_cell(view, row, "officer", of->officer);
  set_cell(view, row, "day", of->day);
  set_cell(view, row, "due", of->due);
  set_cell(view, row, "hardship", of->hardship);
  set_cell(view, row, "fee-method", of->fee_method);
  set_cell(view, row, "fee-fen", of->fee_fen > 0 ? fen : NULL);
  set_cell(view, row, "receipt", receipt);
  set_cell(view, row, "refund-fen", of->refund_fen > of->refund_paid_fen ? refund : NULL);
  set_cell(view, row, "bundle", of->bundle);
  set_cell(view, row, "owed", owed);
}

static char *
crew_text(const DsTripReport *self)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < self->crew->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(self->crew, i);
    if (self->responsible != NULL && !g_str_equal(self->responsible, officer->number))
      continue;
    g_string_append_printf(text, "%s%s %s", text->len > 0 ? "；" : "", officer->name,
                           officer->number);
  }
  return g_string_free(text, FALSE);
}

static char *
receipts_text(const DsTripReport *self)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < self->series->len; i++) {
    g_autofree char *one = ds_trip_series_text(g_ptr_array_index(self->series, i));
    g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", one);
  }
  if (self->cash_without_receipt > 0) {
    g_string_append_c(text, '\n');
    g_string_append_printf(text, _("%u payments in cash without a receipt"),
                           self->cash_without_receipt);
  }
  return g_string_free(text, FALSE);
}

static void
set_states(DsView *view, const DsTripReport *self)
{
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++) {
    if (self->by_state[state] == 0)
      continue;
    g_autofree char *name =
        g_strconcat("trip.by-state.", ds_case_state_word((DsCaseState)state), NULL);
    set(view, name, "%u", self->by_state[state]);
  }
}

static void
set_sums(DsView *view, const DsTripReport *self)
{
  g_autofree char *receipts = receipts_text(self);

  set(view, "trip.cases", "%u", self->cases->len);
  set(view, "trip.cash-fen", "%" G_GINT64_FORMAT, self->cash_fen);
  set(view, "trip.paid-cash", "%u", self->paid_cash);
  set(view, "trip.paid-code", "%u", self->paid_code);
  set(view, "trip.exempt", "%u", self->exempt);
  ds_view_set_field(view, "trip.cash-receipts", receipts);
  set(view, "trip.refund-owed-fen", "%" G_GINT64_FORMAT, self->refund_fen - self->refund_paid_fen);
  set(view, "trip.refund-ask-fen", "%" G_GINT64_FORMAT, self->refund_ask_fen);
  set(view, "trip.refund-paid-fen", "%" G_GINT64_FORMAT, self->refund_paid_fen);
  set(view, "trip.old-cards", "%u", self->old_cards);
  set(view, "trip.temporary-cards", "%u", self->temporary_cards);
  set(view, "trip.temporary-certificates", "%u", self->temporary_certificates);
  set(view, "trip.visits", "%u", self->visits);
  set(view, "trip.absent", "%u", self->absent);
  set(view, "trip.clock-jumps", "%u", self->jumps->len);
  if (self->owed > 0)
    set(view, "trip.owed", _("%u cases, see the list"), self->owed);
  else
    ds_view_set_field(view, "trip.owed", _("nothing"));
}

static const char *
name_of(const DsTripReport *self, const char *number)
{
  for (guint i = 0; i < self->crew->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(self->crew, i);
    if (g_str_equal(officer->number, number))
      return officer->name;
  }
  return number;
}

static void
set_signer(DsView *view, const DsTripReport *self, const char *side, const char *number,
           const DsDigest *signature, const char *at)
{
  const struct {
    const char *name, *value;
  } values[] = {{"number", number}, {"name", name_of(self, number)}, {"signed-at", at}};
  char hex[DS_DIGEST_HEX_SIZE];

  for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autofree char *name = g_strdup_printf("handover.%s.%s", side, values[i].name);
    ds_view_set_field(view, name, values[i].value);
  }
  g_autofree char *name = g_strdup_printf("handover.%s.signature", side);
  ds_view_set_field(view, name, ds_digest_to_hex(signature, hex));
}

/* The newest one: what "trip-handover" is about. */
static void
set_handover(DsView *view, const DsTripReport *self)
{
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest from, to;

  if (self->handovers->len == 0)
    return;
  const DsUnitHandover *last = g_ptr_array_index(self->handovers, self->handovers->len - 1);
  const DsHandover *handover = last->handover;
  g_autofree char *at = ds_clock_format(handover->time.wall_us);
  if (!ds_handover_signatures(last->bytes, &from, &to, NULL))
    return;
  ds_view_set_field(view, "handover.at", at);
  ds_view_set_field(view, "handover.remark", handover->remark);
  ds_view_set_field(view, "handover.digest", ds_digest_to_hex(&handover->digest, hex));
  if (handover->has_audit)
    ds_view_set_field(view, "handover.audit-head", ds_digest_to_hex(&handover->audit_head, hex));
  set_signer(view, self, "from", handover->from, &from, at);
  set_signer(view, self, "to", handover->to, &to, at);
}

DsView *
ds_trip_report_view(const DsTripReport *self)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autofree char *crew = crew_text(self);
  g_autofree char *at = ds_clock_format(self->at_us);

  ds_view_set_field(view, "trip.id", self->trip->id);
  ds_view_set_field(view, "trip.name", self->trip->name);
  ds_view_set_field(view, "trip.day", self->trip->day);
  ds_view_set_field(view, "trip.jurisdiction", self->trip->jurisdiction);
  ds_view_set_field(view, "trip.state", self->trip->state == DS_TRIP_OPEN ? "open" : "closed");
  ds_view_set_field(view, "trip.officers", crew);
  ds_view_set_field(view, "trip.station", self->station);
  ds_view_set_field(view, "trip.reported-at", at);
  set_states(view, self);
  set_sums(view, self);
  set_handover(view, self);
  for (guint i = 0; i < self->cases->len; i++)
    set_case(view, i + 1, g_ptr_array_index(self->cases, i));
  return g_steal_pointer(&view);
}
