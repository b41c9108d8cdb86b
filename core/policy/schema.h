/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON Schema, the part that schemas/ uses: type, enum, const, properties, required,
 * additionalProperties, patternProperties, propertyNames, prefixItems, items, minItems, maxItems,
 * uniqueItems, minLength, maxLength, pattern, minimum, maximum, minProperties, anyOf, oneOf, allOf,
 * not, if/then/else and $ref into the same file. Another keyword is an error, so a schema is never
 * believed to check what it does not. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _DsSchema DsSchema;

/* @name stands in messages for the schema's file. */
DsSchema *ds_schema_new(JsonNode *root, const char *name, GError **error);
DsSchema *ds_schema_load(const char *path, GError **error);
void ds_schema_free(DsSchema *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsSchema, ds_schema_free)

/* FALSE with DS_ERROR_INVALID "NAME: /json/pointer: reason" for the first violation. */
gboolean ds_schema_validate(const DsSchema *self, JsonNode *instance, const char *name,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads DIR/NAME.json and checks it against DIR/NAME.schema.json. (transfer full) */
JsonNode *ds_schema_load_checked(const char *dir, const char *name, GError **error);

G_END_DECLS
