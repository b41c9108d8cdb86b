/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/steps.h"

#include "policy/logic.h"

const char *
ds_step_state_word(DsStepState state)
{
  static const char *const words[] = {"not-needed", "optional", "required", "open"};

  return (gsize)state < G_N_ELEMENTS(words) ? words[state] : "open";
}

static void
plan_free(gpointer data)
{
  DsStepPlan *self = data;

  g_free(self->id);
  g_free(self->why);
  g_strfreev(self->waits_for);
  g_free(self);
}

/* The facts to ask for so that @names become known, each once. */
static char **
ask_for(DsFacts *facts, GPtrArray *names)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    const char *name = ds_facts_ask_for(facts, g_ptr_array_index(names, i));
    if (g_hash_table_add(seen, (gpointer)name))
      g_strv_builder_add(builder, name);
  }
  return g_strv_builder_end(builder);
}

GPtrArray *
ds_policy_plan_steps(const DsService *service, DsFacts *facts, const char *language, GError **error)
{
  g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func(plan_free);
  gboolean zh = language == NULL || g_str_has_prefix(language, "zh");

  for (guint i = 0; i < ds_service_step_count(service); i++) {
    const DsServiceStep *step = ds_service_step(service, i);
    g_autoptr(GPtrArray) unknown = NULL;
    DsTruth truth;

    if (!ds_logic_test(step->when, facts, &truth, &unknown, error)) {
      g_prefix_error(error, "%s: ", step->id);
      return NULL;
    }
    DsStepPlan *plan = g_new0(DsStepPlan, 1);
    g_ptr_array_add(plans, plan);
    plan->id = g_strdup(step->id);
    plan->waits_for = ask_for(facts, unknown);
    plan->why = g_strdup(zh ? step->why_zh : step->why_en);
    if (truth == DS_TRUTH_UNKNOWN) {
      plan->state = DS_STEP_OPEN;
    } else if (truth == DS_TRUTH_TRUE) {
      plan->state = step->optional ? DS_STEP_OPTIONAL : DS_STEP_REQUIRED;
    } else {
      plan->state = DS_STEP_NOT_NEEDED;
      if (step->else_zh != NULL) {
        g_free(plan->why);
        plan->why = g_strdup(zh ? step->else_zh : step->else_en);
      }
    }
  }
  return g_steal_pointer(&plans);
}
