/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unit's ssh key and the station's pinned one. */
#include "courier/config.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/stock-git.h"
#include "depot/serve.h"

#define KEY_TEXT_MAX 4096

static char *
read_line(const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, KEY_TEXT_MAX, error);
  gsize size;

  if (bytes == NULL)
    return NULL;
  const char *text = g_bytes_get_data(bytes, &size);
  return g_strstrip(g_strndup(text, size));
}

static gboolean
run_keygen(const char *key, const char *unit, GError **error)
{
  const char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", unit, "-f", key, NULL};
  g_auto(GStrv) environment = ds_git_environment(NULL);
  g_autoptr(DsLink) link = ds_spawn(argv, (const char *const *)environment, NULL, NULL, error);

  if (link == NULL)
    return FALSE;
  if (ds_link_finish(link) == 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "ssh-keygen made no key %s: %s", key,
              ds_link_complaint(link));
  return FALSE;
}

char *
ds_courier_make_identity(const char *home, const char *unit, GError **error)
{
  g_autofree char *depot = g_build_filename(home, "depot", NULL);
  g_autofree char *key = g_build_filename(depot, "id_ed25519", NULL);
  g_autofree char *public_key = g_strconcat(key, ".pub", NULL);

  if (!ds_serve_unit_valid(unit)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "\"%s\" is no unit id", unit);
    return NULL;
  }
  if (!ds_files_make_dir(depot, error))
    return NULL;
  /* the public file is written last: without it the pair is not whole */
  if (!g_file_test(public_key, G_FILE_TEST_EXISTS) &&
      (!ds_files_remove(key, error) || !run_keygen(key, unit, error) ||
       !ds_files_sync_dir(depot, error)))
    return NULL;
  return read_line(public_key, error);
}

gboolean
ds_courier_pin_host(const DsCourierConfig *config, const char *host_key, GError **error)
{
  g_autofree char *depot = g_path_get_dirname(config->known_hosts);
  g_autofree char *name = g_path_get_basename(config->known_hosts);
  g_autofree char *key = g_strstrip(g_strdup(host_key));
  g_auto(GStrv) words = g_strsplit(key, " ", 3);
  g_autofree char *line = NULL;

  if (strpbrk(key, "\r\n") != NULL || g_strv_length(words) < 2 ||
      (strcmp(words[0], "ssh-ed25519") != 0 && strcmp(words[0], "ecdsa-sha2-nistp256") != 0)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "this is no ssh host key of type ssh-ed25519 or ecdsa-sha2-nistp256 on one "
                        "line; give the content of the station's ssh_host_ed25519_key.pub");
    return FALSE;
  }
  /* the brackets name a host and port; ssh itself leaves them out for port 22 */
  line = config->port == 22
             ? g_strdup_printf("%s %s %s\n", config->host, words[0], words[1])
             : g_strdup_printf("[%s]:%u %s %s\n", config->host, config->port, words[0], words[1]);
  return ds_files_make_dir(depot, error) &&
         ds_files_replace_shared(depot, name, line, strlen(line), error);
}
