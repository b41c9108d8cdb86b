/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pack.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "policy/json.h"
#include "policy/pack-rules.h"

struct _DsPack {
  gatomicrefcount refs;
  JsonNode *root;
  GBytes *bytes;
  char *sha256;
  GPtrArray *texts; /* of DsPackText */
};

static void
text_free(gpointer data)
{
  DsPackText *self = data;

  g_free(self->id);
  g_free(self->version);
  g_free(self->title);
  g_free(self->zh);
  g_free(self->sha256);
  g_free(self);
}

static DsPackText *
text_new(JsonObject *object)
{
  DsPackText *self = g_new0(DsPackText, 1);

  self->id = g_strdup(ds_json_string(object, "id"));
  self->version = g_strdup(ds_json_string(object, "version"));
  self->title = g_strdup(ds_json_string(object, "title"));
  self->zh = g_strdup(ds_json_string(object, "zh"));
  DsDigest digest = ds_digest_of(self->zh, strlen(self->zh));
  self->sha256 = ds_digest_dup_hex(&digest);
  return self;
}

DsPack *
ds_pack_new(JsonNode *root, GBytes *bytes, const char *name, GError **error)
{
  DsPack *self = g_new0(DsPack, 1);
  JsonArray *texts = ds_json_array(json_node_get_object(root), "texts");
  DsDigest digest = ds_digest_of_bytes(bytes);

  g_atomic_ref_count_init(&self->refs);
  self->root = json_node_ref(root);
  self->bytes = g_bytes_ref(bytes);
  self->sha256 = ds_digest_dup_hex(&digest);
  self->texts = g_ptr_array_new_with_free_func(text_free);
  for (guint i = 0; texts != NULL && i < json_array_get_length(texts); i++)
    g_ptr_array_add(self->texts, text_new(json_array_get_object_element(texts, i)));
  return self;
}

DsPack *
ds_pack_ref(DsPack *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_pack_unref(DsPack *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  json_node_unref(self->root);
  g_bytes_unref(self->bytes);
  g_free(self->sha256);
  g_ptr_array_unref(self->texts);
  g_free(self);
}

JsonObject *
ds_pack_root(const DsPack *self)
{
  return json_node_get_object(self->root);
}

const char *
ds_pack_id(const DsPack *self)
{
  return ds_json_string(ds_pack_root(self), "id");
}

const char *
ds_pack_jurisdiction(const DsPack *self)
{
  return ds_json_string(ds_pack_root(self), "jurisdiction");
}

guint
ds_pack_version(const DsPack *self)
{
  return (guint)ds_json_int(ds_pack_root(self), "version", 0);
}

const char *
ds_pack_sha256(const DsPack *self)
{
  return self->sha256;
}

const char *
ds_pack_title(const DsPack *self, const char *language)
{
  return ds_json_title(ds_pack_root(self), "title", language);
}

GBytes *
ds_pack_bytes(const DsPack *self)
{
  return self->bytes;
}

gboolean
ds_pack_effective_from(const DsPack *self, GDate *day)
{
  const char *text = ds_json_string(ds_pack_root(self), "effective-from");

  return text != NULL && ds_date_parse(day, text);
}

gboolean
ds_pack_effective_until(const DsPack *self, GDate *day)
{
  const char *text = ds_json_string(ds_pack_root(self), "effective-until");

  return text != NULL && ds_date_parse(day, text);
}

gboolean
ds_pack_has_service(const DsPack *self, const char *service_id)
{
  JsonArray *services = ds_json_array(ds_pack_root(self), "services");

  for (guint i = 0; i < json_array_get_length(services); i++)
    if (g_str_equal(json_array_get_string_element(services, i), service_id))
      return TRUE;
  return FALSE;
}

guint
ds_pack_text_count(const DsPack *self)
{
  return self->texts->len;
}

const DsPackText *
ds_pack_text_at(const DsPack *self, guint index)
{
  g_return_val_if_fail(index < self->texts->len, NULL);
  return g_ptr_array_index(self->texts, index);
}

const DsPackText *
ds_pack_text(const DsPack *self, const char *id)
{
  for (guint i = 0; i < self->texts->len; i++) {
    const DsPackText *text = g_ptr_array_index(self->texts, i);
    if (g_str_equal(text->id, id))
      return text;
  }
  return NULL;
}

gboolean
ds_pack_refusal_is_for(JsonObject *refusal, const char *who)
{
  JsonArray *also = ds_json_array(refusal, "also");

  for (guint i = 0; also != NULL && i < json_array_get_length(also); i++)
    if (g_str_equal(json_array_get_string_element(also, i), who))
      return TRUE;
  return g_strcmp0(ds_json_string(refusal, "by"), who) == 0;
}

static void
set_named(DsView *view, const char *group, const char *id, const char *what, const char *value)
{
  g_autofree char *name = g_strdup_printf("%s.%s.%s", group, id, what);

  ds_view_set_fact(view, name, value);
}

void
ds_pack_add_facts(const DsPack *self, DsView *view)
{
  g_autofree char *version = g_strdup_printf("%u", ds_pack_version(self));

  ds_view_set_fact(view, "case.pack", ds_pack_id(self));
  ds_view_set_fact(view, "case.pack-version", version);
  ds_view_set_fact(view, "case.pack-sha256", self->sha256);
  ds_view_set_fact(view, "case.pack-title", ds_pack_title(self, "zh"));
  for (guint i = 0; i < self->texts->len; i++) {
    const DsPackText *text = g_ptr_array_index(self->texts, i);
    set_named(view, "notice", text->id, "version", text->version);
    set_named(view, "notice", text->id, "sha256", text->sha256);
    set_named(view, "text", text->id, "title", text->title);
    set_named(view, "text", text->id, "zh", text->zh);
  }
}
