/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/logic.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"

static JsonNode *
parse(const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = ds_json_parse(text, -1, "test", &error);

  g_assert_no_error(error);
  return node;
}

/* ---- the public table, when it stands beside the checkout ---- */

static void
check_public_case(JsonObject *object)
{
  JsonNode *rule = json_object_get_member(object, "rule");
  g_autoptr(GError) error = NULL;
  g_autoptr(DsLogicResult) result =
      ds_logic_apply(rule, json_object_get_member(object, "data"), NULL, &error);

  g_assert_no_error(error);
  g_autofree char *have = ds_json_to_text(result->value, FALSE);
  if (!ds_json_equal(result->value, json_object_get_member(object, "result"))) {
    g_autofree char *text = ds_json_to_text(rule, FALSE);
    g_test_message("%s gave %s", text, have);
    g_test_fail();
  }
}

static void
test_public_table(void)
{
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "..", "shared", "data",
                                           "jsonlogic", "compatible.json", NULL);
  g_autoptr(GError) error = NULL;
  guint cases = 0;

  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_test_skip("the public JsonLogic table is not beside the checkout");
    return;
  }
  g_autoptr(JsonNode) root = ds_json_load(path, &error);
  g_assert_no_error(error);
  JsonArray *list = json_node_get_array(root);
  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonNode *item = json_array_get_element(list, i);
    if (!JSON_NODE_HOLDS_OBJECT(item))
      continue;
    check_public_case(json_node_get_object(item));
    cases++;
  }
  g_test_message("%u cases", cases);
  g_assert_cmpuint(cases, >, 200);
}

/* ---- our own cases, plain ---- */

static const struct {
  const char *rule, *data, *result;
} plain[] = {
    {"{\"==\":[null,0]}", NULL, "false"},
    {"{\"==\":[\"\",0]}", NULL, "true"},
    {"{\"==\":[[1],\"1\"]}", NULL, "true"},
    {"{\"==\":[true,\"1\"]}", NULL, "true"},
    {"{\"==\":[]}", NULL, "true"},
    {"{\"==\":[null]}", NULL, "true"},
    {"{\"===\":[[],[]]}", NULL, "false"},
    {"{\"===\":[1,1.0]}", NULL, "true"},
    {"{\"<\":[1]}", NULL, "false"},
    {"{\"<\":[\"10\",\"9\"]}", NULL, "true"},
    {"{\"<\":[\"10\",9]}", NULL, "false"},
    {"{\"<\":[null,1]}", NULL, "true"},
    {"{\"<\":[\"a\",1]}", NULL, "false"},
    {"{\">=\":[\"a\",1]}", NULL, "false"},
    {"{\"<\":[\"2026-02-28\",\"2026-03-01\"]}", NULL, "true"},
    {"{\"+\":[\"3.5kg\",1]}", NULL, "4.5"},
    {"{\"+\":[null]}", NULL, "null"},
    {"{\"+\":[]}", NULL, "0"},
    {"{\"-\":[null,1]}", NULL, "-1"},
    {"{\"-\":[\"0x10\",0]}", NULL, "16"},
    {"{\"*\":[\"7\"]}", NULL, "\"7\""},
    {"{\"/\":[1,0]}", NULL, "null"},
    {"{\"/\":[7,2]}", NULL, "3.5"},
    {"{\"%\":[-7,3]}", NULL, "-1"},
    {"{\"max\":[1,\"5\",null]}", NULL, "5"},
    {"{\"max\":[]}", NULL, "null"},
    {"{\"min\":[1,\"x\"]}", NULL, "null"},
    {"{\"cat\":[1.0,\"|\",0.1,\"|\",1e21,\"|\",1e-7,\"|\",0.000001,\"|\",123456789012]}", NULL,
     "\"1|0.1|1e+21|1e-7|0.000001|123456789012\""},
    {"{\"cat\":[100000000000000000000.0,\"|\",-1.5e-10]}", NULL,
     "\"100000000000000000000|-1.5e-10\""},
    {"{\"cat\":[null,true,[1,[2,null],3]]}", NULL, "\"true1,2,,3\""},
    {"{\"substr\":[\"江西省赣州市\",3]}", NULL, "\"赣州市\""},
    {"{\"substr\":[\"江西省\",0,-1]}", NULL, "\"江西\""},
    {"{\"substr\":[\"abc\",9]}", NULL, "\"\""},
    {"{\"in\":[1,[\"1\"]]}", NULL, "false"},
    {"{\"in\":[\"a\",null]}", NULL, "false"},
    {"{\"in\":[\"\",\"abc\"]}", NULL, "true"},
    {"{\"merge\":[1,[2,[3]]]}", NULL, "[1,2,[3]]"},
    {"{\"log\":\"x\"}", NULL, "\"x\""},
    {"{\"and\":[]}", NULL, "null"},
    {"{\"if\":[null,1]}", NULL, "null"},
    {"{\"var\":\"a.1.b\"}", "{\"a\":[0,{\"b\":7}]}", "7"},
    {"{\"var\":[\"a\",{\"var\":\"b\"}]}", "{\"b\":2}", "2"},
    {"{\"var\":\"\"}", "[1]", "[1]"},
    {"{\"missing\":[\"a\",\"b\"]}", "{\"a\":\"\",\"b\":0}", "[\"a\"]"},
    {"{\"reduce\":[[1,2],{\"cat\":[{\"var\":\"accumulator\"},{\"var\":\"current\"}]},\"\"]}", NULL,
     "\"12\""},
    {"{\"all\":[5,true]}", NULL, "false"},
    {"{\"none\":[null,true]}", NULL, "true"},
    {"{\"a\":1,\"b\":2}", NULL, "{\"a\":1,\"b\":2}"},
    {"{}", NULL, "{}"},
};

static void
test_plain(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
    g_autoptr(JsonNode) rule = parse(plain[i].rule);
    g_autoptr(JsonNode) data = plain[i].data != NULL ? parse(plain[i].data) : NULL;
    g_autoptr(JsonNode) wanted = parse(plain[i].result);
    g_autoptr(GError) error = NULL;
    g_autoptr(DsLogicResult) result = ds_logic_apply(rule, data, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *have = ds_json_to_text(result->value, FALSE);
    g_test_message("%s = %s", plain[i].rule, have);
    g_assert_true(ds_json_equal(result->value, wanted));
  }
}

/* ---- UNKNOWN ---- */

/* t true, f false, n 5, s "x", none null, list [1,2]; everything else nobody knows. */
static JsonNode *
few_facts(const char *name, gpointer data)
{
  static const char *const known[][2] = {{"t", "true"},  {"f", "false"},   {"n", "5"},
                                         {"s", "\"x\""}, {"none", "null"}, {"list", "[1,2]"}};

  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_str_equal(name, known[i][0]))
      return parse(known[i][1]);
  return NULL;
}

static const struct {
  const char *rule;
  const char *result;  /* NULL: UNKNOWN */
  const char *unknown; /* names it rests on */
} open_cases[] = {
    {"{\"var\":\"u\"}", NULL, "u"},
    {"{\"var\":[\"u\",7]}", NULL, "u"},
    {"{\"var\":[\"none\",7]}", "7", ""},
    {"{\"<\":[{\"var\":\"u\"},16]}", NULL, "u"},
    {"{\"==\":[{\"var\":\"u\"},{\"var\":\"v\"}]}", NULL, "u v"},
    {"{\"==\":[{\"var\":\"u\"},{\"var\":\"u\"}]}", NULL, "u"},
    {"{\"!\":{\"var\":\"u\"}}", NULL, "u"},
    {"{\"!!\":{\"var\":\"u\"}}", NULL, "u"},
    {"{\"+\":[1,{\"var\":\"u\"}]}", NULL, "u"},
    {"{\"cat\":[\"a\",{\"var\":\"u\"}]}", NULL, "u"},
    {"{\"in\":[1,[1,{\"var\":\"u\"}]]}", NULL, "u"},
    {"{\"and\":[{\"var\":\"t\"},{\"var\":\"u\"}]}", NULL, "u"},
    {"{\"and\":[{\"var\":\"u\"},{\"var\":\"f\"}]}", "false", ""},
    {"{\"and\":[{\"var\":\"f\"},{\"var\":\"u\"}]}", "false", ""},
    {"{\"and\":[{\"var\":\"u\"},{\"var\":\"v\"},{\"var\":\"t\"}]}", NULL, "u v"},
    {"{\"or\":[{\"var\":\"u\"},{\"var\":\"t\"}]}", "true", ""},
    {"{\"or\":[{\"var\":\"f\"},{\"var\":\"u\"}]}", NULL, "u"},
    {"{\"or\":[{\"var\":\"u\"},{\"var\":\"f\"}]}", NULL, "u"},
    {"{\"or\":[{\"var\":\"u\"},3]}", "true", ""},
    {"{\"cat\":{\"or\":[{\"var\":\"u\"},3]}}", NULL, "u"},
    {"{\"===\":[{\"and\":[{\"var\":\"u\"},{\"var\":\"f\"}]},false]}", NULL, "u"},
    {"{\"===\":[{\"or\":[3,{\"var\":\"u\"}]},3]}", "true", ""},
    {"[{\"and\":[{\"var\":\"u\"},0]}]", NULL, "u"},
    {"{\"!\":{\"and\":[{\"var\":\"u\"},0]}}", "true", ""},
    {"{\"if\":[{\"or\":[{\"var\":\"u\"},1]},\"x\",\"y\"]}", "\"x\"", ""},
    {"{\"filter\":[[7],{\"or\":[{\"var\":\"\"},1]}]}", "[7]", ""},
    {"{\"if\":[{\"var\":\"u\"},1,2]}", "true", ""},
    {"{\"cat\":{\"if\":[{\"var\":\"u\"},1,2]}}", NULL, "u"},
    {"{\"if\":[{\"var\":\"u\"},1,0]}", NULL, "u"},
    {"{\"if\":[{\"var\":\"u\"},1,1]}", "1", ""},
    {"{\"if\":[{\"var\":\"u\"},\"x\",{\"var\":\"s\"}]}", "\"x\"", ""},
    {"{\"if\":[{\"var\":\"u\"},1,{\"var\":\"v\"}]}", NULL, "u v"},
    {"{\"if\":[{\"var\":\"u\"},1,{\"var\":\"t\"},1,{\"var\":\"v\"}]}", "1", ""},
    {"{\"if\":[{\"var\":\"u\"},1,{\"var\":\"v\"},1,0]}", NULL, "u v"},
    {"{\"if\":[{\"var\":\"t\"},1,{\"var\":\"u\"}]}", "1", ""},
    {"{\"if\":[{\"var\":\"t\"},{\"var\":\"u\"},1]}", NULL, "u"},
    {"{\"if\":[{\"var\":\"u\"},1]}", NULL, "u"},
    {"{\"missing\":[\"t\",\"u\",\"none\"]}", "[\"u\",\"none\"]", ""},
    {"{\"missing_some\":[1,[\"t\",\"u\"]]}", "[]", ""},
    {"{\"missing_some\":[2,[\"t\",\"u\"]]}", "[\"u\"]", ""},
    {"{\"map\":[{\"var\":\"u\"},1]}", NULL, "u"},
    {"{\"map\":[{\"var\":\"list\"},{\"+\":[{\"var\":\"\"},1]}]}", "[2,3]", ""},
    {"{\"all\":[{\"var\":\"u\"},true]}", NULL, "u"},
    {"{\"some\":[{\"var\":\"list\"},{\">\":[{\"var\":\"\"},1]}]}", "true", ""},
    {"{\"reduce\":[{\"var\":\"list\"},{\"+\":[{\"var\":\"accumulator\"},{\"var\":\"current\"}]},"
     "{\"var\":\"u\"}]}",
     NULL, "u"},
    {"{\"var\":{\"var\":\"u\"}}", NULL, "u"},
};

static void
test_unknown(void)
{
  g_autoptr(DsFacts) facts = ds_facts_new(NULL, few_facts, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(open_cases); i++) {
    g_autoptr(JsonNode) rule = parse(open_cases[i].rule);
    g_autoptr(JsonNode) wanted = open_cases[i].result != NULL ? parse(open_cases[i].result) : NULL;
    g_autoptr(GError) error = NULL;
    g_test_message("%s", open_cases[i].rule);
    g_autoptr(DsLogicResult) result = ds_logic_apply(rule, NULL, facts, &error);
    g_assert_no_error(error);
    g_assert_true((result->value == NULL) == (wanted == NULL));
    if (wanted != NULL)
      g_assert_true(ds_json_equal(result->value, wanted));
    g_ptr_array_add(result->unknown, NULL);
    g_autofree char *names = g_strjoinv(" ", (char **)result->unknown->pdata);
    g_assert_cmpstr(names, ==, wanted == NULL ? open_cases[i].unknown : "");
  }
}

static void
test_missing_reports(void)
{
  g_autoptr(DsFacts) facts = ds_facts_new(NULL, few_facts, NULL, NULL);
  g_autoptr(JsonNode) rule = parse("{\"missing\":[\"v\",\"t\",\"u\",\"none\"]}");
  g_autoptr(DsLogicResult) result = ds_logic_apply(rule, NULL, facts, NULL);

  g_assert_cmpuint(result->missing->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(result->missing, 0), ==, "u");
  g_assert_cmpstr(g_ptr_array_index(result->missing, 1), ==, "v");
}

static void
test_truth(void)
{
  g_autoptr(DsFacts) facts = ds_facts_new(NULL, few_facts, NULL, NULL);
  g_autoptr(JsonNode) rule = parse("{\"var\":\"list\"}");
  g_autoptr(JsonNode) open = parse("{\"var\":\"u\"}");
  g_autoptr(GPtrArray) names = NULL;
  DsTruth truth;

  g_assert_true(ds_logic_test(NULL, facts, &truth, NULL, NULL));
  g_assert_cmpint(truth, ==, DS_TRUTH_TRUE);
  g_assert_true(ds_logic_test(rule, facts, &truth, &names, NULL));
  g_assert_cmpstr(ds_truth_word(truth), ==, "true");
  g_assert_null(names);
  g_assert_true(ds_logic_test(open, facts, &truth, &names, NULL));
  g_assert_cmpstr(ds_truth_word(truth), ==, "unknown");
  g_assert_cmpstr(g_ptr_array_index(names, 0), ==, "u");
}

/* ---- hostile and broken rules ---- */

static void
expect_error(const char *text, JsonNode *data, DsFacts *facts, int code, const char *part)
{
  g_autoptr(JsonNode) rule = parse(text);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsLogicResult) result = ds_logic_apply(rule, data, facts, &error);

  g_assert_null(result);
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
}

static JsonNode *
numbers(guint count)
{
  JsonArray *list = json_array_new();
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  for (guint i = 0; i < count; i++)
    json_array_add_int_element(list, i);
  json_node_take_array(node, list);
  return node;
}

static void
test_broken(void)
{
  g_autoptr(DsFacts) facts = ds_facts_new(NULL, few_facts, NULL, NULL);

  expect_error("{\"frobnicate\":[1]}", NULL, NULL, DS_ERROR_INVALID,
               "unknown operator \"frobnicate\"");
  expect_error("{\"*\":[]}", NULL, NULL, DS_ERROR_INVALID, "needs an operand");
  expect_error("{\"missing_some\":[1]}", NULL, NULL, DS_ERROR_INVALID, "missing_some");
  expect_error("{\"var\":\"\"}", NULL, facts, DS_ERROR_INVALID, "var must name a fact");
}

static void
test_hostile(void)
{
  g_autoptr(JsonNode) many = numbers(9000);
  g_autoptr(GString) deep = g_string_new("1");

  for (int i = 0; i < 62; i++) {
    g_string_prepend(deep, "{\"!\":");
    g_string_append_c(deep, '}');
  }
  g_autoptr(JsonNode) rule = parse(deep->str);
  for (int i = 0; i < 3; i++) { /* deeper than any text we read may be */
    JsonObject *outer = json_object_new();
    json_object_set_member(outer, "!", g_steal_pointer(&rule));
    rule = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(rule, outer);
  }
  g_autoptr(DsLogicResult) fine = ds_logic_apply(rule, NULL, NULL, NULL);
  g_assert_nonnull(fine);
  for (int i = 0; i < 100; i++) {
    JsonObject *outer = json_object_new();
    json_object_set_member(outer, "!", g_steal_pointer(&rule));
    rule = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(rule, outer);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(ds_logic_apply(rule, NULL, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);

  expect_error("{\"map\":[{\"var\":\"\"},{\"map\":[[1,2,3,4,5,6,7,8,9],{\"+\":[1,1]}]}]}", many,
               NULL, DS_ERROR_TOO_LARGE, "steps");
  expect_error("{\"reduce\":[{\"var\":\"\"},[{\"var\":\"accumulator\"},"
               "{\"var\":\"accumulator\"}],0]}",
               many, NULL, DS_ERROR_TOO_LARGE, "builds a list");
  expect_error("{\"reduce\":[{\"var\":\"\"},[{\"var\":\"accumulator\"}],0]}", many, NULL,
               DS_ERROR_TOO_LARGE, "builds a list");
  expect_error("{\"reduce\":[{\"var\":\"\"},{\"var\":\"\"},0]}", many, NULL, DS_ERROR_TOO_LARGE,
               "builds a list");
  expect_error("{\"reduce\":[{\"var\":\"\"},{\"cat\":[{\"var\":\"accumulator\"},"
               "{\"var\":\"accumulator\"}]},\"abcdefgh\"]}",
               many, NULL, DS_ERROR_TOO_LARGE, "bytes");
  expect_error("{\"merge\":[{\"var\":\"\"},{\"var\":\"\"}]}", many, NULL, DS_ERROR_TOO_LARGE,
               "merge");
}

static void
test_check(void)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(JsonNode) good =
      parse("{\"and\":[{\"<\":[{\"var\":\"age\"},16]},{\"missing\":[\"a\",\"b\"]},"
            "{\"missing_some\":[1,[\"c\"]]},{\"map\":[{\"var\":\"l\"},{\"var\":\"x\"}]}]}");
  g_autoptr(JsonNode) bad = parse("{\"and\":[true,{\"iff\":[1]}]}");
  g_autoptr(JsonNode) computed = parse("{\"var\":{\"cat\":[\"a\"]}}");
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_logic_check(good, "/when", names, &error));
  g_assert_cmpuint(g_hash_table_size(names), ==, 5);
  g_assert_true(g_hash_table_contains(names, "age"));
  g_assert_true(g_hash_table_contains(names, "l"));
  g_assert_false(g_hash_table_contains(names, "x"));
  g_assert_false(ds_logic_check(bad, "/when", names, &error));
  g_assert_cmpstr(error->message, ==, "/when/and/1: unknown operator \"iff\"");
  g_clear_error(&error);
  g_assert_false(ds_logic_check(computed, "/when", names, &error));
  g_assert_nonnull(strstr(error->message, "plain text"));
}

/* What JSON cannot hold becomes null, and yet is true. */
static void
test_infinity(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) rule = ds_json_parse("{\"/\":[1,0]}", -1, "rule", &error);
  g_autoptr(DsLogicResult) result = ds_logic_apply(rule, NULL, NULL, &error);
  DsTruth truth = DS_TRUTH_UNKNOWN;

  g_assert_no_error(error);
  g_assert_true(JSON_NODE_HOLDS_NULL(result->value));
  g_assert_true(ds_logic_test(rule, NULL, &truth, NULL, &error));
  g_assert_cmpint(truth, ==, DS_TRUTH_TRUE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/logic/public-table", test_public_table);
  g_test_add_func("/logic/plain", test_plain);
  g_test_add_func("/logic/unknown", test_unknown);
  g_test_add_func("/logic/missing-reports", test_missing_reports);
  g_test_add_func("/logic/truth", test_truth);
  g_test_add_func("/logic/broken", test_broken);
  g_test_add_func("/logic/hostile", test_hostile);
  g_test_add_func("/logic/check", test_check);
  g_test_add_func("/logic/infinity", test_infinity);
  return g_test_run();
}
