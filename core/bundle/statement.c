/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/statement.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/cose.h"
#include "bundle/suite.h"

#define TYPE "statement"
#define DETAIL_TYPE "detail"
#define DETAIL_PAIRS_MAX 64u

static const char *const state_words[] = {
    NULL,         "received", "verified", "durable",    "quarantined",   "duplicate",
    "superseded", "accepted", "returned", "not-issued", "in-production", "card-at-station",
    "delivered",  "closed",   "refused"};

const char *
ds_state_word(DsState state)
{
  return (guint)state < G_N_ELEMENTS(state_words) ? state_words[state] : NULL;
}

DsState
ds_state_parse(const char *word)
{
  for (guint i = 1; i < G_N_ELEMENTS(state_words); i++)
    if (g_strcmp0(word, state_words[i]) == 0)
      return (DsState)i;
  return (DsState)0;
}

DsStatement *
ds_statement_new(void)
{
  DsStatement *self = g_new0(DsStatement, 1);

  self->format = DS_FORMAT_1;
  self->suite = DS_SUITE_1;
  return self;
}

void
ds_statement_free(DsStatement *self)
{
  if (self == NULL)
    return;
  g_free(self->station);
  g_free(self->unit);
  g_clear_pointer(&self->detail, g_hash_table_unref);
  g_clear_pointer(&self->sealed_detail, g_bytes_unref);
  g_free(self);
}

void
ds_statement_set_detail(DsStatement *self, const char *name, const char *value)
{
  if (self->detail == NULL)
    self->detail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace(self->detail, g_strdup(name), g_strdup(value));
}

static GBytes *
encode(const DsStatement *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  gsize size = 0;
  const void *detail =
      self->sealed_detail != NULL ? g_bytes_get_data(self->sealed_detail, &size) : NULL;

  ds_cbor_put_map(w, 11);
  ds_codec_put_head(w, self->format, self->suite);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_text(w, self->station);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_text(w, self->unit);
  ds_cbor_put_int(w, 5);
  ds_cbor_put_uint(w, self->seq);
  ds_cbor_put_int(w, 6);
  ds_cbor_put_digest(w, &self->bundle);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_uint(w, self->state);
  ds_cbor_put_int(w, 8);
  ds_codec_put_time(w, self->station_us, FALSE);
  ds_cbor_put_int(w, 9);
  ds_cbor_put_uint(w, self->directory_version);
  ds_cbor_put_int(w, 10);
  ds_codec_put_optional_digest(w, self->has_audit, &self->audit_head);
  ds_cbor_put_int(w, 11);
  if (detail != NULL)
    ds_cbor_put_bytes(w, detail, size);
  else
    ds_cbor_put_null(w);
  return ds_cbor_writer_finish(w, error);
}

static void
get_state(DsCborReader *r, DsStatement *self)
{
  const guint64 state = ds_cbor_get_uint(r, G_MAXINT32);

  if (!ds_cbor_reader_failed(r) && ds_state_word((DsState)state) == NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "state %" G_GUINT64_FORMAT " is not known here: update this program", state);
  self->state = (DsState)state;
}

static DsStatement *
decode(GBytes *payload, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_STATEMENT_MAX};
  g_autoptr(DsStatement) self = ds_statement_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, payload, "statement", &limits, error))
    return NULL;
  ds_cbor_enter_map(&r, DS_CBOR_ANY);
  ds_codec_get_head(&r, &self->format, &self->suite);
  ds_cbor_want_key(&r, 3, "station");
  self->station = ds_codec_get_id(&r);
  ds_cbor_want_key(&r, 4, "unit");
  self->unit = ds_codec_get_id(&r);
  ds_cbor_want_key(&r, 5, "seq");
  self->seq = ds_cbor_get_uint(&r, G_MAXINT64);
  if (self->seq == 0)
    ds_cbor_fail(&r, DS_ERROR_INVALID, "numbers begin with 1");
  ds_cbor_want_key(&r, 6, "bundle");
  ds_cbor_get_digest(&r, &self->bundle);
  ds_cbor_want_key(&r, 7, "state");
  get_state(&r, self);
  ds_cbor_want_key(&r, 8, "station-time");
  self->station_us = ds_codec_get_time(&r, FALSE);
  ds_cbor_want_key(&r, 9, "directory-version");
  self->directory_version = ds_cbor_get_uint(&r, G_MAXINT64);
  ds_cbor_want_key(&r, 10, "audit-head");
  ds_codec_get_optional_digest(&r, &self->has_audit, &self->audit_head);
  ds_cbor_want_key(&r, 11, "detail");
  if (!ds_cbor_get_null(&r))
    self->sealed_detail = ds_cbor_dup_bytes(&r, 1, DS_STATEMENT_MAX);
  ds_codec_refuse_crit(&r, 12);
  ds_cbor_leave(&r);
  return ds_cbor_reader_finish(&r, error) ? g_steal_pointer(&self) : NULL;
}

static gboolean
seal_detail(DsStatement *self, const DsKey *unit_key, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new_secret();
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  g_autoptr(DsSecret) plain = NULL;

  g_clear_pointer(&self->sealed_detail, g_bytes_unref);
  if (self->detail == NULL)
    return TRUE;
  if (unit_key == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "statement: a detail needs the unit's encryption key");
    return FALSE;
  }
  ds_cbor_put_text_map(w, self->detail);
  plain = ds_cbor_writer_finish_secret(w, error);
  if (plain == NULL) {
    g_prefix_error(error, "statement: detail: ");
    return FALSE;
  }
  g_ptr_array_add(recipients, (gpointer)unit_key);
  self->sealed_detail =
      ds_cose_encrypt(ds_secret_data(plain), ds_secret_size(plain), DETAIL_TYPE, recipients, error);
  return self->sealed_detail != NULL;
}

GBytes *
ds_statement_sign(DsStatement *self, const DsKey *unit_key, DsKey *key, GError **error)
{
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(DsStatement) check = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (!seal_detail(self, unit_key, error))
    return NULL;
  payload = encode(self, error);
  check = payload != NULL ? decode(payload, error) : NULL;
  if (check == NULL)
    return NULL;
  self->signer = *ds_key_kid(key);
  bytes = ds_cose_sign(DS_COSE_SIGN1, payload, TYPE, &key, 1, error);
  if (bytes == NULL || g_bytes_get_size(bytes) <= DS_STATEMENT_MAX)
    return g_steal_pointer(&bytes);
  g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
              "statement: %zu bytes, at most %u are allowed: shorten the text",
              g_bytes_get_size(bytes), DS_STATEMENT_MAX);
  return NULL;
}

static DsStatement *
parse(GBytes *bytes, DsCose **cose_out, GError **error)
{
  g_autoptr(DsCose) cose =
      ds_cose_parse(bytes, DS_COSE_SIGN1, "statement", DS_STATEMENT_MAX, DS_COSE_OWN, error);
  g_autoptr(GBytes) payload = cose != NULL ? ds_cose_content(cose) : NULL;
  DsStatement *self = payload != NULL ? decode(payload, error) : NULL;

  if (self == NULL)
    return NULL;
  self->signer = ds_cose_leaf_kid(cose, 0);
  if (cose_out != NULL)
    *cose_out = g_steal_pointer(&cose);
  return self;
}

DsStatement *
ds_statement_parse(GBytes *bytes, GError **error)
{
  return parse(bytes, NULL, error);
}

GBytes *
ds_statement_sign_again(GBytes *bytes, DsKey *key, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsStatement) self = parse(bytes, &cose, error);
  g_autoptr(GBytes) payload = self != NULL ? ds_cose_content(cose) : NULL;

  return payload != NULL ? ds_cose_sign(DS_COSE_SIGN1, payload, TYPE, &key, 1, error) : NULL;
}

static gboolean
check_parties(const DsStatement *self, const DsDirectory *directory, const char *unit,
              GError **error)
{
  if (strcmp(self->station, directory->station) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "statement: is by station \"%s\", this unit belongs to \"%s\"", self->station,
                directory->station);
    return FALSE;
  }
  if (strcmp(self->unit, unit) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "statement: is for unit \"%s\", this is \"%s\"",
                self->unit, unit);
    return FALSE;
  }
  return TRUE;
}

/* What a key said in its time stays said. */
static gboolean
check_retired(const DsStatement *self, const DsReceiptKey *receipt, GError **error)
{
  char hex[DS_KID_HEX_SIZE];

  if (receipt->retired_us == 0 || self->station_us <= receipt->retired_us)
    return TRUE;
  g_autofree char *retired = ds_clock_format(receipt->retired_us);
  g_autofree char *said = ds_clock_format(self->station_us);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "statement: key %s was retired at %s, this was signed with it at %s",
              ds_kid_to_hex(&self->signer, hex), retired, said);
  return FALSE;
}

DsStatement *
ds_statement_verify(GBytes *bytes, const DsDirectory *directory, const char *unit, GError **error)
{
  g_autoptr(DsCose) cose = NULL;
  g_autoptr(DsStatement) self = parse(bytes, &cose, error);
  g_autoptr(GBytes) aad = ds_cose_context(TYPE);
  const DsReceiptKey *receipt;
  char hex[DS_KID_HEX_SIZE];

  if (self == NULL || !check_parties(self, directory, unit, error))
    return NULL;
  receipt = ds_directory_find_receipt_key(directory, &self->signer);
  if (receipt == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "statement: key %s is not a receipt key of directory version %" G_GUINT64_FORMAT,
                ds_kid_to_hex(&self->signer, hex), directory->version);
    return NULL;
  }
  if ((receipt->states & DS_STATE_BIT(self->state)) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "statement: key %s may not say \"%s\"",
                ds_kid_to_hex(&self->signer, hex), ds_state_word(self->state));
    return NULL;
  }
  if (!check_retired(self, receipt, error))
    return NULL;
  return ds_cose_verify(cose, 0, aad, receipt->key, error) ? g_steal_pointer(&self) : NULL;
}

gboolean
ds_statement_open_detail(DsStatement *self, DsKey *unit_key, GError **error)
{
  g_autoptr(DsSecret) plain = NULL;
  g_autoptr(GHashTable) detail = NULL;
  g_auto(DsCborReader) r = {0};

  if (self->sealed_detail == NULL)
    return TRUE;
  plain = ds_cose_open_encrypt(self->sealed_detail, "statement detail", DS_STATEMENT_MAX,
                               DETAIL_TYPE, unit_key, error);
  if (plain == NULL || !ds_cbor_reader_init(&r, ds_secret_data(plain), ds_secret_size(plain),
                                            "statement detail", NULL, error))
    return FALSE;
  detail = ds_cbor_dup_text_map(&r, DETAIL_PAIRS_MAX, DS_FIELD_MAX);
  if (!ds_cbor_reader_finish(&r, error))
    return FALSE;
  g_clear_pointer(&self->detail, g_hash_table_unref);
  self->detail = g_steal_pointer(&detail);
  return TRUE;
}
