/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handover's payload: written, and read back as strictly as a stranger's. */
#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/handover-private.h"

static void
put_officer(DsCborWriter *w, gint64 key, const char *number, const DsKid *kid)
{
  ds_cbor_put_int(w, key);
  ds_cbor_put_array(w, 2);
  ds_cbor_put_text(w, number);
  ds_codec_put_kid(w, kid);
}

static void
put_receipts(DsCborWriter *w, GPtrArray *receipts)
{
  ds_cbor_put_array(w, receipts->len);
  for (guint i = 0; i < receipts->len; i++) {
    const DsHandoverReceipts *of = receipts->pdata[i];

    ds_cbor_put_array(w, 5);
    ds_cbor_put_text(w, of->series);
    ds_cbor_put_uint(w, of->count);
    ds_cbor_put_text(w, of->first);
    ds_cbor_put_text(w, of->last);
    ds_cbor_put_uint(w, of->fen);
  }
}

static void
put_cases(DsCborWriter *w, GPtrArray *cases)
{
  ds_cbor_put_array(w, cases->len);
  for (guint i = 0; i < cases->len; i++) {
    const DsHandoverCase *of = cases->pdata[i];

    ds_cbor_put_array(w, 3);
    ds_cbor_put_text(w, of->local_number);
    ds_cbor_put_text(w, of->state);
    ds_codec_put_optional_digest(w, of->has_bundle, &of->bundle);
  }
}

static void
put_amount(DsCborWriter *w, gint64 key, guint64 amount)
{
  ds_cbor_put_int(w, key);
  ds_cbor_put_uint(w, amount);
}

static void
put_text(DsCborWriter *w, gint64 key, const char *text)
{
  ds_cbor_put_int(w, key);
  ds_cbor_put_text(w, text);
}

GBytes *
ds_handover_encode(const DsHandover *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 15);
  ds_codec_put_head(w, self->format, self->suite);
  put_text(w, 3, self->unit);
  put_text(w, 4, self->trip);
  put_text(w, 5, self->name);
  ds_cbor_put_int(w, 6);
  ds_cbor_put_array(w, 4);
  ds_codec_put_time(w, self->time.wall_us, FALSE);
  ds_codec_put_time(w, self->time.boot_us, FALSE);
  ds_cbor_put_text(w, self->time.boot_id);
  ds_codec_put_time(w, self->station_us, TRUE);
  put_officer(w, 7, self->from, &self->from_kid);
  put_officer(w, 8, self->to, &self->to_kid);
  put_amount(w, 9, self->cash_fen);
  put_amount(w, 10, self->refund_owed_fen);
  put_amount(w, 11, self->cards);
  ds_cbor_put_int(w, 12);
  put_receipts(w, self->receipts);
  ds_cbor_put_int(w, 13);
  put_cases(w, self->cases);
  ds_cbor_put_int(w, 14);
  ds_codec_put_optional_digest(w, self->has_audit, &self->audit_head);
  put_text(w, 15, self->remark != NULL ? self->remark : "");
  return ds_cbor_writer_finish(w, error);
}

static char *
get_text(DsCborReader *r, gint64 key, const char *name, gsize min, gsize max)
{
  ds_cbor_want_key(r, key, name);
  return ds_cbor_dup_text(r, min, max);
}

static char *
get_officer(DsCborReader *r, gint64 key, const char *name, DsKid *kid)
{
  char *number;

  ds_cbor_want_key(r, key, name);
  ds_cbor_enter_array(r, 2, 2);
  number = ds_cbor_dup_text(r, 1, DS_ID_MAX);
  ds_codec_get_kid(r, kid);
  ds_cbor_leave(r);
  return number;
}

static void
get_time(DsCborReader *r, DsHandover *self)
{
  g_autofree char *boot_id = NULL;

  ds_cbor_want_key(r, 6, "time");
  ds_cbor_enter_array(r, 4, 4);
  self->time.wall_us = ds_codec_get_time(r, FALSE);
  self->time.boot_us = ds_codec_get_time(r, FALSE);
  boot_id = ds_cbor_dup_text(r, 0, sizeof self->time.boot_id - 1);
  g_strlcpy(self->time.boot_id, boot_id, sizeof self->time.boot_id);
  self->station_us = ds_codec_get_time(r, TRUE);
  ds_cbor_leave(r);
}

static guint64
get_amount(DsCborReader *r, gint64 key, const char *name)
{
  ds_cbor_want_key(r, key, name);
  return ds_cbor_get_uint(r, G_MAXINT64);
}

static void
get_receipts(DsCborReader *r, DsHandover *self)
{
  ds_cbor_want_key(r, 12, "receipts");
  const gsize count = ds_cbor_enter_array(r, 0, DS_HANDOVER_SERIES_MAX);
  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsHandoverReceipts *of = ds_handover_add_receipts(self, NULL, 0, NULL, NULL, 0);

    ds_cbor_enter_array(r, 5, 5);
    of->series = ds_cbor_dup_text(r, 0, 128);
    of->count = ds_cbor_get_uint(r, G_MAXINT64);
    of->first = ds_cbor_dup_text(r, 1, 128);
    of->last = ds_cbor_dup_text(r, 1, 128);
    of->fen = ds_cbor_get_uint(r, G_MAXINT64);
    ds_cbor_leave(r);
  }
  ds_cbor_leave(r);
}

static void
get_cases(DsCborReader *r, DsHandover *self)
{
  ds_cbor_want_key(r, 13, "cases");
  const gsize count = ds_cbor_enter_array(r, 0, DS_HANDOVER_CASES_MAX);
  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsHandoverCase *of = ds_handover_add_case(self, NULL, NULL, NULL);

    ds_cbor_enter_array(r, 3, 3);
    of->local_number = ds_cbor_dup_text(r, 1, DS_ID_MAX);
    of->state = ds_cbor_dup_text(r, 1, DS_ID_MAX);
    ds_codec_get_optional_digest(r, &of->has_bundle, &of->bundle);
    ds_cbor_leave(r);
  }
  ds_cbor_leave(r);
}

static void
decode_fields(DsCborReader *r, DsHandover *self)
{
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_codec_get_head(r, &self->format, &self->suite);
  ds_cbor_want_key(r, 3, "unit");
  self->unit = ds_codec_get_id(r);
  self->trip = get_text(r, 4, "trip", 1, DS_ID_MAX);
  self->name = get_text(r, 5, "name", 0, DS_NAME_MAX);
  get_time(r, self);
  self->from = get_officer(r, 7, "from", &self->from_kid);
  self->to = get_officer(r, 8, "to", &self->to_kid);
  if (!ds_cbor_reader_failed(r) && g_str_equal(self->from, self->to))
    ds_cbor_fail(r, DS_ERROR_INVALID, "a trip is handed over to another officer");
  self->cash_fen = get_amount(r, 9, "cash");
  self->refund_owed_fen = get_amount(r, 10, "refund-owed");
  self->cards = get_amount(r, 11, "cards");
  get_receipts(r, self);
  get_cases(r, self);
  ds_cbor_want_key(r, 14, "audit-head");
  ds_codec_get_optional_digest(r, &self->has_audit, &self->audit_head);
  self->remark = get_text(r, 15, "remark", 0, 4096);
  ds_codec_refuse_crit(r, 16);
  ds_cbor_leave(r);
}

DsHandover *
ds_handover_decode(GBytes *payload, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_HANDOVER_MAX};
  g_autoptr(DsHandover) self = ds_handover_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, payload, "handover", &limits, error))
    return NULL;
  decode_fields(&r, self);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  self->digest = ds_digest_of_bytes(payload);
  return g_steal_pointer(&self);
}
