/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/state.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"

#define STATE_NAME "handed-over"
#define STATE_MAX (32 * 1024 * 1024)

typedef struct {
  gint64 since_s; /* wall time of the hand-over */
  guint contacts; /* complete contacts since */
} Handed;

struct _DsCourierState {
  char *folder;
  GHashTable *handed;  /* DsDigest * → Handed * */
  GHashTable *refused; /* DsObjectId * set */
  gint64 last_contact_s;
};

static gint64
now_s(void)
{
  return ds_clock_now().wall_us / G_USEC_PER_SEC;
}

void
ds_courier_state_free(DsCourierState *self)
{
  if (self == NULL)
    return;
  g_free(self->folder);
  g_hash_table_unref(self->handed);
  g_hash_table_unref(self->refused);
  g_free(self);
}

static void
put_handed(DsCourierState *self, const DsDigest *id, gint64 since_s, guint contacts)
{
  Handed *handed = g_new(Handed, 1);

  handed->since_s = since_s;
  handed->contacts = contacts;
  g_hash_table_replace(self->handed, g_memdup2(id, sizeof *id), handed);
}

/* "contact SECONDS", "bundle ID SECONDS CONTACTS" or "refused COMMIT". */
static void
take_line(DsCourierState *self, const char *line)
{
  g_auto(GStrv) words = g_strsplit(line, " ", 5);
  guint count = g_strv_length(words);
  gint64 seconds;
  guint64 contacts;
  DsObjectId commit;
  DsDigest id;

  if (count == 2 && strcmp(words[0], "contact") == 0) {
    if (g_ascii_string_to_signed(words[1], 10, 0, G_MAXINT64 / G_USEC_PER_SEC, &seconds, NULL))
      self->last_contact_s = seconds;
  } else if (count == 4 && strcmp(words[0], "bundle") == 0) {
    if (ds_digest_parse(&id, words[1]) &&
        g_ascii_string_to_signed(words[2], 10, 0, G_MAXINT64, &seconds, NULL) &&
        g_ascii_string_to_unsigned(words[3], 10, 0, G_MAXUINT, &contacts, NULL))
      put_handed(self, &id, seconds, (guint)contacts);
  } else if (count == 2 && strcmp(words[0], "refused") == 0) {
    if (ds_object_id_parse(&commit, words[1]))
      ds_courier_state_refuse(self, &commit);
  }
}

DsCourierState *
ds_courier_state_load(const char *home, GError **error)
{
  g_autoptr(DsCourierState) self = g_new0(DsCourierState, 1);
  g_autoptr(GError) local = NULL;
  gsize size;

  self->folder = g_build_filename(home, "depot", NULL);
  self->handed = g_hash_table_new_full(ds_digest_hash, ds_digest_equal_p, g_free, g_free);
  self->refused = g_hash_table_new_full(ds_object_id_hash, ds_object_id_equal_p, g_free, NULL);
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
ds_courier_state_save(DsCourierState *self, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_string_append_printf(text, "contact %" G_GINT64_FORMAT "\n", self->last_contact_s);
  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    const Handed *handed = value;
    char hex[DS_DIGEST_HEX_SIZE];
    g_string_append_printf(text, "bundle %s %" G_GINT64_FORMAT " %u\n", ds_digest_to_hex(key, hex),
                           handed->since_s, handed->contacts);
  }
  g_hash_table_iter_init(&iter, self->refused);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    char hex[DS_OBJECT_HEX_SIZE];
    g_string_append_printf(text, "refused %s\n", ds_object_id_to_hex(key, hex));
  }
  return ds_files_replace_shared(self->folder, STATE_NAME, text->str, text->len, error);
}

void
ds_courier_state_hand_over(DsCourierState *self, const DsDigest *id)
{
  put_handed(self, id, now_s(), 0);
}

gboolean
ds_courier_state_has(DsCourierState *self, const DsDigest *id)
{
  return g_hash_table_contains(self->handed, id);
}

gboolean
ds_courier_state_is_due(DsCourierState *self, const DsDigest *id)
{
  const Handed *handed = g_hash_table_lookup(self->handed, id);

  return handed == NULL || (handed->contacts >= DS_COURIER_RESEND_CONTACTS &&
                            now_s() - handed->since_s >= DS_COURIER_RESEND_SECONDS);
}

void
ds_courier_state_keep(DsCourierState *self, GHashTable *spooled)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, &id, NULL))
    if (!g_hash_table_contains(spooled, id))
      g_hash_table_iter_remove(&iter);
}

void
ds_courier_state_count(DsCourierState *self)
{
  GHashTableIter iter;
  gpointer handed;

  self->last_contact_s = now_s();
  g_hash_table_iter_init(&iter, self->handed);
  while (g_hash_table_iter_next(&iter, NULL, &handed))
    ((Handed *)handed)->contacts++;
}

gint64
ds_courier_state_last_contact_us(const DsCourierState *self)
{
  return self->last_contact_s * G_USEC_PER_SEC;
}

void
ds_courier_state_refuse(DsCourierState *self, const DsObjectId *commit)
{
  g_hash_table_add(self->refused, g_memdup2(commit, sizeof *commit));
}

gboolean
ds_courier_state_is_refused(DsCourierState *self, const DsObjectId *commit)
{
  return g_hash_table_contains(self->refused, commit);
}
