/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory's payload and signature. */
#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/cose.h"
#include "bundle/directory-private.h"
#include "bundle/statement.h"

#define TYPE "directory"
#define COPIES_MAX 16u

static void
put_keys(DsCborWriter *w, GPtrArray *keys)
{
  ds_cbor_put_array(w, keys->len);
  for (guint i = 0; i < keys->len; i++)
    ds_codec_put_key(w, keys->pdata[i]);
}

static void
get_keys(DsCborReader *r, GPtrArray *keys)
{
  const gsize count = ds_cbor_enter_array(r, 1, DS_DIRECTORY_KEYS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsKey *key = ds_codec_get_key(r);

    if (key != NULL)
      g_ptr_array_add(keys, key);
  }
  ds_cbor_leave(r);
}

static void
put_receipt_keys(DsCborWriter *w, GPtrArray *keys)
{
  ds_cbor_put_array(w, keys->len);
  for (guint i = 0; i < keys->len; i++) {
    const DsReceiptKey *receipt = keys->pdata[i];

    ds_cbor_put_array(w, receipt->retired_us != 0 ? 3 : 2);
    ds_codec_put_key(w, receipt->key);
    ds_cbor_put_uint(w, receipt->states);
    if (receipt->retired_us != 0)
      ds_codec_put_time(w, receipt->retired_us, FALSE);
  }
}

static void
get_receipt_keys(DsCborReader *r, DsDirectory *self)
{
  const gsize count = ds_cbor_enter_array(r, 1, DS_DIRECTORY_KEYS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    g_autoptr(DsKey) key = NULL;
    gint64 retired_us = 0;
    guint32 states;

    const gsize members = ds_cbor_enter_array(r, 2, 3);
    key = ds_codec_get_key(r);
    states = (guint32)ds_cbor_get_uint(r, G_MAXUINT32);
    if (!ds_cbor_reader_failed(r) && (states & ~DS_STATES_ALL) != 0)
      ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "states that are not known here: update this program");
    if (members == 3 && (retired_us = ds_codec_get_time(r, FALSE)) == 0)
      ds_cbor_fail(r, DS_ERROR_INVALID, "time 0 stands for none and is left out");
    ds_cbor_leave(r);
    if (!ds_cbor_reader_failed(r))
      ds_directory_add_receipt_key(self, key, states)->retired_us = retired_us;
  }
  ds_cbor_leave(r);
}

static void
put_revoked(DsCborWriter *w, gint64 revoked_us)
{
  if (revoked_us == 0)
    return;
  ds_cbor_put_int(w, 5);
  ds_codec_put_time(w, revoked_us, TRUE);
}

static gint64
get_revoked(DsCborReader *r)
{
  gint64 revoked_us;

  if (!ds_cbor_has_key(r, 5, "revoked"))
    return 0;
  revoked_us = ds_codec_get_time(r, FALSE);
  if (revoked_us == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "time 0 stands for none and is left out");
  return revoked_us;
}

static void
put_units(DsCborWriter *w, GPtrArray *units)
{
  ds_cbor_put_array(w, units->len);
  for (guint i = 0; i < units->len; i++) {
    const DsUnitEntry *unit = units->pdata[i];

    ds_cbor_put_map(w, unit->revoked_us != 0 ? 5 : 4);
    ds_cbor_put_int(w, 1);
    ds_cbor_put_text(w, unit->id);
    ds_cbor_put_int(w, 2);
    ds_cbor_put_text(w, unit->name);
    ds_cbor_put_int(w, 3);
    ds_codec_put_key(w, unit->sign);
    ds_cbor_put_int(w, 4);
    ds_codec_put_key(w, unit->encrypt);
    put_revoked(w, unit->revoked_us);
  }
}

static void
get_unit(DsCborReader *r, DsDirectory *self)
{
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autoptr(DsKey) sign = NULL;
  g_autoptr(DsKey) encrypt = NULL;
  const DsUnitEntry *before =
      self->units->len > 0 ? self->units->pdata[self->units->len - 1] : NULL;
  DsUnitEntry *unit;
  gint64 revoked_us;

  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_cbor_want_key(r, 1, "id");
  id = ds_codec_get_id(r);
  if (before != NULL && strcmp(before->id, id) >= 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "units are not sorted by id, or one appears twice");
  ds_cbor_want_key(r, 2, "name");
  name = ds_cbor_dup_text(r, 0, DS_NAME_MAX);
  ds_cbor_want_key(r, 3, "sign");
  sign = ds_codec_get_key(r);
  ds_cbor_want_key(r, 4, "encrypt");
  encrypt = ds_codec_get_key(r);
  revoked_us = get_revoked(r);
  ds_cbor_leave(r);
  if (ds_cbor_reader_failed(r))
    return;
  unit = g_new0(DsUnitEntry, 1);
  unit->id = g_steal_pointer(&id);
  unit->name = g_steal_pointer(&name);
  unit->sign = g_steal_pointer(&sign);
  unit->encrypt = g_steal_pointer(&encrypt);
  unit->revoked_us = revoked_us;
  g_ptr_array_add(self->units, unit);
}

static void
get_units(DsCborReader *r, DsDirectory *self)
{
  const gsize count = ds_cbor_enter_array(r, 0, DS_DIRECTORY_UNITS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++)
    get_unit(r, self);
  ds_cbor_leave(r);
}

void
ds_officer_entry_put(DsCborWriter *w, const DsOfficerEntry *self)
{
  ds_cbor_put_map(w, self->revoked_us != 0 ? 5 : 4);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_text(w, self->number);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_text(w, self->name);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_uint(w, self->role);
  ds_cbor_put_int(w, 4);
  ds_codec_put_key(w, self->key);
  put_revoked(w, self->revoked_us);
}

DsOfficerEntry *
ds_officer_entry_get(DsCborReader *r, gboolean may_be_revoked)
{
  g_autofree char *number = NULL;
  g_autofree char *name = NULL;
  g_autoptr(DsKey) key = NULL;
  DsOfficerEntry *officer;
  gint64 revoked_us = 0;
  guint64 role;

  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_cbor_want_key(r, 1, "number");
  number = ds_cbor_dup_text(r, 1, DS_ID_MAX);
  ds_cbor_want_key(r, 2, "name");
  name = ds_cbor_dup_text(r, 0, DS_NAME_MAX);
  ds_cbor_want_key(r, 3, "role");
  role = ds_cbor_get_uint(r, G_MAXUINT32);
  if (!ds_cbor_reader_failed(r) && role != DS_ROLE_OFFICER)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "role %" G_GUINT64_FORMAT " is not an officer's (2)",
                 role);
  ds_cbor_want_key(r, 4, "key");
  key = ds_codec_get_key(r);
  if (may_be_revoked)
    revoked_us = get_revoked(r);
  ds_cbor_leave(r);
  if (ds_cbor_reader_failed(r))
    return NULL;
  officer = ds_officer_entry_new(number, name, (DsRole)role, key);
  officer->revoked_us = revoked_us;
  return officer;
}

static void
get_officers(DsCborReader *r, DsDirectory *self)
{
  const gsize count = ds_cbor_enter_array(r, 0, DS_DIRECTORY_OFFICERS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsOfficerEntry *officer = ds_officer_entry_get(r, TRUE);
    const guint len = self->officers->len;

    if (officer == NULL)
      return;
    g_ptr_array_add(self->officers, officer);
    if (len > 0 && ds_directory_compare_officers(&self->officers->pdata[len - 1],
                                                 &self->officers->pdata[len]) >= 0)
      ds_cbor_fail(r, DS_ERROR_INVALID,
                   "officers are not sorted by number and key id, or one appears twice");
  }
  ds_cbor_leave(r);
}

static void
put_officers(DsCborWriter *w, GPtrArray *officers)
{
  ds_cbor_put_array(w, officers->len);
  for (guint i = 0; i < officers->len; i++)
    ds_officer_entry_put(w, officers->pdata[i]);
}

static void
put_durable(DsCborWriter *w, const DsDirectory *self)
{
  ds_cbor_put_array(w, 2);
  ds_cbor_put_uint(w, self->copies);
  ds_cbor_put_array(w, self->places->len);
  for (guint i = 0; i < self->places->len; i++)
    ds_cbor_put_text(w, self->places->pdata[i]);
}

static void
get_durable(DsCborReader *r, DsDirectory *self)
{
  gsize count;

  ds_cbor_enter_array(r, 2, 2);
  self->copies = (guint)ds_cbor_get_uint(r, COPIES_MAX);
  if (self->copies == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "DURABLE with 0 copies promises nothing");
  count = ds_cbor_enter_array(r, 0, COPIES_MAX);
  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++)
    g_ptr_array_add(self->places, ds_cbor_dup_text(r, 1, DS_NAME_MAX));
  ds_cbor_leave(r);
  ds_cbor_leave(r);
}

static GBytes *
encode(const DsDirectory *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, self->next_root != NULL ? 16 : 15);
  ds_codec_put_head(w, self->format, self->suite);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_text(w, self->station);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_text(w, self->name);
  ds_cbor_put_int(w, 5);
  ds_cbor_put_uint(w, self->version);
  ds_cbor_put_int(w, 6);
  ds_codec_put_time(w, self->issued_us, FALSE);
  ds_cbor_put_int(w, 7);
  ds_codec_put_time(w, self->expires_us, FALSE);
  ds_cbor_put_int(w, 8);
  put_keys(w, self->recipients);
  ds_cbor_put_int(w, 9);
  ds_codec_put_key(w, self->recovery);
  ds_cbor_put_int(w, 10);
  put_receipt_keys(w, self->receipt_keys);
  ds_cbor_put_int(w, 11);
  put_keys(w, self->dispatch_keys);
  ds_cbor_put_int(w, 12);
  put_units(w, self->units);
  ds_cbor_put_int(w, 13);
  put_officers(w, self->officers);
  ds_cbor_put_int(w, 14);
  put_durable(w, self);
  ds_cbor_put_int(w, 15);
  ds_codec_put_key(w, self->root);
  if (self->next_root != NULL) {
    ds_cbor_put_int(w, 16);
    ds_codec_put_key(w, self->next_root);
  }
  return ds_cbor_writer_finish(w, error);
}

static guint
kid_hash(gconstpointer kid)
{
  guint32 start;

  memcpy(&start, kid, sizeof start);
  return start;
}

static gboolean
kid_equal(gconstpointer a, gconstpointer b)
{
  return ds_kid_equal(a, b);
}

/* A key that signs in one function must not be found under another. */
static void
refuse_shared_keys(DsCborReader *r, const DsDirectory *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(kid_hash, kid_equal);

  for (guint i = 0; i < self->units->len + self->officers->len; i++) {
    DsKey *key = i < self->units->len
                     ? ((DsUnitEntry *)self->units->pdata[i])->sign
                     : ((DsOfficerEntry *)self->officers->pdata[i - self->units->len])->key;

    if (!g_hash_table_add(seen, (gpointer)ds_key_kid(key))) {
      ds_cbor_fail(r, DS_ERROR_INVALID, "two units or officers have the same signing key");
      return;
    }
  }
}

static void
decode_fields(DsCborReader *r, DsDirectory *self)
{
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_codec_get_head(r, &self->format, &self->suite);
  ds_cbor_want_key(r, 3, "station");
  self->station = ds_codec_get_id(r);
  ds_cbor_want_key(r, 4, "name");
  self->name = ds_cbor_dup_text(r, 0, DS_NAME_MAX);
  ds_cbor_want_key(r, 5, "version");
  self->version = ds_cbor_get_uint(r, G_MAXINT64);
  if (self->version == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "versions begin with 1");
  ds_cbor_want_key(r, 6, "issued");
  self->issued_us = ds_codec_get_time(r, FALSE);
  ds_cbor_want_key(r, 7, "expires");
  self->expires_us = ds_codec_get_time(r, FALSE);
  ds_cbor_want_key(r, 8, "recipients");
  get_keys(r, self->recipients);
  ds_cbor_want_key(r, 9, "recovery");
  self->recovery = ds_codec_get_key(r);
  ds_cbor_want_key(r, 10, "receipt-keys");
  get_receipt_keys(r, self);
  ds_cbor_want_key(r, 11, "dispatch-keys");
  get_keys(r, self->dispatch_keys);
  ds_cbor_want_key(r, 12, "units");
  get_units(r, self);
  ds_cbor_want_key(r, 13, "officers");
  get_officers(r, self);
  refuse_shared_keys(r, self);
  ds_cbor_want_key(r, 14, "durable");
  get_durable(r, self);
  ds_cbor_want_key(r, 15, "root");
  self->root = ds_codec_get_key(r);
  if (ds_cbor_has_key(r, 16, "next-root"))
    self->next_root = ds_codec_get_key(r);
  ds_codec_refuse_crit(r, 17);
  ds_cbor_leave(r);
}

static DsDirectory *
decode(GBytes *payload, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_DIRECTORY_MAX};
  g_autoptr(DsDirectory) self = ds_directory_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, payload, "directory", &limits, error))
    return NULL;
  decode_fields(&r, self);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  self->digest = ds_digest_of_bytes(payload);
  return g_steal_pointer(&self);
}

GBytes *
ds_directory_sign(DsDirectory *self, DsKey *root, GError **error)
{
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(DsDirectory) check = NULL;

  g_ptr_array_sort(self->units, ds_directory_compare_units);
  g_ptr_array_sort(self->officers, ds_directory_compare_officers);
  payload = encode(self, error);
  check = payload != NULL ? decode(payload, error) : NULL;
  if (check == NULL)
    return NULL;
  if (!ds_key_equal(self->root, root)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "directory: signed by a key it does not name");
    return NULL;
  }
  self->digest = check->digest;
  return ds_cose_sign(DS_COSE_SIGN1, payload, TYPE, &root, 1, error);
}

static gboolean
is_pinned(const DsDirectory *self, const DsDigest *pins, guint n_pins)
{
  const DsDigest root = ds_key_digest(self->root);

  for (guint i = 0; i < n_pins; i++)
    if (ds_digest_equal(&pins[i], &root))
      return TRUE;
  return n_pins == 0;
}

DsDirectory *
ds_directory_verify(GBytes *bytes, const DsDigest *pins, guint n_pins, guint64 known_version,
                    GError **error)
{
  g_autoptr(DsCose) cose =
      ds_cose_parse(bytes, DS_COSE_SIGN1, "directory", DS_DIRECTORY_MAX, DS_COSE_OWN, error);
  g_autoptr(GBytes) payload = cose != NULL ? ds_cose_content(cose) : NULL;
  g_autoptr(DsDirectory) self = payload != NULL ? decode(payload, error) : NULL;
  g_autoptr(GBytes) aad = ds_cose_context(TYPE);

  if (self == NULL)
    return NULL;
  if (!is_pinned(self, pins, n_pins) || !ds_cose_leaf_is(cose, 0, ds_key_kid(self->root))) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "directory: signed by another station's root key than the one trusted here");
    return NULL;
  }
  if (!ds_cose_verify(cose, 0, aad, self->root, error))
    return NULL;
  if (self->version < known_version) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "directory: version %" G_GUINT64_FORMAT " is older than %" G_GUINT64_FORMAT
                ", which is known here",
                self->version, known_version);
    return NULL;
  }
  return g_steal_pointer(&self);
}
