/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decision in words: for programs as JSON, for people as text. */
#include "policy/decide.h"

#include "base/clock.h"
#include "policy/json.h"

static void
set_text(JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member(object, member, text);
}

static void
set_source(JsonObject *object, const char *document, const char *clause, const char *phrase,
           const char *requirements)
{
  g_auto(GStrv) ids = g_strsplit(requirements != NULL ? requirements : "", " ", -1);
  JsonArray *list = json_array_new();

  if (document != NULL) {
    JsonObject *source = json_object_new();
    set_text(source, "document", document);
    set_text(source, "clause", clause);
    set_text(source, "phrase", phrase);
    json_object_set_object_member(object, "source", source);
  }
  for (char **id = ids; *id != NULL; id++)
    if (**id != '\0')
      json_array_add_string_element(list, *id);
  json_object_set_array_member(object, "requirements", list);
}

static JsonArray *
findings_json(const DsFindings *findings)
{
  JsonArray *list = json_array_new();

  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    JsonObject *object = json_object_new();
    set_text(object, "kind", ds_finding_kind_word(finding->kind));
    set_text(object, "code", finding->code);
    set_text(object, "subject", finding->subject);
    set_text(object, "text", finding->text);
    set_text(object, "who", finding->who);
    set_text(object, "origin", finding->origin);
    set_source(object, finding->document, finding->clause, finding->phrase, finding->requirements);
    json_array_add_object_element(list, object);
  }
  return list;
}

static JsonArray *
documents_json(const GPtrArray *documents)
{
  JsonArray *list = json_array_new();

  for (guint i = 0; i < documents->len; i++) {
    const DsMissingDocument *missing = g_ptr_array_index(documents, i);
    JsonObject *object = json_object_new();
    set_text(object, "kind", missing->kind);
    set_text(object, "zh", missing->zh);
    set_text(object, "en", missing->en);
    json_array_add_object_element(list, object);
  }
  return list;
}

static JsonArray *
deadlines_json(const GPtrArray *deadlines)
{
  JsonArray *list = json_array_new();

  for (guint i = 0; i < deadlines->len; i++) {
    const DsDeadline *deadline = g_ptr_array_index(deadlines, i);
    JsonObject *object = json_object_new();
    set_text(object, "id", deadline->id);
    json_object_set_int_member(object, "value", deadline->value);
    set_text(object, "unit", ds_day_unit_word(deadline->unit));
    set_text(object, "at", deadline->at);
    set_text(object, "start", deadline->start);
    if (deadline->known) {
      g_autofree char *day = ds_date_format(&deadline->due.day);
      set_text(object, "due", day);
      json_object_set_boolean_member(object, "provisional", deadline->due.provisional);
    }
    set_source(object, deadline->document, deadline->clause, deadline->phrase,
               deadline->requirements);
    json_array_add_object_element(list, object);
  }
  return list;
}

static JsonObject *
fee_json(const DsFee *fee)
{
  JsonObject *object = json_object_new();

  json_object_set_boolean_member(object, "known", fee->known);
  json_object_set_boolean_member(object, "open", fee->open);
  if (fee->known) {
    json_object_set_int_member(object, "amount", fee->amount);
    json_object_set_int_member(object, "full", fee->full);
    set_text(object, "item", fee->item);
    set_text(object, "relief", fee->relief);
  }
  json_object_set_int_member(object, "settlement", fee->settlement);
  set_source(object, fee->document, fee->clause, fee->phrase, fee->requirements);
  return object;
}

static JsonArray *
words_json(char **words)
{
  JsonArray *list = json_array_new();

  for (char **word = words; word != NULL && *word != NULL; word++)
    json_array_add_string_element(list, *word);
  return list;
}

JsonNode *
ds_policy_explain_json(const DsDecision *self)
{
  JsonObject *root = json_object_new();
  JsonObject *pack = json_object_new();
  JsonNode *node = json_node_new(JSON_NODE_OBJECT);

  set_text(root, "outcome", ds_outcome_word(self->outcome));
  json_object_set_boolean_member(root, "field-done", ds_decision_field_done(self));
  json_object_set_boolean_member(root, "rebook", self->rebook);
  set_text(pack, "id", self->pack_id);
  json_object_set_int_member(pack, "version", self->pack_version);
  set_text(pack, "sha256", self->pack_sha256);
  json_object_set_object_member(root, "pack", pack);
  json_object_set_array_member(root, "findings", findings_json(self->findings));
  json_object_set_array_member(root, "missing-documents", documents_json(self->missing_documents));
  json_object_set_object_member(root, "fee", fee_json(&self->fee));
  json_object_set_array_member(root, "deadlines", deadlines_json(self->deadlines));
  set_text(root, "retention", self->retention);
  set_text(root, "refund", self->refund);
  set_text(root, "refund-ask", self->refund_ask);
  set_text(root, "system", self->system);
  set_text(root, "signing-system", self->signing_system);
  set_text(root, "producer", self->producer);
  json_object_set_array_member(root, "pickup", words_json(self->pickup_modes));
  json_object_set_array_member(root, "temporary-papers", words_json(self->temporary_papers));
  json_node_take_object(node, root);
  return node;
}

/* ---- text ---- */

static const char *
outcome_title(DsOutcome outcome, gboolean zh)
{
  static const char *const titles[][2] = {
      {"符合规定", "every rule is met"},
      {"不予受理", "refused"},
      {"材料或信息不全", "incomplete"},
      {"现场采集完成，待有关单位确定", "done in the field; others decide the rest"}};

  return titles[(gsize)outcome < G_N_ELEMENTS(titles) ? (gsize)outcome : 3][zh ? 0 : 1];
}

static const char *
kind_title(DsFindingKind kind, gboolean zh)
{
  static const char *const titles[][2] = {{"提示", "note"},         {"注意", "warning"},
                                          {"缺少", "missing"},      {"有误", "invalid"},
                                          {"待定", "undetermined"}, {"不予受理", "refused"}};

  return titles[(gsize)kind < G_N_ELEMENTS(titles) ? (gsize)kind : 0][zh ? 0 : 1];
}

static void
append_source(GString *out, const char *document, const char *clause, const char *phrase,
              const char *requirements, gboolean zh)
{
  if (document != NULL)
    g_string_append_printf(out, zh ? "      依据：《%s》%s“%s”" : "      after: 《%s》 %s “%s”",
                           document, clause != NULL ? clause : "", phrase != NULL ? phrase : "");
  else
    g_string_append(out, zh ? "      依据：无明文" : "      after: no clause");
  if (requirements != NULL && *requirements != '\0')
    g_string_append_printf(out, " [%s]", requirements);
  g_string_append_c(out, '\n');
}

static void
append_findings(GString *out, const DsFindings *findings, gboolean zh)
{
  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *finding = ds_findings_get(findings, i);
    g_string_append_printf(out, "  %s  %s (%s)\n", kind_title(finding->kind, zh), finding->text,
                           finding->code);
    append_source(out, finding->document, finding->clause, finding->phrase, finding->requirements,
                  zh);
  }
}

static void
append_fee(GString *out, const DsFee *fee, gboolean zh)
{
  if (fee->open) {
    g_string_append(out, zh ? "工本费：待定\n" : "fee: not settled yet\n");
    return;
  }
  if (!fee->known) {
    g_string_append(out, zh ? "工本费：规则未规定\n" : "fee: the rules do not say\n");
    return;
  }
  g_string_append_printf(
      out, zh ? "工本费：%" G_GINT64_FORMAT ".%02d元\n" : "fee: %" G_GINT64_FORMAT ".%02d yuan\n",
      fee->amount / 100, (int)(fee->amount % 100));
  append_source(out, fee->document, fee->clause, fee->phrase, fee->requirements, zh);
}

static void
append_term(GString *out, const DsDeadline *deadline, gboolean zh)
{
  gboolean working = deadline->unit == DS_DAYS_WORKING;

  g_string_append_printf(out, zh ? "期限：%s " : "deadline: %s, ",
                         zh ? deadline->title_zh : deadline->title_en);
  if (deadline->value == 0 && deadline->at != NULL)
    g_string_append(out, zh ? (working ? "当个工作日" : "当日")
                            : (working ? "the same working day" : "the same day"));
  else
    g_string_append_printf(out, "%u%s", deadline->value,
                           zh ? (working ? "个工作日" : "日")
                              : (working ? " working days" : " days"));
  if (deadline->at != NULL)
    g_string_append_printf(out, zh ? "%s前" : " before %s", deadline->at);
}

static void
append_deadline(GString *out, const DsDeadline *deadline, gboolean zh)
{
  append_term(out, deadline, zh);
  if (deadline->known) {
    g_autofree char *day = ds_date_format(&deadline->due.day);
    g_string_append_printf(out, zh ? "，至%s%s" : ", until %s%s", day,
                           !deadline->due.provisional ? ""
                           : zh                       ? "（暂定：工作日历尚未公布）"
                                                      : " (provisional: the calendar ends before)");
  }
  g_string_append_c(out, '\n');
  append_source(out, deadline->document, deadline->clause, deadline->phrase, deadline->requirements,
                zh);
}

char *
ds_policy_explain_text(const DsDecision *self, const char *language)
{
  gboolean zh = language == NULL || g_str_has_prefix(language, "zh");
  g_autoptr(GString) out = g_string_new(NULL);

  g_string_append_printf(out, "%s\n", outcome_title(self->outcome, zh));
  g_string_append_printf(out, zh ? "规则包：%s 第%u版 %.12s\n" : "rule pack: %s version %u %.12s\n",
                         self->pack_id, self->pack_version, self->pack_sha256);
  if (self->rebook)
    g_string_append(out, zh ? "请另约时间办理。\n" : "Make another appointment.\n");
  append_findings(out, self->findings, zh);
  append_fee(out, &self->fee, zh);
  for (guint i = 0; i < self->deadlines->len; i++)
    append_deadline(out, g_ptr_array_index(self->deadlines, i), zh);
  if (self->retention_zh != NULL)
    g_string_append_printf(out, zh ? "保存：%s\n" : "kept: %s\n",
                           zh ? self->retention_zh : self->retention);
  if (self->system != NULL)
    g_string_append_printf(out, zh ? "流转：%s\n" : "handed to: %s\n", self->system);
  if (self->signing_system != NULL)
    g_string_append_printf(out, zh ? "审签：%s\n" : "signed in: %s\n", self->signing_system);
  if (self->refund_zh != NULL)
    g_string_append_printf(out, zh ? "退费：%s\n" : "refund: %s\n",
                           zh ? self->refund_zh : self->refund_en);
  if (self->producer != NULL)
    g_string_append_printf(out, zh ? "制证：%s\n" : "made by: %s\n", self->producer);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
