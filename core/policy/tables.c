/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/tables.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "policy/schema.h"

/* One name of a region over some years; 0 is open. */
typedef struct {
  const char *name; /* owned by the document */
  int first;
  int last;
} Span;

typedef struct {
  const char *name;
  GPtrArray *shorts; /* short names, longest first; owned by the document */
} Province;

struct _DsTables {
  gatomicrefcount refs;
  JsonNode *documents[3];
  GTree *regions;        /* code (char*) → GArray of Span */
  GHashTable *provinces; /* "36" → Province */
  JsonObject *districts; /* the old common suffixes of a city's own districts */
  GHashTable *ethnic;    /* code → name */
  GHashTable *fingers;   /* code → JsonObject */
};

static void
province_free(gpointer data)
{
  Province *self = data;

  g_ptr_array_unref(self->shorts);
  g_free(self);
}

static int
compare_codes(gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp(a, b);
}

static GArray *
read_spans(JsonNode *node)
{
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));

  if (!JSON_NODE_HOLDS_ARRAY(node)) {
    Span always = {json_node_get_string(node), 0, 0};
    g_array_append_val(spans, always);
    return spans;
  }
  JsonArray *list = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonArray *row = json_array_get_array_element(list, i);
    Span span = {json_array_get_string_element(row, 0), (int)json_array_get_int_element(row, 1),
                 (int)json_array_get_int_element(row, 2)};
    g_array_append_val(spans, span);
  }
  return spans;
}

static void
read_regions(DsTables *self, JsonObject *groups)
{
  JsonObjectIter group, member;
  const char *prefix, *suffix;
  JsonNode *members, *node;

  json_object_iter_init(&group, groups);
  while (json_object_iter_next(&group, &prefix, &members)) {
    json_object_iter_init(&member, json_node_get_object(members));
    while (json_object_iter_next(&member, &suffix, &node))
      g_tree_insert(self->regions, g_strconcat(prefix, suffix, NULL), read_spans(node));
  }
}

static void
read_provinces(DsTables *self, JsonObject *provinces)
{
  JsonObjectIter iter;
  const char *code;
  JsonNode *node;

  json_object_iter_init(&iter, provinces);
  while (json_object_iter_next(&iter, &code, &node)) {
    Province *province = g_new0(Province, 1);
    JsonArray *shorts = ds_json_array(json_node_get_object(node), "short");
    province->name = ds_json_string(json_node_get_object(node), "name");
    province->shorts = g_ptr_array_new();
    for (guint i = 0; shorts != NULL && i < json_array_get_length(shorts); i++)
      g_ptr_array_add(province->shorts, (gpointer)json_array_get_string_element(shorts, i));
    g_hash_table_insert(self->provinces, (gpointer)code, province);
  }
}

static void
read_codes(DsTables *self)
{
  JsonArray *groups = ds_json_array(json_node_get_object(self->documents[1]), "groups");
  JsonArray *fingers = ds_json_array(json_node_get_object(self->documents[2]), "positions");

  for (guint i = 0; i < json_array_get_length(groups); i++) {
    JsonObject *row = json_array_get_object_element(groups, i);
    g_hash_table_insert(self->ethnic, (gpointer)ds_json_string(row, "code"),
                        (gpointer)ds_json_string(row, "name"));
  }
  for (guint i = 0; i < json_array_get_length(fingers); i++) {
    JsonObject *row = json_array_get_object_element(fingers, i);
    g_hash_table_insert(self->fingers, (gpointer)ds_json_string(row, "code"), row);
  }
}

static void
free_spans(gpointer spans)
{
  g_array_unref(spans);
}

DsTables *
ds_tables_load(const char *dir, GError **error)
{
  static const char *const names[] = {"regions", "ethnic", "fingers"};
  g_autoptr(DsTables) self = g_new0(DsTables, 1);

  g_atomic_ref_count_init(&self->refs);
  self->regions = g_tree_new_full(compare_codes, NULL, g_free, free_spans);
  self->provinces = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, province_free);
  self->ethnic = g_hash_table_new(g_str_hash, g_str_equal);
  self->fingers = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    self->documents[i] = ds_schema_load_checked(dir, names[i], error);
    if (self->documents[i] == NULL)
      return NULL;
  }
  JsonObject *regions = json_node_get_object(self->documents[0]);
  self->districts = ds_json_object(regions, "districts");
  read_regions(self, ds_json_object(regions, "regions"));
  read_provinces(self, ds_json_object(regions, "provinces"));
  read_codes(self);
  return g_steal_pointer(&self);
}

DsTables *
ds_tables_ref(DsTables *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_tables_unref(DsTables *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_tree_unref(self->regions);
  g_hash_table_unref(self->provinces);
  g_hash_table_unref(self->ethnic);
  g_hash_table_unref(self->fingers);
  for (gsize i = 0; i < G_N_ELEMENTS(self->documents); i++)
    g_clear_pointer(&self->documents[i], json_node_unref);
  g_free(self);
}

/* The span of @code in @year; 0: the last one. */
static const Span *
find_span(const DsTables *self, const char *code, int year)
{
  GArray *spans = g_tree_lookup(self->regions, code);
  const Span *found = NULL;

  for (guint i = 0; spans != NULL && i < spans->len; i++) {
    const Span *span = &g_array_index(spans, Span, i);
    gboolean then = span->first <= year && (span->last == 0 || year <= span->last);
    if (year == 0 || then)
      found = span;
  }
  return found;
}

/* Numbers carry the old suffixes 01, 02, 11 and 20 of a city's own districts, which the yearly
 * lists leave out. */
static const char *
district_name(const DsTables *self, const char *code, int year)
{
  g_autofree char *city = NULL;

  if (strlen(code) != 6)
    return NULL;
  city = g_strdup_printf("%.4s00", code);
  return find_span(self, city, year) != NULL ? ds_json_string(self->districts, code + 4) : NULL;
}

const char *
ds_tables_region_name(const DsTables *self, const char *code, int year)
{
  const Span *span = find_span(self, code, year);

  return span != NULL ? span->name : district_name(self, code, year);
}

gboolean
ds_tables_region_known(const DsTables *self, const char *code, int year)
{
  return ds_tables_region_name(self, code, year) != NULL;
}

gboolean
ds_tables_region_current(const DsTables *self, const char *code)
{
  const Span *span = find_span(self, code, 0);

  return span != NULL && span->last == 0;
}

char *
ds_tables_region_path(const DsTables *self, const char *code)
{
  const char *own = ds_tables_region_name(self, code, 0);
  g_autoptr(GString) path = g_string_new(NULL);

  if (own == NULL)
    return NULL;
  g_autofree char *province = g_strdup_printf("%.2s", code);
  const Province *above = g_hash_table_lookup(self->provinces, province);
  if (above != NULL && !g_str_has_suffix(code, "0000"))
    g_string_append(path, above->name);
  g_autofree char *city = g_strdup_printf("%.4s00", code);
  const Span *prefecture = find_span(self, city, 0);
  if (prefecture != NULL && !g_str_has_suffix(code, "00"))
    g_string_append(path, prefecture->name);
  g_string_append(path, own);
  return g_string_free(g_steal_pointer(&path), FALSE);
}

typedef struct {
  const char *prefix;
  void (*visit)(const char *code, const char *name, gpointer data);
  gpointer data;
} Walk;

static gboolean
walk_region(gpointer code, gpointer value, gpointer data)
{
  const Walk *walk = data;
  GArray *spans = value;
  const Span *last = &g_array_index(spans, Span, spans->len - 1);

  if (g_str_has_prefix(code, walk->prefix) && last->last == 0)
    walk->visit(code, last->name, walk->data);
  return FALSE;
}

void
ds_tables_each_region(const DsTables *self, const char *prefix,
                      void (*visit)(const char *code, const char *name, gpointer data),
                      gpointer data)
{
  Walk walk = {prefix, visit, data};

  g_tree_foreach(self->regions, walk_region, &walk);
}

/* ---- a region from an address ---- */

typedef struct {
  const char *text;
  gboolean prefectures; /* look for …00 only, or for the others only */
  const char *code;     /* best so far */
  gsize length;         /* of its name */
  gboolean several;     /* another one has the same name */
} Match;

static void
match_region(const char *code, const char *name, gpointer data)
{
  Match *match = data;
  gsize length = strlen(name);

  if (g_str_has_suffix(code, "0000") || g_str_has_suffix(code, "00") != match->prefectures ||
      length < match->length || !g_str_has_prefix(match->text, name))
    return;
  match->several = length == match->length;
  match->code = code;
  match->length = length;
}

/* The deepest region below @province that @rest begins with, or NULL. Static in the tables. */
static const char *
region_below(const DsTables *self, const char *province, const char *rest)
{
  Match city = {.text = rest, .prefectures = TRUE};

  ds_tables_each_region(self, province, match_region, &city);
  const char *inner = rest + city.length;
  g_autofree char *prefix = city.code != NULL ? g_strndup(city.code, 4) : g_strdup(province);
  Match county = {.text = inner, .prefectures = FALSE};
  ds_tables_each_region(self, prefix, match_region, &county);
  if (county.code != NULL && !county.several)
    return county.code;
  return city.code;
}

char *
ds_tables_region_of_address(const DsTables *self, const char *address)
{
  GHashTableIter iter;
  gpointer code, value;
  const char *found;

  g_hash_table_iter_init(&iter, self->provinces);
  while (g_hash_table_iter_next(&iter, &code, &value)) {
    const Province *province = value;
    if (g_str_has_prefix(address, province->name)) {
      found = region_below(self, code, address + strlen(province->name));
      return found != NULL ? g_strdup(found) : g_strconcat(code, "0000", NULL);
    }
  }
  /* 吉安市 begins with Jilin's short name and lies in Jiangxi: a short name counts only when a
   * region of that province follows. */
  g_hash_table_iter_init(&iter, self->provinces);
  while (g_hash_table_iter_next(&iter, &code, &value)) {
    const Province *province = value;
    for (guint i = 0; i < province->shorts->len; i++) {
      const char *name = g_ptr_array_index(province->shorts, i);
      found =
          g_str_has_prefix(address, name) ? region_below(self, code, address + strlen(name)) : NULL;
      if (found != NULL)
        return g_strdup(found);
    }
  }
  return NULL;
}

/* ---- ethnic groups and fingers ---- */

const char *
ds_tables_ethnic_name(const DsTables *self, const char *code)
{
  return g_hash_table_lookup(self->ethnic, code);
}

const char *
ds_tables_finger_name(const DsTables *self, const char *code)
{
  return ds_json_string(g_hash_table_lookup(self->fingers, code), "zh");
}

const char *
ds_tables_finger_hand(const DsTables *self, const char *code)
{
  return ds_json_string(g_hash_table_lookup(self->fingers, code), "hand");
}
