/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How stock git is run: its configuration is the repository's and nobody else's. Apart from
 * libgit2's set-up, so that who only needs this does not link libgit2. */
#pragma once

#include "depot/spawn.h"

G_BEGIN_DECLS

/* PATH, LC_ALL=C, HOME=/nonexistent, GIT_CONFIG_NOSYSTEM=1 …, and GIT_DIR=@git_dir if not NULL.
 * (transfer full) */
char **ds_git_environment(const char *git_dir);

/* Runs git with @argv (argv[0] is "git") to its end, at most @seconds without a word from it.
 * DS_ERROR_FAILED with the first words of its standard error. */
gboolean ds_git_run(const char *const *argv, const char *git_dir, guint seconds,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
