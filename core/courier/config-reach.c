/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/config-reach.h"

#include <string.h>

#include "base/error.h"

static gboolean
set_invalid(const char *member, const char *why, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "\"reach\": \"%s\" %s", member, why);
  return FALSE;
}

static gboolean
take_list(JsonNode *node, const char *member, GPtrArray *list, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

  if (array == NULL)
    return set_invalid(member, "must be a list of texts", error);
  g_ptr_array_set_size(list, 0);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *item = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(item) || json_node_get_value_type(item) != G_TYPE_STRING)
      return set_invalid(member, "must be a list of texts", error);
    g_ptr_array_add(list, g_strdup(json_node_get_string(item)));
  }
  return TRUE;
}

static gboolean
take_metered(JsonNode *node, gboolean *send_metered, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
                         ? json_node_get_string(node)
                         : "";

  *send_metered = strcmp(text, "send") == 0;
  return *send_metered || strcmp(text, "wait") == 0 ||
         set_invalid("metered", "must be \"wait\" or \"send\"", error);
}

static gboolean
take_member(DsReachProfile *profile, const char *member, JsonNode *node, GError **error)
{
  if (strcmp(member, "connections") == 0)
    return take_list(node, member, profile->connections, error);
  if (strcmp(member, "gateway") == 0)
    return take_list(node, member, profile->gateways, error);
  if (strcmp(member, "addresses") == 0)
    return take_list(node, member, profile->subnets, error);
  if (strcmp(member, "metered") == 0)
    return take_metered(node, &profile->send_metered, error);
  return set_invalid(member, "is not known here", error);
}

gboolean
ds_reach_profile_take(DsReachProfile *profile, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT(node)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID, "\"reach\" must be an object");
    return FALSE;
  }
  JsonObject *object = json_node_get_object(node);
  g_autoptr(GList) members = json_object_get_members(object);
  for (GList *at = members; at != NULL; at = at->next)
    if (!take_member(profile, at->data, json_object_get_member(object, at->data), error))
      return FALSE;
  return TRUE;
}

gboolean
ds_reach_profile_is_plain(const DsReachProfile *profile)
{
  return !ds_reach_profile_asks(profile) && !profile->send_metered;
}

static void
put_list(JsonBuilder *builder, const char *member, const GPtrArray *list)
{
  if (list->len == 0)
    return;
  json_builder_set_member_name(builder, member);
  json_builder_begin_array(builder);
  for (guint i = 0; i < list->len; i++)
    json_builder_add_string_value(builder, g_ptr_array_index(list, i));
  json_builder_end_array(builder);
}

void
ds_reach_profile_put(const DsReachProfile *profile, JsonBuilder *builder)
{
  json_builder_begin_object(builder);
  put_list(builder, "connections", profile->connections);
  put_list(builder, "gateway", profile->gateways);
  put_list(builder, "addresses", profile->subnets);
  json_builder_set_member_name(builder, "metered");
  json_builder_add_string_value(builder, profile->send_metered ? "send" : "wait");
  json_builder_end_object(builder);
}
