/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "depot/pktline.h"
#include "depot/refs.h"
#include "depot/stock-git.h"

#define UNIT_MAX 64
/* Enough for any pack of ours. More would let half a megabyte unpack to a gigabyte, as the base of
 * a small delta that intake must then hold, too. */
#define SERVE_MEMORY (G_GUINT64_CONSTANT(384) << 20)
#define SERVE_CPU_SECONDS 1800
#define SERVE_FILE_SLACK (G_GUINT64_CONSTANT(256) << 20)

gboolean
ds_serve_unit_valid(const char *unit)
{
  gsize length = strlen(unit);

  if (length == 0 || length > UNIT_MAX || !g_ascii_isalnum(unit[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(unit[i]) && strchr("._-", unit[i]) == NULL)
      return FALSE;
  return strstr(unit, "..") == NULL && !g_str_has_suffix(unit, ".git") &&
         !g_str_has_suffix(unit, ".lock");
}

char **
ds_serve_plan(const char *command, const char *unit, const char *repo_path, GError **error)
{
  static const char *const services[] = {"receive-pack", "upload-pack"};

  if (!ds_serve_unit_valid(unit) || !g_path_is_absolute(repo_path)) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "the forced command names no unit and repository; write the authorized_keys line "
                "anew");
    return NULL;
  }
  if (command == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "this key opens unit %s's repository through git, and no shell", unit);
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
    g_autofree char *expected = g_strdup_printf("git-%s '%s.git'", services[i], unit);
    if (strcmp(command, expected) == 0) {
      const char *argv[] = {"git", services[i], repo_path, NULL};
      return g_strdupv((char **)argv);
    }
  }
  g_autofree char *words = ds_pktline_printable(command, -1);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "this key may only run git's two services on '%s.git', not: %s", unit, words);
  return NULL;
}

static const DsSpawnLimits serve_limits = {.memory = SERVE_MEMORY,
                                           .file_size = DS_DEPOT_INPUT_MAX + SERVE_FILE_SLACK,
                                           .cpu_seconds = SERVE_CPU_SECONDS};

char **
ds_serve_cap(char **plan, guint64 input_max)
{
  g_auto(GStrv) old = plan;
  g_autofree char *setting = g_strdup_printf("receive.maxInputSize=%" G_GUINT64_FORMAT, input_max);
  const char *capped[] = {old[0], "-c", setting, old[1], old[2], NULL};

  if (strcmp(old[1], "receive-pack") != 0)
    return g_steal_pointer(&old);
  return g_strdupv((char **)capped);
}

DsLink *
ds_serve_receive(const char *repo_path, guint64 input_max, GError **error)
{
  const char *argv[] = {"git", "receive-pack", repo_path, NULL};
  g_auto(GStrv) capped = ds_serve_cap(g_strdupv((char **)argv), input_max);
  g_auto(GStrv) environment = ds_git_environment(NULL);

  return ds_spawn((const char *const *)capped, (const char *const *)environment, NULL,
                  &serve_limits, error);
}

gboolean
ds_serve_exec(char **argv, GError **error)
{
  g_auto(GStrv) environment = ds_git_environment(NULL);

  ds_spawn_limits_apply(&serve_limits);
  execvpe(argv[0], argv, environment);
  return ds_error_set_errno(error, errno, "starting", argv[0]);
}

/* The two first words of a public key file, which must be all that matters. */
static gboolean
check_key(char *const *words, GError **error)
{
  static const char *const types[] = {"ssh-ed25519", "ecdsa-sha2-nistp256"};

  for (gsize i = 0; words[0] != NULL && words[1] != NULL && i < G_N_ELEMENTS(types); i++) {
    gsize plain = strspn(words[1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789+/=");
    if (strcmp(words[0], types[i]) == 0 && plain > 60 && words[1][plain] == '\0')
      return TRUE;
  }
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                      "this is no ssh public key of type ssh-ed25519 or ecdsa-sha2-nistp256 on one "
                      "line; give the content of the unit's id_ed25519.pub");
  return FALSE;
}

char *
ds_serve_authorized_line(const char *const *command, const char *unit, const char *public_key,
                         GError **error)
{
  g_autoptr(GString) forced = g_string_new(NULL);
  g_autofree char *line = g_strstrip(g_strdup(public_key));
  g_auto(GStrv) words = g_strsplit(line, " ", 3);

  if (!ds_serve_unit_valid(unit)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "a unit id is 1 to 64 letters, digits, dots, dashes or underscores");
    return NULL;
  }
  if (strpbrk(line, "\r\n") != NULL || !check_key(words, error)) {
    if (error != NULL && *error == NULL)
      g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                          "this is more than one line; give one ssh public key");
    return NULL;
  }
  for (; *command != NULL; command++) {
    /* sshd only knows \" inside command="", the shell it starts knows the rest */
    if (strpbrk(*command, "\"\\\r\n") != NULL) {
      g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                  "\"%s\" cannot stand in authorized_keys; use a path without quotes", *command);
      return NULL;
    }
    g_autofree char *quoted = g_shell_quote(*command);
    /* what needs no quoting reads better without */
    gboolean plain = (*command)[strspn(*command, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                 "abcdefghijklmnopqrstuvwxyz0123456789/._-")] == 0;
    g_string_append_printf(forced, "%s%s", forced->len > 0 ? " " : "", plain ? *command : quoted);
  }
  if (strpbrk(forced->str, "\"\\") != NULL) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "the forced command cannot stand in authorized_keys; use paths without "
                        "quotes");
    return NULL;
  }
  return g_strdup_printf("command=\"%s\",restrict %s %s %s\n", forced->str, words[0], words[1],
                         unit);
}
