/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list, show */
#include "station/review.h"

#include <stdio.h>

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
          N_("States of cases: review, identification, accepted, returned, not-issued,\n"
             "refused-by-station, duplicate, refused, withdrawn.\nStates of bundles: received, "
             "verified, durable, quarantined.\n\n"
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
