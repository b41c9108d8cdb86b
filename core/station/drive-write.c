/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Home containers: all that a unit's outbox holds, and no older file of ours beside it. */
#include "station/drive-private.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"

/* Kept free: file systems round up and keep tables. */
#define SLACK (256u * 1024)
#define ROOM_MIN (4u * 1024)
#define PART_BYTES (G_GUINT64_CONSTANT(1) << 30)
#define NUMBER_MAX 32u

typedef struct {
  DsStationStick *stick;
  GPtrArray *items;  /* DsDriveItem, ascending */
  GPtrArray *chosen; /* of these, for the container being written */
} Plan;

/* ---- the number ---- */

/* The last number used for this unit is in HOME/drive/UNIT; losing it costs a name, nothing else.
 */
static guint64
read_number(const char *folder, const char *unit)
{
  g_autofree char *path = g_build_filename(folder, unit, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, NUMBER_MAX, NULL);
  guint64 number = 0;

  if (bytes == NULL)
    return 0;
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  g_strchomp(text);
  return g_ascii_string_to_unsigned(text, 10, 0, DS_DRIVE_BATCH_MAX - 1, &number, NULL) ? number
                                                                                        : 0;
}

static gboolean
next_number(DsStationStick *self, guint64 seen, guint64 *number, GError **error)
{
  g_autofree char *folder = g_build_filename(self->station->home, "drive", NULL);

  /* a stranger's file with the last possible number must not end the counting */
  *number = MAX(read_number(folder, self->unit), seen < DS_DRIVE_BATCH_MAX / 2 ? seen : 0) + 1;
  g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT "\n", *number);
  return ds_files_make_dir(folder, error) &&
         ds_files_replace(folder, self->unit, text, strlen(text), error);
}

/* ---- what is there ---- */

static gboolean
is_home(const DsStationStick *self, const DsStickFile *file)
{
  return file->direction == DS_DRIVE_HOME && strcmp(file->unit, self->unit) == 0;
}

/* Whether @reader holds exactly @items, and every byte of them still. */
static gboolean
holds(const DsStationStick *self, DsDriveReader *reader, const GPtrArray *items)
{
  const DsStationDriveOptions *options = self->options;

  if (ds_drive_reader_head(reader)->count != items->len ||
      !ds_drive_reader_check(reader, options->progress, options->user_data, options->cancellable,
                             NULL))
    return FALSE;
  for (guint i = 0; i < items->len; i++) {
    g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, i, NULL);
    if (item == NULL ||
        !ds_digest_equal(&item->digest, &((const DsDriveItem *)items->pdata[i])->digest))
      return FALSE;
  }
  return TRUE;
}

/* Ours that say less than the outbox does go, once that is on the stick (@now); one that says all
 * of it stays and is enough. Another station's are left alone. */
static gboolean
look_through(DsStationStick *self, const GPtrArray *items, gboolean now, guint64 *newest,
             gboolean *told, GError **error)
{
  for (guint i = 0; i < self->files->len; i++) {
    const DsStickFile *file = self->files->pdata[i];
    if (!is_home(self, file))
      continue;
    *newest = MAX(*newest, file->batch);
    g_autoptr(DsDriveReader) reader = ds_stick_read(self->stick, file, NULL);
    if (reader == NULL || strcmp(ds_drive_reader_head(reader)->station, self->station->id) != 0)
      continue;
    if (!*told && holds(self, reader, items)) {
      *told = TRUE;
      continue;
    }
    if (!now)
      continue;
    if (!ds_stick_remove(self->stick, file, error))
      return FALSE;
    self->result->removed++;
  }
  return TRUE;
}

/* ---- writing ---- */

/* As many as @room holds, ascending, passing over what is too large. */
static guint64
choose(Plan *plan, guint64 room)
{
  guint64 bytes = 0;

  g_ptr_array_set_size(plan->chosen, 0);
  for (guint i = 0; i < plan->items->len && plan->chosen->len < DS_DRIVE_ITEMS_MAX; i++) {
    DsDriveItem *item = plan->items->pdata[i];
    guint64 size = ds_drive_item_travel_size(item->files->len, item->size);
    if (bytes + size > room || (bytes > 0 && bytes + size > PART_BYTES))
      continue;
    bytes += size;
    g_ptr_array_add(plan->chosen, item);
  }
  return bytes;
}

static gboolean
write_message(DsStationStick *self, DsDriveItem *item, DsDriveWriter *writer, GError **error)
{
  g_autoptr(DsRepoBundle) message = ds_repo_outbox_open(self->repo, &item->ref, error);

  if (message == NULL || !ds_drive_writer_item(writer, item, error))
    return FALSE;
  for (guint i = 0; i < item->files->len; i++) {
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    g_autoptr(GBytes) bytes = ds_repo_bundle_read(message, file->name, error);
    if (bytes == NULL || !ds_drive_writer_file(writer, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fill_container(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  Plan *plan = user_data;

  for (guint i = 0; i < plan->chosen->len; i++)
    if (!write_message(plan->stick, plan->chosen->pdata[i], writer, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_container(Plan *plan, guint64 expected, guint64 *newest, GError **error)
{
  DsStationStick *self = plan->stick;
  const DsStickWatch watch = {self->options->progress, self->options->user_data,
                              self->options->cancellable, expected};
  guint64 bytes = 0;

  if (!next_number(self, *newest, newest, error))
    return FALSE;
  g_autoptr(DsDriveHead) head =
      ds_drive_head_new(DS_DRIVE_HOME, self->unit, self->station->id, *newest);
  head->count = plan->chosen->len;
  if (!ds_stick_write(self->stick, head, fill_container, plan, &watch, &bytes, error))
    return FALSE;
  self->result->written++;
  self->result->messages += plan->chosen->len;
  self->result->bytes_written += bytes;
  for (guint i = 0; i < plan->chosen->len; i++)
    g_ptr_array_remove(plan->items, plan->chosen->pdata[i]);
  return TRUE;
}

static gboolean
write_all(Plan *plan, guint64 newest, GError **error)
{
  guint64 limit = G_MAXUINT64, space = 0;
  g_autoptr(GError) local = NULL;

  while (plan->items->len > 0) {
    if (!ds_stick_space(plan->stick->stick, &space, error))
      return FALSE;
    guint64 bytes = choose(plan, MIN(space > SLACK ? space - SLACK : 0, limit));
    if (plan->chosen->len == 0)
      return TRUE;
    if (write_container(plan, bytes, &newest, &local)) {
      limit = G_MAXUINT64;
      continue;
    }
    /* the stick is fuller than it says */
    if (!g_error_matches(local, DS_ERROR, DS_ERROR_NO_SPACE) || bytes <= ROOM_MIN) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    g_clear_error(&local);
    limit = bytes / 2;
  }
  return TRUE;
}

static GPtrArray *
read_outbox(DsStationStick *self, GError **error)
{
  g_autoptr(GArray) refs = ds_repo_list_outbox(self->repo, error);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)ds_drive_item_free);

  for (guint i = 0; refs != NULL && i < refs->len; i++) {
    const DsOutboxRef *ref = &g_array_index(refs, DsOutboxRef, i);
    g_autoptr(GError) local = NULL;
    DsDriveItem *item = ds_station_stick_message(self, ref, &local);
    if (item != NULL)
      g_ptr_array_add(items, item);
    else if (!g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND)) { /* else: just fetched */
      g_propagate_error(error, g_steal_pointer(&local));
      return NULL;
    }
  }
  return refs != NULL ? g_steal_pointer(&items) : NULL;
}

gboolean
ds_station_stick_write(DsStationStick *self, GError **error)
{
  g_autoptr(GPtrArray) items = read_outbox(self, error);
  g_autoptr(GPtrArray) left = g_ptr_array_new();
  g_autoptr(GPtrArray) chosen = g_ptr_array_new();
  guint64 newest = 0;
  gboolean told = FALSE;

  if (items == NULL || !look_through(self, items, FALSE, &newest, &told, error))
    return FALSE;
  for (guint i = 0; !told && i < items->len; i++)
    g_ptr_array_add(left, items->pdata[i]);
  Plan plan = {self, left, chosen};
  guint before = self->result->written;
  if (!told && items->len > 0 &&
      (!ds_stick_sweep(self->stick, self->unit, DS_DRIVE_HOME, error) ||
       !write_all(&plan, newest, error)))
    return FALSE;
  self->result->left_out += left->len;
  if (left->len > 0 && self->result->written == before) {
    g_set_error(error, DS_ERROR, DS_ERROR_NO_SPACE,
                "%s is full: none of %u messages fits; nothing is lost, they wait in the outbox",
                ds_stick_folder(self->stick), left->len);
    return FALSE;
  }
  told = FALSE;
  return left->len > 0 || look_through(self, items, TRUE, &newest, &told, error);
}
