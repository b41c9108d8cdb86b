/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/decide.h"

#include <string.h>

#include "base/error.h"
#include "policy/decide-inside.h"
#include "policy/json.h"
#include "policy/logic-value.h"

/* ---- findings ---- */

static DsFinding *
add_finding(DsDeciding *self, DsFindingKind kind, const char *code, JsonObject *row,
            const char *text)
{
  JsonObject *source = ds_json_object(row, "source");
  g_autofree char *requirements = ds_json_words(row, "requirements");
  DsFinding *finding =
      ds_findings_add(self->decision->findings, kind, code, ds_json_string(row, "subject"), text);

  ds_finding_cite(finding, ds_json_string(source, "document"), ds_json_string(source, "clause"),
                  ds_json_string(source, "phrase"), requirements);
  finding->origin = g_strdup(ds_pack_id(self->pack));
  return finding;
}

static const char *
title_of(DsDeciding *self, JsonObject *row, const char *member)
{
  return ds_json_title(row, member, self->language);
}

static gboolean
known_in_field(const char *who)
{
  return g_str_equal(who, "unit") || g_str_equal(who, "applicant");
}

static const char *
who_title(DsDeciding *self, const char *who)
{
  if (g_str_equal(who, "signer"))
    return self->zh ? "户籍地公安机关" : "the police of the registered address";
  if (g_str_equal(who, "province"))
    return self->zh ? "省公安厅" : "the province";
  return self->zh ? "受理单位" : "the accepting station";
}

/* A fact that the field can supply and has not: one finding for it, whoever asks. */
static void
ask_in_field(DsDeciding *self, const char *fact, JsonObject *row)
{
  const char *title = ds_facts_title(self->facts, fact, self->language);
  g_autofree char *code = g_strconcat("fact.", fact, NULL);
  g_autofree char *text = g_strdup_printf(self->zh ? "尚未填写：%s" : "not entered yet: %s", title);

  if (!g_hash_table_add(self->asked, g_strdup(fact)))
    return;
  DsFinding *finding = add_finding(self, DS_FINDING_MISSING, code, row, text);
  g_free(finding->subject);
  finding->subject = g_strdup(fact);
}

/* Does @unknown hold something to be worked out from a fact that is being asked for already? As
 * long as the age is open, nobody wants to be asked about guardians. */
static gboolean
waits_already(DsDeciding *self, const GPtrArray *unknown)
{
  for (guint i = 0; i < unknown->len; i++) {
    const char *name = g_ptr_array_index(unknown, i);
    const char *fact = ds_facts_ask_for(self->facts, name);
    if (!g_str_equal(fact, name) && g_hash_table_contains(self->asked, fact))
      return TRUE;
  }
  return FALSE;
}

/* @row could not be settled because of @unknown: what the field can enter is missing, the rest is
 * undetermined and names who will know. @source carries the clause. */
static void
leave_open(DsDeciding *self, const char *code, JsonObject *row, JsonObject *source,
           GPtrArray *unknown)
{
  g_autoptr(GString) titles = g_string_new(NULL);
  const char *first = NULL;

  if (waits_already(self, unknown))
    return;
  for (guint i = 0; i < unknown->len; i++) {
    const char *fact = ds_facts_ask_for(self->facts, g_ptr_array_index(unknown, i));
    const char *who = ds_facts_who(self->facts, fact);
    if (known_in_field(who)) {
      ask_in_field(self, fact, source);
      continue;
    }
    first = first != NULL ? first : who;
    g_string_append_printf(titles, "%s%s",
                           titles->len == 0 ? ""
                           : self->zh       ? "、"
                                            : ", ",
                           ds_facts_title(self->facts, fact, self->language));
  }
  if (first == NULL)
    return;
  g_autofree char *text = g_strdup_printf(self->zh ? "%s：由%s确定。" : "%s: %s will determine it.",
                                          titles->str, who_title(self, first));
  DsFinding *finding = add_finding(self, DS_FINDING_UNDETERMINED, code, source, text);
  finding->who = g_strdup(first);
  if (finding->subject == NULL)
    finding->subject = g_strdup(ds_json_string(row, "subject"));
}

static JsonObject *
find_refusal(DsDeciding *self, const char *code)
{
  JsonArray *list = ds_json_array(self->root, "refusals");

  for (guint i = 0; i < json_array_get_length(list); i++) {
    JsonObject *row = json_array_get_object_element(list, i);
    if (g_strcmp0(ds_json_string(row, "code"), code) == 0)
      return row;
  }
  return NULL; /* ds_pack_check lets no such pack in */
}

/* Several rules may lead to one refusal: it is said once. */
static void
refuse(DsDeciding *self, JsonObject *row)
{
  const char *code = ds_json_string(row, "refusal");
  if (ds_findings_find(self->decision->findings, code) != NULL)
    return;
  JsonObject *refusal = find_refusal(self, code);
  const char *redirect = title_of(self, refusal, "redirect");
  g_autofree char *text =
      g_strdup_printf("%s%s%s", title_of(self, refusal, "text"),
                      redirect != NULL && !self->zh ? " " : "", redirect != NULL ? redirect : "");
  DsFinding *finding = add_finding(self, DS_FINDING_REFUSE, code, refusal, text);

  finding->subject = g_strdup(ds_json_string(row, "subject"));
}

static DsFindingKind
effect_kind(const char *effect)
{
  static const char *const words[] = {"note", "warning", "missing", "invalid", "undetermined"};

  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(effect, words[i]))
      return (DsFindingKind)i;
  return DS_FINDING_NOTE;
}

static void
fire(DsDeciding *self, JsonObject *row)
{
  const char *effect = ds_json_string(row, "effect");

  if (g_str_equal(effect, "refuse")) {
    refuse(self, row);
    return;
  }
  DsFinding *finding = add_finding(self, effect_kind(effect), ds_json_string(row, "id"), row,
                                   title_of(self, row, "text"));
  finding->who = g_strdup(ds_json_string(row, "who"));
  if (json_object_get_boolean_member_with_default(row, "rebook", FALSE))
    self->decision->rebook = TRUE;
}

static gboolean
apply_rules(DsDeciding *self, GError **error)
{
  JsonArray *rules = ds_json_array(self->root, "rules");

  for (guint i = 0; i < json_array_get_length(rules); i++) {
    JsonObject *row = json_array_get_object_element(rules, i);
    g_autoptr(GPtrArray) unknown = NULL;
    DsTruth truth;
    if (!ds_deciding_test(self, row, &truth, &unknown, error))
      return FALSE;
    const char *refusal = ds_json_string(row, "refusal");
    const char *effect = ds_json_string(row, "effect");
    gboolean matters = !g_str_equal(effect, "note") && !g_str_equal(effect, "warning");
    if (truth == DS_TRUTH_TRUE)
      fire(self, row);
    else if (truth == DS_TRUTH_UNKNOWN && matters)
      leave_open(self, ds_json_string(row, "id"), row,
                 refusal != NULL ? find_refusal(self, refusal) : row, unknown);
  }
  return TRUE;
}

/* ---- documents ---- */

static gboolean
is_shown(JsonArray *documents, const char *kind)
{
  for (guint i = 0; i < json_array_get_length(documents); i++)
    if (g_str_equal(json_array_get_string_element(documents, i), kind))
      return TRUE;
  return FALSE;
}

/* Is one of the alternatives of @row shown, and does it count? @kinds gets those that may. */
static gboolean
is_met(DsDeciding *self, JsonObject *row, JsonArray *shown, GString *kinds, DsTruth *met,
       GPtrArray **unknown, GError **error)
{
  JsonArray *any = ds_json_array(row, "any");

  *met = DS_TRUTH_FALSE;
  for (guint i = 0; i < json_array_get_length(any); i++) {
    JsonNode *item = json_array_get_element(any, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(item) ? json_node_get_object(item) : NULL;
    const char *kind = object != NULL ? ds_json_string(object, "kind") : json_node_get_string(item);
    g_autoptr(GPtrArray) names = NULL;
    DsTruth counts = DS_TRUTH_TRUE;
    if (object != NULL && !ds_deciding_test(self, object, &counts, &names, error))
      return FALSE;
    if (counts != DS_TRUTH_FALSE)
      g_string_append_printf(kinds, "%s%s", kinds->len > 0 ? " " : "", kind);
    if (!is_shown(shown, kind) || counts == DS_TRUTH_FALSE)
      continue;
    if (counts == DS_TRUTH_TRUE) {
      *met = DS_TRUTH_TRUE;
      g_clear_pointer(unknown, g_ptr_array_unref);
      return TRUE;
    }
    *met = DS_TRUTH_UNKNOWN;
    g_clear_pointer(unknown, g_ptr_array_unref);
    *unknown = g_steal_pointer(&names);
  }
  return TRUE;
}

static void
add_missing_document(DsDeciding *self, JsonObject *row, const char *kinds)
{
  DsMissingDocument *missing = g_new0(DsMissingDocument, 1);
  g_autofree char *text =
      g_strdup_printf(self->zh ? "缺少：%s" : "missing: %s", title_of(self, row, "title"));

  missing->kind = g_strdup(kinds);
  missing->zh = g_strdup(ds_json_title(row, "title", "zh"));
  missing->en = g_strdup(ds_json_title(row, "title", "en"));
  missing->code = g_strconcat("document.", ds_json_string(row, "id"), NULL);
  g_ptr_array_add(self->decision->missing_documents, missing);
  DsFinding *finding = add_finding(self, DS_FINDING_MISSING, missing->code, row, text);
  finding->subject = *kinds == '\0' || strchr(kinds, ' ') != NULL
                         ? g_strdup("document")
                         : g_strconcat("document.", kinds, NULL);
}

static gboolean
apply_documents(DsDeciding *self, GError **error)
{
  JsonArray *rows = ds_json_array(self->root, "documents");
  g_autoptr(JsonNode) node = ds_facts_lookup(self->facts, "documents");
  g_autoptr(JsonArray) none = json_array_new();
  JsonArray *shown = node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : none;

  for (guint i = 0; i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    g_autoptr(GPtrArray) unknown = NULL;
    g_autoptr(GString) kinds = g_string_new(NULL);
    DsTruth needed, met = DS_TRUTH_TRUE;
    if (!ds_deciding_test(self, row, &needed, &unknown, error))
      return FALSE;
    if (needed == DS_TRUTH_TRUE && !is_met(self, row, shown, kinds, &met, &unknown, error))
      return FALSE;
    if (met == DS_TRUTH_FALSE)
      add_missing_document(self, row, kinds->str);
    else if (unknown != NULL)
      leave_open(self, ds_json_string(row, "id"), row, row, unknown);
  }
  return TRUE;
}

/* ---- what others will check ---- */

static gboolean
apply_checks(DsDeciding *self, GError **error)
{
  JsonArray *rows = ds_json_array(self->root, "checks");

  for (guint i = 0; i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    const char *fact = ds_json_string(row, "fact");
    g_autoptr(JsonNode) value = ds_facts_lookup(self->facts, fact);
    g_autoptr(GPtrArray) unknown = NULL;
    DsTruth applies;
    if (!ds_deciding_test(self, row, &applies, &unknown, error))
      return FALSE;
    if (applies == DS_TRUTH_FALSE)
      continue;
    if (value != NULL && !ds_js_truthy(value)) {
      refuse(self, row);
    } else if (value == NULL) {
      DsFinding *finding = add_finding(self, DS_FINDING_UNDETERMINED, ds_json_string(row, "id"),
                                       row, title_of(self, row, "text"));
      finding->subject = g_strdup(fact);
      finding->who = g_strdup(ds_facts_who(self->facts, fact));
    }
  }
  return TRUE;
}

/* ---- the whole ---- */

static void
sort_findings(DsDecision *decision)
{
  static const DsFindingKind order[] = {DS_FINDING_REFUSE,  DS_FINDING_MISSING,
                                        DS_FINDING_INVALID, DS_FINDING_UNDETERMINED,
                                        DS_FINDING_WARNING, DS_FINDING_NOTE};
  DsFindings *sorted = ds_findings_new();

  for (gsize k = 0; k < G_N_ELEMENTS(order); k++) {
    for (guint i = 0; i < ds_findings_count(decision->findings); i++) {
      const DsFinding *from = ds_findings_get(decision->findings, i);
      if (from->kind != order[k])
        continue;
      DsFinding *copy = ds_findings_add(sorted, from->kind, from->code, from->subject, from->text);
      ds_finding_cite(copy, from->document, from->clause, from->phrase, from->requirements);
      copy->origin = g_strdup(from->origin);
      copy->who = g_strdup(from->who);
    }
  }
  ds_findings_unref(decision->findings);
  decision->findings = sorted;
}

static DsOutcome
outcome_of(const DsFindings *findings)
{
  if (ds_findings_has_kind(findings, DS_FINDING_REFUSE))
    return DS_OUTCOME_REFUSE;
  if (ds_findings_has_kind(findings, DS_FINDING_MISSING) ||
      ds_findings_has_kind(findings, DS_FINDING_INVALID))
    return DS_OUTCOME_INCOMPLETE;
  return ds_findings_has_kind(findings, DS_FINDING_UNDETERMINED) ? DS_OUTCOME_UNDETERMINED
                                                                 : DS_OUTCOME_PASS;
}

DsDecision *
ds_policy_decide(DsPolicy *policy, DsPack *pack, DsService *service, DsFacts *facts,
                 const char *language, GError **error)
{
  g_autoptr(DsDecision) decision = ds_decision_new(pack);
  g_autoptr(DsFacts) all = ds_policy_facts_under(policy, pack, facts);
  g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  DsDeciding deciding = {.policy = policy,
                         .pack = pack,
                         .root = ds_pack_root(pack),
                         .facts = all,
                         .language = language,
                         .zh = language == NULL || g_str_has_prefix(language, "zh"),
                         .decision = decision,
                         .asked = asked};

  if (!ds_pack_has_service(pack, ds_service_id(service))) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the pack %s has no rules for the service %s",
                ds_pack_id(pack), ds_service_id(service));
    return NULL;
  }
  if (!apply_rules(&deciding, error) || !apply_documents(&deciding, error) ||
      !apply_checks(&deciding, error) || !ds_deciding_add_terms(&deciding, error))
    return NULL;
  sort_findings(decision);
  decision->outcome = outcome_of(decision->findings);
  return g_steal_pointer(&decision);
}
