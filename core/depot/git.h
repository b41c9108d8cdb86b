/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How this project runs stock git and sets up libgit2: no configuration, hook or environment from
 * outside ever has a say. */
#pragma once

#include <git2.h>
#include <glib.h>

#include "depot/spawn.h"

G_BEGIN_DECLS

/* Starts libgit2 with every hardening option of its version, once per process. */
gboolean ds_git_init(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Turns libgit2's last error into @error: a missing object or ref is DS_ERROR_NOT_FOUND, a lock
 * DS_ERROR_RETRY, the rest DS_ERROR_FAILED. @doing is a present participle, @what a path or ref.
 * Always returns FALSE. */
gboolean ds_git_set_error(GError **error, int code, const char *doing, const char *what);

/* PATH, LC_ALL=C, HOME=/nonexistent, GIT_CONFIG_NOSYSTEM=1 …, and GIT_DIR=@git_dir if not NULL.
 * (transfer full) */
char **ds_git_environment(const char *git_dir);

/* Runs git with @argv (argv[0] is "git") to its end, at most @seconds without a word from it.
 * DS_ERROR_FAILED with the first words of its standard error. */
gboolean ds_git_run(const char *const *argv, const char *git_dir, guint seconds,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
