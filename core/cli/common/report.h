/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How every program ends and what programs read from it. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The documented exit codes of all three programs. */
enum {
  DS_EXIT_OK = 0,
  DS_EXIT_FAILED = 1,
  DS_EXIT_USAGE = 64,       /* wrong options or verb */
  DS_EXIT_INPUT = 65,       /* bad, missing, too large or unknown input */
  DS_EXIT_UNAVAILABLE = 69, /* in use by another program: try later */
  DS_EXIT_TEMPORARY = 75,   /* cancelled, no space, no link: the same command may succeed later */
  DS_EXIT_REFUSED = 77,     /* a signature, a right, a rule or a missing passphrase forbids it */
};

/* The exit code for @error; DS_EXIT_OK for NULL. */
int ds_cli_exit_code(const GError *error);

/* "PROGRAM: message" on stderr, with @json also {"error": {"code", "message"}} on stdout.
 * Returns the exit code. A GOption error counts as usage. */
int ds_cli_fail(const char *program, gboolean json, const GError *error);
/* Says what is wrong with the command line and where help is. Returns DS_EXIT_USAGE. */
int ds_cli_usage(const char *program, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Prints @node, indented, and a newline on stdout. */
void ds_cli_print_json(JsonNode *node);

/* Flushes stdout; DS_EXIT_FAILED when it could not all be written, else @code. */
int ds_cli_finish(const char *program, int code);

G_END_DECLS
