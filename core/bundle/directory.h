/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's directory: who may read, sign and say what. A COSE_Sign1 by the station's root
 * key, versioned and expiring; public, holds no secret. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "bundle/key.h"
#include "bundle/limits.h"

G_BEGIN_DECLS

/* In what function a key signs. */
typedef enum {
  DS_ROLE_UNIT = 1,
  DS_ROLE_OFFICER = 2,
  DS_ROLE_STATION = 3,
} DsRole;

/* "unit", "officer", "station"; static; NULL for others. */
const char *ds_role_word(DsRole role);

/* A receipt key with the statement states it may sign: bit 1 << state (statement.h). */
typedef struct {
  DsKey *key;
  guint32 states;
  gint64
      retired_us; /* statements up to this time of the station hold, later ones do not; 0: in use */
} DsReceiptKey;

typedef struct {
  char *id; /* 1–64 of a–z 0–9 and "-" */
  char *name;
  DsKey *sign;
  DsKey *encrypt;
  gint64 revoked_us; /* wall time of the revocation; 0: valid. Any revocation refuses */
} DsUnitEntry;

typedef struct {
  char *number; /* service number (警号); 1–64 bytes */
  char *name;
  DsRole role; /* DS_ROLE_OFFICER */
  DsKey *key;
  gint64 revoked_us;
} DsOfficerEntry;

typedef struct {
  guint format;
  guint suite;
  char *station;
  char *name;
  guint64 version; /* from 1 up */
  gint64 issued_us;
  gint64 expires_us;
  GPtrArray *recipients;    /* DsKey: every record is encrypted to all of these … */
  DsKey *recovery;          /* … and to this one */
  GPtrArray *receipt_keys;  /* DsReceiptKey */
  GPtrArray *dispatch_keys; /* DsKey: sign dispatches */
  GPtrArray *units;         /* DsUnitEntry, sorted by id */
  GPtrArray *officers;      /* DsOfficerEntry, sorted by number; one officer may have several keys
                               (same number, one not revoked) */
  guint copies;             /* what DURABLE promises: this many synced copies … */
  GPtrArray *places;        /* … in places called so (char *) */
  DsKey *root;
  DsKey *next_root; /* or NULL: a root that later versions may be signed by */
  DsDigest digest;  /* SHA-256 of the signed payload; set by sign and verify */
} DsDirectory;

/* Empty, format and suite 1. Entries added to its arrays become its own. */
DsDirectory *ds_directory_new(void);
void ds_directory_free(DsDirectory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDirectory, ds_directory_free)

/* Deep copy, to make the next version from. */
DsDirectory *ds_directory_copy(const DsDirectory *self);

/* Sorted by the call itself. @key is needed only for its public half; refs are taken. The entry is
 * (transfer none) and stays until the directory goes. */
DsUnitEntry *ds_directory_add_unit(DsDirectory *self, const char *id, const char *name, DsKey *sign,
                                   DsKey *encrypt);
DsOfficerEntry *ds_directory_add_officer(DsDirectory *self, const char *number, const char *name,
                                         DsRole role, DsKey *key);
DsReceiptKey *ds_directory_add_receipt_key(DsDirectory *self, DsKey *key, guint32 states);

/* Signs @self by @root (must be self->root). DS_ERROR_INVALID names the field that is missing or
 * wrong. (transfer full) */
GBytes *ds_directory_sign(DsDirectory *self, DsKey *root, GError **error);

/* @pins: digests (ds_key_digest) of the root keys trusted so far; none at first contact, when
 * people compare ds_enrol_root_fingerprint instead. @known_version: newest seen; an older one is
 * DS_ERROR_REFUSED, the same is fine. After success pin root and next_root. Expiry is not judged
 * here: no decision about what arrived depends on a clock. (transfer full) */
DsDirectory *ds_directory_verify(GBytes *bytes, const DsDigest *pins, guint n_pins,
                                 guint64 known_version, GError **error);

/* For faces, before new work is sealed. */
gboolean ds_directory_is_expired(const DsDirectory *self, gint64 now_us);

/* (transfer none), NULL when unknown. */
const DsUnitEntry *ds_directory_find_unit(const DsDirectory *self, const char *id);
/* The officer's entry that is not revoked, else a revoked one. */
const DsOfficerEntry *ds_directory_find_officer(const DsDirectory *self, const char *number);
const DsOfficerEntry *ds_directory_find_officer_key(const DsDirectory *self, const DsKid *kid);
const DsReceiptKey *ds_directory_find_receipt_key(const DsDirectory *self, const DsKid *kid);
DsKey *ds_directory_find_dispatch_key(const DsDirectory *self, const DsKid *kid);

/* Recipients and the recovery key together: whom a record is for. (transfer container) */
GPtrArray *ds_directory_record_recipients(const DsDirectory *self);

G_END_DECLS
