/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/registry.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "station/ledger.h"
#include "station/registry-private.h"
#include "station/say.h"
#include "station/station-private.h"

static gboolean
log_event(DsStation *self, const char *key, const char *by, const char *event, const char *detail,
          GError **error)
{
  return ds_db_run(self->cases, error,
                   "INSERT INTO history (key, at, by, event, detail) VALUES (?, ?, ?, ?, ?)",
                   "tlttt", key, ds_clock_now().wall_us, by, event, detail);
}

static char *
detail_to_json(GHashTable *detail)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();
  GHashTableIter iter;
  gpointer name, value;

  json_node_take_object(node, object);
  if (detail == NULL)
    return NULL;
  g_hash_table_iter_init(&iter, detail);
  while (g_hash_table_iter_next(&iter, &name, &value))
    json_object_set_string_member(object, name, value);
  return json_to_string(node, FALSE);
}

static GHashTable *
detail_from_json(const char *text)
{
  g_autoptr(JsonNode) node = text != NULL ? json_from_string(text, NULL) : NULL;
  GHashTable *detail;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (node == NULL)
    return NULL;
  detail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  json_object_iter_init(&iter, json_node_get_object(node));
  while (json_object_iter_next(&iter, &name, &value))
    g_hash_table_insert(detail, g_strdup(name), json_node_dup_string(value));
  return detail;
}

/* What must be said in the other database; ds_registry_settle says it exactly once. */
static gboolean
promise(DsStation *self, const char *unit, const DsDigest *bundle, DsState state,
        GHashTable *detail, GError **error)
{
  g_autofree char *text = detail_to_json(detail);
  guint64 token_bytes[2];

  ds_random_bytes(token_bytes, sizeof token_bytes);
  g_autofree char *token = g_strdup_printf("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                                           token_bytes[0], token_bytes[1]);

  return ds_db_run(self->cases, error,
                   "INSERT INTO pending (token, unit, bundle, state, detail)"
                   " VALUES (?, ?, ?, ?, ?)",
                   "ttdit", token, unit, bundle, (int)state, text);
}

static const char *
state_of(const DsRecordCase *application)
{
  switch (application->outcome) {
  case DS_CASE_OUTCOME_REFUSED:
    return "refused";
  case DS_CASE_OUTCOME_WITHDRAWN:
    return "withdrawn";
  case DS_CASE_OUTCOME_PENDING:
    return "identification";
  case DS_CASE_OUTCOME_COMPLETE:
    break;
  }
  return "review";
}

static gboolean
store_newest(DsStation *self, const DsManifest *manifest, const DsRecord *record, const char *key,
             GError **error)
{
  const DsRecordCase *a = record->application;

  return ds_db_run(self->cases, error,
                   "INSERT INTO person_case (key, unit, local, service, name, number, state, day,"
                   " officer, trip, due, version, seq, bundle)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)"
                   " ON CONFLICT (key) DO UPDATE SET service = excluded.service,"
                   " name = excluded.name, number = excluded.number, state = excluded.state,"
                   " day = excluded.day, officer = excluded.officer, trip = excluded.trip,"
                   " due = NULL, version = excluded.version, seq = excluded.seq,"
                   " bundle = excluded.bundle",
                   "ttttttttttild", key, manifest->unit, a->local_number, a->service,
                   (const char *)g_hash_table_lookup(record->fields, "applicant.name"),
                   (const char *)g_hash_table_lookup(record->fields, "applicant.number"),
                   state_of(a), a->day, a->officer, a->trip, (int)a->version, (gint64)manifest->seq,
                   &manifest->id);
}

static gboolean
store_version(DsStation *self, const DsManifest *manifest, guint version, const char *key,
              gboolean superseded, GError **error)
{
  g_autofree char *text = g_strdup_printf("version %u", version);

  return ds_db_run(self->cases, error,
                   "INSERT INTO version (bundle, key, version, seq, superseded, arrived)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   "dtilil", &manifest->id, key, (int)version, (gint64)manifest->seq,
                   (int)superseded, ds_clock_now().wall_us) &&
         log_event(self, key, NULL, superseded ? "late version" : "arrived", text, error);
}

static gboolean
supersede(DsStation *self, const char *unit, const DsDigest *bundle, GError **error)
{
  return ds_db_run(self->cases, error, "UPDATE version SET superseded = 1 WHERE bundle = ?", "d",
                   bundle) &&
         promise(self, unit, bundle, DS_STATE_SUPERSEDED, NULL, error);
}

/* Both sides learn of each other; people decide which one goes on (R115). */
static gboolean
find_duplicates(DsStation *self, const char *key, const DsRecord *record, guint *duplicates,
                GError **error)
{
  const char *number = g_hash_table_lookup(record->fields, "applicant.number");
  g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
  DsDbStep step = DS_DB_ERROR;

  if (number == NULL || *number == '\0')
    return TRUE;
  DsDbRows *rows = ds_db_query(
      self->cases, error,
      "SELECT key FROM person_case WHERE number = ? AND service = ? AND key <> ? AND state NOT IN"
      " ('refused', 'refused-by-station', 'withdrawn', 'not-issued', 'duplicate')",
      "ttt", number, record->application->service, key);
  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    g_ptr_array_add(others, g_strdup(ds_db_rows_text(rows, 0)));
  ds_db_rows_free(rows);
  if (step != DS_DB_DONE)
    return FALSE;
  for (guint i = 0; i < others->len; i++) {
    const char *other = others->pdata[i];
    if (!ds_db_run(self->cases, error, "INSERT OR IGNORE INTO duplicate VALUES (?, ?), (?, ?)",
                   "tttt", key, other, other, key))
      return FALSE;
    if (ds_db_changes(self->cases) == 0)
      continue;
    (*duplicates)++;
    if (!log_event(self, key, NULL, "duplicate found", other, error) ||
        !log_event(self, other, NULL, "duplicate found", key, error))
      return FALSE;
  }
  return TRUE;
}

/* What the station decided is not undone by a withdrawal that was on its way: the unit hears
 * SUPERSEDED about the withdrawal, and the version before it stays in force. */
static gboolean
is_too_late(const DsRegistryCase *known, const DsRecordCase *a)
{
  static const char *const decided[] = {"accepted",
                                        "not-issued",
                                        "refused-by-station",
                                        "in-production",
                                        "card-at-station",
                                        "delivered",
                                        "closed",
                                        NULL};

  return known != NULL && a->outcome == DS_CASE_OUTCOME_WITHDRAWN &&
         g_strv_contains(decided, known->state);
}

static gboolean
import_too_late(DsStation *self, const DsManifest *manifest, const DsRecordCase *a,
                const DsRegistryCase *known, GError **error)
{
  g_autoptr(GHashTable) detail = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert(
      detail, (gpointer) "reason",
      g_strdup_printf("the withdrawal came too late: the case is %s; ask the station",
                      known->state));
  return store_version(self, manifest, a->version, known->key, TRUE, error) &&
         log_event(self, known->key, NULL, "withdrawal came too late", known->state, error) &&
         promise(self, manifest->unit, &manifest->id, DS_STATE_SUPERSEDED, detail, error);
}

/* The number of a bundle that was withdrawn before it left stays open at the station for ever, or
 * until it comes by another way; the history says which one it was. */
static gboolean
log_unseen(DsStation *self, const DsManifest *manifest, const DsRecord *record, const char *key,
           GError **error)
{
  const char *number = g_hash_table_lookup(record->facts, "withdrawal.number");
  char hex[DS_DIGEST_HEX_SIZE];

  if (record->application->outcome != DS_CASE_OUTCOME_WITHDRAWN || !manifest->has_replaces)
    return TRUE;
  ds_digest_to_hex(&manifest->replaces, hex);
  g_autofree char *detail =
      g_strdup_printf("number %s, bundle %s", number != NULL ? number : "unknown", hex);
  return log_event(self, key, NULL, "withdrawn before it came", detail, error);
}

static gboolean
import_new(DsStation *self, const DsManifest *manifest, const DsRecord *record, const char *key,
           guint *duplicates, GError **error)
{
  const DsRecordCase *a = record->application;
  g_autoptr(DsRegistryCase) known = NULL;

  if (!ds_registry_get(self, key, &known, error))
    return FALSE;
  gboolean late = known != NULL && (known->version > a->version ||
                                    (known->version == a->version && known->seq > manifest->seq));
  if (late)
    return store_version(self, manifest, a->version, key, TRUE, error) &&
           promise(self, manifest->unit, &manifest->id, DS_STATE_SUPERSEDED, NULL, error);
  if (is_too_late(known, a))
    return import_too_late(self, manifest, a, known, error);
  if (!store_newest(self, manifest, record, key, error) ||
      !store_version(self, manifest, a->version, key, FALSE, error))
    return FALSE;
  if (known != NULL && !supersede(self, manifest->unit, &known->bundle, error))
    return FALSE;
  if (known == NULL && !log_unseen(self, manifest, record, key, error))
    return FALSE;
  return a->outcome == DS_CASE_OUTCOME_REFUSED || a->outcome == DS_CASE_OUTCOME_WITHDRAWN ||
         find_duplicates(self, key, record, duplicates, error);
}

gboolean
ds_registry_import(DsStation *self, const DsManifest *manifest, const DsRecord *record,
                   guint *duplicates, GError **error)
{
  g_autofree char *key =
      g_strdup_printf("%s/%s", manifest->unit, record->application->local_number);
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->cases, error);
  gint64 known = 0;

  if (transaction == NULL ||
      !ds_db_get_int(self->cases, &known, 0, error, "SELECT count(*) FROM version WHERE bundle = ?",
                     "d", &manifest->id))
    return FALSE;
  if (known > 0)
    return TRUE;
  return import_new(self, manifest, record, key, duplicates, error) &&
         ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_registry_decide(DsStation *self, const DsRegistryCase *about, const DsRegistryDecision *decision,
                   GError **error)
{
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->cases, error);

  if (transaction == NULL ||
      !ds_db_run(self->cases, error, "UPDATE person_case SET state = ?, due = ? WHERE key = ?",
                 "ttt", decision->state, decision->due, about->key) ||
      !log_event(self, about->key, decision->by, decision->event, decision->text, error) ||
      (decision->say != 0 &&
       !promise(self, about->unit, &about->bundle, decision->say, decision->detail, error)) ||
      !ds_db_commit(g_steal_pointer(&transaction), error))
    return FALSE;
  ds_station_check(self, "decided");
  return ds_registry_settle(self, error);
}

typedef struct {
  gint64 id;
  char *token;
  char *unit;
  DsDigest bundle;
  DsState state;
  char *detail;
} Promise;

static void
promise_free(gpointer data)
{
  Promise *self = data;

  g_free(self->token);
  g_free(self->unit);
  g_free(self->detail);
  g_free(self);
}

static gboolean
keep_promise(DsStation *self, const Promise *promised, GError **error)
{
  g_autoptr(GHashTable) detail = detail_from_json(promised->detail);
  g_autoptr(DsLedgerBundle) bundle = NULL;

  if (!ds_ledger_find(self, promised->unit, &promised->bundle, &bundle, error))
    return FALSE;
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->ledger, error);
  if (transaction == NULL ||
      !ds_station_say(self, promised->unit, &promised->bundle, promised->state,
                      bundle != NULL && bundle->has_audit ? &bundle->audit : NULL, detail,
                      promised->token, error) ||
      !ds_db_commit(g_steal_pointer(&transaction), error))
    return FALSE;
  ds_station_check(self, "said");
  return ds_db_run(self->cases, error, "DELETE FROM pending WHERE id = ?", "l", promised->id);
}

gboolean
ds_registry_settle(DsStation *self, GError **error)
{
  g_autoptr(GPtrArray) promises = g_ptr_array_new_with_free_func(promise_free);
  DsDbStep step = DS_DB_ERROR;
  DsDbRows *rows =
      ds_db_query(self->cases, error,
                  "SELECT id, token, unit, bundle, state, detail FROM pending ORDER BY id", "");

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    Promise *promised = g_new0(Promise, 1);
    promised->id = ds_db_rows_int(rows, 0);
    promised->token = g_strdup(ds_db_rows_text(rows, 1));
    promised->unit = g_strdup(ds_db_rows_text(rows, 2));
    ds_db_rows_digest(rows, 3, &promised->bundle);
    promised->state = (DsState)ds_db_rows_int(rows, 4);
    promised->detail = g_strdup(ds_db_rows_text(rows, 5));
    g_ptr_array_add(promises, promised);
  }
  ds_db_rows_free(rows);
  if (step != DS_DB_DONE)
    return FALSE;
  for (guint i = 0; i < promises->len; i++)
    if (!keep_promise(self, promises->pdata[i], error))
      return FALSE;
  return TRUE;
}
