/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request inside the helper process. */
#pragma once

#include "plugin/doorstep-plugin.h"

G_BEGIN_DECLS

/* Opens FOLDER/ID.so, whose id tells its kind. Static. */
const DsPlugin *ds_serve_open(const char *folder, const char *id, GError **error);

/* Calls what @verb names (plugin/wire.h) with @argument. @fd is the file that came along, or -1; it
 * stays the caller's. Floating. */
GVariant *ds_serve(const DsPlugin *plugin, const char *verb, GVariant *argument, int fd,
                   GError **error);

G_END_DECLS
