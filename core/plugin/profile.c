/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/profile.h"

#include "policy/json.h"
#include "policy/schema.h"

GStrv
ds_profile_load(const char *schema_dir, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat(id, ".json", NULL);
  g_autofree char *path = g_build_filename(schema_dir, "profiles", name, NULL);
  g_autofree char *rules = g_build_filename(schema_dir, "profile.schema.json", NULL);
  g_autoptr(DsSchema) schema = ds_schema_load(rules, error);
  g_autoptr(JsonNode) root = schema != NULL ? ds_json_load(path, error) : NULL;

  if (root == NULL || !ds_schema_validate(schema, root, name, error))
    return NULL;
  JsonArray *plugins = ds_json_array(json_node_get_object(root), "plugins");
  GStrvBuilder *builder = g_strv_builder_new();
  for (guint i = 0; i < json_array_get_length(plugins); i++)
    g_strv_builder_add(builder, json_array_get_string_element(plugins, i));
  GStrv ids = g_strv_builder_end(builder);
  g_strv_builder_unref(builder);
  return ids;
}
