/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/logic-value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum { KIND_NULL, KIND_BOOL, KIND_NUMBER, KIND_TEXT, KIND_OBJECT } Kind;

/* Long enough for any text a rule compares. */
#define COMPARE_MAX (1024 * 1024)

JsonNode *
ds_js_null(void)
{
  return json_node_init_null(json_node_alloc());
}

JsonNode *
ds_js_bool(gboolean value)
{
  return json_node_init_boolean(json_node_alloc(), value);
}

JsonNode *
ds_js_text(const char *text)
{
  return json_node_init_string(json_node_alloc(), text);
}

JsonNode *
ds_js_number(double value)
{
  if (isfinite(value) && fabs(value) <= 9007199254740992.0 && floor(value) == value)
    return json_node_init_int(json_node_alloc(), (gint64)value);
  return json_node_init_double(json_node_alloc(), value);
}

static Kind
kind_of(JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL(node))
    return KIND_NULL;
  if (!JSON_NODE_HOLDS_VALUE(node))
    return KIND_OBJECT;
  if (json_node_get_value_type(node) == G_TYPE_BOOLEAN)
    return KIND_BOOL;
  return json_node_get_value_type(node) == G_TYPE_STRING ? KIND_TEXT : KIND_NUMBER;
}

static double
number_of(JsonNode *node)
{
  return json_node_get_value_type(node) == G_TYPE_INT64 ? (double)json_node_get_int(node)
                                                        : json_node_get_double(node);
}

gboolean
ds_js_truthy(JsonNode *node)
{
  double number;

  switch (kind_of(node)) {
  case KIND_NULL:
    return FALSE;
  case KIND_BOOL:
    return json_node_get_boolean(node);
  case KIND_NUMBER:
    number = number_of(node);
    return number != 0 && !isnan(number);
  case KIND_TEXT:
    return *json_node_get_string(node) != '\0';
  case KIND_OBJECT:
  default:
    return !JSON_NODE_HOLDS_ARRAY(node) || json_array_get_length(json_node_get_array(node)) > 0;
  }
}

/* Whitespace as String.prototype.trim knows it, near enough for rules. */
static const char *
skip_blank(const char *text)
{
  while (*text != '\0' && g_unichar_isspace(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  return text;
}

/* Length of a decimal literal at @text (sign, digits, fraction, exponent), 0 when there is none. */
static gsize
decimal_length(const char *text)
{
  const char *p = text;
  gsize digits, exponent;

  if (*p == '+' || *p == '-')
    p++;
  digits = strspn(p, "0123456789");
  p += digits;
  if (*p == '.') {
    gsize fraction = strspn(p + 1, "0123456789");
    if (digits + fraction == 0)
      return 0;
    p += 1 + fraction;
  } else if (digits == 0) {
    return 0;
  }
  if (*p == 'e' || *p == 'E') {
    const char *q = p + 1;
    if (*q == '+' || *q == '-')
      q++;
    exponent = strspn(q, "0123456789");
    if (exponent > 0)
      p = q + exponent;
  }
  return (gsize)(p - text);
}

static double
infinity_at(const char *text, gsize *length)
{
  gsize sign = *text == '+' || *text == '-' ? 1 : 0;

  if (!g_str_has_prefix(text + sign, "Infinity"))
    return 0;
  *length = sign + strlen("Infinity");
  return *text == '-' ? -INFINITY : INFINITY;
}

static double
decimal_value(const char *text, gsize length)
{
  g_autofree char *copy = g_strndup(text, length);

  return g_ascii_strtod(copy, NULL);
}

/* "0x1f", "0b101", "0o17": no sign. */
static double
radix_value(const char *text)
{
  guint base = g_ascii_tolower(text[1]) == 'x' ? 16 : g_ascii_tolower(text[1]) == 'b' ? 2 : 8;
  double value = 0;
  const char *p = text + 2;

  for (; g_ascii_isxdigit(*p) && (guint)g_ascii_xdigit_value(*p) < base; p++)
    value = value * base + g_ascii_xdigit_value(*p);
  return p > text + 2 && *skip_blank(p) == '\0' ? value : NAN;
}

static double
text_to_number(const char *text)
{
  gsize length = 0;

  text = skip_blank(text);
  if (*text == '\0')
    return 0;
  if (text[0] == '0' && text[1] != '\0' && strchr("xXbBoO", text[1]) != NULL)
    return radix_value(text);
  double value = infinity_at(text, &length);
  if (length == 0) {
    length = decimal_length(text);
    if (length == 0)
      return NAN;
    value = decimal_value(text, length);
  }
  return *skip_blank(text + length) == '\0' ? value : NAN;
}

double
ds_js_to_number(JsonNode *node)
{
  g_autofree char *text = NULL;

  switch (kind_of(node)) {
  case KIND_NULL:
    return 0;
  case KIND_BOOL:
    return json_node_get_boolean(node) ? 1 : 0;
  case KIND_NUMBER:
    return number_of(node);
  case KIND_TEXT:
    return text_to_number(json_node_get_string(node));
  case KIND_OBJECT:
  default:
    text = ds_js_to_text(node, COMPARE_MAX);
    return text != NULL ? text_to_number(text) : NAN;
  }
}

double
ds_js_parse_float(JsonNode *node)
{
  gsize length = 0;

  if (kind_of(node) == KIND_NUMBER)
    return number_of(node);
  g_autofree char *text = ds_js_to_text(node, COMPARE_MAX);
  if (text == NULL)
    return NAN;
  const char *start = skip_blank(text);
  double value = infinity_at(start, &length);
  if (length > 0)
    return value;
  length = decimal_length(start);
  return length > 0 ? decimal_value(start, length) : NAN;
}

/* The fewest significant digits that read back as @value, and the decimal exponent of the first:
 * what Number::toString is specified on. */
static int
shortest_digits(double value, char digits[32])
{
  char text[40];
  int exponent;

  for (int precision = 0; precision <= 16; precision++) {
    g_snprintf(text, sizeof text, "%.*e", precision, value);
    if (g_ascii_strtod(text, NULL) == value)
      break;
  }
  char *mark = strchr(text, 'e');
  exponent = (int)g_ascii_strtoll(mark + 1, NULL, 10);
  gsize n = 0;
  for (const char *p = text; p < mark; p++)
    if (g_ascii_isdigit(*p))
      digits[n++] = *p;
  while (n > 1 && digits[n - 1] == '0')
    n--;
  digits[n] = '\0';
  return exponent;
}

static void
append_number(GString *out, double value)
{
  char digits[32];

  if (isnan(value) || isinf(value)) {
    g_string_append(out, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return;
  }
  if (value == 0) {
    g_string_append_c(out, '0');
    return;
  }
  if (value < 0)
    g_string_append_c(out, '-');
  int point = shortest_digits(fabs(value), digits) + 1;
  int count = (int)strlen(digits);
  if (point > 21 || point < -5) {
    g_string_append_c(out, digits[0]);
    if (count > 1)
      g_string_append_printf(out, ".%s", digits + 1);
    g_string_append_printf(out, "e%c%d", point > 0 ? '+' : '-', ABS(point - 1));
  } else if (point <= 0) {
    g_string_append_printf(out, "0.%.*s%s", -point, "000000", digits);
  } else if (point >= count) {
    g_string_append(out, digits);
    for (int i = count; i < point; i++)
      g_string_append_c(out, '0');
  } else {
    g_string_append_printf(out, "%.*s.%s", point, digits, digits + point);
  }
}

static gboolean append_text(GString *out, JsonNode *node, gsize max);

static gboolean
append_list(GString *out, JsonArray *list, gsize max)
{
  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonNode *item = json_array_get_element(list, i);
    if (i > 0)
      g_string_append_c(out, ',');
    if (!JSON_NODE_HOLDS_NULL(item) && !append_text(out, item, max))
      return FALSE;
    if (out->len > max)
      return FALSE;
  }
  return TRUE;
}

static gboolean
append_text(GString *out, JsonNode *node, gsize max)
{
  switch (kind_of(node)) {
  case KIND_NULL:
    g_string_append(out, "null");
    break;
  case KIND_BOOL:
    g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
    break;
  case KIND_NUMBER:
    append_number(out, number_of(node));
    break;
  case KIND_TEXT:
    g_string_append(out, json_node_get_string(node));
    break;
  case KIND_OBJECT:
  default:
    if (JSON_NODE_HOLDS_ARRAY(node))
      return append_list(out, json_node_get_array(node), max);
    g_string_append(out, "[object Object]");
    break;
  }
  return out->len <= max;
}

char *
ds_js_to_text(JsonNode *node, gsize max)
{
  g_autoptr(GString) out = g_string_new(NULL);

  if (!append_text(out, node, max))
    return NULL;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Identity, as JavaScript compares lists and objects. */
static gboolean
same_object(JsonNode *a, JsonNode *b)
{
  if (JSON_NODE_HOLDS_ARRAY(a) && JSON_NODE_HOLDS_ARRAY(b))
    return json_node_get_array(a) == json_node_get_array(b);
  if (JSON_NODE_HOLDS_OBJECT(a) && JSON_NODE_HOLDS_OBJECT(b))
    return json_node_get_object(a) == json_node_get_object(b);
  return FALSE;
}

gboolean
ds_js_strict_equal(JsonNode *a, JsonNode *b)
{
  Kind kind = kind_of(a);

  if (kind != kind_of(b))
    return FALSE;
  switch (kind) {
  case KIND_NULL:
    return TRUE;
  case KIND_BOOL:
    return json_node_get_boolean(a) == json_node_get_boolean(b);
  case KIND_NUMBER:
    return number_of(a) == number_of(b);
  case KIND_TEXT:
    return g_str_equal(json_node_get_string(a), json_node_get_string(b));
  case KIND_OBJECT:
  default:
    return same_object(a, b);
  }
}

gboolean
ds_js_loose_equal(JsonNode *a, JsonNode *b)
{
  Kind left = kind_of(a), right = kind_of(b);

  if (left == right)
    return ds_js_strict_equal(a, b);
  if (left == KIND_NULL || right == KIND_NULL)
    return FALSE;
  if ((left == KIND_OBJECT && right == KIND_TEXT) || (left == KIND_TEXT && right == KIND_OBJECT)) {
    g_autofree char *x = ds_js_to_text(a, COMPARE_MAX);
    g_autofree char *y = ds_js_to_text(b, COMPARE_MAX);
    return x != NULL && g_strcmp0(x, y) == 0;
  }
  return ds_js_to_number(a) == ds_js_to_number(b);
}

/* JavaScript orders texts by UTF-16 units, where U+10000 and up sort before U+E000. */
static int
compare_utf16(const char *a, const char *b)
{
  g_autofree gunichar2 *x = g_utf8_to_utf16(a, -1, NULL, NULL, NULL);
  g_autofree gunichar2 *y = g_utf8_to_utf16(b, -1, NULL, NULL, NULL);
  gsize i = 0;

  if (x == NULL || y == NULL)
    return strcmp(a, b);
  while (x[i] != 0 && x[i] == y[i])
    i++;
  return (int)x[i] - (int)y[i];
}

/* -1, 0, 1, or 2 when not comparable (NaN). */
static int
compare(JsonNode *a, JsonNode *b)
{
  gboolean text_a = kind_of(a) == KIND_TEXT || kind_of(a) == KIND_OBJECT;
  gboolean text_b = kind_of(b) == KIND_TEXT || kind_of(b) == KIND_OBJECT;

  if (text_a && text_b) {
    g_autofree char *x = ds_js_to_text(a, COMPARE_MAX);
    g_autofree char *y = ds_js_to_text(b, COMPARE_MAX);
    if (x == NULL || y == NULL)
      return 2;
    int order = compare_utf16(x, y);
    return (order > 0) - (order < 0);
  }
  double x = ds_js_to_number(a), y = ds_js_to_number(b);
  if (isnan(x) || isnan(y))
    return 2;
  return (x > y) - (x < y);
}

gboolean
ds_js_less(JsonNode *a, JsonNode *b)
{
  return compare(a, b) == -1;
}

gboolean
ds_js_less_equal(JsonNode *a, JsonNode *b)
{
  int order = compare(a, b);

  return order == -1 || order == 0;
}

static JsonNode *
finite_list(JsonArray *from)
{
  JsonArray *to = json_array_sized_new(json_array_get_length(from));
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  for (guint i = 0; i < json_array_get_length(from); i++)
    json_array_add_element(to, ds_js_finite(json_array_get_element(from, i)));
  json_node_take_array(node, to);
  return node;
}

static JsonNode *
finite_object(JsonObject *from)
{
  JsonObject *to = json_object_new();
  JsonNode *node = json_node_new(JSON_NODE_OBJECT);
  JsonObjectIter iter;
  const char *member;
  JsonNode *child;

  json_object_iter_init_ordered(&iter, from);
  while (json_object_iter_next_ordered(&iter, &member, &child))
    json_object_set_member(to, member, ds_js_finite(child));
  json_node_take_object(node, to);
  return node;
}

JsonNode *
ds_js_finite(JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY(node))
    return finite_list(json_node_get_array(node));
  if (JSON_NODE_HOLDS_OBJECT(node))
    return finite_object(json_node_get_object(node));
  if (kind_of(node) == KIND_NUMBER && !isfinite(number_of(node)))
    return ds_js_null();
  return json_node_copy(node);
}
