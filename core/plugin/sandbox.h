/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line that runs a helper under bubblewrap: new namespaces for everything (no network),
 * a root of its own with read-only /usr and fonts, the plugin's folder, an empty /tmp in memory, no
 * capabilities, no inherited environment. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first of /usr/bin/bwrap and /bin/bwrap that is there; NULL when none. Never from PATH. */
const char *ds_sandbox_find_bubblewrap(void);

/* $DOORSTEP_HELPER when set (uninstalled runs), else where the helper is installed. Static. */
const char *ds_sandbox_helper_program(void);

/* Arguments to start @program (doorstep-helper) with plugin @id out of @folder. NULL-terminated.
 * (transfer full) */
GStrv ds_sandbox_command(const char *bubblewrap, const char *program, const char *folder,
                         const char *id);

G_END_DECLS
