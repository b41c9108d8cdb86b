/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/settle.h"

#include <string.h>

#include "base/error.h"
#include "bundle/statement.h"
#include "model/money.h"
#include "policy/json.h"
#include "unit/answer.h"
#include "unit/pack.h"
#include "unit/trip-keep.h"
#include "unit/unit-private.h"
#include "vault/journal.h"

#define REFUND_DECIDED "refund-decided" /* "2000 370811900" */
#define REFUND_PAID "refund-paid"
#define RECEIPT_BACK "receipt-back"
#define NOTIFIED "notified"

void
ds_case_settle_free(DsCaseSettle *self)
{
  if (self == NULL)
    return;
  g_free(self->decided_by);
  g_free(self);
}

gint64
ds_case_settle_open(const DsCaseSettle *self)
{
  return MAX(self->owed_fen - self->paid_fen, 0);
}

gboolean
ds_case_ended_in_field(const DsVaultCase *of)
{
  return of->decision == DS_CASE_REFUSED || of->decision == DS_CASE_WITHDRAWN;
}

gboolean
ds_case_ended_by_station(const DsVaultCase *of)
{
  return of->state == DS_CASE_NOT_ISSUED || of->state == DS_CASE_REFUSED_BY_STATION;
}

/* ---- what is known ---- */

/* "2000 370811900" */
static void
read_decided(DsCaseSettle *self, const char *value)
{
  g_auto(GStrv) words = g_strsplit(value != NULL ? value : "", " ", 2);

  if (g_strv_length(words) != 2 || !ds_money_parse_fen(words[0], &self->owed_fen))
    return;
  g_free(self->decided_by);
  self->decided_by = g_strdup(words[1]);
}

static gboolean
read_journal(DsUnit *self, const DsVaultCase *of, DsCaseSettle *settle, GError **error)
{
  g_autoptr(GPtrArray) entries = ds_vault_entries(self->vault, of->id, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const DsVaultEntry *entry = g_ptr_array_index(entries, i);
    gint64 fen = 0;
    if (strcmp(entry->name, NOTIFIED) == 0)
      settle->notified = TRUE;
    else if (strcmp(entry->name, REFUND_DECIDED) == 0)
      read_decided(settle, entry->value);
    else if (strcmp(entry->name, REFUND_PAID) == 0 && ds_money_parse_fen(entry->value, &fen))
      settle->paid_fen += fen;
  }
  return TRUE;
}

static void
read_taken(DsCaseSettle *self, GHashTable *fields)
{
  if (g_strcmp0(g_hash_table_lookup(fields, "fee.method"), "cash") != 0 ||
      !ds_money_parse_fen(g_hash_table_lookup(fields, "fee.received"), &self->taken_fen))
    self->taken_fen = 0;
}

/* Rules that cannot be had decide nothing, and neither do rules that are silent. */
static void
ask_rules(DsUnit *self, const DsVaultCase *of, DsCaseSettle *settle)
{
  g_autoptr(DsPack) pack = ds_unit_case_pack(self, of, NULL);
  JsonObject *refund = pack != NULL ? ds_json_object(ds_pack_root(pack), "refund") : NULL;
  const char *policy = refund != NULL ? ds_json_string(refund, "policy") : NULL;

  if (g_strcmp0(policy, "on-not-issued") == 0)
    settle->owed_fen = settle->taken_fen;
  else
    settle->ask = g_strcmp0(policy, "not-applicable") != 0;
}

static gboolean
read_answer(DsUnit *self, const DsVaultCase *of, DsCaseSettle *settle, GError **error)
{
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, of->id, error);

  if (answer == NULL)
    return FALSE;
  if (!ds_money_parse_fen(g_hash_table_lookup(answer, DS_DETAIL_REFUND), &settle->owed_fen))
    settle->owed_fen = 0;
  return TRUE;
}

DsCaseSettle *
ds_unit_case_settle(DsUnit *self, const DsVaultCase *of, GError **error)
{
  g_autoptr(DsCaseSettle) settle = g_new0(DsCaseSettle, 1);
  g_autoptr(GHashTable) fields = ds_unit_known_fields(self, of, error);

  if (fields == NULL || !read_journal(self, of, settle, error))
    return NULL;
  read_taken(settle, fields);
  if (of->shredded) {
    if (ds_money_parse_fen(g_hash_table_lookup(fields, DS_KEPT_REFUND_PAID), &settle->paid_fen))
      settle->owed_fen = settle->paid_fen;
    return g_steal_pointer(&settle);
  }
  if (ds_case_ended_by_station(of))
    return read_answer(self, of, settle, error) ? g_steal_pointer(&settle) : NULL;
  if (ds_case_ended_in_field(of) && settle->taken_fen > 0 && settle->decided_by == NULL)
    ask_rules(self, of, settle);
  return g_steal_pointer(&settle);
}

/* ---- what is done ---- */

static gboolean
check_receipt(DsUnit *self, const char *case_id, const char *receipt, GError **error)
{
  GError *local = NULL;
  g_autofree char *given = ds_vault_case_field(self->vault, case_id, "fee.receipt-number", &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (receipt != NULL && *receipt != '\0' &&
      (strcmp(receipt, "lost") == 0 || given == NULL || strcmp(receipt, given) == 0))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "the printed receipt %s has to come back: give its number, or \"lost\"",
              given != NULL ? given : "(number not known here)");
  return FALSE;
}

static gboolean
check_supervisor(DsUnit *self, const DsCaseSettle *settle, gint64 fen, const char *decided_by,
                 GError **error)
{
  g_autofree char *most = ds_money_format(settle->taken_fen);

  if (decided_by == NULL || *decided_by == '\0' || strpbrk(decided_by, " \t\n") != NULL) {
    g_set_error(
        error, DS_ERROR, DS_ERROR_REFUSED,
        "the rules do not say what of the %s yuan is paid back: ask a supervisor, then give "
        "the sum, or 0, and --decided-by NUMBER",
        most);
    return FALSE;
  }
  if (g_str_equal(decided_by, ds_unit_officer(self))) {
    g_set_error_literal(
        error, DS_ERROR, DS_ERROR_REFUSED,
        "who took the money does not decide about it: give another officer's number");
    return FALSE;
  }
  if (fen <= settle->taken_fen)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "no more than the %s yuan that were taken", most);
  return FALSE;
}

static gboolean
check_sum(const char *case_id, const DsCaseSettle *settle, gint64 fen, const char *decided_by,
          GError **error)
{
  gint64 open_fen = ds_case_settle_open(settle);

  if (open_fen == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "nothing is to be paid back for case %s",
                case_id);
    return FALSE;
  }
  if (decided_by != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "what is paid back for case %s is decided already: give no --decided-by", case_id);
    return FALSE;
  }
  if (fen == open_fen)
    return TRUE;
  g_autofree char *owed = ds_money_format(open_fen);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "for case %s %s yuan are to be paid back, no other sum", case_id, owed);
  return FALSE;
}

static gboolean
log_refund(DsUnit *self, const char *case_id, gint64 fen, const char *receipt,
           const char *decided_by, GError **error)
{
  const char *who = ds_unit_officer(self);
  g_autofree char *sum = g_strdup_printf("%" G_GINT64_FORMAT, fen);
  g_autofree char *decided = g_strconcat(sum, " ", decided_by, NULL);
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);

  return transaction != NULL &&
         (decided_by == NULL ||
          ds_vault_log(self->vault, case_id, NULL, REFUND_DECIDED, decided, who, error)) &&
         (fen == 0 ||
          (ds_vault_log(self->vault, case_id, NULL, REFUND_PAID, sum, who, error) &&
           ds_vault_log(self->vault, case_id, NULL, RECEIPT_BACK, receipt, who, error))) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_unit_refund(DsUnit *self, const char *case_id, gint64 fen, const char *receipt,
               const char *decided_by, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);
  g_autoptr(DsCaseSettle) settle = of != NULL ? ds_unit_case_settle(self, of, error) : NULL;

  if (settle == NULL)
    return FALSE;
  if (settle->ask ? !check_supervisor(self, settle, fen, decided_by, error)
                  : !check_sum(case_id, settle, fen, decided_by, error))
    return FALSE;
  return (fen == 0 || check_receipt(self, case_id, receipt, error)) &&
         log_refund(self, case_id, fen, receipt, settle->ask ? decided_by : NULL, error);
}

gboolean
ds_unit_notified(DsUnit *self, const char *case_id, const char *how, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);

  if (of == NULL)
    return FALSE;
  if (!ds_case_ended_by_station(of)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "case %s is %s: there is no refusal to tell the person about", case_id,
                ds_case_state_word(of->state));
    return FALSE;
  }
  if (how == NULL || *how == '\0') {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "say how the person was told: by phone, at home, by letter");
    return FALSE;
  }
  return ds_vault_log(self->vault, case_id, NULL, NOTIFIED, how, ds_unit_officer(self), error);
}
