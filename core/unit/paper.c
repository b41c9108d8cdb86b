/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/paper.h"

#include "base/clock.h"
#include "bundle/statement.h"
#include "policy/json.h"
#include "unit/answer.h"
#include "unit/pack.h"
#include "unit/settle.h"
#include "vault/bundles.h"
#include "vault/statements.h"

static void
add_source(DsView *view, const char *subject, const char *document, const char *clause,
           const char *phrase)
{
  const char *const parts[][2] = {{"document", document}, {"clause", clause}, {"phrase", phrase}};

  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *name = g_strdup_printf("%s.%s", subject, parts[i][0]);
    ds_view_set_fact(view, name, parts[i][1]);
  }
}

/* "60日", "30个工作日", and the day itself once it can be known. */
static void
add_deadline(DsView *view, const DsDeadline *deadline)
{
  g_autofree char *name = g_strconcat("deadline.", deadline->id, NULL);
  g_autofree char *term_name = g_strconcat(name, ".term", NULL);
  g_autofree char *term = g_strdup_printf("%u%s", deadline->value,
                                          deadline->unit == DS_DAYS_WORKING ? "个工作日" : "日");

  ds_view_set_fact(view, term_name, term);
  if (!deadline->known)
    return;
  g_autofree char *day = ds_date_format(&deadline->due.day);
  ds_view_set_fact(view, name, day);
}

static void
add_decision(DsView *view, const DsDecision *decision)
{
  g_autofree char *modes = g_strjoinv(" ", decision->pickup_modes);

  ds_view_set_fact(view, "delivery.modes", modes);
  if (decision->fee.known)
    add_source(view, "fee", decision->fee.document, decision->fee.clause, decision->fee.phrase);
  for (guint i = 0; i < decision->deadlines->len; i++)
    add_deadline(view, g_ptr_array_index(decision->deadlines, i));
}

/* So that no paper is drawn for a step that the case does not have. */
static void
add_steps(DsView *view, const GPtrArray *steps)
{
  g_autoptr(GString) ids = g_string_new(NULL);

  for (guint i = 0; i < steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(steps, i);
    if (step->progress == DS_PROGRESS_NOT_NEEDED)
      g_string_append_printf(ids, "%s%s", ids->len > 0 ? " " : "", step->id);
  }
  ds_view_set_fact(view, "steps.not-needed", ids->str);
}

static void
add_kit(DsView *view, JsonObject *rules)
{
  JsonArray *kit = ds_json_array(rules, "kit");

  for (guint i = 0; kit != NULL && i < json_array_get_length(kit); i++) {
    JsonObject *item = json_array_get_object_element(kit, i);
    g_autofree char *title = g_strdup_printf("kit.%u.title", i + 1);
    g_autofree char *field = g_strdup_printf("kit.%u.field", i + 1);
    ds_view_set_fact(view, title, ds_json_title(item, "title", "zh"));
    ds_view_set_fact(view, field, ds_json_string(item, "field"));
  }
}

/* A code that is not on the closed list stays without its clause, and no paper is drawn. */
static void
add_refusal(DsView *view, JsonObject *rules, const char *code, const char *by)
{
  JsonArray *refusals = ds_json_array(rules, "refusals");

  ds_view_set_fact(view, "refusal.code", code);
  ds_view_set_fact(view, "refusal.by", by);
  for (guint i = 0; refusals != NULL && i < json_array_get_length(refusals); i++) {
    JsonObject *refusal = json_array_get_object_element(refusals, i);
    JsonObject *source = ds_json_object(refusal, "source");
    if (g_strcmp0(ds_json_string(refusal, "code"), code) != 0 || source == NULL)
      continue;
    ds_view_set_fact(view, "refusal.text", ds_json_title(refusal, "text", "zh"));
    ds_view_set_fact(view, "refusal.redirect", ds_json_title(refusal, "redirect", "zh"));
    add_source(view, "refusal", ds_json_string(source, "document"),
               ds_json_string(source, "clause"), ds_json_string(source, "phrase"));
  }
}

/* The statement that ended the case, if one did: its state, 0 otherwise. */
static gboolean
find_end(DsUnit *self, const char *case_id, int *state, gint64 *station_us, GError **error)
{
  g_autoptr(GPtrArray) bundles = ds_vault_bundles(ds_unit_vault(self), case_id, error);

  *state = 0;
  if (bundles == NULL)
    return FALSE;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    g_autoptr(GPtrArray) said = ds_vault_statements(ds_unit_vault(self), &bundle->id, error);
    if (said == NULL)
      return FALSE;
    for (guint j = 0; j < said->len; j++) {
      const DsVaultStatement *statement = g_ptr_array_index(said, j);
      if (statement->state != DS_STATE_REFUSED && statement->state != DS_STATE_NOT_ISSUED)
        continue;
      *state = statement->state;
      *station_us = statement->station_us;
    }
  }
  return TRUE;
}

static char *
refund_reason(const DsVaultCase *of, GHashTable *answer)
{
  const char *said = g_hash_table_lookup(answer, DS_DETAIL_REASON);
  const char *text = of->decision == DS_CASE_REFUSED ? "现场不予受理" : "申请人撤回申请";

  if (of->state == DS_CASE_NOT_ISSUED)
    text = "审核未予签发";
  else if (of->state == DS_CASE_REFUSED_BY_STATION)
    text = "受理单位不予受理";
  return g_strconcat(text, said != NULL ? "：" : "", said, NULL);
}

/* The sum once it is decided, 0 too; nothing as long as somebody has to be asked. */
static gboolean
add_refund(DsUnit *self, const DsVaultCase *of, DsView *view, GError **error)
{
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, of->id, error);
  g_autoptr(DsCaseSettle) settle = answer != NULL ? ds_unit_case_settle(self, of, error) : NULL;

  if (settle == NULL)
    return FALSE;
  gboolean by_station = ds_case_ended_by_station(of);
  if (!by_station && !ds_case_ended_in_field(of))
    return TRUE;
  const char *said = g_hash_table_lookup(answer, DS_DETAIL_REFUND);
  const char *by = g_hash_table_lookup(answer, DS_DETAIL_REFUND_BY);
  g_autofree char *fen = g_strdup_printf("%" G_GINT64_FORMAT, settle->owed_fen);
  g_autofree char *reason = refund_reason(of, answer);
  ds_view_set_fact(view, "refund.reason", reason);
  ds_view_set_fact(view, "refund.decided-by", by != NULL ? by : settle->decided_by);
  if (by_station ? said != NULL : settle->taken_fen > 0 && !settle->ask)
    ds_view_set_fact(view, "refund.amount", fen);
  return TRUE;
}

/* What the station said last, once it has ended the case. */
static gboolean
add_answer(DsUnit *self, const char *case_id, DsView *view, JsonObject *rules, GError **error)
{
  g_autoptr(GHashTable) answer = ds_unit_case_answer(self, case_id, error);
  gint64 station_us = 0;
  int state = 0;

  if (answer == NULL || !find_end(self, case_id, &state, &station_us, error))
    return FALSE;
  if (state == 0)
    return TRUE;
  const char *code = g_hash_table_lookup(answer, DS_DETAIL_REFUSAL);
  if (state != DS_STATE_REFUSED || code == NULL)
    return TRUE;
  GDate day;
  ds_clock_day(station_us, &day);
  g_autofree char *text = ds_date_format(&day);
  add_refusal(view, rules, code, "station");
  ds_view_set_fact(view, "refusal.day", text);
  ds_view_set_fact(view, "refusal.explanation", g_hash_table_lookup(answer, DS_DETAIL_REASON));
  const char *redirect = g_hash_table_lookup(answer, DS_DETAIL_REDIRECT);
  if (redirect != NULL)
    ds_view_set_fact(view, "refusal.redirect", redirect);
  return TRUE;
}

gboolean
ds_unit_add_paper_facts(DsUnit *self, const char *case_id, DsCaseCheck *check, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(self), case_id, error);
  g_autoptr(DsPack) pack = of != NULL ? ds_unit_case_pack(self, of, error) : NULL;
  DsView *view = check->view;

  if (pack == NULL)
    return FALSE;
  const char *ethnic = ds_view_field(view, "applicant.ethnic");
  if (ethnic != NULL)
    ds_view_set_fact(view, "applicant.ethnic-name",
                     ds_tables_ethnic_name(ds_policy_tables(ds_unit_policy(self)), ethnic));
  add_decision(view, check->decision);
  add_steps(view, check->steps);
  add_kit(view, ds_pack_root(pack));
  const char *code = ds_view_field(view, "refusal.reason");
  if (code != NULL)
    add_refusal(view, ds_pack_root(pack), code, "unit");
  return add_refund(self, of, view, error) &&
         add_answer(self, case_id, view, ds_pack_root(pack), error);
}

void
ds_unit_add_trip_paper_facts(DsUnit *self, const DsTripReport *report, DsView *view)
{
  GDate day;

  if (report->trip->day == NULL || report->trip->jurisdiction == NULL ||
      !ds_view_field_date(view, "trip.day", &day))
    return;
  g_autoptr(DsPack) pack =
      ds_policy_pack_for(ds_unit_policy(self), report->trip->jurisdiction, NULL, &day, NULL);
  if (pack != NULL)
    ds_view_set_field(view, "trip.jurisdiction", ds_pack_title(pack, "zh"));
}
