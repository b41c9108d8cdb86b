/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lost, close-trip */
#include "station/lost.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "cli/common/terminal.h"
#include "cli/station/verb.h"
#include "station/sent.h"

static void
put_people(GString *out, JsonArray *people, gboolean here)
{
  for (guint i = 0; i < json_array_get_length(people); i++) {
    JsonObject *person = json_array_get_object_element(people, i);
    if (json_object_get_boolean_member(person, "here") == here)
      g_string_append_printf(out, "  %s %s %4lld  %s  %s  %s %s\n", ds_verb_text(person, "day"),
                             ds_verb_text(person, "trip-name"),
                             (long long)json_object_get_int_member(person, "row"),
                             ds_verb_text(person, "name"), ds_verb_text(person, "number"),
                             ds_verb_text(person, "case"), ds_verb_text(person, "state"));
  }
}

static char *
to_text(JsonObject *lost)
{
  JsonArray *people = json_object_get_array_member(lost, "people");
  JsonArray *officers = json_object_get_array_member(lost, "officers");
  GString *out = g_string_new(NULL);

  g_string_append_printf(out, _("unit %s (%s) is lost and revoked as of %s: %s\n"),
                         ds_verb_text(lost, "unit"), ds_verb_text(lost, "name"),
                         ds_verb_text(lost, "since"), ds_verb_text(lost, "reason"));
  if (json_array_get_length(officers) == 0)
    g_string_append_printf(out, "%s\n",
                           _("which officers' keys lie on it is not known here: revoke them with "
                             "\"directory --revoke-officer\""));
  for (guint i = 0; i < json_array_get_length(officers); i++)
    g_string_append_printf(out, _("the key of officer %s on it is revoked\n"),
                           json_array_get_string_element(officers, i));
  g_string_append_printf(
      out,
      _("%lld people stood on its lists: of %lld a case is archived, %lld are to be taken again\n"),
      (long long)json_object_get_int_member(lost, "held"),
      (long long)json_object_get_int_member(lost, "here"),
      (long long)json_object_get_int_member(lost, "again"));
  g_string_append_printf(out, "\n%s\n", _("To be taken again:"));
  put_people(out, people, FALSE);
  g_string_append_printf(out, "\n%s\n", _("A case is here:"));
  put_people(out, people, TRUE);
  g_string_append_printf(out, "\n%s\n",
                         _("Not on any list, so not known here: people whose cases were begun on "
                           "the laptop without a list and not sealed."));
  return g_string_free(out, FALSE);
}

static gboolean
write_text(const char *dir, const char *unit, const char *suffix, const char *text, GError **error)
{
  g_autofree char *name = g_strdup_printf("lost-%s.%s", unit, suffix);

  return ds_files_replace(dir, name, text, strlen(text), error);
}

static gboolean
write_files(JsonNode *lost, const char *unit, const char *dir, GError **error)
{
  g_autofree char *text = to_text(json_node_get_object(lost));
  g_autofree char *csv = ds_lost_to_csv(lost);
  g_autofree char *json = json_to_string(lost, TRUE);

  return ds_files_make_dir(dir, error) && write_text(dir, unit, "txt", text, error) &&
         write_text(dir, unit, "csv", csv, error) && write_text(dir, unit, "json", json, error);
}

int
ds_verb_lost(DsVerb *self, int argc, char **argv)
{
  g_autofree char *reason = NULL, *since = NULL, *out = NULL, *by = NULL;
  gint64 since_us = 0;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("what happened"), N_("TEXT")},
      {"since", 0, 0, G_OPTION_ARG_STRING, &since,
       N_("when it went: what came since and is not verified is not believed (now)"), N_("TIME")},
      {"out", 0, 0, G_OPTION_ARG_FILENAME, &out,
       N_("write lost-UNIT.txt, .csv and .json into this folder, in the clear"), N_("DIR")},
      {"by", 0, 0, G_OPTION_ARG_STRING, &by, N_("who reports it (the login name)"), N_("NUMBER")},
      {NULL},
  };

  if (!ds_verb_parse(
          self, N_("UNIT"),
          N_("Revokes the unit and the officers' keys on it, stops its dispatches, and "
             "lists the people\nwhose data it held.\n\nExample:\n"
             "  doorstep-station lost --home /srv/station unit-7 --reason 遗失 --out list"),
          own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (reason == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("lost needs --reason"));
  if (since != NULL && (since_us = ds_clock_parse(since)) < 0)
    return ds_cli_usage(PROGRAM, _("--since \"%s\" is no time such as 2026-09-01T08:30:00+08:00"),
                        since);
  if (!ds_verb_open_unlocked(self, &error))
    return ds_verb_end(self, error);
  g_autoptr(JsonNode) lost = ds_station_lost(self->station, argv[1], reason, since_us,
                                             by != NULL ? by : g_get_user_name(), &error);
  if (lost == NULL || (out != NULL && !write_files(lost, argv[1], out, &error)))
    return ds_verb_end(self, error);
  if (self->json) {
    ds_cli_print_json(lost);
    return ds_verb_end(self, NULL);
  }
  ds_cli_make_printable(lost);
  g_autofree char *text = to_text(json_node_get_object(lost));
  fputs(text, stdout);
  return ds_verb_end(self, NULL);
}

int
ds_verb_close_trip(DsVerb *self, int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(
          self, N_("TRIP"),
          N_("The trip was closed on the unit: nobody of its list is there any more, and "
             "the list is\nforgotten here.\n\nExample:\n"
             "  doorstep-station close-trip --home /srv/station school-3"),
          NULL, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (ds_verb_open_unlocked(self, &error) &&
      ds_station_close_trip(self->station, argv[1], &error) && !self->json)
    printf(_("trip %s is closed\n"), argv[1]);
  return ds_verb_end(self, error);
}
