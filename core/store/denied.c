/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/denied.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static char *
account_name(uid_t uid)
{
  const struct passwd *entry = getpwuid(uid);

  return entry != NULL ? g_strdup(entry->pw_name) : g_strdup_printf("number %u", (guint)uid);
}

static char *
group_name(gid_t gid)
{
  const struct group *entry = getgrgid(gid);

  return entry != NULL ? g_strdup(entry->gr_name) : g_strdup_printf("number %u", (guint)gid);
}

/* @path, or the nearest folder above it that this account may look at. (transfer full) */
static char *
find_visible(const char *path, struct stat *st)
{
  g_autofree char *at = g_strdup(path);

  while (lstat(at, st) < 0) {
    if (errno != EACCES || strcmp(at, "/") == 0)
      return NULL;
    g_autofree char *child = g_steal_pointer(&at);
    at = g_path_get_dirname(child);
  }
  return g_steal_pointer(&at);
}

char *
ds_denied_words(const char *path, int how)
{
  struct stat st;

  if (faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0 || errno != EACCES)
    return NULL;
  g_autofree char *barrier = find_visible(path, &st);
  if (barrier == NULL)
    return NULL;
  gboolean above = strcmp(barrier, path) != 0;
  g_autofree char *me = account_name(geteuid());
  g_autofree char *owner = account_name(st.st_uid);
  g_autofree char *group = group_name(st.st_gid);
  const char *verb = above || how == X_OK ? "enter" : (how & W_OK) != 0 ? "write to" : "read";

  return g_strdup_printf("account %s may not %s %s, which belongs to %s, group %s, mode %04o", me,
                         verb, barrier, owner, group, (guint)(st.st_mode & 07777));
}

gboolean
ds_denied_explain(const char *path, int how, GError **error)
{
  g_autofree char *words = ds_denied_words(path, how);

  if (words == NULL || error == NULL || *error == NULL)
    return FALSE;
  int code = (*error)->code;
  g_clear_error(error);
  g_set_error_literal(error, DS_ERROR, code, words);
  return FALSE;
}
