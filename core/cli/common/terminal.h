/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of others on a person's terminal: they must not move its cursor, begin a line of their own
 * or turn the direction of what is read. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* @text with every control character, line break and direction mark as \u and four digits, and
 * broken UTF-8 replaced. (transfer full) */
char *ds_cli_printable(const char *text);

/* From now on g_print and g_printerr do that to all they print, but for line breaks and tabs. Once
 * per process, after setlocale. */
void ds_cli_terminal_init(void);

/* Does that to every text and every member name in @node, before it is printed other than as
 * JSON. */
void ds_cli_make_printable(JsonNode *node);

G_END_DECLS
