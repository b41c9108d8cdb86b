/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operators over the elements of a list: the second operand is applied to each. */
#include "policy/logic-eval.h"

#include "policy/logic-value.h"

/* Evaluates operand @index for its value; null when it is left out. */
static DsValue
operand(DsEval *eval, JsonArray *args, guint index, const DsScope *scope)
{
  DsScope inner = ds_scope_for_value(scope);

  if (index >= json_array_get_length(args))
    return ds_value_known(ds_js_null());
  return ds_eval_rule(eval, json_array_get_element(args, index), &inner);
}

/* Applies operand 1 to @item, for its value or only for its @truth. */
static DsValue
apply_to(DsEval *eval, JsonArray *args, JsonNode *item, gboolean truth)
{
  DsScope inner = {.data = item, .top = FALSE, .truth = truth};

  if (json_array_get_length(args) < 2)
    return ds_value_known(ds_js_null());
  return ds_eval_rule(eval, json_array_get_element(args, 1), &inner);
}

static JsonArray *
list_of(const DsValue *value)
{
  return value->node != NULL && JSON_NODE_HOLDS_ARRAY(value->node)
             ? json_node_get_array(value->node)
             : NULL;
}

static DsValue
known_list(JsonArray *list)
{
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  json_node_set_array(node, list);
  return ds_value_known(node);
}

/* map and filter: every element's value must be known. */
static DsValue
transform(DsEval *eval, JsonArray *args, const DsScope *scope, gboolean filter)
{
  g_auto(DsValue) source = operand(eval, args, 0, scope);
  g_auto(DsValue) unknown = {NULL, NULL};
  g_autoptr(JsonArray) out = json_array_new();
  JsonArray *list = list_of(&source);

  if (source.node == NULL)
    return ds_value_copy(&source);
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
    JsonNode *item = json_array_get_element(list, i);
    g_auto(DsValue) value = apply_to(eval, args, item, filter);
    if (ds_value_is_error(&value))
      return ds_value_error();
    if (value.node == NULL)
      ds_value_add_unknown(&unknown, &value);
    else if (!filter)
      json_array_add_element(out, json_node_ref(value.node));
    else if (ds_js_truthy(value.node))
      json_array_add_element(out, json_node_ref(item));
  }
  if (unknown.names != NULL)
    return ds_value_copy(&unknown);
  DsValue result = known_list(out);
  if (!filter && !ds_eval_bounded(eval, result.node))
    ds_value_clear(&result);
  return result;
}

static DsValue
op_map(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  return transform(eval, args, scope, FALSE);
}

static DsValue
op_filter(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  return transform(eval, args, scope, TRUE);
}

static DsValue
op_reduce(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) source = operand(eval, args, 0, scope);
  DsValue total = operand(eval, args, 2, scope);
  JsonArray *list = list_of(&source);

  if (source.node == NULL) {
    ds_value_clear(&total);
    return ds_value_copy(&source);
  }
  for (guint i = 0; total.node != NULL && list != NULL && i < json_array_get_length(list); i++) {
    g_autoptr(JsonNode) pair = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    json_object_set_member(object, "current", json_node_ref(json_array_get_element(list, i)));
    json_object_set_member(object, "accumulator", g_steal_pointer(&total.node));
    json_node_take_object(pair, object);
    total = apply_to(eval, args, pair, FALSE);
    if (total.node != NULL && !ds_eval_bounded(eval, total.node))
      ds_value_clear(&total);
  }
  return total;
}

/* Does any element's value equal @wanted in truth? Kleene's or over the elements. An empty list
 * and what is no list give FALSE. */
static DsValue
any_element(DsEval *eval, JsonArray *args, JsonArray *list, gboolean wanted)
{
  g_auto(DsValue) unknown = {NULL, NULL};

  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
    g_auto(DsValue) value = apply_to(eval, args, json_array_get_element(list, i), TRUE);
    if (ds_value_is_error(&value))
      return ds_value_error();
    if (value.node == NULL)
      ds_value_add_unknown(&unknown, &value);
    else if (ds_js_truthy(value.node) == wanted)
      return ds_value_known(ds_js_bool(TRUE));
  }
  return unknown.names != NULL ? ds_value_copy(&unknown) : ds_value_known(ds_js_bool(FALSE));
}

static DsValue
negated(DsValue value)
{
  if (value.node == NULL)
    return value;
  gboolean truth = ds_js_truthy(value.node);
  ds_value_clear(&value);
  return ds_value_known(ds_js_bool(!truth));
}

static DsValue
op_some(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) source = operand(eval, args, 0, scope);

  if (source.node == NULL)
    return ds_value_copy(&source);
  return any_element(eval, args, list_of(&source), TRUE);
}

static DsValue
op_none(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  return negated(op_some(eval, args, scope));
}

static DsValue
op_all(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) source = operand(eval, args, 0, scope);
  JsonArray *list = list_of(&source);

  if (source.node == NULL)
    return ds_value_copy(&source);
  if (list == NULL || json_array_get_length(list) == 0)
    return ds_value_known(ds_js_bool(FALSE));
  return negated(any_element(eval, args, list, FALSE));
}

DsLazyOp
ds_logic_list_op(const char *name)
{
  static const struct {
    const char *name;
    DsLazyOp op;
  } ops[] = {{"map", op_map}, {"filter", op_filter}, {"reduce", op_reduce},
             {"all", op_all}, {"none", op_none},     {"some", op_some}};

  for (gsize i = 0; i < G_N_ELEMENTS(ops); i++)
    if (g_str_equal(name, ops[i].name))
      return ops[i].op;
  return NULL;
}
