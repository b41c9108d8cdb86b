/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/facts.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"

struct _DsFactTable {
  gatomicrefcount refs;
  GHashTable *specs;    /* name → DsFactSpec */
  GPtrArray *wildcards; /* DsFactSpec whose name holds a '*' (transfer none) */
};

struct _DsFacts {
  gatomicrefcount refs;
  DsFactTable *table;
  DsFactsLookup lookup;
  gpointer data;
  GDestroyNotify free;
};

static void
spec_free(gpointer data)
{
  DsFactSpec *self = data;

  g_free(self->name);
  g_free(self->who);
  g_free(self->title_zh);
  g_free(self->title_en);
  g_clear_pointer(&self->absent, json_node_unref);
  g_strfreev(self->from);
  g_free(self);
}

static DsFactType
parse_type(const char *word)
{
  static const char *const words[] = {"text", "date", "bool", "integer", "list"};

  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_strcmp0(word, words[i]) == 0)
      return (DsFactType)(i + DS_FACT_TEXT);
  return DS_FACT_TEXT;
}

static char **
dup_texts(JsonArray *list)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++)
    g_strv_builder_add(builder, json_array_get_string_element(list, i));
  return list != NULL ? g_strv_builder_end(builder) : NULL;
}

static DsFactSpec *
spec_new(JsonObject *object)
{
  DsFactSpec *self = g_new0(DsFactSpec, 1);
  JsonObject *title = ds_json_object(object, "title");
  JsonNode *absent = json_object_get_member(object, "absent");

  self->name = g_strdup(ds_json_string(object, "name"));
  self->type = parse_type(ds_json_string(object, "type"));
  self->who = g_strdup(ds_json_string(object, "who"));
  self->title_zh = g_strdup(ds_json_string(title, "zh"));
  self->title_en = g_strdup(ds_json_string(title, "en"));
  self->absent = absent != NULL ? json_node_ref(absent) : NULL;
  self->from = dup_texts(ds_json_array(object, "from"));
  return self;
}

static gboolean
check_sources(const DsFactTable *self, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init(&iter, self->specs);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const DsFactSpec *spec = value;
    for (char **from = spec->from; from != NULL && *from != NULL; from++)
      if (ds_fact_table_find(self, *from) == NULL) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                    "facts.json: %s is worked out from %s, which is not declared", spec->name,
                    *from);
        return FALSE;
      }
  }
  return TRUE;
}

DsFactTable *
ds_fact_table_new(JsonNode *root, GError **error)
{
  g_autoptr(DsFactTable) self = g_new0(DsFactTable, 1);
  JsonArray *list = ds_json_array(json_node_get_object(root), "facts");

  g_atomic_ref_count_init(&self->refs);
  self->specs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, spec_free);
  self->wildcards = g_ptr_array_new();
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
    DsFactSpec *spec = spec_new(json_array_get_object_element(list, i));
    if (!g_hash_table_replace(self->specs, spec->name, spec)) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "facts.json: /facts/%u: %s is declared twice",
                  i, spec->name);
      return NULL;
    }
    if (strchr(spec->name, '*') != NULL)
      g_ptr_array_add(self->wildcards, spec);
  }
  if (!check_sources(self, error))
    return NULL;
  return g_steal_pointer(&self);
}

DsFactTable *
ds_fact_table_ref(DsFactTable *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_fact_table_unref(DsFactTable *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_hash_table_unref(self->specs);
  g_ptr_array_unref(self->wildcards);
  g_free(self);
}

const DsFactSpec *
ds_fact_table_find(const DsFactTable *self, const char *name)
{
  const DsFactSpec *spec = g_hash_table_lookup(self->specs, name);

  for (guint i = 0; spec == NULL && i < self->wildcards->len; i++) {
    const DsFactSpec *wild = g_ptr_array_index(self->wildcards, i);
    if (g_pattern_match_simple(wild->name, name))
      spec = wild;
  }
  return spec;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
ds_fact_table_names(const DsFactTable *self)
{
  GPtrArray *names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init(&iter, self->specs);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    g_ptr_array_add(names, name);
  g_ptr_array_sort(names, compare_names);
  return names;
}

DsFacts *
ds_facts_new(DsFactTable *table, DsFactsLookup lookup, gpointer data, GDestroyNotify free_data)
{
  DsFacts *self = g_new0(DsFacts, 1);

  g_atomic_ref_count_init(&self->refs);
  self->table = table != NULL ? ds_fact_table_ref(table) : NULL;
  self->lookup = lookup;
  self->data = data;
  self->free = free_data;
  return self;
}

DsFacts *
ds_facts_ref(DsFacts *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_facts_unref(DsFacts *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  if (self->free != NULL)
    self->free(self->data);
  ds_fact_table_unref(self->table);
  g_free(self);
}

JsonNode *
ds_facts_lookup(DsFacts *self, const char *name)
{
  return self->lookup(name, self->data);
}

static const DsFactSpec *
spec_of(DsFacts *self, const char *name)
{
  return self->table != NULL ? ds_fact_table_find(self->table, name) : NULL;
}

const char *
ds_facts_ask_for(DsFacts *self, const char *name)
{
  const DsFactSpec *spec = spec_of(self, name);

  for (char **from = spec != NULL ? spec->from : NULL; from != NULL && *from != NULL; from++) {
    g_autoptr(JsonNode) value = ds_facts_lookup(self, *from);
    if (value == NULL)
      return *from;
  }
  return name;
}

const char *
ds_facts_who(DsFacts *self, const char *name)
{
  const DsFactSpec *spec = spec_of(self, name);

  return spec != NULL ? spec->who : "unit";
}

const char *
ds_facts_title(DsFacts *self, const char *name, const char *language)
{
  const DsFactSpec *spec = spec_of(self, name);

  if (spec == NULL)
    return name;
  return language == NULL || g_str_has_prefix(language, "zh") ? spec->title_zh : spec->title_en;
}
