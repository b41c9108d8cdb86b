/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/service.h"

#include "base/error.h"
#include "policy/json.h"

struct _DsService {
  gatomicrefcount refs;
  JsonNode *root;
  GPtrArray *steps; /* of DsServiceStep */
};

static void
step_free(gpointer data)
{
  DsServiceStep *self = data;

  g_free(self->id);
  g_clear_pointer(&self->when, json_node_unref);
  g_free(self->why_zh);
  g_free(self->why_en);
  g_free(self->else_zh);
  g_free(self->else_en);
  g_free(self->requirements);
  g_free(self);
}

static DsServiceStep *
step_new(JsonObject *object)
{
  DsServiceStep *self = g_new0(DsServiceStep, 1);
  JsonNode *when = json_object_get_member(object, "when");

  self->id = g_strdup(ds_json_string(object, "id"));
  self->when = when != NULL ? json_node_ref(when) : NULL;
  self->optional = json_object_get_boolean_member_with_default(object, "optional", FALSE);
  self->why_zh = g_strdup(ds_json_title(object, "why", "zh"));
  self->why_en = g_strdup(ds_json_title(object, "why", "en"));
  self->else_zh = g_strdup(ds_json_title(object, "otherwise", "zh"));
  self->else_en = g_strdup(ds_json_title(object, "otherwise", "en"));
  self->requirements = ds_json_words(object, "requirements");
  return self;
}

DsService *
ds_service_new(JsonNode *root, GError **error)
{
  g_autoptr(DsService) self = g_new0(DsService, 1);
  JsonArray *steps = ds_json_array(json_node_get_object(root), "steps");
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  g_atomic_ref_count_init(&self->refs);
  self->root = json_node_ref(root);
  self->steps = g_ptr_array_new_with_free_func(step_free);
  for (guint i = 0; steps != NULL && i < json_array_get_length(steps); i++) {
    DsServiceStep *step = step_new(json_array_get_object_element(steps, i));
    g_ptr_array_add(self->steps, step);
    if (!g_hash_table_add(seen, step->id)) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "/steps/%u: the step %s stands twice", i,
                  step->id);
      return NULL;
    }
  }
  return g_steal_pointer(&self);
}

DsService *
ds_service_ref(DsService *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_service_unref(DsService *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_ptr_array_unref(self->steps);
  json_node_unref(self->root);
  g_free(self);
}

const char *
ds_service_id(const DsService *self)
{
  return ds_json_string(json_node_get_object(self->root), "id");
}

const char *
ds_service_title(const DsService *self, const char *language)
{
  return ds_json_title(json_node_get_object(self->root), "title", language);
}

guint
ds_service_step_count(const DsService *self)
{
  return self->steps->len;
}

const DsServiceStep *
ds_service_step(const DsService *self, guint index)
{
  g_return_val_if_fail(index < self->steps->len, NULL);
  return g_ptr_array_index(self->steps, index);
}
