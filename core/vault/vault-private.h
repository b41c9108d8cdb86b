/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of this folder only. */
#pragma once

#include "db/db.h"
#include "vault/owner.h"
#include "vault/vault.h"

G_BEGIN_DECLS

struct _DsVault {
  char *home;
  char *dir; /* HOME/vault */
  DsOwner *owner;
  DsSlots *slots;
  DsSecret *master;
  DsDb *db;
};

/* Adds one entry inside the caller's transaction; @entry (may be NULL) is its index. @value NULL:
 * an entry without a value. Raises the case's time of change. */
gboolean ds_vault_append(DsVault *self, const char *case_id, const char *step, const char *kind,
                         const char *name, const char *value, const char *who, gint64 *entry,
                         GError **error);

/* DS_ERROR_NOT_FOUND for an unknown case, DS_ERROR_REFUSED for a shredded one. */
gboolean ds_vault_require_case(DsVault *self, const char *case_id, GError **error);

/* Makes applicant.name (or .number) findable; @value NULL removes. */
gboolean ds_vault_index_case(DsVault *self, const char *case_id, const char *field,
                             const char *value, GError **error);

/* Reads rows to their end into a GPtrArray: @read makes one element of the row stood on.
 * @rows may be NULL after a failed query. Takes @rows. (transfer full) */
typedef gpointer (*DsVaultRead)(DsDbRows *rows);
GPtrArray *ds_vault_collect(DsDbRows *rows, DsVaultRead read, GDestroyNotify free_element,
                            GError **error);

G_END_DECLS
