/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operators that look at their operands one by one: and, or, if, var, missing. */
#include "policy/logic-eval.h"

#include "base/error.h"
#include "policy/json.h"
#include "policy/logic-value.h"
#include "policy/logic.h"

/* and, or: the first operand whose truth is @decisive, else UNKNOWN if any was, else the last. With
 * an UNKNOWN operand before the decisive one only the truth is sure: `or` of UNKNOWN and 3 is true,
 * but may be another value than 3. */
static DsValue
first_with(DsEval *eval, JsonArray *args, const DsScope *scope, gboolean decisive)
{
  g_auto(DsValue) unknown = {NULL, NULL};
  g_auto(DsValue) last = ds_value_known(ds_js_null());

  for (guint i = 0; i < json_array_get_length(args); i++) {
    g_auto(DsValue) value = ds_eval_rule(eval, json_array_get_element(args, i), scope);
    if (ds_value_is_error(&value))
      return ds_value_error();
    if (value.node == NULL) {
      ds_value_add_unknown(&unknown, &value);
      continue;
    }
    if (ds_js_truthy(value.node) == decisive && unknown.names == NULL)
      return ds_value_copy(&value);
    if (ds_js_truthy(value.node) == decisive)
      return scope->truth ? ds_value_known(ds_js_bool(decisive)) : ds_value_copy(&unknown);
    ds_value_clear(&last);
    last = ds_value_copy(&value);
  }
  return ds_value_copy(unknown.names != NULL ? &unknown : &last);
}

static DsValue
op_and(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  return first_with(eval, args, scope, FALSE);
}

static DsValue
op_or(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  return first_with(eval, args, scope, TRUE);
}

static DsValue
op_not(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  DsScope inner = ds_scope_for_truth(scope);

  if (json_array_get_length(args) == 0)
    return ds_value_known(ds_js_bool(TRUE));
  g_auto(DsValue) value = ds_eval_rule(eval, json_array_get_element(args, 0), &inner);
  if (value.node == NULL)
    return ds_value_copy(&value);
  return ds_value_known(ds_js_bool(!ds_js_truthy(value.node)));
}

static DsValue
op_truth(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) opposite = op_not(eval, args, scope);

  if (opposite.node == NULL)
    return ds_value_copy(&opposite);
  return ds_value_known(ds_js_bool(!ds_js_truthy(opposite.node)));
}

/* What an `if` may come to while its conditions are UNKNOWN: @agreed is what all branches so far
 * had in common, a value or, where that is enough, a truth. */
typedef struct {
  DsValue unknown;
  DsValue agreed;
  gboolean differ;
  gboolean truth;
} Branches;

/* @value is another than the one agreed on so far. */
static void
agree_in_truth(Branches *self, const DsValue *value)
{
  gboolean truth = ds_js_truthy(value->node);

  if (!self->truth || ds_js_truthy(self->agreed.node) != truth) {
    self->differ = TRUE;
    return;
  }
  ds_value_clear(&self->agreed);
  self->agreed = ds_value_known(ds_js_bool(truth));
}

static void
add_branch(Branches *self, DsValue value)
{
  if (value.node == NULL) {
    ds_value_add_unknown(&self->unknown, &value);
    self->differ = TRUE;
  } else if (self->agreed.node == NULL) {
    self->agreed = ds_value_copy(&value);
  } else if (!ds_json_equal(self->agreed.node, value.node)) {
    agree_in_truth(self, &value);
  }
  ds_value_clear(&value);
}

static DsValue
settle(Branches *self)
{
  gboolean sure = self->unknown.names == NULL || !self->differ;
  DsValue value = ds_value_copy(sure && self->agreed.node != NULL ? &self->agreed : &self->unknown);

  ds_value_clear(&self->unknown);
  ds_value_clear(&self->agreed);
  return value;
}

static DsValue
give_up(Branches *self)
{
  ds_value_clear(&self->unknown);
  ds_value_clear(&self->agreed);
  return ds_value_error();
}

static DsValue
op_if(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  guint count = json_array_get_length(args);
  Branches branches = {{NULL, NULL}, {NULL, NULL}, FALSE, scope->truth};
  DsScope condition_scope = ds_scope_for_truth(scope);
  guint i = 0;

  for (; i + 1 < count; i += 2) {
    g_auto(DsValue) condition =
        ds_eval_rule(eval, json_array_get_element(args, i), &condition_scope);
    if (ds_value_is_error(&condition))
      return give_up(&branches);
    if (condition.node != NULL && !ds_js_truthy(condition.node))
      continue;
    if (condition.node == NULL)
      ds_value_add_unknown(&branches.unknown, &condition);
    DsValue value = ds_eval_rule(eval, json_array_get_element(args, i + 1), scope);
    if (ds_value_is_error(&value))
      return give_up(&branches);
    add_branch(&branches, value);
    if (condition.node != NULL)
      return settle(&branches);
  }
  DsValue otherwise = i < count ? ds_eval_rule(eval, json_array_get_element(args, i), scope)
                                : ds_value_known(ds_js_null());
  if (ds_value_is_error(&otherwise))
    return give_up(&branches);
  add_branch(&branches, otherwise);
  return settle(&branches);
}

static DsValue
op_var(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  guint count = json_array_get_length(args);
  DsScope inner = ds_scope_for_value(scope);
  g_auto(DsValue) name = count > 0 ? ds_eval_rule(eval, json_array_get_element(args, 0), &inner)
                                   : ds_value_known(ds_js_null());

  if (name.node == NULL)
    return ds_value_copy(&name);
  g_autofree char *text =
      JSON_NODE_HOLDS_NULL(name.node) ? g_strdup("") : ds_js_to_text(name.node, DS_LOGIC_MAX_TEXT);
  if (text == NULL) {
    ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "a name in the rule is too long");
    return ds_value_error();
  }
  DsValue value = ds_eval_variable(eval, text, scope);
  if (value.node != NULL && JSON_NODE_HOLDS_NULL(value.node) && count > 1) {
    ds_value_clear(&value);
    return ds_eval_rule(eval, json_array_get_element(args, 1), scope);
  }
  return value;
}

static gboolean
is_nothing(JsonNode *node)
{
  return JSON_NODE_HOLDS_NULL(node) ||
         (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING &&
          *json_node_get_string(node) == '\0');
}

/* The names in @names whose value is nothing or UNKNOWN; NULL on error. */
static JsonArray *
missing_of(DsEval *eval, JsonArray *names, const DsScope *scope)
{
  g_autoptr(JsonArray) out = json_array_new();

  for (guint i = 0; i < json_array_get_length(names); i++) {
    JsonNode *name = json_array_get_element(names, i);
    g_autofree char *text = ds_js_to_text(name, DS_LOGIC_MAX_TEXT);
    if (text == NULL)
      ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "a name in the rule is too long");
    if (text == NULL || !ds_eval_charge(eval, 1))
      return NULL;
    g_auto(DsValue) value = ds_eval_variable(eval, text, scope);
    if (ds_value_is_error(&value))
      return NULL;
    if (value.node == NULL)
      g_hash_table_add(eval->missing, g_strdup(text));
    if (value.node == NULL || is_nothing(value.node))
      json_array_add_element(out, json_node_ref(name));
  }
  return g_steal_pointer(&out);
}

static DsValue
list_or_error(JsonArray *list)
{
  if (list == NULL)
    return ds_value_error();
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);
  json_node_take_array(node, list);
  return ds_value_known(node);
}

/* All operands evaluated, as a list value. */
static DsValue
evaluated(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_autoptr(JsonNode) list = json_node_new(JSON_NODE_ARRAY);

  json_node_set_array(list, args);
  return ds_eval_rule(eval, list, scope);
}

static DsValue
op_missing(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) all = evaluated(eval, args, scope);

  if (all.node == NULL)
    return ds_value_copy(&all);
  JsonArray *names = json_node_get_array(all.node);
  if (json_array_get_length(names) > 0 && JSON_NODE_HOLDS_ARRAY(json_array_get_element(names, 0)))
    names = json_node_get_array(json_array_get_element(names, 0));
  return list_or_error(missing_of(eval, names, scope));
}

static DsValue
op_missing_some(DsEval *eval, JsonArray *args, const DsScope *scope)
{
  g_auto(DsValue) all = evaluated(eval, args, scope);

  if (all.node == NULL)
    return ds_value_copy(&all);
  JsonArray *list = json_node_get_array(all.node);
  if (json_array_get_length(list) < 2 || !JSON_NODE_HOLDS_ARRAY(json_array_get_element(list, 1))) {
    ds_eval_fail(eval, DS_ERROR_INVALID, "missing_some needs a number and a list of names");
    return ds_value_error();
  }
  JsonArray *names = json_node_get_array(json_array_get_element(list, 1));
  g_autoptr(JsonArray) missing = missing_of(eval, names, scope);
  if (missing == NULL)
    return ds_value_error();
  double found = (double)json_array_get_length(names) - (double)json_array_get_length(missing);
  if (found >= ds_js_to_number(json_array_get_element(list, 0)))
    return list_or_error(json_array_new());
  return list_or_error(g_steal_pointer(&missing));
}

DsLazyOp
ds_logic_lazy_op(const char *name)
{
  static const struct {
    const char *name;
    DsLazyOp op;
  } ops[] = {{"!", op_not},   {"!!", op_truth},        {"and", op_and},
             {"or", op_or},   {"if", op_if},           {"?:", op_if},
             {"var", op_var}, {"missing", op_missing}, {"missing_some", op_missing_some}};

  for (gsize i = 0; i < G_N_ELEMENTS(ops); i++)
    if (g_str_equal(name, ops[i].name))
      return ops[i].op;
  return NULL;
}
