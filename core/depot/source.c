/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/source.h"

#include <string.h>

#include "base/error.h"

DsDepotSource *
ds_depot_source_new(const DsDigest *id, DsDepotRead read, gpointer user_data,
                    GDestroyNotify destroy)
{
  DsDepotSource *self = g_new0(DsDepotSource, 1);

  self->id = *id;
  self->entries = g_array_new(FALSE, FALSE, sizeof(DsDepotEntry));
  self->read = read;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

gboolean
ds_depot_source_add(DsDepotSource *self, const char *name, guint64 size, GError **error)
{
  guint64 max = ds_depot_bundle_entry_max(name);
  DsDepotEntry entry = {.size = size};
  guint at = self->entries->len;

  if (max == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "a bundle holds no entry named %.70s", name);
    return FALSE;
  }
  if (size > max || self->entries->len >= DS_MANIFEST_CHUNKS_MAX + 2) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "entry %s has %" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT
                " and %u entries are allowed",
                name, size, max, DS_MANIFEST_CHUNKS_MAX + 2);
    return FALSE;
  }
  g_strlcpy(entry.name, name, sizeof entry.name);
  /* callers add chunks in order: looking from the end keeps this linear */
  while (at > 0 && strcmp(g_array_index(self->entries, DsDepotEntry, at - 1).name, name) > 0)
    at--;
  if (at > 0 && strcmp(g_array_index(self->entries, DsDepotEntry, at - 1).name, name) == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "entry %s is named twice", name);
    return FALSE;
  }
  g_array_insert_val(self->entries, at, entry);
  self->size += size;
  return TRUE;
}

GBytes *
ds_depot_source_read(DsDepotSource *self, const DsDepotEntry *entry, GError **error)
{
  g_autoptr(GBytes) bytes = self->read(entry->name, self->user_data, error);

  if (bytes == NULL)
    return NULL;
  if (g_bytes_get_size(bytes) != entry->size) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "entry %s has %" G_GSIZE_FORMAT " bytes, %" G_GUINT64_FORMAT " were announced",
                entry->name, g_bytes_get_size(bytes), entry->size);
    return NULL;
  }
  return g_steal_pointer(&bytes);
}

void
ds_depot_source_free(DsDepotSource *self)
{
  if (self == NULL)
    return;
  if (self->destroy != NULL)
    self->destroy(self->user_data);
  g_array_unref(self->entries);
  g_free(self);
}
