/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One contact with the station: hand over what waits in the spool, bring back what waits in the
 * outbox, tell the station to forget what is safely here. Every step can be cut at any byte and
 * the next call goes on; running it twice changes nothing.
 *
 * Order: urgent bundles first (marked by the unit: corrections, withdrawals, expedited cases), then
 * small before large (bytes that travel), then by sequence, then by id. A link that lasts a minute
 * so brings home as many cases as it can. The rule knows nothing but the spool and the marks, so
 * every contact finds the same order; nothing may rest on it, the station takes bundles in any.
 * Batches start at 1 MiB (at least one bundle) and double while a batch takes less than 20 seconds,
 * up to 1 GiB; a cut costs at most one batch.
 *
 * A broken bundle (a manifest that is damaged or another's, a chunk that is missing or changed, one
 * that the station's git refuses) is named, counted and passed over; all others go, and the next
 * contact tries it again.
 *
 * Not sent: what the server advertises, and what was handed over before and is no longer
 * advertised (the station took it), until the unit asks for it again (courier/mark.h) or it has
 * stayed in the spool, unanswered, for DS_COURIER_RESEND_CONTACTS contacts and
 * DS_COURIER_RESEND_SECONDS both; and what the unit holds back because its withdrawal is in the
 * spool too. A needless second delivery is harmless: intake is idempotent. */
#pragma once

#include "courier/carrier.h"

G_BEGIN_DECLS

#define DS_EXCHANGE_BATCH_MIN (G_GUINT64_CONSTANT(1) << 20)
#define DS_EXCHANGE_BATCH_MAX (G_GUINT64_CONSTANT(1) << 30)
#define DS_EXCHANGE_BATCH_SECONDS 20
typedef struct {
  const char *phase; /* "sending", "fetching", "finishing"; static */
  guint bundles_done;
  guint bundles_total; /* to send in this contact */
  guint64 bytes_sent;  /* over all links of this contact, git's framing included */
  guint64 bytes_received;
} DsExchangeProgress;

typedef struct {
  GCancellable *cancellable; /* may be NULL */
  guint stall_seconds;       /* 0: DS_LINK_STALL_SECONDS */
  guint64 pace_bytes;        /* with pace_seconds; 0: DS_LINK_PACE_BYTES in _SECONDS */
  guint pace_seconds;
  void (*progress)(const DsExchangeProgress *progress, gpointer user_data);
  gpointer user_data;
} DsExchangeOptions;

typedef struct {
  guint waiting;       /* bundles in the spool before */
  guint handed_over;   /* the server said ok to */
  guint already_there; /* not sent: advertised, or handed over before */
  guint held;          /* not sent: withdrawn before it left, the withdrawal goes instead */
  guint later;         /* the station has no room for them now; they go at a later contact */
  guint refused;       /* bundles the server refused, plus messages of the wrong shape */
  guint batches;
  guint messages;  /* outbox messages now durable in the inbox */
  guint forgotten; /* outbox refs deleted at the station */
  guint64 bytes_sent;
  guint64 bytes_received;
  char *trouble; /* one line for each of the first 16 refused or put off, or NULL */
} DsExchangeResult;

/* Reads HOME/store and HOME/store/spool, writes HOME/inbox and HOME/depot. A message of the station
 * becomes the folder HOME/inbox/<10-digit seq>-<kind> (kind statements, dispatch or directory) with
 * one file per tree entry, named as depot/refs.h says. @result is filled as far as it got,
 * also when the call fails. DS_ERROR_BUSY when another courier works in @home (says who),
 * DS_ERROR_RETRY when the link broke, DS_ERROR_REFUSED when the station or its host key is not
 * what was pinned. Bundles or messages refused one by one do not fail the call: @result counts
 * them. */
gboolean ds_exchange_run(const char *home, DsCarrier *carrier, const DsExchangeOptions *options,
                         DsExchangeResult *result, GError **error);
void ds_exchange_result_clear(DsExchangeResult *self);

typedef struct {
  guint spooled;          /* bundles in the spool */
  guint handed_over;      /* of these, those the server said ok to */
  guint inbox;            /* messages the unit has not taken yet */
  gint64 last_contact_us; /* wall time of the last complete exchange, 0: never */
} DsExchangeStatus;

/* What is known without any contact. */
gboolean ds_exchange_status(const char *home, DsExchangeStatus *status,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
