/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/error.h"
#include "bundle/codec.h"
#include "bundle/manifest-private.h"

static void
put_signers(DsCborWriter *w, GArray *signers)
{
  ds_cbor_put_array(w, signers->len);
  for (guint i = 0; i < signers->len; i++) {
    const DsSigner *signer = &g_array_index(signers, DsSigner, i);

    ds_cbor_put_array(w, 2);
    ds_cbor_put_uint(w, signer->role);
    ds_codec_put_kid(w, &signer->kid);
  }
}

static void
put_time(DsCborWriter *w, const DsManifest *self)
{
  ds_cbor_put_array(w, self->newest_us != 0 ? 5 : 4);
  ds_codec_put_time(w, self->time.wall_us, FALSE);
  ds_codec_put_time(w, self->time.boot_us, FALSE);
  ds_cbor_put_text(w, self->time.boot_id);
  ds_codec_put_time(w, self->station_us, TRUE);
  if (self->newest_us != 0)
    ds_codec_put_time(w, self->newest_us, FALSE);
}

GBytes *
ds_manifest_encode(const DsManifest *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 13);
  ds_codec_put_head(w, self->format, self->suite);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_text(w, self->unit);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_uint(w, self->seq);
  ds_cbor_put_int(w, 5);
  ds_codec_put_optional_digest(w, self->has_prev, &self->prev);
  ds_cbor_put_int(w, 6);
  ds_cbor_put_uint(w, self->kind);
  ds_cbor_put_int(w, 7);
  ds_codec_put_optional_digest(w, self->has_replaces, &self->replaces);
  ds_cbor_put_int(w, 8);
  put_signers(w, self->signers);
  ds_cbor_put_int(w, 9);
  ds_codec_put_ref(w, &self->record, self->record_size);
  ds_cbor_put_int(w, 10);
  ds_codec_put_refs(w, self->chunks);
  ds_cbor_put_int(w, 11);
  ds_cbor_put_uint(w, self->directory_version);
  ds_cbor_put_int(w, 12);
  ds_codec_put_optional_digest(w, self->has_audit, &self->audit_head);
  ds_cbor_put_int(w, 13);
  put_time(w, self);
  return ds_cbor_writer_finish(w, error);
}

static void
get_signer(DsCborReader *r, GArray *signers)
{
  DsSigner signer = {0};
  guint64 role;

  ds_cbor_enter_array(r, 2, 2);
  role = ds_cbor_get_uint(r, G_MAXUINT32);
  if (!ds_cbor_reader_failed(r) && ds_role_word((DsRole)role) == NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "role %" G_GUINT64_FORMAT " is not known here: update this program", role);
  signer.role = (DsRole)role;
  ds_codec_get_kid(r, &signer.kid);
  ds_cbor_leave(r);
  for (guint i = 0; i < signers->len; i++)
    if (ds_kid_equal(&g_array_index(signers, DsSigner, i).kid, &signer.kid))
      ds_cbor_fail(r, DS_ERROR_INVALID, "one key stands for two signers");
  g_array_append_val(signers, signer);
}

/* Who has to sign what: one unit and at least one officer a case, one unit and the two officers a
 * trip that changes hands, the station a dispatch. */
static const char *
missing_role(const DsManifest *self)
{
  guint counts[DS_ROLE_STATION + 1] = {0};

  for (guint i = 0; i < self->signers->len; i++)
    counts[g_array_index(self->signers, DsSigner, i).role]++;
  if (self->kind == DS_BUNDLE_DISPATCH)
    return counts[DS_ROLE_STATION] == 1 && self->signers->len == 1
               ? NULL
               : "a dispatch is signed by exactly one station key";
  if (self->kind == DS_BUNDLE_TRIP)
    return counts[DS_ROLE_UNIT] == 1 && counts[DS_ROLE_OFFICER] == 2 && self->signers->len == 3
               ? NULL
               : "a trip that changes hands is signed by one unit and two officers";
  if (counts[DS_ROLE_UNIT] != 1)
    return "a case is signed by exactly one unit: its signature is missing or doubled";
  if (counts[DS_ROLE_OFFICER] == 0)
    return "the officer's signature is missing";
  return counts[DS_ROLE_STATION] == 0 ? NULL : "a station key does not sign cases";
}

static void
get_signers(DsCborReader *r, DsManifest *self)
{
  const gsize count = ds_cbor_enter_array(r, 1, DS_MANIFEST_SIGNERS_MAX);
  const char *problem;

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++)
    get_signer(r, self->signers);
  ds_cbor_leave(r);
  if (ds_cbor_reader_failed(r))
    return;
  problem = missing_role(self);
  if (problem != NULL)
    ds_cbor_fail(r, DS_ERROR_INVALID, "%s", problem);
}

static void
get_chunks(DsCborReader *r, DsManifest *self)
{
  g_array_unref(self->chunks);
  self->chunks = ds_codec_get_refs(r, 0, DS_MANIFEST_CHUNKS_MAX);
  for (guint i = 1; i < self->chunks->len; i++)
    if (ds_digest_compare(&g_array_index(self->chunks, DsChunkRef, i - 1).sha256,
                          &g_array_index(self->chunks, DsChunkRef, i).sha256) >= 0) {
      ds_cbor_fail(r, DS_ERROR_INVALID, "chunk %u is out of order or doubled", i);
      return;
    }
}

static void
get_time(DsCborReader *r, DsManifest *self)
{
  g_autofree char *boot_id = NULL;

  const gsize count = ds_cbor_enter_array(r, 4, 5);
  self->time.wall_us = ds_codec_get_time(r, FALSE);
  self->time.boot_us = ds_codec_get_time(r, FALSE);
  boot_id = ds_cbor_dup_text(r, 0, sizeof self->time.boot_id - 1);
  g_strlcpy(self->time.boot_id, boot_id, sizeof self->time.boot_id);
  self->station_us = ds_codec_get_time(r, TRUE);
  if (count == 5) {
    self->newest_us = ds_codec_get_time(r, FALSE);
    if (!ds_cbor_reader_failed(r) && self->newest_us <= self->time.wall_us)
      ds_cbor_fail(r, DS_ERROR_INVALID,
                   "the newest time seen stands there only when the clock was behind it");
  }
  ds_cbor_leave(r);
}

static void
get_kind(DsCborReader *r, DsManifest *self)
{
  const guint64 kind = ds_cbor_get_uint(r, G_MAXUINT32);

  if (!ds_cbor_reader_failed(r) && ds_bundle_kind_word((DsBundleKind)kind) == NULL)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "kind %" G_GUINT64_FORMAT " is not known here: update this program", kind);
  self->kind = (DsBundleKind)kind;
}

static void
get_order(DsCborReader *r, DsManifest *self)
{
  ds_cbor_want_key(r, 4, "seq");
  self->seq = ds_cbor_get_uint(r, G_MAXINT64);
  if (self->seq == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "numbers begin with 1");
  ds_cbor_want_key(r, 5, "prev");
  ds_codec_get_optional_digest(r, &self->has_prev, &self->prev);
  if (self->has_prev != (self->seq > 1))
    ds_cbor_fail(r, DS_ERROR_INVALID, "only bundle 1 has no bundle before it");
}

static void
decode_fields(DsCborReader *r, DsManifest *self)
{
  ds_cbor_enter_map(r, DS_CBOR_ANY);
  ds_codec_get_head(r, &self->format, &self->suite);
  ds_cbor_want_key(r, 3, "unit");
  self->unit = ds_codec_get_id(r);
  get_order(r, self);
  ds_cbor_want_key(r, 6, "kind");
  get_kind(r, self);
  ds_cbor_want_key(r, 7, "replaces");
  ds_codec_get_optional_digest(r, &self->has_replaces, &self->replaces);
  if (self->has_replaces && self->kind != DS_BUNDLE_CASE)
    ds_cbor_fail(r, DS_ERROR_INVALID, "a %s replaces nothing", ds_bundle_kind_word(self->kind));
  ds_cbor_want_key(r, 8, "signers");
  get_signers(r, self);
  ds_cbor_want_key(r, 9, "record");
  ds_codec_get_ref(r, &self->record, &self->record_size, DS_RECORD_MAX);
  ds_cbor_want_key(r, 10, "chunks");
  get_chunks(r, self);
  ds_cbor_want_key(r, 11, "directory-version");
  self->directory_version = ds_cbor_get_uint(r, G_MAXINT64);
  ds_cbor_want_key(r, 12, "audit-head");
  ds_codec_get_optional_digest(r, &self->has_audit, &self->audit_head);
  ds_cbor_want_key(r, 13, "time");
  get_time(r, self);
  ds_codec_refuse_crit(r, 14);
  ds_cbor_leave(r);
}

DsManifest *
ds_manifest_decode(GBytes *payload, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_MANIFEST_MAX};
  g_autoptr(DsManifest) self = ds_manifest_new();
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, payload, "manifest", &limits, error))
    return NULL;
  decode_fields(&r, self);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  self->id = ds_digest_of_bytes(payload);
  return g_steal_pointer(&self);
}
