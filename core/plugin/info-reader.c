/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/info-reader.h"

#include "base/error.h"

#define MAX_ITEMS 1000

void
ds_info_fail(DsInfoReader *self, const char *path, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error(&self->error, DS_ERROR, DS_ERROR_INVALID, "%s: %s: %s", self->file,
              *path != '\0' ? path : "/", text);
}

void
ds_info_fail_at(const DsInfoAt *at, const char *key, const char *problem)
{
  g_autofree char *path = g_strconcat(at->path, "/", key, NULL);

  ds_info_fail(at->reader, path, "%s", problem);
}

/* FALSE when @node is no object or has a key that is not in @keys (separated by spaces). */
gboolean
ds_info_enter(DsInfoReader *reader, JsonNode *node, const char *path, const char *keys,
              DsInfoAt *at)
{
  g_auto(GStrv) known = g_strsplit(keys, " ", -1);

  *at = (DsInfoAt){reader, NULL, path};
  if (reader->error != NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT(node)) {
    ds_info_fail(reader, path, "expected an object");
    return FALSE;
  }
  at->object = json_node_get_object(node);
  g_autoptr(GList) members = json_object_get_members(at->object);
  for (GList *key = members; key != NULL; key = key->next)
    if (!g_strv_contains((const char *const *)known, key->data)) {
      ds_info_fail(reader, path, "unknown key \"%s\"; known are %s", (const char *)key->data, keys);
      return FALSE;
    }
  return TRUE;
}

JsonNode *
ds_info_member(const DsInfoAt *at, const char *key)
{
  return at->reader->error == NULL ? json_object_get_member(at->object, key) : NULL;
}

gboolean
ds_info_require(const DsInfoAt *at, const char *key)
{
  if (at->reader->error == NULL && !json_object_has_member(at->object, key))
    ds_info_fail(at->reader, at->path, "\"%s\" is missing", key);
  return at->reader->error == NULL;
}

static gboolean
is_string(JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

/* (transfer full), NULL when absent or wrong. */
char *
ds_info_string(const DsInfoAt *at, const char *key)
{
  JsonNode *node = ds_info_member(at, key);

  if (node == NULL)
    return NULL;
  if (!is_string(node) || *json_node_get_string(node) == '\0') {
    ds_info_fail_at(at, key, "expected a text that is not empty");
    return NULL;
  }
  return json_node_dup_string(node);
}

gboolean
ds_info_bool(const DsInfoAt *at, const char *key)
{
  JsonNode *node = ds_info_member(at, key);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN) {
    ds_info_fail_at(at, key, "expected true or false");
    return FALSE;
  }
  return json_node_get_boolean(node);
}

guint
ds_info_count(const DsInfoAt *at, const char *key, guint otherwise, guint most)
{
  JsonNode *node = ds_info_member(at, key);

  if (node == NULL)
    return otherwise;
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
      json_node_get_int(node) < 1 || json_node_get_int(node) > most) {
    g_autofree char *problem = g_strdup_printf("expected a whole number from 1 to %u", most);
    ds_info_fail_at(at, key, problem);
    return otherwise;
  }
  return (guint)json_node_get_int(node);
}

JsonArray *
ds_info_array(const DsInfoAt *at, const char *key)
{
  JsonNode *node = ds_info_member(at, key);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY(node) ||
      json_array_get_length(json_node_get_array(node)) > MAX_ITEMS) {
    ds_info_fail_at(at, key, "expected an array of at most 1000 items");
    return NULL;
  }
  return json_node_get_array(node);
}

/* The items of @key as text that matches @pattern. Never NULL. (transfer full) */
GStrv
ds_info_words(const DsInfoAt *at, const char *key, const char *pattern)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  JsonArray *array = ds_info_array(at, key);

  for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
    JsonNode *node = json_array_get_element(array, i);
    const char *word = is_string(node) ? json_node_get_string(node) : NULL;

    if (word == NULL || !g_regex_match_simple(pattern, word, G_REGEX_DOLLAR_ENDONLY, 0)) {
      g_autofree char *path = g_strdup_printf("%s/%s/%u", at->path, key, i);
      ds_info_fail(at->reader, path, "expected a text of the form %s", pattern);
      break;
    }
    g_ptr_array_add(words, g_strdup(word));
  }
  g_ptr_array_add(words, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
