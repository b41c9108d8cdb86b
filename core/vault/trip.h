/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trips (外勤任务) in the vault: what the station dispatched, with its packs and its roster. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "vault/vault.h"

G_BEGIN_DECLS

typedef enum {
  DS_TRIP_OPEN = 1,
  DS_TRIP_CLOSED = 2,
} DsTripState;

typedef struct {
  char *id;
  char *name;
  char *day; /* "2026-09-01" */
  char *jurisdiction;
  char *region;      /* 6 digits: where the trip accepts */
  DsDigest dispatch; /* id of the bundle that brought it */
  DsTripState state;
} DsVaultTrip;

void ds_vault_trip_free(DsVaultTrip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultTrip, ds_vault_trip_free)

/* The same trip from the same dispatch again is fine and changes nothing; the same id from
 * another dispatch is DS_ERROR_EXISTS. */
gboolean ds_vault_add_trip(DsVault *self, const DsVaultTrip *trip,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_vault_set_trip_state(DsVault *self, const char *trip_id, DsTripState state,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND. (transfer full) */
DsVaultTrip *ds_vault_trip(DsVault *self, const char *trip_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsVaultTrip, newest day first. (transfer full) */
GPtrArray *ds_vault_trips(DsVault *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Packs, services and tables of a trip, by name ("pack:CN-36"). */
gboolean ds_vault_set_trip_data(DsVault *self, const char *trip_id, const char *name, GBytes *bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND names it. (transfer full) */
GBytes *ds_vault_trip_data(DsVault *self, const char *trip_id, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sorted names. (transfer full) */
GPtrArray *ds_vault_trip_data_names(DsVault *self, const char *trip_id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint row;          /* counted from 1, as the station's file had it */
  GHashTable *fields; /* text → text, by field name ("applicant.name") */
  char *case_id;      /* the newest case made from it, or NULL */
} DsVaultRosterRow;

void ds_vault_roster_row_free(DsVaultRosterRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultRosterRow, ds_vault_roster_row_free)

/* Replaces the row. @fields: text → text. */
gboolean ds_vault_set_roster_row(DsVault *self, const char *trip_id, guint row, GHashTable *fields,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND. (transfer full) */
DsVaultRosterRow *ds_vault_roster_row(DsVault *self, const char *trip_id, guint row,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DsVaultRosterRow in order. (transfer full) */
GPtrArray *ds_vault_roster(DsVault *self, const char *trip_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Row numbers whose applicant.number is @number. GArray of guint. (transfer full) */
GArray *ds_vault_roster_find(DsVault *self, const char *trip_id, const char *number,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops all rows. */
gboolean ds_vault_forget_roster(DsVault *self, const char *trip_id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops @row unless a case of it that still has its personal data needs it. */
gboolean ds_vault_forget_row(DsVault *self, const char *trip_id, guint row,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops the rows that no case was made from: once the trip is over nobody needs the people who did
 * not come. @count (may be NULL): how many. */
gboolean ds_vault_forget_absent(DsVault *self, const char *trip_id, guint *count,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
