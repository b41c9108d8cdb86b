/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/trip-print.h"

#include "cli/unit/clock-print.h"
#include "model/money.h"
#include "unit/enrol.h"
#include "vault/bundles.h"

static guint
columns_of(gunichar character)
{
  if (g_unichar_iszerowidth(character))
    return 0;
  return g_unichar_iswide(character) ? 2 : 1;
}

char *
ds_print_column(const char *text, guint width)
{
  GString *line = g_string_new(NULL);
  guint used = 0, all = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    all += columns_of(g_utf8_get_char(at));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
    guint wide = columns_of(g_utf8_get_char(at));
    if (all > width && used + wide + 1 > width) {
      g_string_append(line, "…");
      used++;
      break;
    }
    g_string_append_unichar(line, g_utf8_get_char(at));
    used += wide;
  }
  for (; used < width; used++)
    g_string_append_c(line, ' ');
  return g_string_free(line, FALSE);
}

static void G_GNUC_PRINTF(2, 3) line(const char *title, const char *format, ...)
{
  va_list arguments;
  g_autofree char *left = ds_print_column(title, 18);

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_print("  %s%s\n", left, text);
}

static void
print_head(const DsTripReport *report)
{
  g_autoptr(GString) crew = g_string_new(NULL);

  for (guint i = 0; i < report->crew->len; i++) {
    const DsUnitOfficer *officer = g_ptr_array_index(report->crew, i);
    if (report->responsible == NULL || g_str_equal(report->responsible, officer->number))
      g_string_append_printf(crew, "%s%s %s", crew->len > 0 ? ", " : "", officer->name,
                             officer->number);
  }
  g_print("%s  %s  %s  %s\n", report->trip->id, report->trip->day, report->trip->name,
          report->trip->state == DS_TRIP_OPEN ? _("(open)") : _("(closed)"));
  line(_("officer"), "%s", crew->str);
  if (report->station != NULL)
    line(_("station"), "%s", report->station);
  line(_("roster"), _("%u people, %u of them without a case"), report->roster, report->absent);
}

static void
print_states(const DsTripReport *report)
{
  g_autoptr(GString) states = g_string_new(NULL);

  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (report->by_state[state] > 0)
      g_string_append_printf(states, "%s%s %u", states->len > 0 ? ", " : "",
                             ds_case_state_title((DsCaseState)state), report->by_state[state]);
  line(_("cases"), "%u%s%s", report->cases->len, states->len > 0 ? ": " : "", states->str);
}

static void
print_money(const DsTripReport *report)
{
  g_autofree char *cash = ds_money_format(report->cash_fen);
  g_autofree char *owed = ds_money_format(report->refund_fen - report->refund_paid_fen);
  g_autofree char *paid = ds_money_format(report->refund_paid_fen);
  g_autofree char *ask = ds_money_format(report->refund_ask_fen);

  line(_("cash"), _("%s yuan in %u cases; payment code %u, exempt %u"), cash, report->paid_cash,
       report->paid_code, report->exempt);
  for (guint i = 0; i < report->series->len; i++) {
    g_autofree char *text = ds_trip_series_text(g_ptr_array_index(report->series, i));
    line(i == 0 ? _("receipts") : "", "%s", text);
  }
  if (report->cash_without_receipt > 0)
    line("", _("%u payments in cash without a receipt"), report->cash_without_receipt);
  if (report->refund_fen > 0)
    line(_("to pay back"), _("%s yuan; paid back %s yuan"), owed, paid);
  if (report->refund_ask_fen > 0)
    line(_("to ask about"), _("%s yuan, which a supervisor may have paid back"), ask);
}

static void
print_things(const DsTripReport *report)
{
  if (report->old_cards > 0)
    line(_("old cards held"), "%u", report->old_cards);
  if (report->temporary_cards + report->temporary_certificates > 0)
    line(_("temporary papers"), _("cards %u, certificates %u"), report->temporary_cards,
         report->temporary_certificates);
  if (report->visits > 0)
    line(_("home visits"), "%u", report->visits);
  for (guint i = 0; i < report->jumps->len; i++) {
    const DsClockJump *jump = &g_array_index(report->jumps, DsClockJump, i);
    g_autofree char *span = ds_clock_print_span(ABS(jump->to_us - jump->from_us));
    g_autofree char *to = ds_clock_print_time(jump->to_us);
    line(i == 0 ? _("clock") : "",
         jump->to_us < jump->from_us ? _("set back by %s, to %s") : _("set forward by %s, to %s"),
         span, to);
  }
}

static void
print_handovers(const DsTripReport *report)
{
  for (guint i = 0; i < report->handovers->len; i++) {
    const DsUnitHandover *of = g_ptr_array_index(report->handovers, i);
    g_autofree char *at = ds_clock_print_time(of->handover->time.wall_us);
    line(i == 0 ? _("handed over") : "",
         of->receipt == DS_VAULT_RECEIPT_DURABLE ? _("%s to %s, %s, archived by the station")
                                                 : _("%s to %s, %s, not yet at the station"),
         of->handover->from, of->handover->to, at);
  }
}

static void
print_case(const DsTripCase *of)
{
  g_autofree char *name = ds_print_column(of->erased         ? _("(erased)")
                                          : of->name != NULL ? of->name
                                                             : "-",
                                          12);
  g_autofree char *state = ds_print_column(ds_case_state_title(of->standing), 22);
  g_autofree char *fee = ds_money_format(of->fee_fen);

  g_print("%s  %s %s", of->id, name, state);
  if (of->fee_fen > 0)
    g_print(_(" %s yuan"), fee);
  else if (g_strcmp0(of->fee_method, "payment-code") == 0)
    g_print(" %s", _("payment code"));
  else if (g_strcmp0(of->fee_method, "exempt") == 0)
    g_print(" %s", _("exempt"));
  if (of->receipt_number != NULL)
    g_print("  %s %s", of->receipt_series != NULL ? of->receipt_series : "", of->receipt_number);
  if (of->hardship != NULL)
    g_print(_("  home visit (%s)"), ds_hardship_title(of->hardship));
  g_print("\n");
  for (guint i = 0; i < of->owed->len; i++) {
    g_autofree char *owed = ds_trip_owed_text(g_ptr_array_index(of->owed, i));
    g_print("    → %s\n", owed);
  }
}

void
ds_trip_print_report(const DsTripReport *report)
{
  print_head(report);
  print_states(report);
  print_money(report);
  print_things(report);
  print_handovers(report);
  line(_("still to do"), report->owed > 0 ? _("%u cases, marked →") : "%u", report->owed);
  g_print("\n");
  for (guint i = 0; i < report->cases->len; i++)
    print_case(g_ptr_array_index(report->cases, i));
}
