/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A station and its home folder:
 *
 *   station.json   id, name, the places of the two archives
 *   lock           who is using it
 *   keys/          slots and private (behind the passphrase), online.key
 *   directory/     every version issued, by number
 *   intake.db      bundles, statements, outboxes, enrolled units   (online key)
 *   cases.db       cases, persons, outcomes                        (behind the passphrase)
 *   repos/UNIT.git one bare repository per unit
 *   archive-1/, archive-2/   ciphertext of every bundle, twice
 *   quarantine/UNIT/ID/      what could not be accepted, with the reason
 *
 * A locked station checks signatures, answers RECEIVED or QUARANTINED and lists what it holds
 * about bundles. Everything that opens a record needs ds_station_unlock first. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "bundle/directory.h"
#include "vault/slots.h"

G_BEGIN_DECLS

typedef struct _DsStation DsStation;

/* Makes a home in @home (must be empty or absent): keys, databases, the first directory. It is
 * there whole or not at all. @cost is DS_SLOTS_COST_LIGHT only for tests and the demo.
 * @id is 1–64 of a–z 0–9 and "-"; @name is for people. DS_ERROR_EXISTS when a station is there. */
gboolean ds_station_init(const char *home, const char *id, const char *name, DsSecret *passphrase,
                         DsSlotsCost cost, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One process at a time: DS_ERROR_BUSY names the other one; @program is for that message.
 * (transfer full) */
DsStation *ds_station_open(const char *home, const char *program, GError **error);
void ds_station_free(DsStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStation, ds_station_free)

/* DS_ERROR_LOCKED when the passphrase does not fit. */
gboolean ds_station_unlock(DsStation *self, DsSecret *passphrase,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *ds_station_id(const DsStation *self);
const char *ds_station_name(const DsStation *self);
/* The newest directory. (transfer none), until the next change of members. */
const DsDirectory *ds_station_directory(const DsStation *self);
/* Its signed bytes. (transfer none) */
GBytes *ds_station_directory_bytes(const DsStation *self);
/* Fingerprint of the root key in groups of five digits, to be read aloud. (transfer full) */
char *ds_station_fingerprint(const DsStation *self);
/* The unit's bare repository, for the forced command of its ssh key, which must not wait for
 * whoever has the station open. DS_ERROR_REFUSED when the unit is not enrolled or is revoked.
 * (transfer full) */
char *ds_station_serve_path(const char *home, const char *unit, GError **error);
/* How many bytes a push of @unit into @path may have now, and a line that tells the courier why not
 * more, NULL when it needs none (depot/room.h). Waits for nobody either. */
gboolean ds_station_serve_room(const char *home, const char *unit, const char *path, guint64 *room,
                               char **note, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Called after each durable step with a stable name ("received", "archived"); tests stop the
 * process there. */
typedef void (*DsStationCheckpoint)(const char *name, gpointer data);
void ds_station_set_checkpoint(DsStation *self, DsStationCheckpoint checkpoint, gpointer data);

G_END_DECLS
