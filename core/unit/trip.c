/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/trip.h"

#include <string.h>

#include "base/error.h"
#include "model/cbor.h"
#include "policy/json.h"
#include "unit/pack.h"
#include "unit/unit-private.h"
#include "vault/journal.h"
#include "vault/trip.h"

#define ROSTER_ROWS_MAX 100000
#define FACT_PREFIX "fact:"

static const char *
need_field(const DsRecord *record, const char *name, GError **error)
{
  const char *value = g_hash_table_lookup(record->fields, name);

  if (value == NULL || *value == '\0') {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the dispatch lacks %s", name);
    return NULL;
  }
  return value;
}

/* Where exactly the trip accepts, where the station says so. */
static const struct {
  const char *field; /* of the dispatch */
  const char *data;  /* of the trip in the vault: FACT_PREFIX and the fact */
} facts[] = {
    {"trip.police-station", FACT_PREFIX "unit.police-station"},
    {"trip.police-bureau", FACT_PREFIX "unit.police-bureau"},
};

static gboolean
add_facts(DsUnit *self, const char *trip, const DsRecord *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
    const char *value = g_hash_table_lookup(record->fields, facts[i].field);
    if (value == NULL || *value == '\0')
      continue;
    g_autoptr(GBytes) bytes = g_bytes_new(value, strlen(value));
    if (!ds_vault_set_trip_data(self->vault, trip, facts[i].data, bytes, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ds_unit_trip_add_facts(DsUnit *self, DsView *view, const char *trip, GError **error)
{
  g_autoptr(GPtrArray) names = ds_vault_trip_data_names(self->vault, trip, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    gsize size = 0;
    if (!g_str_has_prefix(name, FACT_PREFIX))
      continue;
    g_autoptr(GBytes) bytes = ds_vault_trip_data(self->vault, trip, name, error);
    if (bytes == NULL)
      return FALSE;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *value = g_strndup(data, size);
    ds_view_set_fact(view, name + strlen(FACT_PREFIX), value);
  }
  return TRUE;
}

static gboolean
add_trip(DsUnit *self, const DsDigest *bundle, const DsRecord *record, GError **error)
{
  DsVaultTrip trip = {.dispatch = *bundle, .state = DS_TRIP_OPEN};

  trip.id = (char *)need_field(record, "trip.id", error);
  trip.name = trip.id != NULL ? (char *)need_field(record, "trip.name", error) : NULL;
  trip.day = trip.name != NULL ? (char *)need_field(record, "trip.day", error) : NULL;
  trip.jurisdiction =
      trip.day != NULL ? (char *)need_field(record, "trip.jurisdiction", error) : NULL;
  trip.region = trip.jurisdiction != NULL ? (char *)need_field(record, "trip.region", error) : NULL;
  if (trip.region == NULL)
    return FALSE;
  g_autoptr(DsVaultTrip) known = ds_vault_trip(self->vault, trip.id, NULL);
  return ds_vault_add_trip(self->vault, &trip, error) && add_facts(self, trip.id, record, error) &&
         (known != NULL ||
          ds_vault_log(self->vault, NULL, NULL, "trip-taken", trip.id, self->officer, error));
}

/* {"row": 7, "fields": {"applicant.name": "…"}}: the row as the station's file counted it, and
 * texts by field name; anything else is refused. (transfer full) */
static GHashTable *
row_fields(JsonNode *node, guint index, guint *row, GError **error)
{
  g_autoptr(GHashTable) fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonObject *texts = object != NULL ? ds_json_object(object, "fields") : NULL;
  gint64 number = object != NULL ? ds_json_int(object, "row", 0) : 0;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (texts == NULL || number < 1 || number > ROSTER_ROWS_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "/%u of the roster has no row and fields",
                index);
    return NULL;
  }
  *row = (guint)number;
  json_object_iter_init(&iter, texts);
  while (json_object_iter_next(&iter, &name, &value)) {
    if (json_node_get_value_type(value) != G_TYPE_STRING) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "roster row %u: %s is no text", *row, name);
      return NULL;
    }
    const char *problem = ds_cbor_text_problem(json_node_get_string(value));
    if (problem != NULL || ds_cbor_text_problem(name) != NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "roster row %u: a text %s", *row,
                  problem != NULL ? problem : "has a name that is none");
      return NULL;
    }
    g_hash_table_insert(fields, g_strdup(name), g_strdup(json_node_get_string(value)));
  }
  return g_steal_pointer(&fields);
}

static gboolean
add_roster(DsUnit *self, const char *trip, GBytes *bytes, guint *rows, GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data(bytes, &size);
  g_autoptr(JsonNode) root = ds_json_parse(text, (gssize)size, "roster", error);

  if (root == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY(root) ||
      json_array_get_length(json_node_get_array(root)) > ROSTER_ROWS_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the roster is no list of at most %d rows",
                ROSTER_ROWS_MAX);
    return FALSE;
  }
  JsonArray *list = json_node_get_array(root);
  *rows = json_array_get_length(list);
  g_autoptr(DsVaultTrip) known = ds_vault_trip(self->vault, trip, error);
  if (known == NULL || known->state == DS_TRIP_CLOSED)
    return known != NULL; /* who did not come stays forgotten */
  for (guint i = 0; i < *rows; i++) {
    guint row = 0;
    g_autoptr(GHashTable) fields = row_fields(json_array_get_element(list, i), i, &row, error);
    if (fields == NULL || !ds_vault_set_roster_row(self->vault, trip, row, fields, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_part(DsUnit *self, const char *trip, const DsRecordPart *part, GBytes *bytes, guint *rows,
         GError **error)
{
  if (g_str_equal(part->slot, "roster"))
    return add_roster(self, trip, bytes, rows, error);
  g_autofree char *name = g_strdup_printf("%s:%s", part->slot, part->kind);
  return ds_vault_set_trip_data(self->vault, trip, name, bytes, error);
}

/* Packs are checked before anything is kept: a broken one must not stop the unit from opening. */
static gboolean
check_pack(DsUnit *self, const DsRecordPart *part, GBytes *bytes, GError **error)
{
  if (!g_str_equal(part->slot, "pack"))
    return TRUE;
  g_autoptr(DsPack) pack = ds_policy_load_pack_bytes(self->policy, bytes, part->kind, error);
  return pack != NULL;
}

static gboolean
take(DsUnit *self, const DsDigest *bundle, const DsRecord *record, DsTripOpenPart open_part,
     gpointer data, guint *rows, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);

  if (transaction == NULL || !add_trip(self, bundle, record, error))
    return FALSE;
  const char *trip = g_hash_table_lookup(record->fields, "trip.id");
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = g_ptr_array_index(record->parts, i);
    g_autoptr(GBytes) bytes = open_part(i, data, error);
    if (bytes == NULL || !check_pack(self, part, bytes, error) ||
        !add_part(self, trip, part, bytes, rows, error))
      return FALSE;
  }
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_unit_take_dispatch(DsUnit *self, const DsDigest *bundle, const DsRecord *record,
                      DsTripOpenPart open_part, gpointer data, char **note, GError **error)
{
  guint rows = 0, packs = ds_policy_pack_count(self->policy);

  if (!take(self, bundle, record, open_part, data, &rows, error)) {
    ds_policy_drop_packs(self->policy, packs); /* what is not kept must not decide a case */
    return FALSE;
  }
  *note = g_strdup_printf("trip %s: %s, %u on the roster",
                          (const char *)g_hash_table_lookup(record->fields, "trip.id"),
                          (const char *)g_hash_table_lookup(record->fields, "trip.name"), rows);
  return TRUE;
}
