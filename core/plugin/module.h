/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a plugin's shared object: the one place that calls dlopen. Used by the registry for steps
 * and by the helper program for everything else. */
#pragma once

#include "plugin/doorstep-plugin.h"

G_BEGIN_DECLS

/* Opens @path (its symbols stay its own), checks size and ABI of its descriptor before anything
 * else, then that it is the plugin @id of @kind with operations of the expected size, and keeps it
 * for the life of the process. DS_ERROR_UNSUPPORTED for another ABI (both numbers are named),
 * DS_ERROR_INVALID for anything else that is wrong with it. Static. */
const DsPlugin *ds_module_open(const char *path, const char *id, DsPluginKind kind,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
