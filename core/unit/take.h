/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole case from a file: {"fields": {…}, "parts": [{"slot", "kind", "file", "attributes"}]},
 * with the files in one folder. */
#pragma once

#include <json-glib/json-glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

/* Reads @path (at most 1 MiB) and checks its form: DS_ERROR_INVALID names the member.
 * (transfer full) */
JsonNode *ds_take_read(const char *path, GError **error);

/* Enters all of it into @case_id, in the service's order of steps; @pictures is the folder files
 * are looked up in, names may not leave it. What was entered before an error stays; each step
 * is saved by itself. */
gboolean ds_unit_take(DsUnit *self, const char *case_id, JsonNode *file, const char *pictures,
                      DsFindings *findings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
