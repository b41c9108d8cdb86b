/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing of all four kinds; what is signed or encrypted is judged elsewhere. */
#include "bundle/cose.h"

#include <string.h>

#include "base/error.h"
#include "bundle/limits.h"

#define HEADER_MAX 1024u /* bytes of one encoded header map */
#define LEAVES_MAX 16u

/* Exactly which headers our own objects have. */
typedef struct {
  DsCoseKind kind;
  guint body; /* protected; nothing is unprotected in a body */
  guint leaf; /* protected */
  guint leaf_unprotected;
} Shape;

static const Shape shapes[] = {
    {DS_COSE_SIGN1, DS_COSE_ALG | DS_COSE_KID, 0, 0},
    {DS_COSE_SIGN, 0, DS_COSE_ALG | DS_COSE_KID, 0},
    {DS_COSE_ENCRYPT0, DS_COSE_ALG | DS_COSE_IV, 0, 0},
    {DS_COSE_ENCRYPT, DS_COSE_ALG | DS_COSE_IV, DS_COSE_ALG | DS_COSE_KID, DS_COSE_EPHEMERAL},
};

static void
note(DsCborReader *r, DsCoseHeaders *headers, guint *seen, guint bit)
{
  if ((headers->present & bit) != 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "a header appears twice");
  headers->present |= bit;
  *seen |= bit;
}

static void
parse_header(DsCborReader *r, DsCoseHeaders *headers, gint64 label, guint *seen)
{
  switch (label) {
  case 1:
    headers->alg = ds_cbor_get_int(r);
    note(r, headers, seen, DS_COSE_ALG);
    return;
  case 2:
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "header crit (2): nothing critical is known here");
    return;
  case 3:
    ds_cbor_skip(r);
    note(r, headers, seen, DS_COSE_CONTENT_TYPE);
    return;
  case 4:
    headers->kid.data = ds_cbor_get_bytes(r, 0, 64, &headers->kid.size);
    note(r, headers, seen, DS_COSE_KID);
    return;
  case 5:
    headers->iv.data = ds_cbor_get_bytes(r, 12, 12, &headers->iv.size);
    note(r, headers, seen, DS_COSE_IV);
    return;
  case -1:
    headers->ephemeral.data = ds_cbor_get_raw(r, &headers->ephemeral.size);
    note(r, headers, seen, DS_COSE_EPHEMERAL);
    return;
  default:
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "unknown header %" G_GINT64_FORMAT, label);
  }
}

/* The header map that comes next; the bits it held. */
static guint
parse_map(DsCborReader *r, DsCoseHeaders *headers)
{
  const char *text;
  gint64 label;
  gsize size;
  guint seen = 0;

  ds_cbor_enter_map(r, DS_CBOR_ANY);
  while (ds_cbor_next_key(r, &label, &text, &size)) {
    if (text != NULL)
      ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "a header that is named by a text is not known here");
    else
      parse_header(r, headers, label, &seen);
  }
  ds_cbor_leave(r);
  return seen;
}

static DsCborFlags
flags_for(DsCoseRules rules)
{
  return rules == DS_COSE_FOREIGN ? DS_CBOR_ANY_ORDER | DS_CBOR_TAG_OPTIONAL : DS_CBOR_STRICT;
}

/* The protected bucket: a byte string that holds an encoded map, or nothing for an empty one. */
static guint
parse_protected(DsCborReader *r, DsCoseHeaders *headers, DsCoseRules rules)
{
  const DsCborLimits limits = {.max_size = HEADER_MAX, .flags = flags_for(rules)};
  g_auto(DsCborReader) inner = {0};
  g_autoptr(GError) error = NULL;
  gsize size;
  const guint8 *data = ds_cbor_get_bytes(r, 0, HEADER_MAX, &size);
  guint seen;

  if (data == NULL || size == 0)
    return 0;
  if (!ds_cbor_reader_init(&inner, data, size, "protected header", &limits, &error)) {
    ds_cbor_fail(r, error->code, "%s", error->message);
    return 0;
  }
  seen = parse_map(&inner, headers);
  if (!ds_cbor_reader_finish(&inner, &error)) {
    ds_cbor_fail(r, error->code, "%s", error->message);
    return 0;
  }
  if (rules == DS_COSE_OWN && seen == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "an empty protected header is an empty byte string");
  headers->protected =
      seen != 0 ? (DsSlice){.data = data, .size = size} : (DsSlice){.data = data, .size = 0};
  return seen;
}

static void
parse_headers(DsCborReader *r, DsCoseHeaders *headers, DsCoseRules rules, guint expected,
              guint expected_unprotected)
{
  const guint seen = parse_protected(r, headers, rules);
  const guint unprotected = parse_map(r, headers);

  if (rules == DS_COSE_OWN && !ds_cbor_reader_failed(r) &&
      (seen != expected || unprotected != expected_unprotected))
    ds_cbor_fail(r, DS_ERROR_INVALID, "other headers than this kind of object has");
}

static void
get_slice(DsCborReader *r, DsSlice *slice)
{
  slice->data = ds_cbor_get_bytes(r, 0, DS_CBOR_ANY, &slice->size);
}

static void
parse_leaves(DsCborReader *r, DsCose *self, const Shape *shape)
{
  const gsize count = ds_cbor_enter_array(r, 1, LEAVES_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsCoseLeaf leaf = {0};

    ds_cbor_enter_array(r, 3, 3);
    parse_headers(r, &leaf.headers, self->rules, shape->leaf, shape->leaf_unprotected);
    get_slice(r, &leaf.content);
    ds_cbor_leave(r);
    g_array_append_val(self->leaves, leaf);
  }
  ds_cbor_leave(r);
}

static void
parse_body(DsCborReader *r, DsCose *self, const Shape *shape)
{
  const gboolean single = self->kind == DS_COSE_ENCRYPT0;
  const gsize count = single ? 3 : 4;

  ds_cbor_enter_array(r, count, count);
  parse_headers(r, &self->headers, self->rules, shape->body, 0);
  get_slice(r, &self->content);
  if (self->kind == DS_COSE_SIGN1) {
    DsCoseLeaf leaf = {.headers = self->headers};

    get_slice(r, &leaf.content);
    g_array_append_val(self->leaves, leaf);
  } else if (!single) {
    parse_leaves(r, self, shape);
  }
  ds_cbor_leave(r);
}

DsCose *
ds_cose_parse(GBytes *bytes, DsCoseKind kind, const char *what, gsize max, DsCoseRules rules,
              GError **error)
{
  const DsCborLimits limits = {.max_size = max, .tag = kind, .flags = flags_for(rules)};
  g_autoptr(DsCose) self = NULL;
  g_auto(DsCborReader) r = {0};
  const Shape *shape = shapes;

  if (!ds_cbor_reader_init_bytes(&r, bytes, what, &limits, error))
    return NULL;
  while (shape->kind != kind)
    shape++;
  self = g_new0(DsCose, 1);
  self->bytes = g_bytes_ref(bytes);
  self->what = what;
  self->kind = kind;
  self->rules = rules;
  self->leaves = g_array_new(FALSE, FALSE, sizeof(DsCoseLeaf));
  parse_body(&r, self, shape);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  return g_steal_pointer(&self);
}

void
ds_cose_free(DsCose *self)
{
  if (self == NULL)
    return;
  g_bytes_unref(self->bytes);
  g_array_unref(self->leaves);
  g_free(self);
}

GBytes *
ds_cose_context(const char *type)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autofree char *text = g_strdup_printf("doorstep/%s/1", type);

  ds_cbor_put_array(w, 1);
  ds_cbor_put_text(w, text);
  return ds_cbor_writer_finish(w, NULL);
}

GBytes *
ds_cose_content(const DsCose *self)
{
  const guint8 *start = g_bytes_get_data(self->bytes, NULL);

  return g_bytes_new_from_bytes(self->bytes, (gsize)(self->content.data - start),
                                self->content.size);
}

DsKid
ds_cose_leaf_kid(const DsCose *self, guint i)
{
  const DsCoseLeaf *leaf = &g_array_index(self->leaves, DsCoseLeaf, i);
  DsKid kid = {0};

  if (leaf->headers.kid.size == DS_KID_SIZE)
    memcpy(kid.bytes, leaf->headers.kid.data, DS_KID_SIZE);
  return kid;
}

gboolean
ds_cose_leaf_is(const DsCose *self, guint i, const DsKid *kid)
{
  const DsCoseLeaf *leaf = &g_array_index(self->leaves, DsCoseLeaf, i);

  return leaf->headers.kid.size == DS_KID_SIZE &&
         memcmp(leaf->headers.kid.data, kid->bytes, DS_KID_SIZE) == 0;
}
