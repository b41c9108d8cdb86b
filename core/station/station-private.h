/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share and nobody else sees. */
#pragma once

#include "bundle/statement.h"
#include "db/db.h"
#include "depot/repo.h"
#include "station/keys.h"
#include "station/settings.h"
#include "station/station.h"
#include "store/spool.h"
#include "store/store.h"
#include "vault/owner.h"

/* One of the places that DURABLE promises. */
typedef struct {
  char *name; /* as in station.json and the directory: "archive-1" */
  char *path;
  DsStore *chunks;
} DsArchive;

struct _DsStation {
  char *home;
  DsStationSettings *settings;
  char *id;
  char *name;
  DsDigest root; /* of the root key: the pin */
  DsOwner *owner;
  DsStationOnline *online;
  DsStationKeys *keys; /* NULL while locked */
  DsDb *ledger;
  DsDb *cases;         /* NULL while locked */
  GPtrArray *archives; /* DsArchive */
  DsDirectory *directory;
  GBytes *directory_bytes;
  DsStationCheckpoint checkpoint;
  gpointer checkpoint_data;
};

void ds_station_check(DsStation *self, const char *name);
/* DS_ERROR_LOCKED saying what needs the passphrase. */
gboolean ds_station_require_unlocked(const DsStation *self, const char *what,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The unit's repository. (transfer full) */
DsRepo *ds_station_open_repo(const DsStation *self, const char *unit, GError **error);
/* The newest directory of @home, checked against the pinned root. */
gboolean ds_station_read_directory(const char *home, const DsDigest *root, DsDirectory **directory,
                                   GBytes **bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *ds_station_repo_path(const char *home, const char *unit);
/* Signs @next by the root key, writes it and makes it the current one. */
gboolean ds_station_issue(DsStation *self, DsDirectory *next,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Finish or undo a change of receipt keys that was interrupted (rotate.c). */
gboolean ds_station_settle_online(DsStation *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_station_settle_receipt(DsStation *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An empty directory for this station with its own keys in it. (transfer full) */
DsDirectory *ds_station_first_directory(const char *id, const char *name, DsStationKeys *keys,
                                        DsStationOnline *online);
/* Bundles of @unit in @archive, in order of seq. (transfer full) */
DsSpool *ds_archive_spool(const DsArchive *archive, const char *unit, GError **error);
