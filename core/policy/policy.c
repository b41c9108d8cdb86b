/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pack.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "policy/json.h"
#include "policy/pack-rules.h"
#include "policy/schema.h"

#define MAX_PACK_SIZE (1024 * 1024)
#define MAX_ANCESTORS 8

struct _DsPolicy {
  gatomicrefcount refs;
  DsFactTable *facts;
  DsTables *tables;
  DsCalendar *calendar;
  DsSchema *pack_schema;
  GHashTable *services; /* id → DsService */
  GPtrArray *packs;     /* of DsPack */
};

/* ---- inheritance ---- */

static DsPack *
find_pack(const DsPolicy *self, const char *id, guint version)
{
  for (guint i = 0; i < self->packs->len; i++) {
    DsPack *pack = g_ptr_array_index(self->packs, i);
    if (g_str_equal(ds_pack_id(pack), id) && ds_pack_version(pack) == version)
      return pack;
  }
  return NULL;
}

/* @root with the members it lacks taken from the pack it extends. Dates never inherit: each pack
 * says itself from when it holds. (transfer full) */
static JsonNode *
with_inherited(const DsPolicy *self, JsonNode *root, const char *name, GError **error)
{
  static const char *const own[] = {"effective-until", "effective-note", "supersedes", "extends",
                                    NULL};
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
  JsonObject *extends = ds_json_object(object, "extends");
  const char *parent_id = ds_json_string(extends, "id");
  JsonObjectIter iter;
  const char *member;
  JsonNode *value;

  if (parent_id == NULL)
    return json_node_ref(root);
  guint version = (guint)CLAMP(ds_json_int(extends, "version", 0), 0, G_MAXINT);
  DsPack *parent = find_pack(self, parent_id, version);
  if (parent == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "%s: /extends: the pack %s version %u is not here; load it first", name, parent_id,
                version);
    return NULL;
  }
  JsonNode *merged = json_node_copy(root);
  JsonObject *whole = json_object_new();
  json_object_iter_init(&iter, ds_pack_root(parent));
  while (json_object_iter_next(&iter, &member, &value))
    if (!g_strv_contains(own, member) && !g_str_equal(member, "effective-from"))
      json_object_set_member(whole, member, json_node_ref(value));
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &member, &value))
    json_object_set_member(whole, member, json_node_ref(value));
  json_node_take_object(merged, whole);
  return merged;
}

/* ---- loading ---- */

/* Most trips bring the same packs: what is here already is not read twice. */
static DsPack *
find_bytes(const DsPolicy *self, GBytes *bytes)
{
  for (guint i = 0; i < self->packs->len; i++) {
    DsPack *pack = g_ptr_array_index(self->packs, i);
    if (g_bytes_equal(ds_pack_bytes(pack), bytes))
      return pack;
  }
  return NULL;
}

DsPack *
ds_policy_load_pack_bytes(DsPolicy *self, GBytes *bytes, const char *name, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data(bytes, &size);

  if (size > MAX_PACK_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s: %" G_GSIZE_FORMAT " bytes, a pack has at most %d", name, size, MAX_PACK_SIZE);
    return NULL;
  }
  DsPack *same = find_bytes(self, bytes);
  if (same != NULL)
    return ds_pack_ref(same);
  g_autoptr(JsonNode) raw = ds_json_parse(text != NULL ? text : "", (gssize)size, name, error);
  g_autoptr(JsonNode) root = raw != NULL ? with_inherited(self, raw, name, error) : NULL;
  if (root == NULL || !ds_schema_validate(self->pack_schema, root, name, error) ||
      !ds_pack_check(json_node_get_object(root), name, self->facts, self->tables, error))
    return NULL;
  g_autoptr(DsPack) pack = ds_pack_new(root, bytes, name, error);
  if (pack == NULL)
    return NULL;
  if (find_pack(self, ds_pack_id(pack), ds_pack_version(pack)) != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                "%s: the pack %s version %u is here already with other content; give the new one "
                "a higher version",
                name, ds_pack_id(pack), ds_pack_version(pack));
    return NULL;
  }
  g_ptr_array_add(self->packs, ds_pack_ref(pack));
  return g_steal_pointer(&pack);
}

void
ds_policy_drop_packs(DsPolicy *self, guint count)
{
  if (count < self->packs->len)
    g_ptr_array_set_size(self->packs, (gint)count);
}

static gboolean
load_pack(DsPolicy *self, const char *dir, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename(dir, file, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, MAX_PACK_SIZE, error);
  g_autoptr(DsPack) pack =
      bytes != NULL ? ds_policy_load_pack_bytes(self, bytes, file, error) : NULL;

  return pack != NULL;
}

/* Loads the packs of @dir; those whose parent comes later in the list are tried again. */
static gboolean
load_packs(DsPolicy *self, const char *dir, GError **error)
{
  g_autoptr(GPtrArray) files = ds_files_list(dir, error);

  if (files == NULL)
    return FALSE;
  for (guint round = 0; round <= MAX_ANCESTORS; round++) {
    gboolean waiting = FALSE;
    for (guint i = 0; i < files->len; i++) {
      const char *file = g_ptr_array_index(files, i);
      g_autoptr(GError) local = NULL;
      if (!g_str_has_suffix(file, ".json") || load_pack(self, dir, file, &local))
        continue;
      waiting = TRUE;
      if (round < MAX_ANCESTORS && g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND))
        continue;
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    if (!waiting)
      break;
  }
  return TRUE;
}

static gboolean
load_service(DsPolicy *self, const DsSchema *schema, const char *dir, const char *file,
             GError **error)
{
  g_autofree char *path = g_build_filename(dir, file, NULL);
  g_autoptr(JsonNode) root = ds_json_load(path, error);

  if (root == NULL || !ds_schema_validate(schema, root, file, error))
    return FALSE;
  g_autoptr(DsService) service = ds_service_new(root, error);
  if (service == NULL) {
    g_prefix_error(error, "%s: ", file);
    return FALSE;
  }
  if (!ds_service_check(service, file, self->facts, error))
    return FALSE;
  const char *id = ds_service_id(service);
  g_hash_table_insert(self->services, (gpointer)id, g_steal_pointer(&service));
  return TRUE;
}

static gboolean
load_services(DsPolicy *self, const char *dir, const DsSchema *schema, GError **error)
{
  g_autoptr(GPtrArray) files = ds_files_list(dir, error);

  for (guint i = 0; files != NULL && i < files->len; i++) {
    const char *file = g_ptr_array_index(files, i);
    if (g_str_has_suffix(file, ".json") && !load_service(self, schema, dir, file, error))
      return FALSE;
  }
  return files != NULL;
}

static gboolean
load_tables(DsPolicy *self, const char *dir, GError **error)
{
  g_autofree char *tables = g_build_filename(dir, "tables", NULL);
  g_autofree char *days = g_build_filename(tables, "working-days.json", NULL);
  g_autoptr(JsonNode) facts = ds_schema_load_checked(dir, "facts", error);

  if (facts == NULL)
    return FALSE;
  self->facts = ds_fact_table_new(facts, error);
  self->tables = self->facts != NULL ? ds_tables_load(tables, error) : NULL;
  self->calendar = self->tables != NULL ? ds_calendar_load(days, error) : NULL;
  return self->calendar != NULL;
}

DsPolicy *
ds_policy_load(const char *dir, GError **error)
{
  g_autoptr(DsPolicy) self = g_new0(DsPolicy, 1);
  g_autofree char *services = g_build_filename(dir, "services", NULL);
  g_autofree char *packs = g_build_filename(dir, "jurisdictions", NULL);
  g_autofree char *service_rules = g_build_filename(dir, "service.schema.json", NULL);
  g_autofree char *pack_rules = g_build_filename(dir, "jurisdiction.schema.json", NULL);

  g_atomic_ref_count_init(&self->refs);
  self->packs = g_ptr_array_new_with_free_func((GDestroyNotify)ds_pack_unref);
  self->services =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)ds_service_unref);
  g_autoptr(DsSchema) service_schema = ds_schema_load(service_rules, error);
  if (service_schema == NULL)
    return NULL;
  self->pack_schema = ds_schema_load(pack_rules, error);
  if (self->pack_schema == NULL || !load_tables(self, dir, error) ||
      !load_services(self, services, service_schema, error) || !load_packs(self, packs, error))
    return NULL;
  return g_steal_pointer(&self);
}

DsPolicy *
ds_policy_ref(DsPolicy *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
ds_policy_unref(DsPolicy *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  ds_fact_table_unref(self->facts);
  ds_tables_unref(self->tables);
  ds_calendar_unref(self->calendar);
  ds_schema_free(self->pack_schema);
  g_hash_table_unref(self->services);
  g_ptr_array_unref(self->packs);
  g_free(self);
}

/* ---- choosing ---- */

/* Has @pack begun by @day, and not ended? */
static gboolean
in_force(const DsPack *pack, const GDate *day)
{
  GDate from, until;

  return ds_pack_effective_from(pack, &from) && g_date_compare(&from, day) <= 0 &&
         (!ds_pack_effective_until(pack, &until) || g_date_compare(day, &until) <= 0);
}

static gboolean
supersedes(const DsPack *pack, const DsPack *other)
{
  JsonArray *list = ds_json_array(ds_pack_root(pack), "supersedes");

  if (g_str_equal(ds_pack_id(pack), ds_pack_id(other)))
    return ds_pack_version(pack) > ds_pack_version(other);
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++)
    if (g_str_equal(json_array_get_string_element(list, i), ds_pack_id(other)))
      return TRUE;
  return FALSE;
}

static gboolean
is_candidate(const DsPack *pack, const char *jurisdiction, const char *service_id)
{
  return g_str_equal(ds_pack_jurisdiction(pack), jurisdiction) &&
         (service_id == NULL || ds_pack_has_service(pack, service_id));
}

/* Superseded once a successor has begun, even if that successor has ended since. */
static gboolean
is_superseded(const DsPolicy *self, const DsPack *pack, const char *jurisdiction,
              const char *service_id, const GDate *day)
{
  GDate from;

  for (guint i = 0; i < self->packs->len; i++) {
    const DsPack *other = g_ptr_array_index(self->packs, i);
    if (other != pack && is_candidate(other, jurisdiction, service_id) && supersedes(other, pack) &&
        ds_pack_effective_from(other, &from) && g_date_compare(&from, day) <= 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_later(const DsPack *pack, const DsPack *best)
{
  GDate from, best_from;

  if (!ds_pack_effective_from(pack, &from) || !ds_pack_effective_from(best, &best_from))
    return FALSE;
  int order = g_date_compare(&from, &best_from);
  return order > 0 || (order == 0 && ds_pack_version(pack) > ds_pack_version(best));
}

static void
say_not_found(const DsPolicy *self, const char *jurisdiction, const char *service_id,
              const GDate *day, GError **error)
{
  g_autoptr(GString) covered = g_string_new(NULL);
  g_autofree char *on = ds_date_format(day);

  for (guint i = 0; i < self->packs->len; i++) {
    const DsPack *pack = g_ptr_array_index(self->packs, i);
    const char *until = ds_json_string(ds_pack_root(pack), "effective-until");
    if (is_candidate(pack, jurisdiction, service_id))
      g_string_append_printf(covered, "%s %s version %u from %s%s%s", covered->len > 0 ? "," : "",
                             ds_pack_id(pack), ds_pack_version(pack),
                             ds_json_string(ds_pack_root(pack), "effective-from"),
                             until != NULL ? " until " : "", until != NULL ? until : "");
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
              "no rule pack of %s%s%s is in force on %s (here are:%s); ask the station for one",
              jurisdiction, service_id != NULL ? " for " : "", service_id != NULL ? service_id : "",
              on, covered->len > 0 ? covered->str : " none");
}

DsPack *
ds_policy_pack_for(DsPolicy *self, const char *jurisdiction, const char *service_id,
                   const GDate *day, GError **error)
{
  DsPack *best = NULL;

  for (guint i = 0; i < self->packs->len; i++) {
    DsPack *pack = g_ptr_array_index(self->packs, i);
    if (is_candidate(pack, jurisdiction, service_id) && in_force(pack, day) &&
        !is_superseded(self, pack, jurisdiction, service_id, day) &&
        (best == NULL || is_later(pack, best)))
      best = pack;
  }
  if (best == NULL) {
    say_not_found(self, jurisdiction, service_id, day, error);
    return NULL;
  }
  return ds_pack_ref(best);
}

DsPack *
ds_policy_pack_by_id(DsPolicy *self, const char *id, guint version, const char *sha256,
                     GError **error)
{
  DsPack *pack = find_pack(self, id, version);

  if (pack == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the pack %s version %u is not here", id,
                version);
    return NULL;
  }
  if (sha256 == NULL || g_str_equal(ds_pack_sha256(pack), sha256))
    return ds_pack_ref(pack);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "the pack %s version %u has digest %s, the case keeps %s", id, version,
              ds_pack_sha256(pack), sha256);
  return NULL;
}

guint
ds_policy_pack_count(const DsPolicy *self)
{
  return self->packs->len;
}

DsPack *
ds_policy_pack_at(const DsPolicy *self, guint index)
{
  g_return_val_if_fail(index < self->packs->len, NULL);
  return g_ptr_array_index(self->packs, index);
}

DsService *
ds_policy_service(DsPolicy *self, const char *id, GError **error)
{
  DsService *service = g_hash_table_lookup(self->services, id);

  if (service == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no service \"%s\"", id);
  return service;
}

DsFactTable *
ds_policy_fact_table(DsPolicy *self)
{
  return self->facts;
}

DsTables *
ds_policy_tables(DsPolicy *self)
{
  return self->tables;
}

DsCalendar *
ds_policy_calendar(DsPolicy *self)
{
  return self->calendar;
}

DsFacts *
ds_policy_facts(DsPolicy *self, DsView *view)
{
  return ds_facts_from_view(self->facts, self->tables, view);
}
