/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cases.db: which cases there are, whom they are about, what was decided. Opened behind the
 * passphrase. What a case holds stays in its record in the archive, the only copy. */
#pragma once

#include <json-glib/json-glib.h>

#include "bundle/manifest.h"
#include "bundle/record.h"
#include "bundle/statement.h"
#include "db/db.h"
#include "station/station.h"

G_BEGIN_DECLS

typedef struct {
  char *key; /* "UNIT/LOCAL-NUMBER" */
  char *unit;
  char *local_number;
  char *service;
  char *name;
  char *number;
  char *state; /* see review.h */
  char *day;
  char *officer;
  char *trip;
  char *due; /* NULL: none */
  guint version;
  guint64 seq;
  DsDigest bundle; /* of the newest version */
  guint duplicates;
} DsRegistryCase;

void ds_registry_case_free(DsRegistryCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRegistryCase, ds_registry_case_free)

DsDb *ds_registry_open(const char *home, DsSecret *key, gboolean create, GError **error);

/* Takes a verified version in; again is fine. An older version than the known one is superseded
 * at once, a newer one supersedes; but a withdrawal of what the station has decided about is
 * superseded itself. @duplicates counts the other cases about the same person and
 * service that this one was found to repeat. */
gboolean ds_registry_import(DsStation *self, const DsManifest *manifest, const DsRecord *record,
                            guint *duplicates, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By key, local number or the first digits of a bundle's id: DS_ERROR_NOT_FOUND, DS_ERROR_INVALID
 * when several fit. (transfer full) */
DsRegistryCase *ds_registry_find(DsStation *self, const char *name, GError **error);
/* DsRegistryCase by day and key; @state NULL for all. (transfer full) */
GPtrArray *ds_registry_list(DsStation *self, const char *state, GError **error);
/* Keys of the cases that @key repeats. (transfer full) */
GPtrArray *ds_registry_duplicates(DsStation *self, const char *key, GError **error);
/* {at, by, event, detail} and {version, bundle, seq, superseded}, oldest first. (transfer full) */
JsonArray *ds_registry_history(DsStation *self, const char *key, GError **error);
JsonArray *ds_registry_versions(DsStation *self, const char *key, GError **error);

/* A decision: new state, history, and the statement about the newest version, which goes to the
 * ledger by ds_registry_settle, now or at the next unlock. */
typedef struct {
  const char *state;
  DsState say; /* 0: the unit need not know */
  const char *by;
  const char *event;  /* for the history: "returned" */
  const char *text;   /* for the history, may be NULL */
  const char *due;    /* NULL: none */
  GHashTable *detail; /* of the statement, NULL: none */
} DsRegistryDecision;

gboolean ds_registry_decide(DsStation *self, const DsRegistryCase *about,
                            const DsRegistryDecision *decision,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_registry_settle(DsStation *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {value: count} of "state", "unit", "officer" or "day". (transfer full) */
JsonObject *ds_registry_counts(DsStation *self, const char *by, GError **error);

G_END_DECLS
