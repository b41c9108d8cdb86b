/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/files.h"

typedef struct {
  const char *name;
  const char *start;
  const char *at;
  const char *end;
  GPtrArray *open;    /* containers being filled, outermost first: JsonNode */
  GPtrArray *members; /* for each of them the name the next value gets, or NULL */
} Reader;

static gboolean
fail(const Reader *self, int code, const char *reason, GError **error)
{
  guint line = 1, column = 1;

  for (const char *p = self->start; p < self->at; p++) {
    column = *p == '\n' ? 1 : column + 1;
    line += *p == '\n';
  }
  g_set_error(error, DS_ERROR, code, "%s:%u:%u: %s", self->name, line, column, reason);
  return FALSE;
}

static void
skip_space(Reader *self)
{
  while (self->at < self->end && strchr(" \t\r\n", *self->at) != NULL)
    self->at++;
}

static gboolean
at_char(const Reader *self, char c)
{
  return self->at < self->end && *self->at == c;
}

static gboolean
read_hex4(Reader *self, gunichar *unit)
{
  *unit = 0;
  if (self->end - self->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++, self->at++) {
    if (!g_ascii_isxdigit(*self->at))
      return FALSE;
    *unit = *unit * 16 + (guint)g_ascii_xdigit_value(*self->at);
  }
  return TRUE;
}

/* After "\u". */
static gboolean
read_unicode_escape(Reader *self, GString *text, GError **error)
{
  gunichar unit, low;

  if (!read_hex4(self, &unit))
    return fail(self, DS_ERROR_INVALID, "\\u needs four hex digits", error);
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    if (self->end - self->at < 6 || self->at[0] != '\\' || self->at[1] != 'u')
      return fail(self, DS_ERROR_INVALID, "half of a surrogate pair", error);
    self->at += 2;
    if (!read_hex4(self, &low) || low < 0xDC00 || low > 0xDFFF)
      return fail(self, DS_ERROR_INVALID, "half of a surrogate pair", error);
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
    return fail(self, DS_ERROR_INVALID, "half of a surrogate pair", error);
  }
  if (unit == 0)
    return fail(self, DS_ERROR_INVALID, "the character U+0000 is not allowed", error);
  g_string_append_unichar(text, unit);
  return TRUE;
}

static gboolean
read_escape(Reader *self, GString *text, GError **error)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";

  self->at++;
  if (at_char(self, 'u')) {
    self->at++;
    return read_unicode_escape(self, text, error);
  }
  const char *found = self->at < self->end ? strchr(from, *self->at) : NULL;
  if (found == NULL || *found == '\0')
    return fail(self, DS_ERROR_INVALID, "unknown escape in a text", error);
  g_string_append_c(text, to[found - from]);
  self->at++;
  return TRUE;
}

/* At the opening quote. (transfer full) */
static char *
read_text(Reader *self, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);

  self->at++;
  while (self->at < self->end && *self->at != '"') {
    const char *run = self->at;
    while (self->at < self->end && *self->at != '"' && *self->at != '\\' &&
           (guchar)*self->at >= 0x20)
      self->at++;
    g_string_append_len(text, run, self->at - run);
    if (self->at < self->end && (guchar)*self->at < 0x20) {
      fail(self, DS_ERROR_INVALID, "control character in a text", error);
      return NULL;
    }
    if (at_char(self, '\\') && !read_escape(self, text, error))
      return NULL;
  }
  if (!at_char(self, '"')) {
    fail(self, DS_ERROR_INVALID, "text without its closing quote", error);
    return NULL;
  }
  self->at++;
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static const char *
skip_digits(const char *p, const char *end)
{
  while (p < end && g_ascii_isdigit(*p))
    p++;
  return p;
}

/* The end of the number that starts at @p by RFC 8259, or NULL. */
static const char *
number_end(const char *p, const char *end, gboolean *integer)
{
  const char *digits;

  *integer = TRUE;
  if (p < end && *p == '-')
    p++;
  digits = p;
  p = skip_digits(p, end);
  if (p == digits || (*digits == '0' && p > digits + 1))
    return NULL;
  if (p < end && *p == '.') {
    *integer = FALSE;
    digits = p + 1;
    p = skip_digits(digits, end);
    if (p == digits)
      return NULL;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    *integer = FALSE;
    p++;
    if (p < end && (*p == '+' || *p == '-'))
      p++;
    digits = p;
    p = skip_digits(digits, end);
    if (p == digits)
      return NULL;
  }
  return p;
}

static JsonNode *
read_number(Reader *self, GError **error)
{
  gboolean integer;
  const char *end = number_end(self->at, self->end, &integer);
  gint64 whole;

  if (end == NULL || end - self->at > 400) {
    fail(self, DS_ERROR_INVALID, "not a number JSON allows", error);
    return NULL;
  }
  g_autofree char *digits = g_strndup(self->at, (gsize)(end - self->at));
  JsonNode *node = NULL;
  if (integer && g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, &whole, NULL)) {
    node = json_node_init_int(json_node_alloc(), whole);
  } else {
    double real = g_ascii_strtod(digits, NULL);
    if (!isfinite(real)) {
      fail(self, DS_ERROR_INVALID, "number out of range", error);
      return NULL;
    }
    node = json_node_init_double(json_node_alloc(), real);
  }
  self->at = end;
  return node;
}

static gboolean
take_word(Reader *self, const char *word)
{
  gsize length = strlen(word);

  if ((gsize)(self->end - self->at) < length || memcmp(self->at, word, length) != 0)
    return FALSE;
  self->at += length;
  return TRUE;
}

static JsonNode *
read_scalar(Reader *self, GError **error)
{
  if (at_char(self, '"')) {
    g_autofree char *text = read_text(self, error);
    return text != NULL ? json_node_init_string(json_node_alloc(), text) : NULL;
  }
  if (take_word(self, "true"))
    return json_node_init_boolean(json_node_alloc(), TRUE);
  if (take_word(self, "false"))
    return json_node_init_boolean(json_node_alloc(), FALSE);
  if (take_word(self, "null"))
    return json_node_init_null(json_node_alloc());
  if (self->at < self->end && (*self->at == '-' || g_ascii_isdigit(*self->at)))
    return read_number(self, error);
  fail(self, DS_ERROR_INVALID, self->at < self->end ? "expected a value" : "the text ends early",
       error);
  return NULL;
}

/* Reads "name": of the innermost object. */
static gboolean
read_member_name(Reader *self, GError **error)
{
  JsonNode *top = g_ptr_array_index(self->open, self->open->len - 1);

  skip_space(self);
  if (!at_char(self, '"'))
    return fail(self, DS_ERROR_INVALID, "expected a member's name in double quotes", error);
  g_autofree char *name = read_text(self, error);
  if (name == NULL)
    return FALSE;
  if (json_object_has_member(json_node_get_object(top), name)) {
    g_autofree char *reason = g_strdup_printf("the name \"%s\" stands twice in one object", name);
    return fail(self, DS_ERROR_INVALID, reason, error);
  }
  skip_space(self);
  if (!at_char(self, ':'))
    return fail(self, DS_ERROR_INVALID, "expected ':' after a member's name", error);
  self->at++;
  g_free(g_ptr_array_index(self->members, self->members->len - 1));
  g_ptr_array_index(self->members, self->members->len - 1) = g_steal_pointer(&name);
  return TRUE;
}

static JsonNode *
pop(Reader *self)
{
  g_ptr_array_set_size(self->members, (int)self->members->len - 1);
  return g_ptr_array_steal_index(self->open, self->open->len - 1);
}

/* Opens a container. *@done is the node when it is empty and closed again. */
static gboolean
open_container(Reader *self, JsonNode **done, GError **error)
{
  gboolean object = *self->at == '{';
  JsonNode *node = json_node_alloc();

  if (object)
    json_node_take_object(json_node_init(node, JSON_NODE_OBJECT), json_object_new());
  else
    json_node_take_array(json_node_init(node, JSON_NODE_ARRAY), json_array_new());
  g_ptr_array_add(self->open, node);
  g_ptr_array_add(self->members, NULL);
  if (self->open->len > DS_JSON_MAX_DEPTH)
    return fail(self, DS_ERROR_TOO_LARGE, "nested more than 64 deep", error);
  self->at++;
  skip_space(self);
  if (at_char(self, object ? '}' : ']')) {
    self->at++;
    *done = pop(self);
    return TRUE;
  }
  return object ? read_member_name(self, error) : TRUE;
}

static void
attach(Reader *self, JsonNode *node)
{
  JsonNode *top = g_ptr_array_index(self->open, self->open->len - 1);

  if (JSON_NODE_HOLDS_OBJECT(top))
    json_object_set_member(json_node_get_object(top),
                           g_ptr_array_index(self->members, self->members->len - 1), node);
  else
    json_array_add_element(json_node_get_array(top), node);
}

/* Puts the finished *@node into its container and closes what closes; *@node is then the whole
 * document or NULL when another value must follow. */
static gboolean
finish_value(Reader *self, JsonNode **node, GError **error)
{
  while (self->open->len > 0) {
    attach(self, g_steal_pointer(node));
    gboolean object = JSON_NODE_HOLDS_OBJECT(g_ptr_array_index(self->open, self->open->len - 1));
    skip_space(self);
    if (at_char(self, ',')) {
      self->at++;
      return object ? read_member_name(self, error) : TRUE;
    }
    if (!at_char(self, object ? '}' : ']'))
      return fail(self, DS_ERROR_INVALID, object ? "expected ',' or '}'" : "expected ',' or ']'",
                  error);
    self->at++;
    *node = pop(self);
  }
  return TRUE;
}

static JsonNode *
read_document(Reader *self, GError **error)
{
  for (;;) {
    g_autoptr(JsonNode) node = NULL;

    skip_space(self);
    if (at_char(self, '{') || at_char(self, '[')) {
      if (!open_container(self, &node, error))
        return NULL;
      if (node == NULL)
        continue;
    } else {
      node = read_scalar(self, error);
      if (node == NULL)
        return NULL;
    }
    if (!finish_value(self, &node, error))
      return NULL;
    if (node == NULL)
      continue;
    skip_space(self);
    if (self->at == self->end)
      return g_steal_pointer(&node);
    fail(self, DS_ERROR_INVALID, "something follows the end of the value", error);
    return NULL;
  }
}

JsonNode *
ds_json_parse(const char *text, gssize size, const char *name, GError **error)
{
  gsize length = size < 0 ? strlen(text) : (gsize)size;
  Reader reader = {.name = name, .start = text, .at = text, .end = text + length};

  if (length > DS_JSON_MAX_SIZE) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s: %" G_GSIZE_FORMAT " bytes of JSON, at most %d are read", name, length,
                DS_JSON_MAX_SIZE);
    return NULL;
  }
  if (!g_utf8_validate_len(text, length, &reader.at)) {
    fail(&reader, DS_ERROR_INVALID, "not UTF-8", error);
    return NULL;
  }
  reader.at = text;
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
    reader.at += 3;
  reader.open = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
  reader.members = g_ptr_array_new_with_free_func(g_free);
  JsonNode *node = read_document(&reader, error);
  g_ptr_array_unref(reader.open);
  g_ptr_array_unref(reader.members);
  return node;
}

JsonNode *
ds_json_load(const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, DS_JSON_MAX_SIZE, error);
  g_autofree char *name = g_path_get_basename(path);
  gsize size;

  if (bytes == NULL)
    return NULL;
  const char *text = g_bytes_get_data(bytes, &size);
  return ds_json_parse(text != NULL ? text : "", (gssize)size, name, error);
}
