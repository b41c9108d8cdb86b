/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request inside the helper process. */
#pragma once

#include "plugin/doorstep-plugin.h"

G_BEGIN_DECLS

/* Opens FOLDER/ID.so, whose id tells its kind. Static. */
const DsPlugin *ds_serve_open(const char *folder, const char *id, GError **error);

/* What came with a request. */
typedef struct {
  GVariant *argument;
  GBytes *bytes; /* empty for most verbs */
  int fd;        /* the file that came along, or -1 */
} DsServeInput;

/* Calls what @verb names (plugin/wire.h) with @input, which stays the caller's. @bytes receives
 * what goes with the result (transfer full), or stays NULL. Floating. */
GVariant *ds_serve(const DsPlugin *plugin, const char *verb, const DsServeInput *input,
                   GBytes **bytes, GError **error);

G_END_DECLS
