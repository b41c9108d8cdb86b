/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One data item through libcbor's streaming decoder. */
#include "model/cbor-private.h"

#include <cbor.h>
#include <string.h>

typedef struct {
  DsCborItem item;
  const char *problem;
} Catch;

static void
catch_number(void *context, guint64 value)
{
  Catch *self = context;

  self->item.type = DS_CBOR_UINT;
  self->item.value = value;
}

static void
catch_uint8(void *context, uint8_t value)
{
  catch_number(context, value);
}

static void
catch_uint16(void *context, uint16_t value)
{
  catch_number(context, value);
}

static void
catch_uint32(void *context, uint32_t value)
{
  catch_number(context, value);
}

static void
catch_uint64(void *context, uint64_t value)
{
  catch_number(context, value);
}

static void
catch_negative(void *context, guint64 value)
{
  Catch *self = context;

  self->item.type = DS_CBOR_NEGATIVE;
  self->item.value = value;
  if (value > G_MAXINT64)
    self->problem = "number is below -2^63";
}

static void
catch_negint8(void *context, uint8_t value)
{
  catch_negative(context, value);
}

static void
catch_negint16(void *context, uint16_t value)
{
  catch_negative(context, value);
}

static void
catch_negint32(void *context, uint32_t value)
{
  catch_negative(context, value);
}

static void
catch_negint64(void *context, uint64_t value)
{
  catch_negative(context, value);
}

static void
catch_bytes(void *context, cbor_data data, size_t size)
{
  Catch *self = context;

  self->item.type = DS_CBOR_BYTES;
  self->item.value = size;
  self->item.data = data;
}

static void
catch_text(void *context, cbor_data data, size_t size)
{
  Catch *self = context;

  self->item.type = DS_CBOR_TEXT;
  self->item.value = size;
  self->item.data = data;
}

static void
catch_array(void *context, size_t count)
{
  Catch *self = context;

  self->item.type = DS_CBOR_ARRAY;
  self->item.value = count;
}

static void
catch_map(void *context, size_t count)
{
  Catch *self = context;

  self->item.type = DS_CBOR_MAP;
  self->item.value = count;
}

static void
catch_bool(void *context, bool value)
{
  Catch *self = context;

  self->item.type = DS_CBOR_BOOL;
  self->item.value = value;
}

static void
catch_null(void *context)
{
  ((Catch *)context)->item.type = DS_CBOR_NULL;
}

static void
catch_undefined(void *context)
{
  ((Catch *)context)->problem = "undefined is not allowed";
}

static void
catch_indefinite(void *context)
{
  ((Catch *)context)->problem = "indefinite length is not allowed";
}

static void
catch_break(void *context)
{
  ((Catch *)context)->problem = "a break stands where nothing was open";
}

static void
catch_float(void *context, float value)
{
  ((Catch *)context)->problem = "a floating-point number is not allowed";
}

static void
catch_double(void *context, double value)
{
  catch_float(context, 0);
}

static const struct cbor_callbacks callbacks = {
    .uint8 = catch_uint8,
    .uint16 = catch_uint16,
    .uint32 = catch_uint32,
    .uint64 = catch_uint64,
    .negint8 = catch_negint8,
    .negint16 = catch_negint16,
    .negint32 = catch_negint32,
    .negint64 = catch_negint64,
    .byte_string_start = catch_indefinite,
    .byte_string = catch_bytes,
    .string = catch_text,
    .string_start = catch_indefinite,
    .indef_array_start = catch_indefinite,
    .array_start = catch_array,
    .indef_map_start = catch_indefinite,
    .map_start = catch_map,
    .float2 = catch_float,
    .float4 = catch_float,
    .float8 = catch_double,
    .undefined = catch_undefined,
    .null = catch_null,
    .boolean = catch_bool,
    .indef_break = catch_break,
};

/* RFC 8949 §4.2.1: the argument in the fewest bytes. */
static gboolean
is_shortest(guint8 head, guint64 value)
{
  switch (head & 0x1f) {
  case 24:
    return value >= 24;
  case 25:
    return value > G_MAXUINT8;
  case 26:
    return value > G_MAXUINT16;
  case 27:
    return value > G_MAXUINT32;
  default:
    return TRUE;
  }
}

const char *
ds_cbor_item_read(DsCborItem *item, const guint8 *data, gsize size, gsize at)
{
  Catch self = {0};
  struct cbor_decoder_result result;

  if (at >= size)
    return "data ends where an item is expected";
  /* libcbor 0.8 takes some tags for errors; ours are compared whole, before the first item. */
  if (data[at] >> 5 == 6)
    return "a tag is not allowed here";
  result = cbor_stream_decode(data + at, size - at, &callbacks, &self);
  if (result.status == CBOR_DECODER_NEDATA)
    return "data ends inside an item";
  if (result.status != CBOR_DECODER_FINISHED || result.read == 0 || result.read > size - at)
    return "no data item begins with this byte";
  if (self.problem != NULL)
    return self.problem;
  self.item.size = result.read;
  if (!is_shortest(data[at], self.item.value))
    return "number or length is not in its shortest form";
  *item = self.item;
  return NULL;
}

const char *
ds_cbor_type_word(DsCborType type)
{
  switch (type) {
  case DS_CBOR_UINT:
    return "a number";
  case DS_CBOR_NEGATIVE:
    return "a negative number";
  case DS_CBOR_BYTES:
    return "a byte string";
  case DS_CBOR_TEXT:
    return "a text";
  case DS_CBOR_ARRAY:
    return "an array";
  case DS_CBOR_MAP:
    return "a map";
  case DS_CBOR_BOOL:
    return "true or false";
  case DS_CBOR_NULL:
    return "null";
  default:
    return "something else";
  }
}

gint
ds_cbor_compare_encoded(const guint8 *a, gsize a_size, const guint8 *b, gsize b_size)
{
  gint order = memcmp(a, b, MIN(a_size, b_size));

  return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}
