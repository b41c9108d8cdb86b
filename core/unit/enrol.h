/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a unit and a station come to know each other: two files and a number read aloud. No secret
 * leaves the unit. */
#pragma once

#include <glib.h>

#include "unit/unit.h"

G_BEGIN_DECLS

typedef struct {
  char *number; /* 警号 */
  char *name;
} DsUnitOfficer;

/* Makes the home: vault, keys of the unit and of each officer, folders. @id is 1–64 of a–z 0–9
 * and "-". DS_ERROR_EXISTS when there is a unit already; an interrupted one is started over. */
gboolean ds_unit_init(const char *home, const char *id, const char *name,
                      const DsUnitOfficer *officers, guint n_officers, DsSecret *passphrase,
                      DsSlotsCost cost, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The enrolment request for the station, the same bytes each time, and the fingerprint both sides
 * read aloud. @fingerprint (transfer full). (transfer full) */
GBytes *ds_unit_enrolment(DsUnit *self, char **fingerprint, GError **error);

/* Takes the station's directory. The first one needs @root_fingerprint as read aloud (blanks do
 * not matter); later ones must be signed by the pinned root and be newer, DS_ERROR_REFUSED. Also
 * wraps the vault's master key to the station's recovery key, so that a forgotten passphrase loses
 * nothing. */
gboolean ds_unit_trust(DsUnit *self, GBytes *directory, const char *root_fingerprint,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* DsUnitOfficer as enrolled. (transfer full), free the array with g_ptr_array_unref. */
GPtrArray *ds_unit_officers(DsUnit *self, GError **error);
void ds_unit_officer_free(gpointer officer);

G_END_DECLS
