/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON text from outside, read strictly: RFC 8259, UTF-8, no duplicate names, depth and size
 * capped. json-glib alone is lenient (comments, single quotes, last name wins) and recursive. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define DS_JSON_MAX_SIZE (8 * 1024 * 1024)
#define DS_JSON_MAX_DEPTH 64

/* Parses @text of @size bytes (-1: NUL-terminated). @name stands in the message for the file:
 * "NAME:LINE:COLUMN: reason", DS_ERROR_INVALID; DS_ERROR_TOO_LARGE over a cap.
 * (transfer full) */
JsonNode *ds_json_parse(const char *text, gssize size, const char *name, GError **error);
/* Reads and parses @path; the message names the file's base name. (transfer full) */
JsonNode *ds_json_load(const char *path, GError **error);

/* Compact text of @node. (transfer full) */
char *ds_json_to_text(JsonNode *node, gboolean pretty);
/* Same JSON value, numbers by value. */
gboolean ds_json_equal(JsonNode *a, JsonNode *b);

/* Lenient readers for objects a schema has already checked: NULL or the default when the member is
 * absent or of another type. (transfer none) */
const char *ds_json_string(JsonObject *object, const char *member);
gint64 ds_json_int(JsonObject *object, const char *member, gint64 otherwise);
JsonArray *ds_json_array(JsonObject *object, const char *member);
JsonObject *ds_json_object(JsonObject *object, const char *member);
/* The text of a {"zh": …, "en": …} member in @language ("zh", "zh_CN.UTF-8", "en" …; NULL: zh),
 * the other language when that one is absent. */
const char *ds_json_title(JsonObject *object, const char *member, const char *language);

/* The texts of a list member, separated by spaces; NULL when there is no such list. (transfer
 * full) */
char *ds_json_words(JsonObject *object, const char *member);

G_END_DECLS
