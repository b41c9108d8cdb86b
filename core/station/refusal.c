/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/refusal.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "model/money.h"
#include "station/review-private.h"
#include "station/rules.h"
#include "station/show.h"

/* What the supervisor said, checked against what was paid (-1: elsewhere). */
static gboolean
take_word(const DsCaseRules *rules, const DsRefundWord *word, gint64 paid, gint64 *fen,
          GError **error)
{
  if (word == NULL || word->amount == NULL || word->by == NULL || *word->by == '\0') {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "the rules (%s) do not say whether the fee is paid back: ask a supervisor, then "
                "give --refund AMOUNT or --refund none, and --decided-by NUMBER",
                ds_case_rules_name(rules));
    return FALSE;
  }
  *fen = 0;
  if (strcmp(word->amount, "none") == 0)
    return TRUE;
  if (!ds_money_parse_yuan(word->amount, fen)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "refund \"%.40s\" is no sum in yuan such as 20 or 20.00, nor \"none\"",
                word->amount);
    return FALSE;
  }
  if (paid < 0 || *fen <= paid)
    return TRUE;
  g_autofree char *most = ds_money_format(paid);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "refund %s is more than the %s yuan that were paid", word->amount, most);
  return FALSE;
}

static gboolean
settle_refund(const DsCaseRules *rules, const DsRefundWord *word, DsRefundSaid *said,
              GError **error)
{
  gint64 paid = 0;
  DsRefundRule rule = ds_case_rules_refund(rules, &paid);

  *said = (DsRefundSaid){.asked = rule == DS_REFUND_ASK};
  if (rule == DS_REFUND_ASK)
    return take_word(rules, word, paid, &said->fen, error);
  if (word != NULL && word->amount != NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s: give no --refund",
                rule == DS_REFUND_NONE ? "nothing was paid, so nothing is paid back"
                                       : "the rules say that all of it is paid back");
    return FALSE;
  }
  said->fen = rule == DS_REFUND_ALL ? paid : 0;
  return TRUE;
}

static void
put_refund(GHashTable *detail, const DsRefundSaid *said, const DsRefundWord *word)
{
  g_hash_table_insert(detail, (gpointer)DS_DETAIL_REFUND,
                      g_strdup_printf("%" G_GINT64_FORMAT, said->fen));
  if (said->asked)
    g_hash_table_insert(detail, (gpointer)DS_DETAIL_REFUND_BY, g_strdup(word->by));
}

static DsCaseRules *
load_rules(DsStation *self, const DsRegistryCase *found, const char *schemas, GError **error)
{
  g_autoptr(DsRecord) record = ds_station_case_record(self, found, error);
  GDate today;

  if (record == NULL)
    return NULL;
  ds_clock_day(ds_clock_now().wall_us, &today);
  return ds_case_rules_load(record, schemas, &today, error);
}

/* @from: states; @whose: who decides about @code by the pack. */
static gboolean
refuse(DsStation *self, const char *name, const char *const *from, const char *code,
       const char *const *whose, const DsRefundWord *refund, const char *schemas, const char *by,
       DsRefundSaid *said, GError **error)
{
  const char *text = NULL, *redirect = NULL;
  DsRefundSaid money = {0};
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);
  g_autoptr(DsCaseRules) rules = found != NULL ? load_rules(self, found, schemas, error) : NULL;

  if (rules == NULL || !ds_case_rules_refusal(rules, code, whose, &text, &redirect, error) ||
      !settle_refund(rules, refund, &money, error))
    return FALSE;
  g_autoptr(GHashTable) detail = ds_review_detail();
  g_hash_table_insert(detail, (gpointer)DS_DETAIL_REFUSAL, g_strdup(code));
  g_hash_table_insert(detail, (gpointer)DS_DETAIL_REASON, g_strdup(text));
  if (redirect != NULL)
    g_hash_table_insert(detail, (gpointer)DS_DETAIL_REDIRECT, g_strdup(redirect));
  put_refund(detail, &money, refund);
  g_autofree char *note = g_strdup_printf("%s: %s", code, text);
  DsRegistryDecision decision = {.state = "refused-by-station",
                                 .say = DS_STATE_REFUSED,
                                 .by = by,
                                 .event = "refused",
                                 .text = note,
                                 .detail = detail};
  if (said != NULL)
    *said = money;
  return ds_registry_decide(self, found, &decision, error);
}

gboolean
ds_station_refuse(DsStation *self, const char *name, const char *code, const DsRefundWord *refund,
                  const char *schemas, const char *by, DsRefundSaid *said, GError **error)
{
  static const char *const from[] = {"review", "returned", "identification", NULL};
  static const char *const whose[] = {"station", NULL};

  return refuse(self, name, from, code, whose, refund, schemas, by, said, error);
}

gboolean
ds_station_mismatch(DsStation *self, const char *name, const char *code, const DsRefundWord *refund,
                    const char *schemas, const char *by, DsRefundSaid *said, GError **error)
{
  static const char *const from[] = {"identification", NULL};
  static const char *const whose[] = {"station", "unit", NULL};

  return refuse(self, name, from, code, whose, refund, schemas, by, said, error);
}

gboolean
ds_station_not_issue(DsStation *self, const char *name, const char *reason,
                     const DsRefundWord *refund, const char *schemas, const char *by,
                     DsRefundSaid *said, GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", NULL};
  DsRefundSaid money = {0};

  if (!ds_review_require_text("the reason", reason, error))
    return FALSE;
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);
  g_autoptr(DsCaseRules) rules = found != NULL ? load_rules(self, found, schemas, error) : NULL;
  if (rules == NULL || !settle_refund(rules, refund, &money, error))
    return FALSE;
  const char *redirect = NULL;
  const char *code = ds_case_rules_not_issued(rules, &redirect);
  g_autoptr(GHashTable) detail = ds_review_detail();
  g_hash_table_insert(detail, (gpointer)DS_DETAIL_REASON, g_strdup(reason));
  if (code != NULL)
    g_hash_table_insert(detail, (gpointer)DS_DETAIL_REFUSAL, g_strdup(code));
  if (redirect != NULL)
    g_hash_table_insert(detail, (gpointer)DS_DETAIL_REDIRECT, g_strdup(redirect));
  put_refund(detail, &money, refund);
  DsRegistryDecision decision = {.state = "not-issued",
                                 .say = DS_STATE_NOT_ISSUED,
                                 .by = by,
                                 .event = "not issued",
                                 .text = reason,
                                 .detail = detail};
  if (said != NULL)
    *said = money;
  return ds_registry_decide(self, found, &decision, error);
}

gboolean
ds_station_identify(DsStation *self, const char *name, const char *by, GError **error)
{
  static const char *const from[] = {"identification", NULL};
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);

  if (found == NULL)
    return FALSE;
  DsRegistryDecision decision = {.state = "review", .by = by, .event = "identified"};
  return ds_registry_decide(self, found, &decision, error);
}
