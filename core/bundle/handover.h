/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trip handed from one officer to another: what is handed over, signed by both (a COSE_Sign). It
 * stays at the unit and travels to the station as the one part of a bundle of kind "trip". */
#pragma once

#include <glib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "bundle/directory.h"
#include "bundle/key.h"
#include "bundle/limits.h"

G_BEGIN_DECLS

#define DS_HANDOVER_SLOT "handover"
#define DS_HANDOVER_MEDIA_TYPE "application/cose"

/* A case as it stood. */
typedef struct {
  char *local_number;
  char *state; /* the unit's word: "draft", "sealed" … */
  gboolean has_bundle;
  DsDigest bundle; /* its newest */
} DsHandoverCase;

/* Receipts given for cash. */
typedef struct {
  char *series; /* may be "" */
  guint64 count;
  char *first, *last;
  guint64 fen;
} DsHandoverReceipts;

typedef struct {
  guint format;
  guint suite;
  char *unit;
  char *trip;
  char *name; /* of the trip */
  DsTime time;
  gint64 station_us; /* newest station-signed time seen; 0: none */
  char *from, *to;   /* officers' numbers */
  DsKid from_kid, to_kid;
  guint64 cash_fen;        /* taken in cash */
  guint64 refund_owed_fen; /* still to be paid back */
  guint64 cards;           /* old cards held */
  GPtrArray *receipts;     /* DsHandoverReceipts */
  GPtrArray *cases;        /* DsHandoverCase, oldest first */
  gboolean has_audit;
  DsDigest audit_head; /* head of the unit's journal */
  char *remark;        /* may be "" */

  DsDigest digest; /* SHA-256 of the signed payload; set by sign, parse and verify */
} DsHandover;

/* Format and suite 1, empty arrays. */
DsHandover *ds_handover_new(void);
void ds_handover_free(DsHandover *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsHandover, ds_handover_free)

/* Strings are copied; (transfer none). @bundle may be NULL. */
DsHandoverCase *ds_handover_add_case(DsHandover *self, const char *local_number, const char *state,
                                     const DsDigest *bundle);
DsHandoverReceipts *ds_handover_add_receipts(DsHandover *self, const char *series, guint64 count,
                                             const char *first, const char *last, guint64 fen);

/* Signs by the officer who gives and the one who takes over, in this order; sets the kids and the
 * digest. DS_ERROR_INVALID when it is the same officer or key, or a field is out of form.
 * (transfer full) */
GBytes *ds_handover_sign(DsHandover *self, DsKey *from, DsKey *to, GError **error);

/* Form only; no signature is checked. (transfer full) */
DsHandover *ds_handover_parse(GBytes *bytes, GError **error);
/* Parse, then both signatures by the keys @directory has for those officers. Their later revocation
 * takes nothing back, but whoever accepts a new one checks the bundle's signers too.
 * DS_ERROR_REFUSED names the officer. (transfer full) */
DsHandover *ds_handover_verify(GBytes *bytes, const DsDirectory *directory, GError **error);

/* The two signatures as made, 64 bytes each, for a paper that names their digest. FALSE for bytes
 * that do not parse. */
gboolean ds_handover_signatures(GBytes *bytes, DsDigest *from, DsDigest *to, GError **error);

G_END_DECLS
