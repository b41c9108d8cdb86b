/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by directory, its codec and enrolment. */
#pragma once

#include "bundle/directory.h"
#include "model/cbor.h"

G_BEGIN_DECLS

gint ds_directory_compare_units(gconstpointer a, gconstpointer b);
gint ds_directory_compare_officers(gconstpointer a, gconstpointer b);

DsOfficerEntry *ds_officer_entry_new(const char *number, const char *name, DsRole role, DsKey *key);
void ds_officer_entry_free(gpointer data);
/* {1: number, 2: name, 3: role, 4: key, ?5: revoked} */
void ds_officer_entry_put(DsCborWriter *w, const DsOfficerEntry *self);
/* NULL after an error. (transfer full) */
DsOfficerEntry *ds_officer_entry_get(DsCborReader *r, gboolean may_be_revoked);

G_END_DECLS
