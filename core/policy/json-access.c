/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking into JSON that has been read, and writing it. */
#include "policy/json.h"

char *
ds_json_to_text(JsonNode *node, gboolean pretty)
{
  return json_to_string(node, pretty);
}

static gboolean
objects_equal(JsonObject *a, JsonObject *b)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (json_object_get_size(a) != json_object_get_size(b))
    return FALSE;
  json_object_iter_init(&iter, a);
  while (json_object_iter_next(&iter, &name, &node)) {
    JsonNode *other = json_object_get_member(b, name);
    if (other == NULL || !ds_json_equal(node, other))
      return FALSE;
  }
  return TRUE;
}

static gboolean
arrays_equal(JsonArray *a, JsonArray *b)
{
  if (json_array_get_length(a) != json_array_get_length(b))
    return FALSE;
  for (guint i = 0; i < json_array_get_length(a); i++)
    if (!ds_json_equal(json_array_get_element(a, i), json_array_get_element(b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
is_number(JsonNode *node)
{
  GType type = json_node_get_value_type(node);

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

gboolean
ds_json_equal(JsonNode *a, JsonNode *b)
{
  if (json_node_get_node_type(a) != json_node_get_node_type(b))
    return FALSE;
  if (JSON_NODE_HOLDS_NULL(a))
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT(a))
    return objects_equal(json_node_get_object(a), json_node_get_object(b));
  if (JSON_NODE_HOLDS_ARRAY(a))
    return arrays_equal(json_node_get_array(a), json_node_get_array(b));
  if (is_number(a) && is_number(b)) {
    if (json_node_get_value_type(a) == json_node_get_value_type(b) &&
        json_node_get_value_type(a) == G_TYPE_INT64)
      return json_node_get_int(a) == json_node_get_int(b);
    return json_node_get_double(a) == json_node_get_double(b);
  }
  if (json_node_get_value_type(a) != json_node_get_value_type(b))
    return FALSE;
  if (json_node_get_value_type(a) == G_TYPE_BOOLEAN)
    return json_node_get_boolean(a) == json_node_get_boolean(b);
  return g_strcmp0(json_node_get_string(a), json_node_get_string(b)) == 0;
}

static JsonNode *
member_of(JsonObject *object, const char *member, JsonNodeType type)
{
  JsonNode *node = object != NULL ? json_object_get_member(object, member) : NULL;

  return node != NULL && json_node_get_node_type(node) == type ? node : NULL;
}

const char *
ds_json_string(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

gint64
ds_json_int(JsonObject *object, const char *member, gint64 otherwise)
{
  JsonNode *node = member_of(object, member, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                        : otherwise;
}

JsonArray *
ds_json_array(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member, JSON_NODE_ARRAY);

  return node != NULL ? json_node_get_array(node) : NULL;
}

JsonObject *
ds_json_object(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member, JSON_NODE_OBJECT);

  return node != NULL ? json_node_get_object(node) : NULL;
}

const char *
ds_json_title(JsonObject *object, const char *member, const char *language)
{
  JsonObject *title = ds_json_object(object, member);
  gboolean zh = language == NULL || g_str_has_prefix(language, "zh");
  const char *text = ds_json_string(title, zh ? "zh" : "en");

  return text != NULL ? text : ds_json_string(title, zh ? "en" : "zh");
}

char *
ds_json_words(JsonObject *object, const char *member)
{
  JsonArray *list = ds_json_array(object, member);
  g_autoptr(GString) words = g_string_new(NULL);

  if (list == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length(list); i++)
    g_string_append_printf(words, "%s%s", i > 0 ? " " : "", json_array_get_string_element(list, i));
  return g_string_free(g_steal_pointer(&words), FALSE);
}
