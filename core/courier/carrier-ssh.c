/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSH as a child with a fixed argv: no configuration file, no agent, no question, the pinned
 * host key or nothing. The first link opens the connection, later ones share it. */
#include "courier/carrier.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/stock-git.h"

/* Relative, and ssh runs in HOME/depot: a socket's name may only be 107 bytes long. */
#define CONTROL_PATH "mux"
#define CONTROL_SECONDS "60"

typedef struct {
  DsCarrier parent;
  char *folder; /* HOME/depot */
  char *host, *user, *port, *unit;
  char *identity, *known_hosts;
  gboolean opened;
} Ssh;

static void
add_option(GPtrArray *argv, const char *format, const char *value)
{
  g_ptr_array_add(argv, g_strdup("-o"));
  g_ptr_array_add(argv, g_strconcat(format, value, NULL));
}

/* A path as an option's value: quoted, because ssh splits at blanks, and with its % doubled. */
static void
add_path_option(GPtrArray *argv, const char *name, const char *path)
{
  g_auto(GStrv) pieces = g_strsplit(path, "%", -1);
  g_autofree char *doubled = g_strjoinv("%%", pieces);
  g_autofree char *quoted = g_strdup_printf("\"%s\"", doubled);

  add_option(argv, name, quoted);
}

static GPtrArray *
base_argv(const Ssh *self)
{
  static const char *const fixed[] = {"BatchMode=yes",
                                      "StrictHostKeyChecking=yes",
                                      "GlobalKnownHostsFile=/dev/null",
                                      "UpdateHostKeys=no",
                                      "VerifyHostKeyDNS=no",
                                      "CheckHostIP=no",
                                      "HostKeyAlgorithms=ssh-ed25519,ecdsa-sha2-nistp256",
                                      "IdentitiesOnly=yes",
                                      "IdentityAgent=none",
                                      "PreferredAuthentications=publickey",
                                      "ClearAllForwardings=yes",
                                      "ForwardAgent=no",
                                      "PermitLocalCommand=no",
                                      "EscapeChar=none",
                                      "ConnectTimeout=10",
                                      "ServerAliveInterval=10",
                                      "ServerAliveCountMax=3",
                                      "LogLevel=ERROR",
                                      "ControlMaster=auto",
                                      "ControlPath=" CONTROL_PATH,
                                      "ControlPersist=" CONTROL_SECONDS};
  GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

  g_ptr_array_add(argv, g_strdup("ssh"));
  g_ptr_array_add(argv, g_strdup("-F"));
  g_ptr_array_add(argv, g_strdup("none"));
  g_ptr_array_add(argv, g_strdup("-T"));
  for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
    add_option(argv, fixed[i], NULL);
  add_path_option(argv, "UserKnownHostsFile=", self->known_hosts);
  add_path_option(argv, "IdentityFile=", self->identity);
  g_ptr_array_add(argv, g_strdup("-p"));
  g_ptr_array_add(argv, g_strdup(self->port));
  g_ptr_array_add(argv, g_strdup("-l"));
  g_ptr_array_add(argv, g_strdup(self->user));
  return argv;
}

static DsLink *
run(const Ssh *self, GPtrArray *argv, GError **error)
{
  g_auto(GStrv) environment = ds_git_environment(NULL);

  g_ptr_array_add(argv, NULL);
  return ds_spawn((const char *const *)argv->pdata, (const char *const *)environment, self->folder,
                  NULL, error);
}

static gboolean
need_file(const char *path, const char *advice, GError **error)
{
  if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s is missing; %s", path, advice);
  return FALSE;
}

static DsLink *
ssh_open(DsCarrier *carrier, DsCarrierService service, GError **error)
{
  Ssh *self = (Ssh *)carrier;
  g_autoptr(GPtrArray) argv = base_argv(self);

  if (!need_file(self->known_hosts, "pin the station's host key first", error) ||
      !need_file(self->identity, "make this unit's ssh key first", error) ||
      !ds_files_make_dir(self->folder, error))
    return NULL;
  g_ptr_array_add(argv, g_strdup("--"));
  g_ptr_array_add(argv, g_strdup(self->host));
  g_ptr_array_add(
      argv, g_strdup_printf("git-%s '%s.git'",
                            service == DS_CARRIER_RECEIVE_PACK ? "receive-pack" : "upload-pack",
                            self->unit));
  self->opened = TRUE;
  return run(self, argv, error);
}

static gboolean
says(const char *words, const char *const *phrases)
{
  for (; *phrases != NULL; phrases++)
    if (strstr(words, *phrases) != NULL)
      return TRUE;
  return FALSE;
}

static void
ssh_explain(DsCarrier *carrier, DsLink *link, GError **error)
{
  static const char *const changed[] = {"Host key verification failed",
                                        "IDENTIFICATION HAS CHANGED",
                                        "no matching host key type found", NULL};
  static const char *const unknown_key[] = {"Permission denied (", NULL};
  static const char *const other_unit[] = {"this key may only run git", NULL}; /* depot/serve.c */
  static const char *const turned_away[] = {
      "\" is revoked at station", "\" is not enrolled at station", NULL}; /* station/station.c */
  static const char *const open_key[] = {"UNPROTECTED PRIVATE KEY FILE", NULL};
  Ssh *self = (Ssh *)carrier;
  const char *words = ds_link_complaint(link);

  if (*words == '\0')
    return;
  g_autofree char *old = g_strdup((*error)->message);
  int code = (*error)->code;
  g_clear_error(error);
  if (says(words, changed))
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s port %s does not show the host key pinned in %s. Nothing was sent. Do not go "
                "on through this network; compare the fingerprint with the station by telephone, "
                "and only if the station did change its key pin the new one",
                self->host, self->port, self->known_hosts);
  else if (says(words, open_key))
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "%s can be read by others, so ssh will not use it; run chmod 600 on it",
                self->identity);
  else if (says(words, unknown_key))
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "the station does not accept this unit's ssh key %s.pub; ask the station to enter "
                "it in authorized_keys",
                self->identity);
  else if (says(words, turned_away))
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "the station takes nothing from unit %s any more: %s; what was sealed stays here",
                self->unit, words);
  else if (says(words, other_unit))
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "at the station this unit's ssh key belongs to another unit than %s: %s",
                self->unit, words);
  else
    g_set_error(error, DS_ERROR, code, "%s (ssh says: %s)", old, words);
}

static void
end_shared_connection(const Ssh *self)
{
  g_autoptr(GPtrArray) argv = base_argv(self);
  g_autoptr(GError) ignored = NULL;
  g_autofree char *socket = g_build_filename(self->folder, CONTROL_PATH, NULL);

  if (access(socket, F_OK) != 0)
    return;
  g_ptr_array_add(argv, g_strdup("-O"));
  g_ptr_array_add(argv, g_strdup("exit"));
  g_ptr_array_add(argv, g_strdup("--"));
  g_ptr_array_add(argv, g_strdup(self->host));
  /* a connection that is left ends by itself after ControlPersist */
  DsLink *link = run(self, argv, &ignored);
  ds_link_free(link);
}

static void
ssh_free(DsCarrier *carrier)
{
  Ssh *self = (Ssh *)carrier;

  if (self->opened)
    end_shared_connection(self);
  g_free(self->folder);
  g_free(self->host);
  g_free(self->user);
  g_free(self->port);
  g_free(self->unit);
  g_free(self->identity);
  g_free(self->known_hosts);
  g_free(self);
}

static gboolean
check_path(const char *path, GError **error)
{
  if (strpbrk(path, "\"\\$\r\n") == NULL)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "ssh cannot be told the path %s; use a folder without quotes, backslashes and $",
              path);
  return FALSE;
}

DsCarrier *
ds_carrier_ssh_new(const DsCourierConfig *config, GError **error)
{
  static const DsCarrierClass class = {"ssh", ssh_open, ssh_explain, ssh_free};
  Ssh *self;

  if (config->host == NULL || config->host[0] == '-' || config->user[0] == '-') {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a host or user name that begins with - would be an option of ssh");
    return NULL;
  }
  if (!check_path(config->identity, error) || !check_path(config->known_hosts, error))
    return NULL;
  self = g_new0(Ssh, 1);
  self->parent.class = &class;
  self->folder = g_build_filename(config->home, "depot", NULL);
  self->host = g_strdup(config->host);
  self->user = g_strdup(config->user);
  self->port = g_strdup_printf("%u", config->port);
  self->unit = g_strdup(config->unit);
  self->identity = g_strdup(config->identity);
  self->known_hosts = g_strdup(config->known_hosts);
  return &self->parent;
}
