/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which JSON Schema keywords are known, and what their values must look like. Private to
 * policy/schema*.c. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define DS_SCHEMA_MAX_DEPTH 64

/* Walks the whole schema @root: every keyword known, every value of the right form, every $ref
 * there, every pattern compiled into @patterns (text → GRegex). */
gboolean ds_schema_check_keywords(JsonNode *root, const char *name, GHashTable *patterns,
                                  GError **error);
/* The schema that "#" or "#/$defs/NAME" of @root points to, or NULL. */
JsonNode *ds_schema_resolve(JsonNode *root, const char *reference);

G_END_DECLS
