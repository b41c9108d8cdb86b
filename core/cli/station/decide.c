/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* accept, return, duplicate, refuse, not-issue, identify */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/station/verb.h"
#include "model/money.h"
#include "station/refusal.h"
#include "station/review.h"

/* A decision's end: what was decided goes out even when a later case failed; the first error is
 * told. @answer gets "state"; takes it and @error. */
static int
decided(DsVerb *self, gboolean good, const char *state, JsonObject *answer, GError *error)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  g_autoptr(GError) first = error;
  GError *second = NULL;

  json_node_take_object(node, answer);
  if (self->station != NULL && !ds_verb_publish_now(self, &second)) {
    if (first == NULL)
      first = second;
    else
      g_error_free(second);
    good = FALSE;
  }
  if (good && self->json) {
    json_object_set_string_member(answer, "state", state);
    ds_cli_print_json(node);
  }
  return ds_verb_end(self, first);
}

#define BY_ENTRY(by)                                                                             \
  {                                                                                              \
    "by", 0, 0, G_OPTION_ARG_STRING, &(by), N_("who decides, for the history (the login name)"), \
        N_("NUMBER")                                                                             \
  }

static const char *
decider(const char *by)
{
  return by != NULL ? by : g_get_user_name();
}

int
ds_verb_accept(DsVerb *self, int argc, char **argv)
{
  g_autofree char *by = NULL;
  GError *error = NULL;
  const GOptionEntry own[] = {BY_ENTRY(by), {NULL}};

  if (!ds_verb_parse(
          self, N_("CASE…"),
          N_("Example:\n  doorstep-station accept --home /srv/station unit-7/20260901-0003"), own,
          1, -1, &argc, &argv))
    return DS_EXIT_USAGE;
  JsonObject *answer = json_object_new();
  JsonArray *before = json_array_new();
  json_object_set_array_member(answer, "already", before);
  gboolean good = ds_verb_open_unlocked(self, &error);
  for (int i = 1; good && i < argc; i++) {
    gboolean already = FALSE;
    good = ds_station_accept(self->station, argv[i], decider(by), &already, &error);
    if (!good || !already)
      continue;
    json_array_add_string_element(before, argv[i]);
    if (!self->json)
      printf(_("%s was accepted already\n"), argv[i]);
  }
  return decided(self, good, "accepted", answer, error);
}

/* "photo,fingerprint" and a repeated option are the same. */
static GStrv
split_categories(char **given)
{
  g_autofree char *joined = g_strjoinv(",", given);

  return g_strsplit(joined, ",", -1);
}

/* By when, for the answer in JSON and for people. */
static JsonObject *
say_due(DsVerb *self, gboolean good, const DsReturnSaid *said)
{
  JsonObject *answer = json_object_new();

  if (good && said->known) {
    g_autofree char *day = ds_date_format(&said->due.day);
    json_object_set_string_member(answer, "due", day);
    json_object_set_boolean_member(answer, "provisional", said->due.provisional);
    if (!self->json)
      printf(said->due.provisional
                 ? _("due %s, provisional: the table of working days ends before\n")
                 : _("due %s\n"),
             day);
  } else if (good && !self->json) {
    printf("%s\n", _("the case's rules set no time for the correction"));
  }
  return answer;
}

int
ds_verb_return(DsVerb *self, int argc, char **argv)
{
  g_autofree char *by = NULL, *detail = NULL, *due_text = NULL;
  g_auto(GStrv) given = NULL;
  GDate due;
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"category", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given,
       N_("text, photo, fingerprint or other; again for more"), N_("CATEGORY")},
      {"detail", 0, 0, G_OPTION_ARG_STRING, &detail, N_("what is wrong and what to do again"),
       N_("TEXT")},
      {"due", 0, 0, G_OPTION_ARG_STRING, &due_text, N_("by when (as the case's rules say)"),
       N_("YYYY-MM-DD")},
      BY_ENTRY(by),
      {NULL},
  };

  if (!ds_verb_parse(
          self, N_("CASE"),
          N_("Example:\n  doorstep-station return --home /srv/station "
             "unit-7/20260901-0003 \\\n    --category photo --detail \"背景不纯白，请重拍\""),
          own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (given == NULL || detail == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("return needs --category and --detail"));
  if (due_text != NULL && !ds_date_parse(&due, due_text))
    return ds_cli_usage(PROGRAM, _("--due \"%s\" is no date such as 2026-09-04"), due_text);
  g_auto(GStrv) categories = split_categories(given);
  DsReturnOrder order = {.categories = (const char *const *)categories,
                         .detail = detail,
                         .due = due_text != NULL ? &due : NULL,
                         .schemas = ds_verb_schemas()};
  DsReturnSaid said = {0};
  gboolean good = ds_verb_open_unlocked(self, &error) &&
                  ds_station_return(self->station, argv[1], &order, decider(by), &said, &error);
  return decided(self, good, "returned", say_due(self, good, &said), error);
}

int
ds_verb_duplicate(DsVerb *self, int argc, char **argv)
{
  g_autofree char *by = NULL, *of = NULL;
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"of", 0, 0, G_OPTION_ARG_STRING, &of, N_("the case that goes on"), N_("CASE")},
      BY_ENTRY(by),
      {NULL},
  };

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("Example:\n  doorstep-station duplicate --home /srv/station "
                        "unit-8/20260901-0001 --of unit-7/20260901-0003"),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (of == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("duplicate needs --of"));
  gboolean good = ds_verb_open_unlocked(self, &error) &&
                  ds_station_mark_duplicate(self->station, argv[1], of, decider(by), &error);
  return decided(self, good, "duplicate", json_object_new(), error);
}

typedef struct {
  char *by;
  char *reason; /* or code */
  char *refund;
  char *decided_by;
} No;

static void
no_clear(No *self)
{
  g_free(self->by);
  g_free(self->reason);
  g_free(self->refund);
  g_free(self->decided_by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(No, no_clear)

#define REFUND_ENTRIES(no)                                                    \
  {"refund",                                                                  \
   0,                                                                         \
   0,                                                                         \
   G_OPTION_ARG_STRING,                                                       \
   &(no).refund,                                                              \
   N_("what is paid back in yuan, or none; only where the rules are silent"), \
   N_("AMOUNT")},                                                             \
      {"decided-by",                                                          \
       0,                                                                     \
       0,                                                                     \
       G_OPTION_ARG_STRING,                                                   \
       &(no).decided_by,                                                      \
       N_("the supervisor who decided about the refund"),                     \
       N_("NUMBER")},                                                         \
      BY_ENTRY((no).by),                                                      \
  {                                                                           \
    NULL                                                                      \
  }

/* Says what becomes of the money: the officer at the desk is asked about it first. */
static int
said_no(DsVerb *self, gboolean good, const char *state, const DsRefundSaid *said, GError *error)
{
  JsonObject *answer = json_object_new();

  if (good)
    json_object_set_int_member(answer, "refund", said->fen);
  if (good && !self->json && said->fen > 0) {
    g_autofree char *yuan = ds_money_format(said->fen);
    printf(_("%s yuan are to be paid back\n"), yuan);
  }
  return decided(self, good, state, answer, error);
}

int
ds_verb_refuse(DsVerb *self, int argc, char **argv)
{
  g_auto(No) no = {0};
  DsRefundSaid said = {0};
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"code", 0, 0, G_OPTION_ARG_STRING, &no.reason,
       N_("the reason: one of the case's rules that the station decides"), N_("CODE")},
      REFUND_ENTRIES(no),
  };

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("Example:\n  doorstep-station refuse --home /srv/station "
                        "unit-7/20260901-0003 --code J2 --refund 20 --decided-by 036900"),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (no.reason == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("refuse needs --code"));
  const DsRefundWord word = {no.refund, no.decided_by};
  gboolean good = ds_verb_open_unlocked(self, &error) &&
                  ds_station_refuse(self->station, argv[1], no.reason, &word, ds_verb_schemas(),
                                    decider(no.by), &said, &error);
  return said_no(self, good, "refused-by-station", &said, error);
}

int
ds_verb_not_issue(DsVerb *self, int argc, char **argv)
{
  g_auto(No) no = {0};
  DsRefundSaid said = {0};
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"reason", 0, 0, G_OPTION_ARG_STRING, &no.reason, N_("why, for the applicant"), N_("TEXT")},
      REFUND_ENTRIES(no),
  };

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("Example:\n  doorstep-station not-issue --home /srv/station "
                        "unit-7/20260901-0003 --reason \"身份无法核实\""),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (no.reason == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("not-issue needs --reason"));
  const DsRefundWord word = {no.refund, no.decided_by};
  gboolean good = ds_verb_open_unlocked(self, &error) &&
                  ds_station_not_issue(self->station, argv[1], no.reason, &word, ds_verb_schemas(),
                                       decider(no.by), &said, &error);
  return said_no(self, good, "not-issued", &said, error);
}

int
ds_verb_identify(DsVerb *self, int argc, char **argv)
{
  g_auto(No) no = {0};
  gboolean match = FALSE;
  DsRefundSaid said = {0};
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"match", 0, 0, G_OPTION_ARG_NONE, &match, N_("picture or fingerprints agree: it goes on"),
       NULL},
      {"mismatch", 0, 0, G_OPTION_ARG_STRING, &no.reason,
       N_("they do not: refused for this reason of the case's rules"), N_("CODE")},
      REFUND_ENTRIES(no),
  };

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("For a case taken without a document (容缺).\n\nExample:\n"
                        "  doorstep-station identify --home /srv/station "
                        "unit-7/20260901-0003 --match"),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (match == (no.reason != NULL))
    return ds_cli_usage(PROGRAM, "%s", _("identify needs --match or --mismatch CODE"));
  gboolean good = ds_verb_open_unlocked(self, &error);
  if (match) {
    good = good && ds_station_identify(self->station, argv[1], decider(no.by), &error);
    return decided(self, good, "review", json_object_new(), error);
  }
  const DsRefundWord word = {no.refund, no.decided_by};
  good = good && ds_station_mismatch(self->station, argv[1], no.reason, &word, ds_verb_schemas(),
                                     decider(no.by), &said, &error);
  return said_no(self, good, "refused-by-station", &said, error);
}
