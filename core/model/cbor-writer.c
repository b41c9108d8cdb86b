/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cbor.h"

#include <cbor.h>
#include <string.h>

#include "base/error.h"
#include "model/cbor-private.h"

#define HEAD_MAX 9u
#define FIRST_CAPACITY 256u

typedef struct {
  gsize left; /* keys and values alike */
  gboolean map;
  gsize key_at; /* the previous key, encoded; key_size 0: none yet */
  gsize key_size;
} Level;

struct _DsCborWriter {
  guint8 *data;
  gsize size;
  gsize capacity;
  gboolean secret;
  gboolean done;
  guint depth;
  Level levels[DS_CBOR_DEPTH_MAX];
  GError *error;
};

DsCborWriter *
ds_cbor_writer_new(void)
{
  DsCborWriter *self = g_new0(DsCborWriter, 1);

  self->capacity = FIRST_CAPACITY;
  self->data = g_malloc(self->capacity);
  return self;
}

DsCborWriter *
ds_cbor_writer_new_secret(void)
{
  DsCborWriter *self = ds_cbor_writer_new();

  self->secret = TRUE;
  return self;
}

void
ds_cbor_writer_free(DsCborWriter *self)
{
  if (self == NULL)
    return;
  if (self->secret && self->data != NULL)
    ds_wipe(self->data, self->capacity);
  g_free(self->data);
  g_clear_error(&self->error);
  g_free(self);
}

static void G_GNUC_PRINTF(3, 4) fail(DsCborWriter *self, gint code, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start(args, format);
  self->error = g_error_new_valist(DS_ERROR, code, format, args);
  va_end(args);
}

/* NULL @data: zeros. */
static void
append(DsCborWriter *self, const void *data, gsize size)
{
  if (self->capacity - self->size < size) {
    const gsize capacity = MAX(self->capacity * 2, self->size + size);
    guint8 *grown = g_malloc(capacity);

    memcpy(grown, self->data, self->size);
    if (self->secret)
      ds_wipe(self->data, self->capacity);
    g_free(self->data);
    self->data = grown;
    self->capacity = capacity;
  }
  if (data != NULL)
    memcpy(self->data + self->size, data, size);
  else
    memset(self->data + self->size, 0, size);
  self->size += size;
}

/* Whether an item may follow. */
static gboolean
begin(DsCborWriter *self)
{
  if (self->error == NULL && self->done)
    fail(self, DS_ERROR_FAILED, "CBOR writer: an item after the end of the document");
  return self->error == NULL;
}

static gboolean
accept_key(DsCborWriter *self, Level *level, gsize start)
{
  const guint8 type = self->data[start] >> 5;
  const gsize size = self->size - start;

  if (type != 0 && type != 1 && type != 3) {
    fail(self, DS_ERROR_FAILED, "CBOR writer: a map key must be a number or a text");
    return FALSE;
  }
  if (level->key_size > 0 && ds_cbor_compare_encoded(self->data + level->key_at, level->key_size,
                                                     self->data + start, size) >= 0) {
    fail(self, DS_ERROR_FAILED, "CBOR writer: map keys are out of order or doubled at byte %zu",
         start);
    return FALSE;
  }
  level->key_at = start;
  level->key_size = size;
  return TRUE;
}

/* Counts the item written since @start; a container with @inside items stays open. */
static void
end(DsCborWriter *self, gsize start, gboolean map, gsize inside)
{
  Level *level = self->depth > 0 ? &self->levels[self->depth - 1] : NULL;

  if (level != NULL && level->map && level->left % 2 == 0 && !accept_key(self, level, start))
    return;
  if (level != NULL)
    level->left--;
  if (inside > 0) {
    if (self->depth == DS_CBOR_DEPTH_MAX) {
      fail(self, DS_ERROR_FAILED, "CBOR writer: nested deeper than %u", DS_CBOR_DEPTH_MAX);
      return;
    }
    self->levels[self->depth++] = (Level){.left = inside, .map = map};
  }
  while (self->depth > 0 && self->levels[self->depth - 1].left == 0)
    self->depth--;
  self->done = self->depth == 0;
}

void
ds_cbor_put_uint(DsCborWriter *self, guint64 value)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_uint(value, head, sizeof head));
  end(self, start, FALSE, 0);
}

void
ds_cbor_put_int(DsCborWriter *self, gint64 value)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (value >= 0) {
    ds_cbor_put_uint(self, (guint64)value);
    return;
  }
  if (!begin(self))
    return;
  append(self, head, cbor_encode_negint((guint64)(-1 - value), head, sizeof head));
  end(self, start, FALSE, 0);
}

void
ds_cbor_put_bytes(DsCborWriter *self, const void *data, gsize size)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_bytestring_start(size, head, sizeof head));
  append(self, data, size);
  end(self, start, FALSE, 0);
}

guint8 *
ds_cbor_put_space(DsCborWriter *self, gsize size)
{
  ds_cbor_put_bytes(self, NULL, size);
  return self->error == NULL ? self->data + self->size - size : NULL;
}

void
ds_cbor_put_text(DsCborWriter *self, const char *text)
{
  const char *value = text != NULL ? text : "";
  const gsize size = strlen(value);
  const char *problem = ds_cbor_text_problem(value);
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  if (problem != NULL) {
    fail(self, DS_ERROR_INVALID, "a text of %zu bytes cannot be written: it %s", size, problem);
    return;
  }
  append(self, head, cbor_encode_string_start(size, head, sizeof head));
  append(self, value, size);
  end(self, start, FALSE, 0);
}

void
ds_cbor_put_bool(DsCborWriter *self, gboolean value)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_bool(value != FALSE, head, sizeof head));
  end(self, start, FALSE, 0);
}

void
ds_cbor_put_null(DsCborWriter *self)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_null(head, sizeof head));
  end(self, start, FALSE, 0);
}

void
ds_cbor_put_digest(DsCborWriter *self, const DsDigest *digest)
{
  if (digest == NULL)
    ds_cbor_put_null(self);
  else
    ds_cbor_put_bytes(self, digest->bytes, sizeof digest->bytes);
}

void
ds_cbor_put_tag(DsCborWriter *self, guint64 tag)
{
  guint8 head[HEAD_MAX];

  if (self->error == NULL && self->size > 0)
    fail(self, DS_ERROR_FAILED, "CBOR writer: a tag may only stand before everything else");
  if (self->error == NULL)
    append(self, head, cbor_encode_tag(tag, head, sizeof head));
}

void
ds_cbor_put_array(DsCborWriter *self, gsize count)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_array_start(count, head, sizeof head));
  end(self, start, FALSE, count);
}

void
ds_cbor_put_map(DsCborWriter *self, gsize count)
{
  guint8 head[HEAD_MAX];
  const gsize start = self->size;

  if (!begin(self))
    return;
  append(self, head, cbor_encode_map_start(count, head, sizeof head));
  end(self, start, TRUE, count * 2);
}

gint
ds_cbor_compare_text_keys(gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;
  const gsize left_size = strlen(left), right_size = strlen(right);

  if (left_size != right_size)
    return left_size < right_size ? -1 : 1;
  return memcmp(left, right, left_size);
}

void
ds_cbor_put_text_map(DsCborWriter *self, GHashTable *map)
{
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  GHashTableIter iter;
  gpointer key;

  if (map != NULL) {
    g_hash_table_iter_init(&iter, map);
    while (g_hash_table_iter_next(&iter, &key, NULL))
      g_ptr_array_add(keys, key);
  }
  g_ptr_array_sort(keys, ds_cbor_compare_text_keys);
  ds_cbor_put_map(self, keys->len);
  for (guint i = 0; i < keys->len; i++) {
    const char *name = g_ptr_array_index(keys, i);
    const char *value = g_hash_table_lookup(map, name);
    const char *problem = ds_cbor_text_problem(value);

    if (problem != NULL)
      fail(self, DS_ERROR_INVALID, "the value of \"%s\" cannot be written: it %s", name, problem);
    ds_cbor_put_text(self, name);
    ds_cbor_put_text(self, value);
  }
}

void
ds_cbor_put_raw(DsCborWriter *self, const void *data, gsize size)
{
  const DsCborLimits limits = {.max_size = G_MAXSIZE};
  const gsize start = self->size;
  gsize first;

  if (!begin(self) || !ds_cbor_check(data, size, "CBOR writer: raw item", &limits, self->depth,
                                     &first, &self->error))
    return;
  append(self, data, size);
  end(self, start, FALSE, 0);
}

static gboolean
finish(DsCborWriter *self, gboolean secret, GError **error)
{
  if (!self->done)
    fail(self, DS_ERROR_FAILED, "CBOR writer: the document is not complete");
  if (self->secret != secret)
    fail(self, DS_ERROR_FAILED, "CBOR writer: finished as something else than it was begun");
  if (self->error == NULL)
    return TRUE;
  g_propagate_error(error, g_error_copy(self->error));
  return FALSE;
}

GBytes *
ds_cbor_writer_finish(DsCborWriter *self, GError **error)
{
  GBytes *bytes;

  if (!finish(self, FALSE, error))
    return NULL;
  bytes = g_bytes_new_take(g_steal_pointer(&self->data), self->size);
  fail(self, DS_ERROR_FAILED, "CBOR writer: used after its end");
  return bytes;
}

DsSecret *
ds_cbor_writer_finish_secret(DsCborWriter *self, GError **error)
{
  DsSecret *secret;

  if (!finish(self, TRUE, error))
    return NULL;
  secret = ds_secret_from_bytes(self->data, self->size);
  fail(self, DS_ERROR_FAILED, "CBOR writer: used after its end");
  return secret;
}
