/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's private keys, in files: "slots" (a master key wrapped by the passphrase, see
 * vault/slots.h), "private" (the private halves under a key derived from the master), "receipt"
 * (the same, once that key was changed) and "online.key". What opens people's records is behind the
 * passphrase; one online key, which can only say "arrived" and "broken", lies open beside it, so
 * that a station without anybody at the keyboard still answers. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "bundle/key.h"
#include "vault/slots.h"

G_BEGIN_DECLS

#define DS_STATION_PASSPHRASE_MIN 8u /* bytes */

/* Behind the passphrase. */
typedef struct {
  DsKey *root;       /* signs directories */
  DsKey *records;    /* recipient of bundles; signs every dispatch */
  DsKey *recovery;   /* second recipient; opens what a unit wrapped to it */
  DsKey *receipt;    /* signs statements; the same as records until it was changed */
  DsSecret *case_db; /* key of cases.db */
  DsSecret *box;     /* under which a changed receipt key lies */
} DsStationKeys;

/* Beside it. */
typedef struct {
  DsKey *sign;         /* signs RECEIVED and QUARANTINED, nothing else (the directory says so) */
  DsSecret *ledger_db; /* key of intake.db */
} DsStationOnline;

/* Makes all keys in the folder @dir (mode 0600). DS_ERROR_EXISTS when there are keys already,
 * DS_ERROR_INVALID for a passphrase that is too short. */
gboolean ds_station_keys_create(const char *dir, DsSecret *passphrase, DsSlotsCost cost,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_LOCKED when the passphrase does not fit, DS_ERROR_REFUSED when a file was changed by
 * somebody else. (transfer full) */
DsStationKeys *ds_station_keys_open(const char *dir, DsSecret *passphrase, GError **error);
void ds_station_keys_free(DsStationKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStationKeys, ds_station_keys_free)

DsStationOnline *ds_station_online_open(const char *dir, GError **error);
void ds_station_online_free(DsStationOnline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStationOnline, ds_station_online_free)

/* ---- changing the keys that sign statements (station/rotate.h) ----
 * The new ones lie beside the old ones as "….next" until a directory that names them is durable. */

/* @receipt and @front are (transfer full). */
gboolean ds_station_keys_prepare(const char *dir, const DsStationKeys *keys,
                                 const DsStationOnline *online, DsKey **receipt, DsKey **front,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @next NULL: none was prepared. (transfer full) */
gboolean ds_station_keys_next_receipt(const char *dir, const DsStationKeys *keys, DsKey **next,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_station_keys_next_online(const char *dir, DsKey **next,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts @next in the place of the old one, or drops what was prepared when it is NULL. */
gboolean ds_station_keys_settle_receipt(const char *dir, DsStationKeys *keys, DsKey *next,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_station_keys_settle_online(const char *dir, DsStationOnline *online, DsKey *next,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
