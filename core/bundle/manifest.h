/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public half of a bundle: who sends what, in which order, signed by everyone who has to sign.
 * A COSE_Sign; the bundle's id is the SHA-256 of its payload, because ECDSA signatures can be
 * changed without a key and signed bytes cannot. */
#pragma once

#include <glib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "bundle/chunk.h"
#include "bundle/directory.h"
#include "bundle/key.h"
#include "bundle/limits.h"

G_BEGIN_DECLS

typedef enum {
  DS_BUNDLE_CASE = 1,     /* unit → station: one version of one case */
  DS_BUNDLE_DISPATCH = 2, /* station → unit: one trip */
  DS_BUNDLE_TRIP = 3,     /* unit → station: a trip that changed hands (handover.h) */
} DsBundleKind;

/* "case", "dispatch", "trip"; static; NULL for others. */
const char *ds_bundle_kind_word(DsBundleKind kind);

typedef struct {
  DsRole role;
  DsKid kid;
} DsSigner;

/* What checking the signatures established; who, by the directory. */
typedef struct {
  guint64 directory_version; /* the version that was used, not the one the manifest names */
  char *unit_name;           /* of the unit that signed; NULL for a dispatch */
  char *officer_number;      /* of the (first) officer who signed; NULL for a dispatch */
  char *officer_name;
} DsVerified;

typedef struct {
  guint format;
  guint suite;
  char *unit;  /* the sending unit; of a dispatch the addressed one */
  guint64 seq; /* from 1 up, without a gap, per unit and direction */
  gboolean has_prev;
  DsDigest prev; /* id of the bundle with seq - 1; absent exactly when seq is 1 */
  DsBundleKind kind;
  gboolean has_replaces;
  DsDigest replaces; /* id of the version this one corrects */
  GArray *signers;   /* DsSigner: all of them must have signed */
  DsDigest record;   /* SHA-256 of the record, encrypted */
  guint64 record_size;
  GArray *chunks;            /* DsChunkRef sorted by digest: what travels with this bundle */
  guint64 directory_version; /* the newest the sender knew */
  gboolean has_audit;
  DsDigest audit_head; /* head of the sender's journal */
  DsTime time;         /* of sealing */
  gint64 station_us;   /* newest station-signed time the sender had seen; 0: none */
  gint64
      newest_us; /* newest wall time the sender had seen, when its clock was behind that; else 0 */

  DsDigest id;          /* set by sign, parse and verify */
  DsVerified *verified; /* NULL after ds_manifest_parse: nothing is proved */
} DsManifest;

/* Format and suite 1, empty arrays. */
DsManifest *ds_manifest_new(void);
void ds_manifest_free(DsManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsManifest, ds_manifest_free)

/* Signs with all @keys; their roles are @roles. Sets self->signers (order kept) and self->id.
 * A case needs exactly the roles unit and officer (one unit, at least one officer), a trip one unit
 * and two officers, a dispatch exactly one station; keys must differ. Sorts self->chunks.
 * DS_ERROR_INVALID names what is wrong. (transfer full) */
GBytes *ds_manifest_sign(DsManifest *self, DsKey *const *keys, const DsRole *roles, guint n_keys,
                         GError **error);

/* Form only, for couriers: strict decoding, caps, sorted chunks, roles complete, one signature per
 * signer; no signature is checked. DS_ERROR_UNSUPPORTED for an unknown format, suite or crit, by
 * name. (transfer full) */
DsManifest *ds_manifest_parse(GBytes *bytes, GError **error);

/* Parse, then every signature against @directory: keys known there in their role, different, not
 * revoked, the unit's key that of the unit the manifest names. DS_ERROR_REFUSED naming the signer
 * otherwise. (transfer full) */
DsManifest *ds_manifest_verify(GBytes *bytes, const DsDirectory *directory, GError **error);

/* Bytes of manifest + record + chunks as they travel. @manifest_size: of the signed manifest. */
guint64 ds_manifest_travel_size(const DsManifest *self, gsize manifest_size);
gboolean ds_manifest_has_chunk(const DsManifest *self, const DsDigest *sha256);

G_END_DECLS
