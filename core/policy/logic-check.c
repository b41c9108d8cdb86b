/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule looked at without running it: so that a pack with a misspelt operator or fact does not
 * load, instead of failing at somebody's kitchen table. */
#include "policy/logic.h"

#include "base/error.h"
#include "policy/logic-eval.h"

static gboolean check(JsonNode *rule, const char *path, guint depth, GHashTable *names,
                      GError **error);

static gboolean
refuse(GError **error, int code, const char *path, const char *reason)
{
  g_set_error(error, DS_ERROR, code, "%s: %s", path, reason);
  return FALSE;
}

static gboolean
check_list(JsonArray *list, const char *path, guint depth, GHashTable *names, GError **error)
{
  for (guint i = 0; i < json_array_get_length(list); i++) {
    g_autofree char *inner = g_strdup_printf("%s/%u", path, i);
    if (!check(json_array_get_element(list, i), inner, depth, names, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_name(JsonNode *node, const char *path, GHashTable *names, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return refuse(error, DS_ERROR_INVALID, path, "a fact must be named by a plain text");
  g_hash_table_add(names, json_node_dup_string(node));
  return TRUE;
}

/* The names that `var`, `missing` and `missing_some` ask for. */
static gboolean
collect(const char *name, JsonArray *operands, const char *path, GHashTable *names, GError **error)
{
  guint count = json_array_get_length(operands);
  guint first = 0;

  if (g_str_equal(name, "var"))
    return count > 0 ? add_name(json_array_get_element(operands, 0), path, names, error)
                     : refuse(error, DS_ERROR_INVALID, path, "var must name a fact");
  if (!g_str_equal(name, "missing") && !g_str_equal(name, "missing_some"))
    return TRUE;
  if (g_str_equal(name, "missing_some"))
    first = 1;
  JsonNode *node = count > first ? json_array_get_element(operands, first) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY(node)) {
    operands = json_node_get_array(node);
    first = 0;
  }
  for (guint i = first; i < json_array_get_length(operands); i++)
    if (!add_name(json_array_get_element(operands, i), path, names, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_operation(JsonNode *rule, const char *name, const char *path, guint depth, GHashTable *names,
                GError **error)
{
  g_autoptr(JsonArray) operands = ds_logic_operands(rule);
  g_autofree char *inner = g_strdup_printf("%s/%s", path, name);
  gboolean over_list = ds_logic_list_op(name) != NULL;

  if (!over_list && ds_logic_strict_op(name) == NULL && ds_logic_lazy_op(name) == NULL) {
    g_autofree char *reason = g_strdup_printf("unknown operator \"%.40s\"", name);
    return refuse(error, DS_ERROR_INVALID, path, reason);
  }
  if (names != NULL && !collect(name, operands, inner, names, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length(operands); i++) {
    g_autofree char *at = g_strdup_printf("%s/%u", inner, i);
    gboolean scoped = over_list && i == 1; /* there var reads the element, not the facts */
    if (!check(json_array_get_element(operands, i), at, depth, scoped ? NULL : names, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check(JsonNode *rule, const char *path, guint depth, GHashTable *names, GError **error)
{
  const char *name = ds_logic_operator(rule);

  if (depth > DS_LOGIC_MAX_DEPTH)
    return refuse(error, DS_ERROR_TOO_LARGE, path, "nested too deep");
  if (name != NULL)
    return check_operation(rule, name, path, depth + 1, names, error);
  if (JSON_NODE_HOLDS_ARRAY(rule))
    return check_list(json_node_get_array(rule), path, depth + 1, names, error);
  return TRUE;
}

gboolean
ds_logic_check(JsonNode *rule, const char *path, GHashTable *names, GError **error)
{
  return check(rule, path, 0, names, error);
}
