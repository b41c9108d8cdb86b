/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The secret half of a bundle: the application, or the dispatch, and the keys of its parts. A
 * COSE_Encrypt to every recipient of the directory and the recovery key; a dispatch is for the
 * unit's encryption key. In memory the keys are secrets; fields are plain strings and wiped when
 * the record is freed. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "base/secret.h"
#include "bundle/chunk.h"
#include "bundle/key.h"
#include "bundle/limits.h"
#include "bundle/manifest.h"

G_BEGIN_DECLS

/* How the field left the case. */
typedef enum {
  DS_CASE_OUTCOME_COMPLETE = 1,
  DS_CASE_OUTCOME_PENDING = 2, /* 容缺: taken, something follows (identification, a proof) */
  DS_CASE_OUTCOME_REFUSED = 3, /* 不予受理 */
  DS_CASE_OUTCOME_WITHDRAWN = 4,
} DsCaseOutcome;

/* "complete", "pending", "refused", "withdrawn"; static; NULL / 0 for others. */
const char *ds_case_outcome_word(DsCaseOutcome outcome);
DsCaseOutcome ds_case_outcome_parse(const char *word);

/* One case in one version; absent in other bundles. Strings 1–64 bytes. */
typedef struct {
  char *local_number;
  guint version; /* from 1 up */
  char *trip;    /* "" when taken without one */
  char *service;
  char *pack;
  char *pack_version;
  DsDigest pack_digest; /* of the pack's file */
  char *day;            /* "2026-09-01": the day of the field submission, it selects the pack */
  char *officer;        /* service number of who took it */
  DsCaseOutcome outcome;
} DsRecordCase;

/* What stood when the case was sealed. kind is a ds_finding_kind_word. */
typedef struct {
  char *kind;
  char *code;
  char *subject; /* field or slot, may be "" */
} DsRecordFinding;

/* What an officer decided against or beyond a finding: kept a warned picture, refused, withdrew. */
typedef struct {
  char *code;    /* of the finding, or of the action */
  char *subject; /* may be "" */
  char *reason;
  char *officer;
  gint64 at_us; /* wall time */
} DsRecordDecision;

typedef struct {
  char *id;   /* unique in the record */
  char *slot; /* ds_slot_word; in a dispatch "roster", "pack", "service" or "table"; in a trip
                 "handover" */
  char *kind; /* within the slot; in a dispatch the file's name; may be "" */
  char *media_type;
  GHashTable *attributes; /* text → text */
  GArray *chunks;         /* DsChunkRef, in order */
  DsDigest sha256;        /* of the plaintext */
  guint64 length;         /* of the plaintext */
  DsSecret *key;          /* NULL when reused: chunks and key came with … */
  DsDigest from_bundle;   /* … this earlier bundle … */
  char *from_part;        /* … as this part there; NULL when the part travels here */
} DsRecordPart;

typedef struct {
  guint format;
  char *unit;
  guint64 seq;
  gboolean has_prev;
  DsDigest prev;
  DsBundleKind kind;
  DsRecordCase *application; /* NULL except for a case */
  GHashTable *fields;        /* text → text */
  GHashTable *facts;         /* text → text */
  GPtrArray *findings;       /* DsRecordFinding */
  GPtrArray *decisions;      /* DsRecordDecision */
  GPtrArray *parts;          /* DsRecordPart */
} DsRecord;

DsRecord *ds_record_new(void);
void ds_record_free(DsRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRecord, ds_record_free)

/* Made and attached; (transfer none). Strings are copied, NULL as "". */
DsRecordCase *ds_record_set_case(DsRecord *self, const char *local_number, guint version);
void ds_record_set_field(DsRecord *self, const char *name, const char *value);
void ds_record_set_fact(DsRecord *self, const char *name, const char *value);
void ds_record_add_finding(DsRecord *self, const char *kind, const char *code, const char *subject);
DsRecordDecision *ds_record_add_decision(DsRecord *self, const char *code, const char *subject,
                                         const char *reason, const char *officer, gint64 at_us);
/* A part of this bundle. Takes references of @key and @chunks (array of DsChunkRef, copied). */
DsRecordPart *ds_record_add_part(DsRecord *self, const char *id, const char *slot, const char *kind,
                                 const char *media_type, DsSecret *key, GArray *chunks,
                                 const DsDigest *sha256, guint64 length);
/* The same, reused from an earlier bundle: no key travels again. */
DsRecordPart *ds_record_add_reused_part(DsRecord *self, const char *id, const char *slot,
                                        const char *kind, const char *media_type,
                                        const DsDigest *from_bundle, const char *from_part,
                                        GArray *chunks, const DsDigest *sha256, guint64 length);
void ds_record_part_set_attribute(DsRecordPart *self, const char *name, const char *value);
/* (transfer none), NULL when absent. */
const DsRecordPart *ds_record_find_part(const DsRecord *self, const char *id);

/* Deterministic CBOR, checked as strictly as when read. With @with_keys FALSE the part keys are
 * null: for an export that must not carry them. (transfer full) */
DsSecret *ds_record_encode(const DsRecord *self, gboolean with_keys, GError **error);
/* (transfer full) */
DsRecord *ds_record_decode(const void *data, gsize size, GError **error);

/* Encrypts to all @recipients (DsKey). (transfer full) */
GBytes *ds_record_encrypt(const DsRecord *self, GPtrArray *recipients, GError **error);
/* Opens with one private key. DS_ERROR_REFUSED when it is not for @key or was changed. The
 * caller still has to compare it with the manifest: use ds_open_record. (transfer full) */
DsRecord *ds_record_decrypt(GBytes *bytes, DsKey *key, GError **error);

G_END_DECLS
