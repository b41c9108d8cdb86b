/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* init, enrol, directory, rotate */
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "cli/common/terminal.h"
#include "cli/station/verb.h"
#include "station/members.h"
#include "station/rotate.h"

/* No number that a person gives. */
#define UNSAID G_MININT

static void
set_text(JsonObject *object, const char *name, const char *text)
{
  json_object_set_string_member(object, name, text);
}

static void
print_object(JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

  json_node_take_object(node, object);
  ds_cli_print_json(node);
}

static void
print_station(DsVerb *self)
{
  g_autofree char *fingerprint = ds_station_fingerprint(self->station);

  if (!self->json) {
    printf(_("station %s (%s)\nfingerprint %s\n"), ds_station_id(self->station),
           ds_station_name(self->station), fingerprint);
    return;
  }
  JsonObject *object = json_object_new();
  set_text(object, "station", ds_station_id(self->station));
  set_text(object, "name", ds_station_name(self->station));
  set_text(object, "fingerprint", fingerprint);
  print_object(object);
}

int
ds_verb_init(DsVerb *self, int argc, char **argv)
{
  g_autofree char *id = NULL, *name = NULL;
  gboolean light = FALSE;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"id", 0, 0, G_OPTION_ARG_STRING, &id, N_("short name: a-z, 0-9 and -"), N_("ID")},
      {"name", 0, 0, G_OPTION_ARG_STRING, &name, N_("name for people"), N_("NAME")},
      {"light", 0, 0, G_OPTION_ARG_NONE, &light,
       N_("cheap passphrase hash, for tests and demonstrations only"), NULL},
      {NULL},
  };

  if (!ds_verb_parse(
          self, "",
          N_("Example:\n  doorstep-station init --home /srv/station --id nanchang --name "
             "南昌站"),
          own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (id == NULL)
    return ds_cli_usage(PROGRAM, "%s", _("init needs --id"));
  g_autoptr(DsSecret) passphrase =
      ds_cli_passphrase_read_new(&self->passphrase, _("New station passphrase: "), &error);
  if (passphrase != NULL &&
      ds_station_init(self->home, id, name != NULL ? name : id, passphrase,
                      light ? DS_SLOTS_COST_LIGHT : DS_SLOTS_COST_NORMAL, &error) &&
      ds_verb_open(self, &error))
    print_station(self);
  return ds_verb_end(self, error);
}

static JsonArray *
officers_to_json(GPtrArray *officers)
{
  JsonArray *array = json_array_new();

  for (guint i = 0; i < officers->len; i++) {
    const DsOfficerEntry *entry = officers->pdata[i];
    JsonObject *object = json_object_new();
    char kid[DS_KID_HEX_SIZE];
    set_text(object, "number", entry->number);
    set_text(object, "name", entry->name);
    set_text(object, "key", ds_kid_to_hex(ds_key_kid(entry->key), kid));
    json_object_set_boolean_member(object, "revoked", entry->revoked_us != 0);
    json_array_add_object_element(array, object);
  }
  return array;
}

static void
print_request(DsVerb *self, const DsEnrolment *enrolment, const char *fingerprint,
              gboolean admitted)
{
  if (self->json) {
    JsonObject *object = json_object_new();
    set_text(object, "unit", enrolment->unit);
    set_text(object, "name", enrolment->name);
    set_text(object, "fingerprint", fingerprint);
    json_object_set_boolean_member(object, "enrolled", admitted);
    json_object_set_array_member(object, "officers", officers_to_json(enrolment->officers));
    print_object(object);
    return;
  }
  g_autofree char *name = ds_cli_printable(enrolment->name);
  printf(_("unit %s (%s)\n"), enrolment->unit, name);
  for (guint i = 0; i < enrolment->officers->len; i++) {
    const DsOfficerEntry *officer = enrolment->officers->pdata[i];
    g_autofree char *number = ds_cli_printable(officer->number);
    g_autofree char *own_name = ds_cli_printable(officer->name);
    printf(_("officer %s %s\n"), number, own_name);
  }
  if (admitted)
    printf("%s\n", _("enrolled"));
  else
    printf(_("fingerprint %s\nHave it read to you from the unit. If it is the same, run this again "
             "with\n  --confirm \"%s\"\n"),
           fingerprint, fingerprint);
}

int
ds_verb_enrol(DsVerb *self, int argc, char **argv)
{
  g_autofree char *confirm = NULL;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"confirm", 0, 0, G_OPTION_ARG_STRING, &confirm,
       N_("the fingerprint that was read aloud: admits the unit"), N_("DIGITS")},
      {NULL},
  };

  if (!ds_verb_parse(self, N_("REQUEST"),
                     N_("Examples:\n  doorstep-station enrol --home /srv/station unit-7.request\n"
                        "  doorstep-station enrol --home /srv/station unit-7.request --confirm "
                        "\"01234 …\""),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  g_autoptr(GBytes) request = ds_files_read(argv[1], DS_ENROLMENT_MAX, &error);
  g_autoptr(DsEnrolment) enrolment = request != NULL ? ds_enrolment_verify(request, &error) : NULL;
  g_autofree char *fingerprint = enrolment != NULL ? ds_enrol_fingerprint(request, &error) : NULL;
  if (fingerprint == NULL)
    return ds_verb_end(self, error);
  if (confirm == NULL || (ds_verb_open_unlocked(self, &error) &&
                          ds_station_enrol(self->station, request, confirm, &error)))
    print_request(self, enrolment, fingerprint, confirm != NULL);
  return ds_verb_end(self, error);
}

static JsonArray *
units_to_json(GPtrArray *units)
{
  JsonArray *array = json_array_new();

  for (guint i = 0; i < units->len; i++) {
    const DsUnitEntry *entry = units->pdata[i];
    JsonObject *object = json_object_new();
    set_text(object, "unit", entry->id);
    set_text(object, "name", entry->name);
    json_object_set_boolean_member(object, "revoked", entry->revoked_us != 0);
    json_array_add_object_element(array, object);
  }
  return array;
}

static void
print_members(const DsDirectory *directory)
{
  for (guint i = 0; i < directory->units->len; i++) {
    const DsUnitEntry *entry = directory->units->pdata[i];
    g_autofree char *name = ds_cli_printable(entry->name);
    printf(_("unit %s (%s)%s\n"), entry->id, name, entry->revoked_us != 0 ? _(" revoked") : "");
  }
  for (guint i = 0; i < directory->officers->len; i++) {
    const DsOfficerEntry *entry = directory->officers->pdata[i];
    g_autofree char *number = ds_cli_printable(entry->number);
    g_autofree char *name = ds_cli_printable(entry->name);
    printf(_("officer %s %s%s\n"), number, name, entry->revoked_us != 0 ? _(" revoked") : "");
  }
}

static void
print_directory(DsVerb *self)
{
  const DsDirectory *directory = ds_station_directory(self->station);
  g_autofree char *expires = ds_clock_format(directory->expires_us);
  g_autofree char *fingerprint = ds_station_fingerprint(self->station);

  if (!self->json) {
    printf(_("directory of station %s, version %llu, good until %s\n"
             "fingerprint %s\n"),
           directory->station, (unsigned long long)directory->version, expires, fingerprint);
    print_members(directory);
    return;
  }
  JsonObject *object = json_object_new();
  set_text(object, "station", directory->station);
  json_object_set_int_member(object, "version", (gint64)directory->version);
  set_text(object, "expires", expires);
  set_text(object, "fingerprint", fingerprint);
  json_object_set_array_member(object, "units", units_to_json(directory->units));
  json_object_set_array_member(object, "officers", officers_to_json(directory->officers));
  print_object(object);
}

static gboolean
write_directory(DsVerb *self, const char *out, GError **error)
{
  GBytes *bytes = ds_station_directory_bytes(self->station);
  g_autofree char *dir = g_path_get_dirname(out);
  g_autofree char *name = g_path_get_basename(out);

  return ds_files_replace(dir, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
}

int
ds_verb_directory(DsVerb *self, int argc, char **argv)
{
  g_autofree char *out = NULL, *unit = NULL, *officer = NULL, *since = NULL;
  int days = UNSAID;
  gint64 since_us = 0;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_("write the signed directory to FILE"),
       N_("FILE")},
      {"renew", 0, 0, G_OPTION_ARG_INT, &days, N_("issue a new version, good for DAYS"),
       N_("DAYS")},
      {"revoke-unit", 0, 0, G_OPTION_ARG_STRING, &unit, N_("accept nothing from UNIT any more"),
       N_("UNIT")},
      {"since", 0, 0, G_OPTION_ARG_STRING, &since,
       N_("with a revocation: as of then, also for what came since and is not verified (now)"),
       N_("TIME")},
      {"revoke-officer", 0, 0, G_OPTION_ARG_STRING, &officer,
       N_("accept nothing signed by officer NUMBER any more"), N_("NUMBER")},
      {NULL},
  };

  if (!ds_verb_parse(self, "",
                     N_("Examples:\n  doorstep-station directory --home /srv/station --out "
                        "station.directory\n"
                        "  doorstep-station directory --home /srv/station --revoke-unit unit-7"),
                     own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (since != NULL && (since_us = ds_clock_parse(since)) < 0)
    return ds_cli_usage(PROGRAM, _("--since \"%s\" is no time such as 2026-09-01T08:30:00+08:00"),
                        since);
  gboolean changes = days != UNSAID || unit != NULL || officer != NULL;
  if (!(changes ? ds_verb_open_unlocked : ds_verb_open)(self, &error) ||
      (unit != NULL && !ds_station_revoke_unit(self->station, unit, since_us, &error)) ||
      (officer != NULL && !ds_station_revoke_officer(self->station, officer, since_us, &error)) ||
      (days != UNSAID && !ds_station_renew(self->station, (guint)MAX(days, 0), &error)) ||
      (out != NULL && !write_directory(self, out, &error)))
    return ds_verb_end(self, error);
  print_directory(self);
  return ds_verb_end(self, NULL);
}

int
ds_verb_rotate(DsVerb *self, int argc, char **argv)
{
  gboolean receipt = FALSE, compromised = FALSE;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"receipt-key", 0, 0, G_OPTION_ARG_NONE, &receipt,
       N_("the keys that sign statements: that of the records room and that of the front desk"),
       NULL},
      {"compromised", 0, 0, G_OPTION_ARG_NONE, &compromised,
       N_("somebody else may have them: nothing they signed holds, all is said again"), NULL},
      {NULL},
  };

  if (!ds_verb_parse(self, "",
                     N_("Example:\n  doorstep-station rotate --home /srv/station --receipt-key"),
                     own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (!receipt)
    return ds_cli_usage(PROGRAM, "%s", _("rotate needs --receipt-key"));
  if (!ds_verb_open_unlocked(self, &error) ||
      !ds_station_rotate(self->station, compromised, &error))
    return ds_verb_end(self, error);
  print_directory(self);
  return ds_verb_end(self, NULL);
}
