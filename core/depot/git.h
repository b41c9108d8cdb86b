/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How this project runs stock git and sets up libgit2: no configuration, hook or environment from
 * outside ever has a say. */
#pragma once

#include <glib.h>
#include <git2.h>

G_BEGIN_DECLS

/* Starts libgit2 with every hardening option of its version, once per process. */
gboolean ds_git_init(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Turns libgit2's last error into @error; @doing is a present participle, @what a path or ref. */
gboolean ds_git_set_error(GError **error, int code, const char *doing, const char *what);

/* PATH, LC_ALL=C, HOME=/nonexistent, GIT_CONFIG_NOSYSTEM=1 …, and GIT_DIR=@git_dir if not NULL.
 * (transfer full) */
char **ds_git_environment(const char *git_dir);

typedef struct {
  guint64 memory;      /* RLIMIT_AS, 0: none */
  guint64 file_size;   /* RLIMIT_FSIZE, 0: none */
  guint64 cpu_seconds; /* RLIMIT_CPU, 0: none */
} DsGitLimits;

/* Sets the limits on the calling process, for use between fork and exec: no allocation. */
void ds_git_limits_apply(const DsGitLimits *limits);

/* Runs git with @argv (argv[0] is "git") to its end, output dropped. DS_ERROR_FAILED with the
 * first words of its standard error. */
gboolean ds_git_run(const char *const *argv, const char *git_dir, const DsGitLimits *limits,
                    GError **error);

G_END_DECLS
