/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/record.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"
#include "bundle/handover.h"
#include "bundle/record-private.h"
#include "bundle/suite.h"
#include "model/view.h"

#define TYPE "record"

static const char *const outcome_words[] = {NULL, "complete", "pending", "refused", "withdrawn"};

const char *
ds_case_outcome_word(DsCaseOutcome outcome)
{
  return (guint)outcome < G_N_ELEMENTS(outcome_words) ? outcome_words[outcome] : NULL;
}

DsCaseOutcome
ds_case_outcome_parse(const char *word)
{
  for (guint i = 1; i < G_N_ELEMENTS(outcome_words); i++)
    if (g_strcmp0(word, outcome_words[i]) == 0)
      return (DsCaseOutcome)i;
  return (DsCaseOutcome)0;
}

gboolean
ds_record_slot_is_known(DsBundleKind kind, const char *slot)
{
  static const char *const dispatched[] = {"roster", "pack", "service", "table", NULL};

  if (kind == DS_BUNDLE_TRIP)
    return g_str_equal(slot, DS_HANDOVER_SLOT);
  return kind == DS_BUNDLE_DISPATCH ? g_strv_contains(dispatched, slot) : ds_slot_parse(slot) != 0;
}

void
ds_record_wipe_text(gpointer text)
{
  if (text != NULL)
    ds_wipe(text, strlen(text));
  g_free(text);
}

GHashTable *
ds_record_texts_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ds_record_wipe_text);
}

void
ds_record_finding_free(gpointer finding)
{
  DsRecordFinding *self = finding;

  g_free(self->kind);
  g_free(self->code);
  g_free(self->subject);
  g_free(self);
}

void
ds_record_decision_free(gpointer decision)
{
  DsRecordDecision *self = decision;

  g_free(self->code);
  g_free(self->subject);
  ds_record_wipe_text(self->reason);
  g_free(self->officer);
  g_free(self);
}

DsRecordPart *
ds_record_part_new(void)
{
  DsRecordPart *self = g_new0(DsRecordPart, 1);

  self->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->chunks = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  return self;
}

void
ds_record_part_free(gpointer part)
{
  DsRecordPart *self = part;

  g_free(self->id);
  g_free(self->slot);
  g_free(self->kind);
  g_free(self->media_type);
  g_hash_table_unref(self->attributes);
  g_array_unref(self->chunks);
  ds_secret_unref(self->key);
  g_free(self->from_part);
  g_free(self);
}

void
ds_record_case_free(DsRecordCase *self)
{
  if (self == NULL)
    return;
  g_free(self->local_number);
  g_free(self->trip);
  g_free(self->service);
  g_free(self->pack);
  g_free(self->pack_version);
  g_free(self->day);
  g_free(self->officer);
  g_free(self);
}

DsRecord *
ds_record_new(void)
{
  DsRecord *self = g_new0(DsRecord, 1);

  self->format = DS_FORMAT_1;
  self->fields = ds_record_texts_new();
  self->facts = ds_record_texts_new();
  self->findings = g_ptr_array_new_with_free_func(ds_record_finding_free);
  self->decisions = g_ptr_array_new_with_free_func(ds_record_decision_free);
  self->parts = g_ptr_array_new_with_free_func(ds_record_part_free);
  return self;
}

void
ds_record_free(DsRecord *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  ds_record_case_free(self->application);
  g_hash_table_unref(self->fields);
  g_hash_table_unref(self->facts);
  g_ptr_array_unref(self->findings);
  g_ptr_array_unref(self->decisions);
  g_ptr_array_unref(self->parts);
  g_free(self);
}

static char *
dup_or_empty(const char *text)
{
  return g_strdup(text != NULL ? text : "");
}

DsRecordCase *
ds_record_set_case(DsRecord *self, const char *local_number, guint version)
{
  ds_record_case_free(self->application);
  self->application = g_new0(DsRecordCase, 1);
  self->application->local_number = dup_or_empty(local_number);
  self->application->version = version;
  self->application->outcome = DS_CASE_OUTCOME_COMPLETE;
  return self->application;
}

void
ds_record_set_field(DsRecord *self, const char *name, const char *value)
{
  g_hash_table_replace(self->fields, g_strdup(name), dup_or_empty(value));
}

void
ds_record_set_fact(DsRecord *self, const char *name, const char *value)
{
  g_hash_table_replace(self->facts, g_strdup(name), dup_or_empty(value));
}

void
ds_record_add_finding(DsRecord *self, const char *kind, const char *code, const char *subject)
{
  DsRecordFinding *finding = g_new0(DsRecordFinding, 1);

  finding->kind = dup_or_empty(kind);
  finding->code = dup_or_empty(code);
  finding->subject = dup_or_empty(subject);
  g_ptr_array_add(self->findings, finding);
}

DsRecordDecision *
ds_record_add_decision(DsRecord *self, const char *code, const char *subject, const char *reason,
                       const char *officer, gint64 at_us)
{
  DsRecordDecision *decision = g_new0(DsRecordDecision, 1);

  decision->code = dup_or_empty(code);
  decision->subject = dup_or_empty(subject);
  decision->reason = dup_or_empty(reason);
  decision->officer = dup_or_empty(officer);
  decision->at_us = at_us;
  g_ptr_array_add(self->decisions, decision);
  return decision;
}

static DsRecordPart *
add_part(DsRecord *self, const char *id, const char *slot, const char *kind, const char *media_type,
         GArray *chunks, const DsDigest *sha256, guint64 length)
{
  DsRecordPart *part = ds_record_part_new();

  part->id = dup_or_empty(id);
  part->slot = dup_or_empty(slot);
  part->kind = dup_or_empty(kind);
  part->media_type = dup_or_empty(media_type);
  g_array_append_vals(part->chunks, chunks->data, chunks->len);
  part->sha256 = *sha256;
  part->length = length;
  g_ptr_array_add(self->parts, part);
  return part;
}

DsRecordPart *
ds_record_add_part(DsRecord *self, const char *id, const char *slot, const char *kind,
                   const char *media_type, DsSecret *key, GArray *chunks, const DsDigest *sha256,
                   guint64 length)
{
  DsRecordPart *part = add_part(self, id, slot, kind, media_type, chunks, sha256, length);

  part->key = ds_secret_ref(key);
  return part;
}

DsRecordPart *
ds_record_add_reused_part(DsRecord *self, const char *id, const char *slot, const char *kind,
                          const char *media_type, const DsDigest *from_bundle,
                          const char *from_part, GArray *chunks, const DsDigest *sha256,
                          guint64 length)
{
  DsRecordPart *part = add_part(self, id, slot, kind, media_type, chunks, sha256, length);

  part->from_bundle = *from_bundle;
  part->from_part = dup_or_empty(from_part);
  return part;
}

void
ds_record_part_set_attribute(DsRecordPart *self, const char *name, const char *value)
{
  g_hash_table_replace(self->attributes, g_strdup(name), dup_or_empty(value));
}

const DsRecordPart *
ds_record_find_part(const DsRecord *self, const char *id)
{
  for (guint i = 0; i < self->parts->len; i++) {
    const DsRecordPart *part = self->parts->pdata[i];

    if (strcmp(part->id, id) == 0)
      return part;
  }
  return NULL;
}

GBytes *
ds_record_encrypt(const DsRecord *self, GPtrArray *recipients, GError **error)
{
  g_autoptr(DsSecret) plain = ds_record_encode(self, TRUE, error);
  g_autoptr(GBytes) bytes = NULL;

  if (plain == NULL)
    return NULL;
  bytes = ds_cose_encrypt(ds_secret_data(plain), ds_secret_size(plain), TYPE, recipients, error);
  if (bytes != NULL && g_bytes_get_size(bytes) > DS_RECORD_MAX) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "record: %zu bytes, at most %u are allowed",
                g_bytes_get_size(bytes), DS_RECORD_MAX);
    return NULL;
  }
  return g_steal_pointer(&bytes);
}

DsRecord *
ds_record_decrypt(GBytes *bytes, DsKey *key, GError **error)
{
  g_autoptr(DsSecret) plain =
      ds_cose_open_encrypt(bytes, "record", DS_RECORD_MAX, TYPE, key, error);

  return plain != NULL ? ds_record_decode(ds_secret_data(plain), ds_secret_size(plain), error)
                       : NULL;
}
