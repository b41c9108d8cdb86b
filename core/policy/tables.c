/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/tables.h"

#include <string.h>

#include "base/error.h"
#include "policy/json.h"
#include "policy/schema.h"

/* One name of a region over some years; 0 is open. */
typedef struct {
  char code[7];
  const char *name; /* into one of the buffers */
  int first;
  int last;
} Span;

typedef struct {
  const char *name;
  GPtrArray *shorts; /* short names, longest first; owned by the document */
} Province;

struct _DsTables {
  gatomicrefcount refs;
  JsonNode *documents[4];
  GArray *spans;         /* of Span, by code, then year */
  GPtrArray *buffers;    /* the texts that names point into */
  GHashTable *provinces; /* "36" → Province */
  JsonObject *districts; /* the old common suffixes of a city's own districts */
  GHashTable *ethnic;    /* code → name */
  GHashTable *fingers;   /* code → JsonObject */
  GHashTable *police;    /* id → JsonObject */
  JsonArray *retired;    /* regions that became part of another */
};

static void
province_free(gpointer data)
{
  Province *self = data;

  g_ptr_array_unref(self->shorts);
  g_free(self);
}

/* Cuts "02 章贡区 1998-" in place. */
static void
read_span(Span *span, const char *prefix, char *row)
{
  char *name = strchr(row, ' ') + 1; /* the schema's pattern has seen to both */
  char *years = strchr(name, ' ') + 1;

  name[-1] = years[-1] = '\0';
  g_snprintf(span->code, sizeof span->code, "%s%s", prefix, row);
  span->name = name;
  span->first = (int)g_ascii_strtoll(years, NULL, 10);
  span->last = (int)g_ascii_strtoll(strchr(years, '-') + 1, NULL, 10);
}

static gboolean
read_group(DsTables *self, const char *prefix, const char *text, GError **error)
{
  char *row = g_strdup(text);

  g_ptr_array_add(self->buffers, row);
  while (row != NULL) {
    char *next = strchr(row, ';');
    Span span;
    if (next != NULL)
      *next++ = '\0';
    read_span(&span, prefix, row);
    if (self->spans->len > 0) {
      const Span *before = &g_array_index(self->spans, Span, self->spans->len - 1);
      if (strcmp(span.code, before->code) < 0) {
        g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                    "regions.json: /regions/%s: %s stands after %s", prefix, span.code,
                    before->code);
        return FALSE;
      }
    }
    g_array_append_val(self->spans, span);
    row = next;
  }
  return TRUE;
}

static gboolean
read_regions(DsTables *self, JsonObject *groups, GError **error)
{
  JsonObjectIter iter;
  const char *prefix;
  JsonNode *node;

  json_object_iter_init_ordered(&iter, groups);
  while (json_object_iter_next_ordered(&iter, &prefix, &node))
    if (!read_group(self, prefix, json_node_get_string(node), error))
      return FALSE;
  return TRUE;
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
  JsonArray *police = ds_json_array(json_node_get_object(self->documents[3]), "units");

  for (guint i = 0; i < json_array_get_length(groups); i++) {
    JsonObject *row = json_array_get_object_element(groups, i);
    g_hash_table_insert(self->ethnic, (gpointer)ds_json_string(row, "code"),
                        (gpointer)ds_json_string(row, "name"));
  }
  for (guint i = 0; i < json_array_get_length(fingers); i++) {
    JsonObject *row = json_array_get_object_element(fingers, i);
    g_hash_table_insert(self->fingers, (gpointer)ds_json_string(row, "code"), row);
  }
  for (guint i = 0; i < json_array_get_length(police); i++) {
    JsonObject *row = json_array_get_object_element(police, i);
    g_hash_table_insert(self->police, (gpointer)ds_json_string(row, "id"), row);
  }
  self->retired = ds_json_array(json_node_get_object(self->documents[3]), "retired");
}

DsTables *
ds_tables_load(const char *dir, GError **error)
{
  static const char *const names[] = {"regions", "ethnic", "fingers", "police-units"};
  g_autoptr(DsTables) self = g_new0(DsTables, 1);

  g_atomic_ref_count_init(&self->refs);
  self->spans = g_array_new(FALSE, FALSE, sizeof(Span));
  self->buffers = g_ptr_array_new_with_free_func(g_free);
  self->provinces = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, province_free);
  self->ethnic = g_hash_table_new(g_str_hash, g_str_equal);
  self->fingers = g_hash_table_new(g_str_hash, g_str_equal);
  self->police = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    self->documents[i] = ds_schema_load_checked(dir, names[i], error);
    if (self->documents[i] == NULL)
      return NULL;
  }
  JsonObject *regions = json_node_get_object(self->documents[0]);
  self->districts = ds_json_object(regions, "districts");
  if (!read_regions(self, ds_json_object(regions, "regions"), error))
    return NULL;
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
  g_array_unref(self->spans);
  g_ptr_array_unref(self->buffers);
  g_hash_table_unref(self->provinces);
  g_hash_table_unref(self->ethnic);
  g_hash_table_unref(self->fingers);
  g_hash_table_unref(self->police);
  for (gsize i = 0; i < G_N_ELEMENTS(self->documents); i++)
    g_clear_pointer(&self->documents[i], json_node_unref);
  g_free(self);
}

/* Index of the first span whose code is not before @code. */
static guint
lower_bound(const DsTables *self, const char *code)
{
  guint low = 0, high = self->spans->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (strcmp(g_array_index(self->spans, Span, middle).code, code) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The span of @code in @year; 0: the last one. */
static const Span *
find_span(const DsTables *self, const char *code, int year)
{
  const Span *found = NULL;

  for (guint i = lower_bound(self, code); i < self->spans->len; i++) {
    const Span *span = &g_array_index(self->spans, Span, i);
    gboolean then = span->first <= year && (span->last == 0 || year <= span->last);
    if (!g_str_equal(span->code, code))
      break;
    if (year == 0 || then)
      found = span;
  }
  return found;
}

/* Numbers carry the old suffixes 01, 02, 11 and 20 of a city's own districts, where the yearly
 * lists do not use the code. */
static const char *
district_name(const DsTables *self, const char *code, int year)
{
  g_autofree char *city = NULL;

  if (strlen(code) != 6 || find_span(self, code, 0) != NULL)
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

void
ds_tables_each_region(const DsTables *self, const char *prefix,
                      void (*visit)(const char *code, const char *name, gpointer data),
                      gpointer data)
{
  for (guint i = lower_bound(self, prefix); i < self->spans->len; i++) {
    const Span *span = &g_array_index(self->spans, Span, i);
    if (!g_str_has_prefix(span->code, prefix))
      break;
    if (span->last == 0)
      visit(span->code, span->name, data);
  }
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

/* The region that one below @prefix has become whose old name @rest begins with, or NULL. */
static const char *
retired_below(const DsTables *self, const char *prefix, const char *rest)
{
  for (guint i = 0; i < json_array_get_length(self->retired); i++) {
    JsonObject *row = json_array_get_object_element(self->retired, i);
    if (g_str_has_prefix(ds_json_string(row, "code"), prefix) &&
        g_str_has_prefix(rest, ds_json_string(row, "name")))
      return ds_json_string(row, "now");
  }
  return NULL;
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
  const char *now = county.code == NULL ? retired_below(self, prefix, inner) : NULL;
  return now != NULL ? now : city.code;
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

const char *
ds_tables_region_now(const DsTables *self, const char *code)
{
  for (guint i = 0; i < json_array_get_length(self->retired); i++) {
    JsonObject *row = json_array_get_object_element(self->retired, i);
    if (g_str_equal(ds_json_string(row, "code"), code))
      return ds_json_string(row, "now");
  }
  return code;
}

/* ---- police units, ethnic groups and fingers ---- */

const char *
ds_tables_police_unit_name(const DsTables *self, const char *id)
{
  return ds_json_string(g_hash_table_lookup(self->police, id), "name");
}

gboolean
ds_tables_police_unit_reaches(const DsTables *self, const char *id, const char *county)
{
  JsonObject *unit = g_hash_table_lookup(self->police, id);
  JsonArray *list = unit != NULL ? ds_json_array(unit, "area-in") : NULL;

  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++)
    if (g_str_equal(json_array_get_string_element(list, i), county))
      return TRUE;
  return FALSE;
}

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
