/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Out containers: each is read whole before anything of it counts. */
#include "station/drive-private.h"

#include <string.h>

#include "base/error.h"

static gboolean
is_from(const DsStickFile *file, const char *unit)
{
  return file->direction == DS_DRIVE_OUT && strcmp(file->unit, unit) == 0;
}

/* (transfer full) */
static DsDriveReader *
open_container(DsStationStick *self, const DsStickFile *file, GError **error)
{
  const DsStationDriveOptions *options = self->options;
  g_autoptr(DsDriveReader) reader = ds_stick_read(self->stick, file, error);

  if (reader == NULL)
    return NULL;
  const char *station = ds_drive_reader_head(reader)->station;
  if (station != NULL && strcmp(station, self->station->id) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "%s is for station %s; this is station %s",
                file->name, station, self->station->id);
    return NULL;
  }
  if (!ds_drive_reader_check(reader, options->progress, options->user_data, options->cancellable,
                             error))
    return NULL;
  return g_steal_pointer(&reader);
}

/* A unit has these messages safely. Nobody signed that, so it costs the published copy of exactly
 * this content and nothing else: the statements stay in the ledger, and can be sent again. */
static gboolean
forget_taken(DsStationStick *self, const GArray *taken, GError **error)
{
  g_autoptr(GArray) outbox = ds_repo_list_outbox(self->repo, error);

  if (outbox == NULL)
    return FALSE;
  for (guint i = 0, at = 0; i < outbox->len; i++) {
    const DsOutboxRef *ref = &g_array_index(outbox, DsOutboxRef, i);
    while (at < taken->len && g_array_index(taken, DsDriveTaken, at).seq < ref->seq)
      at++;
    if (at == taken->len || g_array_index(taken, DsDriveTaken, at).seq != ref->seq)
      continue;
    g_autoptr(DsDriveItem) item = ds_station_stick_message(self, ref, error);
    if (item == NULL)
      return FALSE;
    if (!ds_digest_equal(&item->digest, &g_array_index(taken, DsDriveTaken, at).content))
      continue;
    if (!ds_repo_delete_outbox(self->repo, ref, error))
      return FALSE;
    self->result->acknowledged++;
  }
  return TRUE;
}

/* Backwards: the newest word of what was taken comes first, and is the only one that counts. */
gboolean
ds_station_stick_take(DsStationStick *self, GError **error)
{
  gboolean newest = TRUE;

  for (guint i = self->files->len; i-- > 0;) {
    const DsStickFile *file = self->files->pdata[i];
    g_autoptr(GError) local = NULL;
    if (!is_from(file, self->unit))
      continue;
    g_autoptr(DsDriveReader) reader = open_container(self, file, &local);
    if (reader == NULL && ds_station_stick_is_fault(local)) {
      ds_station_stick_refuse(self, "%s", local->message);
      continue;
    }
    if (reader == NULL) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    self->result->containers++;
    if (newest && !forget_taken(self, ds_drive_reader_head(reader)->taken, error))
      return FALSE;
    newest = FALSE;
    if (!ds_station_stick_bundles(self, reader, error))
      return FALSE;
  }
  return TRUE;
}
