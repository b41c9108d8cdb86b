/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Coming home: a container is read whole first, so that one which is not sound leaves no trace. */
#include "courier/drive-private.h"

#include <string.h>

#include "base/error.h"

/* What one visit of the drive offers. */
typedef struct {
  guint64 newest;
  GHashTable *offered; /* guint64 * seq */
  gboolean whole;      /* every message of the container is in the inbox */
} Visit;

static gboolean
is_ours(const DsDriveRound *self, const DsStickFile *file)
{
  return file->direction == DS_DRIVE_HOME && strcmp(file->unit, self->config->unit) == 0;
}

static gboolean
check_station(const DsDriveRound *self, const DsDriveReader *reader, GError **error)
{
  const char *expected = self->config->station;
  const char *found = ds_drive_reader_head(reader)->station;

  if (expected == NULL || strcmp(expected, found) == 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "%s is from station %s; this unit belongs to station %s",
              ds_drive_reader_name(reader), found, expected);
  return FALSE;
}

/* Whole or not at all, as a fetched message. */
static gboolean
put_message(DsDriveRound *self, DsDriveReader *reader, guint index, const DsDriveItem *item,
            GError **error)
{
  g_autofree char *name = g_strdup_printf("%010" G_GUINT64_FORMAT "-%s", item->ref.seq,
                                          ds_outbox_kind_word(item->ref.kind));
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(self->inbox, name, error);

  if (message == NULL)
    return FALSE;
  for (guint i = 0; i < item->files->len; i++) {
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    g_autoptr(GBytes) bytes = ds_drive_reader_file(reader, index, item, i, error);
    if (bytes == NULL || !ds_inbox_message_put(message, file->name, bytes, error))
      return FALSE;
  }
  return ds_inbox_message_commit(message, error);
}

static gboolean
take_message(DsDriveRound *self, DsDriveReader *reader, guint index, Visit *visit, GError **error)
{
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, index, error);
  g_autoptr(GError) local = NULL;

  if (item == NULL)
    return FALSE;
  g_hash_table_add(visit->offered, g_memdup2(&item->ref.seq, sizeof item->ref.seq));
  if (ds_drive_state_has_taken(self->state, item->ref.seq, &item->digest)) {
    self->result->already++;
    return TRUE;
  }
  if (put_message(self, reader, index, item, &local)) {
    ds_drive_state_take(self->state, item->ref.seq, &item->digest);
    self->result->messages++;
    return TRUE;
  }
  /* another message of that number lies in the inbox: the unit has to look at that one first */
  if (g_error_matches(local, DS_ERROR, DS_ERROR_EXISTS)) {
    visit->whole = FALSE;
    ds_drive_refuse(self, "%s: message %" G_GUINT64_FORMAT " was not taken: %s",
                    ds_drive_reader_name(reader), item->ref.seq, local->message);
    return TRUE;
  }
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

static gboolean
take_container(DsDriveRound *self, const DsStickFile *file, Visit *visit, GError **error)
{
  const DsDriveOptions *options = self->options;
  g_autoptr(DsDriveReader) reader = ds_stick_read(self->stick, file, error);

  if (reader == NULL || !check_station(self, reader, error) ||
      !ds_drive_reader_check(reader, options->progress, options->user_data, options->cancellable,
                             error))
    return FALSE;
  visit->whole = TRUE;
  for (guint i = 0; i < ds_drive_reader_head(reader)->count; i++)
    if (!take_message(self, reader, i, visit, error))
      return FALSE;
  visit->newest = MAX(visit->newest, file->batch);
  self->result->containers_read++;
  return TRUE;
}

/* What was taken comes off, so that a drive does not fill up. One that is read-only keeps it. */
static void
clear_away(DsDriveRound *self, const DsStickFile *file)
{
  g_autoptr(GError) local = NULL;

  if (ds_stick_remove(self->stick, file, &local))
    self->result->removed++;
  else
    g_debug("%s stays on the drive: %s", file->name, local->message);
}

static gboolean
take_file(DsDriveRound *self, const DsStickFile *file, Visit *visit, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (!take_container(self, file, visit, &local)) {
    if (ds_drive_is_fault(local)) {
      ds_drive_refuse(self, "%s", local->message);
      return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  if (!ds_drive_state_save(self->state, error))
    return FALSE;
  if (visit->whole)
    clear_away(self, file);
  return TRUE;
}

gboolean
ds_drive_take_home(DsDriveRound *self, GPtrArray *files, GError **error)
{
  g_autoptr(GHashTable) offered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  Visit visit = {0, offered, FALSE};

  for (guint i = 0; i < files->len; i++)
    if (is_ours(self, files->pdata[i]) && !take_file(self, files->pdata[i], &visit, error))
      return FALSE;
  if (visit.newest > 0)
    ds_drive_state_came_home(self->state, visit.newest, offered);
  return TRUE;
}
