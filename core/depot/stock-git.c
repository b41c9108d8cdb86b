/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/stock-git.h"

#include "base/error.h"

char **
ds_git_environment(const char *git_dir)
{
  GPtrArray *environment = g_ptr_array_new();

  g_ptr_array_add(environment, g_strdup("PATH=/usr/local/bin:/usr/bin:/bin"));
  g_ptr_array_add(environment, g_strdup("LC_ALL=C"));
  g_ptr_array_add(environment, g_strdup("HOME=/nonexistent"));
  g_ptr_array_add(environment, g_strdup("XDG_CONFIG_HOME=/nonexistent"));
  g_ptr_array_add(environment, g_strdup("GIT_CONFIG_NOSYSTEM=1"));
  g_ptr_array_add(environment, g_strdup("GIT_CONFIG_GLOBAL=/dev/null"));
  g_ptr_array_add(environment, g_strdup("GIT_ATTR_NOSYSTEM=1"));
  g_ptr_array_add(environment, g_strdup("GIT_TERMINAL_PROMPT=0"));
  if (git_dir != NULL)
    g_ptr_array_add(environment, g_strconcat("GIT_DIR=", git_dir, NULL));
  g_ptr_array_add(environment, NULL);
  return (char **)g_ptr_array_free(environment, FALSE);
}

gboolean
ds_git_run(const char *const *argv, const char *git_dir, guint seconds, GError **error)
{
  g_auto(GStrv) environment = ds_git_environment(git_dir);
  g_autoptr(DsLink) link = ds_spawn(argv, (const char *const *)environment, NULL, NULL, error);
  char dropped[4096];
  gssize got;

  if (link == NULL)
    return FALSE;
  ds_link_set_stall(link, seconds);
  ds_link_close_write(link);
  do
    got = ds_link_read_some(link, dropped, sizeof dropped, error);
  while (got > 0);
  if (got < 0)
    return FALSE;
  int status = ds_link_finish(link);
  if (status == 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_FAILED, "git %s in %s: %s", argv[1], git_dir,
              ds_link_complaint(link));
  return FALSE;
}
