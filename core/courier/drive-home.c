/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Coming home: a container is read whole first, so that one which is not sound leaves no trace. */
#include "courier/drive-private.h"

#include <string.h>

#include "base/error.h"

/* What one visit of the drive offers. */
typedef struct {
  GHashTable *offered; /* guint64 * seq */
  gboolean whole;      /* every message of the container is in the inbox */
  guint64 bytes;       /* of new messages */
  gboolean full;       /* no more in this use */
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

/* Says once that the rest waits. */
static gboolean
has_room(DsDriveRound *self, const DsDriveReader *reader, const DsDriveItem *item, Visit *visit)
{
  if (self->result->messages < DS_DRIVE_HOME_MESSAGES_MAX &&
      visit->bytes + item->size <= DS_DRIVE_HOME_BYTES_MAX)
    return TRUE;
  visit->whole = FALSE;
  if (!visit->full)
    ds_drive_refuse(self,
                    "%s brings more than %u messages or %" G_GUINT64_FORMAT
                    " bytes; the rest waits on the drive: apply the inbox, then use it again",
                    ds_drive_reader_name(reader), DS_DRIVE_HOME_MESSAGES_MAX,
                    DS_DRIVE_HOME_BYTES_MAX);
  visit->full = TRUE;
  return FALSE;
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
  if (!has_room(self, reader, item, visit))
    return TRUE;
  if (put_message(self, reader, index, item, &local)) {
    visit->bytes += item->size;
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

/* Ours, the newest of them: a station writes few, and each holds all that it has to say. */
static GPtrArray *
find_ours(DsDriveRound *self, GPtrArray *files)
{
  GPtrArray *ours = g_ptr_array_new();

  for (guint i = 0; i < files->len; i++)
    if (is_ours(self, files->pdata[i]))
      g_ptr_array_add(ours, files->pdata[i]);
  if (ours->len > DS_DRIVE_HOME_CONTAINERS_MAX) {
    guint over = ours->len - DS_DRIVE_HOME_CONTAINERS_MAX;
    ds_drive_refuse(self,
                    "%u of %u containers for this unit are too many; the oldest were not read",
                    over, ours->len);
    g_ptr_array_remove_range(ours, 0, over);
  }
  return ours;
}

gboolean
ds_drive_take_home(DsDriveRound *self, GPtrArray *files, GError **error)
{
  g_autoptr(GHashTable) offered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GPtrArray) ours = find_ours(self, files);
  Visit visit = {.offered = offered};

  for (guint i = 0; i < ours->len; i++)
    if (!take_file(self, ours->pdata[i], &visit, error))
      return FALSE;
  if (self->result->containers_read > 0)
    ds_drive_state_keep_taken(self->state, offered);
  return TRUE;
}
