/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/report.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/ledger.h"
#include "station/registry.h"
#include "station/station-private.h"

static JsonNode *
array_node(JsonArray *array)
{
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);

  json_node_take_array(node, array);
  return node;
}

static void
set_hex(JsonObject *object, const char *name, DsDbRows *rows, int column)
{
  DsDigest digest;
  char hex[DS_DIGEST_HEX_SIZE];

  if (ds_db_rows_digest(rows, column, &digest))
    json_object_set_string_member(object, name, ds_digest_to_hex(&digest, hex));
}

static JsonObject *
bundle_to_json(DsDbRows *rows)
{
  JsonObject *object = json_object_new();
  g_autofree char *arrived = ds_clock_format(ds_db_rows_int(rows, 4));

  json_object_set_string_member(object, "unit", ds_db_rows_text(rows, 0));
  set_hex(object, "bundle", rows, 1);
  json_object_set_int_member(object, "seq", ds_db_rows_int(rows, 2));
  json_object_set_string_member(object, "state", ds_stage_word((DsStage)ds_db_rows_int(rows, 3)));
  json_object_set_string_member(object, "arrived", arrived);
  json_object_set_int_member(object, "chunks", ds_db_rows_int(rows, 5));
  json_object_set_int_member(object, "bytes", ds_db_rows_int(rows, 6));
  if (!ds_db_rows_is_null(rows, 7))
    json_object_set_string_member(object, "reason", ds_db_rows_text(rows, 7));
  return object;
}

#define BUNDLE_QUERY "SELECT unit, id, seq, stage, arrived, chunks, bytes, reason FROM bundle"

static JsonNode *
bundles_to_json(DsDbRows *rows, const char *state, GError **error)
{
  g_autoptr(JsonArray) array = json_array_new();
  DsDbStep step = DS_DB_ERROR;

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    if (state != NULL && g_strcmp0(ds_stage_word((DsStage)ds_db_rows_int(rows, 3)), state) != 0)
      continue;
    json_array_add_object_element(array, bundle_to_json(rows));
  }
  return step == DS_DB_DONE ? array_node(g_steal_pointer(&array)) : NULL;
}

JsonNode *
ds_station_list_bundles(DsStation *self, const char *state, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->ledger, error, BUNDLE_QUERY " ORDER BY unit, seq, id", "");

  return bundles_to_json(rows, state, error);
}

static void
add_gap(JsonArray *gaps, gint64 from, gint64 to)
{
  g_autofree char *text = from == to
                              ? g_strdup_printf("%" G_GINT64_FORMAT, from)
                              : g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, from, to);

  json_array_add_string_element(gaps, text);
}

/* Walks one unit's row of bundles: what is missing, and where a bundle names another one before it
 * than the one that is there. */
static gboolean
walk_chain(DsStation *self, const char *unit, JsonObject *object, GError **error)
{
  g_autoptr(JsonArray) gaps = json_array_new(), breaks = json_array_new();
  DsDigest before = {{0}}, id, prev;
  gint64 last = 0;
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->ledger, error,
      "SELECT seq, id, prev FROM bundle WHERE unit = ? AND stage <> 5 ORDER BY seq", "t", unit);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    gint64 seq = ds_db_rows_int(rows, 0);
    ds_db_rows_digest(rows, 1, &id);
    if (seq > last + 1)
      add_gap(gaps, last + 1, seq - 1);
    else if (last > 0 && (!ds_db_rows_digest(rows, 2, &prev) || !ds_digest_equal(&prev, &before)))
      json_array_add_int_element(breaks, seq);
    last = seq;
    before = id;
  }
  if (step != DS_DB_DONE)
    return FALSE;
  json_object_set_int_member(object, "last_seq", last);
  json_object_set_array_member(object, "gaps", g_steal_pointer(&gaps));
  json_object_set_array_member(object, "chain_breaks", g_steal_pointer(&breaks));
  return TRUE;
}

static JsonObject *
bundle_counts(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(JsonObject) counts = json_object_new();
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->ledger, error,
                  "SELECT stage, count(*) FROM bundle WHERE unit = ? GROUP BY stage", "t", unit);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    const char *word = ds_stage_word((DsStage)ds_db_rows_int(rows, 0));
    gint64 sum = json_object_get_int_member_with_default(counts, word, 0);
    json_object_set_int_member(counts, word, sum + ds_db_rows_int(rows, 1));
  }
  return step == DS_DB_DONE ? g_steal_pointer(&counts) : NULL;
}

static JsonObject *
unit_to_json(DsStation *self, const DsUnitEntry *entry, GError **error)
{
  g_autoptr(JsonObject) object = json_object_new();
  gint64 statements = 0, waiting = 0;
  JsonObject *counts = bundle_counts(self, entry->id, error);

  if (counts == NULL)
    return NULL;
  json_object_set_string_member(object, "unit", entry->id);
  json_object_set_boolean_member(object, "revoked", entry->revoked_us != 0);
  json_object_set_object_member(object, "bundles", counts);
  if (!walk_chain(self, entry->id, object, error) ||
      !ds_db_get_int(self->ledger, &statements, 0, error,
                     "SELECT max(seq) FROM statement WHERE unit = ?", "t", entry->id) ||
      !ds_db_get_int(self->ledger, &waiting, 0, error,
                     "SELECT count(*) FROM statement WHERE unit = ? AND pending = 1", "t",
                     entry->id))
    return NULL;
  json_object_set_int_member(object, "statements", statements);
  json_object_set_int_member(object, "unpublished", waiting);
  return g_steal_pointer(&object);
}

static gboolean
add_units(DsStation *self, JsonObject *report, GError **error)
{
  g_autoptr(JsonArray) units = json_array_new();

  for (guint i = 0; i < self->directory->units->len; i++) {
    JsonObject *unit = unit_to_json(self, self->directory->units->pdata[i], error);
    if (unit == NULL)
      return FALSE;
    json_array_add_object_element(units, unit);
  }
  json_object_set_array_member(report, "units", g_steal_pointer(&units));
  return TRUE;
}

static gboolean
add_cases(DsStation *self, JsonObject *report, GError **error)
{
  static const char *const kinds[][2] = {
      {"by_state", "state"}, {"by_unit", "unit"}, {"by_officer", "officer"}, {"by_day", "day"}};
  g_autoptr(JsonObject) cases = json_object_new();

  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    JsonObject *counts = ds_registry_counts(self, kinds[i][1], error);
    if (counts == NULL)
      return FALSE;
    json_object_set_object_member(cases, kinds[i][0], counts);
  }
  json_object_set_object_member(report, "cases", g_steal_pointer(&cases));
  return TRUE;
}

JsonNode *
ds_station_report(DsStation *self, GError **error)
{
  g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
  JsonObject *report = json_object_new(), *directory = json_object_new();
  g_autofree char *expires = ds_clock_format(self->directory->expires_us);
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->ledger, error, BUNDLE_QUERY " WHERE stage = 5 ORDER BY unit, id", "");

  json_node_take_object(root, report);
  json_object_set_string_member(report, "station", self->id);
  json_object_set_int_member(directory, "version", (gint64)self->directory->version);
  json_object_set_string_member(directory, "expires", expires);
  json_object_set_object_member(report, "directory", directory);
  JsonNode *quarantined = bundles_to_json(rows, NULL, error);
  if (quarantined == NULL)
    return NULL;
  json_object_set_member(report, "quarantined", quarantined);
  if (!add_units(self, report, error) || (self->cases != NULL && !add_cases(self, report, error)))
    return NULL;
  return g_steal_pointer(&root);
}
