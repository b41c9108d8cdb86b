/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/drive.h"

#include <string.h>

#include "base/error.h"
#include "base/trouble.h"
#include "station/drive-private.h"
#include "station/statements.h"

void
ds_station_drive_result_clear(DsStationDriveResult *self)
{
  g_clear_pointer(&self->trouble, g_free);
  memset(self, 0, sizeof *self);
}

void
ds_station_stick_refuse(DsStationStick *self, const char *format, ...)
{
  va_list arguments;

  self->result->refused++;
  va_start(arguments, format);
  ds_trouble_add(&self->result->trouble, self->result->refused, format, arguments);
  va_end(arguments);
}

gboolean
ds_station_stick_is_fault(const GError *error)
{
  static const int codes[] = {DS_ERROR_INVALID, DS_ERROR_REFUSED, DS_ERROR_UNSUPPORTED,
                              DS_ERROR_TOO_LARGE};

  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_error_matches(error, DS_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

DsDriveItem *
ds_station_stick_message(DsStationStick *self, const DsOutboxRef *ref, GError **error)
{
  g_autoptr(DsRepoBundle) message = ds_repo_outbox_open(self->repo, ref, error);
  g_autoptr(DsDriveItem) item = ds_drive_item_new_message(ref);

  if (message == NULL)
    return NULL;
  const GArray *entries = ds_repo_bundle_entries(message);
  for (guint i = 0; i < entries->len; i++) {
    const DsRepoEntry *entry = &g_array_index(entries, DsRepoEntry, i);
    g_autoptr(GBytes) bytes = ds_repo_bundle_read(message, entry->name, error);
    if (bytes == NULL)
      return NULL;
    const DsDigest sha256 = ds_digest_of_bytes(bytes);
    ds_drive_item_add(item, entry->name, g_bytes_get_size(bytes), &sha256);
  }
  /* sets the digest */
  g_autoptr(GBytes) body = ds_drive_item_encode(item, error);
  return body != NULL ? g_steal_pointer(&item) : NULL;
}

/* Whose files lie here, and who was named. A unit that is not ours is told once. */
static GPtrArray *
find_units(DsStationStick *self)
{
  GPtrArray *units = g_ptr_array_new();
  const char *before = NULL;

  for (guint i = 0; i < self->files->len; i++) {
    const DsStickFile *file = self->files->pdata[i];
    if (file->direction != DS_DRIVE_OUT || g_strcmp0(before, file->unit) == 0)
      continue;
    before = file->unit;
    const DsUnitEntry *entry = ds_directory_find_unit(self->station->directory, file->unit);
    if (entry != NULL && entry->revoked_us == 0)
      g_ptr_array_add(units, entry->id);
    else
      ds_station_stick_refuse(self, "%s: unit %s is %s at station %s; nothing of it was taken",
                              file->name, file->unit, entry == NULL ? "not enrolled" : "revoked",
                              self->station->id);
  }
  return units;
}

static gboolean
add_named(DsStationStick *self, GPtrArray *units, GError **error)
{
  const char *named = self->options->unit;
  const DsUnitEntry *entry =
      named != NULL ? ds_directory_find_unit(self->station->directory, named) : NULL;

  if (named == NULL)
    return TRUE;
  if (entry == NULL || entry->revoked_us != 0) {
    g_set_error(error, DS_ERROR, entry == NULL ? DS_ERROR_NOT_FOUND : DS_ERROR_REFUSED,
                "unit \"%.64s\" is %s", named, entry == NULL ? "not in the directory" : "revoked");
    return FALSE;
  }
  if (!g_ptr_array_find_with_equal_func(units, named, g_str_equal, NULL))
    g_ptr_array_add(units, entry->id);
  return TRUE;
}

/* A bundle that a unit of ours signed comes in, even when its officer was revoked: the intake says
 * so, and the unit hears it. (transfer full) */
static DsDirectory *
make_door(const DsDirectory *directory)
{
  DsDirectory *door = ds_directory_copy(directory);

  for (guint i = 0; i < door->officers->len; i++)
    ((DsOfficerEntry *)door->officers->pdata[i])->revoked_us = 0;
  return door;
}

typedef gboolean (*Turn)(DsStationStick *self, GError **error);

/* One unit's broken repository must not keep the others waiting: the first error is kept. */
static gboolean
each_unit(DsStationStick *self, GPtrArray *units, Turn turn, GError **error)
{
  GError *first = NULL;

  for (guint i = 0; i < units->len; i++) {
    g_autoptr(GError) reason = NULL;
    self->unit = units->pdata[i];
    self->repo = ds_station_open_repo(self->station, self->unit, &reason);
    gboolean good = self->repo != NULL && turn(self, &reason);
    g_clear_pointer(&self->repo, ds_repo_free);
    g_clear_pointer(&self->said, g_hash_table_unref);
    if (good || first != NULL)
      continue;
    g_prefix_error(&reason, "unit %s: ", self->unit);
    first = g_steal_pointer(&reason);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}

gboolean
ds_station_drive(DsStation *self, const char *folder, const DsStationDriveOptions *options,
                 DsStationDriveResult *result, GError **error)
{
  static const DsStationDriveOptions no_options = {0};
  DsStationStick round = {.station = self, .result = result};
  guint published = 0;

  memset(result, 0, sizeof *result);
  round.options = options != NULL ? options : &no_options;
  g_autoptr(DsStick) stick = ds_stick_open(folder, error);
  g_autoptr(GPtrArray) files = stick != NULL ? ds_stick_list(stick, error) : NULL;
  if (files == NULL)
    return FALSE;
  round.stick = stick;
  round.files = files;
  g_autoptr(GPtrArray) units = find_units(&round);
  if (!add_named(&round, units, error))
    return FALSE;
  result->units = units->len;
  g_autoptr(DsDirectory) door = make_door(self->directory);
  round.door = door;
  /* what was decided and not sent out yet travels along */
  return each_unit(&round, units, ds_station_stick_take, error) &&
         ds_station_publish(self, &published, error) &&
         each_unit(&round, units, ds_station_stick_write, error);
}
