/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list, show, accept, return, not-issue, duplicate */
#include "station/review.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/common/terminal.h"
#include "cli/station/verb.h"
#include "station/report.h"

static void
print_case_line(JsonObject *object)
{
  printf("%-32s %-10s %s  v%" G_GINT64_FORMAT "  %s  %s%s%s%s\n", ds_verb_text(object, "case"),
         ds_verb_text(object, "state"), ds_verb_text(object, "day"),
         json_object_get_int_member(object, "version"), ds_verb_text(object, "officer"),
         ds_verb_text(object, "name"),
         json_object_get_boolean_member(object, "duplicate") ? _("  duplicate!") : "",
         json_object_has_member(object, "due") ? _("  due ") : "", ds_verb_text(object, "due"));
}

static void
print_bundle_line(JsonObject *object)
{
  printf("%-16s %10" G_GINT64_FORMAT "  %-11s %.16s  %s  %s\n", ds_verb_text(object, "unit"),
         json_object_get_int_member(object, "seq"), ds_verb_text(object, "state"),
         ds_verb_text(object, "bundle"), ds_verb_text(object, "arrived"),
         ds_verb_text(object, "reason"));
}

int
ds_verb_list(DsVerb *self, int argc, char **argv)
{
  g_autofree char *state = NULL;
  gboolean bundles = FALSE;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  const GOptionEntry own[] = {
      {"state", 0, 0, G_OPTION_ARG_STRING, &state, N_("only those in this state"), N_("STATE")},
      {"bundles", 0, 0, G_OPTION_ARG_NONE, &bundles,
       N_("bundles instead of cases; needs no passphrase"), NULL},
      {NULL},
  };

  if (!ds_verb_parse(
          self, "",
          N_("States of cases: review, accepted, returned, not-issued, duplicate, refused, "
             "withdrawn.\nStates of bundles: received, verified, durable, quarantined.\n\n"
             "Examples:\n  doorstep-station list --home /srv/station --state review\n"
             "  doorstep-station list --home /srv/station --bundles --state quarantined"),
          own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (!(bundles ? ds_verb_open : ds_verb_open_unlocked)(self, &error))
    return ds_verb_end(self, error);
  node = (bundles ? ds_station_list_bundles : ds_station_list_cases)(self->station, state, &error);
  if (node == NULL)
    return ds_verb_end(self, error);
  JsonArray *array = json_node_get_array(node);
  if (self->json)
    ds_cli_print_json(node);
  else
    ds_cli_make_printable(node);
  for (guint i = 0; !self->json && i < json_array_get_length(array); i++)
    (bundles ? print_bundle_line : print_case_line)(json_array_get_object_element(array, i));
  return ds_verb_end(self, NULL);
}

static void
print_texts(const char *title, JsonObject *texts)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  printf("\n%s\n", title);
  json_object_iter_init_ordered(&iter, texts);
  while (json_object_iter_next_ordered(&iter, &name, &value))
    printf("  %-36s %s\n", name, json_node_get_string(value));
}

static void
print_rows(const char *title, JsonArray *rows, const char *const *members)
{
  if (json_array_get_length(rows) == 0)
    return;
  printf("\n%s\n", title);
  for (guint i = 0; i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    for (const char *const *member = members; *member != NULL; member++) {
      const char *text = ds_verb_text(row, *member);
      if (*text != '\0')
        printf("  %s", text);
    }
    printf("\n");
  }
}

static void
print_case(JsonObject *object)
{
  static const char *const parts[] = {"id", "slot", "kind", "media-type", "sha256", NULL};
  static const char *const findings[] = {"kind", "code", "subject", NULL};
  static const char *const decisions[] = {"at", "officer", "code", "subject", "reason", NULL};
  static const char *const history[] = {"at", "by", "event", "detail", NULL};

  print_case_line(object);
  print_texts(_("Fields"), json_object_get_object_member(object, "fields"));
  print_rows(_("Parts"), json_object_get_array_member(object, "parts"), parts);
  print_rows(_("Findings when sealed"), json_object_get_array_member(object, "findings"), findings);
  print_rows(_("Decided in the field"), json_object_get_array_member(object, "decisions"),
             decisions);
  print_rows(_("History"), json_object_get_array_member(object, "history"), history);
  JsonArray *others = json_object_get_array_member(object, "duplicates");
  for (guint i = 0; i < json_array_get_length(others); i++)
    printf(_("\nThe same person and service: %s\n"), json_array_get_string_element(others, i));
}

int
ds_verb_show(DsVerb *self, int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("CASE is UNIT/LOCAL-NUMBER, or a local number or the first digits of a "
                        "bundle's id.\n\nExample:\n  doorstep-station show --home /srv/station "
                        "unit-7/20260901-0003"),
                     NULL, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (!ds_verb_open_unlocked(self, &error))
    return ds_verb_end(self, error);
  g_autoptr(JsonNode) node = ds_station_show_case(self->station, argv[1], &error);
  if (node != NULL && self->json) {
    ds_cli_print_json(node);
  } else if (node != NULL) {
    ds_cli_make_printable(node);
    print_case(json_node_get_object(node));
  }
  return ds_verb_end(self, error);
}

/* A decision's end: what was decided goes out even when a later case failed; the first error is
 * told. */
static int
decided(DsVerb *self, gboolean good, const char *state, GError *error)
{
  g_autoptr(GError) first = error;
  GError *second = NULL;

  if (self->station != NULL && !ds_verb_publish_now(self, &second)) {
    if (first == NULL)
      first = second;
    else
      g_error_free(second);
    good = FALSE;
  }
  if (good && self->json) {
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, json_object_new());
    json_object_set_string_member(json_node_get_object(node), "state", state);
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
  gboolean good = ds_verb_open_unlocked(self, &error);
  for (int i = 1; good && i < argc; i++)
    good = ds_station_accept(self->station, argv[i], decider(by), &error);
  return decided(self, good, "accepted", error);
}

int
ds_verb_return(DsVerb *self, int argc, char **argv)
{
  g_autofree char *by = NULL, *category = NULL, *detail = NULL, *due_text = NULL;
  GDate due;
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"category", 0, 0, G_OPTION_ARG_STRING, &category, N_("text, photo, fingerprint or other"),
       N_("CATEGORY")},
      {"detail", 0, 0, G_OPTION_ARG_STRING, &detail, N_("what is wrong and what to do again"),
       N_("TEXT")},
      {"due", 0, 0, G_OPTION_ARG_STRING, &due_text, N_("by when (in three working days)"),
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
  if (category == NULL || detail == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("return needs --category and --detail"));
  if (due_text != NULL && !ds_date_parse(&due, due_text))
    return ds_cli_usage(PROGRAM, _("--due \"%s\" is no date such as 2026-09-04"), due_text);
  gboolean good =
      ds_verb_open_unlocked(self, &error) &&
      ds_station_return(self->station, argv[1], category, detail, due_text != NULL ? &due : NULL,
                        ds_verb_schemas(), decider(by), &error);
  return decided(self, good, "returned", error);
}

int
ds_verb_not_issue(DsVerb *self, int argc, char **argv)
{
  g_autofree char *by = NULL, *reason = NULL;
  GError *error = NULL;
  const GOptionEntry own[] = {
      {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why, for the applicant"), N_("TEXT")},
      BY_ENTRY(by),
      {NULL},
  };

  if (!ds_verb_parse(self, N_("CASE"),
                     N_("Example:\n  doorstep-station not-issue --home /srv/station "
                        "unit-7/20260901-0003 --reason \"身份无法核实\""),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (reason == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("not-issue needs --reason"));
  gboolean good = ds_verb_open_unlocked(self, &error) &&
                  ds_station_not_issue(self->station, argv[1], reason, decider(by), &error);
  return decided(self, good, "not-issued", error);
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
  return decided(self, good, "duplicate", error);
}
