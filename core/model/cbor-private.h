/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the writer, the check and the reader share. Not for other folders. */
#pragma once

#include "model/cbor.h"

G_BEGIN_DECLS

typedef enum {
  DS_CBOR_UINT,
  DS_CBOR_NEGATIVE, /* value n stands for -1 - n */
  DS_CBOR_BYTES,
  DS_CBOR_TEXT,
  DS_CBOR_ARRAY,
  DS_CBOR_MAP,
  DS_CBOR_BOOL,
  DS_CBOR_NULL,
} DsCborType;

/* One head with, for strings, its bytes. */
typedef struct {
  DsCborType type;
  guint64 value;      /* number, count, size or truth */
  const guint8 *data; /* of strings */
  gsize size; /* encoded bytes: head, and the string's bytes; not what is inside a container */
} DsCborItem;

/* Reads the item at @at. NULL when fine, else what is wrong, static. */
const char *ds_cbor_item_read(DsCborItem *item, const guint8 *data, gsize size, gsize at);
/* "a number", "a text" …; static. */
const char *ds_cbor_type_word(DsCborType type);

/* The whole document; @start is the offset after the tag; containers already open: @depth. */
gboolean ds_cbor_check(const guint8 *data, gsize size, const char *what, const DsCborLimits *limits,
                       guint depth, gsize *start, GError **error);

/* The reader's inner steps: the open container; whether a key comes next; the next item, without
 * and with checking that it is a value of @type; moving past its head and string. */
DsCborLevel *ds_cbor_top(DsCborReader *self);
gboolean ds_cbor_at_key(DsCborReader *self);
gboolean ds_cbor_peek(DsCborReader *self, DsCborItem *item);
gboolean ds_cbor_take(DsCborReader *self, DsCborType type, DsCborItem *item);
void ds_cbor_pass(DsCborReader *self, const DsCborItem *item);

/* @value outside @min..@max: over a cap is TOO_LARGE; a wrong fixed size, or too little, INVALID.
 */
void ds_cbor_fail_range(DsCborReader *self, const char *what, guint64 value, gsize min, gsize max);

/* Bytewise order of two encoded keys. */
gint ds_cbor_compare_encoded(const guint8 *a, gsize a_size, const guint8 *b, gsize b_size);

G_END_DECLS
