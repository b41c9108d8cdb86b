/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a running courier does and why it waits: HOME/depot/why, kept by `doorstep-courier run` for
 * whoever asks, also from another account. Reasons are stored as words, not as sentences: each
 * reader has a language of its own. A courier that runs holds HOME/depot/running. */
#pragma once

#include <json-glib/json-glib.h>

#include "courier/reach.h"

G_BEGIN_DECLS

typedef enum {
  DS_WHY_ABSENT,       /* no courier runs here */
  DS_WHY_HIDDEN,       /* this account may not see it */
  DS_WHY_UNCONFIGURED, /* courier.json is missing or wrong: detail says it */
  DS_WHY_WAITING,      /* for the network: reason */
  DS_WHY_WORKING,      /* a contact is going on */
  DS_WHY_RESTING,      /* the last contact was whole; the next is at next_us */
  DS_WHY_TROUBLE,      /* the last contact failed: detail says it; the next try is at next_us */
} DsWhyState;

typedef struct {
  DsWhyState state;
  DsReachReason reason;
  char *network;   /* may be NULL */
  char *detail;    /* may be NULL: an error's words, or what was refused in a contact else whole */
  gint64 since_us; /* wall time of this state */
  gint64 next_us;  /* wall time, 0: not known */
} DsWhy;

/* Never fails: what cannot be read, and a file left by a courier that died, is DS_WHY_ABSENT. */
void ds_why_load(const char *home, DsWhy *why);
/* HOME/depot must be there; whoever may read that folder may read what is said. */
gboolean ds_why_save(const char *home, const DsWhy *why, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_why_clear(DsWhy *self);

/* Holds HOME/depot/running until the descriptor is closed; DS_ERROR_BUSY when another courier
 * runs in @home. -1 on error. */
int ds_why_claim(const char *home, GError **error);

/* One sentence for the officer. (transfer full) */
char *ds_why_sentence(const DsWhy *self);
/* "waiting" for JSON. Static. */
const char *ds_why_word(DsWhyState state);
/* The same as one JSON object: state, sentence, reason, network, detail, since, next; what is not
 * known is null. (transfer full) */
JsonNode *ds_why_json(const DsWhy *self);
/* Same state, reason, network and detail: nothing new to tell. */
gboolean ds_why_equal(const DsWhy *a, const DsWhy *b);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsWhy, ds_why_clear)

G_END_DECLS
