/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/logic.h"

#include <string.h>

#include "base/error.h"
#include "policy/logic-eval.h"
#include "policy/logic-value.h"

const char *
ds_truth_word(DsTruth truth)
{
  return truth == DS_TRUTH_TRUE ? "true" : truth == DS_TRUTH_FALSE ? "false" : "unknown";
}

void
ds_logic_result_free(DsLogicResult *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->value, json_node_unref);
  g_clear_pointer(&self->unknown, g_ptr_array_unref);
  g_clear_pointer(&self->missing, g_ptr_array_unref);
  g_free(self);
}

/* ---- values ---- */

DsValue
ds_value_known(JsonNode *node)
{
  return (DsValue){node, NULL};
}

DsValue
ds_value_error(void)
{
  return (DsValue){NULL, NULL};
}

DsValue
ds_value_unknown(void)
{
  return (DsValue){NULL, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
}

DsValue
ds_value_copy(const DsValue *self)
{
  return (DsValue){self->node != NULL ? json_node_ref(self->node) : NULL,
                   self->names != NULL ? g_hash_table_ref(self->names) : NULL};
}

void
ds_value_clear(DsValue *self)
{
  g_clear_pointer(&self->node, json_node_unref);
  g_clear_pointer(&self->names, g_hash_table_unref);
}

gboolean
ds_value_is_error(const DsValue *self)
{
  return self->node == NULL && self->names == NULL;
}

void
ds_value_add_unknown(DsValue *self, const DsValue *other)
{
  GHashTableIter iter;
  gpointer name;

  g_clear_pointer(&self->node, json_node_unref);
  if (self->names == NULL)
    *self = ds_value_unknown();
  g_hash_table_iter_init(&iter, other->names);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    g_hash_table_add(self->names, g_strdup(name));
}

/* ---- evaluation ---- */

DsScope
ds_scope_for_value(const DsScope *self)
{
  return (DsScope){.data = self->data, .top = self->top, .truth = FALSE};
}

DsScope
ds_scope_for_truth(const DsScope *self)
{
  return (DsScope){.data = self->data, .top = self->top, .truth = TRUE};
}

void
ds_eval_fail(DsEval *eval, int code, const char *format, ...)
{
  va_list args;

  if (eval->error != NULL)
    return;
  va_start(args, format);
  eval->error = g_error_new_valist(DS_ERROR, code, format, args);
  va_end(args);
}

gboolean
ds_eval_charge(DsEval *eval, guint cost)
{
  if (cost > DS_LOGIC_MAX_STEPS - eval->steps) {
    ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "the rule takes more than %d steps", DS_LOGIC_MAX_STEPS);
    return FALSE;
  }
  eval->steps += cost;
  return TRUE;
}

/* Adds the nodes below @node to *@count; FALSE when over the caps. */
static gboolean
count_nodes(JsonNode *node, guint depth, guint *count)
{
  if (++*count > DS_LOGIC_MAX_ITEMS || depth > DS_LOGIC_MAX_DEPTH)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT(node)) { /* what reduce hands to its rule */
    JsonObjectIter iter;
    const char *member;
    JsonNode *child;
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, &member, &child))
      if (!count_nodes(child, depth + 1, count))
        return FALSE;
  }
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return TRUE;
  JsonArray *list = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(list); i++)
    if (!count_nodes(json_array_get_element(list, i), depth + 1, count))
      return FALSE;
  return TRUE;
}

gboolean
ds_eval_bounded(DsEval *eval, JsonNode *node)
{
  guint count = 0;

  if (!count_nodes(node, 0, &count)) {
    ds_eval_fail(eval, DS_ERROR_TOO_LARGE,
                 "the rule builds a list of more than %d elements or nested more than %d deep",
                 DS_LOGIC_MAX_ITEMS, DS_LOGIC_MAX_DEPTH);
    return FALSE;
  }
  return ds_eval_charge(eval, count / 16);
}

/* The member or element @part of @data, or NULL. */
static JsonNode *
child_of(JsonNode *data, const char *part)
{
  guint64 index;

  if (JSON_NODE_HOLDS_OBJECT(data))
    return json_object_get_member(json_node_get_object(data), part);
  if (JSON_NODE_HOLDS_ARRAY(data) &&
      g_ascii_string_to_unsigned(part, 10, 0, G_MAXUINT, &index, NULL) &&
      index < json_array_get_length(json_node_get_array(data)))
    return json_array_get_element(json_node_get_array(data), (guint)index);
  return NULL;
}

static DsValue
data_variable(JsonNode *data, const char *name)
{
  g_auto(GStrv) parts = g_strsplit(name, ".", -1);

  for (char **part = parts; *name != '\0' && *part != NULL && data != NULL; part++)
    data = child_of(data, *part);
  return ds_value_known(data != NULL ? json_node_ref(data) : ds_js_null());
}

DsValue
ds_eval_variable(DsEval *eval, const char *name, const DsScope *scope)
{
  if (eval->facts == NULL || !scope->top) {
    if (!ds_eval_charge(eval, (guint)(strlen(name) / 64)))
      return ds_value_error();
    return data_variable(scope->data, name);
  }
  if (*name == '\0') {
    ds_eval_fail(eval, DS_ERROR_INVALID, "var must name a fact");
    return ds_value_error();
  }
  JsonNode *node = ds_facts_lookup(eval->facts, name);
  if (node != NULL)
    return ds_value_known(node);
  DsValue value = ds_value_unknown();
  g_hash_table_add(value.names, g_strdup(name));
  return value;
}

const char *
ds_logic_operator(JsonNode *rule)
{
  JsonObjectIter iter;
  const char *name = NULL;

  if (!JSON_NODE_HOLDS_OBJECT(rule) || json_object_get_size(json_node_get_object(rule)) != 1)
    return NULL;
  json_object_iter_init(&iter, json_node_get_object(rule));
  json_object_iter_next(&iter, &name, NULL);
  return name;
}

JsonArray *
ds_logic_operands(JsonNode *rule)
{
  JsonNode *member = json_object_get_member(json_node_get_object(rule), ds_logic_operator(rule));

  if (JSON_NODE_HOLDS_ARRAY(member))
    return json_array_ref(json_node_get_array(member));
  JsonArray *list = json_array_new();
  json_array_add_element(list, json_node_ref(member));
  return list;
}

/* Every element evaluated: a list, or UNKNOWN as soon as one is. */
static DsValue
eval_list(DsEval *eval, JsonArray *list, const DsScope *scope)
{
  g_auto(DsValue) unknown = {NULL, NULL};
  g_autoptr(JsonArray) out = json_array_sized_new(json_array_get_length(list));
  DsScope inner = ds_scope_for_value(scope);

  for (guint i = 0; i < json_array_get_length(list); i++) {
    g_auto(DsValue) value = ds_eval_rule(eval, json_array_get_element(list, i), &inner);
    if (ds_value_is_error(&value))
      return ds_value_error();
    if (value.node == NULL)
      ds_value_add_unknown(&unknown, &value);
    else
      json_array_add_element(out, json_node_ref(value.node));
  }
  if (unknown.names != NULL)
    return ds_value_copy(&unknown);
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);
  json_node_set_array(node, out);
  return ds_value_known(node);
}

static DsValue
eval_strict(DsEval *eval, DsStrictOp op, JsonArray *operands, const DsScope *scope)
{
  g_auto(DsValue) values = eval_list(eval, operands, scope);

  if (values.node == NULL)
    return ds_value_copy(&values);
  JsonArray *list = json_node_get_array(values.node);
  guint count = json_array_get_length(list);
  g_autofree JsonNode **args = g_new0(JsonNode *, count + 1);
  for (guint i = 0; i < count; i++)
    args[i] = json_array_get_element(list, i);
  return ds_value_known(op(eval, args, count));
}

static DsValue
eval_operation(DsEval *eval, JsonNode *rule, const char *name, const DsScope *scope)
{
  DsStrictOp strict = ds_logic_strict_op(name);
  DsLazyOp lazy = strict == NULL ? ds_logic_lazy_op(name) : NULL;

  if (strict == NULL && lazy == NULL)
    lazy = ds_logic_list_op(name);
  if (strict == NULL && lazy == NULL) {
    ds_eval_fail(eval, DS_ERROR_INVALID, "unknown operator \"%.40s\"", name);
    return ds_value_error();
  }
  g_autoptr(JsonArray) operands = ds_logic_operands(rule);
  return strict != NULL ? eval_strict(eval, strict, operands, scope) : lazy(eval, operands, scope);
}

DsValue
ds_eval_rule(DsEval *eval, JsonNode *rule, const DsScope *scope)
{
  const char *name = ds_logic_operator(rule);

  if (!ds_eval_charge(eval, 1))
    return ds_value_error();
  if (name == NULL && !JSON_NODE_HOLDS_ARRAY(rule))
    return ds_value_known(json_node_ref(rule));
  /* A list of operands and the operation around it are two levels. */
  if (eval->depth >= 2 * DS_LOGIC_MAX_DEPTH) {
    ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "the rule is nested more than %d deep",
                 DS_LOGIC_MAX_DEPTH);
    return ds_value_error();
  }
  eval->depth++;
  DsValue value = name != NULL ? eval_operation(eval, rule, name, scope)
                               : eval_list(eval, json_node_get_array(rule), scope);
  eval->depth--;
  if (name == NULL && value.node != NULL && !ds_eval_bounded(eval, value.node))
    ds_value_clear(&value);
  return value;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
sorted_names(GHashTable *set)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  GHashTableIter iter;
  gpointer name;

  if (set != NULL) {
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &name, NULL))
      g_ptr_array_add(names, g_strdup(name));
  }
  g_ptr_array_sort(names, compare_names);
  return names;
}

DsLogicResult *
ds_logic_apply(JsonNode *rule, JsonNode *data, DsFacts *facts, GError **error)
{
  g_autoptr(JsonNode) nothing = ds_js_null();
  g_autoptr(GHashTable) missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  DsEval eval = {.facts = facts, .missing = missing};
  DsScope scope = {.data = data != NULL ? data : nothing, .top = TRUE, .truth = TRUE};
  g_auto(DsValue) value = ds_eval_rule(&eval, rule, &scope);

  if (eval.error != NULL) {
    g_propagate_error(error, eval.error);
    return NULL;
  }
  DsLogicResult *result = g_new0(DsLogicResult, 1);
  result->value = value.node != NULL ? ds_js_finite(value.node) : NULL;
  result->truth = value.node == NULL         ? DS_TRUTH_UNKNOWN
                  : ds_js_truthy(value.node) ? DS_TRUTH_TRUE
                                             : DS_TRUTH_FALSE;
  result->unknown = sorted_names(value.names);
  result->missing = sorted_names(missing);
  return result;
}

gboolean
ds_logic_test(JsonNode *rule, DsFacts *facts, DsTruth *truth, GPtrArray **unknown, GError **error)
{
  if (unknown != NULL)
    *unknown = NULL;
  *truth = DS_TRUTH_TRUE;
  if (rule == NULL)
    return TRUE;
  g_autoptr(DsLogicResult) result = ds_logic_apply(rule, NULL, facts, error);
  if (result == NULL)
    return FALSE;
  *truth = result->truth;
  if (unknown != NULL && result->value == NULL)
    *unknown = g_steal_pointer(&result->unknown);
  return TRUE;
}
