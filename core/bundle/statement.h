/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's signed word about one bundle (a COSE_Sign1 by a receipt key). Statements to one
 * unit are numbered without a gap, so that a unit notices one that was kept back. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "bundle/directory.h"
#include "bundle/key.h"

G_BEGIN_DECLS

/* Codes are only ever appended. */
typedef enum {
  DS_STATE_RECEIVED = 1,
  DS_STATE_VERIFIED = 2,
  DS_STATE_DURABLE = 3,
  DS_STATE_QUARANTINED = 4,
  DS_STATE_DUPLICATE = 5,
  DS_STATE_SUPERSEDED = 6,
  DS_STATE_ACCEPTED = 7,
  DS_STATE_RETURNED = 8,
  DS_STATE_NOT_ISSUED = 9,
  DS_STATE_IN_PRODUCTION = 10,
  DS_STATE_CARD_AT_STATION = 11,
  DS_STATE_DELIVERED = 12,
  DS_STATE_CLOSED = 13,
  DS_STATE_REFUSED = 14, /* 不予受理 by the station: identity, credit list … */
} DsState;

#define DS_STATE_LAST DS_STATE_REFUSED
#define DS_STATE_BIT(state) (1u << (state))
#define DS_STATES_ALL 0x7ffeu
#define DS_STATES_ONLINE (DS_STATE_BIT(DS_STATE_RECEIVED) | DS_STATE_BIT(DS_STATE_QUARANTINED))

/* "received", "verified" … "not-issued", "card-at-station", "refused"; static; NULL / 0 for others.
 */
const char *ds_state_word(DsState state);
DsState ds_state_parse(const char *word);

/* Names in a detail. Money is in fen, days are "2026-09-04". */
#define DS_DETAIL_CATEGORY "category" /* text, photo, fingerprint, other; several by a space */
#define DS_DETAIL_TEXT "text"         /* what to do again */
#define DS_DETAIL_DUE "due"           /* until when */
#define DS_DETAIL_DUE_PROVISIONAL "due-provisional" /* "true": beyond the working-day table */
#define DS_DETAIL_URGENCY "urgency"                 /* normal, expedited */
#define DS_DETAIL_REASON "reason"                   /* for the applicant */
#define DS_DETAIL_REFUSAL "refusal"                 /* code of the pack's closed list */
#define DS_DETAIL_REDIRECT "redirect"               /* where to go instead */
#define DS_DETAIL_REFUND "refund"                   /* what is to be paid back; "0": nothing */
#define DS_DETAIL_REFUND_BY "refund-decided-by"     /* officer, where the pack is silent */

typedef struct {
  guint format;
  guint suite;
  char *station;
  char *unit;
  guint64 seq; /* of statements to this unit, from 1 up */
  DsDigest bundle;
  DsState state;
  gint64 station_us;         /* the station's wall time */
  guint64 directory_version; /* the station's newest */
  gboolean has_audit;
  DsDigest audit_head;   /* the head the bundle carried, countersigned */
  GHashTable *detail;    /* text → text, see DS_DETAIL_*; NULL when none, or not opened yet */
  GBytes *sealed_detail; /* the detail as it travels; NULL when none */
  DsKid signer;
} DsStatement;

DsStatement *ds_statement_new(void);
void ds_statement_free(DsStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStatement, ds_statement_free)
void ds_statement_set_detail(DsStatement *self, const char *name, const char *value);

/* Encrypts the detail, if any, to @unit_key (the unit's encryption key; may be NULL without one)
 * and signs. (transfer full) */
GBytes *ds_statement_sign(DsStatement *self, const DsKey *unit_key, DsKey *key, GError **error);

/* The same statement, its detail as it travels, signed by another key: for a station whose key is
 * no longer to be believed. Nothing is proved about @bytes. (transfer full) */
GBytes *ds_statement_sign_again(GBytes *bytes, DsKey *key, GError **error);

/* Checks the signature: by a receipt key of @directory's station that may say this state and was
 * not retired before the statement's time, to @unit. DS_ERROR_REFUSED says what does not fit.
 * Replays and order are the caller's to judge by seq. (transfer full) */
DsStatement *ds_statement_verify(GBytes *bytes, const DsDirectory *directory, const char *unit,
                                 GError **error);
/* Form only, for couriers and lists. Nothing is proved. (transfer full) */
DsStatement *ds_statement_parse(GBytes *bytes, GError **error);
/* Opens the detail with the unit's encryption key. Fine when there is none. */
gboolean ds_statement_open_detail(DsStatement *self, DsKey *unit_key,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
