/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sign of life on stderr for work that takes over a second: one line rewritten on a terminal,
 * a line now and then elsewhere. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsCliProgress DsCliProgress;

/* @quiet: never shows anything. */
DsCliProgress *ds_cli_progress_new(const char *program, gboolean quiet);
void ds_cli_progress_show(DsCliProgress *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Clears the terminal's line. */
void ds_cli_progress_free(DsCliProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCliProgress, ds_cli_progress_free)

G_END_DECLS
