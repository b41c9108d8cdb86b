/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unit connect: how, over which network and under which account the courier goes */
#include "cli/unit/face.h"

#include "base/error.h"
#include "base/files.h"
#include "courier/config.h"
#include "courier/share.h"

static char *opt_path, *opt_host, *opt_user, *opt_host_key, *opt_account;
static char **opt_networks, **opt_gateways, **opt_subnets;
static gint opt_port;
static gboolean opt_drive, opt_metered, opt_any_network;

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

/* With --courier-account: the home is shared with that account, or its modes are mended. */
static gboolean
share(DsUnit *unit, GError **error)
{
  gboolean key_gone = FALSE;

  if (opt_account == NULL)
    return TRUE;
  if (!ds_courier_share(ds_unit_home(unit), opt_account, &key_gone, error))
    return FALSE;
  if (key_gone)
    g_printerr(_("the ssh key made before is gone: the station must enter the new one\n"));
  return TRUE;
}

static gboolean
run_connect(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  gid_t group;

  if (unit == NULL)
    return FALSE;
  if (opt_path == NULL && opt_host == NULL && !opt_drive && (says_network() || opt_account != NULL))
    return (!says_network() || change_network(unit, error)) && share(unit, error);

  g_autoptr(DsCourierConfig) config = ds_courier_config_new(ds_unit_home(unit));
  const DsDirectory *directory = ds_unit_directory(unit);
  config->unit = g_strdup(ds_unit_id(unit));
  config->station = directory != NULL ? g_strdup(directory->station) : NULL;
  if (!fill_config(config, error) || !fill_reach(config, error) ||
      (opt_host != NULL && !pin_host(config, error)) || !ds_courier_config_save(config, error) ||
      !share(unit, error))
    return FALSE;
  if (opt_host == NULL)
    return TRUE;
  if (ds_courier_shared_group(ds_unit_home(unit), &group)) {
    g_printerr(_("the courier's account makes its own ssh key; under that account run:\n"
                 "  doorstep-courier identity --home %s\n"),
               ds_unit_home(unit));
    return TRUE;
  }
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
    {"courier-account", 0, 0, G_OPTION_ARG_STRING, &opt_account,
     N_("the courier runs as this account, which can read what is sealed and no more"), "ACCOUNT"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

const DsCommand ds_commands_connect[] = {
    {"unit", "connect", "--path FOLDER | --ssh HOST | --drive",
     N_("say how the courier reaches the station"),
     "doorstep unit connect --ssh station.example --host-key ssh_host_ed25519_key.pub", 0, 0,
     connect_options, run_connect},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
