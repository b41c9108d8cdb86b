/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Talks to a running `git upload-pack` and takes outbox messages out of what it sends. The pack
 * goes through `git index-pack --strict` under limits in a fresh throw-away repository; only then
 * does libgit2 read commit, tree and blobs, each of exactly the expected shape. Nothing is checked
 * out. What comes out is checked by shape only: its signatures are the vault's business. */
#pragma once

#include "depot/advert.h"
#include "depot/fetch-limits.h"

G_BEGIN_DECLS

/* Where messages go. For each message: begin, entry (in order of names), commit; or abort when
 * something is wrong in the middle. commit returns TRUE only when everything is on disk. */
typedef struct {
  gboolean (*begin)(const DsOutboxRef *ref, gpointer user_data, GError **error);
  gboolean (*entry)(const DsOutboxRef *ref, const char *name, GBytes *bytes, gpointer user_data,
                    GError **error);
  gboolean (*commit)(const DsOutboxRef *ref, gpointer user_data, GError **error);
  void (*abort)(const DsOutboxRef *ref, gpointer user_data);
} DsFetchSink;

/* Fetches @wants (DsOutboxRef, all in @advert) over @link, with the quarantine below folder
 * @work, and gives them to @sink. @refused, if not NULL, is filled with a message for each ref
 * whose content had the wrong shape (key: guint64 * seq, value: char *); the others still arrive.
 * FALSE: the pack as a whole was bad (DS_ERROR_INVALID, _TOO_LARGE), the link broke
 * (DS_ERROR_RETRY) or the sink failed (its error, unless EXISTS or INVALID: those refuse the one
 * message); messages committed before stay committed and
 * are in @taken (DsOutboxRef, filled in either case). */
gboolean ds_fetch_outbox(DsLink *link, const DsAdvert *advert, const GArray *wants,
                         const char *work, const DsFetchLimits *limits, const DsFetchSink *sink,
                         gpointer user_data, GArray *taken, GHashTable *refused, GError **error);

/* Says goodbye without wanting anything, after the advertisement. */
gboolean ds_fetch_nothing(DsLink *link, GError **error);

/* Removes quarantines a killed fetch left below @work. */
gboolean ds_fetch_sweep(const char *work, GError **error);

G_END_DECLS
