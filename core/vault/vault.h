/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unit's secrets and records, HOME/vault/{slots.cbor, vault.db, owner}. This header opens it;
 * what it holds is in setting.h, trip.h, case.h, journal.h, part.h, bundles.h, statements.h.
 *
 * Every changing call of all of them is durable when it returns TRUE, unless it runs inside
 * ds_vault_begin … ds_vault_commit: then all of them are, at the outermost commit, or none.
 * Errors of every call, besides its own: those of db/db.h (NO_SPACE when the disk is full).
 * One thread uses a vault. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "db/db.h"
#include "vault/slots.h"

G_BEGIN_DECLS

typedef struct _DsVault DsVault;

/* TRUE when HOME holds a finished vault. */
gboolean ds_vault_exists(const char *home);

/* Makes a vault and opens it. DS_ERROR_EXISTS when there is one; what an interrupted creation left
 * is cleared away. @program is for the owner file ("doorstep"). (transfer full) */
DsVault *ds_vault_create(const char *home, const char *program, DsSecret *passphrase,
                         DsSlotsCost cost, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* DS_ERROR_NOT_FOUND: no vault; BUSY: in use, says by whom; LOCKED: wrong passphrase; REFUSED: the
 * slots file was changed by somebody else; UNSUPPORTED: made by a newer Doorstep; FAILED with
 * "the database is damaged": see ds_vault_set_aside_database. (transfer full) */
DsVault *ds_vault_open(const char *home, const char *program, DsSecret *passphrase,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With the master key itself, as the station's recovery gives it. */
DsVault *ds_vault_open_with_master(const char *home, const char *program, DsSecret *master,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Closes the database, wipes the keys, gives up ownership. NULL is fine. */
void ds_vault_close(DsVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVault, ds_vault_close)

/* Renames vault.db out of the way ("vault.db.lost-1") and makes an empty one under the same master
 * key: the first step of a rebuild from the spool. The vault must not be open. */
gboolean ds_vault_set_aside_database(const char *home, const char *program, DsSecret *passphrase,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE when HOME holds a database that was set aside: what is not in today's may be in that. */
gboolean ds_vault_lost_database(const char *home);

const char *ds_vault_home(const DsVault *self);
const char *ds_vault_id(const DsVault *self); /* 32 hex digits, random, for ever */

/* Replaces the passphrase; the recovery slot stays. Durable. */
gboolean ds_vault_set_passphrase(DsVault *self, DsSecret *passphrase, DsSlotsCost cost,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For idle locks: does @passphrase open this vault? DS_ERROR_LOCKED when not. */
gboolean ds_vault_check_passphrase(DsVault *self, DsSecret *passphrase,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The master key, for wrapping it to the station's recovery key. (transfer full) */
DsSecret *ds_vault_export_master(DsVault *self);
/* The wrapped copy, opaque here. Durable; replaces the old one. */
gboolean ds_vault_set_recovery_slot(DsVault *self, GBytes *blob,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Needs no passphrase. DS_ERROR_NOT_FOUND when there is none. (transfer full) */
GBytes *ds_vault_read_recovery_slot(const char *home, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A key of its own for another purpose, ds_derive_key of the master. (transfer full) */
DsSecret *ds_vault_derive_key(DsVault *self, const char *label,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* g_autoptr(DsVaultTransaction) t = ds_vault_begin(vault, error); … undone unless
 * ds_vault_commit(g_steal_pointer(&t), error). Nests. */
typedef struct _DsDbTransaction DsVaultTransaction;
DsVaultTransaction *ds_vault_begin(DsVault *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_vault_commit(DsVaultTransaction *transaction, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_vault_rollback(DsVaultTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsVaultTransaction, ds_vault_rollback)

/* Every page, every foreign key: DS_ERROR_FAILED names the first problem. */
gboolean ds_vault_check(DsVault *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
