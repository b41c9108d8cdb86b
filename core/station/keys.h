/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The station's private keys. What opens people's records is wrapped by the station's passphrase
 * (Argon2id, XChaCha20-Poly1305); one online key, which can only say "arrived" and "broken", lies
 * open beside it, so that a station without anybody at the keyboard still answers. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "bundle/key.h"

G_BEGIN_DECLS

#define DS_STATION_ARGON2_MIB 256u   /* default memory of the passphrase hash, in MiB */
#define DS_STATION_ARGON2_MIB_MIN 8u /* what libsodium calls minimal; for tests and the demo */
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

/* Makes all keys and writes @dir/station.keys and @dir/online.key (mode 0600). DS_ERROR_EXISTS when
 * there are keys already, DS_ERROR_INVALID for a passphrase that is too short. */
gboolean ds_station_keys_create(const char *dir, DsSecret *passphrase, guint argon2_mib,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_LOCKED when the passphrase does not fit. (transfer full) */
DsStationKeys *ds_station_keys_open(const char *dir, DsSecret *passphrase, GError **error);
void ds_station_keys_free(DsStationKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStationKeys, ds_station_keys_free)

DsStationOnline *ds_station_online_open(const char *dir, GError **error);
void ds_station_online_free(DsStationOnline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsStationOnline, ds_station_online_free)

G_END_DECLS
