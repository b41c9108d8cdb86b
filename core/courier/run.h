/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The courier that stays: waits for the station's network, makes contacts while it lasts, stops in
 * order when it goes. Contacts come when the network appears, soon after something was sealed, and
 * every options->every_seconds for what the station has to say. After a failure it waits, longer
 * each time, at most DS_RUN_BACKOFF_MAX_SECONDS; a network that comes anew is a new chance. No
 * failure ends it, none makes it spin. HOME/depot/why says at all times what it does and why. */
#pragma once

#include "courier/exchange.h"
#include "courier/why.h"

G_BEGIN_DECLS

#define DS_RUN_EVERY_SECONDS 300
#define DS_RUN_BACKOFF_SECONDS 15
#define DS_RUN_BACKOFF_MAX_SECONDS 300
/* A network must be there, or away, this long to count: cables are plugged in slowly, and
 * NetworkManager says "activated" before it knows addresses and whether bytes cost money. */
#define DS_RUN_SETTLE_MS 1000

/* Called on the calling thread, but for progress. Any may be NULL. */
typedef struct {
  void (*told)(const DsWhy *why, gpointer user_data); /* each change of what it does */
  void (*begun)(gpointer user_data);                  /* a contact */
  void (*progress)(const DsExchangeProgress *progress, gpointer user_data); /* other thread */
  /* The contact is over; @error NULL: whole. */
  void (*ended)(const DsExchangeResult *result, const GError *error, gpointer user_data);
  void (*alive)(gpointer user_data); /* every @alive_ms, while the loop turns */
  guint alive_ms;
} DsRunCalls;

typedef struct {
  guint every_seconds;   /* 0: DS_RUN_EVERY_SECONDS */
  gboolean send_metered; /* whatever the profile says */
  DsRunCalls calls;
  gpointer user_data;
} DsRunOptions;

/* Runs until @stop is cancelled: then it ends the contact in order and returns TRUE. Fails only
 * when it cannot begin: DS_ERROR_NOT_FOUND when @home is no unit's, DS_ERROR_BUSY when another runs
 * in it. courier.json may come or change meanwhile. */
gboolean ds_courier_run(const char *home, const DsRunOptions *options, GCancellable *stop,
                        GError **error);

/* Milliseconds until the next try after @failures (from 1) in a row: doubled each time, a random
 * half of it taken off, so that many units do not come at once. @draw is 0 to 1. */
guint ds_run_backoff_ms(guint failures, double draw);

G_END_DECLS
