/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/review.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "policy/deadline.h"
#include "station/ledger.h"
#include "station/registry.h"
#include "station/station-private.h"

/* R051: an ordinary case's feedback is answered within three working days. */
#define RETURN_WORKING_DAYS 3
#define TEXT_MAX 4096

/* The case, once it may be decided from one of @states (NULL-terminated). (transfer full) */
static DsRegistryCase *
find_open(DsStation *self, const char *name, const char *const *states, GError **error)
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
  if (!g_strv_contains(states, found->state)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s is \"%s\": this cannot be done with it",
                found->key, found->state);
    return NULL;
  }
  return g_steal_pointer(&found);
}

static gboolean
require_text(const char *what, const char *text, GError **error)
{
  if (text != NULL && *text != '\0' && strlen(text) <= TEXT_MAX && g_utf8_validate(text, -1, NULL))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is missing: say it in 1 to %d bytes of UTF-8",
              what, TEXT_MAX);
  return FALSE;
}

static GHashTable *
new_detail(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

gboolean
ds_station_accept(DsStation *self, const char *name, const char *by, GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", NULL};
  g_autoptr(DsRegistryCase) found = find_open(self, name, from, error);

  if (found == NULL)
    return FALSE;
  if (strcmp(found->state, "accepted") == 0)
    return TRUE;
  DsRegistryDecision decision = {
      .state = "accepted", .say = DS_STATE_ACCEPTED, .by = by, .event = "accepted"};
  return ds_registry_decide(self, found, &decision, error);
}

static gboolean
default_due(const char *schemas, GDate *due, gboolean *provisional, GError **error)
{
  g_autofree char *path = g_build_filename(schemas, "tables", "working-days.json", NULL);
  g_autoptr(DsCalendar) calendar = ds_calendar_load(path, error);
  GDate today;

  if (calendar == NULL)
    return FALSE;
  ds_clock_day(ds_clock_now().wall_us, &today);
  DsDue result = ds_deadline_after(calendar, &today, RETURN_WORKING_DAYS, DS_DAYS_WORKING);
  *due = result.day;
  *provisional = result.provisional;
  return TRUE;
}

gboolean
ds_station_return(DsStation *self, const char *name, const char *category, const char *detail,
                  const GDate *due, const char *schemas, const char *by, GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", NULL};
  static const char *const categories[] = {"text", "photo", "fingerprint", "other", NULL};
  gboolean provisional = FALSE;
  GDate day;

  if (category == NULL || !g_strv_contains(categories, category)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "category \"%.40s\" is none of text, photo, fingerprint, other",
                category != NULL ? category : "");
    return FALSE;
  }
  if (!require_text("the detail of a return", detail, error))
    return FALSE;
  g_autoptr(DsRegistryCase) found = find_open(self, name, from, error);
  if (found == NULL)
    return FALSE;
  if (due != NULL)
    day = *due;
  else if (!default_due(schemas, &day, &provisional, error))
    return FALSE;

  g_autofree char *due_text = ds_date_format(&day);
  g_autofree char *text = g_strdup_printf("%s: %s (due %s%s)", category, detail, due_text,
                                          provisional ? ", provisional" : "");
  g_autoptr(GHashTable) said = new_detail();
  g_hash_table_insert(said, (gpointer) "category", g_strdup(category));
  g_hash_table_insert(said, (gpointer) "text", g_strdup(detail));
  g_hash_table_insert(said, (gpointer) "due", g_strdup(due_text));
  if (provisional)
    g_hash_table_insert(said, (gpointer) "due-provisional", g_strdup("true"));
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
ds_station_not_issue(DsStation *self, const char *name, const char *reason, const char *by,
                     GError **error)
{
  static const char *const from[] = {"review", "returned", "accepted", NULL};

  if (!require_text("the reason", reason, error))
    return FALSE;
  g_autoptr(DsRegistryCase) found = find_open(self, name, from, error);
  if (found == NULL)
    return FALSE;
  g_autoptr(GHashTable) said = new_detail();
  g_hash_table_insert(said, (gpointer) "reason", g_strdup(reason));
  DsRegistryDecision decision = {.state = "not-issued",
                                 .say = DS_STATE_NOT_ISSUED,
                                 .by = by,
                                 .event = "not issued",
                                 .text = reason,
                                 .detail = said};
  return ds_registry_decide(self, found, &decision, error);
}

gboolean
ds_station_mark_duplicate(DsStation *self, const char *name, const char *other, const char *by,
                          GError **error)
{
  static const char *const from[] = {"review", "returned", NULL};
  g_autoptr(DsRegistryCase) found = find_open(self, name, from, error);
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
