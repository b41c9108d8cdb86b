/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cases stand in test-data/schema-cases.json, where compare-validators holds another validator
 * against them. */
#include "policy/schema.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"

static void
check_case(JsonObject *object)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSchema) schema =
      ds_schema_new(json_object_get_member(object, "schema"), "case", &error);
  JsonArray *good = ds_json_array(object, "good"), *bad = ds_json_array(object, "bad");

  g_assert_no_error(error);
  for (guint i = 0; i < json_array_get_length(good); i++) {
    gboolean valid = ds_schema_validate(schema, json_array_get_element(good, i), "x.json", &error);
    g_assert_no_error(error);
    g_assert_true(valid);
  }
  for (guint i = 0; i < json_array_get_length(bad); i++) {
    JsonArray *row = json_array_get_array_element(bad, i);
    g_autoptr(GError) refused = NULL;
    g_assert_false(ds_schema_validate(schema, json_array_get_element(row, 0), "x.json", &refused));
    g_test_message("%s", refused->message);
    g_assert_error(refused, DS_ERROR, DS_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(refused->message, "x.json: /"));
    g_assert_nonnull(strstr(refused->message, json_array_get_string_element(row, 1)));
  }
}

static void
test_cases(void)
{
  g_autofree char *path = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "core", "policy",
                                           "test-data", "schema-cases.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = ds_json_load(path, &error);

  g_assert_no_error(error);
  JsonArray *cases = json_node_get_array(root);
  g_assert_cmpuint(json_array_get_length(cases), >, 25);
  for (guint i = 0; i < json_array_get_length(cases); i++)
    check_case(json_array_get_object_element(cases, i));
}

/* A schema that says what we do not check is refused as a whole. */
static void
test_broken_schemas(void)
{
  static const char *const rows[][2] = {
      {"{\"format\":\"date\"}", "s.json: /format: this keyword is not supported"},
      {"{\"properties\":{\"a\":{\"multipleOf\":2}}}", "/properties/a/multipleOf: this keyword"},
      {"{\"type\":\"text\"}", "/type: must be one name of a JSON type"},
      {"{\"type\":[\"string\",\"null\"]}", "/type: must be one name of a JSON type"},
      {"{\"required\":\"a\"}", "/required: must be a list"},
      {"{\"required\":[1]}", "/required: must be a list of texts"},
      {"{\"enum\":[]}", "/enum: must be a list that is not empty"},
      {"{\"minLength\":-1}", "/minLength: must be an integer from 0"},
      {"{\"minimum\":\"0\"}", "/minimum: must be a number"},
      {"{\"uniqueItems\":1}", "/uniqueItems: must be true or false"},
      {"{\"pattern\":\"[\"}", "/pattern: "},
      {"{\"patternProperties\":{\"(\":true}}", "/patternProperties/(: "},
      {"{\"$ref\":\"#/$defs/a\"}", "/$ref: points to nothing"},
      {"{\"$ref\":\"other.json\"}", "/$ref: points to nothing"},
      {"{\"properties\":[]}", "/properties: must be an object of schemas"},
      {"{\"items\":[true]}", "/items: a schema is an object, true or false"},
      {"5", "s.json: /: a schema is an object"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(JsonNode) root = ds_json_parse(rows[i][0], -1, "s.json", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(ds_schema_new(root, "s.json", &error));
    g_test_message("%s", error->message);
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, rows[i][1]));
  }
}

/* A schema that refers to itself ends with an error, not with the stack. */
static void
test_endless(void)
{
  g_autoptr(JsonNode) root =
      ds_json_parse("{\"$ref\":\"#\",\"type\":\"object\"}", -1, "s.json", NULL);
  g_autoptr(JsonNode) instance = ds_json_parse("{}", -1, "x", NULL);
  g_autoptr(DsSchema) schema = ds_schema_new(root, "s.json", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_schema_validate(schema, instance, "x.json", &error));
  g_assert_nonnull(strstr(error->message, "nested too deep"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/schema/cases", test_cases);
  g_test_add_func("/schema/broken-schemas", test_broken_schemas);
  g_test_add_func("/schema/endless", test_endless);
  return g_test_run();
}
