/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A git pack (gitformat-pack(5)) written straight onto a link: stored deflate blocks, no deltas,
 * the SHA-1 trailer kept as it goes. Memory is one buffer, whatever the objects' sizes. */
#pragma once

#include "depot/link.h"
#include "depot/object.h"

G_BEGIN_DECLS

typedef struct _DsPackWriter DsPackWriter;

/* Writes the header announcing @count objects. (transfer full) */
DsPackWriter *ds_pack_writer_new(DsLink *link, guint32 count, GError **error);
gboolean ds_pack_writer_add(DsPackWriter *self, DsObjectType type, const void *data, gsize size,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the trailer. */
gboolean ds_pack_writer_finish(DsPackWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ds_pack_writer_free(DsPackWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsPackWriter, ds_pack_writer_free)

G_END_DECLS
