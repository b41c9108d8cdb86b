/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/take.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/service.h"
#include "unit/unit-private.h"

static gboolean
invalid(GError **error, const char *member, const char *problem)
{
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: %s", member, problem);
  return FALSE;
}

static gboolean
check_fields(JsonObject *root, GError **error)
{
  JsonObject *fields = ds_json_object(root, "fields");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (fields == NULL)
    return invalid(error, "/fields", "must be an object of texts");
  json_object_iter_init(&iter, fields);
  while (json_object_iter_next(&iter, &name, &value))
    if (json_node_get_value_type(value) != G_TYPE_STRING) {
      g_autofree char *member = g_strdup_printf("/fields/%s", name);
      return invalid(error, member, "must be a text");
    }
  return TRUE;
}

static gboolean
check_parts(JsonObject *root, GError **error)
{
  JsonArray *parts = ds_json_array(root, "parts");

  for (guint i = 0; parts != NULL && i < json_array_get_length(parts); i++) {
    g_autofree char *member = g_strdup_printf("/parts/%u", i);
    JsonNode *node = json_array_get_element(parts, i);
    if (!JSON_NODE_HOLDS_OBJECT(node))
      return invalid(error, member, "must be an object");
    JsonObject *part = json_node_get_object(node);
    const char *file = ds_json_string(part, "file");
    if (ds_slot_parse(ds_json_string(part, "slot")) == 0)
      return invalid(error, member,
                     "slot must be photo, joint-photo, fingerprint, signature, document or "
                     "confirmation");
    if (file == NULL || *file == '\0' || strchr(file, '/') != NULL || g_str_equal(file, ".."))
      return invalid(error, member, "file must be a name in the folder of pictures");
  }
  return TRUE;
}

JsonNode *
ds_take_read(const char *path, GError **error)
{
  g_autoptr(JsonNode) root = ds_json_load(path, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT(root)) {
    invalid(error, "/", "must be an object with fields and parts");
    return NULL;
  }
  JsonObject *object = json_node_get_object(root);
  if (!check_fields(object, error) || !check_parts(object, error)) {
    g_autofree char *name = g_path_get_basename(path);
    g_prefix_error(error, "%s: ", name);
    return NULL;
  }
  return g_steal_pointer(&root);
}

static GHashTable *
read_attributes(JsonObject *part)
{
  GHashTable *attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  JsonObject *object = ds_json_object(part, "attributes");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    return attributes;
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &name, &value))
    if (json_node_get_value_type(value) == G_TYPE_STRING)
      g_hash_table_insert(attributes, g_strdup(name), g_strdup(json_node_get_string(value)));
  return attributes;
}

static gboolean
take_part(DsUnit *self, const char *case_id, JsonObject *part, const char *pictures,
          DsFindings *findings, GError **error)
{
  g_autoptr(GHashTable) attributes = read_attributes(part);
  g_autofree char *path = g_build_filename(pictures, ds_json_string(part, "file"), NULL);
  DsCaptureWhat what = {.slot = ds_slot_parse(ds_json_string(part, "slot")),
                        .kind = ds_json_string(part, "kind"),
                        .attributes = attributes};
  g_autofree char *id = ds_unit_capture_file(self, case_id, &what, path, findings, error);

  return id != NULL;
}

static gboolean
enter_fields(DsUnit *self, const char *case_id, const char *service, const char *step,
             JsonObject *fields, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init(&iter, fields);
  while (json_object_iter_next(&iter, &name, &value)) {
    const char *owner = NULL;
    if (ds_unit_service_field(self, service, name, &owner) != NULL && g_str_equal(owner, step) &&
        !ds_unit_case_set(self, case_id, name, json_node_get_string(value), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
enter_parts(DsUnit *self, const char *case_id, const char *service, const char *step,
            JsonArray *parts, const char *pictures, DsFindings *findings, GError **error)
{
  for (guint i = 0; parts != NULL && i < json_array_get_length(parts); i++) {
    JsonObject *part = json_array_get_object_element(parts, i);
    const char *kind = ds_json_string(part, "kind");
    const char *owner = NULL;
    ds_unit_service_slot(self, service, ds_slot_parse(ds_json_string(part, "slot")),
                         kind != NULL ? kind : "", &owner);
    if (g_strcmp0(owner, step) == 0 && !take_part(self, case_id, part, pictures, findings, error))
      return FALSE;
  }
  return TRUE;
}

/* What one step asks for, as far as the file answers it: its fields first, then its evidence. The
 * disk is waited for once a step, not once a field and a picture; what came before a bad one
 * stays. */
static gboolean
take_step(DsUnit *self, const char *case_id, const char *service, const char *step,
          JsonObject *root, const char *pictures, DsFindings *findings, GError **error)
{
  DsVaultTransaction *transaction = ds_unit_capture_begin(self, error);
  if (transaction == NULL)
    return FALSE;

  gboolean ok = enter_fields(self, case_id, service, step, ds_json_object(root, "fields"), error) &&
                enter_parts(self, case_id, service, step, ds_json_array(root, "parts"), pictures,
                            findings, error);
  return ds_unit_capture_end(self, case_id, transaction, ok ? error : NULL) && ok;
}

/* Names that no step collects are a mistake in the file, found before anything is entered. */
static gboolean
check_known(DsUnit *self, const char *service, JsonObject *root, GError **error)
{
  JsonArray *parts = ds_json_array(root, "parts");
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init(&iter, ds_json_object(root, "fields"));
  while (json_object_iter_next(&iter, &name, NULL))
    if (ds_unit_service_field(self, service, name, NULL) == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "/fields/%s: no step of %s collects it", name,
                  service);
      return FALSE;
    }
  for (guint i = 0; parts != NULL && i < json_array_get_length(parts); i++) {
    JsonObject *part = json_array_get_object_element(parts, i);
    const char *kind = ds_json_string(part, "kind");
    if (ds_unit_service_slot(self, service, ds_slot_parse(ds_json_string(part, "slot")),
                             kind != NULL ? kind : "", NULL) == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "/parts/%u: no step of %s takes a %s of kind \"%s\"", i, service,
                  ds_json_string(part, "slot"), kind != NULL ? kind : "");
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
ds_unit_take(DsUnit *self, const char *case_id, JsonNode *file, const char *pictures,
             DsFindings *findings, GError **error)
{
  g_autoptr(DsVaultCase) open = ds_unit_case_open(self, case_id, error);
  JsonObject *root = json_node_get_object(file);

  if (open == NULL || !check_known(self, open->service, root, error))
    return FALSE;
  g_auto(GStrv) steps = ds_unit_service_steps(self, open->service);
  for (guint i = 0; steps[i] != NULL; i++) {
    ds_unit_tell_progress(self, i, g_strv_length(steps));
    if (!take_step(self, case_id, open->service, steps[i], root, pictures, findings, error))
      return FALSE;
  }
  return TRUE;
}
