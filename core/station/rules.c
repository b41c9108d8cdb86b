/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/rules.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "model/money.h"
#include "policy/decide.h"
#include "policy/json.h"

#define LANGUAGE "zh"

struct _DsCaseRules {
  DsPolicy *policy;
  DsPack *pack;
  char *name;
  gboolean due_known;
  DsDue due;
  gint64 paid_fen;
};

void
ds_case_rules_free(DsCaseRules *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->pack, ds_pack_unref);
  g_clear_pointer(&self->policy, ds_policy_unref);
  g_free(self->name);
  g_free(self);
}

static void
copy_texts(GHashTable *texts, DsView *view, void (*set)(DsView *, const char *, const char *))
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init(&iter, texts);
  while (g_hash_table_iter_next(&iter, &name, &value))
    set(view, name, value);
}

/* The case as its record tells it, returned on @today. */
static DsView *
view_of(const DsRecord *record, const DsPack *pack, const GDate *today)
{
  g_autofree char *day = ds_date_format(today);
  DsView *view = ds_view_new();

  copy_texts(record->fields, view, ds_view_set_field);
  copy_texts(record->facts, view, ds_view_set_fact);
  ds_view_set_fact(view, "case.day", record->application->day);
  ds_view_set_fact(view, "case.service", record->application->service);
  ds_view_set_fact(view, "event.returned", day);
  ds_pack_add_facts(pack, view);
  return view;
}

static gboolean
find_due(DsCaseRules *self, const DsRecord *record, const GDate *today, GError **error)
{
  DsService *service = ds_policy_service(self->policy, record->application->service, error);
  if (service == NULL)
    return FALSE;
  g_autoptr(DsView) view = view_of(record, self->pack, today);
  g_autoptr(DsFacts) facts = ds_policy_facts(self->policy, view);
  g_autoptr(DsDecision) decision =
      ds_policy_decide(self->policy, self->pack, service, facts, LANGUAGE, error);

  if (decision == NULL)
    return FALSE;
  for (guint i = 0; i < decision->deadlines->len; i++) {
    const DsDeadline *deadline = decision->deadlines->pdata[i];
    if (!deadline->known || strcmp(deadline->start, "returned") != 0)
      continue;
    /* of several that apply the earliest holds */
    if (!self->due_known || g_date_compare(&deadline->due.day, &self->due.day) < 0)
      self->due = deadline->due;
    self->due_known = TRUE;
  }
  return TRUE;
}

static gint64
paid_in_field(const DsRecord *record)
{
  const char *method = g_hash_table_lookup(record->fields, "fee.method");
  const char *received = g_hash_table_lookup(record->fields, "fee.received");
  gint64 fen = 0;

  if (g_strcmp0(method, "payment-code") == 0)
    return -1;
  return ds_money_parse_fen(received, &fen) ? fen : 0;
}

DsCaseRules *
ds_case_rules_load(const DsRecord *record, const char *schemas, const GDate *today, GError **error)
{
  const DsRecordCase *a = record->application;
  g_autoptr(DsCaseRules) self = g_new0(DsCaseRules, 1);
  char hex[DS_DIGEST_HEX_SIZE];
  guint64 version = 0;

  self->policy = ds_policy_load(schemas, error);
  if (self->policy == NULL)
    return NULL;
  if (!g_ascii_string_to_unsigned(a->pack_version, 10, 1, G_MAXUINT, &version, NULL)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the record's pack version \"%s\" is no number",
                a->pack_version);
    return NULL;
  }
  self->pack = ds_policy_pack_by_id(self->policy, a->pack, (guint)version,
                                    ds_digest_to_hex(&a->pack_digest, hex), error);
  if (self->pack == NULL)
    return NULL;
  self->name = g_strdup_printf("%s %u", ds_pack_id(self->pack), ds_pack_version(self->pack));
  self->paid_fen = paid_in_field(record);
  return find_due(self, record, today, error) ? g_steal_pointer(&self) : NULL;
}

const char *
ds_case_rules_name(const DsCaseRules *self)
{
  return self->name;
}

gboolean
ds_case_rules_due(const DsCaseRules *self, DsDue *due)
{
  if (self->due_known)
    *due = self->due;
  return self->due_known;
}

static JsonObject *
refusal_at(const DsCaseRules *self, guint index, const char *const *by)
{
  JsonArray *rows = ds_json_array(ds_pack_root(self->pack), "refusals");

  if (rows == NULL || index >= json_array_get_length(rows))
    return NULL;
  JsonObject *row = json_array_get_object_element(rows, index);
  for (guint i = 0; by[i] != NULL; i++)
    if (ds_pack_refusal_is_for(row, by[i]))
      return row;
  return NULL;
}

static guint
refusal_count(const DsCaseRules *self)
{
  JsonArray *rows = ds_json_array(ds_pack_root(self->pack), "refusals");

  return rows != NULL ? json_array_get_length(rows) : 0;
}

gboolean
ds_case_rules_refusal(const DsCaseRules *self, const char *code, const char *const *by,
                      const char **text, const char **redirect, GError **error)
{
  g_autoptr(GString) known = g_string_new(NULL);
  g_autofree char *who = g_strjoinv(" or ", (char **)by);

  for (guint i = 0; i < refusal_count(self); i++) {
    JsonObject *row = refusal_at(self, i, by);
    if (row == NULL)
      continue;
    g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", ds_json_string(row, "code"));
    if (g_strcmp0(code, ds_json_string(row, "code")) != 0)
      continue;
    *text = ds_json_title(row, "text", LANGUAGE);
    *redirect = ds_json_title(row, "redirect", LANGUAGE);
    return TRUE;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "\"%.40s\" is no reason for which the %s may refuse by %s: there is %s",
              code != NULL ? code : "", who, self->name, known->len > 0 ? known->str : "none");
  return FALSE;
}

const char *
ds_case_rules_not_issued(const DsCaseRules *self, const char **redirect)
{
  static const char *const by[] = {"signer", NULL};
  JsonObject *only = NULL;

  *redirect = NULL;
  for (guint i = 0; i < refusal_count(self); i++) {
    JsonObject *row = refusal_at(self, i, by);
    if (row != NULL && only != NULL)
      return NULL;
    if (row != NULL)
      only = row;
  }
  if (only == NULL)
    return NULL;
  *redirect = ds_json_title(only, "redirect", LANGUAGE);
  return ds_json_string(only, "code");
}

DsRefundRule
ds_case_rules_refund(const DsCaseRules *self, gint64 *paid_fen)
{
  JsonObject *refund = ds_json_object(ds_pack_root(self->pack), "refund");
  const char *policy = refund != NULL ? ds_json_string(refund, "policy") : NULL;

  *paid_fen = self->paid_fen;
  if (self->paid_fen == 0 || g_strcmp0(policy, "not-applicable") == 0)
    return DS_REFUND_NONE;
  /* what was paid elsewhere is not in the record: somebody has to say the sum */
  if (g_strcmp0(policy, "on-not-issued") == 0 && self->paid_fen > 0)
    return DS_REFUND_ALL;
  return DS_REFUND_ASK;
}
