/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unit init, request, trust, connect, status; audit verify */
#include "cli/unit/face.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "cli/unit/clock-print.h"
#include "courier/config.h"
#include "courier/why.h"
#include "unit/enrol.h"
#include "vault/bundles.h"
#include "vault/case.h"
#include "vault/journal.h"

#define FILE_MAX (4 * 1024 * 1024)
/* What a minor's case needs on the disk, measured on generated people. */
#define CASE_BYTES (2400 * 1024)

static gboolean opt_drive;
static char *opt_id, *opt_name, *opt_fingerprint, *opt_path, *opt_host, *opt_user, *opt_host_key;
static char **opt_officers, **opt_networks, **opt_gateways, **opt_subnets;
static gint opt_port;
static gboolean opt_light, opt_metered, opt_any_network;

static gboolean
write_file(const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *full = g_canonicalize_filename(path, NULL);
  g_autofree char *dir = g_path_get_dirname(full);
  g_autofree char *name = g_path_get_basename(full);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  return ds_files_replace(dir, name, data, size, error);
}

/* ---- unit init ---- */

static GArray *
parse_officers(GError **error)
{
  g_autoptr(GArray) officers = g_array_new(FALSE, TRUE, sizeof(DsUnitOfficer));

  for (guint i = 0; opt_officers != NULL && opt_officers[i] != NULL; i++) {
    char *equals = strchr(opt_officers[i], '=');
    if (equals == NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--officer %s: write NUMBER=NAME"),
                  opt_officers[i]);
      return NULL;
    }
    *equals = '\0';
    DsUnitOfficer officer = {.number = opt_officers[i], .name = equals + 1};
    g_array_append_val(officers, officer);
  }
  return g_steal_pointer(&officers);
}

static gboolean
run_init(DsFace *face, char **args, GError **error)
{
  g_autoptr(GArray) officers = parse_officers(error);
  if (officers == NULL)
    return FALSE;
  g_autoptr(DsSecret) passphrase =
      ds_cli_passphrase_read_new(&face->passphrase, _("New passphrase of the unit: "), error);
  if (passphrase == NULL ||
      !ds_unit_init(face->home, opt_id, opt_name, (DsUnitOfficer *)(void *)officers->data,
                    officers->len, passphrase,
                    opt_light ? DS_SLOTS_COST_LIGHT : DS_SLOTS_COST_NORMAL, error))
    return FALSE;
  if (!face->json)
    g_print(_("unit %s is made in %s; next: doorstep unit request --out FILE\n"), opt_id,
            face->home);
  return TRUE;
}

static const GOptionEntry init_options[] = {
    {"id", 0, 0, G_OPTION_ARG_STRING, &opt_id, N_("short name, a-z 0-9 -"), "ID"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &opt_name, N_("name for people"), "NAME"},
    {"crew", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_officers,
     N_("an officer of this unit; may be given several times"), "NUMBER=NAME"},
    {"light", 0, 0, G_OPTION_ARG_NONE, &opt_light,
     N_("cheap passphrase hashing, for demonstrations only"), NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit request, trust ---- */

static gboolean
run_request(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autofree char *fingerprint = NULL;
  g_autoptr(GBytes) request = unit != NULL ? ds_unit_enrolment(unit, &fingerprint, error) : NULL;

  if (request == NULL || !write_file(args[0], request, error))
    return FALSE;
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    ds_face_member(builder, "unit", ds_unit_id(unit));
    ds_face_member(builder, "file", args[0]);
    ds_face_member(builder, "fingerprint", fingerprint);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_print(_("%s: carry this file to the station, and read aloud:\n  %s\n"), args[0], fingerprint);
  return TRUE;
}

static gboolean
run_trust(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(GBytes) directory = unit != NULL ? ds_files_read(args[0], FILE_MAX, error) : NULL;

  if (directory == NULL || !ds_unit_trust(unit, directory, opt_fingerprint, error))
    return FALSE;
  const DsDirectory *now = ds_unit_directory(unit);
  if (!face->json)
    g_print(_("station %s (%s) is trusted, directory version %llu\n"), now->station, now->name,
            (unsigned long long)now->version);
  return TRUE;
}

static const GOptionEntry trust_options[] = {
    {"fingerprint", 0, 0, G_OPTION_ARG_STRING, &opt_fingerprint,
     N_("what the station read aloud, the first time"), "DIGITS"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit connect ---- */

static gboolean
fill_config(DsCourierConfig *config, GError **error)
{
  if ((opt_path != NULL) + (opt_host != NULL) + (opt_drive ? 1 : 0) != 1) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("say one of --path FOLDER, --ssh HOST and --drive"));
    return FALSE;
  }
  if (opt_drive) {
    config->carrier = g_strdup("drive");
    return TRUE;
  }
  if (opt_path != NULL) {
    config->carrier = g_strdup("path");
    config->path = g_canonicalize_filename(opt_path, NULL);
    return TRUE;
  }
  if (opt_host_key == NULL) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("--host-key FILE is needed: the station's public host key"));
    return FALSE;
  }
  config->carrier = g_strdup("ssh");
  config->host = g_strdup(opt_host);
  if (opt_port > 0)
    config->port = (guint)opt_port;
  if (opt_user != NULL) {
    g_free(config->user);
    config->user = g_strdup(opt_user);
  }
  return TRUE;
}

static void
fill_list(GPtrArray *list, char **words)
{
  for (char **word = words; word != NULL && *word != NULL; word++)
    g_ptr_array_add(list, g_strdup(*word));
}

static gboolean
says_network(void)
{
  return opt_networks != NULL || opt_gateways != NULL || opt_subnets != NULL || opt_metered ||
         opt_any_network;
}

static gboolean
fill_reach(DsCourierConfig *config, GError **error)
{
  if (opt_any_network && (opt_networks != NULL || opt_gateways != NULL || opt_subnets != NULL)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        _("--any-network goes with neither --network, --gateway nor --subnet"));
    return FALSE;
  }
  ds_reach_profile_free(config->reach);
  config->reach = ds_reach_profile_new();
  fill_list(config->reach->connections, opt_networks);
  fill_list(config->reach->gateways, opt_gateways);
  fill_list(config->reach->subnets, opt_subnets);
  config->reach->send_metered = opt_metered;
  return ds_reach_profile_check(config->reach, error);
}

/* Another network, the same station: nothing else changes. */
static gboolean
change_network(DsUnit *unit, GError **error)
{
  g_autoptr(DsCourierConfig) config = ds_courier_config_load(ds_unit_home(unit), error);

  return config != NULL && fill_reach(config, error) && ds_courier_config_save(config, error);
}

static gboolean
pin_host(const DsCourierConfig *config, GError **error)
{
  g_autoptr(GBytes) file = ds_files_read(opt_host_key, 64 * 1024, error);
  if (file == NULL)
    return FALSE;
  g_autofree char *text = g_strndup(g_bytes_get_data(file, NULL), g_bytes_get_size(file));
  return ds_courier_pin_host(config, g_strstrip(text), error);
}

static gboolean
run_connect(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  if (unit == NULL)
    return FALSE;
  if (opt_path == NULL && opt_host == NULL && !opt_drive && says_network())
    return change_network(unit, error);

  g_autoptr(DsCourierConfig) config = ds_courier_config_new(ds_unit_home(unit));
  const DsDirectory *directory = ds_unit_directory(unit);
  config->unit = g_strdup(ds_unit_id(unit));
  config->station = directory != NULL ? g_strdup(directory->station) : NULL;
  if (!fill_config(config, error) || !fill_reach(config, error) ||
      (opt_host != NULL && !pin_host(config, error)) || !ds_courier_config_save(config, error))
    return FALSE;
  if (opt_host == NULL)
    return TRUE;
  g_autofree char *line = ds_courier_make_identity(ds_unit_home(unit), ds_unit_id(unit), error);
  if (line == NULL)
    return FALSE;
  g_print("%s\n", g_strchomp(line));
  return TRUE;
}

static const GOptionEntry connect_options[] = {
    {"path", 0, 0, G_OPTION_ARG_FILENAME, &opt_path, N_("this unit's repository, as a folder"),
     "FOLDER"},
    {"ssh", 0, 0, G_OPTION_ARG_STRING, &opt_host, N_("the station's host"), "HOST"},
    {"port", 0, 0, G_OPTION_ARG_INT, &opt_port, N_("its port (22)"), "PORT"},
    {"user", 0, 0, G_OPTION_ARG_STRING, &opt_user, N_("its account (doorstep)"), "USER"},
    {"host-key", 0, 0, G_OPTION_ARG_FILENAME, &opt_host_key, N_("its public host key"), "FILE"},
    {"drive", 0, 0, G_OPTION_ARG_NONE, &opt_drive, N_("no network: only drives go there"), NULL},
    {"network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_networks,
     N_("the station's network, as NetworkManager calls it; may be said again"), N_("NAME|UUID")},
    {"gateway", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_gateways, N_("its gateway"), N_("ADDRESS")},
    {"subnet", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_subnets,
     N_("where this unit's address there lies, like 10.20.0.0/16"), N_("SUBNET")},
    {"metered", 0, 0, G_OPTION_ARG_NONE, &opt_metered, N_("send where bytes cost money too"), NULL},
    {"any-network", 0, 0, G_OPTION_ARG_NONE, &opt_any_network, N_("any network will do (default)"),
     NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- unit status, audit verify ---- */

typedef struct {
  guint waiting;
  guint64 waiting_bytes;
  guint64 objects, object_bytes, free_bytes;
  guint64 cases[DS_CASE_STATE_LAST + 1];
  DsWatch watch;
} Status;

static gboolean
read_status(DsUnit *unit, Status *status, GError **error)
{
  g_autoptr(GPtrArray) bundles = ds_vault_bundles(ds_unit_vault(unit), NULL, error);

  if (bundles == NULL ||
      !ds_store_usage(ds_unit_store(unit), &status->objects, &status->object_bytes, error) ||
      !ds_store_free_space(ds_unit_store(unit), &status->free_bytes, error) ||
      !ds_vault_count_cases(ds_unit_vault(unit), NULL, status->cases, error) ||
      !ds_unit_read_watch(unit, &status->watch, error))
    return FALSE;
  status->waiting = bundles->len;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    status->waiting_bytes += bundle->manifest_size + bundle->record_size;
  }
  return TRUE;
}

static void
print_status_json(DsUnit *unit, const Status *status, const DsWhy *why)
{
  JsonBuilder *builder = json_builder_new();
  const DsDirectory *directory = ds_unit_directory(unit);

  json_builder_begin_object(builder);
  ds_face_member(builder, "unit", ds_unit_id(unit));
  ds_face_member(builder, "officer", ds_unit_officer(unit));
  ds_face_member(builder, "station", directory != NULL ? directory->station : NULL);
  json_builder_set_member_name(builder, "directory");
  json_builder_add_int_value(builder, directory != NULL ? (gint64)directory->version : 0);
  json_builder_set_member_name(builder, "outbox");
  json_builder_add_int_value(builder, status->waiting);
  json_builder_set_member_name(builder, "objects");
  json_builder_add_int_value(builder, (gint64)status->objects);
  json_builder_set_member_name(builder, "object-bytes");
  json_builder_add_int_value(builder, (gint64)status->object_bytes);
  json_builder_set_member_name(builder, "cases-that-fit");
  json_builder_add_int_value(builder, (gint64)(status->free_bytes / CASE_BYTES));
  json_builder_set_member_name(builder, "cases");
  json_builder_begin_object(builder);
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (status->cases[state] > 0) {
      json_builder_set_member_name(builder, ds_case_state_word((DsCaseState)state));
      json_builder_add_int_value(builder, (gint64)status->cases[state]);
    }
  json_builder_end_object(builder);
  ds_clock_print_json(builder, &status->watch);
  json_builder_set_member_name(builder, "courier");
  json_builder_add_value(builder, ds_why_json(why));
  json_builder_end_object(builder);
  ds_face_print(builder);
}

static gboolean
run_status(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  Status status = {0};
  g_auto(DsWhy) why = {0};

  if (unit == NULL || !read_status(unit, &status, error))
    return FALSE;
  ds_why_load(ds_unit_home(unit), &why);
  if (face->json) {
    print_status_json(unit, &status, &why);
    return TRUE;
  }
  const DsDirectory *directory = ds_unit_directory(unit);
  g_print(_("unit %s, officer %s %s, station %s\n"), ds_unit_id(unit), ds_unit_officer(unit),
          ds_unit_officer_name(unit), directory != NULL ? directory->name : _("not known yet"));
  for (int state = 1; state <= DS_CASE_STATE_LAST; state++)
    if (status.cases[state] > 0)
      g_print("  %-22s %" G_GUINT64_FORMAT "\n", ds_case_state_word((DsCaseState)state),
              status.cases[state]);
  g_autofree char *held = g_format_size(status.object_bytes);
  g_print(_("%u bundles not yet pruned, %s of evidence here, room for about %llu more cases\n"),
          status.waiting, held, (unsigned long long)(status.free_bytes / CASE_BYTES));
  g_autofree char *warning = ds_clock_print_warning(&status.watch);
  if (warning != NULL)
    g_print("%s\n", warning);
  g_autofree char *sentence = ds_why_sentence(&why);
  g_print(_("courier: %s\n"), sentence);
  return TRUE;
}

static gboolean
run_audit(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsAuditHead head;
  guint64 bad = 0;
  char hex[DS_DIGEST_HEX_SIZE];

  if (unit == NULL || !ds_vault_audit_verify(ds_unit_vault(unit), &bad, error) ||
      !ds_vault_audit_head(ds_unit_vault(unit), &head, error))
    return FALSE;
  ds_digest_to_hex(&head.hash, hex);
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "entries");
    json_builder_add_int_value(builder, (gint64)head.index);
    ds_face_member(builder, "head", hex);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_print(_("the journal holds: %llu entries, head %s\n"), (unsigned long long)head.index, hex);
  return TRUE;
}

const DsCommand ds_commands_unit[] = {
    {"unit", "init", "--id ID --crew NUMBER=NAME", N_("make a unit in the home folder"),
     "doorstep --home /srv/unit unit init --id unit-07 --name 章贡7号 --crew 360702001=李秀英", 0,
     0, init_options, run_init},
    {"unit", "request", "FILE", N_("write the enrolment request and show its fingerprint"),
     "doorstep unit request unit-07.enrol", 1, 1, NULL, run_request},
    {"unit", "trust", "DIRECTORY", N_("take the station's directory"),
     "doorstep unit trust station.directory --fingerprint \"01234 56789 …\"", 1, 1, trust_options,
     run_trust},
    {"unit", "connect", "--path FOLDER | --ssh HOST | --drive",
     N_("say how the courier reaches the station"),
     "doorstep unit connect --ssh station.example --host-key ssh_host_ed25519_key.pub", 0, 0,
     connect_options, run_connect},
    {"unit", "status", "", N_("what this unit holds and what waits"), NULL, 0, 0, NULL, run_status},
    {"audit", "verify", "", N_("walk the journal's chain"), NULL, 0, 0, NULL, run_audit},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
