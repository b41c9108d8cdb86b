/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "courier/config-reach.h"
#include "courier/share.h"
#include "depot/serve.h"

#define CONFIG_NAME "courier.json"
#define CONFIG_MAX (64 * 1024)
#define PORT_DEFAULT 22
#define PORT_MAX 65535

DsCourierConfig *
ds_courier_config_new(const char *home)
{
  DsCourierConfig *self = g_new0(DsCourierConfig, 1);

  self->home = g_canonicalize_filename(home, NULL);
  self->port = PORT_DEFAULT;
  self->user = g_strdup("doorstep");
  self->identity = g_build_filename(self->home, "depot", "id_ed25519", NULL);
  self->known_hosts = g_build_filename(self->home, "depot", "known_hosts", NULL);
  self->reach = ds_reach_profile_new();
  return self;
}

void
ds_courier_config_free(DsCourierConfig *self)
{
  if (self == NULL)
    return;
  g_free(self->home);
  g_free(self->carrier);
  g_free(self->unit);
  g_free(self->station);
  g_free(self->path);
  g_free(self->host);
  g_free(self->user);
  g_free(self->identity);
  g_free(self->known_hosts);
  ds_reach_profile_free(self->reach);
  g_free(self);
}

static gboolean
set_invalid(const DsCourierConfig *self, const char *member, const char *why, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s/" CONFIG_NAME ": \"%s\" %s", self->home,
              member, why);
  return FALSE;
}

/* Host and user become arguments of ssh: nothing that could be an option or a second word. */
static gboolean
is_plain_word(const char *text)
{
  gsize length = text != NULL ? strlen(text) : 0;

  if (length == 0 || length > 253 || text[0] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && strchr("._-:", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check(const DsCourierConfig *self, GError **error)
{
  if (self->unit == NULL || !ds_serve_unit_valid(self->unit))
    return set_invalid(self, "unit", "must be this unit's id", error);
  if (self->station != NULL && !ds_serve_unit_valid(self->station))
    return set_invalid(self, "station", "must be the station's id", error);
  if (g_strcmp0(self->carrier, "drive") == 0)
    return TRUE;
  if (g_strcmp0(self->carrier, "path") == 0)
    return (self->path != NULL && g_path_is_absolute(self->path)) ||
           set_invalid(self, "path", "must be the absolute path of the station's repository",
                       error);
  if (g_strcmp0(self->carrier, "ssh") != 0)
    return set_invalid(self, "carrier", "must be \"path\", \"ssh\" or \"drive\"", error);
  if (!is_plain_word(self->host))
    return set_invalid(self, "host", "must be a host name or address, not beginning with -", error);
  if (!is_plain_word(self->user))
    return set_invalid(self, "user", "must be a user name, not beginning with -", error);
  if (self->port == 0 || self->port > PORT_MAX)
    return set_invalid(self, "port", "must be 1 to 65535", error);
  return TRUE;
}

/* Takes the string member over @target; paths become absolute below home. */
static gboolean
take_text(DsCourierConfig *self, JsonObject *object, const char *member, char **target,
          gboolean is_path, GError **error)
{
  JsonNode *node = json_object_get_member(object, member);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return set_invalid(self, member, "must be a text", error);
  g_free(*target);
  *target = is_path ? g_canonicalize_filename(json_node_get_string(node), self->home)
                    : g_strdup(json_node_get_string(node));
  return TRUE;
}

static gboolean
take_port(DsCourierConfig *self, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member(object, "port");

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
      json_node_get_int(node) < 1 || json_node_get_int(node) > PORT_MAX)
    return set_invalid(self, "port", "must be 1 to 65535", error);
  self->port = (guint)json_node_get_int(node);
  return TRUE;
}

static gboolean
take_reach(DsCourierConfig *self, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member(object, "reach");

  if (node == NULL || (ds_reach_profile_take(self->reach, node, error) &&
                       ds_reach_profile_check(self->reach, error)))
    return TRUE;
  g_prefix_error(error, "%s/" CONFIG_NAME ": ", self->home);
  return FALSE;
}

static gboolean
take_members(DsCourierConfig *self, JsonObject *object, GError **error)
{
  static const char *const known[] = {"carrier", "unit",     "station",     "path",  "host", "port",
                                      "user",    "identity", "known_hosts", "reach", NULL};
  g_autoptr(GList) members = json_object_get_members(object);

  for (GList *at = members; at != NULL; at = at->next)
    if (!g_strv_contains(known, at->data))
      return set_invalid(self, at->data, "is not known here", error);
  return take_text(self, object, "carrier", &self->carrier, FALSE, error) &&
         take_text(self, object, "unit", &self->unit, FALSE, error) &&
         take_text(self, object, "station", &self->station, FALSE, error) &&
         take_text(self, object, "path", &self->path, FALSE, error) &&
         take_text(self, object, "host", &self->host, FALSE, error) &&
         take_port(self, object, error) &&
         take_text(self, object, "user", &self->user, FALSE, error) &&
         take_text(self, object, "identity", &self->identity, TRUE, error) &&
         take_text(self, object, "known_hosts", &self->known_hosts, TRUE, error) &&
         take_reach(self, object, error);
}

DsCourierConfig *
ds_courier_config_load(const char *home, GError **error)
{
  g_autoptr(DsCourierConfig) self = ds_courier_config_new(home);
  g_autofree char *path = g_build_filename(self->home, CONFIG_NAME, NULL);
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  g_autoptr(GError) local = NULL;
  if (!ds_courier_check_access(self->home, error))
    return NULL;
  g_autoptr(GBytes) bytes = ds_files_read(path, CONFIG_MAX, &local);
  gsize size;

  if (bytes == NULL && g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "%s is missing: this unit does not know its station yet; enrol it first", path);
    return NULL;
  }
  if (bytes == NULL) {
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  const char *text = g_bytes_get_data(bytes, &size);
  if (!json_parser_load_from_data(parser, text, (gssize)size, &local) ||
      json_parser_get_root(parser) == NULL ||
      !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is no JSON object: %s", path,
                local != NULL ? local->message : "another kind of value");
    return NULL;
  }
  if (!take_members(self, json_node_get_object(json_parser_get_root(parser)), error) ||
      !check(self, error))
    return NULL;
  return g_steal_pointer(&self);
}

static void
add_text(JsonBuilder *builder, const char *member, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name(builder, member);
  json_builder_add_string_value(builder, value);
}

gboolean
ds_courier_config_save(const DsCourierConfig *self, GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  if (!check(self, error) || !ds_reach_profile_check(self->reach, error))
    return FALSE;
  json_builder_begin_object(builder);
  add_text(builder, "carrier", self->carrier);
  add_text(builder, "unit", self->unit);
  add_text(builder, "station", self->station);
  if (strcmp(self->carrier, "path") == 0) {
    add_text(builder, "path", self->path);
  } else if (strcmp(self->carrier, "ssh") == 0) {
    add_text(builder, "host", self->host);
    json_builder_set_member_name(builder, "port");
    json_builder_add_int_value(builder, self->port);
    add_text(builder, "user", self->user);
    add_text(builder, "identity", self->identity);
    add_text(builder, "known_hosts", self->known_hosts);
  }
  if (!ds_reach_profile_is_plain(self->reach)) {
    json_builder_set_member_name(builder, "reach");
    ds_reach_profile_put(self->reach, builder);
  }
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, TRUE);
  gid_t group;
  if (!ds_files_make_dir(self->home, error))
    return FALSE;
  return ds_courier_shared_group(self->home, &group)
             ? ds_files_replace_for(self->home, CONFIG_NAME, text, strlen(text), group, error)
             : ds_files_replace(self->home, CONFIG_NAME, text, strlen(text), error);
}
