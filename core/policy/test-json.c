/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/json.h"

#include <string.h>

#include "base/error.h"

static void
test_good(void)
{
  static const char *const texts[] = {"null",
                                      "true",
                                      "-0",
                                      "12",
                                      "-1.5e3",
                                      "\"\"",
                                      "[]",
                                      "{}",
                                      " [ 1 , 2 ] ",
                                      "{\"a\":{\"b\":[null,{\"c\":\"\\u8d63\\ud842\\udfb7\\n\"}]}}",
                                      "9223372036854775807",
                                      "\xEF\xBB\xBF{\"a\":1}"};

  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = ds_json_parse(texts[i], -1, "x.json", &error);
    g_assert_no_error(error);
    g_assert_nonnull(node);
  }
}

static void
test_values(void)
{
  g_autoptr(JsonNode) node = ds_json_parse("{\"i\":9007199254740993,\"d\":2.50,\"big\":1e300,\"t\":"
                                           "\"a\\u0041\\/\\t\",\"x\":\"\\ud842\\udfb7\"}",
                                           -1, "x", NULL);
  JsonObject *object = json_node_get_object(node);

  g_assert_cmpint(ds_json_int(object, "i", 0), ==, 9007199254740993);
  g_assert_cmpfloat(json_object_get_double_member(object, "d"), ==, 2.5);
  g_assert_cmpfloat(json_object_get_double_member(object, "big"), ==, 1e300);
  g_assert_cmpstr(ds_json_string(object, "t"), ==, "aA/\t");
  g_assert_cmpstr(ds_json_string(object, "x"), ==, "𠮷");
  g_assert_null(ds_json_string(object, "i"));
  g_assert_null(ds_json_array(object, "t"));
  g_assert_cmpint(ds_json_int(object, "nothing", 7), ==, 7);
}

static void
test_bad(void)
{
  static const char *const rows[][2] = {
      {"", "x.json:1:1: the text ends early"},
      {"{", "x.json:1:2: expected a member's name"},
      {"[1,\n 2,]", "x.json:2:4: expected a value"},
      {"[1 2]", "expected ',' or ']'"},
      {"{\"a\":1,}", "expected a member's name"},
      {"{\"a\" 1}", "expected ':'"},
      {"{'a':1}", "in double quotes"},
      {"{\"a\":1 /* no */}", "expected ',' or '}'"},
      {"{\"a\":1,\"a\":2}", "x.json:1:11: the name \"a\" stands twice in one object"},
      {"01", "not a number"},
      {"1.", "not a number"},
      {".5", "expected a value"},
      {"+1", "expected a value"},
      {"1e", "not a number"},
      {"-", "not a number"},
      {"1e999", "number out of range"},
      {"NaN", "expected a value"},
      {"tru", "expected a value"},
      {"truely", "something follows"},
      {"\"abc", "without its closing quote"},
      {"\"\\x\"", "unknown escape"},
      {"\"\\u12g4\"", "four hex digits"},
      {"\"\\ud842\"", "surrogate"},
      {"\"\\ud842\\u0041\"", "surrogate"},
      {"\"\\udfb7\"", "surrogate"},
      {"\"\\u0000\"", "U+0000"},
      {"\"a\tb\"", "control character"},
      {"1 2", "something follows the end"},
      {"]", "expected a value"},
      {"\"\xC3\"", "not UTF-8"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = ds_json_parse(rows[i][0], -1, "x.json", &error);
    g_test_message("%s", rows[i][1]);
    g_assert_null(node);
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, rows[i][1]));
  }
}

static void
test_caps(void)
{
  g_autoptr(GString) deep = g_string_new(NULL);
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < DS_JSON_MAX_DEPTH; i++)
    g_string_append_c(deep, '[');
  for (int i = 0; i < DS_JSON_MAX_DEPTH; i++)
    g_string_append_c(deep, ']');
  g_autoptr(JsonNode) fine = ds_json_parse(deep->str, -1, "x", &error);
  g_assert_no_error(error);
  g_string_prepend_c(deep, '[');
  g_string_append_c(deep, ']');
  g_assert_null(ds_json_parse(deep->str, -1, "x", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_clear_error(&error);
  g_string_set_size(deep, 0);
  for (int i = 0; i < 1000000; i++)
    g_string_append_c(deep, '[');
  g_assert_null(ds_json_parse(deep->str, -1, "x", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_clear_error(&error);
  g_string_set_size(deep, DS_JSON_MAX_SIZE + 1);
  g_assert_null(ds_json_parse(deep->str, (gssize)deep->len, "x", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

static void
test_equal(void)
{
  static const struct {
    const char *a, *b;
    gboolean equal;
  } rows[] = {{"1", "1.0", TRUE},
              {"1", "\"1\"", FALSE},
              {"1", "true", FALSE},
              {"null", "false", FALSE},
              {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", TRUE},
              {"{\"a\":1}", "{\"a\":1,\"b\":2}", FALSE},
              {"[1,2]", "[2,1]", FALSE},
              {"[1,[]]", "[1,[]]", TRUE}};

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(JsonNode) a = ds_json_parse(rows[i].a, -1, "a", NULL);
    g_autoptr(JsonNode) b = ds_json_parse(rows[i].b, -1, "b", NULL);
    g_assert_cmpint(ds_json_equal(a, b), ==, rows[i].equal);
  }
}

static void
test_title(void)
{
  g_autoptr(JsonNode) node = ds_json_parse(
      "{\"both\":{\"zh\":\"中\",\"en\":\"e\"},\"one\":{\"en\":\"e\"},\"list\":[\"a\",\"b\"]}", -1,
      "x", NULL);
  JsonObject *object = json_node_get_object(node);
  g_autofree char *words = ds_json_words(object, "list");

  g_assert_cmpstr(ds_json_title(object, "both", NULL), ==, "中");
  g_assert_cmpstr(ds_json_title(object, "both", "zh_CN.UTF-8"), ==, "中");
  g_assert_cmpstr(ds_json_title(object, "both", "en_GB"), ==, "e");
  g_assert_cmpstr(ds_json_title(object, "one", "zh"), ==, "e");
  g_assert_null(ds_json_title(object, "none", "zh"));
  g_assert_cmpstr(words, ==, "a b");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/json/good", test_good);
  g_test_add_func("/json/values", test_values);
  g_test_add_func("/json/bad", test_bad);
  g_test_add_func("/json/caps", test_caps);
  g_test_add_func("/json/equal", test_equal);
  g_test_add_func("/json/title", test_title);
  return g_test_run();
}
