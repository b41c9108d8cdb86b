/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "golden.h"

#include <string.h>

#include "base/files.h"

GBytes *
golden_from_hex(const char *hex)
{
  GByteArray *bytes = g_byte_array_new();

  for (; hex[0] != '\0'; hex += 2) {
    guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));

    g_byte_array_append(bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes(bytes);
}

void
golden_require(gboolean fine, GError *error)
{
  if (!fine)
    g_error("%s", error != NULL ? error->message : "failed");
}

DsKey *
golden_key(const char *name)
{
  g_autofree char *seed = g_strconcat("doorstep golden key ", name, NULL);
  const DsDigest digest = ds_digest_of(seed, strlen(seed));
  g_autoptr(DsSecret) number = ds_secret_from_bytes(digest.bytes, sizeof digest.bytes);
  GError *error = NULL;
  DsKey *key = ds_key_from_private(number, &error);

  golden_require(key != NULL, error);
  return key;
}

GBytes *
golden_read(const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat(name, ".cbor", NULL);
  g_autofree char *path = g_build_filename(folder, file, NULL);
  GError *error = NULL;
  GBytes *bytes = ds_files_read(path, 16u * 1024 * 1024, &error);

  golden_require(bytes != NULL, error);
  return bytes;
}

static void
set_text(JsonBuilder *b, const char *name, const char *value)
{
  json_builder_set_member_name(b, name);
  json_builder_add_string_value(b, value);
}

static void
set_number(JsonBuilder *b, const char *name, gint64 value)
{
  json_builder_set_member_name(b, name);
  json_builder_add_int_value(b, value);
}

static void
add_kid(JsonBuilder *b, const DsKid *kid)
{
  char hex[DS_KID_HEX_SIZE];

  json_builder_add_string_value(b, ds_kid_to_hex(kid, hex));
}

static void
set_key(JsonBuilder *b, const char *name, const DsKey *key)
{
  json_builder_set_member_name(b, name);
  add_kid(b, ds_key_kid(key));
}

static void
add_digest(JsonBuilder *b, gboolean has, const DsDigest *digest)
{
  char hex[DS_DIGEST_HEX_SIZE];

  if (has)
    json_builder_add_string_value(b, ds_digest_to_hex(digest, hex));
  else
    json_builder_add_null_value(b);
}

static void
set_digest(JsonBuilder *b, const char *name, gboolean has, const DsDigest *digest)
{
  json_builder_set_member_name(b, name);
  add_digest(b, has, digest);
}

static void
set_keys(JsonBuilder *b, const char *name, GPtrArray *keys)
{
  json_builder_set_member_name(b, name);
  json_builder_begin_array(b);
  for (guint i = 0; i < keys->len; i++)
    add_kid(b, ds_key_kid(keys->pdata[i]));
  json_builder_end_array(b);
}

static void
set_refs(JsonBuilder *b, const char *name, GArray *refs)
{
  json_builder_set_member_name(b, name);
  json_builder_begin_array(b);
  for (guint i = 0; i < refs->len; i++) {
    const DsChunkRef *ref = &g_array_index(refs, DsChunkRef, i);

    json_builder_begin_array(b);
    add_digest(b, TRUE, &ref->sha256);
    json_builder_add_int_value(b, (gint64)ref->size);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

static void
set_texts(JsonBuilder *b, const char *name, GHashTable *texts)
{
  GHashTableIter iter;
  gpointer key, value;

  json_builder_set_member_name(b, name);
  if (texts == NULL) {
    json_builder_add_null_value(b);
    return;
  }
  json_builder_begin_object(b);
  g_hash_table_iter_init(&iter, texts);
  while (g_hash_table_iter_next(&iter, &key, &value))
    set_text(b, key, value);
  json_builder_end_object(b);
}

static void
set_officers(JsonBuilder *b, GPtrArray *officers)
{
  json_builder_set_member_name(b, "officers");
  json_builder_begin_array(b);
  for (guint i = 0; i < officers->len; i++) {
    const DsOfficerEntry *officer = officers->pdata[i];

    json_builder_begin_object(b);
    set_text(b, "number", officer->number);
    set_text(b, "name", officer->name);
    set_number(b, "role", officer->role);
    set_key(b, "key", officer->key);
    set_number(b, "revoked", officer->revoked_us);
    json_builder_end_object(b);
  }
  json_builder_end_array(b);
}

static void
set_units(JsonBuilder *b, GPtrArray *units)
{
  json_builder_set_member_name(b, "units");
  json_builder_begin_array(b);
  for (guint i = 0; i < units->len; i++) {
    const DsUnitEntry *unit = units->pdata[i];

    json_builder_begin_object(b);
    set_text(b, "id", unit->id);
    set_text(b, "name", unit->name);
    set_key(b, "sign", unit->sign);
    set_key(b, "encrypt", unit->encrypt);
    set_number(b, "revoked", unit->revoked_us);
    json_builder_end_object(b);
  }
  json_builder_end_array(b);
}

static void
set_receipt_keys(JsonBuilder *b, GPtrArray *keys)
{
  json_builder_set_member_name(b, "receipt_keys");
  json_builder_begin_array(b);
  for (guint i = 0; i < keys->len; i++) {
    const DsReceiptKey *receipt = keys->pdata[i];

    json_builder_begin_array(b);
    add_kid(b, ds_key_kid(receipt->key));
    json_builder_add_int_value(b, receipt->states);
    if (receipt->retired_us != 0)
      json_builder_add_int_value(b, receipt->retired_us);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

void
golden_dump_directory(JsonBuilder *b, const DsDirectory *d)
{
  g_autofree char *fingerprint = ds_enrol_root_fingerprint(d->root);

  json_builder_begin_object(b);
  set_text(b, "station", d->station);
  set_text(b, "name", d->name);
  set_number(b, "version", (gint64)d->version);
  set_number(b, "issued", d->issued_us);
  set_number(b, "expires", d->expires_us);
  set_keys(b, "recipients", d->recipients);
  set_key(b, "recovery", d->recovery);
  set_receipt_keys(b, d->receipt_keys);
  set_keys(b, "dispatch_keys", d->dispatch_keys);
  set_units(b, d->units);
  set_officers(b, d->officers);
  set_number(b, "copies", d->copies);
  json_builder_set_member_name(b, "places");
  json_builder_begin_array(b);
  for (guint i = 0; i < d->places->len; i++)
    json_builder_add_string_value(b, d->places->pdata[i]);
  json_builder_end_array(b);
  set_key(b, "root", d->root);
  set_text(b, "root_fingerprint", fingerprint);
  set_digest(b, "digest", TRUE, &d->digest);
  json_builder_end_object(b);
}

void
golden_dump_enrolment(JsonBuilder *b, const DsEnrolment *e)
{
  json_builder_begin_object(b);
  set_text(b, "unit", e->unit);
  set_text(b, "name", e->name);
  set_key(b, "sign", e->sign);
  set_key(b, "encrypt", e->encrypt);
  set_officers(b, e->officers);
  json_builder_end_object(b);
}

void
golden_dump_manifest(JsonBuilder *b, const DsManifest *m)
{
  json_builder_begin_object(b);
  set_digest(b, "id", TRUE, &m->id);
  set_text(b, "unit", m->unit);
  set_number(b, "seq", (gint64)m->seq);
  set_digest(b, "prev", m->has_prev, &m->prev);
  set_number(b, "kind", m->kind);
  set_digest(b, "replaces", m->has_replaces, &m->replaces);
  json_builder_set_member_name(b, "signers");
  json_builder_begin_array(b);
  for (guint i = 0; i < m->signers->len; i++) {
    const DsSigner *signer = &g_array_index(m->signers, DsSigner, i);

    json_builder_begin_array(b);
    json_builder_add_int_value(b, signer->role);
    add_kid(b, &signer->kid);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
  set_digest(b, "record", TRUE, &m->record);
  set_number(b, "record_size", (gint64)m->record_size);
  set_refs(b, "chunks", m->chunks);
  set_number(b, "directory_version", (gint64)m->directory_version);
  set_digest(b, "audit_head", m->has_audit, &m->audit_head);
  set_number(b, "wall", m->time.wall_us);
  set_number(b, "boot", m->time.boot_us);
  set_text(b, "boot_id", m->time.boot_id);
  set_number(b, "station_time", m->station_us);
  if (m->newest_us != 0)
    set_number(b, "newest_time", m->newest_us);
  json_builder_end_object(b);
}

static void
set_signer(JsonBuilder *b, const char *name, const char *number, const DsKid *kid)
{
  json_builder_set_member_name(b, name);
  json_builder_begin_array(b);
  json_builder_add_string_value(b, number);
  add_kid(b, kid);
  json_builder_end_array(b);
}

static void
set_handed_over(JsonBuilder *b, const DsHandover *h)
{
  json_builder_set_member_name(b, "receipts");
  json_builder_begin_array(b);
  for (guint i = 0; i < h->receipts->len; i++) {
    const DsHandoverReceipts *of = h->receipts->pdata[i];

    json_builder_begin_array(b);
    json_builder_add_string_value(b, of->series);
    json_builder_add_int_value(b, (gint64)of->count);
    json_builder_add_string_value(b, of->first);
    json_builder_add_string_value(b, of->last);
    json_builder_add_int_value(b, (gint64)of->fen);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
  json_builder_set_member_name(b, "cases");
  json_builder_begin_array(b);
  for (guint i = 0; i < h->cases->len; i++) {
    const DsHandoverCase *of = h->cases->pdata[i];

    json_builder_begin_array(b);
    json_builder_add_string_value(b, of->local_number);
    json_builder_add_string_value(b, of->state);
    add_digest(b, of->has_bundle, &of->bundle);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

void
golden_dump_handover(JsonBuilder *b, const DsHandover *h)
{
  json_builder_begin_object(b);
  set_text(b, "unit", h->unit);
  set_text(b, "trip", h->trip);
  set_text(b, "name", h->name);
  set_number(b, "wall", h->time.wall_us);
  set_number(b, "boot", h->time.boot_us);
  set_text(b, "boot_id", h->time.boot_id);
  set_number(b, "station_time", h->station_us);
  set_signer(b, "from", h->from, &h->from_kid);
  set_signer(b, "to", h->to, &h->to_kid);
  set_number(b, "cash", (gint64)h->cash_fen);
  set_number(b, "refund_owed", (gint64)h->refund_owed_fen);
  set_number(b, "cards", (gint64)h->cards);
  set_handed_over(b, h);
  set_digest(b, "audit_head", h->has_audit, &h->audit_head);
  set_text(b, "remark", h->remark);
  set_digest(b, "digest", TRUE, &h->digest);
  json_builder_end_object(b);
}

static void
set_case(JsonBuilder *b, const DsRecordCase *c)
{
  json_builder_set_member_name(b, "case");
  if (c == NULL) {
    json_builder_add_null_value(b);
    return;
  }
  json_builder_begin_object(b);
  set_text(b, "local_number", c->local_number);
  set_number(b, "version", c->version);
  set_text(b, "trip", c->trip);
  set_text(b, "service", c->service);
  set_text(b, "pack", c->pack);
  set_text(b, "pack_version", c->pack_version);
  set_digest(b, "pack_digest", TRUE, &c->pack_digest);
  set_text(b, "day", c->day);
  set_text(b, "officer", c->officer);
  set_number(b, "outcome", c->outcome);
  json_builder_end_object(b);
}

static void
set_findings(JsonBuilder *b, GPtrArray *findings)
{
  json_builder_set_member_name(b, "findings");
  json_builder_begin_array(b);
  for (guint i = 0; i < findings->len; i++) {
    const DsRecordFinding *finding = findings->pdata[i];

    json_builder_begin_array(b);
    json_builder_add_string_value(b, finding->kind);
    json_builder_add_string_value(b, finding->code);
    json_builder_add_string_value(b, finding->subject);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

static void
set_decisions(JsonBuilder *b, GPtrArray *decisions)
{
  json_builder_set_member_name(b, "decisions");
  json_builder_begin_array(b);
  for (guint i = 0; i < decisions->len; i++) {
    const DsRecordDecision *decision = decisions->pdata[i];

    json_builder_begin_array(b);
    json_builder_add_string_value(b, decision->code);
    json_builder_add_string_value(b, decision->subject);
    json_builder_add_string_value(b, decision->reason);
    json_builder_add_string_value(b, decision->officer);
    json_builder_add_int_value(b, decision->at_us);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

static void
add_part(JsonBuilder *b, const DsRecordPart *part)
{
  json_builder_begin_object(b);
  set_text(b, "id", part->id);
  set_text(b, "slot", part->slot);
  set_text(b, "kind", part->kind);
  set_text(b, "media_type", part->media_type);
  set_texts(b, "attributes", part->attributes);
  set_refs(b, "chunks", part->chunks);
  set_digest(b, "sha256", TRUE, &part->sha256);
  set_number(b, "length", (gint64)part->length);
  set_digest(b, "from_bundle", part->from_part != NULL, &part->from_bundle);
  json_builder_set_member_name(b, "from_part");
  if (part->from_part != NULL)
    json_builder_add_string_value(b, part->from_part);
  else
    json_builder_add_null_value(b);
  json_builder_end_object(b);
}

void
golden_dump_record(JsonBuilder *b, const DsRecord *r)
{
  json_builder_begin_object(b);
  set_case(b, r->application);
  set_texts(b, "fields", r->fields);
  set_texts(b, "facts", r->facts);
  set_findings(b, r->findings);
  set_decisions(b, r->decisions);
  json_builder_set_member_name(b, "parts");
  json_builder_begin_array(b);
  for (guint i = 0; i < r->parts->len; i++)
    add_part(b, r->parts->pdata[i]);
  json_builder_end_array(b);
  json_builder_end_object(b);
}

void
golden_dump_statement(JsonBuilder *b, const DsStatement *s)
{
  json_builder_begin_object(b);
  set_text(b, "station", s->station);
  set_text(b, "unit", s->unit);
  set_number(b, "seq", (gint64)s->seq);
  set_digest(b, "bundle", TRUE, &s->bundle);
  set_number(b, "state", s->state);
  set_number(b, "station_time", s->station_us);
  set_number(b, "directory_version", (gint64)s->directory_version);
  set_digest(b, "audit_head", s->has_audit, &s->audit_head);
  set_texts(b, "detail", s->detail);
  json_builder_set_member_name(b, "signer");
  add_kid(b, &s->signer);
  json_builder_end_object(b);
}
