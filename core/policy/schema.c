/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/schema.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "policy/schema-keywords.h"

struct _DsSchema {
  JsonNode *root;
  char *name;
  GHashTable *patterns; /* text → GRegex */
};

typedef struct {
  const DsSchema *schema;
  const char *name; /* of the instance */
  GString *path;    /* JSON pointer into the instance */
  guint depth;
} Check;

static gboolean validate(Check *check, JsonNode *schema, JsonNode *instance, GError **error);

DsSchema *
ds_schema_new(JsonNode *root, const char *name, GError **error)
{
  g_autoptr(DsSchema) self = g_new0(DsSchema, 1);

  self->root = json_node_ref(root);
  self->name = g_strdup(name);
  self->patterns =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_regex_unref);
  if (!ds_schema_check_keywords(root, name, self->patterns, error))
    return NULL;
  return g_steal_pointer(&self);
}

DsSchema *
ds_schema_load(const char *path, GError **error)
{
  g_autoptr(JsonNode) root = ds_json_load(path, error);
  g_autofree char *name = g_path_get_basename(path);

  return root != NULL ? ds_schema_new(root, name, error) : NULL;
}

void
ds_schema_free(DsSchema *self)
{
  if (self == NULL)
    return;
  json_node_unref(self->root);
  g_free(self->name);
  g_hash_table_unref(self->patterns);
  g_free(self);
}

static gboolean G_GNUC_PRINTF(3, 4) fail(Check *check, GError **error, const char *format, ...)
{
  va_list args;

  if (error == NULL) /* a form that was only tried */
    return FALSE;
  va_start(args, format);
  g_autofree char *reason = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: %s: %s", check->name,
              check->path->len > 0 ? check->path->str : "/", reason);
  return FALSE;
}

static gboolean
holds(JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static gboolean
is_integer(JsonNode *node)
{
  return holds(node, G_TYPE_INT64) ||
         (holds(node, G_TYPE_DOUBLE) &&
          floor(json_node_get_double(node)) == json_node_get_double(node));
}

static const char *
type_word(JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL(node))
    return "null";
  if (JSON_NODE_HOLDS_OBJECT(node))
    return "object";
  if (JSON_NODE_HOLDS_ARRAY(node))
    return "array";
  if (holds(node, G_TYPE_BOOLEAN))
    return "boolean";
  return holds(node, G_TYPE_STRING) ? "string" : is_integer(node) ? "integer" : "number";
}

static gboolean
validate_type(Check *check, JsonNode *wanted, JsonNode *instance, GError **error)
{
  const char *want = json_node_get_string(wanted);
  const char *have = type_word(instance);

  if (g_str_equal(want, have) || (g_str_equal(want, "number") && g_str_equal(have, "integer")))
    return TRUE;
  return fail(check, error, "must be of type %s, is %s", want, have);
}

static gboolean
validate_enum(Check *check, JsonNode *wanted, JsonNode *instance, GError **error)
{
  JsonArray *list = json_node_get_array(wanted);

  for (guint i = 0; i < json_array_get_length(list); i++)
    if (ds_json_equal(json_array_get_element(list, i), instance))
      return TRUE;
  g_autofree char *text = ds_json_to_text(wanted, FALSE);
  return fail(check, error, "must be one of %s", text);
}

static gboolean
validate_const(Check *check, JsonNode *wanted, JsonNode *instance, GError **error)
{
  if (ds_json_equal(wanted, instance))
    return TRUE;
  g_autofree char *text = ds_json_to_text(wanted, FALSE);
  return fail(check, error, "must be %s", text);
}

static gboolean
validate_text(Check *check, JsonObject *schema, const char *text, GError **error)
{
  glong length = g_utf8_strlen(text, -1);
  const char *pattern = ds_json_string(schema, "pattern");
  gint64 min = ds_json_int(schema, "minLength", 0);
  gint64 max = ds_json_int(schema, "maxLength", G_MAXINT64);

  if (length < min)
    return fail(check, error, "must have at least %d characters, has %ld", (int)min, length);
  if (length > max)
    return fail(check, error, "must have at most %d characters, has %ld", (int)max, length);
  if (pattern != NULL &&
      !g_regex_match(g_hash_table_lookup(check->schema->patterns, pattern), text, 0, NULL))
    return fail(check, error, "must match %s", pattern);
  return TRUE;
}

static gboolean
validate_number(Check *check, JsonObject *schema, JsonNode *instance, GError **error)
{
  double number = holds(instance, G_TYPE_INT64) ? (double)json_node_get_int(instance)
                                                : json_node_get_double(instance);

  if (json_object_has_member(schema, "minimum") &&
      number < json_object_get_double_member(schema, "minimum"))
    return fail(check, error, "must be at least %g",
                json_object_get_double_member(schema, "minimum"));
  if (json_object_has_member(schema, "maximum") &&
      number > json_object_get_double_member(schema, "maximum"))
    return fail(check, error, "must be at most %g",
                json_object_get_double_member(schema, "maximum"));
  return TRUE;
}

static gboolean
has_repetition(JsonArray *list)
{
  for (guint i = 0; i < json_array_get_length(list); i++)
    for (guint k = i + 1; k < json_array_get_length(list); k++)
      if (ds_json_equal(json_array_get_element(list, i), json_array_get_element(list, k)))
        return TRUE;
  return FALSE;
}

static gboolean
validate_list(Check *check, JsonObject *schema, JsonArray *list, GError **error)
{
  guint count = json_array_get_length(list);
  JsonNode *items = json_object_get_member(schema, "items");
  JsonArray *prefix = ds_json_array(schema, "prefixItems");
  guint fixed = prefix != NULL ? json_array_get_length(prefix) : 0;

  if (count < ds_json_int(schema, "minItems", 0))
    return fail(check, error, "must have at least %d elements, has %u",
                (int)ds_json_int(schema, "minItems", 0), count);
  if (count > ds_json_int(schema, "maxItems", G_MAXUINT))
    return fail(check, error, "must have at most %d elements, has %u",
                (int)ds_json_int(schema, "maxItems", 0), count);
  if (json_object_get_boolean_member_with_default(schema, "uniqueItems", FALSE) &&
      has_repetition(list))
    return fail(check, error, "no element may stand twice");
  for (guint i = 0; i < count; i++) {
    gsize length = check->path->len;
    JsonNode *own = i < fixed ? json_array_get_element(prefix, i) : items;
    g_string_append_printf(check->path, "/%u", i);
    if (own != NULL && !validate(check, own, json_array_get_element(list, i), error))
      return FALSE;
    g_string_truncate(check->path, length);
  }
  return TRUE;
}

/* A member against properties, patternProperties or else additionalProperties. */
static gboolean
validate_member(Check *check, JsonObject *schema, const char *member, JsonNode *value,
                GError **error)
{
  JsonObject *properties = ds_json_object(schema, "properties");
  JsonObject *patterns = ds_json_object(schema, "patternProperties");
  JsonNode *own = properties != NULL ? json_object_get_member(properties, member) : NULL;
  JsonNode *rest = json_object_get_member(schema, "additionalProperties");
  JsonNode *names = json_object_get_member(schema, "propertyNames");
  gboolean covered = own != NULL;
  JsonObjectIter iter;
  const char *pattern;
  JsonNode *inner;

  if (names != NULL) {
    g_autoptr(JsonNode) name = json_node_init_string(json_node_alloc(), member);
    if (!validate(check, names, name, error))
      return FALSE;
  }
  if (own != NULL && !validate(check, own, value, error))
    return FALSE;
  if (patterns != NULL) {
    json_object_iter_init(&iter, patterns);
    while (json_object_iter_next(&iter, &pattern, &inner)) {
      if (!g_regex_match(g_hash_table_lookup(check->schema->patterns, pattern), member, 0, NULL))
        continue;
      covered = TRUE;
      if (!validate(check, inner, value, error))
        return FALSE;
    }
  }
  if (covered || rest == NULL)
    return TRUE;
  if (holds(rest, G_TYPE_BOOLEAN))
    return json_node_get_boolean(rest) || fail(check, error, "this member is not known");
  return validate(check, rest, value, error);
}

static gboolean
validate_object(Check *check, JsonObject *schema, JsonObject *object, GError **error)
{
  JsonArray *required = ds_json_array(schema, "required");
  JsonObjectIter iter;
  const char *member;
  JsonNode *value;

  for (guint i = 0; required != NULL && i < json_array_get_length(required); i++) {
    const char *name = json_array_get_string_element(required, i);
    if (!json_object_has_member(object, name))
      return fail(check, error, "the member \"%s\" is missing", name);
  }
  if (json_object_get_size(object) < ds_json_int(schema, "minProperties", 0))
    return fail(check, error, "must have at least %d members",
                (int)ds_json_int(schema, "minProperties", 0));
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &member, &value)) {
    gsize length = check->path->len;
    g_string_append_printf(check->path, "/%s", member);
    if (!validate_member(check, schema, member, value, error))
      return FALSE;
    g_string_truncate(check->path, length);
  }
  return TRUE;
}

/* Does @instance match, without keeping the error or the path? */
static gboolean
matches(Check *check, JsonNode *schema, JsonNode *instance, GError **error)
{
  gsize length = check->path->len;
  gboolean valid = validate(check, schema, instance, error);

  g_string_truncate(check->path, length);
  return valid;
}

static gboolean
validate_choice(Check *check, JsonArray *forms, gboolean one, JsonNode *instance, GError **error)
{
  guint found = 0, count = json_array_get_length(forms);
  g_autoptr(GError) last = NULL;

  for (guint i = 0; i < count; i++) {
    found += matches(check, json_array_get_element(forms, i), instance, NULL);
    if (found == 1 && !one)
      return TRUE;
  }
  if (found == 1)
    return TRUE;
  if (found > 1)
    return fail(check, error, "matches %u of the allowed forms, must match one", found);
  if (error == NULL)
    return FALSE;
  matches(check, json_array_get_element(forms, count - 1), instance, &last);
  return fail(check, error, "matches none of the allowed forms (the last: %s)",
              last != NULL ? last->message : "none");
}

static gboolean
validate_combinations(Check *check, JsonObject *schema, JsonNode *instance, GError **error)
{
  JsonArray *any = ds_json_array(schema, "anyOf");
  JsonArray *one = ds_json_array(schema, "oneOf");
  JsonArray *all = ds_json_array(schema, "allOf");
  JsonNode *not = json_object_get_member(schema, "not");
  JsonNode *condition = json_object_get_member(schema, "if");

  if (any != NULL && !validate_choice(check, any, FALSE, instance, error))
    return FALSE;
  if (one != NULL && !validate_choice(check, one, TRUE, instance, error))
    return FALSE;
  for (guint i = 0; all != NULL && i < json_array_get_length(all); i++)
    if (!validate(check, json_array_get_element(all, i), instance, error))
      return FALSE;
  if (not != NULL && matches(check, not, instance, NULL))
    return fail(check, error, "matches a form that is not allowed");
  if (condition == NULL)
    return TRUE;
  JsonNode *branch =
      json_object_get_member(schema, matches(check, condition, instance, NULL) ? "then" : "else");
  return branch == NULL || validate(check, branch, instance, error);
}

static gboolean
validate_keywords(Check *check, JsonObject *schema, JsonNode *instance, GError **error)
{
  JsonNode *type = json_object_get_member(schema, "type");
  JsonNode *values = json_object_get_member(schema, "enum");
  JsonNode *constant = json_object_get_member(schema, "const");
  const char *reference = ds_json_string(schema, "$ref");

  if (reference != NULL &&
      !validate(check, ds_schema_resolve(check->schema->root, reference), instance, error))
    return FALSE;
  if (type != NULL && !validate_type(check, type, instance, error))
    return FALSE;
  if (values != NULL && !validate_enum(check, values, instance, error))
    return FALSE;
  if (constant != NULL && !validate_const(check, constant, instance, error))
    return FALSE;
  if (holds(instance, G_TYPE_STRING) &&
      !validate_text(check, schema, json_node_get_string(instance), error))
    return FALSE;
  if ((holds(instance, G_TYPE_INT64) || holds(instance, G_TYPE_DOUBLE)) &&
      !validate_number(check, schema, instance, error))
    return FALSE;
  if (JSON_NODE_HOLDS_ARRAY(instance) &&
      !validate_list(check, schema, json_node_get_array(instance), error))
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT(instance) &&
      !validate_object(check, schema, json_node_get_object(instance), error))
    return FALSE;
  return validate_combinations(check, schema, instance, error);
}

static gboolean
validate(Check *check, JsonNode *schema, JsonNode *instance, GError **error)
{
  if (holds(schema, G_TYPE_BOOLEAN))
    return json_node_get_boolean(schema) || fail(check, error, "nothing may stand here");
  if (check->depth >= 2 * DS_SCHEMA_MAX_DEPTH)
    return fail(check, error, "nested too deep to be checked");
  check->depth++;
  gboolean valid = validate_keywords(check, json_node_get_object(schema), instance, error);
  check->depth--;
  return valid;
}

gboolean
ds_schema_validate(const DsSchema *self, JsonNode *instance, const char *name, GError **error)
{
  g_autoptr(GString) path = g_string_new(NULL);
  Check check = {.schema = self, .name = name, .path = path};

  return validate(&check, self->root, instance, error);
}

JsonNode *
ds_schema_load_checked(const char *dir, const char *name, GError **error)
{
  g_autofree char *file = g_strconcat(name, ".json", NULL);
  g_autofree char *rules = g_strconcat(name, ".schema.json", NULL);
  g_autofree char *file_path = g_build_filename(dir, file, NULL);
  g_autofree char *rules_path = g_build_filename(dir, rules, NULL);
  g_autoptr(DsSchema) schema = ds_schema_load(rules_path, error);
  g_autoptr(JsonNode) root = schema != NULL ? ds_json_load(file_path, error) : NULL;

  if (root == NULL || !ds_schema_validate(schema, root, file, error))
    return NULL;
  return g_steal_pointer(&root);
}
