/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/handed.h"

#include "base/clock.h"
#include "base/error.h"
#include "bundle/handover.h"
#include "bundle/open.h"
#include "station/station-private.h"

/* ---- taking it in ---- */

static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer source, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  return ds_repo_bundle_read(source, ds_digest_to_hex(sha256, hex), error);
}

static gboolean
refuse(GError **error, const char *why)
{
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "the handover of a trip: %s", why);
  return FALSE;
}

static gboolean
check_agrees(const DsHandover *handover, const DsManifest *manifest, GError **error)
{
  const DsSigner *from = &g_array_index(manifest->signers, DsSigner, 1);
  const DsSigner *to = &g_array_index(manifest->signers, DsSigner, 2);

  if (!g_str_equal(handover->unit, manifest->unit))
    return refuse(error, "it is of another unit than its bundle");
  if (!ds_kid_equal(&handover->from_kid, &from->kid) || !ds_kid_equal(&handover->to_kid, &to->kid))
    return refuse(error, "its officers are not those who signed the bundle, in this order");
  return TRUE;
}

static DsHandover *
open_handover(DsStation *self, DsRepoBundle *source, const DsManifest *manifest,
              const DsRecord *record, GBytes **bytes, GError **error)
{
  const DsRecordPart *part = record->parts->len == 1 ? record->parts->pdata[0] : NULL;

  if (part == NULL || !g_str_equal(part->media_type, DS_HANDOVER_MEDIA_TYPE) ||
      part->length > DS_HANDOVER_MAX) {
    refuse(error, "the bundle has to hold one signed document and nothing else");
    return NULL;
  }
  g_autoptr(GBytes) plain = ds_open_part_bytes(part, NULL, fetch_chunk, source, error);
  g_autoptr(DsHandover) handover =
      plain != NULL ? ds_handover_verify(plain, self->directory, error) : NULL;
  if (handover == NULL || !check_agrees(handover, manifest, error))
    return NULL;
  *bytes = g_steal_pointer(&plain);
  return g_steal_pointer(&handover);
}

gboolean
ds_station_take_handover(DsStation *self, DsRepoBundle *source, const DsManifest *manifest,
                         const DsRecord *record, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsHandover) handover = open_handover(self, source, manifest, record, &bytes, error);
  gint64 behind = manifest->newest_us > manifest->time.wall_us
                      ? manifest->newest_us - manifest->time.wall_us
                      : 0;

  return handover != NULL &&
         ds_db_run(self->cases, error,
                   "INSERT OR IGNORE INTO handover (bundle, unit, seq, trip, arrived, behind,"
                   " document) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   "dtltllg", &manifest->id, manifest->unit, (gint64)manifest->seq, handover->trip,
                   ds_clock_now().wall_us, behind / G_USEC_PER_SEC, bytes);
}

/* ---- showing it ---- */

static const char *
name_of(DsStation *self, const char *number)
{
  const DsOfficerEntry *officer = ds_directory_find_officer(self->directory, number);

  return officer != NULL ? officer->name : "";
}

static JsonObject *
summary(const DsHandover *handover, const DsDigest *bundle)
{
  JsonObject *object = json_object_new();
  g_autofree char *at = ds_clock_format(handover->time.wall_us);
  char hex[DS_DIGEST_HEX_SIZE];

  json_object_set_string_member(object, "trip", handover->trip);
  json_object_set_string_member(object, "name", handover->name);
  json_object_set_string_member(object, "unit", handover->unit);
  json_object_set_string_member(object, "at", at);
  json_object_set_string_member(object, "from", handover->from);
  json_object_set_string_member(object, "to", handover->to);
  json_object_set_int_member(object, "cases", handover->cases->len);
  json_object_set_int_member(object, "cash-fen", (gint64)handover->cash_fen);
  json_object_set_string_member(object, "bundle", ds_digest_to_hex(bundle, hex));
  return object;
}

static JsonArray *
receipts_to_json(const DsHandover *handover)
{
  JsonArray *array = json_array_new();

  for (guint i = 0; i < handover->receipts->len; i++) {
    const DsHandoverReceipts *of = handover->receipts->pdata[i];
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "series", of->series);
    json_object_set_int_member(object, "count", (gint64)of->count);
    json_object_set_string_member(object, "first", of->first);
    json_object_set_string_member(object, "last", of->last);
    json_object_set_int_member(object, "fen", (gint64)of->fen);
    json_array_add_object_element(array, object);
  }
  return array;
}

static JsonArray *
cases_to_json(const DsHandover *handover)
{
  JsonArray *array = json_array_new();
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < handover->cases->len; i++) {
    const DsHandoverCase *of = handover->cases->pdata[i];
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "local-number", of->local_number);
    json_object_set_string_member(object, "state", of->state);
    if (of->has_bundle)
      json_object_set_string_member(object, "bundle", ds_digest_to_hex(&of->bundle, hex));
    json_array_add_object_element(array, object);
  }
  return array;
}

static void
add_details(DsStation *self, const DsHandover *handover, gint64 behind, JsonObject *object)
{
  char hex[DS_DIGEST_HEX_SIZE];

  json_object_set_string_member(object, "from-name", name_of(self, handover->from));
  json_object_set_string_member(object, "to-name", name_of(self, handover->to));
  json_object_set_int_member(object, "refund-owed-fen", (gint64)handover->refund_owed_fen);
  json_object_set_int_member(object, "cards", (gint64)handover->cards);
  json_object_set_array_member(object, "receipts", receipts_to_json(handover));
  json_object_set_array_member(object, "case-list", cases_to_json(handover));
  if (handover->has_audit)
    json_object_set_string_member(object, "audit-head",
                                  ds_digest_to_hex(&handover->audit_head, hex));
  json_object_set_string_member(object, "remark", handover->remark);
  json_object_set_string_member(object, "digest", ds_digest_to_hex(&handover->digest, hex));
  json_object_set_int_member(object, "clock-behind-seconds", behind);
}

/* Those of @trip with all they say, or the summaries of all. */
static JsonArray *
read_all(DsStation *self, const char *trip, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(self->cases, error,
                                         "SELECT bundle, behind, document FROM handover"
                                         " WHERE ?1 IS NULL OR trip = ?1 ORDER BY unit, seq",
                                         "t", trip);
  g_autoptr(JsonArray) array = json_array_new();
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    g_autoptr(GBytes) bytes = ds_db_rows_bytes(rows, 2);
    g_autoptr(DsHandover) handover = ds_handover_parse(bytes, error);
    DsDigest bundle;
    if (handover == NULL)
      return NULL;
    ds_db_rows_digest(rows, 0, &bundle);
    JsonObject *object = summary(handover, &bundle);
    if (trip != NULL)
      add_details(self, handover, ds_db_rows_int(rows, 1), object);
    json_array_add_object_element(array, object);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&array) : NULL;
}

JsonNode *
ds_station_list_trips(DsStation *self, GError **error)
{
  if (!ds_station_require_unlocked(self, "listing trips", error))
    return NULL;
  JsonArray *array = read_all(self, NULL, error);
  if (array == NULL)
    return NULL;
  JsonNode *root = json_node_new(JSON_NODE_ARRAY);
  json_node_take_array(root, array);
  return root;
}

JsonNode *
ds_station_show_trip(DsStation *self, const char *trip, GError **error)
{
  if (!ds_station_require_unlocked(self, "showing a trip", error))
    return NULL;
  g_autoptr(JsonArray) handovers = read_all(self, trip, error);
  if (handovers == NULL)
    return NULL;
  if (json_array_get_length(handovers) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no trip %s changed hands", trip);
    return NULL;
  }
  JsonObject *object = json_object_new();
  json_object_set_string_member(object, "trip", trip);
  json_object_set_array_member(object, "handovers", g_steal_pointer(&handovers));
  JsonNode *root = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(root, object);
  return root;
}
