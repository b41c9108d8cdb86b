/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's private keys, in three files: "slots" (a master key wrapped by the passphrase, see
 * vault/slots.h), "private" (the private halves under a key derived from the master) and
 * "online.key". What opens people's records is behind the passphrase; one online key, which can
 * only say "arrived" and "broken", lies open beside it, so that a station without anybody at the
 * keyboard still answers. */
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
  DsKey *records;    /* recipient of bundles; signs every statement and every dispatch */
  DsKey *recovery;   /* second recipient; opens what a unit wrapped to it */
  DsSecret *case_db; /* key of cases.db */
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

G_END_DECLS
