/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/vault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/files.h"
#include "vault/derive.h"
#include "vault/schema.h"
#include "vault/vault-private.h"

#define SLOTS "slots.cbor"
#define DATABASE "vault.db"
#define OWNER "owner"
#define DATABASE_LABEL "doorstep/vault/db/1"

static char *
path_of(const char *home, const char *file)
{
  return g_build_filename(home, "vault", file, NULL);
}

gboolean
ds_vault_exists(const char *home)
{
  g_autofree char *slots = path_of(home, SLOTS);

  return g_file_test(slots, G_FILE_TEST_IS_REGULAR);
}

void
ds_vault_close(DsVault *self)
{
  if (self == NULL)
    return;
  ds_db_close(self->db);
  ds_slots_free(self->slots);
  ds_secret_unref(self->master);
  ds_owner_release(self->owner); /* last: until here nobody else may open it */
  g_free(self->dir);
  g_free(self->home);
  g_free(self);
}

/* The folder and the lock; no keys yet. */
static DsVault *
vault_new(const char *home, const char *program, GError **error)
{
  g_autoptr(DsVault) self = g_new0(DsVault, 1);

  self->home = g_strdup(home);
  self->dir = g_build_filename(home, "vault", NULL);
  g_autofree char *owner = path_of(home, OWNER);
  self->owner = ds_owner_take(owner, program, error);
  return self->owner != NULL ? g_steal_pointer(&self) : NULL;
}

static gboolean
write_slots(DsVault *self, gboolean create, GError **error)
{
  g_autoptr(GBytes) file = ds_slots_encode(self->slots, self->master, error);
  gsize size = 0;

  if (file == NULL)
    return FALSE;
  const void *data = g_bytes_get_data(file, &size);
  return create ? ds_files_create(self->dir, SLOTS, data, size, error)
                : ds_files_replace(self->dir, SLOTS, data, size, error);
}

static DsSlots *
read_slots(const char *home, GError **error)
{
  g_autofree char *path = path_of(home, SLOTS);
  g_autoptr(GBytes) file = NULL;

  if (!ds_vault_exists(home)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no vault in %s", home);
    return NULL;
  }
  file = ds_files_read(path, DS_SLOTS_FILE_MAX, error);
  return file != NULL ? ds_slots_parse(file, error) : NULL;
}

static gboolean
open_database(DsVault *self, gboolean create, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autofree char *path = path_of(self->home, DATABASE);
  g_autoptr(DsSecret) key = ds_derive_key(self->master, DATABASE_LABEL, error);

  if (key == NULL)
    return FALSE;
  self->db = ds_db_open(path, key, create, &local);
  if (self->db == NULL) {
    /* the master key was proven before, so it is the file that does not fit */
    if (local->code == DS_ERROR_LOCKED || local->code == DS_ERROR_NOT_FOUND)
      g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                  "the database is damaged: %s %s; what was sealed can be rebuilt from the spool",
                  path, local->code == DS_ERROR_LOCKED ? "cannot be read" : "is missing");
    else
      g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  return ds_db_migrate(self->db, ds_vault_schema, ds_vault_schema_steps, error);
}

static gboolean
remove_database(const char *home, GError **error)
{
  static const char *const files[] = {DATABASE, DATABASE "-wal", DATABASE "-journal"};

  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = path_of(home, files[i]);
    if (!ds_files_remove(path, error))
      return FALSE;
  }
  return TRUE;
}

DsVault *
ds_vault_create(const char *home, const char *program, DsSecret *passphrase, DsSlotsCost cost,
                GError **error)
{
  g_autofree char *dir = g_build_filename(home, "vault", NULL);

  if (!ds_files_make_dir(dir, error))
    return NULL;
  g_autoptr(DsVault) self = vault_new(home, program, error);
  if (self == NULL)
    return NULL;
  if (ds_vault_exists(home)) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "there is a vault in %s already", home);
    return NULL;
  }
  self->slots = ds_slots_new();
  self->master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  /* the slots come last: without them a database left here has no key and is nothing */
  if (!ds_slots_set_passphrase(self->slots, self->master, passphrase, cost, error) ||
      !remove_database(home, error) || !open_database(self, TRUE, error) ||
      !ds_files_sync_dir(dir, error) || !write_slots(self, TRUE, error))
    return NULL;
  return g_steal_pointer(&self);
}

/* @passphrase or @master, the other is NULL. */
static DsVault *
unlock(const char *home, const char *program, DsSecret *passphrase, DsSecret *master,
       GError **error)
{
  if (!ds_vault_exists(home)) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no vault in %s", home);
    return NULL;
  }
  /* first the lock: "in use" is told before a second is spent on the passphrase */
  g_autoptr(DsVault) self = vault_new(home, program, error);
  if (self == NULL)
    return NULL;
  self->slots = read_slots(home, error);
  if (self->slots == NULL)
    return NULL;
  if (passphrase != NULL)
    self->master = ds_slots_unlock(self->slots, passphrase, error);
  else if (ds_slots_check(self->slots, master, error))
    self->master = ds_secret_ref(master);
  return self->master != NULL ? g_steal_pointer(&self) : NULL;
}

DsVault *
ds_vault_open(const char *home, const char *program, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsVault) self = unlock(home, program, passphrase, NULL, error);

  return self != NULL && open_database(self, FALSE, error) ? g_steal_pointer(&self) : NULL;
}

DsVault *
ds_vault_open_with_master(const char *home, const char *program, DsSecret *master, GError **error)
{
  g_autoptr(DsVault) self = unlock(home, program, NULL, master, error);

  return self != NULL && open_database(self, FALSE, error) ? g_steal_pointer(&self) : NULL;
}

static gboolean
set_aside(const char *home, const char *file, guint number, GError **error)
{
  g_autofree char *from = path_of(home, file);
  g_autofree char *to = g_strdup_printf("%s.lost-%u", from, number);

  if (g_rename(from, to) < 0 && errno != ENOENT)
    return ds_error_set_errno(error, errno, "setting aside", from);
  return TRUE;
}

static guint
first_free_number(const char *home)
{
  for (guint number = 1;; number++) {
    g_autofree char *name = g_strdup_printf(DATABASE ".lost-%u", number);
    g_autofree char *path = path_of(home, name);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
      return number;
  }
}

gboolean
ds_vault_lost_database(const char *home)
{
  return first_free_number(home) > 1;
}

gboolean
ds_vault_set_aside_database(const char *home, const char *program, DsSecret *passphrase,
                            GError **error)
{
  g_autoptr(DsVault) self = unlock(home, program, passphrase, NULL, error);

  if (self == NULL)
    return FALSE;
  guint number = first_free_number(home);
  return set_aside(home, DATABASE, number, error) &&
         set_aside(home, DATABASE "-wal", number, error) && open_database(self, TRUE, error) &&
         ds_files_sync_dir(self->dir, error);
}

const char *
ds_vault_home(const DsVault *self)
{
  return self->home;
}

const char *
ds_vault_id(const DsVault *self)
{
  return ds_slots_id(self->slots);
}

/* Runs after a failed write too: what is in memory is what is on the disk. */
static gboolean
reread_slots(DsVault *self, gboolean written)
{
  g_autoptr(DsSlots) slots = written ? NULL : read_slots(self->home, NULL);

  if (slots != NULL) {
    ds_slots_free(self->slots);
    self->slots = g_steal_pointer(&slots);
  }
  return written;
}

gboolean
ds_vault_set_passphrase(DsVault *self, DsSecret *passphrase, DsSlotsCost cost, GError **error)
{
  return reread_slots(self,
                      ds_slots_set_passphrase(self->slots, self->master, passphrase, cost, error) &&
                          write_slots(self, FALSE, error));
}

gboolean
ds_vault_check_passphrase(DsVault *self, DsSecret *passphrase, GError **error)
{
  g_autoptr(DsSecret) master = ds_slots_unlock(self->slots, passphrase, error);

  return master != NULL;
}

DsSecret *
ds_vault_export_master(DsVault *self)
{
  return ds_secret_ref(self->master);
}

gboolean
ds_vault_set_recovery_slot(DsVault *self, GBytes *blob, GError **error)
{
  return reread_slots(self, ds_slots_set_recovery(self->slots, blob, error) &&
                                write_slots(self, FALSE, error));
}

GBytes *
ds_vault_read_recovery_slot(const char *home, GError **error)
{
  g_autoptr(DsSlots) slots = read_slots(home, error);

  if (slots == NULL)
    return NULL;
  if (ds_slots_recovery(slots) == NULL) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "the vault in %s has no recovery slot: it was never enrolled", home);
    return NULL;
  }
  return g_bytes_ref(ds_slots_recovery(slots));
}

DsSecret *
ds_vault_derive_key(DsVault *self, const char *label, GError **error)
{
  return ds_derive_key(self->master, label, error);
}

DsVaultTransaction *
ds_vault_begin(DsVault *self, GError **error)
{
  return ds_db_begin(self->db, error);
}

gboolean
ds_vault_commit(DsVaultTransaction *transaction, GError **error)
{
  return ds_db_commit(transaction, error);
}

void
ds_vault_rollback(DsVaultTransaction *transaction)
{
  ds_db_rollback(transaction);
}

gboolean
ds_vault_check(DsVault *self, GError **error)
{
  return ds_db_check(self->db, error);
}

GPtrArray *
ds_vault_collect(DsDbRows *rows, DsVaultRead read, GDestroyNotify free_element, GError **error)
{
  g_autoptr(DsDbRows) owned = rows;
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_element);
  DsDbStep step = DS_DB_ERROR;

  if (owned == NULL)
    return NULL;
  while ((step = ds_db_rows_next(owned, error)) == DS_DB_ROW)
    g_ptr_array_add(all, read(owned));
  return step == DS_DB_DONE ? g_steal_pointer(&all) : NULL;
}
