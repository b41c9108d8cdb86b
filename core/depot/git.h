/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How libgit2 is set up: no configuration, hook or environment from outside ever has a say. */
#pragma once

#include <git2.h>
#include <glib.h>

G_BEGIN_DECLS

/* Starts libgit2 with every hardening option of its version, once per process. */
gboolean ds_git_init(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Turns libgit2's last error into @error: a missing object or ref is DS_ERROR_NOT_FOUND, a lock
 * DS_ERROR_RETRY, the rest DS_ERROR_FAILED. @doing is a present participle, @what a path or ref.
 * Always returns FALSE. */
gboolean ds_git_set_error(GError **error, int code, const char *doing, const char *what);

G_END_DECLS
