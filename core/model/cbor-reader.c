/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cbor.h"

#include <string.h>

#include "base/error.h"
#include "model/cbor-private.h"

#define NAME_SHOWN 64u /* bytes of a text key in a message */

void
ds_cbor_reader_clear(DsCborReader *self)
{
  g_clear_error(&self->error);
}

gboolean
ds_cbor_reader_init(DsCborReader *self, const void *data, gsize size, const char *what,
                    const DsCborLimits *limits, GError **error)
{
  gsize start = 0;

  if (!ds_cbor_check(data, size, what, limits, 0, &start, error))
    return FALSE;
  *self = (DsCborReader){.data = data,
                         .size = size,
                         .at = start,
                         .last = start,
                         .what = what,
                         .flags = limits != NULL ? limits->flags : DS_CBOR_STRICT};
  return TRUE;
}

gboolean
ds_cbor_reader_init_bytes(DsCborReader *self, GBytes *bytes, const char *what,
                          const DsCborLimits *limits, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);

  return ds_cbor_reader_init(self, data, size, what, limits, error);
}

gboolean
ds_cbor_reader_failed(const DsCborReader *self)
{
  return self->error != NULL;
}

gsize
ds_cbor_reader_offset(const DsCborReader *self)
{
  return self->at;
}

/* An array's index moves on when its item is passed; what is entered or was just read is meant. */
static gsize
shown_index(const DsCborReader *self, guint i)
{
  const gsize index = self->levels[i].index;
  const gboolean passed = i + 1 < self->depth || self->last < self->at;

  return passed && index > 0 ? index - 1 : index;
}

/* "manifest: chunks[3].size" */
static char *
place(const DsCborReader *self)
{
  GString *text = g_string_new(self->what);

  for (guint i = 0; i < self->depth; i++) {
    const DsCborLevel *level = &self->levels[i];

    if (level->map && level->name != NULL)
      g_string_append_printf(text, "%s%.*s", i == 0 ? ": " : ".", (int)level->name_size,
                             level->name);
    else if (!level->map && i > 0)
      g_string_append_printf(text, "[%" G_GSIZE_FORMAT "]", shown_index(self, i));
  }
  return g_string_free(text, FALSE);
}

void
ds_cbor_fail(DsCborReader *self, gint code, const char *format, ...)
{
  g_autofree char *where = NULL;
  g_autofree char *message = NULL;
  va_list args;

  if (self->error != NULL)
    return;
  where = place(self);
  va_start(args, format);
  message = g_strdup_vprintf(format, args);
  va_end(args);
  self->error =
      g_error_new(DS_ERROR, code, "%s: byte %" G_GSIZE_FORMAT ": %s", where, self->last, message);
}

DsCborLevel *
ds_cbor_top(DsCborReader *self)
{
  return self->depth > 0 ? &self->levels[self->depth - 1] : NULL;
}

gboolean
ds_cbor_at_key(DsCborReader *self)
{
  const DsCborLevel *level = ds_cbor_top(self);

  return level != NULL && level->map && level->left % 2 == 0;
}

/* Looks at the next item without passing it. */
gboolean
ds_cbor_peek(DsCborReader *self, DsCborItem *item)
{
  DsCborLevel *level = ds_cbor_top(self);
  const char *problem;

  if (self->error != NULL)
    return FALSE;
  self->last = self->at;
  if (level != NULL && level->left == 0) {
    ds_cbor_fail(self, DS_ERROR_INVALID, "an item is missing");
    return FALSE;
  }
  problem = ds_cbor_item_read(item, self->data, self->size, self->at);
  if (problem != NULL)
    ds_cbor_fail(self, DS_ERROR_INVALID, "%s", problem);
  return problem == NULL;
}

/* Passes the head (and string) that was peeked. */
void
ds_cbor_pass(DsCborReader *self, const DsCborItem *item)
{
  DsCborLevel *level = ds_cbor_top(self);

  self->at += item->size;
  if (level == NULL)
    return;
  level->left--;
  if (!level->map)
    level->index++;
}

/* The next item, a value of @type. */
gboolean
ds_cbor_take(DsCborReader *self, DsCborType type, DsCborItem *item)
{
  if (self->error == NULL && ds_cbor_at_key(self)) {
    ds_cbor_fail(self, DS_ERROR_FAILED, "the decoder takes a key for a value");
    return FALSE;
  }
  if (!ds_cbor_peek(self, item))
    return FALSE;
  if (item->type != type) {
    ds_cbor_fail(self, DS_ERROR_INVALID, "expected %s, found %s", ds_cbor_type_word(type),
                 ds_cbor_type_word(item->type));
    return FALSE;
  }
  return TRUE;
}

void
ds_cbor_fail_range(DsCborReader *self, const char *what, guint64 value, gsize min, gsize max)
{
  const gint code = value > max && min != max ? DS_ERROR_TOO_LARGE : DS_ERROR_INVALID;

  if (min == max)
    ds_cbor_fail(self, code, "%" G_GUINT64_FORMAT " %s instead of %" G_GSIZE_FORMAT, value, what,
                 max);
  else
    ds_cbor_fail(self, code,
                 "%" G_GUINT64_FORMAT " %s, allowed are %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT,
                 value, what, min, max);
}

static gsize
enter(DsCborReader *self, DsCborType type, gsize min, gsize max)
{
  DsCborItem item;

  if (!ds_cbor_take(self, type, &item))
    return 0;
  if (item.value < min || item.value > max) {
    ds_cbor_fail_range(self, "entries", item.value, min, max);
    return 0;
  }
  if (self->depth == DS_CBOR_DEPTH_MAX) {
    ds_cbor_fail(self, DS_ERROR_INVALID, "nested too deeply");
    return 0;
  }
  ds_cbor_pass(self, &item);
  self->levels[self->depth++] =
      (DsCborLevel){.left = item.value * (type == DS_CBOR_MAP ? 2 : 1), .map = type == DS_CBOR_MAP};
  return item.value;
}

gsize
ds_cbor_enter_array(DsCborReader *self, gsize min, gsize max)
{
  return enter(self, DS_CBOR_ARRAY, min, max);
}

gsize
ds_cbor_enter_map(DsCborReader *self, gsize max)
{
  return enter(self, DS_CBOR_MAP, 0, max);
}

/* How much of a text key a message shows: whole characters. */
static guint
shown_size(const char *text, gsize size)
{
  const char *end = text + MIN(size, NAME_SHOWN);

  while (end > text && end < text + size && (*end & 0xc0) == 0x80)
    end--;
  return (guint)(end - text);
}

static void
fail_unknown_key(DsCborReader *self, const DsCborItem *item)
{
  ds_cbor_top(self)->name = NULL;
  if (item->type == DS_CBOR_TEXT)
    ds_cbor_fail(self, DS_ERROR_UNSUPPORTED, "unknown key \"%.*s\"",
                 (int)shown_size((const char *)item->data, item->value), (const char *)item->data);
  else
    ds_cbor_fail(self, DS_ERROR_UNSUPPORTED, "unknown key %s%" G_GUINT64_FORMAT,
                 item->type == DS_CBOR_NEGATIVE ? "-" : "",
                 item->type == DS_CBOR_NEGATIVE ? item->value + 1 : item->value);
}

/* Passes a key and, when unknown keys are fine, its value. */
static void
skip_pair(DsCborReader *self, const DsCborItem *key)
{
  ds_cbor_pass(self, key);
  ds_cbor_skip(self);
}

void
ds_cbor_leave(DsCborReader *self)
{
  DsCborItem item;

  while (self->error == NULL && self->depth > 0 && ds_cbor_top(self)->left > 0 &&
         ds_cbor_peek(self, &item)) {
    if (!ds_cbor_top(self)->map)
      ds_cbor_fail(self, DS_ERROR_INVALID, "more entries than expected");
    else if (!ds_cbor_at_key(self))
      ds_cbor_fail(self, DS_ERROR_FAILED, "the decoder leaves out a value");
    else if ((self->flags & DS_CBOR_ALLOW_UNKNOWN) != 0)
      skip_pair(self, &item);
    else
      fail_unknown_key(self, &item);
  }
  if (self->error == NULL && self->depth > 0)
    self->depth--;
}

/* Order of an encoded key against an integer key: <0 the encoded one comes first. */
static gint
compare_key(const DsCborItem *item, gint64 key)
{
  const gboolean negative = key < 0;
  const guint64 value = negative ? (guint64)(-1 - key) : (guint64)key;

  if (item->type == DS_CBOR_TEXT)
    return 1;
  if ((item->type == DS_CBOR_NEGATIVE) != negative)
    return negative ? -1 : 1;
  return (item->value > value) - (item->value < value);
}

gboolean
ds_cbor_has_key(DsCborReader *self, gint64 key, const char *name)
{
  DsCborItem item;
  gint order;

  while (self->error == NULL && ds_cbor_at_key(self) && ds_cbor_top(self)->left > 0 &&
         ds_cbor_peek(self, &item)) {
    order = compare_key(&item, key);
    if (order > 0)
      return FALSE;
    if (order == 0) {
      ds_cbor_pass(self, &item);
      ds_cbor_top(self)->name = name;
      ds_cbor_top(self)->name_size = strlen(name);
      return TRUE;
    }
    if ((self->flags & DS_CBOR_ALLOW_UNKNOWN) != 0)
      skip_pair(self, &item);
    else
      fail_unknown_key(self, &item);
  }
  return FALSE;
}

void
ds_cbor_want_key(DsCborReader *self, gint64 key, const char *name)
{
  if (ds_cbor_has_key(self, key, name) || self->error != NULL)
    return;
  self->last = self->at;
  if (ds_cbor_top(self) != NULL)
    ds_cbor_top(self)->name = NULL;
  ds_cbor_fail(self, DS_ERROR_INVALID, "key %" G_GINT64_FORMAT " (%s) is missing", key, name);
}

static void
name_by_text(DsCborReader *self, const char *text, gsize size)
{
  ds_cbor_top(self)->name = text;
  ds_cbor_top(self)->name_size = shown_size(text, size);
}

gboolean
ds_cbor_next_key(DsCborReader *self, gint64 *number, const char **text, gsize *size)
{
  DsCborItem item;

  *number = 0;
  *text = NULL;
  *size = 0;
  if (self->error != NULL || !ds_cbor_at_key(self) || ds_cbor_top(self)->left == 0 ||
      !ds_cbor_peek(self, &item))
    return FALSE;
  if (item.type == DS_CBOR_TEXT) {
    *text = (const char *)item.data;
    *size = item.value;
    name_by_text(self, *text, *size);
  } else if (item.value > G_MAXINT64) {
    fail_unknown_key(self, &item);
    return FALSE;
  } else {
    *number = item.type == DS_CBOR_NEGATIVE ? -1 - (gint64)item.value : (gint64)item.value;
    ds_cbor_top(self)->name = NULL;
  }
  ds_cbor_pass(self, &item);
  return TRUE;
}

gboolean
ds_cbor_next_text_key(DsCborReader *self, const char **key, gsize *size)
{
  gint64 number;

  if (!ds_cbor_next_key(self, &number, key, size))
    return FALSE;
  if (*key == NULL)
    ds_cbor_fail(self, DS_ERROR_INVALID, "expected a text key, found a number");
  return *key != NULL;
}

const guint8 *
ds_cbor_get_raw(DsCborReader *self, gsize *size)
{
  const gsize start = self->at;
  DsCborLevel *level = ds_cbor_top(self);
  DsCborItem item;
  guint64 left = 1;

  *size = 0;
  if (!ds_cbor_peek(self, &item))
    return NULL;
  while (left > 0) {
    if (ds_cbor_item_read(&item, self->data, self->size, self->at) != NULL)
      return NULL; /* cannot happen: the document was checked */
    self->at += item.size;
    left--;
    if (item.type == DS_CBOR_ARRAY)
      left += item.value;
    else if (item.type == DS_CBOR_MAP)
      left += item.value * 2;
  }
  if (level != NULL) {
    level->left--;
    level->index += level->map ? 0 : 1;
  }
  *size = self->at - start;
  return self->data + start;
}

void
ds_cbor_skip(DsCborReader *self)
{
  gsize size;

  ds_cbor_get_raw(self, &size);
}

gboolean
ds_cbor_reader_finish(DsCborReader *self, GError **error)
{
  if (self->error == NULL && (self->depth != 0 || self->at != self->size)) {
    self->last = self->at;
    ds_cbor_fail(self, DS_ERROR_FAILED, "the decoder stopped before the end");
  }
  if (self->error == NULL)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&self->error));
  return FALSE;
}
