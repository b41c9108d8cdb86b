/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operators that need all their operands: one UNKNOWN operand makes the result UNKNOWN before
 * these are called. */
#include "policy/logic-eval.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "policy/logic-value.h"
#include "policy/logic.h"

/* An operand left out is undefined: equal to null, no number. */
static gboolean
equal_at(JsonNode **args, guint count, gboolean (*equal)(JsonNode *, JsonNode *))
{
  if (count >= 2)
    return equal(args[0], args[1]);
  return count == 0 || JSON_NODE_HOLDS_NULL(args[0]);
}

static JsonNode *
op_equal(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(equal_at(args, count, ds_js_loose_equal));
}

static JsonNode *
op_not_equal(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(!equal_at(args, count, ds_js_loose_equal));
}

static JsonNode *
op_same(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 ? ds_js_strict_equal(args[0], args[1]) : count == 0);
}

static JsonNode *
op_not_same(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 ? !ds_js_strict_equal(args[0], args[1]) : count != 0);
}

static JsonNode *
op_greater(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 && ds_js_less(args[1], args[0]));
}

static JsonNode *
op_greater_equal(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 && ds_js_less_equal(args[1], args[0]));
}

static JsonNode *
op_less(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 && ds_js_less(args[0], args[1]) &&
                    (count == 2 || ds_js_less(args[1], args[2])));
}

static JsonNode *
op_less_equal(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_bool(count >= 2 && ds_js_less_equal(args[0], args[1]) &&
                    (count == 2 || ds_js_less_equal(args[1], args[2])));
}

static JsonNode *
op_add(DsEval *eval, JsonNode **args, guint count)
{
  double sum = 0;

  for (guint i = 0; i < count; i++)
    sum += ds_js_parse_float(args[i]);
  return ds_js_number(sum);
}

static JsonNode *
op_multiply(DsEval *eval, JsonNode **args, guint count)
{
  if (count == 0) {
    ds_eval_fail(eval, DS_ERROR_INVALID, "the operator * needs an operand");
    return NULL;
  }
  if (count == 1)
    return json_node_ref(args[0]);
  double product = 1;
  for (guint i = 0; i < count; i++)
    product *= ds_js_parse_float(args[i]);
  return ds_js_number(product);
}

static double
number_at(JsonNode **args, guint count, guint index)
{
  return index < count ? ds_js_to_number(args[index]) : NAN;
}

static JsonNode *
op_subtract(DsEval *eval, JsonNode **args, guint count)
{
  if (count == 1)
    return ds_js_number(-ds_js_to_number(args[0]));
  return ds_js_number(number_at(args, count, 0) - number_at(args, count, 1));
}

static JsonNode *
op_divide(DsEval *eval, JsonNode **args, guint count)
{
  double divisor = number_at(args, count, 1), dividend = number_at(args, count, 0);

  if (divisor == 0) /* spelt out: sanitizers rightly dislike the division */
    return ds_js_number(dividend == 0 || isnan(dividend) ? NAN : copysign(INFINITY, dividend));
  return ds_js_number(dividend / divisor);
}

static JsonNode *
op_modulo(DsEval *eval, JsonNode **args, guint count)
{
  return ds_js_number(fmod(number_at(args, count, 0), number_at(args, count, 1)));
}

static JsonNode *
extreme(JsonNode **args, guint count, int sign)
{
  double best = -sign * INFINITY;

  for (guint i = 0; i < count; i++) {
    double number = ds_js_to_number(args[i]);
    if (isnan(number))
      return ds_js_number(NAN);
    if (sign * number > sign * best)
      best = number;
  }
  return ds_js_number(best);
}

static JsonNode *
op_max(DsEval *eval, JsonNode **args, guint count)
{
  return extreme(args, count, 1);
}

static JsonNode *
op_min(DsEval *eval, JsonNode **args, guint count)
{
  return extreme(args, count, -1);
}

static char *
text_of(DsEval *eval, JsonNode *node)
{
  char *text = ds_js_to_text(node, DS_LOGIC_MAX_TEXT);

  if (text == NULL)
    ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "a text in the rule is longer than %d bytes",
                 DS_LOGIC_MAX_TEXT);
  else if (!ds_eval_charge(eval, (guint)(strlen(text) / 64)))
    g_clear_pointer(&text, g_free);
  return text;
}

static JsonNode *
op_cat(DsEval *eval, JsonNode **args, guint count)
{
  g_autoptr(GString) out = g_string_new(NULL);

  for (guint i = 0; i < count; i++) {
    if (JSON_NODE_HOLDS_NULL(args[i]))
      continue;
    g_autofree char *text = text_of(eval, args[i]);
    if (text == NULL)
      return NULL;
    g_string_append(out, text);
    if (out->len > DS_LOGIC_MAX_TEXT) {
      ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "cat builds more than %d bytes", DS_LOGIC_MAX_TEXT);
      return NULL;
    }
  }
  return ds_js_text(out->str);
}

/* A number as an index: truncated, NaN is 0, held within ±@limit. */
static glong
index_of(JsonNode *node, glong limit)
{
  double number = ds_js_to_number(node);

  if (isnan(number))
    return 0;
  return (glong)CLAMP(number, -(double)limit, (double)limit);
}

static JsonNode *
op_substr(DsEval *eval, JsonNode **args, guint count)
{
  g_autofree char *text = count > 0 ? text_of(eval, args[0]) : g_strdup("undefined");

  if (text == NULL)
    return NULL;
  glong length = g_utf8_strlen(text, -1);
  glong start = count > 1 ? index_of(args[1], length) : 0;
  if (start < 0)
    start += length;
  glong take = length - start;
  if (count > 2) {
    glong wanted = index_of(args[2], length);
    take = wanted < 0 ? take + wanted : MIN(take, wanted);
  }
  if (take <= 0)
    return ds_js_text("");
  g_autofree char *part = g_utf8_substring(text, start, start + take);
  return ds_js_text(part);
}

static JsonNode *
op_in(DsEval *eval, JsonNode **args, guint count)
{
  if (count < 2 || !ds_js_truthy(args[1]))
    return ds_js_bool(FALSE);
  if (JSON_NODE_HOLDS_ARRAY(args[1])) {
    JsonArray *list = json_node_get_array(args[1]);
    if (!ds_eval_charge(eval, json_array_get_length(list) / 16))
      return NULL;
    for (guint i = 0; i < json_array_get_length(list); i++)
      if (ds_js_strict_equal(json_array_get_element(list, i), args[0]))
        return ds_js_bool(TRUE);
    return ds_js_bool(FALSE);
  }
  if (!JSON_NODE_HOLDS_VALUE(args[1]) || json_node_get_value_type(args[1]) != G_TYPE_STRING)
    return ds_js_bool(FALSE);
  g_autofree char *needle = text_of(eval, args[0]);
  g_autofree char *text = needle != NULL ? text_of(eval, args[1]) : NULL;
  return text != NULL ? ds_js_bool(strstr(text, needle) != NULL) : NULL;
}

static JsonNode *
op_merge(DsEval *eval, JsonNode **args, guint count)
{
  g_autoptr(JsonArray) out = json_array_new();

  for (guint i = 0; i < count; i++) {
    JsonArray *list = JSON_NODE_HOLDS_ARRAY(args[i]) ? json_node_get_array(args[i]) : NULL;
    guint length = list != NULL ? json_array_get_length(list) : 1;
    if (json_array_get_length(out) + length > DS_LOGIC_MAX_ITEMS) {
      ds_eval_fail(eval, DS_ERROR_TOO_LARGE, "merge builds more than %d elements",
                   DS_LOGIC_MAX_ITEMS);
      return NULL;
    }
    if (!ds_eval_charge(eval, length / 16))
      return NULL;
    for (guint k = 0; k < length; k++)
      json_array_add_element(
          out, json_node_ref(list != NULL ? json_array_get_element(list, k) : args[i]));
  }
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);
  json_node_set_array(node, out);
  return node;
}

static JsonNode *
op_log(DsEval *eval, JsonNode **args, guint count)
{
  return count > 0 ? json_node_ref(args[0]) : ds_js_null();
}

DsStrictOp
ds_logic_strict_op(const char *name)
{
  static const struct {
    const char *name;
    DsStrictOp op;
  } ops[] = {
      {"==", op_equal},     {"!=", op_not_equal},  {"===", op_same},
      {"!==", op_not_same}, {">", op_greater},     {">=", op_greater_equal},
      {"<", op_less},       {"<=", op_less_equal}, {"+", op_add},
      {"*", op_multiply},   {"-", op_subtract},    {"/", op_divide},
      {"%", op_modulo},     {"max", op_max},       {"min", op_min},
      {"cat", op_cat},      {"substr", op_substr}, {"in", op_in},
      {"merge", op_merge},  {"log", op_log},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(ops); i++)
    if (g_str_equal(name, ops[i].name))
      return ops[i].op;
  return NULL;
}
