/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties that hold for rules, texts and packs drawn by lot. The seed is printed by the test
 * program; --seed=… runs one again. */
#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "policy/logic-value.h"
#include "policy/logic.h"
#include "policy/test-case.h"

/* ---- rules ---- */

static const char *const scalars[] = {"null", "true", "false", "0",     "1",        "5",
                                      "-2.5", "\"\"", "\"1\"", "\"a\"", "\"江西\"", "\"1e3\""};
static const char *const names[] = {"a", "b", "c", "d"};

#define PICK(list) ((list)[g_test_rand_int_range(0, G_N_ELEMENTS(list))])

static void append_rule(GString *out, int depth);

static void
append_list(GString *out, int depth, int count)
{
  g_string_append_c(out, '[');
  for (int i = 0; i < count; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    append_rule(out, depth - 1);
  }
  g_string_append_c(out, ']');
}

/* missing and missing_some are left out: they answer differently for UNKNOWN on purpose. */
static void
append_rule(GString *out, int depth)
{
  static const char *const ops[] = {
      "==", "!=", "===", "!==",   ">",   ">=",  "<",   "<=",     "!",  "!!",
      "+",  "*",  "-",   "/",     "%",   "max", "min", "cat",    "in", "and",
      "or", "if", "?:",  "merge", "and", "or",  "if",  "substr", "log"};
  static const char *const list_ops[] = {"map", "filter", "all", "some", "none", "reduce"};
  int kind = depth <= 0 ? g_test_rand_int_range(0, 4) : g_test_rand_int_range(0, 12);

  if (kind < 2) {
    g_string_append(out, PICK(scalars));
  } else if (kind < 4) {
    g_string_append_printf(out, "{\"var\":\"%s\"}", PICK(names));
  } else if (kind == 4) {
    append_list(out, depth, g_test_rand_int_range(0, 4));
  } else if (kind == 5) {
    g_string_append_printf(out, "{\"%s\":[", PICK(list_ops));
    append_list(out, depth - 1, g_test_rand_int_range(0, 4));
    g_string_append(out, ",{\"var\":\"\"},0]}");
  } else {
    g_string_append_printf(out, "{\"%s\":", PICK(ops));
    append_list(out, depth, g_test_rand_int_range(1, 5));
    g_string_append_c(out, '}');
  }
}

typedef struct {
  const char *values[G_N_ELEMENTS(names)]; /* JSON texts; NULL: UNKNOWN */
} World;

static JsonNode *
world_lookup(const char *name, gpointer data)
{
  const World *world = data;

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(name, names[i]) && world->values[i] != NULL)
      return ds_json_parse(world->values[i], -1, "fact", NULL);
  return NULL;
}

static DsLogicResult *
apply_plain(JsonNode *rule, const World *world)
{
  g_autoptr(GString) text = g_string_new("{");

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    g_string_append_printf(text, "%s\"%s\":%s", i > 0 ? "," : "", names[i], world->values[i]);
  g_string_append_c(text, '}');
  g_autoptr(JsonNode) data = ds_json_parse(text->str, -1, "data", NULL);
  g_autoptr(GError) error = NULL;
  DsLogicResult *result = ds_logic_apply(rule, data, NULL, &error);
  g_assert_no_error(error);
  return result;
}

/* One rule with some facts open: what is known must stay so for every way the facts may turn out.
 * TRUE when it was known. */
static gboolean
check_sound(JsonNode *rule, const char *text, gboolean truth_only)
{
  World open, closed;

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    open.values[i] = g_test_rand_int_range(0, 2) ? PICK(scalars) : NULL;
  g_autoptr(DsFacts) facts = ds_facts_new(NULL, world_lookup, &open, NULL);
  g_autoptr(DsLogicResult) partial = ds_logic_apply(rule, NULL, facts, NULL);
  g_assert_nonnull(partial);
  g_assert_true((partial->value == NULL) == (partial->unknown->len > 0));
  for (int again = 0; partial->value != NULL && again < 4; again++) {
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
      closed.values[i] = open.values[i] != NULL ? open.values[i] : PICK(scalars);
    g_autoptr(DsLogicResult) whole = apply_plain(rule, &closed);
    gboolean same =
        truth_only ? partial->truth == whole->truth : ds_json_equal(partial->value, whole->value);
    if (!same)
      g_test_message("%s", text);
    g_assert_true(same);
  }
  return partial->value != NULL;
}

static void
test_sound(void)
{
  guint known = 0;

  for (int round = 0; round < 4000; round++) {
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean truth_only = round % 2 == 0;
    append_rule(text, 4);
    if (!truth_only) { /* in a list every value counts, not only its truth */
      g_string_prepend_c(text, '[');
      g_string_append_c(text, ']');
    }
    g_autoptr(JsonNode) rule = ds_json_parse(text->str, -1, "rule", NULL);
    known += check_sound(rule, text->str, truth_only);
  }
  g_test_message("%u of 4000 rules were known with open facts", known);
  g_assert_cmpuint(known, >, 400);
}

/* ---- texts ---- */

static void
test_texts(void)
{
  static const char *const bits[] = {"{",    "}",     "[",      "]",     ",",   ":",  "\"",
                                     "\\",   "\\u12", "1",      "-",     ".",   "e5", "true",
                                     "null", " ",     "\"a\":", "\"b\"", "\xE6"};
  guint good = 0;

  for (int round = 0; round < 20000; round++) {
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    for (int i = g_test_rand_int_range(0, 12); i > 0; i--)
      g_string_append(text, PICK(bits));
    g_autoptr(JsonNode) node = ds_json_parse(text->str, (gssize)text->len, "x", &error);
    g_assert_true((node == NULL) == (error != NULL));
    if (node == NULL)
      continue;
    good++;
    g_autofree char *again = ds_json_to_text(node, FALSE);
    g_autoptr(JsonNode) twin = ds_json_parse(again, -1, "x", NULL);
    g_assert_true(ds_json_equal(node, twin));
  }
  g_assert_cmpuint(good, >, 100);
}

/* ---- packs ---- */

static JsonNode *
random_value(void)
{
  static const char *const values[] = {"null",
                                       "true",
                                       "0",
                                       "-1",
                                       "99999999999",
                                       "\"\"",
                                       "\"x\"",
                                       "[]",
                                       "{}",
                                       "[1]",
                                       "{\"zh\":\"x\",\"en\":\"y\"}",
                                       "\"2026-09-01\"",
                                       "{\"var\":\"age\"}",
                                       "{\"var\":\"documents\"}",
                                       "{\"<\":[{\"var\":\"age\"},16]}",
                                       "[\"R001\"]",
                                       "\"refuse\""};

  return ds_json_parse(PICK(values), -1, "value", NULL);
}

/* Replaces or removes one member or element somewhere below @node. */
static void
mutate(JsonNode *node)
{
  gboolean deeper = g_test_rand_int_range(0, 8) > 0;

  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) members = json_object_get_members(object);
    guint count = g_list_length(members);
    if (count == 0)
      return;
    const char *name = g_list_nth_data(members, (guint)g_test_rand_int_range(0, (gint32)count));
    JsonNode *child = json_object_get_member(object, name);
    if (deeper && !JSON_NODE_HOLDS_VALUE(child) && !JSON_NODE_HOLDS_NULL(child))
      mutate(child);
    else if (g_test_rand_int_range(0, 3) > 0)
      json_object_set_member(object, name, random_value());
    else
      json_object_remove_member(object, name);
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *list = json_node_get_array(node);
    guint count = json_array_get_length(list);
    guint index = count > 0 ? (guint)g_test_rand_int_range(0, (gint32)count) : 0;
    JsonNode *child = count > 0 ? json_array_get_element(list, index) : NULL;
    if (child != NULL && deeper && !JSON_NODE_HOLDS_VALUE(child) && !JSON_NODE_HOLDS_NULL(child))
      mutate(child);
    else if (child != NULL && g_test_rand_int_range(0, 2) > 0)
      json_array_remove_element(list, index);
    else
      json_array_add_element(list, random_value());
  }
}

/* Whatever passes the checks can be decided with, or says why not; nothing crashes. */
static void
test_packs(gconstpointer jurisdiction)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) jiangxi = test_pack(policy), pack = test_pack_of(policy, jurisdiction);
  g_autoptr(DsView) pupil = test_pupil(jiangxi), empty = ds_view_new();
  const char *name =
      json_array_get_string_element(ds_json_array(ds_pack_root(pack), "services"), 0);
  DsService *service = ds_policy_service(policy, name, NULL);
  guint loaded = 0;
  gsize size;
  const char *text = g_bytes_get_data(ds_pack_bytes(pack), &size);

  for (guint round = 0; round < 150; round++) {
    g_autoptr(JsonNode) root = ds_json_parse(text, (gssize)size, "pack", NULL);
    g_autoptr(GError) error = NULL;
    json_object_set_int_member(json_node_get_object(root), "version", 2 + round);
    mutate(root);
    g_autofree char *changed = ds_json_to_text(root, FALSE);
    g_autoptr(GBytes) bytes = g_bytes_new(changed, strlen(changed));
    g_autoptr(DsPack) mutant = ds_policy_load_pack_bytes(policy, bytes, "mutant", &error);
    g_assert_true((mutant == NULL) == (error != NULL));
    if (mutant == NULL)
      continue;
    loaded++;
    g_autoptr(DsView) derived = test_pupil(jiangxi);
    ds_policy_add_derived_facts(policy, mutant, derived);
    for (int i = 0; i < 2; i++) {
      g_autoptr(DsFacts) facts = ds_policy_facts(policy, i == 0 ? pupil : empty);
      g_autoptr(GError) refused = NULL;
      g_autoptr(DsDecision) decision =
          ds_policy_decide(policy, mutant, service, facts, i == 0 ? "zh" : "en", &refused);
      g_assert_true((decision == NULL) == (refused != NULL));
      if (decision == NULL)
        continue;
      g_autofree char *explained = ds_policy_explain_text(decision, "zh");
      g_autoptr(JsonNode) json = ds_policy_explain_json(decision);
      g_assert_nonnull(explained);
    }
  }
  g_test_message("%u of 150 changed packs loaded", loaded);
  g_assert_cmpuint(loaded, >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/random/sound", test_sound);
  g_test_add_func("/random/texts", test_texts);
  g_test_add_data_func("/random/packs/jiangxi", "jiangxi", test_packs);
  g_test_add_data_func("/random/packs/jining", "jining", test_packs);
  return g_test_run();
}
