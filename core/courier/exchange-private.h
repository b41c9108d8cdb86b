/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of one exchange: everything that lives as long as one contact. */
#pragma once

#include "courier/exchange.h"
#include "courier/state.h"
#include "depot/advert.h"
#include "store/inbox.h"
#include "store/spool.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  const char *home;
  char *work; /* HOME/depot */
  DsCarrier *carrier;
  const DsExchangeOptions *options;
  DsExchangeResult *result;
  DsExchangeProgress progress;
  guint64 sent_before, received_before; /* by the links already finished */
  DsStore *store;
  DsSpool *spool;
  DsInbox *inbox;
  DsCourierState *state;
  DsAdvert *advert;  /* the last one read from a receive-pack */
  guint64 too_large; /* the smallest size there was no room for; 0: there was room */
} DsRound;

/* Opens a link with the options of this round and reads the advertisement. (transfer full) */
DsLink *ds_round_open(DsRound *self, DsCarrierService service, DsAdvert **advert, GError **error);
/* Ends @link, counts its bytes; when @ok is FALSE lets the carrier explain *@error. Returns @ok. */
gboolean ds_round_close(DsRound *self, DsLink *link, gboolean ok, GError **error);
/* Counts one refusal and keeps its words. */
void ds_round_refuse(DsRound *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Counts one bundle for which the station has no room now, and keeps the words. */
void ds_round_put_off(DsRound *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sends the spool; leaves self->advert set. */
gboolean ds_round_send(DsRound *self, GError **error);
/* Fetches what self->advert offers, then deletes it at the station. */
gboolean ds_round_fetch(DsRound *self, GError **error);

G_END_DECLS
