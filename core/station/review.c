/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/review.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/ledger.h"
#include "station/review-private.h"
#include "station/rules.h"
#include "station/show.h"
#include "station/station-private.h"

#define TEXT_MAX 4096

DsRegistryCase *
ds_review_find(DsStation *self, const char *name, const char *const *states, GError **error)
{
  g_autoptr(DsLedgerBundle) bundle = NULL;

  if (!ds_station_require_unlocked(self, "deciding about a case", error))
    return NULL;
  g_autoptr(DsRegistryCase) found = ds_registry_find(self, name, error);
  if (found == NULL || !ds_ledger_find(self, found->unit, &found->bundle, &bundle, error))
    return NULL;
  if (bundle == NULL || (bundle->stage != DS_STAGE_ARCHIVED && bundle->stage != DS_STAGE_DONE)) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "case %s is not archived yet: run \"doorstep-station intake\" first", found->key);
    return NULL;
  }
  if (!g_strv_contains(states, found->state) && strcmp(found->state, "identification") == 0) {
    g_set_error(
        error, DS_ERROR, DS_ERROR_REFUSED,
        "case %s was taken without a document (容缺) and is not identified: compare it with "
        "the earlier picture and fingerprints and run \"doorstep-station identify\" first",
        found->key);
    return NULL;
  }
  if (!g_strv_contains(states, found->state)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s is \"%s\": this cannot be done with it",
                found->key, found->state);
    return NULL;
  }
  return g_steal_pointer(&found);
}

gboolean
ds_review_require_text(const char *what, const char *text, GError **error)
{
  if (text != NULL && *text != '\0' && strlen(text) <= TEXT_MAX && g_utf8_validate(text, -1, NULL))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is missing: say it in 1 to %d bytes of UTF-8",
              what, TEXT_MAX);
  return FALSE;
}

GHashTable *
ds_review_detail(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

gboolean
ds_station_accept(DsStation *self, const char *name, const char *by, gboolean *already,
                  GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", NULL};
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);

  if (found == NULL)
    return FALSE;
  *already = strcmp(found->state, "accepted") == 0;
  if (*already)
    return TRUE;
  DsRegistryDecision decision = {
      .state = "accepted", .say = DS_STATE_ACCEPTED, .by = by, .event = "accepted"};
  return ds_registry_decide(self, found, &decision, error);
}

/* "photo fingerprint", each once and in the order of the list. (transfer full) */
static char *
join_categories(const char *const *categories, GError **error)
{
  static const char *const known[] = {"text", "photo", "fingerprint", "other", NULL};
  g_autoptr(GString) joined = g_string_new(NULL);

  for (guint i = 0; categories != NULL && categories[i] != NULL; i++)
    if (!g_strv_contains(known, categories[i])) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "category \"%.40s\" is none of text, photo, fingerprint, other", categories[i]);
      return NULL;
    }
  for (guint i = 0; categories != NULL && known[i] != NULL; i++)
    if (g_strv_contains(categories, known[i]))
      g_string_append_printf(joined, "%s%s", joined->len > 0 ? " " : "", known[i]);
  if (joined->len > 0)
    return g_string_free(g_steal_pointer(&joined), FALSE);
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                      "say what is wrong: text, photo, fingerprint or other");
  return NULL;
}

/* What the pack says about the time for a correction. @known FALSE: nothing. */
static gboolean
find_due(DsStation *self, const DsRegistryCase *found, const DsReturnOrder *order, gboolean *known,
         DsDue *due, char **urgency, GError **error)
{
  g_autoptr(DsRecord) record = ds_station_case_record(self, found, error);
  GDate today;

  *known = order->due != NULL;
  if (record == NULL)
    return FALSE;
  const char *said = g_hash_table_lookup(record->fields, "application.urgency");
  *urgency = g_strdup(said != NULL ? said : "normal");
  if (order->due != NULL) {
    *due = (DsDue){.day = *order->due};
    return TRUE;
  }
  ds_clock_day(ds_clock_now().wall_us, &today);
  g_autoptr(DsCaseRules) rules = ds_case_rules_load(record, order->schemas, &today, error);
  if (rules == NULL) {
    g_prefix_error(error, "when the correction is due cannot be found out (give the day): ");
    return FALSE;
  }
  *known = ds_case_rules_due(rules, due);
  return TRUE;
}

static gboolean
say_returned(DsStation *self, const DsRegistryCase *found, const DsReturnOrder *order,
             const char *categories, const DsDue *due, const char *urgency, const char *by,
             GError **error)
{
  g_autofree char *due_text = due != NULL ? ds_date_format(&due->day) : NULL;
  g_autofree char *text = g_strdup_printf(
      "%s: %s (%s%s%s)", categories, order->detail, due != NULL ? "due " : "no time set",
      due != NULL ? due_text : "", due != NULL && due->provisional ? ", provisional" : "");
  g_autoptr(GHashTable) said = ds_review_detail();

  g_hash_table_insert(said, (gpointer)DS_DETAIL_CATEGORY, g_strdup(categories));
  g_hash_table_insert(said, (gpointer)DS_DETAIL_TEXT, g_strdup(order->detail));
  g_hash_table_insert(said, (gpointer)DS_DETAIL_URGENCY, g_strdup(urgency));
  if (due != NULL)
    g_hash_table_insert(said, (gpointer)DS_DETAIL_DUE, g_strdup(due_text));
  if (due != NULL && due->provisional)
    g_hash_table_insert(said, (gpointer)DS_DETAIL_DUE_PROVISIONAL, g_strdup("true"));
  DsRegistryDecision decision = {.state = "returned",
                                 .say = DS_STATE_RETURNED,
                                 .by = by,
                                 .event = "returned",
                                 .text = text,
                                 .due = due_text,
                                 .detail = said};
  return ds_registry_decide(self, found, &decision, error);
}

gboolean
ds_station_return(DsStation *self, const char *name, const DsReturnOrder *order, const char *by,
                  DsReturnSaid *said, GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", "identification", NULL};
  g_autofree char *categories = join_categories(order->categories, error);
  g_autofree char *urgency = NULL;
  gboolean known = FALSE;
  DsDue due = {0};

  if (categories == NULL || !ds_review_require_text("the detail of a return", order->detail, error))
    return FALSE;
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);
  if (found == NULL || !find_due(self, found, order, &known, &due, &urgency, error))
    return FALSE;
  if (said != NULL)
    *said = (DsReturnSaid){known, due};
  return say_returned(self, found, order, categories, known ? &due : NULL, urgency, by, error);
}

gboolean
ds_station_mark_duplicate(DsStation *self, const char *name, const char *other, const char *by,
                          GError **error)
{
  static const char *const from[] = {"review", "returned", "identification", NULL};
  g_autoptr(DsRegistryCase) found = ds_review_find(self, name, from, error);
  g_autoptr(DsRegistryCase) kept = found != NULL ? ds_registry_find(self, other, error) : NULL;

  if (kept == NULL)
    return FALSE;
  g_autoptr(GPtrArray) known = ds_registry_duplicates(self, found->key, error);
  if (known == NULL)
    return FALSE;
  if (!g_ptr_array_find_with_equal_func(known, kept->key, g_str_equal, NULL)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s and %s are not about the same person and service", found->key, kept->key);
    return FALSE;
  }
  DsRegistryDecision decision = {.state = "duplicate",
                                 .say = DS_STATE_DUPLICATE,
                                 .by = by,
                                 .event = "duplicate",
                                 .text = kept->key};
  return ds_registry_decide(self, found, &decision, error);
}
