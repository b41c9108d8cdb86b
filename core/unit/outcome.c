/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/outcome.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "bundle/statement.h"
#include "model/money.h"
#include "unit/answer.h"
#include "unit/service.h"
#include "unit/trip-keep.h"
#include "unit/unit-private.h"
#include "vault/journal.h"

#define REFUND_PAID "refund-paid"
#define RECEIPT_BACK "receipt-back"
#define NOTIFIED "notified"

void
ds_case_duty_free(DsCaseDuty *self)
{
  if (self == NULL)
    return;
  g_free(self->case_id);
  g_free(self->name);
  g_strfreev(self->redo);
  g_free(self->text);
  g_free(self->redirect);
  g_free(self->due);
  g_free(self);
}

/* The case ended without a card, by the station's word. */
static gboolean
is_no(DsCaseState state)
{
  return state == DS_CASE_NOT_ISSUED || state == DS_CASE_REFUSED_BY_STATION;
}

/* Returned, or being corrected and not sealed again. */
static gboolean
is_returned(const DsVaultCase *of)
{
  return of->state == DS_CASE_RETURNED ||
         (of->version > 1 && of->state <= DS_CASE_COMPLETE && of->state != DS_CASE_WITHDRAWN);
}

/* ---- what to do again ---- */

static void
add_slot_step(DsUnit *self, GPtrArray *steps, const char *service, DsSlot slot)
{
  g_auto(GStrv) ids = ds_unit_service_steps(self, service);

  for (guint i = 0; ids[i] != NULL; i++) {
    const DsPluginEntry *entry =
        ds_registry_find(ds_unit_plugins(self), ids[i], DS_PLUGIN_STEP, NULL);
    for (guint j = 0; entry != NULL && j < entry->info->slots->len; j++)
      if (((const DsSlotNeed *)g_ptr_array_index(entry->info->slots, j))->slot == slot) {
        g_ptr_array_add(steps, g_strdup(ids[i]));
        break;
      }
  }
}

/* The steps behind the categories of a return. Words have no step of their own: the text names the
 * field. */
static GStrv
redo_steps(DsUnit *self, const char *service, const char *categories)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) words = g_strsplit(categories != NULL ? categories : "", " ", -1);

  if (g_strv_contains((const char *const *)words, "photo"))
    add_slot_step(self, steps, service, DS_SLOT_PHOTO);
  if (g_strv_contains((const char *const *)words, "fingerprint"))
    add_slot_step(self, steps, service, DS_SLOT_FINGERPRINT);
  g_ptr_array_add(steps, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&steps), FALSE);
}

static void
fill_redo(DsUnit *self, const DsVaultCase *of, GHashTable *answer, DsCaseDuty *duty)
{
  GDate today, due;

  duty->redo = redo_steps(self, of->service, g_hash_table_lookup(answer, DS_DETAIL_CATEGORY));
  duty->text = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_TEXT));
  duty->due = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_DUE));
  duty->due_provisional =
      g_strcmp0(g_hash_table_lookup(answer, DS_DETAIL_DUE_PROVISIONAL), "true") == 0;
  ds_clock_day(ds_clock_now().wall_us, &today);
  duty->overdue =
      duty->due != NULL && ds_date_parse(&due, duty->due) && g_date_compare(&due, &today) < 0;
}

/* ---- money and telling ---- */

gboolean
ds_unit_settled(DsUnit *self, const char *case_id, DsCaseSettled *settled, GError **error)
{
  g_autoptr(GPtrArray) entries = ds_vault_entries(self->vault, case_id, error);

  *settled = (DsCaseSettled){0};
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const DsVaultEntry *entry = g_ptr_array_index(entries, i);
    gint64 fen;
    if (strcmp(entry->name, NOTIFIED) == 0)
      settled->notified = TRUE;
    if (strcmp(entry->name, REFUND_PAID) == 0 && ds_money_parse_fen(entry->value, &fen))
      settled->paid_fen += fen;
  }
  return TRUE;
}

static gboolean
fill_no(DsUnit *self, const DsVaultCase *of, GHashTable *answer, DsCaseDuty *duty, GError **error)
{
  gint64 owed = 0;
  DsCaseSettled done;

  if (!ds_unit_settled(self, of->id, &done, error))
    return FALSE;
  if (!ds_money_parse_fen(g_hash_table_lookup(answer, DS_DETAIL_REFUND), &owed))
    owed = 0;
  duty->text = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_REASON));
  duty->redirect = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_REDIRECT));
  duty->notify = !done.notified;
  duty->refund_fen = MAX(owed - done.paid_fen, 0);
  return TRUE;
}

gboolean
ds_unit_case_duty(DsUnit *self, const DsVaultCase *of, DsCaseDuty **duty, GError **error)
{
  *duty = NULL;
  if (!is_no(of->state) && !is_returned(of))
    return TRUE;
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, of->id, error);
  if (answer == NULL)
    return FALSE;
  g_autoptr(DsCaseDuty) made = g_new0(DsCaseDuty, 1);
  made->case_id = g_strdup(of->id);
  made->name = g_strdup(of->name);
  made->state = of->state;
  if (is_returned(of))
    fill_redo(self, of, answer, made);
  else if (!fill_no(self, of, answer, made, error))
    return FALSE;
  if (made->redo != NULL || made->notify || made->refund_fen > 0)
    *duty = g_steal_pointer(&made);
  return TRUE;
}

static gint
compare_duties(gconstpointer a, gconstpointer b)
{
  const DsCaseDuty *left = *(const DsCaseDuty *const *)a;
  const DsCaseDuty *right = *(const DsCaseDuty *const *)b;

  if ((left->due == NULL) != (right->due == NULL))
    return left->due == NULL ? 1 : -1;
  gint order = g_strcmp0(left->due, right->due);
  return order != 0 ? order : strcmp(left->case_id, right->case_id);
}

GPtrArray *
ds_unit_duties(DsUnit *self, const char *trip, GError **error)
{
  g_autoptr(GPtrArray) cases = ds_vault_cases(self->vault, trip, (DsCaseState)0, 0, error);
  g_autoptr(GPtrArray) duties = g_ptr_array_new_with_free_func((GDestroyNotify)ds_case_duty_free);

  if (cases == NULL)
    return NULL;
  for (guint i = 0; i < cases->len; i++) {
    DsCaseDuty *duty = NULL;
    if (!ds_unit_case_duty(self, g_ptr_array_index(cases, i), &duty, error))
      return NULL;
    if (duty != NULL)
      g_ptr_array_add(duties, duty);
  }
  g_ptr_array_sort(duties, compare_duties);
  return g_steal_pointer(&duties);
}

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

/* What is still to be paid back: by the station's word, or all the cash of what ended in the field.
 */
static gboolean
find_owed(DsUnit *self, const DsVaultCase *of, gint64 *owed, GError **error)
{
  gint64 taken = 0;
  DsCaseDuty *found = NULL;
  DsCaseSettled done;

  *owed = 0;
  if (!ds_unit_case_duty(self, of, &found, error) || !ds_unit_settled(self, of->id, &done, error))
    return FALSE;
  g_autoptr(DsCaseDuty) duty = found;
  if (duty != NULL)
    *owed = duty->refund_fen;
  if (is_no(of->state) || (of->decision != DS_CASE_REFUSED && of->decision != DS_CASE_WITHDRAWN))
    return TRUE;
  g_autoptr(GHashTable) fields = ds_unit_known_fields(self, of, error);
  if (fields == NULL)
    return FALSE;
  if (ds_money_parse_fen(g_hash_table_lookup(fields, "fee.received"), &taken))
    *owed = MAX(taken - done.paid_fen, 0);
  return TRUE;
}

gboolean
ds_unit_refund(DsUnit *self, const char *case_id, gint64 fen, const char *receipt, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);
  gint64 owed_fen = 0;

  if (of == NULL || !find_owed(self, of, &owed_fen, error))
    return FALSE;
  if (owed_fen == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "nothing is to be paid back for case %s",
                case_id);
    return FALSE;
  }
  if (fen != owed_fen) {
    g_autofree char *owed = ds_money_format(owed_fen);
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "for case %s %s yuan are to be paid back, no other sum", case_id, owed);
    return FALSE;
  }
  if (!check_receipt(self, case_id, receipt, error))
    return FALSE;
  g_autofree char *sum = g_strdup_printf("%" G_GINT64_FORMAT, fen);
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  return transaction != NULL &&
         ds_vault_log(self->vault, case_id, NULL, REFUND_PAID, sum, ds_unit_officer(self), error) &&
         ds_vault_log(self->vault, case_id, NULL, RECEIPT_BACK, receipt, ds_unit_officer(self),
                      error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_unit_notified(DsUnit *self, const char *case_id, const char *how, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, case_id, error);

  if (of == NULL)
    return FALSE;
  if (!is_no(of->state)) {
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
