/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deterministic CBOR (RFC 8949 §4.2.1), the only binary form Doorstep reads or writes. The subset:
 * 64-bit integers, byte strings, text (UTF-8, no control characters but tab, line feed and carriage
 * return), arrays, maps with integer or text keys, true, false, null, and at most one tag, around
 * the whole. Everything in shortest form and definite length; map keys sorted bytewise and unique.
 *
 * Both ends are sticky: after the first mistake every further call does nothing (readers give zero
 * values), and finish says what was wrong first. So encoders and decoders are written as plain
 * lists of fields. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"

G_BEGIN_DECLS

#define DS_CBOR_DEPTH_MAX 8u          /* arrays and maps inside each other, the tag not counted */
#define DS_CBOR_ITEMS_MAX 131072u     /* data items of one document when the caller sets no cap */
#define DS_CBOR_TEXT_MAX (64u * 1024) /* bytes of one text, always */
#define DS_CBOR_ANY G_MAXSIZE         /* "as much as the document holds" for bytes and counts */

/* ---- writing ---- */

typedef struct _DsCborWriter DsCborWriter;

DsCborWriter *ds_cbor_writer_new(void);
/* Every buffer it ever used is wiped; take the result with ds_cbor_writer_finish_secret. */
DsCborWriter *ds_cbor_writer_new_secret(void);
void ds_cbor_writer_free(DsCborWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsCborWriter, ds_cbor_writer_free)

void ds_cbor_put_uint(DsCborWriter *self, guint64 value);
void ds_cbor_put_int(DsCborWriter *self, gint64 value); /* also the way to write integer keys */
void ds_cbor_put_bytes(DsCborWriter *self, const void *data, gsize size);
/* A byte string of @size zeros, for the caller to fill before the next call. NULL after an error.
 */
guint8 *ds_cbor_put_space(DsCborWriter *self, gsize size);
void ds_cbor_put_text(DsCborWriter *self, const char *text); /* NULL is written as "" */
void ds_cbor_put_bool(DsCborWriter *self, gboolean value);
void ds_cbor_put_null(DsCborWriter *self);
void ds_cbor_put_digest(DsCborWriter *self, const DsDigest *digest); /* NULL is written as null */
void ds_cbor_put_tag(DsCborWriter *self, guint64 tag);               /* only before anything else */
/* Exactly @count items (pairs: key, value, key, value …) have to follow; the container closes
 * itself with its last item. */
void ds_cbor_put_array(DsCborWriter *self, gsize count);
void ds_cbor_put_map(DsCborWriter *self, gsize count);
/* A whole map text → text, keys brought into order. NULL is an empty map. */
void ds_cbor_put_text_map(DsCborWriter *self, GHashTable *map);
/* One finished data item as it is; it counts as one. Must not hold a tag. */
void ds_cbor_put_raw(DsCborWriter *self, const void *data, gsize size);

/* The document, once. DS_ERROR_INVALID or DS_ERROR_TOO_LARGE for values that may not be written
 * (text with a control character …), DS_ERROR_FAILED for a misused writer (keys out of order, an
 * array left open …). (transfer full) */
GBytes *ds_cbor_writer_finish(DsCborWriter *self, GError **error);
DsSecret *ds_cbor_writer_finish_secret(DsCborWriter *self, GError **error);

/* ---- reading ---- */

typedef enum {
  DS_CBOR_STRICT = 0,
  DS_CBOR_ANY_ORDER = 1 << 0,     /* map keys may be unsorted (not checked for doubles): only for
                                     the public test vectors, never for our own objects */
  DS_CBOR_ALLOW_UNKNOWN = 1 << 1, /* ds_cbor_has_key, want_key and leave pass over unknown keys */
  DS_CBOR_TAG_OPTIONAL = 1 << 2,
} DsCborFlags;

/* Zero fields mean: 4 MiB, DS_CBOR_ITEMS_MAX, no tag. */
typedef struct {
  gsize max_size;
  gsize max_items;
  guint64 tag; /* the outermost and only tag; 0: none */
  DsCborFlags flags;
} DsCborLimits;

typedef struct {
  const char *name; /* the current key, for messages; not closed by NUL */
  guint name_size;
  gsize left;  /* items (keys and values alike) still to come */
  gsize index; /* of the current item of an array */
  gboolean map;
} DsCborLevel;

/* A cursor on the stack; its fields are private. The data must outlive it: strings are zero-copy.
 */
typedef struct {
  const guint8 *data;
  gsize size;
  gsize at;   /* the next item */
  gsize last; /* the item last looked at, for messages */
  const char *what;
  DsCborFlags flags;
  guint depth;
  DsCborLevel levels[DS_CBOR_DEPTH_MAX];
  GError *error;
} DsCborReader;

void ds_cbor_reader_clear(DsCborReader *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsCborReader, ds_cbor_reader_clear)

/* Checks the whole of @data in one pass of constant memory, then stands before the first item
 * (after the tag). @what names the document in messages ("manifest"); static. DS_ERROR_TOO_LARGE
 * over a cap, DS_ERROR_INVALID naming the byte for anything that is not deterministic CBOR of the
 * subset. Declare readers as: g_auto(DsCborReader) r = {0}; */
gboolean ds_cbor_reader_init(DsCborReader *self, const void *data, gsize size, const char *what,
                             const DsCborLimits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_cbor_reader_init_bytes(DsCborReader *self, GBytes *bytes, const char *what,
                                   const DsCborLimits *limits,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Enters the next item and gives its count (0 after an error). Outside @min..@max: an error. */
gsize ds_cbor_enter_array(DsCborReader *self, gsize min, gsize max);
gsize ds_cbor_enter_map(DsCborReader *self, gsize max);
/* Every item must have been read; a key that is left over is an unknown key. */
void ds_cbor_leave(DsCborReader *self);

/* In a map with integer keys, call in order (0, 1, 2 …, -1, -2 …). want: the next key must be
 * @key, else an error naming @name, or naming an unknown key in between. has: whether it is. */
void ds_cbor_want_key(DsCborReader *self, gint64 key, const char *name);
gboolean ds_cbor_has_key(DsCborReader *self, gint64 key, const char *name);
/* In a map with text keys: the next key, not closed by NUL. FALSE at the end of the map. */
gboolean ds_cbor_next_text_key(DsCborReader *self, const char **key, gsize *size);
/* In a map with keys of both kinds: @text is NULL for an integer key. FALSE at the end. */
gboolean ds_cbor_next_key(DsCborReader *self, gint64 *number, const char **text, gsize *size);
/* Passes over the next item, with all that is in it. */
void ds_cbor_skip(DsCborReader *self);

guint64 ds_cbor_get_uint(DsCborReader *self, guint64 max);
gint64 ds_cbor_get_int(DsCborReader *self);
gboolean ds_cbor_get_bool(DsCborReader *self);
/* Consumes a null if it is the next item. */
gboolean ds_cbor_get_null(DsCborReader *self);
/* (transfer none), into the document. */
const guint8 *ds_cbor_get_bytes(DsCborReader *self, gsize min, gsize max, gsize *size);
const char *ds_cbor_get_text(DsCborReader *self, gsize max, gsize *size);
/* Copies: (transfer full), never NULL, "" after an error. */
char *ds_cbor_dup_text(DsCborReader *self, gsize min, gsize max);
GBytes *ds_cbor_dup_bytes(DsCborReader *self, gsize min, gsize max);
DsSecret *ds_cbor_dup_secret(DsCborReader *self, gsize min, gsize max);
void ds_cbor_get_digest(DsCborReader *self, DsDigest *digest); /* a byte string of 32 */
/* A map text → text of at most @max_pairs, keys and values at most @max_text bytes. Never NULL.
 * (transfer full) */
GHashTable *ds_cbor_dup_text_map(DsCborReader *self, gsize max_pairs, gsize max_text);
/* The next item as encoded, nested ones included. (transfer none) */
const guint8 *ds_cbor_get_raw(DsCborReader *self, gsize *size);

gboolean ds_cbor_reader_failed(const DsCborReader *self);
/* Byte offset of the next item, for callers' own messages. */
gsize ds_cbor_reader_offset(const DsCborReader *self);
/* Reports what the decoder of a format finds wrong with the item last read; document, place and
 * byte are put before the message. The first error stays. */
void ds_cbor_fail(DsCborReader *self, gint code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* TRUE when nothing failed and everything was read; once. */
gboolean ds_cbor_reader_finish(DsCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The order of text keys in deterministic maps: shorter first, then bytewise. For sorting
 * arrays of char pointers with g_ptr_array_sort. */
gint ds_cbor_compare_text_keys(gconstpointer a, gconstpointer b);
/* NULL when @text may be written as CBOR text, else what is wrong with it, for people (static
 * words: "is not UTF-8", "holds a control character", "is longer than 65536 bytes"). */
const char *ds_cbor_text_problem(const char *text);

G_END_DECLS
