/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/settings.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"

#define FILE_NAME "station.json"
#define FILE_MAX (64 * 1024)
#define FORMAT 1
#define LIMITS "limits"
#define UNIT_LIMITS "unit-limits"
#define QUOTA "quota"
#define BUNDLE_MAX "bundle-max"

gboolean
ds_station_id_valid(const char *id)
{
  gsize size = strlen(id);

  return size >= 1 && size <= 64 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

DsStationSettings *
ds_station_settings_new(const char *id, const char *name)
{
  DsStationSettings *self = g_new0(DsStationSettings, 1);

  self->id = g_strdup(id);
  self->name = g_strdup(name);
  self->archives = g_ptr_array_new_with_free_func(g_free);
  self->unit_limits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add(self->archives, g_strdup("archive-1"));
  g_ptr_array_add(self->archives, g_strdup("archive-2"));
  return self;
}

void
ds_station_settings_free(DsStationSettings *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->name);
  g_ptr_array_unref(self->archives);
  g_hash_table_unref(self->unit_limits);
  g_free(self);
}

static gboolean
fault(const char *path, const char *what, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: %s", path, what);
  return FALSE;
}

static const char *
text_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);

  return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : "";
}

static gboolean
read_archives(DsStationSettings *self, JsonObject *object, const char *path, GError **error)
{
  JsonNode *node = json_object_get_member(object, "archives");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

  g_ptr_array_set_size(self->archives, 0);
  if (array == NULL || json_array_get_length(array) < 1 || json_array_get_length(array) > 8)
    return fault(path, "\"archives\" must be a list of 1 to 8 folders", error);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *place = json_array_get_element(array, i);
    if (json_node_get_value_type(place) != G_TYPE_STRING || *json_node_get_string(place) == '\0')
      return fault(path, "\"archives\" must hold names of folders", error);
    if (g_ptr_array_find_with_equal_func(self->archives, json_node_get_string(place), g_str_equal,
                                         NULL))
      return fault(path, "\"archives\" names a folder twice", error);
    g_ptr_array_add(self->archives, g_strdup(json_node_get_string(place)));
  }
  return TRUE;
}

/* A member that is there must be a number of bytes. */
static gboolean
read_bytes(JsonObject *object, const char *name, guint64 *bytes)
{
  JsonNode *node = json_object_get_member(object, name);

  *bytes = 0;
  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type(node) != G_TYPE_INT64 || json_node_get_int(node) < 0)
    return FALSE;
  *bytes = (guint64)json_node_get_int(node);
  return TRUE;
}

static gboolean
read_limits(JsonNode *node, DsUnitLimits *limits)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

  return object != NULL && read_bytes(object, QUOTA, &limits->quota) &&
         read_bytes(object, BUNDLE_MAX, &limits->bundle_max);
}

static gboolean
read_all_limits(DsStationSettings *self, JsonObject *object, const char *path, GError **error)
{
  JsonNode *common = json_object_get_member(object, LIMITS);
  JsonNode *own = json_object_get_member(object, UNIT_LIMITS);
  JsonObjectIter iter;
  const char *unit;
  JsonNode *value;

  if (common != NULL && !read_limits(common, &self->limits))
    return fault(path, "\"limits\" must hold numbers of bytes: quota, bundle-max", error);
  if (own == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT(own))
    return fault(path, "\"unit-limits\" must hold limits by unit", error);
  json_object_iter_init(&iter, json_node_get_object(own));
  while (json_object_iter_next(&iter, &unit, &value)) {
    g_autofree DsUnitLimits *limits = g_new0(DsUnitLimits, 1);
    if (!read_limits(value, limits))
      return fault(path, "\"unit-limits\" must hold numbers of bytes: quota, bundle-max", error);
    g_hash_table_insert(self->unit_limits, g_strdup(unit), g_steal_pointer(&limits));
  }
  return TRUE;
}

static gboolean
read_object(DsStationSettings *self, JsonObject *object, const char *path, GError **error)
{
  if (json_object_get_int_member_with_default(object, "format", 0) != FORMAT) {
    g_set_error(error, DS_ERROR, DS_ERROR_UNSUPPORTED,
                "%s is of another format: use the version of Doorstep that made it", path);
    return FALSE;
  }
  g_free(self->id);
  self->id = g_strdup(text_member(object, "id"));
  g_free(self->name);
  self->name = g_strdup(text_member(object, "name"));
  if (!ds_station_id_valid(self->id))
    return fault(path, "\"id\" is missing or wrong", error);
  if (!ds_digest_parse(&self->root, text_member(object, "root")))
    return fault(path, "\"root\" is missing or wrong", error);
  return read_archives(self, object, path, error) && read_all_limits(self, object, path, error);
}

DsStationSettings *
ds_station_settings_read(const char *home, GError **error)
{
  g_autofree char *path = g_build_filename(home, FILE_NAME, NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(DsStationSettings) self = ds_station_settings_new("", "");
  g_autoptr(GError) reason = NULL;
  g_autoptr(GBytes) bytes = ds_files_read(path, FILE_MAX, &reason);

  if (bytes == NULL) {
    if (g_error_matches(reason, DS_ERROR, DS_ERROR_NOT_FOUND))
      g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                  "%s is no station: make one with \"doorstep-station init\"", home);
    else
      g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
  }
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  JsonNode *root = NULL;
  if (json_parser_load_from_data(parser, data, (gssize)size, NULL))
    root = json_parser_get_root(parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
    fault(path, "is no JSON object", error);
    return NULL;
  }
  return read_object(self, json_node_get_object(root), path, error) ? g_steal_pointer(&self) : NULL;
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(a, b);
}

/* Only what is said. */
static void
write_limits(JsonBuilder *builder, const DsUnitLimits *limits)
{
  json_builder_begin_object(builder);
  if (limits->quota != 0) {
    json_builder_set_member_name(builder, QUOTA);
    json_builder_add_int_value(builder, (gint64)limits->quota);
  }
  if (limits->bundle_max != 0) {
    json_builder_set_member_name(builder, BUNDLE_MAX);
    json_builder_add_int_value(builder, (gint64)limits->bundle_max);
  }
  json_builder_end_object(builder);
}

gboolean
ds_station_settings_write(const DsStationSettings *self, const char *home, GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(JsonGenerator) generator = json_generator_new();
  char hex[DS_DIGEST_HEX_SIZE];
  gsize size = 0;

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "format");
  json_builder_add_int_value(builder, FORMAT);
  json_builder_set_member_name(builder, "id");
  json_builder_add_string_value(builder, self->id);
  json_builder_set_member_name(builder, "name");
  json_builder_add_string_value(builder, self->name);
  json_builder_set_member_name(builder, "root");
  json_builder_add_string_value(builder, ds_digest_to_hex(&self->root, hex));
  json_builder_set_member_name(builder, "archives");
  json_builder_begin_array(builder);
  for (guint i = 0; i < self->archives->len; i++)
    json_builder_add_string_value(builder, self->archives->pdata[i]);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, LIMITS);
  write_limits(builder, &self->limits);
  json_builder_set_member_name(builder, UNIT_LIMITS);
  json_builder_begin_object(builder);
  g_autoptr(GList) units = g_list_sort(g_hash_table_get_keys(self->unit_limits), compare_texts);
  for (GList *unit = units; unit != NULL; unit = unit->next) {
    json_builder_set_member_name(builder, unit->data);
    write_limits(builder, g_hash_table_lookup(self->unit_limits, unit->data));
  }
  json_builder_end_object(builder);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  json_generator_set_root(generator, root);
  json_generator_set_pretty(generator, TRUE);
  g_autofree char *text = json_generator_to_data(generator, &size);
  return ds_files_replace(home, FILE_NAME, text, size, error);
}
