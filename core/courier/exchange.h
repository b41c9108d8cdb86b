/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One contact with the station: hand over what waits in the spool, bring back what waits in the
 * outbox, tell the station to forget what is safely here. Every step can be cut at any byte and
 * the next call goes on; running it twice changes nothing.
 *
 * Order: urgent bundles first, then by sequence. Batches start at 1 MiB (at least one bundle) and
 * double while a batch takes less than 20 seconds, up to 1 GiB; a cut costs at most one batch.
 *
 * Not sent: what the server advertises, and what was handed over before and is no longer
 * advertised (the station took it), until the unit asks for it again (DS_COURIER_RESEND) or it has
 * stayed in the spool, unanswered, for DS_EXCHANGE_RESEND_CONTACTS contacts and
 * DS_EXCHANGE_RESEND_SECONDS both. A needless second delivery is harmless: intake is idempotent. */
#pragma once

#include "base/digest.h"
#include "courier/carrier.h"

G_BEGIN_DECLS

#define DS_EXCHANGE_BATCH_MIN (G_GUINT64_CONSTANT(1) << 20)
#define DS_EXCHANGE_BATCH_MAX (G_GUINT64_CONSTANT(1) << 30)
#define DS_EXCHANGE_BATCH_SECONDS 20
#define DS_EXCHANGE_RESEND_CONTACTS 8
#define DS_EXCHANGE_RESEND_SECONDS (3 * 24 * 3600)

typedef struct {
  const char *phase; /* "sending", "fetching", "finishing"; static */
  guint bundles_done;
  guint bundles_total;
  guint64 bytes_done;  /* of the sealed bytes to send (sending) or received so far (fetching) */
  guint64 bytes_total; /* 0 while unknown */
} DsExchangeProgress;

typedef struct {
  GCancellable *cancellable; /* may be NULL */
  guint stall_seconds;       /* 0: DS_LINK_STALL_SECONDS */
  void (*progress)(const DsExchangeProgress *progress, gpointer user_data);
  gpointer user_data;
} DsExchangeOptions;

typedef struct {
  guint waiting;       /* bundles in the spool before */
  guint handed_over;   /* the server said ok to */
  guint already_there; /* not sent: advertised, or handed over before */
  guint refused;       /* bundles the server refused, plus messages of the wrong shape */
  guint batches;
  guint messages;  /* outbox messages now durable in the inbox */
  guint forgotten; /* outbox refs deleted at the station */
  guint64 bytes_sent;
  guint64 bytes_received;
  char *trouble; /* first refusal's words, or NULL */
} DsExchangeResult;

/* Needs HOME/spool, HOME/store, HOME/inbox; makes HOME/depot. @result is filled as far as it got,
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

/* Marks the unit layer leaves for the courier in HOME/depot; gone once done, or with the bundle. */
typedef enum {
  DS_COURIER_URGENT, /* before everything else */
  DS_COURIER_RESEND, /* again, although it was handed over */
} DsCourierMark;
gboolean ds_courier_mark(const char *home, DsCourierMark mark, const DsDigest *id,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
