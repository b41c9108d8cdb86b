/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pack must keep to beyond its schema. */
#include "policy/pack-rules.h"

#include "base/clock.h"
#include "base/error.h"
#include "policy/json.h"
#include "policy/logic.h"

typedef struct {
  const char *name; /* of the file */
  const DsFactTable *facts;
  const DsTables *tables; /* NULL for a service */
} Checker;

static gboolean G_GNUC_PRINTF(4, 5)
    fail(const Checker *self, const char *path, GError **error, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  g_autofree char *reason = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: %s: %s", self->name, path, reason);
  return FALSE;
}

/* The rule's operators exist and its facts are declared. @rule may be NULL. */
static gboolean
check_logic(const Checker *self, JsonNode *rule, const char *path, GError **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *at = g_strdup_printf("%s: %s", self->name, path);
  GHashTableIter iter;
  gpointer name;

  if (rule == NULL)
    return TRUE;
  if (!ds_logic_check(rule, at, names, error))
    return FALSE;
  g_hash_table_iter_init(&iter, names);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    if (ds_fact_table_find(self->facts, name) == NULL)
      return fail(self, path, error, "the fact \"%s\" is not declared in facts.json", (char *)name);
  return TRUE;
}

static gboolean
check_date(const Checker *self, JsonObject *object, const char *member, const char *path,
           GError **error)
{
  const char *text = ds_json_string(object, member);
  GDate day;

  if (text == NULL || ds_date_parse(&day, text))
    return TRUE;
  return fail(self, path, error, "%s: %s is no date", member, text);
}

static gboolean
check_order(const Checker *self, JsonObject *object, const char *from, const char *until,
            const char *path, GError **error)
{
  const char *first = ds_json_string(object, from), *last = ds_json_string(object, until);

  if (!check_date(self, object, from, path, error) || !check_date(self, object, until, path, error))
    return FALSE;
  if (first != NULL && last != NULL && g_strcmp0(first, last) > 0)
    return fail(self, path, error, "%s is before %s", until, from);
  return TRUE;
}

static gboolean
on_list(JsonObject *root, const char *code)
{
  JsonArray *refusals = ds_json_array(root, "refusals");

  for (guint i = 0; i < json_array_get_length(refusals); i++)
    if (g_strcmp0(ds_json_string(json_array_get_object_element(refusals, i), "code"), code) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_kinds(const Checker *self, JsonObject *row, const char *path, GError **error)
{
  JsonArray *any = ds_json_array(row, "any");

  for (guint i = 0; any != NULL && i < json_array_get_length(any); i++) {
    JsonNode *item = json_array_get_element(any, i);
    g_autofree char *at = g_strdup_printf("%s/any/%u", path, i);
    if (JSON_NODE_HOLDS_OBJECT(item) &&
        !check_logic(self, json_object_get_member(json_node_get_object(item), "when"), at, error))
      return FALSE;
  }
  return TRUE;
}

/* The facts and police units that a list of texts names. */
static gboolean
check_names(const Checker *self, JsonArray *names, const char *path, gboolean units, GError **error)
{
  for (guint i = 0; names != NULL && i < json_array_get_length(names); i++) {
    const char *name = json_array_get_string_element(names, i);
    if (units && ds_tables_police_unit_name(self->tables, name) == NULL)
      return fail(self, path, error, "the police unit \"%s\" is not in tables/police-units.json",
                  name);
    if (!units && ds_fact_table_find(self->facts, name) == NULL)
      return fail(self, path, error, "the fact \"%s\" is not declared in facts.json", name);
  }
  return TRUE;
}

/* One row of any list: condition, dates, reference to the closed list, fact, police units. */
static gboolean
check_row(const Checker *self, JsonObject *root, JsonObject *row, const char *path, GError **error)
{
  const char *refusal = ds_json_string(row, "refusal"), *fact = ds_json_string(row, "fact");

  if (fact == NULL)
    fact = ds_json_string(row, "field");
  if (refusal != NULL && !on_list(root, refusal))
    return fail(self, path, error, "the refusal %s is not on the closed list /refusals", refusal);
  if (fact != NULL && ds_fact_table_find(self->facts, fact) == NULL)
    return fail(self, path, error, "the fact \"%s\" is not declared in facts.json", fact);
  return check_logic(self, json_object_get_member(row, "when"), path, error) &&
         check_order(self, row, "from", "until", path, error) &&
         check_kinds(self, row, path, error) &&
         check_names(self, ds_json_array(row, "bureaus"), path, TRUE, error);
}

/* @key: the member that must be unique among the rows of root/@member, or NULL. */
static gboolean
check_rows(const Checker *self, JsonObject *root, JsonArray *rows, const char *member,
           const char *key, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    g_autofree char *path = g_strdup_printf("/%s/%u", member, i);
    const char *id = key != NULL ? ds_json_string(row, key) : NULL;
    if (id != NULL && !g_hash_table_add(seen, (gpointer)id))
      return fail(self, path, error, "%s \"%s\" stands twice", key, id);
    if (!check_row(self, root, row, path, error))
      return FALSE;
    g_autofree char *inner = g_strconcat(path + 1, "/reliefs", NULL);
    if (!check_rows(self, root, ds_json_array(row, "reliefs"), inner, "id", error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_pack_check(JsonObject *root, const char *name, const DsFactTable *facts, const DsTables *tables,
              GError **error)
{
  static const char *const lists[][2] = {
      {"refusals", "code"}, {"rules", "id"},     {"documents", "id"},
      {"checks", "id"},     {"fees", "id"},      {"settlement", "id"},
      {"deadlines", "id"},  {"pickup", "mode"},  {"temporary-papers", "id"},
      {"texts", "id"},      {"districts", "id"}, {"kit", "id"}};
  static const char *const routes[] = {"systems", "signing", "producers"};
  Checker self = {.name = name, .facts = facts, .tables = tables};

  if (!check_order(&self, root, "effective-from", "effective-until", "/", error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    if (!check_rows(&self, root, ds_json_array(root, lists[i][0]), lists[i][0], lists[i][1], error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
    g_autofree char *member = g_strconcat("routes/", routes[i], NULL);
    JsonArray *rows = ds_json_array(ds_json_object(root, "routes"), routes[i]);
    if (!check_rows(&self, root, rows, member, NULL, error))
      return FALSE;
  }
  JsonObject *comparison = ds_json_object(root, "comparison");
  return comparison == NULL || check_names(&self, ds_json_array(comparison, "fields"),
                                           "/comparison/fields", FALSE, error);
}

gboolean
ds_service_check(DsService *service, const char *name, const DsFactTable *facts, GError **error)
{
  Checker self = {.name = name, .facts = facts};

  for (guint i = 0; i < ds_service_step_count(service); i++) {
    g_autofree char *path = g_strdup_printf("/steps/%u/when", i);
    if (!check_logic(&self, ds_service_step(service, i)->when, path, error))
      return FALSE;
  }
  return TRUE;
}
