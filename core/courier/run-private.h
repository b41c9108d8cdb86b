/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by run.c (network, files, words) and run-contact.c (contacts and their times). */
#pragma once

#include "courier/reach-watch.h"
#include "courier/run.h"

G_BEGIN_DECLS

/* After a change in the spool: whoever seals one case often seals another. */
#define DS_RUN_SOON_MS 1000

typedef struct {
  const char *home; /* absolute */
  const DsRunOptions *options;
  GMainContext *context;
  GMainLoop *loop;
  gboolean stopping;

  DsCourierConfig *config; /* NULL: config_trouble says why */
  char *config_trouble;
  GPtrArray *monitors;

  DsReachWatch *watch; /* NULL until one is needed */
  DsReachDecision decision;
  gboolean open;   /* what the decision was for DS_RUN_SETTLE_MS */
  char *network;   /* through which network it is open, may be NULL */
  GSource *settle; /* it differs */

  GCancellable *contact; /* NULL: none is going on */
  gboolean wanted;       /* something was sealed since it began */
  guint failures;        /* in a row */
  char *trouble;         /* of the last contact, NULL: none */
  GSource *due;          /* the next contact */
  gint64 next_us;        /* its wall time */
  GSource *alive;

  DsWhy why;
  gboolean told; /* why is what HOME/depot/why says */
} DsRun;

void ds_run_set_timer(DsRun *self, GSource **timer, guint ms, GSourceFunc function);
void ds_run_clear_timer(GSource **timer);

/* Something may have changed: decides anew, and says so when it did. A callback. */
void ds_run_look(gpointer user_data);
/* Writes and tells what is new in what it does. */
void ds_run_tell(DsRun *self);

/* Makes the next contact after @ms. */
void ds_run_contact_in(DsRun *self, guint ms);
/* Ends the contact that goes on, if any, in order; it reports later. */
void ds_run_cut(DsRun *self);

G_END_DECLS
