/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/check.h"

#include <string.h>

#include "base/error.h"
#include "plugin/form.h"
#include "unit/confirm.h"
#include "unit/day.h"
#include "unit/pack.h"
#include "unit/service.h"

#define UNENTERED "fact." /* and the field: policy/decide.c */

const char *
ds_step_progress_word(DsStepProgress progress)
{
  static const char *const words[] = {"not-needed", "open", "done", "waits"};

  return (gsize)progress < G_N_ELEMENTS(words) ? words[progress] : "open";
}

static void
case_step_free(gpointer data)
{
  DsCaseStep *self = data;

  g_free(self->id);
  g_free(self->title);
  g_free(self->why);
  ds_findings_unref(self->findings);
  g_free(self);
}

void
ds_case_check_free(DsCaseCheck *self)
{
  if (self == NULL)
    return;
  ds_view_unref(self->view);
  if (self->steps != NULL)
    g_ptr_array_unref(self->steps);
  ds_findings_unref(self->findings);
  ds_decision_free(self->decision);
  g_free(self);
}

static gboolean
blocks(const DsFindings *findings)
{
  return ds_findings_has_kind(findings, DS_FINDING_MISSING) ||
         ds_findings_has_kind(findings, DS_FINDING_INVALID);
}

static DsStepProgress
progress_of(const DsStepPlan *plan, const DsCaseStep *step)
{
  if (plan->state == DS_STEP_NOT_NEEDED || (plan->state == DS_STEP_OPTIONAL && step->untouched))
    return DS_PROGRESS_NOT_NEEDED;
  if (plan->state == DS_STEP_OPEN)
    return DS_PROGRESS_WAITS;
  return blocks(step->findings) ? DS_PROGRESS_OPEN : DS_PROGRESS_DONE;
}

/* Version, digest and time of what was not read yet are nobody's to bring: the question itself is
 * missing, and that says it all. */
static void
keep_askable(const DsPluginInfo *info, const DsFindings *form, DsFindings *findings)
{
  g_autoptr(DsFindings) askable = ds_findings_new();

  for (guint i = 0; i < ds_findings_count(form); i++) {
    const DsFinding *finding = ds_findings_get(form, i);
    if (finding->kind == DS_FINDING_MISSING && finding->subject != NULL &&
        ds_unit_field_is_noted(info, finding->subject))
      continue;
    DsFinding *kept =
        ds_findings_add(askable, finding->kind, finding->code, finding->subject, finding->text);
    kept->who = g_strdup(finding->who);
  }
  ds_findings_append(findings, askable, info->id);
}

/* Somebody has entered something of this step's. A step that may be left out wants nothing before.
 */
static gboolean
is_begun(const DsPluginInfo *info, const DsView *view)
{
  for (guint i = 0; i < info->fields->len; i++)
    if (ds_view_field(view, ((const DsField *)g_ptr_array_index(info->fields, i))->name) != NULL)
      return TRUE;
  for (guint i = 0; i < info->slots->len; i++)
    if (ds_view_count_parts(view, ((const DsSlotNeed *)g_ptr_array_index(info->slots, i))->slot,
                            NULL) > 0)
      return TRUE;
  return FALSE;
}

/* What the step's form and its code say; nothing for a step the case does not need. */
static gboolean
check_step(DsUnit *self, const DsStepPlan *plan, DsView *view, DsFacts *facts, DsCaseStep *step,
           GError **error)
{
  const DsPluginEntry *entry =
      ds_registry_find(ds_unit_plugins(self), plan->id, DS_PLUGIN_STEP, error);

  if (entry == NULL) {
    g_prefix_error(error, "the service needs step %s: ", plan->id);
    return FALSE;
  }
  step->title = g_strdup(ds_text_pick(&entry->info->title));
  if (plan->state == DS_STEP_NOT_NEEDED || plan->state == DS_STEP_OPEN)
    return TRUE;
  step->untouched = !is_begun(entry->info, view);
  if (plan->state == DS_STEP_OPTIONAL && step->untouched)
    return TRUE;
  g_autoptr(DsFindings) form = ds_findings_new();
  if (!ds_plugin_check_form(entry->info, view, facts, form, error))
    return FALSE;
  keep_askable(entry->info, form, step->findings);
  ds_registry_check(entry, view, step->findings);
  return TRUE;
}

static gboolean
check_steps(DsUnit *self, DsService *service, DsFacts *facts, DsCaseCheck *check, GError **error)
{
  g_autoptr(GPtrArray) plans = ds_policy_plan_steps(service, facts, ds_text_language(), error);

  if (plans == NULL)
    return FALSE;
  for (guint i = 0; i < plans->len; i++) {
    const DsStepPlan *plan = g_ptr_array_index(plans, i);
    DsCaseStep *step = g_new0(DsCaseStep, 1);

    step->id = g_strdup(plan->id);
    step->why = g_strdup(plan->why);
    step->findings = ds_findings_new();
    g_ptr_array_add(check->steps, step);
    if (!check_step(self, plan, check->view, facts, step, error))
      return FALSE;
    step->progress = progress_of(plan, step);
    if (step->progress == DS_PROGRESS_OPEN || step->progress == DS_PROGRESS_WAITS)
      check->complete = FALSE;
    ds_findings_append(check->findings, step->findings, plan->id);
  }
  return TRUE;
}

gboolean
ds_unit_step_collects(const DsPluginInfo *info, const DsFinding *finding)
{
  if (finding->subject == NULL)
    return FALSE;
  g_autofree char *first = g_strndup(finding->subject, strcspn(finding->subject, "."));

  for (guint i = 0; i < info->slots->len; i++) {
    const DsSlotNeed *need = g_ptr_array_index(info->slots, i);
    if (g_str_equal(first, ds_slot_word(need->slot)))
      return TRUE;
  }
  return ds_plugin_info_field(info, finding->subject) != NULL;
}

/* Which documents a case needs only the rules know: a step they still want something from is not
 * done. */
static void
reopen_wanted(DsUnit *self, DsCaseCheck *check)
{
  const DsFindings *findings = check->decision->findings;

  for (guint i = 0; i < check->steps->len; i++) {
    DsCaseStep *step = g_ptr_array_index(check->steps, i);
    const DsPluginEntry *entry =
        ds_registry_find(ds_unit_plugins(self), step->id, DS_PLUGIN_STEP, NULL);
    for (guint j = 0;
         step->progress == DS_PROGRESS_DONE && entry != NULL && j < ds_findings_count(findings);
         j++) {
      const DsFinding *finding = ds_findings_get(findings, j);
      if (finding->kind == DS_FINDING_MISSING && ds_unit_step_collects(entry->info, finding))
        step->progress = DS_PROGRESS_OPEN;
    }
  }
}

gboolean
ds_unit_finding_is_unentered(const DsFinding *finding)
{
  return finding->kind == DS_FINDING_MISSING && finding->subject != NULL &&
         g_str_has_prefix(finding->code, UNENTERED) &&
         g_str_equal(finding->code + strlen(UNENTERED), finding->subject);
}

/* A step has said already that @subject is missing or wrong. */
static gboolean
is_said(const DsFindings *findings, const char *subject)
{
  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    if ((finding->kind == DS_FINDING_MISSING || finding->kind == DS_FINDING_INVALID) &&
        g_strcmp0(finding->subject, subject) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What the pack says after the steps; that a field is empty is said once (R072). */
static void
append_decided(DsCaseCheck *check, const char *pack)
{
  g_autoptr(DsFindings) fresh = ds_findings_new();
  const DsFindings *decided = check->decision->findings;

  for (guint i = 0; i < ds_findings_count(decided); i++) {
    const DsFinding *from = ds_findings_get(decided, i);
    if (ds_unit_finding_is_unentered(from) && is_said(check->findings, from->subject))
      continue;
    DsFinding *copy = ds_findings_add(fresh, from->kind, from->code, from->subject, from->text);
    ds_finding_cite(copy, from->document, from->clause, from->phrase, from->requirements);
    copy->origin = g_strdup(from->origin);
    copy->who = g_strdup(from->who);
  }
  ds_findings_append(check->findings, fresh, pack);
}

DsCaseCheck *
ds_unit_case_check(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(self), case_id, error);
  DsService *service =
      of != NULL ? ds_policy_service(ds_unit_policy(self), of->service, error) : NULL;
  if (service == NULL)
    return NULL;
  g_autoptr(DsPack) pack = ds_unit_case_pack(self, of, error);
  if (pack == NULL)
    return NULL;

  g_autoptr(DsCaseCheck) check = g_new0(DsCaseCheck, 1);
  check->steps = g_ptr_array_new_with_free_func(case_step_free);
  check->findings = ds_findings_new();
  check->complete = TRUE;
  check->view = ds_unit_case_view(self, case_id, error);
  if (check->view == NULL)
    return NULL;

  g_autoptr(DsFacts) facts = ds_policy_facts(ds_unit_policy(self), check->view);
  if (!check_steps(self, service, facts, check, error))
    return NULL;
  check->decision =
      ds_policy_decide(ds_unit_policy(self), pack, service, facts, ds_text_language(), error);
  if (check->decision == NULL)
    return NULL;
  append_decided(check, ds_pack_id(pack));
  if (!ds_decision_field_done(check->decision))
    check->complete = FALSE;
  reopen_wanted(self, check);
  return g_steal_pointer(&check);
}

gboolean
ds_case_check_is_pending(const DsCaseCheck *self)
{
  return self->complete &&
         g_strcmp0(ds_view_field(self->view, "identification.mode"), "history") == 0;
}

gboolean
ds_unit_case_wait(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  g_autoptr(DsCaseCheck) check = open != NULL ? ds_unit_case_check(self, case_id, error) : NULL;

  if (check == NULL)
    return FALSE;
  if (check->complete) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s misses nothing: seal it", case_id);
    return FALSE;
  }
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(ds_unit_vault(self), error);
  return transaction != NULL && ds_unit_forget_day(self, case_id, error) &&
         ds_vault_set_case_state(ds_unit_vault(self), case_id, DS_CASE_AWAITING_MATERIAL,
                                 "material is missing", ds_unit_officer(self), error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* "J1, J3": each code once, however many rules lead to it. (transfer full) */
static char *
refusals_text(const DsFindings *findings)
{
  g_autoptr(GPtrArray) codes = g_ptr_array_new();

  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    if (finding->kind == DS_FINDING_REFUSE &&
        !g_ptr_array_find_with_equal_func(codes, finding->code, g_str_equal, NULL))
      g_ptr_array_add(codes, finding->code);
  }
  g_ptr_array_add(codes, NULL);
  return g_strjoinv(", ", (char **)codes->pdata);
}

/* A refusal may not rest on a step whose answers are malformed: a supervisor nobody knows, a number
 * that is none. NULL: none is. (transfer none) */
static const DsFinding *
malformed_ground(DsUnit *self, const DsCaseCheck *check, const DsFinding *refusal)
{
  for (guint i = 0; i < check->steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, i);
    const DsPluginEntry *entry =
        ds_registry_find(ds_unit_plugins(self), step->id, DS_PLUGIN_STEP, NULL);
    if (entry == NULL || !ds_unit_step_collects(entry->info, refusal))
      continue;
    for (guint j = 0; j < ds_findings_count(step->findings); j++)
      if (ds_findings_get(step->findings, j)->kind == DS_FINDING_INVALID)
        return ds_findings_get(step->findings, j);
  }
  return NULL;
}

gboolean
ds_unit_case_refuse(DsUnit *self, const char *case_id, const char *code, GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  g_autoptr(DsCaseCheck) check = open != NULL ? ds_unit_case_check(self, case_id, error) : NULL;

  if (check == NULL)
    return FALSE;
  for (guint i = 0; i < ds_findings_count(check->findings); i++) {
    const DsFinding *finding = ds_findings_get(check->findings, i);
    if (finding->kind != DS_FINDING_REFUSE || g_strcmp0(finding->code, code) != 0)
      continue;
    const DsFinding *wrong = malformed_ground(self, check, finding);
    if (wrong == NULL)
      return ds_unit_case_end(self, case_id, DS_CASE_REFUSED, "refusal.reason", code, error);
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s cannot be refused yet: %s: %s", case_id,
                wrong->subject != NULL ? wrong->subject : "", wrong->text);
    return FALSE;
  }
  g_autofree char *rules_give = refusals_text(check->findings);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "\"%s\" is no reason to refuse case %s; the rules give: %s", code, case_id,
              *rules_give != '\0' ? rules_give : "none");
  return FALSE;
}
