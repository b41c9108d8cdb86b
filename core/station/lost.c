/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/lost.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/ledger.h"
#include "station/members.h"
#include "station/registry.h"
#include "station/review-private.h"
#include "station/sent.h"
#include "station/station-private.h"

static void
set_text(JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member(object, name, text);
}

static const char *
text_of(JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default(object, name, "");
}

/* ---- which of them came in ---- */

/* Cases of one unit by "TRIP/NUMBER" and, for people without a number, "TRIP/name/NAME"; NULL where
 * a name says too little: then they are to be taken again rather than forgotten. */
static GHashTable *
cases_of(GPtrArray *cases, const char *unit)
{
  GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < cases->len; i++) {
    DsRegistryCase *one = cases->pdata[i];
    if (strcmp(one->unit, unit) != 0)
      continue;
    if (one->number != NULL)
      g_hash_table_insert(found, g_strdup_printf("%s/%s", one->trip, one->number), one);
    if (one->name == NULL)
      continue;
    char *key = g_strdup_printf("%s/name/%s", one->trip, one->name);
    g_hash_table_insert(found, key, g_hash_table_contains(found, key) ? NULL : one);
  }
  return found;
}

static char *
key_of(const DsSentPerson *person)
{
  return person->number != NULL ? g_strdup_printf("%s/%s", person->trip, person->number)
                                : g_strdup_printf("%s/name/%s", person->trip,
                                                  person->name != NULL ? person->name : "");
}

/* Two on one list by the same name and no number: a case by this name is of either. */
static void
forget_shared_names(GHashTable *cases, const GPtrArray *sent)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < sent->len; i++) {
    const DsSentPerson *person = sent->pdata[i];
    if (person->number == NULL && !g_hash_table_add(seen, key_of(person)))
      g_hash_table_insert(cases, key_of(person), NULL);
  }
}

static const DsRegistryCase *
case_of(GHashTable *cases, const DsSentPerson *person)
{
  g_autofree char *key = key_of(person);

  return g_hash_table_lookup(cases, key);
}

static gboolean
is_archived(DsStation *self, const DsRegistryCase *one, gboolean *here, GError **error)
{
  g_autoptr(DsLedgerBundle) bundle = NULL;

  if (!ds_ledger_find(self, one->unit, &one->bundle, &bundle, error))
    return FALSE;
  *here = bundle != NULL && (bundle->stage == DS_STAGE_ARCHIVED || bundle->stage == DS_STAGE_DONE);
  return TRUE;
}

static gboolean
add_person(DsStation *self, GHashTable *cases, const DsSentPerson *person, JsonArray *people,
           guint *came, GError **error)
{
  const DsRegistryCase *one = case_of(cases, person);
  gboolean here = FALSE;

  if (one != NULL && !is_archived(self, one, &here, error))
    return FALSE;
  JsonObject *object = json_object_new();
  set_text(object, "trip", person->trip);
  set_text(object, "trip-name", person->trip_name);
  set_text(object, "day", person->day);
  json_object_set_int_member(object, "row", person->row);
  set_text(object, "name", person->name);
  set_text(object, "number", person->number);
  set_text(object, "case", one != NULL ? one->key : NULL);
  set_text(object, "state", one != NULL ? one->state : NULL);
  json_object_set_boolean_member(object, "here", here);
  json_array_add_object_element(people, object);
  *came += here ? 1 : 0;
  return TRUE;
}

static gboolean
add_people(DsStation *self, const char *unit, JsonObject *lost, GError **error)
{
  g_autoptr(GPtrArray) sent = ds_sent_list(self, unit, error);
  g_autoptr(GPtrArray) all = sent != NULL ? ds_registry_list(self, NULL, error) : NULL;
  g_autoptr(JsonArray) people = json_array_new(), trips = json_array_new();
  const char *trip = "";
  guint came = 0;

  if (all == NULL)
    return FALSE;
  g_autoptr(GHashTable) cases = cases_of(all, unit);
  forget_shared_names(cases, sent);
  for (guint i = 0; i < sent->len; i++) {
    const DsSentPerson *person = sent->pdata[i];
    if (strcmp(person->trip, trip) != 0)
      json_array_add_string_element(trips, person->trip);
    trip = person->trip;
    if (!add_person(self, cases, person, people, &came, error))
      return FALSE;
  }
  json_object_set_int_member(lost, "held", sent->len);
  json_object_set_int_member(lost, "here", came);
  json_object_set_int_member(lost, "again", sent->len - came);
  json_object_set_array_member(lost, "trips", g_steal_pointer(&trips));
  json_object_set_array_member(lost, "people", g_steal_pointer(&people));
  return TRUE;
}

/* ---- the keys ---- */

static void
add_officers(DsStation *self, GArray *kids, JsonObject *lost)
{
  JsonArray *officers = json_array_new();

  for (guint i = 0; i < kids->len; i++) {
    const DsOfficerEntry *officer =
        ds_directory_find_officer_key(self->directory, &g_array_index(kids, DsKid, i));
    if (officer != NULL)
      json_array_add_string_element(officers, officer->number);
  }
  json_object_set_array_member(lost, "officers", officers);
}

static gboolean
note(DsStation *self, const char *unit, const char *reason, gint64 since_us, const char *by,
     GError **error)
{
  return ds_db_run(self->cases, error,
                   "INSERT INTO lost_unit (unit, at, since, reason, by) VALUES (?, ?, ?, ?, ?)",
                   "tlltt", unit, ds_clock_now().wall_us, since_us, reason, by);
}

JsonNode *
ds_station_lost(DsStation *self, const char *unit, const char *reason, gint64 since_us,
                const char *by, GError **error)
{
  g_autoptr(GArray) kids = NULL;

  if (!ds_station_require_unlocked(self, "reporting a lost unit", error) ||
      !ds_review_require_text("the reason", reason, error) ||
      (kids = ds_sent_keys(self, unit, error)) == NULL ||
      !ds_station_revoke(self, unit, NULL, kids, since_us, error) ||
      !note(self, unit, reason, since_us, by, error))
    return NULL;
  const DsUnitEntry *entry = ds_directory_find_unit(self->directory, unit);
  g_autoptr(JsonObject) lost = json_object_new();
  g_autofree char *since = ds_clock_format(entry->revoked_us);
  set_text(lost, "unit", unit);
  set_text(lost, "name", entry->name);
  set_text(lost, "reason", reason);
  set_text(lost, "since", since);
  add_officers(self, kids, lost);
  if (!add_people(self, unit, lost, error))
    return NULL;
  JsonNode *root = json_node_new(JSON_NODE_OBJECT);
  json_node_set_object(root, lost);
  return root;
}

/* ---- on paper ---- */

static void
put_cell(GString *out, const char *text, const char *end)
{
  g_string_append_c(out, '"');
  /* a cell that a spreadsheet would take for a formula */
  if (*text != '\0' && strchr("=+-@\t", *text) != NULL)
    g_string_append_c(out, '\'');
  for (; *text != '\0'; text++)
    g_string_append(out, *text == '"' ? "\"\"" : (char[]){*text, '\0'});
  g_string_append_c(out, '"');
  g_string_append(out, end);
}

char *
ds_lost_to_csv(JsonNode *lost)
{
  static const char *const members[] = {"trip",   "trip-name", "day",  "name",
                                        "number", "case",      "state"};
  JsonArray *people = json_object_get_array_member(json_node_get_object(lost), "people");
  GString *out = g_string_new("\xef\xbb\xbf"
                              "trip,trip-name,day,name,number,case,state,row,here\r\n");

  for (guint i = 0; i < json_array_get_length(people); i++) {
    JsonObject *person = json_array_get_object_element(people, i);
    for (guint j = 0; j < G_N_ELEMENTS(members); j++)
      put_cell(out, text_of(person, members[j]), ",");
    g_string_append_printf(out, "%" G_GINT64_FORMAT ",%s\r\n",
                           json_object_get_int_member(person, "row"),
                           json_object_get_boolean_member(person, "here") ? "yes" : "no");
  }
  return g_string_free(out, FALSE);
}
