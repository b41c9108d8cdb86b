/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report, export, serve, authorized-keys, maintain, recover */
#include <stdio.h>

#include "base/error.h"
#include "base/files.h"
#include "cli/common/terminal.h"
#include "cli/station/verb.h"
#include "depot/serve.h"
#include "station/export.h"
#include "station/maintain.h"
#include "station/recover.h"
#include "station/report.h"

#define PUBLIC_KEY_MAX (16 * 1024)

static void
print_numbers(const char *title, JsonObject *counts)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  printf("%s:", title);
  json_object_iter_init_ordered(&iter, counts);
  while (json_object_iter_next_ordered(&iter, &name, &value))
    printf(" %s %" G_GINT64_FORMAT, name, json_node_get_int(value));
  printf("\n");
}

static void
print_unit(JsonObject *unit)
{
  g_autofree char *title =
      g_strdup_printf(_("unit %s%s"), ds_verb_text(unit, "unit"),
                      json_object_get_boolean_member(unit, "revoked") ? _(" (revoked)") : "");
  JsonArray *gaps = json_object_get_array_member(unit, "gaps");
  JsonArray *breaks = json_object_get_array_member(unit, "chain_breaks");

  print_numbers(title, json_object_get_object_member(unit, "bundles"));
  for (guint i = 0; i < json_array_get_length(gaps); i++)
    printf(_("  not here: bundle %s\n"), json_array_get_string_element(gaps, i));
  for (guint i = 0; i < json_array_get_length(breaks); i++)
    printf(_("  bundle %lld does not follow the one before it\n"),
           (long long)json_array_get_int_element(breaks, i));
  gint64 waiting = json_object_get_int_member(unit, "unpublished");
  if (waiting > 0)
    printf(_("  %lld statements wait to be published\n"), (long long)waiting);
}

static void
print_report(JsonObject *report)
{
  JsonObject *directory = json_object_get_object_member(report, "directory");
  JsonArray *units = json_object_get_array_member(report, "units");
  JsonArray *broken = json_object_get_array_member(report, "quarantined");

  printf(_("station %s, directory %lld until %s\n"), ds_verb_text(report, "station"),
         (long long)json_object_get_int_member(directory, "version"),
         ds_verb_text(directory, "expires"));
  for (guint i = 0; i < json_array_get_length(units); i++)
    print_unit(json_array_get_object_element(units, i));
  for (guint i = 0; i < json_array_get_length(broken); i++) {
    JsonObject *bundle = json_array_get_object_element(broken, i);
    printf(_("quarantined: %s %.16s: %s\n"), ds_verb_text(bundle, "unit"),
           ds_verb_text(bundle, "bundle"), ds_verb_text(bundle, "reason"));
  }
  if (!json_object_has_member(report, "cases"))
    return;
  JsonObject *cases = json_object_get_object_member(report, "cases");
  print_numbers(_("cases by state"), json_object_get_object_member(cases, "by_state"));
  print_numbers(_("cases by unit"), json_object_get_object_member(cases, "by_unit"));
  print_numbers(_("cases by officer"), json_object_get_object_member(cases, "by_officer"));
  print_numbers(_("cases by day"), json_object_get_object_member(cases, "by_day"));
}

int
ds_verb_report(DsVerb *self, int argc, char **argv)
{
  gboolean unlock = FALSE;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"unlock", 0, 0, G_OPTION_ARG_NONE, &unlock,
       N_("ask for the passphrase on the terminal: count cases too"), NULL},
      {NULL},
  };

  if (!ds_verb_parse(self, "",
                     N_("Without a passphrase only bundles are counted.\n\nExample:\n"
                        "  doorstep-station report --home /srv/station --json"),
                     own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  gboolean whole = unlock || ds_cli_passphrase_given(&self->passphrase);
  if (!(whole ? ds_verb_open_unlocked : ds_verb_open)(self, &error))
    return ds_verb_end(self, error);
  g_autoptr(JsonNode) node = ds_station_report(self->station, &error);
  if (node != NULL && self->json) {
    ds_cli_print_json(node);
  } else if (node != NULL) {
    ds_cli_make_printable(node);
    print_report(json_node_get_object(node));
  }
  return ds_verb_end(self, error);
}

int
ds_verb_export(DsVerb *self, int argc, char **argv)
{
  g_autofree char *out = NULL;
  guint parts = 0;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_("folder to make"), N_("DIR")},
      {NULL},
  };

  if (!ds_verb_parse(
          self, N_("CASE"),
          N_("Writes record.json, record.cbor, the parts and SHA256SUMS, unencrypted.\n\n"
             "Example:\n  doorstep-station export --home /srv/station "
             "unit-7/20260901-0003 --out /run/user/1000/case"),
          own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (out == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("export needs --out"));
  if (!ds_verb_open_unlocked(self, &error) ||
      !ds_station_export_case(self->station, argv[1], out, &parts, &error))
    return ds_verb_end(self, error);
  if (self->json) {
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, json_object_new());
    json_object_set_string_member(json_node_get_object(node), "folder", out);
    json_object_set_int_member(json_node_get_object(node), "parts", parts);
    ds_cli_print_json(node);
  } else {
    printf(_("%u parts written to %s, unencrypted\n"), parts, out);
  }
  return ds_verb_end(self, NULL);
}

int
ds_verb_serve(DsVerb *self, int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(
          self, N_("UNIT"),
          N_("For sshd, by way of \"authorized-keys\": runs git's receive-pack or "
             "upload-pack on the unit's\nown repository when SSH_ORIGINAL_COMMAND asks for "
             "exactly that."),
          NULL, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  g_autofree char *path = ds_station_serve_path(self->home, argv[1], &error);
  g_auto(GStrv) plan =
      path != NULL ? ds_serve_plan(g_getenv("SSH_ORIGINAL_COMMAND"), argv[1], path, &error) : NULL;
  guint64 room = 0;
  g_autofree char *note = NULL;
  if (plan == NULL || !ds_station_serve_room(self->home, argv[1], path, &room, &note, &error))
    return ds_verb_end(self, error);
  if (note != NULL && g_str_has_suffix(plan[1], "receive-pack"))
    fprintf(stderr, "%s\n", note);
  plan = ds_serve_cap(plan, room);
  if (ds_serve_exec(plan, &error))
    return DS_EXIT_OK;
  return ds_verb_end(self, error);
}

int
ds_verb_authorized_keys(DsVerb *self, int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(self, N_("UNIT PUBLIC-KEY-FILE"),
                     N_("Example:\n  doorstep-station authorized-keys --home /srv/station unit-7 "
                        "id_ed25519.pub >> ~git/.ssh/authorized_keys"),
                     NULL, 2, 2, &argc, &argv))
    return DS_EXIT_USAGE;
  g_autofree char *home = g_canonicalize_filename(self->home, NULL);
  g_autofree char *path = ds_station_serve_path(home, argv[1], &error);
  g_autoptr(GBytes) key = path != NULL ? ds_files_read(argv[2], PUBLIC_KEY_MAX, &error) : NULL;
  if (key == NULL)
    return ds_verb_end(self, error);
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  const char *command[] = {
      program != NULL ? program : PROGRAM, "serve", "--home", home, argv[1], NULL};
  g_autofree char *text = g_strndup(g_bytes_get_data(key, NULL), g_bytes_get_size(key));
  g_autofree char *line = ds_serve_authorized_line(command, argv[1], text, &error);
  if (line != NULL)
    printf("%s%s", line, g_str_has_suffix(line, "\n") ? "" : "\n");
  return ds_verb_end(self, error);
}

/* A directory that ends is everybody's trouble at once, so it is said every night before. */
static void
warn_of_directory(int days)
{
  if (days < 0)
    fprintf(stderr, _("%s: the directory has expired: run \"directory --renew 365\"\n"), PROGRAM);
  else if (days < DS_MAINTAIN_WARN_DAYS)
    fprintf(stderr,
            _("%s: the directory expires in %d days: run \"directory --renew 365\" while units can "
              "still fetch the new one\n"),
            PROGRAM, days);
}

static void
print_maintained(DsVerb *self, const DsMaintained *done)
{
  if (!self->json) {
    g_autofree char *freed = g_format_size(done->freed);
    printf(_("%u repositories tidied, %u leftovers of broken pushes and %u old broken bundles "
             "removed, %s freed\n"),
           done->repositories, done->swept, done->quarantined, freed);
    return;
  }
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();
  json_node_take_object(node, object);
  json_object_set_int_member(object, "repositories", done->repositories);
  json_object_set_int_member(object, "swept", done->swept);
  json_object_set_int_member(object, "quarantined", done->quarantined);
  json_object_set_int_member(object, "freed", (gint64)done->freed);
  json_object_set_int_member(object, "directory-days", done->directory_days);
  ds_cli_print_json(node);
}

int
ds_verb_maintain(DsVerb *self, int argc, char **argv)
{
  DsMaintained done;
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(self, "", N_("Example:\n  doorstep-station maintain --home /srv/station"),
                     NULL, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (!ds_station_maintain(self->home, &done, &error))
    return ds_verb_end(self, error);
  print_maintained(self, &done);
  warn_of_directory(done.directory_days);
  return ds_verb_end(self, NULL);
}

int
ds_verb_recover(DsVerb *self, int argc, char **argv)
{
  DsCliPassphrase fresh = DS_CLI_PASSPHRASE_INIT;
  g_autofree char *file = NULL;
  int fd = -1;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"new-passphrase-fd", 0, 0, G_OPTION_ARG_INT, &fd,
       N_("read the unit's new passphrase from this descriptor"), N_("N")},
      {"new-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &file,
       N_("read the unit's new passphrase from this file (mode 600)"), N_("FILE")},
      {NULL},
  };

  if (!ds_verb_parse(
          self, N_("UNIT-HOME"),
          N_("Example:\n  doorstep-station recover --home /srv/station /mnt/laptop/doorstep"), own,
          1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  fresh.fd = fd;
  fresh.file = g_steal_pointer(&file);
  if (ds_verb_open_unlocked(self, &error)) {
    g_autoptr(DsSecret) passphrase =
        ds_cli_passphrase_read_new(&fresh, _("The unit's new passphrase: "), &error);
    if (passphrase != NULL && ds_station_recover_unit(self->station, argv[1], passphrase, &error) &&
        !self->json)
      printf(_("%s has a new passphrase\n"), argv[1]);
  }
  ds_cli_passphrase_clear(&fresh);
  return ds_verb_end(self, error);
}
