/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/terminal.h"

#include <stdio.h>
#include <string.h>

static gboolean
is_unfit(gunichar c)
{
  GUnicodeType type = g_unichar_type(c);

  /* marks, embeddings and isolates of direction, zero widths and byte-order marks are FORMAT */
  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
         type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static char *
make_printable(const char *text, const char *kept)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_new(NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (is_unfit(c) && (c > 0x7f || strchr(kept, (int)c) == NULL))
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_unichar(out, c);
  }
  return g_string_free(out, FALSE);
}

char *
ds_cli_printable(const char *text)
{
  return make_printable(text, "");
}

static void
put(FILE *file, const char *text)
{
  g_autofree char *clean = make_printable(text, "\n\t");
  const char *charset = NULL;

  if (g_get_charset(&charset)) {
    fputs(clean, file);
    return;
  }
  g_autofree char *local =
      g_convert_with_fallback(clean, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  fputs(local != NULL ? local : clean, file);
}

static void
print(const char *text)
{
  put(stdout, text);
}

static void
print_error(const char *text)
{
  put(stderr, text);
}

void
ds_cli_terminal_init(void)
{
  g_set_print_handler(print);
  g_set_printerr_handler(print_error);
}

static void
clean_array(JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length(array); i++)
    ds_cli_make_printable(json_array_get_element(array, i));
}

static void
clean_object(JsonObject *object)
{
  g_autoptr(GList) names = json_object_get_members(object);

  for (GList *at = names; at != NULL; at = at->next) {
    g_autofree char *name = ds_cli_printable(at->data);
    JsonNode *value = json_object_get_member(object, at->data);
    ds_cli_make_printable(value);
    if (g_str_equal(name, at->data))
      continue;
    json_object_set_member(object, name, json_node_copy(value));
    json_object_remove_member(object, at->data);
  }
}

void
ds_cli_make_printable(JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    clean_object(json_node_get_object(node));
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    clean_array(json_node_get_array(node));
  } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
    g_autofree char *text = ds_cli_printable(json_node_get_string(node));
    json_node_set_string(node, text);
  }
}
