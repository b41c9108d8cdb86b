/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/show.h"

#include <string.h>

#include "base/error.h"
#include "station/archive.h"
#include "station/review.h"
#include "station/station-private.h"

static void
set_text(JsonObject *object, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member(object, name, text);
}

static JsonObject *
summary(const DsRegistryCase *found)
{
  JsonObject *object = json_object_new();
  char hex[DS_DIGEST_HEX_SIZE];

  set_text(object, "case", found->key);
  set_text(object, "unit", found->unit);
  set_text(object, "local-number", found->local_number);
  set_text(object, "name", found->name);
  set_text(object, "number", found->number);
  set_text(object, "state", found->state);
  set_text(object, "service", found->service);
  set_text(object, "day", found->day);
  set_text(object, "trip", found->trip);
  json_object_set_int_member(object, "version", found->version);
  set_text(object, "officer", found->officer);
  set_text(object, "bundle", ds_digest_to_hex(&found->bundle, hex));
  json_object_set_boolean_member(object, "duplicate", found->duplicates > 0);
  set_text(object, "due", found->due);
  return object;
}

JsonNode *
ds_station_list_cases(DsStation *self, const char *state, GError **error)
{
  if (!ds_station_require_unlocked(self, "listing cases", error))
    return NULL;
  g_autoptr(GPtrArray) cases = ds_registry_list(self, state, error);
  if (cases == NULL)
    return NULL;
  JsonArray *array = json_array_new();
  for (guint i = 0; i < cases->len; i++)
    json_array_add_object_element(array, summary(cases->pdata[i]));
  JsonNode *root = json_node_new(JSON_NODE_ARRAY);
  json_node_take_array(root, array);
  return root;
}

static JsonObject *
texts_to_json(GHashTable *texts)
{
  JsonObject *object = json_object_new();
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(texts), (GCompareFunc)strcmp);

  for (GList *name = names; name != NULL; name = name->next)
    json_object_set_string_member(object, name->data, g_hash_table_lookup(texts, name->data));
  return object;
}

static JsonArray *
findings_to_json(const DsRecord *record)
{
  JsonArray *array = json_array_new();

  for (guint i = 0; i < record->findings->len; i++) {
    const DsRecordFinding *finding = record->findings->pdata[i];
    JsonObject *object = json_object_new();
    set_text(object, "kind", finding->kind);
    set_text(object, "code", finding->code);
    set_text(object, "subject", finding->subject);
    json_array_add_object_element(array, object);
  }
  return array;
}

static JsonArray *
decisions_to_json(const DsRecord *record)
{
  JsonArray *array = json_array_new();

  for (guint i = 0; i < record->decisions->len; i++) {
    const DsRecordDecision *decision = record->decisions->pdata[i];
    g_autofree char *at = ds_clock_format(decision->at_us);
    JsonObject *object = json_object_new();
    set_text(object, "code", decision->code);
    set_text(object, "subject", decision->subject);
    set_text(object, "reason", decision->reason);
    set_text(object, "officer", decision->officer);
    set_text(object, "at", at);
    json_array_add_object_element(array, object);
  }
  return array;
}

static JsonArray *
parts_to_json(const DsRecord *record)
{
  JsonArray *array = json_array_new();
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = record->parts->pdata[i];
    JsonObject *object = json_object_new();
    set_text(object, "id", part->id);
    set_text(object, "slot", part->slot);
    set_text(object, "kind", part->kind);
    set_text(object, "media-type", part->media_type);
    json_object_set_int_member(object, "size", (gint64)part->length);
    set_text(object, "sha256", ds_digest_to_hex(&part->sha256, hex));
    json_object_set_object_member(object, "attributes", texts_to_json(part->attributes));
    if (part->from_part != NULL)
      set_text(object, "from-bundle", ds_digest_to_hex(&part->from_bundle, hex));
    json_array_add_object_element(array, object);
  }
  return array;
}

DsRecord *
ds_station_case_record(DsStation *self, const DsRegistryCase *found, GError **error)
{
  g_autoptr(DsLedgerBundle) bundle = NULL;

  if (!ds_ledger_find(self, found->unit, &found->bundle, &bundle, error))
    return NULL;
  if (bundle == NULL || (bundle->stage != DS_STAGE_ARCHIVED && bundle->stage != DS_STAGE_DONE)) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "case %s is not archived yet: run \"doorstep-station intake\" first", found->key);
    return NULL;
  }
  return ds_archive_record(self, found->unit, found->seq, &found->bundle, error);
}

JsonNode *
ds_station_case_to_json(DsStation *self, const DsRegistryCase *found, const DsRecord *record,
                        GError **error)
{
  g_autoptr(GPtrArray) duplicates = ds_registry_duplicates(self, found->key, error);
  g_autoptr(JsonArray) versions =
      duplicates != NULL ? ds_registry_versions(self, found->key, error) : NULL;
  g_autoptr(JsonArray) history =
      versions != NULL ? ds_registry_history(self, found->key, error) : NULL;
  char hex[DS_DIGEST_HEX_SIZE];

  if (history == NULL)
    return NULL;
  JsonObject *object = summary(found);
  set_text(object, "outcome", ds_case_outcome_word(record->application->outcome));
  set_text(object, "pack", record->application->pack);
  set_text(object, "pack-version", record->application->pack_version);
  set_text(object, "pack-sha256", ds_digest_to_hex(&record->application->pack_digest, hex));
  json_object_set_object_member(object, "fields", texts_to_json(record->fields));
  json_object_set_object_member(object, "facts", texts_to_json(record->facts));
  json_object_set_array_member(object, "findings", findings_to_json(record));
  json_object_set_array_member(object, "decisions", decisions_to_json(record));
  json_object_set_array_member(object, "parts", parts_to_json(record));
  JsonArray *others = json_array_new();
  for (guint i = 0; i < duplicates->len; i++)
    json_array_add_string_element(others, duplicates->pdata[i]);
  json_object_set_array_member(object, "duplicates", others);
  json_object_set_array_member(object, "versions", g_steal_pointer(&versions));
  json_object_set_array_member(object, "history", g_steal_pointer(&history));
  JsonNode *root = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(root, object);
  return root;
}

JsonNode *
ds_station_show_case(DsStation *self, const char *name, GError **error)
{
  if (!ds_station_require_unlocked(self, "showing a case", error))
    return NULL;
  g_autoptr(DsRegistryCase) found = ds_registry_find(self, name, error);
  g_autoptr(DsRecord) record = found != NULL ? ds_station_case_record(self, found, error) : NULL;
  return record != NULL ? ds_station_case_to_json(self, found, record, error) : NULL;
}
