/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON values with JavaScript's coercions, as the JsonLogic reference applies them. Private to
 * policy. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *ds_js_null(void);
JsonNode *ds_js_bool(gboolean value);
JsonNode *ds_js_text(const char *text);
/* An integer node when the value is whole and exact. NaN and infinities stay inside a rule. */
JsonNode *ds_js_number(double value);

/* JsonLogic's truth: like JavaScript, but an empty list is false. */
gboolean ds_js_truthy(JsonNode *node);
/* Number(x) */
double ds_js_to_number(JsonNode *node);
/* parseFloat(x) */
double ds_js_parse_float(JsonNode *node);
/* String(x); NULL once it would be longer than @max bytes. (transfer full) */
char *ds_js_to_text(JsonNode *node, gsize max);
/* x == y, x === y */
gboolean ds_js_loose_equal(JsonNode *a, JsonNode *b);
gboolean ds_js_strict_equal(JsonNode *a, JsonNode *b);
/* x < y, x <= y */
gboolean ds_js_less(JsonNode *a, JsonNode *b);
gboolean ds_js_less_equal(JsonNode *a, JsonNode *b);
/* A copy in which NaN and infinities are null, as JSON.stringify writes them. (transfer full) */
JsonNode *ds_js_finite(JsonNode *node);

G_END_DECLS
