/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forced command of a unit's ssh key: it may run git's two services on its own repository and
 * nothing else. */
#pragma once

#include "depot/link.h"

G_BEGIN_DECLS

/* Unit ids as they stand in folder names, ref-free commands and authorized_keys: 1 to 64 of
 * a-z A-Z 0-9 . _ -, beginning with a letter or digit, not ending in ".git" or ".lock". */
gboolean ds_serve_unit_valid(const char *unit);

/* Decides what to run for @command (SSH_ORIGINAL_COMMAND, may be NULL), which must be exactly
 *   git-receive-pack '<unit>.git'   or   git-upload-pack '<unit>.git'
 * Returns the argv of stock git on @repo_path (absolute), or NULL with DS_ERROR_REFUSED. Pure.
 * (transfer full) */
char **ds_serve_plan(const char *command, const char *unit, const char *repo_path, GError **error);

/* The same argv for a push of at most @input_max bytes; others are left as they are. Takes @plan.
 * (transfer full) */
char **ds_serve_cap(char **plan, guint64 input_max);

/* Replaces this process by @argv with an empty environment but for PATH and git's own switches,
 * under limits on memory and file size. Returns only on failure. */
gboolean ds_serve_exec(char **argv, GError **error);

/* git receive-pack on @repo_path as a unit's push of at most @input_max bytes would have it, under
 * the same limits, for somebody on this machine who brings bundles by another way. (transfer full) */
DsLink *ds_serve_receive(const char *repo_path, guint64 input_max, GError **error);

/* One line for authorized_keys: command="@command …",restrict ssh-ed25519 AAAA… <unit>.
 * @command is the argv of the forced command, e.g. {"/usr/bin/doorstep-station", "serve", "--dir",
 * "/srv/station", "unit-7", NULL}. @public_key is the content of id_ed25519.pub; only an
 * ssh-ed25519 or ecdsa-sha2-nistp256 key on one line is taken. (transfer full) */
char *ds_serve_authorized_line(const char *const *command, const char *unit, const char *public_key,
                               GError **error);

G_END_DECLS
