/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/steps.h"

#include "policy/json.h"
#include "policy/test-case.h"

/* One letter a step: r required, o optional, n not needed, ? open. */
static char *
letters(GPtrArray *plans)
{
  GString *out = g_string_new(NULL);

  for (guint i = 0; i < plans->len; i++)
    g_string_append_c(out, "nor?"[((DsStepPlan *)g_ptr_array_index(plans, i))->state]);
  return g_string_free(out, FALSE);
}

static GPtrArray *
plan(DsPolicy *policy, DsView *view, const char *language)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);
  DsService *service = ds_policy_service(policy, "first-application", &error);
  GPtrArray *plans = ds_policy_plan_steps(service, facts, language, &error);

  g_assert_no_error(error);
  return plans;
}

static void
test_ages(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  g_autoptr(DsView) pupil = test_pupil(pack), adult = test_adult(pack), empty = ds_view_new();
  g_autoptr(GPtrArray) young = plan(policy, pupil, "zh");
  g_autoptr(GPtrArray) old = plan(policy, adult, "en");
  g_autoptr(GPtrArray) open = plan(policy, empty, NULL);
  g_autofree char *a = letters(young), *b = letters(old), *c = letters(open);
  const DsStepPlan *guardian = g_ptr_array_index(old, 2);

  g_assert_cmpstr(a, ==, "rrrrrrrrrrrrr");
  g_assert_cmpstr(b, ==, "rrnrnrrrnrrrr");
  g_assert_cmpstr(c, ==, "rr?r?rrr?rrrr");
  g_assert_cmpstr(guardian->id, ==, "step-guardian");
  g_assert_cmpstr(guardian->why, ==, "not needed from 16 on");
  guardian = g_ptr_array_index(young, 2);
  g_assert_cmpstr(guardian->why, ==, "未满16周岁，须由监护人陪同");
  guardian = g_ptr_array_index(open, 2);
  g_assert_cmpstr(guardian->waits_for[0], ==, "applicant.birth");
  g_assert_null(guardian->waits_for[1]);
  g_assert_cmpstr(ds_step_state_word(guardian->state), ==, "open");
}

/* The 29 February birthday: 16 only on 1 March. */
static void
test_leap_day(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsView) view = ds_view_new();

  ds_view_set_field(view, "applicant.birth", "2012-02-29");
  ds_view_set_fact(view, "case.day", "2028-02-28");
  g_autoptr(GPtrArray) before = plan(policy, view, NULL);
  g_assert_cmpint(((DsStepPlan *)g_ptr_array_index(before, 2))->state, ==, DS_STEP_REQUIRED);
  ds_view_set_field(view, "applicant.birth", "2010-02-28");
  ds_view_set_fact(view, "case.day", "2026-02-28");
  g_autoptr(GPtrArray) on = plan(policy, view, NULL);
  g_assert_cmpint(((DsStepPlan *)g_ptr_array_index(on, 2))->state, ==, DS_STEP_NOT_NEEDED);
}

static void
test_optional(void)
{
  g_autoptr(JsonNode) root = ds_json_parse(
      "{\"steps\":[{\"id\":\"step-a\",\"optional\":true,\"why\":{\"zh\":\"甲\",\"en\":\"a\"}},"
      "{\"id\":\"step-b\",\"when\":false,\"why\":{\"zh\":\"乙\",\"en\":\"b\"}},"
      "{\"id\":\"step-c\",\"when\":{\"no\":1},\"why\":{\"zh\":\"丙\",\"en\":\"c\"}}]}",
      -1, "x", NULL);
  g_autoptr(DsService) service = ds_service_new(root, NULL);
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFacts) facts = ds_facts_from_view(NULL, NULL, view);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_policy_plan_steps(service, facts, "en", &error));
  g_assert_cmpstr(error->message, ==, "step-c: unknown operator \"no\"");
  json_array_remove_element(ds_json_array(json_node_get_object(root), "steps"), 2);
  g_autoptr(DsService) two = ds_service_new(root, NULL);
  g_autoptr(GPtrArray) plans = ds_policy_plan_steps(two, facts, "en", NULL);
  g_autofree char *states = letters(plans);
  g_assert_cmpstr(states, ==, "on");
  g_assert_cmpstr(((DsStepPlan *)g_ptr_array_index(plans, 1))->why, ==, "b");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/steps/ages", test_ages);
  g_test_add_func("/steps/leap-day", test_leap_day);
  g_test_add_func("/steps/optional", test_optional);
  return g_test_run();
}
