/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a whole document, before anything believes a byte of it. Constant memory. */
#include "model/cbor-private.h"

#include <cbor.h>
#include <string.h>

#include "base/error.h"

#define SIZE_DEFAULT (4u * 1024 * 1024)

typedef struct {
  gsize left; /* keys and values alike */
  gboolean map;
  gboolean has_key;
  gsize key_at; /* the previous key, encoded */
  gsize key_size;
} Level;

typedef struct {
  const guint8 *data;
  gsize size;
  gsize at;
  gsize items_left;
  guint depth;
  guint depth_max;
  gboolean any_order;
  gboolean too_large; /* the problem is a cap */
  Level levels[DS_CBOR_DEPTH_MAX];
} Check;

static gboolean
is_bad_control(gunichar c)
{
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0);
}

/* @problem is static. */
static const char *
text_problem(const char *text, gsize size)
{
  const char *end = text + size;

  if (size > DS_CBOR_TEXT_MAX)
    return "text is longer than 65536 bytes";
  if (!g_utf8_validate_len(text, size, NULL))
    return "text is not UTF-8, or holds a NUL";
  for (const char *p = text; p < end; p = g_utf8_next_char(p))
    if (is_bad_control(g_utf8_get_char(p)))
      return "text holds a control character";
  return NULL;
}

const char *
ds_cbor_text_problem(const char *text)
{
  const char *problem = text_problem(text, strlen(text));

  return problem == NULL ? NULL : problem + strlen("text ");
}

static const char *
check_key(Check *self, Level *level, const DsCborItem *item)
{
  gint order;

  if (item->type != DS_CBOR_UINT && item->type != DS_CBOR_NEGATIVE && item->type != DS_CBOR_TEXT)
    return "a map key must be a number or a text";
  if (level->has_key && !self->any_order) {
    order = ds_cbor_compare_encoded(self->data + level->key_at, level->key_size,
                                    self->data + self->at, item->size);
    if (order == 0)
      return "a map key appears twice";
    if (order > 0)
      return "map keys are not in order";
  }
  level->has_key = TRUE;
  level->key_at = self->at;
  level->key_size = item->size;
  return NULL;
}

static const char *
check_container(Check *self, const DsCborItem *item)
{
  const gsize rest = self->size - self->at - item->size;
  const gboolean map = item->type == DS_CBOR_MAP;

  if (item->value > (map ? rest / 2 : rest))
    return "an array or map counts more items than there are bytes";
  if (self->depth == self->depth_max)
    return "arrays and maps are nested too deeply (at most 8)";
  self->levels[self->depth++] = (Level){.left = item->value * (map ? 2 : 1), .map = map};
  return NULL;
}

/* Checks the item at self->at and moves past it. */
static const char *
check_item(Check *self)
{
  Level *level = self->depth > 0 ? &self->levels[self->depth - 1] : NULL;
  DsCborItem item = {0}; /* what could not be read has no type to ask about */
  const char *problem = ds_cbor_item_read(&item, self->data, self->size, self->at);

  if (problem == NULL && self->items_left == 0) {
    problem = "more data items than are allowed";
    self->too_large = TRUE;
  }
  if (problem == NULL && level != NULL && level->map && level->left % 2 == 0)
    problem = check_key(self, level, &item);
  if (problem == NULL && item.type == DS_CBOR_TEXT)
    problem = text_problem((const char *)item.data, item.value);
  if (problem != NULL && item.type == DS_CBOR_TEXT && item.value > DS_CBOR_TEXT_MAX)
    self->too_large = TRUE;
  if (problem != NULL)
    return problem;
  self->items_left--;
  if (level != NULL)
    level->left--;
  if (item.type == DS_CBOR_ARRAY || item.type == DS_CBOR_MAP)
    problem = check_container(self, &item);
  if (problem != NULL)
    return problem;
  self->at += item.size;
  while (self->depth > 0 && self->levels[self->depth - 1].left == 0)
    self->depth--;
  return NULL;
}

static const char *
check_tag(Check *self, const DsCborLimits *limits)
{
  guint8 head[9];
  gsize size;

  if (limits->tag == 0)
    return NULL;
  size = cbor_encode_tag(limits->tag, head, sizeof head);
  if (self->size >= size && memcmp(self->data, head, size) == 0) {
    self->at = size;
    return NULL;
  }
  if ((limits->flags & DS_CBOR_TAG_OPTIONAL) != 0 && self->size > 0 && self->data[0] >> 5 != 6)
    return NULL;
  return "it does not begin with the tag of this kind of object";
}

gboolean
ds_cbor_check(const guint8 *data, gsize size, const char *what, const DsCborLimits *limits,
              guint depth, gsize *start, GError **error)
{
  static const DsCborLimits defaults = {0};
  const DsCborLimits *caps = limits != NULL ? limits : &defaults;
  const gsize max = caps->max_size > 0 ? caps->max_size : SIZE_DEFAULT;
  const char *problem;
  Check self = {.data = data,
                .size = size,
                .items_left = caps->max_items > 0 ? caps->max_items : DS_CBOR_ITEMS_MAX,
                .depth_max = DS_CBOR_DEPTH_MAX - depth,
                .any_order = (caps->flags & DS_CBOR_ANY_ORDER) != 0};

  if (size > max) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "%s: %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are allowed", what,
                size, max);
    return FALSE;
  }
  problem = check_tag(&self, caps);
  *start = self.at;
  if (problem == NULL)
    problem = check_item(&self);
  while (problem == NULL && self.depth > 0)
    problem = check_item(&self);
  if (problem == NULL && self.at < size)
    problem = "there is more data after the end";
  if (problem != NULL) {
    g_set_error(error, DS_ERROR, self.too_large ? DS_ERROR_TOO_LARGE : DS_ERROR_INVALID,
                "%s: byte %" G_GSIZE_FORMAT ": %s", what, self.at, problem);
    return FALSE;
  }
  return TRUE;
}
