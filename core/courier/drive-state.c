/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/drive-state.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"

#define STATE_NAME "drive"
#define STATE_MAX (32 * 1024 * 1024)

typedef struct {
  guint64 batch;
  guint uses;     /* of drives without it since */
  gint64 since_s; /* wall time, for people */
} Handed;

struct _DsDriveState {
  char *folder;
  guint64 batch; /* the last one used */
  gint64 last_s;
  GHashTable *handed; /* DsDigest * → Handed * */
  GHashTable *taken;  /* guint64 * seq → DsDigest * content */
};

void
ds_drive_state_free(DsDriveState *self)
{
  if (self == NULL)
    return;
  g_free(self->folder);
  g_hash_table_unref(self->handed);
  g_hash_table_unref(self->taken);
  g_free(self);
}

static void
put_handed(DsDriveState *self, const DsDigest *id, const Handed *handed)
{
  g_hash_table_replace(self->handed, g_memdup2(id, sizeof *id), g_memdup2(handed, sizeof *handed));
}

static gboolean
parse_number(const char *text, guint64 max, guint64 *number)
{
  return g_ascii_string_to_unsigned(text, 10, 0, max, number, NULL);
}

static void
take_bundle(DsDriveState *self, char *const *words)
{
  guint64 uses, since;
  Handed handed = {0};
  DsDigest id;

  if (!ds_digest_parse(&id, words[1]) ||
      !parse_number(words[2], DS_DRIVE_BATCH_MAX, &handed.batch) ||
      !parse_number(words[3], G_MAXINT32, &uses) ||
      !parse_number(words[4], G_MAXINT64 / G_USEC_PER_SEC, &since))
    return;
  handed.uses = (guint)uses;
  handed.since_s = (gint64)since;
  put_handed(self, &id, &handed);
}

/* "batch N", "last SECONDS", "bundle ID BATCH USES SECONDS" or "taken SEQ DIGEST". */
static void
take_line(DsDriveState *self, const char *line)
{
  g_auto(GStrv) words = g_strsplit(line, " ", 6);
  guint count = g_strv_length(words);
  guint64 number;
  DsDigest digest;

  if (count == 2 && strcmp(words[0], "batch") == 0) {
    if (parse_number(words[1], DS_DRIVE_BATCH_MAX, &number))
      self->batch = number;
  } else if (count == 2 && strcmp(words[0], "last") == 0) {
    if (parse_number(words[1], G_MAXINT64 / G_USEC_PER_SEC, &number))
      self->last_s = (gint64)number;
  } else if (count == 5 && strcmp(words[0], "bundle") == 0) {
    take_bundle(self, words);
  } else if (count == 3 && strcmp(words[0], "taken") == 0) {
    if (parse_number(words[1], DS_DEPOT_OUTBOX_SEQ_MAX, &number) &&
        ds_digest_parse(&digest, words[2]) && number > 0)
      ds_drive_state_take(self, number, &digest);
  }
}

DsDriveState *
ds_drive_state_load(const char *home, GError **error)
{
  g_autoptr(DsDriveState) self = g_new0(DsDriveState, 1);
  g_autoptr(GError) local = NULL;
  gsize size;

  self->folder = g_build_filename(home, "depot", NULL);
  self->handed = g_hash_table_new_full(ds_digest_hash, ds_digest_equal_p, g_free, g_free);
  self->taken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  g_autofree char *path = g_build_filename(self->folder, STATE_NAME, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, STATE_MAX, &local);
  if (bytes == NULL && g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND))
    return g_steal_pointer(&self);
  if (bytes == NULL) {
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  const char *data = g_bytes_get_data(bytes, &size);
  g_autofree char *text = g_strndup(data, size);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    take_line(self, *line);
  return g_steal_pointer(&self);
}

gboolean
ds_drive_state_save(DsDriveState *self, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  char hex[DS_DIGEST_HEX_SIZE];
  GHashTableIter iter;
  gpointer key, value;

  g_string_append_printf(text, "batch %" G_GUINT64_FORMAT "\nlast %" G_GINT64_FORMAT "\n",
                         self->batch, self->last_s);
  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    const Handed *handed = value;
    g_string_append_printf(text, "bundle %s %" G_GUINT64_FORMAT " %u %" G_GINT64_FORMAT "\n",
                           ds_digest_to_hex(key, hex), handed->batch, handed->uses,
                           handed->since_s);
  }
  g_hash_table_iter_init(&iter, self->taken);
  while (g_hash_table_iter_next(&iter, &key, &value))
    g_string_append_printf(text, "taken %" G_GUINT64_FORMAT " %s\n", *(guint64 *)key,
                           ds_digest_to_hex(value, hex));
  return ds_files_replace_shared(self->folder, STATE_NAME, text->str, text->len, error);
}

guint64
ds_drive_state_next_batch(DsDriveState *self, guint64 seen)
{
  /* a stranger's file with the last possible number must not end the counting */
  self->batch = MAX(self->batch, seen < DS_DRIVE_BATCH_MAX / 2 ? seen : 0) + 1;
  return self->batch;
}

void
ds_drive_state_hand_over(DsDriveState *self, const DsDigest *id, guint64 batch)
{
  const Handed handed = {batch, 0, ds_clock_now().wall_us / G_USEC_PER_SEC};

  put_handed(self, id, &handed);
}

void
ds_drive_state_lose(DsDriveState *self, guint64 batch)
{
  GHashTableIter iter;
  gpointer handed;

  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, NULL, &handed))
    if (((Handed *)handed)->batch == batch)
      g_hash_table_iter_remove(&iter);
}

gboolean
ds_drive_state_has(DsDriveState *self, const DsDigest *id)
{
  return g_hash_table_contains(self->handed, id);
}

void
ds_drive_state_miss(DsDriveState *self, const DsDigest *id)
{
  Handed *handed = g_hash_table_lookup(self->handed, id);

  if (handed != NULL)
    handed->uses++;
}

gboolean
ds_drive_state_is_due(DsDriveState *self, const DsDigest *id)
{
  const Handed *handed = g_hash_table_lookup(self->handed, id);

  return handed == NULL || handed->uses >= DS_DRIVE_RESEND_USES;
}

void
ds_drive_state_keep(DsDriveState *self, GHashTable *spooled)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, &id, NULL))
    if (!g_hash_table_contains(spooled, id))
      g_hash_table_iter_remove(&iter);
}

void
ds_drive_state_take(DsDriveState *self, guint64 seq, const DsDigest *content)
{
  g_hash_table_replace(self->taken, g_memdup2(&seq, sizeof seq),
                       g_memdup2(content, sizeof *content));
}

gboolean
ds_drive_state_has_taken(DsDriveState *self, guint64 seq, const DsDigest *content)
{
  const DsDigest *known = g_hash_table_lookup(self->taken, &seq);

  return known != NULL && ds_digest_equal(known, content);
}

static gint
compare_taken(gconstpointer a, gconstpointer b)
{
  const DsDriveTaken *first = a, *second = b;

  return first->seq < second->seq ? -1 : first->seq > second->seq;
}

GArray *
ds_drive_state_taken(DsDriveState *self)
{
  GArray *all = g_array_new(FALSE, FALSE, sizeof(DsDriveTaken));
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init(&iter, self->taken);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    const DsDriveTaken taken = {*(guint64 *)key, *(DsDigest *)value};
    g_array_append_val(all, taken);
  }
  g_array_sort(all, compare_taken);
  if (all->len > DS_DRIVE_TAKEN_MAX)
    g_array_remove_range(all, 0, all->len - DS_DRIVE_TAKEN_MAX);
  return all;
}

void
ds_drive_state_keep_taken(DsDriveState *self, GHashTable *offered)
{
  GHashTableIter iter;
  gpointer seq;

  g_hash_table_iter_init(&iter, self->taken);
  while (g_hash_table_iter_next(&iter, &seq, NULL))
    if (!g_hash_table_contains(offered, seq))
      g_hash_table_iter_remove(&iter);
}

gint64
ds_drive_state_last_us(const DsDriveState *self)
{
  return self->last_s * G_USEC_PER_SEC;
}

void
ds_drive_state_touch(DsDriveState *self)
{
  self->last_s = ds_clock_now().wall_us / G_USEC_PER_SEC;
}
