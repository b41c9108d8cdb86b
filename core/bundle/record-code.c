/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record's plaintext: written, and read back as strictly as a stranger's. */
#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/record-private.h"

#define PART_KEY_SIZE 32u

static void
put_named_text(DsCborWriter *w, gint64 key, const char *text)
{
  ds_cbor_put_int(w, key);
  ds_cbor_put_text(w, text);
}

static void
put_case(DsCborWriter *w, const DsRecordCase *self)
{
  if (self == NULL) {
    ds_cbor_put_null(w);
    return;
  }
  ds_cbor_put_map(w, 10);
  put_named_text(w, 1, self->local_number);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_uint(w, self->version);
  put_named_text(w, 3, self->trip);
  put_named_text(w, 4, self->service);
  put_named_text(w, 5, self->pack);
  put_named_text(w, 6, self->pack_version);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_digest(w, &self->pack_digest);
  put_named_text(w, 8, self->day);
  put_named_text(w, 9, self->officer);
  ds_cbor_put_int(w, 10);
  ds_cbor_put_uint(w, self->outcome);
}

static void
put_findings(DsCborWriter *w, GPtrArray *findings)
{
  ds_cbor_put_array(w, findings->len);
  for (guint i = 0; i < findings->len; i++) {
    const DsRecordFinding *finding = findings->pdata[i];

    ds_cbor_put_array(w, 3);
    ds_cbor_put_text(w, finding->kind);
    ds_cbor_put_text(w, finding->code);
    ds_cbor_put_text(w, finding->subject);
  }
}

static void
put_decisions(DsCborWriter *w, GPtrArray *decisions)
{
  ds_cbor_put_array(w, decisions->len);
  for (guint i = 0; i < decisions->len; i++) {
    const DsRecordDecision *decision = decisions->pdata[i];

    ds_cbor_put_array(w, 5);
    ds_cbor_put_text(w, decision->code);
    ds_cbor_put_text(w, decision->subject);
    ds_cbor_put_text(w, decision->reason);
    ds_cbor_put_text(w, decision->officer);
    ds_codec_put_time(w, decision->at_us, FALSE);
  }
}

static void
put_part(DsCborWriter *w, const DsRecordPart *part, gboolean with_keys)
{
  ds_cbor_put_map(w, 9);
  put_named_text(w, 1, part->id);
  put_named_text(w, 2, part->slot);
  put_named_text(w, 3, part->kind);
  put_named_text(w, 4, part->media_type);
  ds_cbor_put_int(w, 5);
  ds_cbor_put_text_map(w, part->attributes);
  ds_cbor_put_int(w, 6);
  ds_codec_put_refs(w, part->chunks);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_digest(w, &part->sha256);
  ds_cbor_put_int(w, 8);
  ds_cbor_put_uint(w, part->length);
  if (part->from_part != NULL) {
    ds_cbor_put_int(w, 10);
    ds_cbor_put_array(w, 2);
    ds_cbor_put_digest(w, &part->from_bundle);
    ds_cbor_put_text(w, part->from_part);
    return;
  }
  ds_cbor_put_int(w, 9);
  if (with_keys && part->key != NULL)
    ds_cbor_put_bytes(w, ds_secret_data(part->key), ds_secret_size(part->key));
  else
    ds_cbor_put_null(w);
}

DsSecret *
ds_record_encode(const DsRecord *self, gboolean with_keys, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new_secret();
  g_autoptr(DsSecret) plain = NULL;
  g_autoptr(DsRecord) check = NULL;

  ds_cbor_put_map(w, 11);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_uint(w, self->format);
  put_named_text(w, 2, self->unit);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_uint(w, self->seq);
  ds_cbor_put_int(w, 4);
  ds_codec_put_optional_digest(w, self->has_prev, &self->prev);
  ds_cbor_put_int(w, 5);
  ds_cbor_put_uint(w, self->kind);
  ds_cbor_put_int(w, 6);
  put_case(w, self->application);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_text_map(w, self->fields);
  ds_cbor_put_int(w, 8);
  ds_cbor_put_text_map(w, self->facts);
  ds_cbor_put_int(w, 9);
  put_findings(w, self->findings);
  ds_cbor_put_int(w, 10);
  put_decisions(w, self->decisions);
  ds_cbor_put_int(w, 11);
  ds_cbor_put_array(w, self->parts->len);
  for (guint i = 0; i < self->parts->len; i++)
    put_part(w, self->parts->pdata[i], with_keys);
  plain = ds_cbor_writer_finish_secret(w, error);
  if (plain == NULL) {
    g_prefix_error(error, "record: ");
    return NULL;
  }
  if (!with_keys)
    return g_steal_pointer(&plain);
  check = ds_record_decode(ds_secret_data(plain), ds_secret_size(plain), error);
  return check != NULL ? g_steal_pointer(&plain) : NULL;
}

static char *
get_named_text(DsCborReader *r, gint64 key, const char *name, gsize min, gsize max)
{
  ds_cbor_want_key(r, key, name);
  return ds_cbor_dup_text(r, min, max);
}

static DsRecordCase *
get_case(DsCborReader *r)
{
  DsRecordCase *self;
  GDate day;
  guint64 outcome;

  if (ds_cbor_get_null(r))
    return NULL;
  self = g_new0(DsRecordCase, 1);
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  self->local_number = get_named_text(r, 1, "local-number", 1, DS_ID_MAX);
  ds_cbor_want_key(r, 2, "version");
  self->version = (guint)ds_cbor_get_uint(r, G_MAXINT32);
  if (self->version == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "versions begin with 1");
  self->trip = get_named_text(r, 3, "trip", 0, DS_ID_MAX);
  self->service = get_named_text(r, 4, "service", 1, DS_ID_MAX);
  self->pack = get_named_text(r, 5, "pack", 1, DS_ID_MAX);
  self->pack_version = get_named_text(r, 6, "pack-version", 1, DS_ID_MAX);
  ds_cbor_want_key(r, 7, "pack-digest");
  ds_cbor_get_digest(r, &self->pack_digest);
  self->day = get_named_text(r, 8, "day", 10, 10);
  if (!ds_cbor_reader_failed(r) && !ds_date_parse(&day, self->day))
    ds_cbor_fail(r, DS_ERROR_INVALID, "is no date like 2026-09-01");
  self->officer = get_named_text(r, 9, "officer", 1, DS_ID_MAX);
  ds_cbor_want_key(r, 10, "outcome");
  outcome = ds_cbor_get_uint(r, G_MAXINT32);
  if (!ds_cbor_reader_failed(r) && ds_case_outcome_word((DsCaseOutcome)outcome) == NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "outcome %" G_GUINT64_FORMAT " is not known here",
                 outcome);
  self->outcome = (DsCaseOutcome)outcome;
  ds_cbor_leave(r);
  return self;
}

static void
get_texts(DsCborReader *r, GHashTable *texts, gsize max_pairs, gsize max_value)
{
  const char *key;
  gsize size;

  ds_cbor_enter_map(r, max_pairs);
  while (ds_cbor_next_text_key(r, &key, &size)) {
    if (size < 1 || size > 128)
      ds_cbor_fail(r, size > 128 ? DS_ERROR_TOO_LARGE : DS_ERROR_INVALID,
                   "a name of %zu bytes, allowed are 1 to 128", size);
    g_hash_table_insert(texts, g_strndup(key, size), ds_cbor_dup_text(r, 0, max_value));
  }
  ds_cbor_leave(r);
}

static void
get_findings(DsCborReader *r, GPtrArray *findings)
{
  const gsize count = ds_cbor_enter_array(r, 0, DS_RECORD_FINDINGS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsRecordFinding *finding = g_new0(DsRecordFinding, 1);

    g_ptr_array_add(findings, finding);
    ds_cbor_enter_array(r, 3, 3);
    finding->kind = ds_cbor_dup_text(r, 1, DS_ID_MAX);
    finding->code = ds_cbor_dup_text(r, 1, 128);
    finding->subject = ds_cbor_dup_text(r, 0, 128);
    ds_cbor_leave(r);
  }
  ds_cbor_leave(r);
}

static void
get_decisions(DsCborReader *r, GPtrArray *decisions)
{
  const gsize count = ds_cbor_enter_array(r, 0, DS_RECORD_DECISIONS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsRecordDecision *decision = g_new0(DsRecordDecision, 1);

    g_ptr_array_add(decisions, decision);
    ds_cbor_enter_array(r, 5, 5);
    decision->code = ds_cbor_dup_text(r, 1, 128);
    decision->subject = ds_cbor_dup_text(r, 0, 128);
    decision->reason = ds_cbor_dup_text(r, 0, DS_FIELD_MAX);
    decision->officer = ds_cbor_dup_text(r, 0, DS_ID_MAX);
    decision->at_us = ds_codec_get_time(r, FALSE);
    ds_cbor_leave(r);
  }
  ds_cbor_leave(r);
}

static void
get_key_or_origin(DsCborReader *r, DsRecordPart *part)
{
  if (ds_cbor_has_key(r, 9, "key")) {
    part->key = ds_cbor_dup_secret(r, PART_KEY_SIZE, PART_KEY_SIZE);
    return;
  }
  ds_cbor_want_key(r, 10, "from");
  ds_cbor_enter_array(r, 2, 2);
  ds_cbor_get_digest(r, &part->from_bundle);
  part->from_part = ds_cbor_dup_text(r, 1, DS_ID_MAX);
  ds_cbor_leave(r);
}

/* A part's length fixes how many chunks it has and how much is in them. */
static void
check_lengths(DsCborReader *r, const DsRecordPart *part)
{
  const guint64 full = part->length > 0 ? (part->length - 1) / DS_CHUNK_PLAIN : 0;

  if (!ds_cbor_reader_failed(r) && part->chunks->len != full + 1)
    ds_cbor_fail(r, DS_ERROR_INVALID, "%u chunks do not hold %" G_GUINT64_FORMAT " bytes",
                 part->chunks->len, part->length);
}

static void
get_part(DsCborReader *r, const DsRecord *self, DsRecordPart *part)
{
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  part->id = get_named_text(r, 1, "id", 1, DS_ID_MAX);
  if (ds_record_find_part(self, part->id) != part)
    ds_cbor_fail(r, DS_ERROR_INVALID, "two parts have this id");
  part->slot = get_named_text(r, 2, "slot", 1, DS_ID_MAX);
  if (!ds_cbor_reader_failed(r) && !ds_record_slot_is_known(self->kind, part->slot))
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "slot \"%s\" is not one of this kind of bundle",
                 part->slot);
  part->kind = get_named_text(r, 3, "kind", 0, DS_ID_MAX);
  part->media_type = get_named_text(r, 4, "media-type", 1, 128);
  ds_cbor_want_key(r, 5, "attributes");
  get_texts(r, part->attributes, DS_PART_ATTRIBUTES_MAX, 4096);
  ds_cbor_want_key(r, 6, "chunks");
  g_array_unref(part->chunks);
  part->chunks = ds_codec_get_refs(r, 1, DS_PART_CHUNKS_MAX);
  ds_cbor_want_key(r, 7, "sha256");
  ds_cbor_get_digest(r, &part->sha256);
  ds_cbor_want_key(r, 8, "length");
  part->length = ds_cbor_get_uint(r, DS_PART_MAX);
  check_lengths(r, part);
  get_key_or_origin(r, part);
  ds_cbor_leave(r);
}

static void
get_parts(DsCborReader *r, DsRecord *self)
{
  const gsize count = ds_cbor_enter_array(r, 0, DS_RECORD_PARTS_MAX);

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsRecordPart *part = ds_record_part_new();

    g_ptr_array_add(self->parts, part);
    get_part(r, self, part);
  }
  ds_cbor_leave(r);
}

static void
get_head(DsCborReader *r, DsRecord *self)
{
  guint64 kind;

  ds_cbor_want_key(r, 1, "format");
  self->format = (guint)ds_cbor_get_uint(r, G_MAXINT32);
  if (!ds_cbor_reader_failed(r) && self->format != 1)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "format %u is not known here: update this program",
                 self->format);
  ds_cbor_want_key(r, 2, "unit");
  self->unit = ds_codec_get_id(r);
  ds_cbor_want_key(r, 3, "seq");
  self->seq = ds_cbor_get_uint(r, G_MAXINT64);
  ds_cbor_want_key(r, 4, "prev");
  ds_codec_get_optional_digest(r, &self->has_prev, &self->prev);
  ds_cbor_want_key(r, 5, "kind");
  kind = ds_cbor_get_uint(r, G_MAXINT32);
  if (!ds_cbor_reader_failed(r) && ds_bundle_kind_word((DsBundleKind)kind) == NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED, "kind %" G_GUINT64_FORMAT " is not known here", kind);
  self->kind = (DsBundleKind)kind;
}

static void
decode_fields(DsCborReader *r, DsRecord *self)
{
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  get_head(r, self);
  ds_cbor_want_key(r, 6, "case");
  self->application = get_case(r);
  if ((self->application != NULL) != (self->kind == DS_BUNDLE_CASE))
    ds_cbor_fail(r, DS_ERROR_INVALID, "a case describes itself, another bundle has no case");
  ds_cbor_want_key(r, 7, "fields");
  get_texts(r, self->fields, DS_RECORD_FIELDS_MAX, DS_FIELD_MAX);
  ds_cbor_want_key(r, 8, "facts");
  get_texts(r, self->facts, DS_RECORD_FIELDS_MAX, DS_FIELD_MAX);
  ds_cbor_want_key(r, 9, "findings");
  get_findings(r, self->findings);
  ds_cbor_want_key(r, 10, "decisions");
  get_decisions(r, self->decisions);
  ds_cbor_want_key(r, 11, "parts");
  get_parts(r, self);
  ds_codec_refuse_crit(r, 12);
  ds_cbor_leave(r);
}

DsRecord *
ds_record_decode(const void *data, gsize size, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_RECORD_MAX};
  g_autoptr(DsRecord) self = ds_record_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init(&r, data, size, "record", &limits, error))
    return NULL;
  decode_fields(&r, self);
  return ds_cbor_reader_finish(&r, error) ? g_steal_pointer(&self) : NULL;
}
