/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many commands under one unlock. */
#pragma once

#include "cli/unit/face.h"

G_BEGIN_DECLS

/* "batch [--keep-going] [FILE]": one command a line as on the command line, quoted as a shell
 * would, # for a comment; from standard input without FILE. Stops at the first that fails, and
 * says its line, unless told to go on; fails when any did. */
gboolean ds_batch_run(DsFace *face, int argc, char **argv, GError **error);
void ds_batch_help(void);

G_END_DECLS
