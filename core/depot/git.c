/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/git.h"

#include "base/error.h"

#define PACK_OBJECTS_MAX 50000
#define WINDOW_BYTES (1 << 20)
#define WINDOWS_BYTES (64 << 20)
#define WINDOW_FILES 32
#define CACHE_BYTES (8 << 20)

static int
set_options(void)
{
  static const git_config_level_t levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL,
                                              GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_PROGRAMDATA};
  const char *extensions[] = {"!noop"};
  int bad = 0;

  bad |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_SYMBOLIC_REF_CREATION, 1);
  bad |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_UNSAVED_INDEX_SAFETY, 1);
  bad |= git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)PACK_OBJECTS_MAX);
  bad |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
  bad |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)WINDOWS_BYTES);
  bad |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)WINDOW_FILES);
  bad |= git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
  bad |= git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "/nonexistent");
  bad |= git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, G_N_ELEMENTS(extensions));
  for (gsize i = 0; i < G_N_ELEMENTS(levels); i++)
    bad |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, (int)levels[i], "");
  return bad;
}

static gpointer
init_once(gpointer data)
{
  if (git_libgit2_init() < 0)
    return GINT_TO_POINTER(FALSE);
  return GINT_TO_POINTER(set_options() == 0);
}

gboolean
ds_git_init(GError **error)
{
  static GOnce once = G_ONCE_INIT;

  if (GPOINTER_TO_INT(g_once(&once, init_once, NULL)))
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED,
                      "libgit2 does not accept its safety options; install Debian's libgit2 1.5");
  return FALSE;
}

gboolean
ds_git_set_error(GError **error, int code, const char *doing, const char *what)
{
  const git_error *last = git_error_last();
  DsErrorCode kind = DS_ERROR_FAILED;

  if (code == GIT_ENOTFOUND)
    kind = DS_ERROR_NOT_FOUND;
  if (code == GIT_ELOCKED)
    kind = DS_ERROR_RETRY;
  g_set_error(error, DS_ERROR, kind, "%s %s: %s", doing, what,
              last != NULL && last->message != NULL ? last->message : "libgit2 gave no reason");
  return FALSE;
}
