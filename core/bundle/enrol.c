/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/enrol.h"

#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/cose.h"
#include "bundle/directory-private.h"
#include "bundle/suite.h"

#define TYPE "enrolment"
#define GROUPS 6u
#define GROUP_BYTES 5u /* of the digest, big-endian, modulo 100000 */

DsEnrolment *
ds_enrolment_new(void)
{
  DsEnrolment *self = g_new0(DsEnrolment, 1);

  self->format = DS_FORMAT_1;
  self->suite = DS_SUITE_1;
  self->officers = g_ptr_array_new_with_free_func(ds_officer_entry_free);
  ds_random_bytes(self->nonce, sizeof self->nonce);
  return self;
}

void
ds_enrolment_free(DsEnrolment *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  g_free(self->name);
  ds_key_unref(self->sign);
  ds_key_unref(self->encrypt);
  g_ptr_array_unref(self->officers);
  g_free(self);
}

DsOfficerEntry *
ds_enrolment_add_officer(DsEnrolment *self, const char *number, const char *name, DsRole role,
                         DsKey *key)
{
  DsOfficerEntry *officer = ds_officer_entry_new(number, name, role, key);

  g_ptr_array_add(self->officers, officer);
  g_ptr_array_sort(self->officers, ds_directory_compare_officers);
  return officer;
}

static GBytes *
encode(const DsEnrolment *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 8);
  ds_codec_put_head(w, self->format, self->suite);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_text(w, self->unit);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_text(w, self->name);
  ds_cbor_put_int(w, 5);
  ds_codec_put_key(w, self->sign);
  ds_cbor_put_int(w, 6);
  ds_codec_put_key(w, self->encrypt);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_array(w, self->officers->len);
  for (guint i = 0; i < self->officers->len; i++)
    ds_officer_entry_put(w, self->officers->pdata[i]);
  ds_cbor_put_int(w, 8);
  ds_cbor_put_bytes(w, self->nonce, sizeof self->nonce);
  return ds_cbor_writer_finish(w, error);
}

static void
get_officers(DsCborReader *r, DsEnrolment *self)
{
  const gsize count = ds_cbor_enter_array(r, 1, DS_ENROLMENT_OFFICERS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsOfficerEntry *officer = ds_officer_entry_get(r, FALSE);
    const guint len = self->officers->len;

    if (officer == NULL)
      return;
    g_ptr_array_add(self->officers, officer);
    if (ds_key_equal(officer->key, self->sign) || ds_key_equal(officer->key, self->encrypt))
      ds_cbor_fail(r, DS_ERROR_INVALID, "an officer has one of the unit's keys");
    if (len > 0 && ds_directory_compare_officers(&self->officers->pdata[len - 1],
                                                 &self->officers->pdata[len]) >= 0)
      ds_cbor_fail(r, DS_ERROR_INVALID,
                   "officers are not sorted by number and key id, or one appears twice");
  }
  ds_cbor_leave(r);
}

static void
decode_fields(DsCborReader *r, DsEnrolment *self)
{
  const guint8 *nonce;
  gsize size;

  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_codec_get_head(r, &self->format, &self->suite);
  ds_cbor_want_key(r, 3, "unit");
  self->unit = ds_codec_get_id(r);
  ds_cbor_want_key(r, 4, "name");
  self->name = ds_cbor_dup_text(r, 0, DS_NAME_MAX);
  ds_cbor_want_key(r, 5, "sign");
  self->sign = ds_codec_get_key(r);
  ds_cbor_want_key(r, 6, "encrypt");
  self->encrypt = ds_codec_get_key(r);
  if (!ds_cbor_reader_failed(r) && ds_key_equal(self->sign, self->encrypt))
    ds_cbor_fail(r, DS_ERROR_INVALID, "one key cannot sign and encrypt");
  ds_cbor_want_key(r, 7, "officers");
  get_officers(r, self);
  ds_cbor_want_key(r, 8, "nonce");
  nonce = ds_cbor_get_bytes(r, DS_ENROL_NONCE_SIZE, DS_ENROL_NONCE_SIZE, &size);
  if (nonce != NULL)
    memcpy(self->nonce, nonce, DS_ENROL_NONCE_SIZE);
  ds_codec_refuse_crit(r, 9);
  ds_cbor_leave(r);
}

static DsEnrolment *
decode(GBytes *payload, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_ENROLMENT_MAX};
  g_autoptr(DsEnrolment) self = ds_enrolment_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, payload, "enrolment", &limits, error))
    return NULL;
  decode_fields(&r, self);
  return ds_cbor_reader_finish(&r, error) ? g_steal_pointer(&self) : NULL;
}

GBytes *
ds_enrolment_sign(const DsEnrolment *self, DsKey *sign, GError **error)
{
  g_autoptr(GBytes) payload = encode(self, error);
  g_autoptr(DsEnrolment) check = payload != NULL ? decode(payload, error) : NULL;

  if (check == NULL)
    return NULL;
  if (!ds_key_equal(check->sign, sign)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "enrolment: signed by a key it does not name");
    return NULL;
  }
  return ds_cose_sign(DS_COSE_SIGN1, payload, TYPE, &sign, 1, error);
}

/* The payload, once its own key's signature fits. */
static GBytes *
open_request(GBytes *request, DsEnrolment **self_out, GError **error)
{
  g_autoptr(DsCose) cose =
      ds_cose_parse(request, DS_COSE_SIGN1, "enrolment", DS_ENROLMENT_MAX, DS_COSE_OWN, error);
  g_autoptr(GBytes) payload = cose != NULL ? ds_cose_content(cose) : NULL;
  g_autoptr(DsEnrolment) self = payload != NULL ? decode(payload, error) : NULL;
  g_autoptr(GBytes) aad = ds_cose_context(TYPE);

  if (self == NULL)
    return NULL;
  if (!ds_cose_leaf_is(cose, 0, ds_key_kid(self->sign))) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "enrolment: signed by another key than the unit's own");
    return NULL;
  }
  if (!ds_cose_verify(cose, 0, aad, self->sign, error))
    return NULL;
  if (self_out != NULL)
    *self_out = g_steal_pointer(&self);
  return g_steal_pointer(&payload);
}

DsEnrolment *
ds_enrolment_verify(GBytes *request, GError **error)
{
  DsEnrolment *self = NULL;
  GBytes *payload = open_request(request, &self, error);

  g_clear_pointer(&payload, g_bytes_unref);
  return self;
}

/* Digits of SHA-256("doorstep/fingerprint/1" ‖ 00 ‖ @data). */
static char *
fingerprint(GBytes *data)
{
  static const char context[] = "doorstep/fingerprint/1"; /* with its closing NUL */
  g_autoptr(DsHasher) hasher = ds_hasher_new();
  g_autoptr(GString) text = g_string_new(NULL);
  DsDigest digest;
  gsize size;
  const void *bytes = g_bytes_get_data(data, &size);

  ds_hasher_update(hasher, context, sizeof context);
  ds_hasher_update(hasher, bytes, size);
  digest = ds_hasher_finish(hasher);
  for (guint i = 0; i < GROUPS; i++) {
    guint64 number = 0;

    for (guint j = 0; j < GROUP_BYTES; j++)
      number = number << 8 | digest.bytes[i * GROUP_BYTES + j];
    g_string_append_printf(text, "%s%05u", i > 0 ? " " : "", (guint)(number % 100000));
  }
  return g_strdup(text->str);
}

char *
ds_enrol_fingerprint(GBytes *request, GError **error)
{
  g_autoptr(GBytes) payload = open_request(request, NULL, error);

  return payload != NULL ? fingerprint(payload) : NULL;
}

char *
ds_enrol_root_fingerprint(const DsKey *root)
{
  return fingerprint(ds_key_cose(root));
}

/* The digits alone; FALSE unless there are exactly as many as a fingerprint has. */
static gboolean
take_digits(const char *text, char digits[DS_FINGERPRINT_DIGITS])
{
  guint count = 0;

  for (; *text != '\0'; text++) {
    if (g_ascii_isspace(*text) || *text == '-')
      continue;
    if (!g_ascii_isdigit(*text) || count == DS_FINGERPRINT_DIGITS)
      return FALSE;
    digits[count++] = *text;
  }
  return count == DS_FINGERPRINT_DIGITS;
}

gboolean
ds_enrol_fingerprint_equal(const char *a, const char *b)
{
  char left[DS_FINGERPRINT_DIGITS], right[DS_FINGERPRINT_DIGITS];

  return take_digits(a, left) && take_digits(b, right) && memcmp(left, right, sizeof left) == 0;
}
