/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going out: which bundles, in which containers, and what of the drive may go. */
#include "courier/drive-private.h"

#include <string.h>

#include "base/error.h"
#include "courier/mark.h"
#include "courier/order.h"

/* Kept free: file systems round up and keep tables. */
#define SLACK (256u * 1024)
/* With less there is nothing to try. */
#define ROOM_MIN (4u * 1024)

typedef struct {
  DsOrderItem order;
  guint64 size;  /* in a container */
  gboolean done; /* written, left out or broken */
} Parcel;

typedef struct {
  DsDriveRound *round;
  GArray *parcels;           /* Parcel, in order */
  GArray *chosen;            /* guint: of these, for the container being written */
  gint bad;                  /* the one that could not be read while writing, or -1 */
  guint64 newest;            /* number of our newest out container on the drive */
  GHashTable *here;          /* DsDigest *: bundles that lie on the drive, whole */
  gboolean told;             /* the newest says what was taken */
  const DsStickFile *teller; /* a container that says this and nothing else any more */
} Plan;

/* ---- what may go ---- */

static gboolean
is_ours(const DsDriveRound *self, const DsStickFile *file)
{
  return file->direction == DS_DRIVE_OUT && strcmp(file->unit, self->config->unit) == 0;
}

static gboolean
same_taken(const GArray *a, const GArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++) {
    const DsDriveTaken *first = &g_array_index(a, DsDriveTaken, i);
    const DsDriveTaken *second = &g_array_index(b, DsDriveTaken, i);
    if (first->seq != second->seq || !ds_digest_equal(&first->content, &second->content))
      return FALSE;
  }
  return TRUE;
}

/* Whether no bundle of this container is waiting any more; those that are are here. */
static gboolean
read_through(Plan *plan, DsDriveReader *reader, gboolean *answered, GError **error)
{
  const DsDriveOptions *options = plan->round->options;

  *answered = TRUE;
  if (!ds_drive_reader_check(reader, options->progress, options->user_data, options->cancellable,
                             error))
    return FALSE;
  for (guint i = 0; i < ds_drive_reader_head(reader)->count; i++) {
    g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, i, error);
    if (item == NULL)
      return FALSE;
    if (!g_hash_table_contains(plan->round->spooled, &item->id))
      continue;
    *answered = FALSE;
    g_hash_table_add(plan->here, g_memdup2(&item->id, sizeof item->id));
  }
  return TRUE;
}

/* @file may be NULL. */
static gboolean
take_off(DsDriveRound *self, const DsStickFile *file, GError **error)
{
  if (file == NULL)
    return TRUE;
  if (!ds_stick_remove(self->stick, file, error))
    return FALSE;
  self->result->removed++;
  return TRUE;
}

/* One of ours that was damaged on the drive tells the station nothing: it goes, and its bundles are
 * written anew. What merely has its name is left alone. */
static gboolean
give_up(DsDriveRound *self, const DsStickFile *file, gboolean damaged, const GError *reason,
        GError **error)
{
  ds_drive_refuse(self, damaged ? "%s; what it held is written anew" : "%s", reason->message);
  if (!damaged)
    return TRUE;
  ds_drive_state_lose(self->state, file->batch);
  return take_off(self, file, error);
}

/* One of ours: gone when it has nothing to say any more. */
static gboolean
look_at(Plan *plan, const DsStickFile *file, const GArray *taken, GError **error)
{
  DsDriveRound *self = plan->round;
  g_autoptr(GError) local = NULL;
  gboolean answered = FALSE;
  g_autoptr(DsDriveReader) reader = ds_stick_read(self->stick, file, &local);

  plan->newest = MAX(plan->newest, file->batch);
  if (reader == NULL || !read_through(plan, reader, &answered, &local)) {
    if (!ds_drive_is_fault(local)) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    return give_up(self, file, reader != NULL, local, error);
  }
  gboolean tells = same_taken(ds_drive_reader_head(reader)->taken, taken);
  plan->told = tells;
  if (!answered)
    return TRUE;
  if (!tells || taken->len == 0)
    return take_off(self, file, error);
  const DsStickFile *older = plan->teller;
  plan->teller = file;
  return take_off(self, older, error);
}

/* ---- what goes ---- */

static gboolean
is_due(Plan *plan, const DsDigest *id)
{
  DsDriveRound *self = plan->round;
  DsDigest withdrawal;

  if (ds_courier_hold_get(self->home, id, &withdrawal) &&
      g_hash_table_contains(self->spooled, &withdrawal)) {
    self->result->held++;
    return FALSE;
  }
  if (g_hash_table_contains(plan->here, id))
    return FALSE;
  ds_drive_state_miss(self->state, id);
  if (self->options->all)
    return TRUE;
  return ds_drive_state_is_due(self->state, id) &&
         (ds_courier_state_is_due(self->sent, id) ||
          ds_courier_mark_has(self->home, DS_COURIER_RESEND, id));
}

static gint
compare_parcels(gconstpointer a, gconstpointer b)
{
  return ds_order_compare(&((const Parcel *)a)->order, &((const Parcel *)b)->order, NULL);
}

static void
fill_plan(Plan *plan)
{
  DsDriveRound *self = plan->round;

  for (guint i = 0; i < self->entries->len; i++) {
    const DsSpoolEntry *entry = &g_array_index(self->entries, DsSpoolEntry, i);
    g_autoptr(GError) local = NULL;
    if (!is_due(plan, &entry->id))
      continue;
    g_autoptr(DsDepotSource) source = ds_outbox_source(self->store, self->spool, entry, &local);
    if (source == NULL) {
      ds_drive_refuse(self, "%s", local->message);
      continue;
    }
    Parcel parcel = {.order = {.entry = *entry, .size = source->size}};
    parcel.order.urgent = ds_courier_mark_has(self->home, DS_COURIER_URGENT, &entry->id);
    parcel.size = ds_drive_item_travel_size(source->entries->len, source->size);
    g_array_append_val(plan->parcels, parcel);
  }
  g_array_sort(plan->parcels, compare_parcels);
}

/* As many as @room holds, in order, passing over what is too large; one may be larger than a part.
 */
static guint64
choose(Plan *plan, guint64 room)
{
  const guint64 part =
      plan->round->options->part_size > 0 ? plan->round->options->part_size : DS_DRIVE_PART_SIZE;
  guint64 bytes = 0;

  g_array_set_size(plan->chosen, 0);
  room = MIN(room, DS_DRIVE_FILE_MAX - DS_DRIVE_HEAD_MAX - SLACK);
  for (guint i = 0; i < plan->parcels->len && plan->chosen->len < DS_DRIVE_ITEMS_MAX; i++) {
    const Parcel *parcel = &g_array_index(plan->parcels, Parcel, i);
    if (parcel->done || bytes + parcel->size > room ||
        (plan->chosen->len > 0 && bytes + parcel->size > part))
      continue;
    bytes += parcel->size;
    g_array_append_val(plan->chosen, i);
  }
  return bytes;
}

static DsDriveItem *
make_item(DsDepotSource *source, GError **error)
{
  g_autoptr(DsDriveItem) item = ds_drive_item_new_bundle(&source->id);

  for (guint i = 0; i < source->entries->len; i++) {
    const DsDepotEntry *entry = &g_array_index(source->entries, DsDepotEntry, i);
    DsDigest sha256;
    if (!ds_digest_parse(&sha256, entry->name)) {
      g_autoptr(GBytes) bytes = ds_depot_source_read(source, entry, error);
      if (bytes == NULL)
        return NULL;
      sha256 = ds_digest_of_bytes(bytes);
    }
    ds_drive_item_add(item, entry->name, entry->size, &sha256);
  }
  return g_steal_pointer(&item);
}

/* @mine is set when the fault is on this side of the drive. */
static gboolean
write_bundle(DsDriveRound *self, const DsSpoolEntry *entry, DsDriveWriter *writer, gboolean *mine,
             GError **error)
{
  *mine = TRUE;
  g_autoptr(DsDepotSource) source = ds_outbox_source(self->store, self->spool, entry, error);
  g_autoptr(DsDriveItem) item = source != NULL ? make_item(source, error) : NULL;
  if (item == NULL)
    return FALSE;
  *mine = FALSE;
  if (!ds_drive_writer_item(writer, item, error))
    return FALSE;
  for (guint i = 0; i < source->entries->len; i++) {
    *mine = TRUE;
    g_autoptr(GBytes) bytes =
        ds_depot_source_read(source, &g_array_index(source->entries, DsDepotEntry, i), error);
    if (bytes == NULL)
      return FALSE;
    *mine = FALSE;
    if (!ds_drive_writer_file(writer, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fill_container(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  Plan *plan = user_data;
  gboolean mine = FALSE;

  for (guint i = 0; i < plan->chosen->len; i++) {
    guint index = g_array_index(plan->chosen, guint, i);
    const Parcel *parcel = &g_array_index(plan->parcels, Parcel, index);
    if (write_bundle(plan->round, &parcel->order.entry, writer, &mine, error))
      continue;
    plan->bad = mine ? (gint)index : -1;
    return FALSE;
  }
  return TRUE;
}

/* ---- one container after the other ---- */

static gboolean
note_written(Plan *plan, guint64 batch, guint64 bytes, GError **error)
{
  DsDriveRound *self = plan->round;

  for (guint i = 0; i < plan->chosen->len; i++) {
    Parcel *parcel = &g_array_index(plan->parcels, Parcel, g_array_index(plan->chosen, guint, i));
    parcel->done = TRUE;
    ds_drive_state_hand_over(self->state, &parcel->order.entry.id, batch);
    self->result->written++;
  }
  plan->told = TRUE;
  self->result->containers_written++;
  self->result->bytes_written += bytes;
  return ds_drive_state_save(self->state, error);
}

static gboolean
write_container(Plan *plan, GArray *taken, guint64 batch, guint64 expected, guint64 *bytes,
                GError **error)
{
  DsDriveRound *self = plan->round;
  const DsStickWatch watch = {self->options->progress, self->options->user_data,
                              self->options->cancellable, expected};
  g_autoptr(DsDriveHead) head =
      ds_drive_head_new(DS_DRIVE_OUT, self->config->unit, self->config->station, batch);

  head->count = plan->chosen->len;
  g_array_append_vals(head->taken, taken->data, taken->len);
  plan->bad = -1;
  return ds_stick_write(self->stick, head, fill_container, plan, &watch, bytes, error);
}

/* A bundle that cannot be read here is named and left behind, a drive that is fuller than it said
 * gets less. */
static gboolean
cure(Plan *plan, guint64 bytes, guint64 *room, GError *reason, GError **error)
{
  if (plan->bad >= 0) {
    Parcel *parcel = &g_array_index(plan->parcels, Parcel, plan->bad);
    parcel->done = TRUE;
    ds_drive_refuse(plan->round, "bundle %" G_GUINT64_FORMAT " cannot be read here: %s",
                    parcel->order.entry.seq, reason->message);
    g_error_free(reason);
    return TRUE;
  }
  if (g_error_matches(reason, DS_ERROR, DS_ERROR_NO_SPACE) && bytes > ROOM_MIN) {
    *room = bytes / 2;
    g_error_free(reason);
    return TRUE;
  }
  g_propagate_error(error, reason);
  return FALSE;
}

static guint
count_left(const Plan *plan)
{
  guint left = 0;

  for (guint i = 0; i < plan->parcels->len; i++)
    left += g_array_index(plan->parcels, Parcel, i).done ? 0 : 1;
  return left;
}

static gboolean
measure(DsDriveRound *self, const GArray *taken, guint64 *room, GError **error)
{
  guint64 space = 0;
  const guint64 around = SLACK + (guint64)taken->len * 64;

  if (!ds_stick_space(self->stick, &space, error))
    return FALSE;
  *room = space > around ? space - around : 0;
  return TRUE;
}

static gboolean
write_all(Plan *plan, GArray *taken, GError **error)
{
  DsDriveState *state = plan->round->state;
  guint64 room = 0, bytes = 0;
  guint64 limit = G_MAXUINT64;

  if (!measure(plan->round, taken, &room, error))
    return FALSE;
  while (room > 0) {
    GError *reason = NULL;
    guint64 expected = choose(plan, MIN(room, limit));
    if (plan->chosen->len == 0 && (plan->told || taken->len == 0 || count_left(plan) > 0))
      break;
    /* the number first: on another drive it must not come again */
    guint64 batch = ds_drive_state_next_batch(state, plan->newest);
    if (!ds_drive_state_save(state, error))
      return FALSE;
    if (!write_container(plan, taken, batch, expected, &bytes, &reason)) {
      if (!cure(plan, expected, &limit, reason, error))
        return FALSE;
      continue;
    }
    limit = G_MAXUINT64;
    if (!note_written(plan, batch, bytes, error) || !measure(plan->round, taken, &room, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
judge_left(Plan *plan, GError **error)
{
  DsDriveRound *self = plan->round;

  self->result->left_out = count_left(plan);
  if (self->result->left_out == 0 || self->result->written > 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_NO_SPACE,
              "%s is full: none of %u bundles fits; nothing is lost, they wait here for a drive "
              "with room",
              ds_stick_folder(self->stick), self->result->left_out);
  return FALSE;
}

gboolean
ds_drive_write_out(DsDriveRound *self, GPtrArray *files, GError **error)
{
  g_autoptr(GArray) parcels = g_array_new(FALSE, FALSE, sizeof(Parcel));
  g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) taken = ds_drive_state_taken(self->state);
  g_autoptr(GHashTable) here =
      g_hash_table_new_full(ds_digest_hash, ds_digest_equal_p, g_free, NULL);
  Plan plan = {.round = self, .parcels = parcels, .chosen = chosen, .bad = -1, .here = here};

  for (guint i = 0; i < files->len; i++)
    if (is_ours(self, files->pdata[i]) && !look_at(&plan, files->pdata[i], taken, error))
      return FALSE;
  fill_plan(&plan);
  if (parcels->len == 0 && (plan.told || taken->len == 0))
    return TRUE;
  if (!ds_stick_sweep(self->stick, self->config->unit, DS_DRIVE_OUT, error) ||
      !write_all(&plan, taken, error))
    return FALSE;
  if (self->result->containers_written > 0 && !take_off(self, plan.teller, error))
    return FALSE;
  return judge_left(&plan, error);
}
