/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names inside a unit's repository, and the caps on what stands behind them. One ref is one
 * parentless commit with one flat tree:
 *
 *   refs/bundles/<id hex>               unit → station   manifest, record, <chunk sha256 hex>…
 *   refs/outbox/<10-digit seq>-<kind>   station → unit   statements: <10-digit statement seq>…
 *                                                        dispatch:   manifest, record, <chunk>…
 *                                                        directory:  directory
 *
 * Names from a peer are only ever compared with these patterns; they never become paths. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "bundle/limits.h"

G_BEGIN_DECLS

/* Caps on one entry are the format's (bundle/limits.h); a peer that goes over them is refused with
 * DS_ERROR_TOO_LARGE. */
#define DS_DEPOT_STATEMENTS_MAX 4096u /* in one message */
/* The largest legal bundle, with room for git's own framing: what a station accepts in a push. */
#define DS_DEPOT_INPUT_MAX (G_GUINT64_CONSTANT(2304) * 1024 * 1024)

#define DS_DEPOT_REF_SIZE 80 /* the longest legal ref name with its NUL fits */
#define DS_DEPOT_BUNDLES "refs/bundles/"
#define DS_DEPOT_OUTBOX "refs/outbox/"
#define DS_DEPOT_OUTBOX_SEQ_MAX G_GUINT64_CONSTANT(9999999999)

typedef enum {
  DS_OUTBOX_STATEMENTS,
  DS_OUTBOX_DISPATCH,
  DS_OUTBOX_DIRECTORY,
} DsOutboxKind;

typedef struct {
  guint64 seq; /* 1 … 9999999999, the station's count of messages to this unit */
  DsOutboxKind kind;
} DsOutboxRef;

/* "refs/bundles/<id hex>" into @ref; returns @ref. */
const char *ds_depot_bundle_ref(const DsDigest *id, char ref[DS_DEPOT_REF_SIZE]);
/* FALSE when @ref is no such name. */
gboolean ds_depot_bundle_ref_parse(const char *ref, DsDigest *id);

/* "refs/outbox/0000000007-statements" into @ref; returns @ref. */
const char *ds_depot_outbox_ref(const DsOutboxRef *self, char ref[DS_DEPOT_REF_SIZE]);
/* FALSE when @ref is no such name. */
gboolean ds_depot_outbox_ref_parse(const char *ref, DsOutboxRef *self);

/* "statements", "dispatch", "directory". Static. */
const char *ds_outbox_kind_word(DsOutboxKind kind);

/* The largest legal size of entry @name in a bundle's or an outbox message's tree; 0 when the
 * name is not allowed there. */
guint64 ds_depot_bundle_entry_max(const char *name);
guint64 ds_depot_outbox_entry_max(DsOutboxKind kind, const char *name);

G_END_DECLS
