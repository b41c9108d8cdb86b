/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Talks to a running `git receive-pack`: commands, then a pack framed on the fly (stored deflate
 * blocks, no delta), then the server's report. One link carries one push. "Handed over" is the
 * server's word and nothing more: only a signed receipt counts as proof. */
#pragma once

#include "depot/advert.h"
#include "depot/source.h"

G_BEGIN_DECLS

typedef enum {
  DS_PUSH_NOT_SENT = 0, /* nothing is known to have arrived */
  DS_PUSH_HANDED_OVER,  /* the server reported ok for the ref */
  DS_PUSH_ALREADY,      /* it was in the advertisement, nothing was sent */
  DS_PUSH_REFUSED,      /* the server reported ng, or could not unpack; @reason says why */
  DS_PUSH_UNREADABLE,   /* an entry could not be read here; @reason says why */
} DsPushOutcome;

typedef struct {
  DsPushOutcome outcome;
  char *reason; /* made printable; NULL unless refused or unreadable */
} DsPushReport;

/* Sends @sources (DsDepotSource) after @advert was read from @link. @reports is filled with one
 * DsPushReport per source, in order, also when the call fails. TRUE when the server reported on
 * every ref, whatever it said; look at the outcomes. A bundle that cannot be read is left out and
 * the others go; bytes that change between the two readings end the push (DS_ERROR_INVALID). */
gboolean ds_push_bundles(DsLink *link, const DsAdvert *advert, GPtrArray *sources,
                         GPtrArray **reports, GError **error);

/* Deletes advertised refs (full names, NULL-terminated); names that are not advertised count as
 * done. DS_ERROR_REFUSED when the server kept one of them. */
gboolean ds_push_delete(DsLink *link, const DsAdvert *advert, const char *const *refs,
                        GError **error);

/* Says goodbye without a command, after the advertisement. */
gboolean ds_push_nothing(DsLink *link, GError **error);

void ds_push_report_free(DsPushReport *self);

G_END_DECLS
