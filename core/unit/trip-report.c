/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/trip-report.h"

#include <string.h>

#include "base/clock.h"
#include "bundle/statement.h"
#include "model/money.h"
#include "unit/answer.h"
#include "unit/check.h"
#include "unit/enrol.h"
#include "unit/settle.h"
#include "unit/trip-inside.h"
#include "unit/trip-keep.h"
#include "unit/unit-private.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/statements.h"

const char *
ds_owed_word(DsOwedKind kind)
{
  static const char *const words[] = {NULL,     "material",   "seal",     "durable",
                                      "redo",   "quarantine", "identify", "refund",
                                      "notice", "decide",     "ask"};

  return (gsize)kind < G_N_ELEMENTS(words) ? words[kind] : NULL;
}

static void
owed_free(gpointer data)
{
  DsTripOwed *self = data;

  g_free(self->detail);
  g_free(self);
}

static void
trip_case_free(gpointer data)
{
  DsTripCase *self = data;
  char *const texts[] = {
      self->id,        self->name,           self->officer,  self->service,
      self->reason,    self->urgency,        self->day,      self->bundle,
      self->due,       self->fee_method,     self->hardship, self->receipt_series,
      self->temporary, self->receipt_number, self->visit_at, self->hardship_detail};

  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(self->owed);
  g_free(self);
}

void
ds_trip_report_free(DsTripReport *self)
{
  if (self == NULL)
    return;
  ds_vault_trip_free(self->trip);
  g_free(self->station);
  g_free(self->responsible);
  g_clear_pointer(&self->crew, g_ptr_array_unref);
  g_clear_pointer(&self->cases, g_ptr_array_unref);
  g_clear_pointer(&self->series, g_ptr_array_unref);
  g_clear_pointer(&self->handovers, g_ptr_array_unref);
  g_clear_pointer(&self->jumps, g_array_unref);
  g_clear_pointer(&self->statements, g_hash_table_unref);
  g_free(self);
}

/* ---- one case ---- */

static void
owe(DsTripCase *self, DsOwedKind kind, const char *detail)
{
  DsTripOwed *owed = g_new0(DsTripOwed, 1);

  owed->kind = kind;
  owed->detail = g_strdup(detail);
  g_ptr_array_add(self->owed, owed);
}

static char *
dup_value(GHashTable *fields, const char *name)
{
  return g_strdup(g_hash_table_lookup(fields, name));
}

static void
read_fields(DsTripCase *self, GHashTable *fields)
{
  const char *fen = g_hash_table_lookup(fields, "fee.received");

  self->reason = dup_value(fields, "application.reason");
  self->urgency = dup_value(fields, "application.urgency");
  self->fee_method = dup_value(fields, "fee.method");
  self->receipt_series = dup_value(fields, "fee.receipt-series");
  self->receipt_number = dup_value(fields, "fee.receipt-number");
  if (fen != NULL && !ds_money_parse_fen(fen, &self->fee_fen))
    self->fee_fen = 0; /* what is no amount is a finding of the step, and counts as nothing */
  self->old_card = g_strcmp0(g_hash_table_lookup(fields, "old-card.handed-in"), "true") == 0;
  self->temporary = dup_value(fields, "temporary.wanted");
  if (g_strcmp0(self->temporary, "none") == 0)
    g_clear_pointer(&self->temporary, g_free);
  self->hardship = dup_value(fields, "appointment.hardship");
  self->hardship_detail = dup_value(fields, "appointment.hardship-detail");
  self->visit_at = dup_value(fields, "appointment.at");
}

/* The texts of findings of either kind. (transfer full) */
static char *
found(const DsCaseCheck *check, DsFindingKind kind, DsFindingKind other)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < ds_findings_count(check->findings); i++) {
    const DsFinding *finding = ds_findings_get(check->findings, i);
    if (finding->kind != kind && finding->kind != other)
      continue;
    g_string_append_printf(text, "%s%s", text->len > 0 ? "；" : "",
                           finding->text != NULL ? finding->text : finding->code);
  }
  return g_string_free(text, FALSE);
}

static void
owe_open(DsUnit *self, DsTripCase *of)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(self, of->id, &error);

  if (check == NULL) { /* rules that cannot be used are one more thing to settle */
    owe(of, DS_OWED_MATERIAL, error->message);
    return;
  }
  if (check->complete) {
    owe(of, DS_OWED_SEAL, NULL);
    return;
  }
  g_autofree char *refuse = found(check, DS_FINDING_REFUSE, DS_FINDING_REFUSE);
  g_autofree char *missing = found(check, DS_FINDING_MISSING, DS_FINDING_INVALID);
  if (*refuse != '\0')
    owe(of, DS_OWED_DECIDE, refuse);
  if (*missing != '\0' || *refuse == '\0')
    owe(of, DS_OWED_MATERIAL, *missing != '\0' ? missing : NULL);
}

static const char *
receipt_word(int receipt)
{
  return receipt > 0 ? ds_state_word((DsState)receipt) : NULL;
}

static void
owe_by_state(DsUnit *self, DsTripCase *of, gboolean notified)
{
  static const DsOwedKind kinds[DS_CASE_STATE_LAST + 1] = {
      [DS_CASE_DRAFT] = DS_OWED_MATERIAL,    [DS_CASE_AWAITING_MATERIAL] = DS_OWED_MATERIAL,
      [DS_CASE_COMPLETE] = DS_OWED_SEAL,     [DS_CASE_PENDING_IDENTIFICATION] = DS_OWED_SEAL,
      [DS_CASE_REFUSED] = DS_OWED_SEAL,      [DS_CASE_WITHDRAWN] = DS_OWED_SEAL,
      [DS_CASE_SEALED] = DS_OWED_DURABLE,    [DS_CASE_SENT] = DS_OWED_DURABLE,
      [DS_CASE_RECEIVED] = DS_OWED_DURABLE,  [DS_CASE_VERIFIED] = DS_OWED_DURABLE,
      [DS_CASE_RETURNED] = DS_OWED_REDO,     [DS_CASE_QUARANTINED] = DS_OWED_QUARANTINE,
      [DS_CASE_NOT_ISSUED] = DS_OWED_NOTICE, [DS_CASE_REFUSED_BY_STATION] = DS_OWED_NOTICE,
  };
  const DsOwedKind kind = kinds[of->state];

  if (kind == DS_OWED_MATERIAL)
    owe_open(self, of);
  else if (kind == DS_OWED_DURABLE)
    owe(of, kind, receipt_word(of->receipt));
  else if (kind == DS_OWED_REDO)
    owe(of, kind, of->due);
  else if (kind == DS_OWED_NOTICE && !notified)
    owe(of, kind, ds_case_state_word(of->state));
  else if (kind != 0 && kind != DS_OWED_NOTICE)
    owe(of, kind, NULL);
  if (of->decision == DS_CASE_PENDING_IDENTIFICATION && of->state >= DS_CASE_SEALED &&
      of->state <= DS_CASE_DURABLE)
    owe(of, DS_OWED_IDENTIFY, NULL);
}

static void
owe_refund(DsTripCase *of, const DsCaseSettle *settle)
{
  gint64 open_fen = ds_case_settle_open(settle);
  g_autofree char *fen =
      g_strdup_printf("%" G_GINT64_FORMAT, settle->ask ? settle->taken_fen : open_fen);

  of->refund_fen = settle->owed_fen;
  of->refund_paid_fen = settle->paid_fen;
  of->refund_ask_fen = settle->ask ? settle->taken_fen : 0;
  if (settle->ask)
    owe(of, DS_OWED_ASK, fen);
  else if (open_fen > 0)
    owe(of, DS_OWED_REFUND, fen);
}

static gboolean
read_bundle(DsUnit *self, DsTripCase *of, DsTripReport *report, GError **error)
{
  g_autoptr(GPtrArray) bundles = ds_vault_bundles(self->vault, of->id, error);

  if (bundles == NULL)
    return FALSE;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    g_autoptr(GPtrArray) said = ds_vault_statements(self->vault, &bundle->id, error);
    if (said == NULL)
      return FALSE;
    g_free(of->bundle);
    of->bundle = ds_digest_dup_hex(&bundle->id);
    of->receipt = ds_vault_bundle_receipt(bundle);
    for (guint j = 0; j < said->len; j++) {
      const DsVaultStatement *statement = g_ptr_array_index(said, j);
      const char *word = ds_state_word((DsState)statement->state);
      guint count = GPOINTER_TO_UINT(g_hash_table_lookup(report->statements, word));
      g_hash_table_insert(report->statements, (gpointer)word, GUINT_TO_POINTER(count + 1));
    }
  }
  return TRUE;
}

static gboolean
read_answer(DsUnit *self, const DsVaultCase *vault_case, DsTripCase *of, GError **error)
{
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, of->id, error);
  g_autoptr(DsCaseSettle) settle =
      answer != NULL ? ds_unit_case_settle(self, vault_case, error) : NULL;

  if (settle == NULL)
    return FALSE;
  of->due = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_DUE));
  of->due_provisional =
      g_strcmp0(g_hash_table_lookup(answer, DS_DETAIL_DUE_PROVISIONAL), "true") == 0;
  owe_by_state(self, of, settle->notified);
  owe_refund(of, settle);
  return TRUE;
}

/* A refused case whose bundle is durable is refused, not "durable". */
static DsCaseState
standing(const DsVaultCase *of)
{
  return ds_case_ended_in_field(of) && of->state >= DS_CASE_SEALED && of->state <= DS_CASE_DURABLE
             ? of->decision
             : of->state;
}

/* Takes the case into @report. */
static gboolean
add_case(DsUnit *self, const DsVaultCase *vault_case, DsTripReport *report, GError **error)
{
  g_autoptr(GHashTable) fields = ds_unit_known_fields(self, vault_case, error);
  DsTripCase *of;

  if (fields == NULL)
    return FALSE;
  of = g_new0(DsTripCase, 1);
  g_ptr_array_add(report->cases, of);
  of->owed = g_ptr_array_new_with_free_func(owed_free);
  of->id = g_strdup(vault_case->id);
  of->name = g_strdup(vault_case->name);
  of->erased = vault_case->shredded;
  of->officer = g_strdup(vault_case->officer);
  of->service = g_strdup(vault_case->service);
  of->state = vault_case->state;
  of->decision = vault_case->decision;
  of->standing = standing(vault_case);
  of->day = g_strdup(vault_case->day);
  read_fields(of, fields);
  return read_bundle(self, of, report, error) && read_answer(self, vault_case, of, error);
}

/* ---- the whole ---- */

static void
count_case(DsTripReport *report, const DsTripCase *of)
{
  report->by_state[of->standing]++;
  if (g_strcmp0(of->fee_method, "cash") == 0) {
    report->paid_cash++;
    report->cash_fen += of->fee_fen;
    report->cash_without_receipt += of->receipt_number == NULL && of->fee_fen > 0;
  } else if (g_strcmp0(of->fee_method, "payment-code") == 0) {
    report->paid_code++;
  } else if (g_strcmp0(of->fee_method, "exempt") == 0) {
    report->exempt++;
  }
  report->refund_fen += of->refund_fen;
  report->refund_paid_fen += of->refund_paid_fen;
  report->refund_ask_fen += of->refund_ask_fen;
  report->old_cards += of->old_card;
  report->temporary_cards += g_strcmp0(of->temporary, "temporary-card") == 0;
  report->temporary_certificates += g_strcmp0(of->temporary, "temporary-certificate") == 0;
  report->visits += of->hardship != NULL;
  report->owed += of->owed->len > 0;
}

static gboolean
read_cases(DsUnit *self, DsTripReport *report, GError **error)
{
  g_autoptr(GPtrArray) cases =
      ds_vault_cases(self->vault, report->trip->id, 0, 0, error); /* newest first */

  if (cases == NULL)
    return FALSE;
  for (guint i = cases->len; i > 0; i--)
    if (!add_case(self, g_ptr_array_index(cases, i - 1), report, error))
      return FALSE;
  for (guint i = 0; i < report->cases->len; i++)
    count_case(report, g_ptr_array_index(report->cases, i));
  report->series = ds_trip_series_of(report->cases);
  return TRUE;
}

static gboolean
read_roster(DsUnit *self, DsTripReport *report, GError **error)
{
  g_autoptr(GPtrArray) rows = ds_vault_roster(self->vault, report->trip->id, error);

  if (rows == NULL)
    return FALSE;
  report->roster = rows->len;
  for (guint i = 0; i < rows->len; i++)
    report->absent += ((DsVaultRosterRow *)g_ptr_array_index(rows, i))->case_id == NULL;
  return TRUE;
}

/* The journal's entry when the trip came; 1 for one that came before that was noted. */
static gboolean
first_entry(DsUnit *self, const char *trip, guint64 *first, GError **error)
{
  g_autoptr(GPtrArray) entries = ds_vault_entries(self->vault, NULL, error);

  *first = 1;
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const DsVaultEntry *entry = g_ptr_array_index(entries, i);
    if (g_str_equal(entry->name, "trip-taken") && g_strcmp0(entry->value, trip) == 0)
      *first = entry->index;
  }
  return TRUE;
}

static gboolean
read_head(DsUnit *self, DsTripReport *report, GError **error)
{
  GError *local = NULL;
  guint64 first = 0;

  report->at_us = ds_clock_now().wall_us;
  report->crew = ds_unit_officers(self, error);
  if (report->crew == NULL || !first_entry(self, report->trip->id, &first, error))
    return FALSE;
  report->jumps = ds_unit_clock_jumps(self, first, error);
  report->handovers =
      report->jumps != NULL ? ds_unit_handovers(self, report->trip->id, error) : NULL;
  if (report->handovers == NULL)
    return FALSE;
  if (self->directory != NULL)
    report->station = g_strdup(self->directory->name);
  report->responsible = ds_unit_trip_officer(self, report->trip->id, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error(error, local);
  return FALSE;
}

DsTripReport *
ds_unit_trip_report(DsUnit *self, const char *trip, GError **error)
{
  g_autoptr(DsTripReport) report = g_new0(DsTripReport, 1);

  report->trip = ds_vault_trip(self->vault, trip, error);
  if (report->trip == NULL)
    return NULL;
  report->cases = g_ptr_array_new_with_free_func(trip_case_free);
  report->statements = g_hash_table_new(g_str_hash, g_str_equal);
  if (!read_head(self, report, error) || !read_roster(self, report, error) ||
      !read_cases(self, report, error))
    return NULL;
  return g_steal_pointer(&report);
}
