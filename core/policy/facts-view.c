/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts of a case view: what was entered, by declared type, and what follows from it. */
#include "policy/facts.h"

#include <string.h>

#include "base/clock.h"
#include "policy/json.h"
#include "policy/logic-value.h"
#include "policy/place.h"

typedef struct {
  DsFactTable *table;
  DsTables *tables;
  DsView *view;
} Source;

static void
source_free(gpointer data)
{
  Source *self = data;

  ds_fact_table_unref(self->table);
  ds_tables_unref(self->tables);
  ds_view_unref(self->view);
  g_free(self);
}

static JsonNode *
take_list(JsonArray *list)
{
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  json_node_take_array(node, list);
  return node;
}

static JsonNode *
list_of_words(const char *text)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  JsonArray *list = json_array_new();

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      json_array_add_string_element(list, *word);
  return take_list(list);
}

/* @text as its declared type; NULL when it has no such form: then nobody knows it yet. */
static JsonNode *
typed(const char *text, DsFactType type)
{
  gint64 number;
  GDate day;

  switch (type) {
  case DS_FACT_BOOL:
    if (!g_str_equal(text, "true") && !g_str_equal(text, "false"))
      return NULL;
    return ds_js_bool(g_str_equal(text, "true"));
  case DS_FACT_INTEGER:
    return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL)
               ? json_node_init_int(json_node_alloc(), number)
               : NULL;
  case DS_FACT_DATE:
    return ds_date_parse(&day, text) ? ds_js_text(text) : NULL;
  case DS_FACT_LIST:
    return list_of_words(text);
  case DS_FACT_TEXT:
  default:
    return ds_js_text(text);
  }
}

static const char *
text_of(const Source *self, const char *name)
{
  const char *text = ds_view_fact(self->view, name);

  return text != NULL ? text : ds_view_field(self->view, name);
}

static gboolean
date_of(const Source *self, const char *name, GDate *day)
{
  const char *text = text_of(self, name);

  return text != NULL && ds_date_parse(day, text);
}

/* -1 when birth or day are not known, or birth is later. */
static int
age_of(const Source *self, GDate *birth, GDate *day)
{
  if (!date_of(self, "applicant.birth", birth) || !date_of(self, "case.day", day))
    return -1;
  return ds_age_on(birth, day);
}

static JsonNode *
age_fact(const Source *self, const char *name)
{
  GDate birth, day, reached;
  int age = age_of(self, &birth, &day);
  int next = age < 16 ? 16 : age < 26 ? 26 : 46;

  if (age < 0)
    return NULL;
  if (g_str_equal(name, "age"))
    return ds_js_number(age);
  if (g_str_equal(name, "validity.years"))
    return ds_js_number(ds_validity_years(age));
  if (age >= 46)
    return ds_js_null();
  g_date_clear(&reached, 1);
  ds_age_reached(&birth, next, &reached);
  if (g_str_equal(name, "validity.days-to-next-age"))
    return ds_js_number(g_date_days_between(&day, &reached));
  g_autofree char *text = ds_date_format(&reached);
  return ds_js_text(text);
}

static JsonNode *
kinship_fact(const Source *self)
{
  const char *same = text_of(self, "kinship.same-household");
  const char *shown = text_of(self, "kinship.birth-certificate-shows-guardian");

  if (g_strcmp0(same, "true") == 0)
    return ds_js_text("K1");
  if (same == NULL || shown == NULL)
    return NULL;
  return ds_js_text(g_str_equal(shown, "true") ? "K2" : "K3");
}

static JsonNode *
take_text(char *text)
{
  g_autofree char *owned = text;

  return owned != NULL ? ds_js_text(owned) : NULL;
}

/* (transfer full) */
static char *
hukou_region(const Source *self)
{
  const char *address = text_of(self, "applicant.address");

  return self->tables != NULL && address != NULL
             ? ds_tables_region_of_address(self->tables, address)
             : NULL;
}

static const char *
region_now(const Source *self, const char *name)
{
  const char *code = text_of(self, name);

  return code != NULL && self->tables != NULL ? ds_tables_region_now(self->tables, code) : code;
}

static JsonNode *
region_fact(const Source *self, const char *name)
{
  const char *level = strchr(name, '.') + 1;

  if (g_str_has_prefix(name, "hukou.")) {
    g_autofree char *code = hukou_region(self);
    return take_text(ds_place_level(code, level));
  }
  return take_text(ds_place_level(
      region_now(self, g_str_has_prefix(name, "unit.") ? "unit.region" : "residence.region"),
      level));
}

static JsonNode *
category_fact(const Source *self)
{
  g_autofree char *code = hukou_region(self);
  DsPlace home = {.region = code,
                  .bureau = text_of(self, "applicant.police-bureau"),
                  .station = text_of(self, "applicant.police-station")};
  DsPlace here = {.region = text_of(self, "unit.region"),
                  .bureau = text_of(self, "unit.police-bureau"),
                  .station = text_of(self, "unit.police-station")};
  const char *category =
      self->tables != NULL ? ds_place_category(self->tables, &home, &here) : NULL;

  return category != NULL ? ds_js_text(category) : NULL;
}

/* Expired and damaged cards are renewed (换领), lost ones replaced (补领). */
static JsonNode *
renewal_fact(const Source *self)
{
  const char *reason = text_of(self, "application.reason");

  return reason != NULL
             ? ds_js_bool(g_str_equal(reason, "expired") || g_str_equal(reason, "damaged"))
             : NULL;
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static JsonNode *
sorted_list(GHashTable *set)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  JsonArray *list = json_array_new();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init(&iter, set);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    g_ptr_array_add(names, name);
  g_ptr_array_sort(names, compare_texts);
  for (guint i = 0; i < names->len; i++)
    json_array_add_string_element(list, g_ptr_array_index(names, i));
  return take_list(list);
}

static void
add_part_kinds(const Source *self, DsSlot slot, GHashTable *set)
{
  for (guint i = 0; i < ds_view_part_count(self->view); i++) {
    const DsPart *part = ds_view_part(self->view, i);
    if (part->slot == slot)
      g_hash_table_add(set, g_strdup(part->kind));
  }
}

/* Kinds whose original the officer saw, or that were scanned. */
static JsonNode *
documents_fact(const Source *self)
{
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) names = ds_view_field_names(self->view);

  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (g_str_has_prefix(name, "document.") && g_str_has_suffix(name, ".sighted") &&
        strlen(name) > strlen("document..sighted") && ds_view_field_is_true(self->view, name))
      g_hash_table_add(
          set, g_strndup(name + strlen("document."), strlen(name) - strlen("document..sighted")));
  }
  add_part_kinds(self, DS_SLOT_DOCUMENT, set);
  return sorted_list(set);
}

/* Signers whose signature is there and stands under what the case says now. */
static JsonNode *
signatures_fact(const Source *self)
{
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const char *stale = text_of(self, "signatures.stale");
  g_auto(GStrv) words = g_strsplit(stale != NULL ? stale : "", " ", -1);

  add_part_kinds(self, DS_SLOT_SIGNATURE, set);
  for (char **word = words; *word != NULL; word++)
    g_hash_table_remove(set, *word);
  return sorted_list(set);
}

static JsonNode *
count_fact(const Source *self, const char *name)
{
  DsSlot slot = ds_slot_parse(name + strlen("parts."));

  return slot != 0 ? ds_js_number(ds_view_count_parts(self->view, slot, NULL)) : NULL;
}

static JsonNode *
fingerprints_fact(const Source *self)
{
  int recorded = (ds_view_field(self->view, "fingerprint.1.result") != NULL) +
                 (ds_view_field(self->view, "fingerprint.2.result") != NULL);

  return ds_js_number(recorded);
}

/* hukou.county, unit.province, residence.prefecture … */
static gboolean
is_level(const char *name)
{
  static const char *const groups[] = {"hukou.", "unit.", "residence."};
  static const char *const levels[] = {"province", "prefecture", "county"};

  for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
    for (gsize j = 0; j < G_N_ELEMENTS(levels); j++)
      if (g_str_has_prefix(name, groups[i]) && g_str_equal(name + strlen(groups[i]), levels[j]))
        return TRUE;
  return FALSE;
}

/* Facts that follow from others. *@derived says whether @name is one of them. */
static JsonNode *
derived_fact(const Source *self, const char *name, gboolean *derived)
{
  *derived = TRUE;
  if (g_str_equal(name, "age") || g_str_has_prefix(name, "validity."))
    return age_fact(self, name);
  if (g_str_equal(name, "documents"))
    return documents_fact(self);
  if (g_str_equal(name, "signatures"))
    return signatures_fact(self);
  if (g_str_equal(name, "signatures.stale"))
    return list_of_words("");
  if (g_str_equal(name, "fingerprints.recorded"))
    return fingerprints_fact(self);
  if (g_str_has_prefix(name, "parts."))
    return count_fact(self, name);
  if (g_str_equal(name, "kinship.case"))
    return kinship_fact(self);
  if (g_str_equal(name, "application.category"))
    return category_fact(self);
  if (g_str_equal(name, "application.is-renewal"))
    return renewal_fact(self);
  if (is_level(name))
    return region_fact(self, name);
  *derived = FALSE;
  return NULL;
}

static JsonNode *
lookup(const char *name, gpointer data)
{
  Source *self = data;
  const DsFactSpec *spec = self->table != NULL ? ds_fact_table_find(self->table, name) : NULL;
  const char *text = text_of(self, name);
  gboolean derived;

  if (text != NULL)
    return typed(text, spec != NULL ? spec->type : DS_FACT_TEXT);
  JsonNode *node = derived_fact(self, name, &derived);
  if (node != NULL || derived)
    return node;
  return spec != NULL && spec->absent != NULL ? json_node_ref(spec->absent) : NULL;
}

DsFacts *
ds_facts_from_view(DsFactTable *table, DsTables *tables, DsView *view)
{
  Source *source = g_new0(Source, 1);

  source->table = table != NULL ? ds_fact_table_ref(table) : NULL;
  source->tables = tables != NULL ? ds_tables_ref(tables) : NULL;
  source->view = ds_view_ref(view);
  return ds_facts_new(table, lookup, source, source_free);
}
