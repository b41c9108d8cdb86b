/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a passphrase reaches a program: an inherited descriptor, a private file or a terminal; never
 * an argument, never the environment. */
#pragma once

#include <glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

/* Bound to --passphrase-fd and --passphrase-file by ds_cli_passphrase_entries. */
typedef struct {
  int fd;     /* -1: not given */
  char *file; /* NULL: not given */
} DsCliPassphrase;

#define DS_CLI_PASSPHRASE_INIT \
  {                            \
    .fd = -1, .file = NULL     \
  }

/* Fills two entries of @entries (room for three: the last one closes the list). */
void ds_cli_passphrase_entries(DsCliPassphrase *self, GOptionEntry entries[3]);
gboolean ds_cli_passphrase_given(const DsCliPassphrase *self);
void ds_cli_passphrase_clear(DsCliPassphrase *self);

/* The first line of the descriptor or the file; else asks @prompt on the terminal. The file must
 * belong to its owner alone (DS_ERROR_REFUSED). DS_ERROR_LOCKED when there is nothing to read from:
 * the message names the options. (transfer full) */
DsSecret *ds_cli_passphrase_read(const DsCliPassphrase *self, const char *prompt, GError **error);
/* For a new one: a terminal is asked twice, DS_ERROR_INVALID when the two differ. */
DsSecret *ds_cli_passphrase_read_new(const DsCliPassphrase *self, const char *prompt,
                                     GError **error);

G_END_DECLS
