/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/setting.h"

#include <string.h>

#include "base/error.h"
#include "vault/vault-private.h"

#define DIRECTORIES_KEPT 5
#define STATION_TIME "station-time"

gboolean
ds_vault_set_setting(DsVault *self, const char *name, GBytes *value, GError **error)
{
  if (value == NULL)
    return ds_db_run(self->db, error, "DELETE FROM setting WHERE name = ?", "t", name);
  return ds_db_run(self->db, error, "INSERT OR REPLACE INTO setting VALUES(?, ?)", "tg", name,
                   value);
}

GBytes *
ds_vault_setting(DsVault *self, const char *name, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT value FROM setting WHERE name = ?", "t", name);

  if (rows == NULL || ds_db_rows_next(rows, error) != DS_DB_ROW)
    return NULL;
  return ds_db_rows_bytes(rows, 0);
}

gboolean
ds_vault_set_setting_text(DsVault *self, const char *name, const char *value, GError **error)
{
  g_autoptr(GBytes) bytes = value != NULL ? g_bytes_new(value, strlen(value)) : NULL;

  return ds_vault_set_setting(self, name, bytes, error);
}

char *
ds_vault_setting_text(DsVault *self, const char *name, GError **error)
{
  g_autoptr(GBytes) bytes = ds_vault_setting(self, name, error);
  gsize size = 0;

  if (bytes == NULL)
    return NULL;
  const char *text = g_bytes_get_data(bytes, &size);
  return text != NULL ? g_strndup(text, size) : g_strdup("");
}

gboolean
ds_vault_set_secret(DsVault *self, const char *name, DsSecret *value, GError **error)
{
  if (value == NULL)
    return ds_db_run(self->db, error, "DELETE FROM secret WHERE name = ?", "t", name);
  return ds_db_run(self->db, error, "INSERT OR REPLACE INTO secret VALUES(?, ?)", "ts", name,
                   value);
}

DsSecret *
ds_vault_secret(DsVault *self, const char *name, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, "SELECT value FROM secret WHERE name = ?", "t", name);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  if (step == DS_DB_ROW)
    return ds_db_rows_secret(rows, 0);
  if (step == DS_DB_DONE)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "the vault holds no key \"%s\"", name);
  return NULL;
}

gboolean
ds_vault_has_secret(DsVault *self, const char *name)
{
  gint64 count = 0;

  return ds_db_get_int(self->db, &count, 0, NULL, "SELECT count(*) FROM secret WHERE name = ?", "t",
                       name) &&
         count > 0;
}

gboolean
ds_vault_next_counter(DsVault *self, const char *name, guint64 *value, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gint64 last = 0;

  if (transaction == NULL ||
      !ds_db_run(self->db, error,
                 "INSERT INTO counter VALUES(?, 1) ON CONFLICT DO UPDATE SET value = value + 1",
                 "t", name) ||
      !ds_db_get_int(self->db, &last, 0, error, "SELECT value FROM counter WHERE name = ?", "t",
                     name))
    return FALSE;
  *value = (guint64)last;
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* NULL without an error when that version is not here. */
static GBytes *
find_directory(DsVault *self, guint64 version, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->db, error, "SELECT bytes FROM directory WHERE version = ?", "l", (gint64)version);

  if (rows == NULL || ds_db_rows_next(rows, error) != DS_DB_ROW)
    return NULL;
  return ds_db_rows_bytes(rows, 0);
}

gboolean
ds_vault_add_directory(DsVault *self, guint64 version, GBytes *bytes, GError **error)
{
  GError *local = NULL;
  g_autoptr(GBytes) known = find_directory(self, version, &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (known != NULL) {
    if (g_bytes_equal(known, bytes))
      return TRUE;
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                "another directory of version %" G_GUINT64_FORMAT
                " is known already: report this to the station",
                version);
    return FALSE;
  }
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  if (transaction == NULL ||
      !ds_db_run(self->db, error, "INSERT INTO directory VALUES(?, ?)", "lg", (gint64)version,
                 bytes) ||
      !ds_db_run(self->db, error,
                 "DELETE FROM directory WHERE version NOT IN"
                 " (SELECT version FROM directory ORDER BY version DESC LIMIT ?)",
                 "i", DIRECTORIES_KEPT))
    return FALSE;
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

GBytes *
ds_vault_directory(DsVault *self, guint64 version, GError **error)
{
  GError *local = NULL;

  if (version == 0 && !ds_vault_directory_version(self, &version, error))
    return NULL;
  GBytes *bytes = find_directory(self, version, &local);
  if (bytes != NULL)
    return bytes;
  if (local != NULL)
    g_propagate_error(error, local);
  else if (version == 0)
    g_set_error_literal(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                        "no directory is known: this unit is not enrolled yet");
  else
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
                "directory version %" G_GUINT64_FORMAT " is not known here", version);
  return NULL;
}

gboolean
ds_vault_directory_version(DsVault *self, guint64 *version, GError **error)
{
  gint64 newest = 0;
  gboolean ok =
      ds_db_get_int(self->db, &newest, 0, error, "SELECT max(version) FROM directory", "");

  *version = (guint64)newest;
  return ok;
}

gboolean
ds_vault_see_station_time(DsVault *self, gint64 wall_us, GError **error)
{
  return ds_db_run(self->db, error,
                   "INSERT INTO counter VALUES('" STATION_TIME "', ?)"
                   " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
                   "l", wall_us);
}

gboolean
ds_vault_station_time(DsVault *self, gint64 *wall_us, GError **error)
{
  return ds_db_get_int(self->db, wall_us, 0, error,
                       "SELECT value FROM counter WHERE name = '" STATION_TIME "'", "");
}
