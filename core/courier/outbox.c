/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/outbox.h"

#include <string.h>

#include "base/error.h"
#include "bundle/manifest.h"

typedef struct {
  DsStore *store;
  DsSpool *spool;
  DsSpoolEntry entry;
} Outbox;

static void
outbox_free(gpointer data)
{
  Outbox *self = data;

  ds_store_unref(self->store);
  ds_spool_unref(self->spool);
  g_free(self);
}

static GBytes *
outbox_read(const char *name, gpointer user_data, GError **error)
{
  Outbox *self = user_data;
  DsDigest digest;

  if (strcmp(name, "manifest") == 0)
    return ds_spool_read_manifest(self->spool, &self->entry, error);
  if (strcmp(name, "record") == 0)
    return ds_spool_read_record(self->spool, &self->entry, error);
  if (!ds_digest_parse(&digest, name)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%s is no chunk", name);
    return NULL;
  }
  return ds_store_read(self->store, &digest, error);
}

static gboolean
add_entries(DsDepotSource *source, const DsManifest *manifest, gsize manifest_size, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  for (guint i = 0; i < manifest->chunks->len; i++) {
    const DsChunkRef *chunk = &g_array_index(manifest->chunks, DsChunkRef, i);
    if (!ds_depot_source_add(source, ds_digest_to_hex(&chunk->sha256, hex), chunk->size, error))
      return FALSE;
  }
  return ds_depot_source_add(source, "manifest", manifest_size, error) &&
         ds_depot_source_add(source, "record", manifest->record_size, error);
}

DsDepotSource *
ds_outbox_source(DsStore *store, DsSpool *spool, const DsSpoolEntry *entry, GError **error)
{
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(spool, entry, error);
  g_autoptr(DsManifest) manifest = bytes != NULL ? ds_manifest_parse(bytes, error) : NULL;
  g_autoptr(DsDepotSource) source = NULL;
  Outbox *self;

  if (manifest == NULL) {
    g_prefix_error(error, "bundle %" G_GUINT64_FORMAT ": ", entry->seq);
    return NULL;
  }
  if (!ds_digest_equal(&manifest->id, &entry->id)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "bundle %" G_GUINT64_FORMAT ": the manifest in the spool is another bundle's",
                entry->seq);
    return NULL;
  }
  self = g_new0(Outbox, 1);
  self->store = ds_store_ref(store);
  self->spool = ds_spool_ref(spool);
  self->entry = *entry;
  source = ds_depot_source_new(&entry->id, outbox_read, self, outbox_free);
  if (!add_entries(source, manifest, g_bytes_get_size(bytes), error)) {
    g_prefix_error(error, "bundle %" G_GUINT64_FORMAT ": ", entry->seq);
    return NULL;
  }
  return g_steal_pointer(&source);
}
