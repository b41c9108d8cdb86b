/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/outcome.h"

#include <string.h>

#include "base/clock.h"
#include "bundle/statement.h"
#include "unit/answer.h"
#include "unit/service.h"
#include "unit/settle.h"
#include "unit/unit-private.h"

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

/* A person who was refused at the door knows it; who was refused later has to be told. */
static void
fill_end(const DsCaseSettle *settle, GHashTable *answer, gboolean by_station, DsCaseDuty *duty)
{
  duty->refund_fen = ds_case_settle_open(settle);
  duty->refund_ask_fen = settle->ask ? settle->taken_fen : 0;
  if (!by_station)
    return;
  duty->text = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_REASON));
  duty->redirect = g_strdup(g_hash_table_lookup(answer, DS_DETAIL_REDIRECT));
  duty->notify = !settle->notified;
}

gboolean
ds_unit_case_duty(DsUnit *self, const DsVaultCase *of, DsCaseDuty **duty, GError **error)
{
  *duty = NULL;
  if (!ds_case_ended_by_station(of) && !is_returned(of) && !ds_case_ended_in_field(of))
    return TRUE;
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, of->id, error);
  g_autoptr(DsCaseSettle) settle = answer != NULL ? ds_unit_case_settle(self, of, error) : NULL;
  if (settle == NULL)
    return FALSE;
  g_autoptr(DsCaseDuty) made = g_new0(DsCaseDuty, 1);
  made->case_id = g_strdup(of->id);
  made->name = g_strdup(of->name);
  made->state = of->state;
  if (is_returned(of))
    fill_redo(self, of, answer, made);
  else
    fill_end(settle, answer, ds_case_ended_by_station(of), made);
  if (made->redo != NULL || made->notify || made->refund_fen > 0 || made->refund_ask_fen > 0)
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
