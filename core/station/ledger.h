/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* intake.db: every bundle seen, every statement made, every message on its way out. Opened by the
 * online key, so it knows bundles and units, never people. */
#pragma once

#include "base/clock.h"
#include "bundle/directory.h"
#include "bundle/manifest.h"
#include "bundle/statement.h"
#include "db/db.h"
#include "depot/refs.h"
#include "station/station.h"

G_BEGIN_DECLS

/* How far a bundle is. What is stored: numbers are only appended. */
typedef enum {
  DS_STAGE_RECEIVED = 1,
  DS_STAGE_VERIFIED = 2,
  DS_STAGE_ARCHIVED = 3, /* durable and said so; still in the unit's repository */
  DS_STAGE_DONE = 4,     /* gone from there */
  DS_STAGE_QUARANTINED = 5,
} DsStage;

/* "received", "verified", "durable" (for both), "quarantined". Static. */
const char *ds_stage_word(DsStage stage);

typedef struct {
  char *unit;
  DsDigest id;
  guint64 seq; /* 0 in a quarantined one that could not be read */
  DsStage stage;
  gint64 arrived_us;
  gboolean has_audit;
  DsDigest audit;
  char *reason; /* why it is quarantined, or what it waits for; NULL */
} DsLedgerBundle;

void ds_ledger_bundle_free(DsLedgerBundle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsLedgerBundle, ds_ledger_bundle_free)

DsDb *ds_ledger_open(const char *home, DsSecret *key, gboolean create, GError **error);

/* @found NULL when the ledger does not know it. */
gboolean ds_ledger_find(DsStation *self, const char *unit, const DsDigest *id,
                        DsLedgerBundle **found, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The bundle that took place @seq of @unit's row, other than @id, quarantined ones left out. */
gboolean ds_ledger_seq_taken(DsStation *self, const char *unit, guint64 seq, const DsDigest *id,
                             gboolean *taken, DsDigest *by,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @unit's bundles between RECEIVED and ARCHIVED, in order of seq (DsLedgerBundle).
 * (transfer full) */
GPtrArray *ds_ledger_unfinished(DsStation *self, const char *unit, GError **error);

/* Each of these is one transaction: the new stage and the statement about it. */
gboolean ds_ledger_receive(DsStation *self, const DsManifest *manifest, guint64 bytes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_ledger_advance(DsStation *self, const DsLedgerBundle *bundle, DsStage stage,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @seq 0 when not known. @fresh: FALSE when it was quarantined for the same reason before: then
 * nothing is said again. */
gboolean ds_ledger_quarantine(DsStation *self, const char *unit, const DsDigest *id, guint64 seq,
                              const char *reason, gboolean *fresh,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Why a received bundle does not go on; NULL clears. */
gboolean ds_ledger_set_waiting(DsStation *self, const DsLedgerBundle *bundle, const char *reason,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
