/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sealed bundle as the push sees it: an id and named entries that are read one at a time, so
 * that memory stays at one entry (at most 4 MiB) however large the bundle is. */
#pragma once

#include "depot/refs.h"

G_BEGIN_DECLS

typedef struct {
  char name[DS_DIGEST_HEX_SIZE]; /* "manifest", "record" or a chunk's digest */
  guint64 size;
} DsDepotEntry;

/* The whole of entry @name. Called more than once per entry; must give the same bytes. */
typedef GBytes *(*DsDepotRead)(const char *name, gpointer user_data, GError **error);

typedef struct {
  DsDigest id;
  GArray *entries; /* DsDepotEntry, sorted by name */
  guint64 size;    /* sum of the entries' sizes */
  DsDepotRead read;
  gpointer user_data;
  GDestroyNotify destroy;
} DsDepotSource;

/* (transfer full) */
DsDepotSource *ds_depot_source_new(const DsDigest *id, DsDepotRead read, gpointer user_data,
                                   GDestroyNotify destroy);
/* DS_ERROR_INVALID when the name is not allowed in a bundle or given twice, DS_ERROR_TOO_LARGE
 * when over the name's cap. */
gboolean ds_depot_source_add(DsDepotSource *self, const char *name, guint64 size,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Entry @name, checked to have the size announced. (transfer full) */
GBytes *ds_depot_source_read(DsDepotSource *self, const DsDepotEntry *entry, GError **error);
void ds_depot_source_free(DsDepotSource *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsDepotSource, ds_depot_source_free)

G_END_DECLS
