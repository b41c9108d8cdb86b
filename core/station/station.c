/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/station.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "depot/serve.h"
#include "station/ledger.h"
#include "station/limits.h"
#include "station/members.h"
#include "station/registry.h"
#include "station/settings.h"
#include "station/station-private.h"

void
ds_station_free(DsStation *self)
{
  if (self == NULL)
    return;
  ds_db_close(self->cases);
  ds_db_close(self->ledger);
  g_clear_pointer(&self->directory, ds_directory_free);
  g_clear_pointer(&self->directory_bytes, g_bytes_unref);
  g_clear_pointer(&self->keys, ds_station_keys_free);
  g_clear_pointer(&self->online, ds_station_online_free);
  g_clear_pointer(&self->archives, g_ptr_array_unref);
  g_clear_pointer(&self->owner, ds_owner_release);
  g_clear_pointer(&self->settings, ds_station_settings_free);
  g_free(self->home);
  g_free(self->id);
  g_free(self->name);
  g_free(self);
}

static void
archive_free(gpointer data)
{
  DsArchive *archive = data;

  g_clear_pointer(&archive->chunks, ds_store_unref);
  g_free(archive->name);
  g_free(archive->path);
  g_free(archive);
}

static gboolean
open_archives(DsStation *self, const DsStationSettings *settings, GError **error)
{
  self->archives = g_ptr_array_new_with_free_func(archive_free);
  for (guint i = 0; i < settings->archives->len; i++) {
    DsArchive *archive = g_new0(DsArchive, 1);
    const char *name = settings->archives->pdata[i];
    g_ptr_array_add(self->archives, archive);
    archive->name = g_strdup(name);
    archive->path =
        g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(self->home, name, NULL);
    archive->chunks = ds_store_open(archive->path, error);
    if (archive->chunks == NULL)
      return FALSE;
  }
  return TRUE;
}

DsSpool *
ds_archive_spool(const DsArchive *archive, const char *unit, GError **error)
{
  g_autofree char *path = g_build_filename(archive->path, "bundles", unit, NULL);

  return ds_spool_open(path, error);
}

gboolean
ds_station_read_directory(const char *home, const DsDigest *root, DsDirectory **directory,
                          GBytes **bytes, GError **error)
{
  g_autofree char *dir = g_build_filename(home, "directory", NULL);
  g_autoptr(GPtrArray) names = ds_files_list(dir, error);

  if (names == NULL)
    return FALSE;
  if (names->len == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "%s is empty: restore it from a backup", dir);
    return FALSE;
  }
  g_autofree char *path = g_build_filename(dir, names->pdata[names->len - 1], NULL);
  g_autoptr(GBytes) read = ds_files_read(path, DS_DIRECTORY_MAX, error);
  if (read == NULL)
    return FALSE;
  *directory = ds_directory_verify(read, root, 1, 0, error);
  if (*directory == NULL) {
    g_prefix_error(error, "%s: ", path);
    return FALSE;
  }
  *bytes = g_steal_pointer(&read);
  return TRUE;
}

DsDirectory *
ds_station_first_directory(const char *id, const char *name, DsStationKeys *keys,
                           DsStationOnline *online)
{
  DsDirectory *directory = ds_directory_new();

  directory->station = g_strdup(id);
  directory->name = g_strdup(name);
  directory->issued_us = ds_clock_now().wall_us;
  directory->expires_us = directory->issued_us + DS_STATION_DIRECTORY_DAYS * G_TIME_SPAN_DAY;
  directory->root = ds_key_public(keys->root);
  directory->recovery = ds_key_public(keys->recovery);
  g_ptr_array_add(directory->recipients, ds_key_public(keys->records));
  g_ptr_array_add(directory->dispatch_keys, ds_key_public(keys->records));
  ds_directory_add_receipt_key(directory, keys->records, DS_STATES_ALL);
  ds_directory_add_receipt_key(directory, online->sign, DS_STATES_ONLINE);
  return directory;
}

static gboolean
write_directory(const char *home, DsDirectory *directory, DsKey *root, GBytes **bytes,
                GError **error)
{
  g_autofree char *dir = g_build_filename(home, "directory", NULL);
  g_autofree char *name = g_strdup_printf("%010" G_GUINT64_FORMAT, directory->version);

  *bytes = ds_directory_sign(directory, root, error);
  return *bytes != NULL && ds_files_make_dir(dir, error) &&
         ds_files_create(dir, name, g_bytes_get_data(*bytes, NULL), g_bytes_get_size(*bytes),
                         error);
}

/* What DURABLE promises is what station.json names today. */
static void
promise_archives(DsDirectory *directory, const GPtrArray *archives)
{
  g_ptr_array_set_size(directory->places, 0);
  for (guint i = 0; i < archives->len; i++) {
    const DsArchive *archive = archives->pdata[i];
    g_ptr_array_add(directory->places, g_strdup(archive->name));
  }
  directory->copies = archives->len;
}

/* A directory of an older version of Doorstep does not know every state there is by now. */
static void
grant_states(const DsStation *self, DsDirectory *next)
{
  for (guint i = 0; i < next->receipt_keys->len; i++) {
    DsReceiptKey *receipt = next->receipt_keys->pdata[i];
    if (receipt->retired_us == 0 && ds_key_equal(receipt->key, self->keys->receipt))
      receipt->states = DS_STATES_ALL;
  }
}

gboolean
ds_station_issue(DsStation *self, DsDirectory *next, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;

  if (!ds_station_require_unlocked(self, "issuing a directory", error))
    return FALSE;
  next->version = self->directory->version + 1;
  promise_archives(next, self->archives);
  grant_states(self, next);
  next->issued_us = ds_clock_now().wall_us;
  if (!write_directory(self->home, next, self->keys->root, &bytes, error))
    return FALSE;
  ds_station_check(self, "directory");
  ds_directory_free(self->directory);
  self->directory = ds_directory_verify(bytes, &self->root, 1, next->version, error);
  g_bytes_unref(self->directory_bytes);
  self->directory_bytes = g_steal_pointer(&bytes);
  return self->directory != NULL;
}

/* Everything of a home, in @dir, which becomes the home at the end. */
static gboolean
fill_home(const char *dir, const char *id, const char *name, DsSecret *passphrase, DsSlotsCost cost,
          GError **error)
{
  g_autofree char *key_dir = g_build_filename(dir, "keys", NULL);
  g_autofree char *repos = g_build_filename(dir, "repos", NULL);
  g_autofree char *quarantine = g_build_filename(dir, "quarantine", NULL);

  if (!ds_station_keys_create(key_dir, passphrase, cost, error) ||
      !ds_files_make_dir(repos, error) || !ds_files_make_dir(quarantine, error))
    return FALSE;
  g_autoptr(DsStationKeys) keys = ds_station_keys_open(key_dir, passphrase, error);
  g_autoptr(DsStationOnline) online = keys != NULL ? ds_station_online_open(key_dir, error) : NULL;
  if (online == NULL)
    return FALSE;

  g_autoptr(DsStationSettings) settings = ds_station_settings_new(id, name);
  settings->root = ds_key_digest(keys->root);
  g_autoptr(DsDirectory) directory = ds_station_first_directory(id, name, keys, online);
  g_autoptr(GBytes) bytes = NULL;
  directory->version = 1;
  directory->copies = settings->archives->len;
  for (guint i = 0; i < settings->archives->len; i++)
    g_ptr_array_add(directory->places, g_strdup(settings->archives->pdata[i]));
  if (!write_directory(dir, directory, keys->root, &bytes, error))
    return FALSE;
  g_autoptr(DsDb) ledger = ds_ledger_open(dir, online->ledger_db, TRUE, error);
  g_autoptr(DsDb) cases = ledger != NULL ? ds_registry_open(dir, keys->case_db, TRUE, error) : NULL;
  return cases != NULL && ds_station_settings_write(settings, dir, error);
}

gboolean
ds_station_init(const char *home, const char *id, const char *name, DsSecret *passphrase,
                DsSlotsCost cost, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(home);
  g_autofree char *marker = g_build_filename(home, "station.json", NULL);
  g_autofree char *building = g_strconcat(home, ".new-XXXXXX", NULL);

  if (!ds_station_id_valid(id)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "station id \"%.80s\" must be 1 to 64 of a-z, 0-9 and \"-\"", id);
    return FALSE;
  }
  if (g_file_test(marker, G_FILE_TEST_EXISTS)) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is a station already", home);
    return FALSE;
  }
  if (!ds_files_make_dir(parent, error))
    return FALSE;
  if (g_mkdtemp_full(building, 0700) == NULL)
    return ds_error_set_errno(error, errno, "creating folder", building);
  gboolean made = fill_home(building, id, name, passphrase, cost, error);
  if (made && rename(building, home) < 0) {
    made = FALSE;
    if (errno == ENOTEMPTY || errno == EEXIST)
      g_set_error(error, DS_ERROR, DS_ERROR_EXISTS,
                  "%s is not empty: give another folder for the station", home);
    else
      ds_error_set_errno(error, errno, "renaming into", home);
  }
  if (!made) {
    g_autoptr(GError) ignored = NULL; /* the first error is the one to tell */
    if (!ds_files_remove_tree(building, &ignored))
      g_debug("%s", ignored->message);
    return FALSE;
  }
  return ds_files_sync_dir(parent, error);
}

DsStation *
ds_station_open(const char *home, const char *program, GError **error)
{
  g_autoptr(DsStationSettings) settings = ds_station_settings_read(home, error);
  g_autofree char *lock = g_build_filename(home, "lock", NULL);
  g_autofree char *key_dir = g_build_filename(home, "keys", NULL);
  g_autoptr(DsStation) self = g_new0(DsStation, 1);

  if (settings == NULL)
    return NULL;
  self->home = g_canonicalize_filename(home, NULL);
  self->id = g_strdup(settings->id);
  self->name = g_strdup(settings->name);
  self->root = settings->root;
  if ((self->owner = ds_owner_take(lock, program, error)) == NULL ||
      (self->online = ds_station_online_open(key_dir, error)) == NULL ||
      !ds_station_read_directory(self->home, &self->root, &self->directory, &self->directory_bytes,
                                 error) ||
      !ds_station_settle_online(self, error) ||
      (self->ledger = ds_ledger_open(self->home, self->online->ledger_db, FALSE, error)) == NULL ||
      !open_archives(self, settings, error))
    return NULL;
  self->settings = g_steal_pointer(&settings);
  return g_steal_pointer(&self);
}

gboolean
ds_station_unlock(DsStation *self, DsSecret *passphrase, GError **error)
{
  g_autofree char *key_dir = g_build_filename(self->home, "keys", NULL);

  if (self->keys != NULL)
    return TRUE;
  g_autoptr(DsStationKeys) keys = ds_station_keys_open(key_dir, passphrase, error);
  if (keys == NULL)
    return FALSE;
  self->cases = ds_registry_open(self->home, keys->case_db, FALSE, error);
  if (self->cases == NULL)
    return FALSE;
  self->keys = g_steal_pointer(&keys);
  return ds_station_settle_receipt(self, error) && ds_registry_settle(self, error);
}

gboolean
ds_station_require_unlocked(const DsStation *self, const char *what, GError **error)
{
  if (self->keys != NULL)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_LOCKED, "%s needs the station's passphrase", what);
  return FALSE;
}

const char *
ds_station_id(const DsStation *self)
{
  return self->id;
}

const char *
ds_station_name(const DsStation *self)
{
  return self->name;
}

const DsDirectory *
ds_station_directory(const DsStation *self)
{
  return self->directory;
}

GBytes *
ds_station_directory_bytes(const DsStation *self)
{
  return self->directory_bytes;
}

char *
ds_station_fingerprint(const DsStation *self)
{
  return ds_enrol_root_fingerprint(self->directory->root);
}

char *
ds_station_repo_path(const char *home, const char *unit)
{
  return g_strdup_printf("%s/repos/%s.git", home, unit);
}

DsRepo *
ds_station_open_repo(const DsStation *self, const char *unit, GError **error)
{
  g_autofree char *path = ds_station_repo_path(self->home, unit);

  return ds_repo_open(path, error);
}

char *
ds_station_serve_path(const char *home, const char *unit, GError **error)
{
  g_autofree char *full = g_canonicalize_filename(home, NULL);
  g_autoptr(DsStationSettings) settings = ds_station_settings_read(full, error);
  g_autoptr(DsDirectory) directory = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (settings == NULL ||
      !ds_station_read_directory(full, &settings->root, &directory, &bytes, error))
    return NULL;
  const DsUnitEntry *entry =
      ds_serve_unit_valid(unit) ? ds_directory_find_unit(directory, unit) : NULL;
  if (entry == NULL || entry->revoked_us != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "unit \"%.64s\" is %s at station %s", unit,
                entry == NULL ? "not enrolled" : "revoked", settings->id);
    return NULL;
  }
  return ds_station_repo_path(full, unit);
}

gboolean
ds_station_serve_room(const char *home, const char *unit, const char *path, guint64 *room,
                      char **note, GError **error)
{
  g_autoptr(DsStationSettings) settings = ds_station_settings_read(home, error);

  if (settings == NULL)
    return FALSE;
  *note = ds_limits_push_room(settings, unit, path, room);
  return TRUE;
}

void
ds_station_set_checkpoint(DsStation *self, DsStationCheckpoint checkpoint, gpointer data)
{
  self->checkpoint = checkpoint;
  self->checkpoint_data = data;
}

void
ds_station_check(DsStation *self, const char *name)
{
  if (self->checkpoint != NULL)
    self->checkpoint(name, self->checkpoint_data);
}
