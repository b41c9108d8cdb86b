/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/schema-keywords.h"

#include <string.h>

#include "base/error.h"

typedef enum {
  FORM_ANY, /* not looked at: annotations, const */
  FORM_SCHEMA,
  FORM_SCHEMAS,  /* list of schemas */
  FORM_MAP,      /* member → schema */
  FORM_PATTERNS, /* pattern → schema */
  FORM_TEXTS,    /* list of texts */
  FORM_LIST,
  FORM_COUNT, /* integer from 0 */
  FORM_NUMBER,
  FORM_BOOL,
  FORM_PATTERN,
  FORM_REF,
  FORM_TYPE,
} Form;

static const struct {
  const char *keyword;
  Form form;
} keywords[] = {
    {"$schema", FORM_ANY},
    {"$id", FORM_ANY},
    {"$comment", FORM_ANY},
    {"title", FORM_ANY},
    {"description", FORM_ANY},
    {"examples", FORM_ANY},
    {"default", FORM_ANY},
    {"const", FORM_ANY},
    {"$defs", FORM_MAP},
    {"properties", FORM_MAP},
    {"patternProperties", FORM_PATTERNS},
    {"additionalProperties", FORM_SCHEMA},
    {"propertyNames", FORM_SCHEMA},
    {"items", FORM_SCHEMA},
    {"prefixItems", FORM_SCHEMAS},
    {"not", FORM_SCHEMA},
    {"if", FORM_SCHEMA},
    {"then", FORM_SCHEMA},
    {"else", FORM_SCHEMA},
    {"anyOf", FORM_SCHEMAS},
    {"oneOf", FORM_SCHEMAS},
    {"allOf", FORM_SCHEMAS},
    {"required", FORM_TEXTS},
    {"enum", FORM_LIST},
    {"minItems", FORM_COUNT},
    {"maxItems", FORM_COUNT},
    {"minLength", FORM_COUNT},
    {"maxLength", FORM_COUNT},
    {"minProperties", FORM_COUNT},
    {"minimum", FORM_NUMBER},
    {"maximum", FORM_NUMBER},
    {"uniqueItems", FORM_BOOL},
    {"pattern", FORM_PATTERN},
    {"$ref", FORM_REF},
    {"type", FORM_TYPE},
};

typedef struct {
  JsonNode *root;
  const char *name;
  GHashTable *patterns;
  GString *path;
  guint depth;
} Walk;

static gboolean check_schema(Walk *walk, JsonNode *schema, GError **error);

static gboolean
fail(Walk *walk, const char *reason, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: %s: %s", walk->name,
              walk->path->len > 0 ? walk->path->str : "/", reason);
  return FALSE;
}

static gboolean
is_type(JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static gboolean
check_pattern(Walk *walk, const char *pattern, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (g_hash_table_contains(walk->patterns, pattern))
    return TRUE;
  GRegex *regex = g_regex_new(pattern, 0, 0, &local);
  if (regex == NULL)
    return fail(walk, local->message, error);
  g_hash_table_insert(walk->patterns, g_strdup(pattern), regex);
  return TRUE;
}

static gboolean
check_map(Walk *walk, JsonNode *value, gboolean patterns, GError **error)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *schema;

  if (!JSON_NODE_HOLDS_OBJECT(value))
    return fail(walk, "must be an object of schemas", error);
  json_object_iter_init(&iter, json_node_get_object(value));
  while (json_object_iter_next(&iter, &member, &schema)) {
    gsize length = walk->path->len;
    g_string_append_printf(walk->path, "/%s", member);
    if ((patterns && !check_pattern(walk, member, error)) || !check_schema(walk, schema, error))
      return FALSE;
    g_string_truncate(walk->path, length);
  }
  return TRUE;
}

static gboolean
check_list(Walk *walk, JsonNode *value, Form form, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY(value) || json_array_get_length(json_node_get_array(value)) == 0)
    return fail(walk, "must be a list that is not empty", error);
  JsonArray *list = json_node_get_array(value);
  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonNode *item = json_array_get_element(list, i);
    if (form == FORM_TEXTS && !is_type(item, G_TYPE_STRING))
      return fail(walk, "must be a list of texts", error);
    if (form == FORM_SCHEMAS && !check_schema(walk, item, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_type_word(Walk *walk, JsonNode *value, GError **error)
{
  static const char *const words[] = {"object",  "array",   "string", "number",
                                      "integer", "boolean", "null",   NULL};

  if (is_type(value, G_TYPE_STRING) && g_strv_contains(words, json_node_get_string(value)))
    return TRUE;
  return fail(walk, "must be one name of a JSON type", error);
}

static gboolean
check_value(Walk *walk, JsonNode *value, Form form, GError **error)
{
  switch (form) {
  case FORM_SCHEMA:
    return check_schema(walk, value, error);
  case FORM_MAP:
  case FORM_PATTERNS:
    return check_map(walk, value, form == FORM_PATTERNS, error);
  case FORM_SCHEMAS:
  case FORM_TEXTS:
  case FORM_LIST:
    return check_list(walk, value, form, error);
  case FORM_COUNT:
    return (is_type(value, G_TYPE_INT64) && json_node_get_int(value) >= 0) ||
           fail(walk, "must be an integer from 0", error);
  case FORM_NUMBER:
    return is_type(value, G_TYPE_INT64) || is_type(value, G_TYPE_DOUBLE) ||
           fail(walk, "must be a number", error);
  case FORM_BOOL:
    return is_type(value, G_TYPE_BOOLEAN) || fail(walk, "must be true or false", error);
  case FORM_PATTERN:
    return is_type(value, G_TYPE_STRING) ? check_pattern(walk, json_node_get_string(value), error)
                                         : fail(walk, "must be a text", error);
  case FORM_REF:
    return (is_type(value, G_TYPE_STRING) &&
            ds_schema_resolve(walk->root, json_node_get_string(value)) != NULL) ||
           fail(walk, "points to nothing in this file", error);
  case FORM_TYPE:
    return check_type_word(walk, value, error);
  case FORM_ANY:
  default:
    return TRUE;
  }
}

static gboolean
check_keyword(Walk *walk, const char *keyword, JsonNode *value, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++)
    if (g_str_equal(keyword, keywords[i].keyword))
      return check_value(walk, value, keywords[i].form, error);
  return fail(walk, "this keyword is not supported", error);
}

static gboolean
check_schema(Walk *walk, JsonNode *schema, GError **error)
{
  JsonObjectIter iter;
  const char *keyword;
  JsonNode *value;

  if (is_type(schema, G_TYPE_BOOLEAN))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT(schema))
    return fail(walk, "a schema is an object, true or false", error);
  if (++walk->depth > DS_SCHEMA_MAX_DEPTH)
    return fail(walk, "nested too deep", error);
  json_object_iter_init(&iter, json_node_get_object(schema));
  while (json_object_iter_next(&iter, &keyword, &value)) {
    gsize length = walk->path->len;
    g_string_append_printf(walk->path, "/%s", keyword);
    if (!check_keyword(walk, keyword, value, error))
      return FALSE;
    g_string_truncate(walk->path, length);
  }
  walk->depth--;
  return TRUE;
}

gboolean
ds_schema_check_keywords(JsonNode *root, const char *name, GHashTable *patterns, GError **error)
{
  g_autoptr(GString) path = g_string_new(NULL);
  Walk walk = {.root = root, .name = name, .patterns = patterns, .path = path};

  return check_schema(&walk, root, error);
}

JsonNode *
ds_schema_resolve(JsonNode *root, const char *reference)
{
  JsonObject *definitions;

  if (g_str_equal(reference, "#"))
    return root;
  if (!g_str_has_prefix(reference, "#/$defs/") || !JSON_NODE_HOLDS_OBJECT(root))
    return NULL;
  JsonNode *node = json_object_get_member(json_node_get_object(root), "$defs");
  definitions = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  return definitions != NULL ? json_object_get_member(definitions, reference + strlen("#/$defs/"))
                             : NULL;
}
