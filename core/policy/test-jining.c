/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jining's pack: test-data/jining-cases.json says what it must answer, and here what it must never.
 */
#include <string.h>

#include "base/clock.h"
#include "policy/json.h"
#include "policy/logic.h"
#include "policy/steps.h"
#include "policy/test-case.h"

#define SERVICE "renewal-replacement"

static DsPolicy *policy; /* once for all */
static DsPack *pack;
static JsonNode *table;

static void
set_members(DsView *view, JsonObject *members, void (*set)(DsView *, const char *, const char *))
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init(&iter, members);
  while (json_object_iter_next(&iter, &name, &value)) {
    const char *text = json_node_get_string(value);
    set(view, name, *text == '@' ? ds_pack_text(pack, text + 1)->sha256 : text);
  }
}

static DsView *
base_view(const char *name)
{
  JsonObject *bases = ds_json_object(json_node_get_object(table), "bases");
  JsonObject *base = ds_json_object(bases, name);
  JsonArray *parts = ds_json_array(base, "parts");
  DsView *view = ds_view_new();

  set_members(view, ds_json_object(base, "fields"), ds_view_set_field);
  set_members(view, ds_json_object(base, "facts"), ds_view_set_fact);
  for (guint i = 0; i < json_array_get_length(parts); i++)
    test_add_slot(view, json_array_get_string_element(parts, i));
  return view;
}

static DsDecision *
decide(DsView *view)
{
  return test_decide_for(policy, pack, SERVICE, view, "zh");
}

/* ---- the table ---- */

static void
add_words(GHashTable *set, const char *text)
{
  g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_hash_table_add(set, g_strdup(*word));
}

static char *
sorted_words(GHashTable *set)
{
  g_autoptr(GList) words = g_list_sort(g_hash_table_get_keys(set), (GCompareFunc)strcmp);
  g_autoptr(GString) text = g_string_new(NULL);

  for (GList *word = words; word != NULL; word = word->next)
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", (char *)word->data);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Every finding is accounted for: those of the base without "gone", with "fires" and "also". */
static char *
expected_codes(JsonObject *row)
{
  JsonObject *bases = ds_json_object(json_node_get_object(table), "bases");
  JsonObject *base = ds_json_object(bases, ds_json_string(row, "base"));
  const char *gone = ds_json_string(row, "gone");
  g_auto(GStrv) words = g_strsplit(gone != NULL ? gone : "", " ", -1);
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  add_words(set, ds_json_string(base, "findings"));
  for (char **word = words; *word != NULL; word++)
    g_assert_true(g_hash_table_remove(set, *word));
  add_words(set, ds_json_string(row, "fires"));
  add_words(set, ds_json_string(row, "also"));
  return sorted_words(set);
}

static char *
found_codes(const DsDecision *decision)
{
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < ds_findings_count(decision->findings); i++)
    add_words(set, ds_findings_get(decision->findings, i)->code);
  return sorted_words(set);
}

/* Derived facts as steps and outputs read them; "" is UNKNOWN. */
static void
check_facts(DsView *view, JsonObject *facts)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (facts == NULL)
    return;
  ds_policy_add_derived_facts(policy, pack, view);
  json_object_iter_init(&iter, facts);
  while (json_object_iter_next(&iter, &name, &value)) {
    const char *text = json_node_get_string(value);
    g_test_message("%s", name);
    g_assert_cmpstr(ds_view_fact(view, name), ==, *text != '\0' ? text : NULL);
  }
}

static void
check_row(JsonObject *row)
{
  const char *edits = ds_json_string(row, "edits"), *outcome = ds_json_string(row, "outcome");
  const char *system = ds_json_string(row, "system"), *signing = ds_json_string(row, "signing");
  g_autoptr(DsView) view =
      test_edited(base_view(ds_json_string(row, "base")), edits != NULL ? edits : "");
  g_autoptr(DsDecision) decision = decide(view);
  g_autofree char *found = found_codes(decision), *expected = expected_codes(row);

  g_test_message("%s %s", ds_json_string(row, "base"), edits);
  g_assert_cmpstr(ds_outcome_word(decision->outcome), ==, outcome);
  g_assert_cmpstr(found, ==, expected);
  check_facts(view, ds_json_object(row, "facts"));
  if (system != NULL)
    g_assert_cmpstr(decision->system, ==, system);
  if (signing != NULL)
    g_assert_cmpstr(decision->signing_system, ==, signing);
}

static JsonArray *
cases(void)
{
  return ds_json_array(json_node_get_object(table), "cases");
}

static void
test_cases(void)
{
  for (guint i = 0; i < json_array_get_length(cases()); i++)
    check_row(json_array_get_object_element(cases(), i));
}

/* Each requirement that the pack decides in the field passes somewhere and fails somewhere. */
static void
test_coverage(void)
{
  static const char *const ids[] = {
      "R002", "R003", "R004", "R005", "R006", "R007", "R008", "R009", "R010", "R011", "R012",
      "R013", "R014", "R015", "R016", "R017", "R018", "R019", "R020", "R021", "R022", "R023",
      "R025", "R026", "R027", "R028", "R029", "R030", "R031", "R032", "R033", "R034", "R035",
      "R036", "R039", "R041", "R042", "R043", "R044", "R045", "R047", "R049", "R050", "R051",
      "R052", "R056", "R057", "R062", "R063", "R065", "R066"};
  static const char *const senses[] = {"pass", "fail"};
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length(cases()); i++) {
    JsonObject *row = json_array_get_object_element(cases(), i);
    JsonArray *list = ds_json_array(row, "for");
    for (guint k = 0; k < json_array_get_length(list); k++)
      g_hash_table_add(seen, g_strdup_printf("%s %s", json_array_get_string_element(list, k),
                                             ds_json_string(row, "sense")));
  }
  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(senses); k++) {
      g_autofree char *key = g_strdup_printf("%s %s", ids[i], senses[k]);
      g_test_message("%s", key);
      g_assert_true(g_hash_table_contains(seen, key));
    }
}

/* ---- the closed list (R006) ---- */

static void
test_five_refusals(void)
{
  JsonArray *refusals = ds_json_array(ds_pack_root(pack), "refusals");

  g_assert_cmpuint(json_array_get_length(refusals), ==, 5);
  for (guint i = 0; i < 5; i++) {
    JsonObject *row = json_array_get_object_element(refusals, i);
    g_autofree char *code = g_strdup_printf("J%u", i + 1);
    g_assert_cmpstr(ds_json_string(row, "code"), ==, code);
    g_assert_nonnull(strstr(ds_json_title(row, "redirect", "zh"), "到户籍所在地派出所办理"));
    g_assert_true(ds_pack_refusal_is_for(row, "station"));
    g_assert_true(ds_pack_refusal_is_for(row, "unit") == (i != 1 && i != 4));
    g_assert_false(ds_pack_refusal_is_for(row, "signer"));
  }
}

/* What a refusal may rest on. Nothing about where the person lives or what paper was brought: "no
 * residence permit" cannot even be said. */
static void
test_what_refusals_ask(void)
{
  static const char *const allowed[] = {"applicant.never-held-card",
                                        "application.reason",
                                        "identification.second-generation-card",
                                        "identification.looks-changed",
                                        "identification.fingerprints-on-file",
                                        "identification.verdict",
                                        "identification.forgery",
                                        "identification.forgery-confirmed-by",
                                        "officer.number",
                                        NULL};
  JsonArray *rules = ds_json_array(ds_pack_root(pack), "rules");
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < json_array_get_length(rules); i++) {
    JsonObject *row = json_array_get_object_element(rules, i);
    if (g_str_equal(ds_json_string(row, "effect"), "refuse"))
      g_assert_true(ds_logic_check(json_object_get_member(row, "when"), "rule", names, NULL));
  }
  g_assert_cmpuint(g_hash_table_size(names), ==, g_strv_length((char **)allowed));
  g_hash_table_iter_init(&iter, names);
  while (g_hash_table_iter_next(&iter, &name, NULL)) {
    g_test_message("%s", (char *)name);
    g_assert_true(g_strv_contains(allowed, name));
  }
}

/* Whatever else is left out or answered badly, nobody is refused. */
static void
test_nothing_else_refuses(void)
{
  static const char *const values[] = {NULL, "false", "no", "other", "0"};
  g_autoptr(DsView) whole = base_view("elder");
  g_autoptr(GPtrArray) names = ds_view_field_names(whole);
  static const char *const more[] = {"document.residence-permit.sighted", "residence.proof",
                                     "residence.holder", "old-card.handed-in"};

  for (gsize i = 0; i < G_N_ELEMENTS(more); i++)
    g_ptr_array_add(names, (gpointer)more[i]);
  for (guint i = 0; i < names->len; i++) {
    for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
      g_autoptr(DsView) view = base_view("elder");
      ds_view_set_field(view, g_ptr_array_index(names, i), values[k]);
      g_autoptr(DsDecision) decision = decide(view);
      g_test_message("%s=%s", (char *)g_ptr_array_index(names, i), values[k]);
      g_assert_cmpint(decision->outcome, !=, DS_OUTCOME_REFUSE);
    }
  }
}

static void
test_terms(void)
{
  g_autoptr(DsView) view = base_view("elder");
  g_autoptr(DsDecision) decision = decide(view);

  g_assert_true(decision->fee.known);
  g_assert_cmpint(decision->fee.amount, ==, 2000);
  g_assert_null(decision->fee.relief);
  g_assert_cmpint(decision->fee.settlement, ==, 0);
  g_assert_cmpstr(decision->retention, ==, "5 years");
  g_assert_cmpstr(decision->refund, ==, "unspecified");
  g_assert_cmpstr(decision->refund_ask, ==, "supervisor");
  g_assert_nonnull(strstr(decision->refund_zh, "请报负责人决定"));
  g_assert_cmpstr(decision->producer, ==, "省厅制证中心");
  g_assert_cmpuint(g_strv_length(decision->pickup_modes), ==, 2);
  g_assert_false(g_strv_contains((const char *const *)decision->pickup_modes, "relative"));
  g_assert_cmpstr(decision->temporary_papers[0], ==, "temporary-card");
  g_assert_null(decision->temporary_papers[1]);
}

/* No reason, no fee: neither 20 nor 40 is guessed, and no reason is read into the silence. */
static void
test_fee_waits(void)
{
  g_autoptr(DsView) view = test_edited(base_view("elder"), "-application.reason");
  g_autoptr(DsDecision) decision = decide(view);
  g_autofree char *text = ds_policy_explain_text(decision, "zh");

  g_assert_false(decision->fee.known);
  g_assert_true(decision->fee.open);
  g_assert_nonnull(strstr(text, "工本费：待定\n"));
  ds_policy_add_derived_facts(policy, pack, view);
  g_assert_null(ds_view_fact(view, "fee.due"));
}

static void
test_temporary_papers(void)
{
  static const char *const rows[][3] = {
      {"applicant.address=河南省商丘市梁园区1号", "temporary-certificate", NULL},
      {"applicant.address=山东省青岛市市南区1号", NULL, NULL},
      {"applicant.address=山东省青岛市市南区1号;@station.hukou-city-deployed=true",
       "temporary-card", NULL},
      {"applicant.address=山东省青岛市市南区1号;@station.hukou-city-deployed=false",
       "temporary-certificate", NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(DsView) view = test_edited(base_view("elder"), rows[i][0]);
    g_autoptr(DsDecision) decision = decide(view);
    g_test_message("%s", rows[i][0]);
    g_assert_cmpstr(decision->temporary_papers[0], ==, rows[i][1]);
  }
}

static const DsDeadline *
find_deadline(GPtrArray *deadlines, const char *id)
{
  for (guint i = 0; i < deadlines->len; i++)
    if (g_str_equal(((DsDeadline *)g_ptr_array_index(deadlines, i))->id, id))
      return g_ptr_array_index(deadlines, i);
  return NULL;
}

static void
test_deadlines(void)
{
  static const struct {
    const char *edits, *id, *due, *at;
    gboolean provisional;
  } rows[] = {
      {"@event.returned=2026-02-13", "feedback", "2026-02-25", NULL, FALSE},
      {"@event.returned=2026-02-13;application.urgency=expedited", "feedback-expedited",
       "2026-02-24", NULL, FALSE},
      {"@event.returned=2026-09-18", "feedback", "2026-09-22", NULL, FALSE},
      {"@event.returned=2026-12-30", "feedback", "2027-01-04", NULL, TRUE},
      {"@event.received-by-signer=2026-09-16", "sign", "2026-09-16", "17:00", FALSE},
      {"@event.received-by-signer=2026-09-19", "sign", "2026-09-20", "17:00", FALSE},
      {"@event.received-by-signer=2026-10-03", "sign", "2026-10-08", "17:00", FALSE},
      {"@event.received-by-signer=2027-03-01", "sign", "2027-03-01", "17:00", TRUE},
      {"@event.card-at-county=2026-09-18", "county-to-station", "2026-09-21", NULL, FALSE},
      {"", "total", "2026-10-31", NULL, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(DsView) view = test_edited(base_view("elder"), rows[i].edits);
    g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);
    g_autoptr(GPtrArray) deadlines = ds_policy_deadlines(policy, pack, facts, NULL);
    const DsDeadline *deadline = find_deadline(deadlines, rows[i].id);
    g_test_message("%s", rows[i].edits);
    g_assert(deadline != NULL);
    g_assert_true(deadline->known);
    g_autofree char *due = ds_date_format(&deadline->due.day);
    g_assert_cmpstr(due, ==, rows[i].due);
    g_assert_cmpstr(deadline->at, ==, rows[i].at);
    g_assert_cmpint(deadline->due.provisional, ==, rows[i].provisional);
    g_assert_true((find_deadline(deadlines, "feedback") != NULL) !=
                  (find_deadline(deadlines, "feedback-expedited") != NULL));
  }
}

static void
test_explain(void)
{
  g_autoptr(DsView) view = test_edited(base_view("elder"), "application.reason=first-from-16");
  g_autoptr(DsDecision) decision = decide(view);
  g_autofree char *text = ds_policy_explain_text(decision, "zh");

  g_assert_true(g_str_has_prefix(text, "不予受理\n"));
  g_assert_nonnull(
      strstr(text, "首次申领居民身份证的，不予异地受理。请到户籍所在地派出所办理。 (J1)"));
  g_assert_nonnull(strstr(text, "五（一）“首次申领居民身份证的” [R026 R075]"));
  g_assert_nonnull(strstr(text, "期限：审核签发期限 当个工作日17:00前\n"));
  g_assert_nonnull(strstr(text, "审签：山东省实有人口信息管理系统"));
  g_assert_nonnull(strstr(text, "退费：本规范未规定"));
}

/* ---- Jining and Jiangxi say different things about the same person ---- */

static DsDecision *
jiangxi(DsView *view)
{
  g_autoptr(DsPack) other = test_pack(policy);

  return test_decide_in(policy, other, view, "zh");
}

static void
expect_refusal(const DsDecision *decision, const char *code)
{
  g_autofree char *codes = test_codes(decision, DS_FINDING_REFUSE);

  g_assert_cmpstr(codes, ==, code);
}

/* C02: a first application is the one thing Jining refuses and the only thing Jiangxi takes. */
static void
test_first_application(void)
{
  g_autoptr(DsPack) other = test_pack(policy);
  g_autoptr(DsView) first = test_adult(other);
  g_autoptr(DsView) again = base_view("elder");
  g_autoptr(DsDecision) first_there = jiangxi(first), first_here = decide(first);
  g_autoptr(DsDecision) again_there = jiangxi(again), again_here = decide(again);

  g_assert_true(ds_decision_field_done(first_there));
  expect_refusal(first_here, "J1");
  expect_refusal(again_there, "JX-HELD JX-PROVINCE JX-RESIDENCE");
  g_assert_true(ds_decision_field_done(again_here));
}

/* C12, C13: nothing at hand is 容缺 with a commitment here, a list of what is missing there; there
 * everyone commits, here nobody else does. */
static void
test_no_document(void)
{
  g_autoptr(DsView) burnt = base_view("burnt");
  g_autoptr(DsView) elder = base_view("elder");
  g_autoptr(DsDecision) here = decide(burnt), there = jiangxi(burnt);
  g_autoptr(DsDecision) elder_there = jiangxi(elder);

  g_assert_cmpuint(here->missing_documents->len, ==, 0);
  g_assert_true(ds_decision_field_done(here));
  g_assert_cmpuint(there->missing_documents->len, ==, 2);
  g_assert_nonnull(ds_findings_find(elder_there->findings, "commitment"));
}

/* C14: what is not said is not made up. */
static void
test_refund(void)
{
  g_autoptr(DsView) view = base_view("elder");
  g_autoptr(DsDecision) here = decide(view), there = jiangxi(view);

  g_assert_cmpstr(there->refund, ==, "not-applicable");
  g_assert_null(there->refund_ask);
  g_assert_cmpstr(here->refund, ==, "unspecified");
  g_assert_cmpstr(here->refund_ask, ==, "supervisor");
}

static void
test_steps(void)
{
  static const struct {
    const char *base, *edits, *not_needed;
  } rows[] = {
      {"elder", "", "step-guardian step-commitment"},
      {"burnt", "", "step-guardian"},
      {"elder", "applicant.birth=2015-01-01", "step-commitment"},
  };
  DsService *service = ds_policy_service(policy, SERVICE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(DsView) view = test_edited(base_view(rows[i].base), rows[i].edits);
    g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);
    g_autoptr(GPtrArray) plans = ds_policy_plan_steps(service, facts, "zh", NULL);
    g_autoptr(GString) not_needed = g_string_new(NULL);
    for (guint k = 0; k < plans->len; k++) {
      const DsStepPlan *plan = g_ptr_array_index(plans, k);
      if (plan->state == DS_STEP_NOT_NEEDED)
        g_string_append_printf(not_needed, "%s%s", not_needed->len > 0 ? " " : "", plan->id);
      g_assert_cmpint(plan->state == DS_STEP_OPTIONAL, ==,
                      g_str_equal(plan->id, "step-appointment"));
    }
    g_assert_cmpstr(not_needed->str, ==, rows[i].not_needed);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "core", "policy",
                                           "test-data", "jining-cases.json", NULL);
  policy = test_policy();
  pack = test_pack_of(policy, "jining");
  table = ds_json_load(path, NULL);
  g_assert_nonnull(table);
  g_test_add_func("/jining/cases", test_cases);
  g_test_add_func("/jining/coverage", test_coverage);
  g_test_add_func("/jining/five-refusals", test_five_refusals);
  g_test_add_func("/jining/what-refusals-ask", test_what_refusals_ask);
  g_test_add_func("/jining/nothing-else-refuses", test_nothing_else_refuses);
  g_test_add_func("/jining/terms", test_terms);
  g_test_add_func("/jining/fee-waits", test_fee_waits);
  g_test_add_func("/jining/temporary-papers", test_temporary_papers);
  g_test_add_func("/jining/deadlines", test_deadlines);
  g_test_add_func("/jining/explain", test_explain);
  g_test_add_func("/jining/first-application", test_first_application);
  g_test_add_func("/jining/no-document", test_no_document);
  g_test_add_func("/jining/refund", test_refund);
  g_test_add_func("/jining/steps", test_steps);
  int result = g_test_run();
  json_node_unref(table);
  ds_pack_unref(pack);
  ds_policy_unref(policy);
  return result;
}
