/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making statements and messages: what every part of the station says to units goes through here.
 */
#pragma once

#include "bundle/statement.h"
#include "depot/refs.h"
#include "station/station.h"

G_BEGIN_DECLS

/* Signs and appends the next statement to @unit about @bundle, inside the caller's transaction of
 * the ledger. RECEIVED and QUARANTINED are signed by the online key, all others need the
 * passphrase. @audit may be NULL. @detail: text → text, sealed to the unit; NULL for none.
 * @token: when a statement with it was made before, nothing happens; NULL for always. */
gboolean ds_station_say(DsStation *self, const char *unit, const DsDigest *bundle, DsState state,
                        const DsDigest *audit, GHashTable *detail, const char *token,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes @unit's row in the ledger if there is none. */
gboolean ds_station_know_unit(DsStation *self, const char *unit,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts a message into @unit's outbox, inside the caller's transaction. */
gboolean ds_station_enqueue(DsStation *self, const char *unit, DsOutboxKind kind, GPtrArray *names,
                            GPtrArray *contents, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The statements about @bundle go out again with the next publishing. */
gboolean ds_station_say_again(DsStation *self, const char *unit, const DsDigest *bundle,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
