/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a pack without being anybody's fault: fee, deadlines, retention, routes. */
#include "policy/decide-inside.h"

#include "base/clock.h"
#include "policy/json.h"

static void
cite(JsonObject *row, char **document, char **clause, char **phrase, char **requirements)
{
  JsonObject *source = ds_json_object(row, "source");

  *document = g_strdup(ds_json_string(source, "document"));
  *clause = g_strdup(ds_json_string(source, "clause"));
  *phrase = g_strdup(ds_json_string(source, "phrase"));
  *requirements = ds_json_words(row, "requirements");
}

/* The first row of @list that covers @day (NULL: any) and whose condition holds; *@row NULL when
 * none does, or when *@open: a condition before it is UNKNOWN. */
static gboolean
first_row(DsDeciding *self, JsonArray *list, const GDate *day, JsonObject **row, gboolean *open,
          GError **error)
{
  *row = NULL;
  *open = FALSE;
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
    JsonObject *candidate = json_array_get_object_element(list, i);
    DsTruth truth;
    if (day != NULL && !ds_deciding_covers(candidate, day))
      continue;
    if (!ds_deciding_test(self, candidate, &truth, NULL, error))
      return FALSE;
    if (truth == DS_TRUTH_TRUE)
      *row = candidate;
    *open = truth == DS_TRUTH_UNKNOWN;
    if (truth != DS_TRUTH_FALSE)
      return TRUE;
  }
  return TRUE;
}

gboolean
ds_deciding_add_fee(DsDeciding *self, GError **error)
{
  DsFee *fee = &self->decision->fee;
  JsonObject *row, *relief, *settlement;
  gboolean settlement_open;
  GDate day;

  if (!ds_deciding_day(self, "case.day", &day))
    return TRUE;
  if (!first_row(self, ds_json_array(self->root, "fees"), &day, &row, &fee->open, error) ||
      !first_row(self, ds_json_array(self->root, "settlement"), &day, &settlement, &settlement_open,
                 error))
    return FALSE;
  fee->settlement = settlement != NULL ? ds_json_int(settlement, "amount", 0) : 0;
  if (row == NULL)
    return TRUE;
  if (!first_row(self, ds_json_array(row, "reliefs"), &day, &relief, &fee->open, error))
    return FALSE;
  if (fee->open)
    return TRUE;
  fee->known = TRUE;
  fee->full = ds_json_int(row, "amount", 0);
  fee->amount = relief != NULL ? ds_json_int(relief, "amount", fee->full) : fee->full;
  fee->item = g_strdup(ds_json_string(row, "id"));
  fee->relief = relief != NULL ? g_strdup(ds_json_string(relief, "id")) : NULL;
  cite(relief != NULL ? relief : row, &fee->document, &fee->clause, &fee->phrase,
       &fee->requirements);
  return TRUE;
}

/* The day of the event @start, if it is known. */
static gboolean
event_day(DsDeciding *self, const char *start, GDate *day)
{
  g_autofree char *fact = g_strconcat("event.", start, NULL);

  return ds_deciding_day(self, fact, day) ||
         (g_str_equal(start, "submitted") && ds_deciding_day(self, "case.day", day));
}

/* What has no day to run is due on @start itself, or on the next working day where it counts those
 * and @start is none. */
static DsDue
due_after(DsDeciding *self, const DsDeadline *deadline, const GDate *start)
{
  const DsCalendar *calendar = ds_policy_calendar(self->policy);
  DsDue due = ds_deadline_after(calendar, start, deadline->value, deadline->unit);
  gboolean certain;

  if (deadline->value > 0 || deadline->unit != DS_DAYS_WORKING)
    return due;
  if (!ds_calendar_is_working_day(calendar, start, &certain))
    due = ds_deadline_after(calendar, start, 1, deadline->unit);
  due.provisional = due.provisional || !certain;
  return due;
}

static DsDeadline *
deadline_new(DsDeciding *self, JsonObject *row, DsTruth applies)
{
  DsDeadline *deadline = g_new0(DsDeadline, 1);
  GDate start;

  deadline->id = g_strdup(ds_json_string(row, "id"));
  deadline->title_zh = g_strdup(ds_json_title(row, "title", "zh"));
  deadline->title_en = g_strdup(ds_json_title(row, "title", "en"));
  deadline->start = g_strdup(ds_json_string(row, "start"));
  deadline->at = g_strdup(ds_json_string(row, "at"));
  deadline->value = (guint)ds_json_int(row, "value", 0);
  deadline->unit = ds_day_unit_parse(ds_json_string(row, "unit"));
  cite(row, &deadline->document, &deadline->clause, &deadline->phrase, &deadline->requirements);
  deadline->known = applies == DS_TRUTH_TRUE && event_day(self, deadline->start, &start);
  if (deadline->known)
    deadline->due = due_after(self, deadline, &start);
  return deadline;
}

static gboolean
add_deadlines(DsDeciding *self, GPtrArray *deadlines, GError **error)
{
  JsonArray *rows = ds_json_array(self->root, "deadlines");

  for (guint i = 0; i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    DsTruth truth;
    if (!ds_deciding_test(self, row, &truth, NULL, error))
      return FALSE;
    if (truth != DS_TRUTH_FALSE)
      g_ptr_array_add(deadlines, deadline_new(self, row, truth));
  }
  return TRUE;
}

GPtrArray *
ds_policy_deadlines(DsPolicy *policy, DsPack *pack, DsFacts *facts, GError **error)
{
  g_autoptr(GPtrArray) deadlines = ds_deadlines_new();
  DsDeciding deciding = {
      .policy = policy, .pack = pack, .root = ds_pack_root(pack), .facts = facts};

  return add_deadlines(&deciding, deadlines, error) ? g_steal_pointer(&deadlines) : NULL;
}

/* The name of the first row of routes/@member whose condition holds. */
static gboolean
add_route(DsDeciding *self, const char *member, char **name, GError **error)
{
  JsonArray *rows = ds_json_array(ds_json_object(self->root, "routes"), member);
  JsonObject *row;
  gboolean open;

  if (rows == NULL)
    return TRUE;
  if (!first_row(self, rows, NULL, &row, &open, error))
    return FALSE;
  if (row != NULL)
    *name = g_strdup(ds_json_string(row, "name"));
  return TRUE;
}

static gboolean
add_routes(DsDeciding *self, GError **error)
{
  DsDecision *decision = self->decision;

  decision->system = g_strdup(ds_json_string(ds_json_object(self->root, "routes"), "system"));
  return add_route(self, "systems", &decision->system, error) &&
         add_route(self, "signing", &decision->signing_system, error) &&
         add_route(self, "producers", &decision->producer, error);
}

/* Temporary papers the person may ask for, as far as that is settled here. */
static gboolean
add_temporary_papers(DsDeciding *self, GError **error)
{
  JsonArray *rows = ds_json_array(self->root, "temporary-papers");
  g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

  for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    DsTruth truth;
    if (!ds_deciding_test(self, row, &truth, NULL, error))
      return FALSE;
    if (truth == DS_TRUTH_TRUE)
      g_strv_builder_add(ids, ds_json_string(row, "id"));
  }
  self->decision->temporary_papers = g_strv_builder_end(ids);
  return TRUE;
}

static void
add_plain_terms(DsDeciding *self)
{
  JsonObject *retention = ds_json_object(self->root, "retention");
  JsonObject *refund = ds_json_object(self->root, "refund");
  JsonArray *pickup = ds_json_array(self->root, "pickup");
  g_autoptr(GStrvBuilder) modes = g_strv_builder_new();

  self->decision->retention = g_strdup(ds_json_string(retention, "term"));
  self->decision->retention_zh = g_strdup(ds_json_title(retention, "text", "zh"));
  self->decision->refund = g_strdup(ds_json_string(refund, "policy"));
  self->decision->refund_ask = g_strdup(ds_json_string(refund, "ask"));
  self->decision->refund_zh = g_strdup(ds_json_title(refund, "text", "zh"));
  self->decision->refund_en = g_strdup(ds_json_title(refund, "text", "en"));
  for (guint i = 0; i < json_array_get_length(pickup); i++)
    g_strv_builder_add(modes, ds_json_string(json_array_get_object_element(pickup, i), "mode"));
  self->decision->pickup_modes = g_strv_builder_end(modes);
}

gboolean
ds_deciding_add_terms(DsDeciding *self, GError **error)
{
  add_plain_terms(self);
  return ds_deciding_add_fee(self, error) &&
         add_deadlines(self, self->decision->deadlines, error) && add_routes(self, error) &&
         add_temporary_papers(self, error);
}

/* ---- shared with decide.c ---- */

gboolean
ds_deciding_test(DsDeciding *self, JsonObject *row, DsTruth *truth, GPtrArray **unknown,
                 GError **error)
{
  const char *id = ds_json_string(row, "id");

  if (ds_logic_test(json_object_get_member(row, "when"), self->facts, truth, unknown, error))
    return TRUE;
  g_prefix_error(error, "%s: %s: ", ds_pack_id(self->pack), id != NULL ? id : "rule");
  return FALSE;
}

gboolean
ds_deciding_covers(JsonObject *row, const GDate *day)
{
  const char *from = ds_json_string(row, "from"), *until = ds_json_string(row, "until");
  g_autofree char *text = ds_date_format(day);

  return (from == NULL || g_strcmp0(from, text) <= 0) &&
         (until == NULL || g_strcmp0(text, until) <= 0);
}

gboolean
ds_deciding_day(DsDeciding *self, const char *fact, GDate *day)
{
  g_autoptr(JsonNode) node = ds_facts_lookup(self->facts, fact);

  return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
         json_node_get_value_type(node) == G_TYPE_STRING &&
         ds_date_parse(day, json_node_get_string(node));
}
