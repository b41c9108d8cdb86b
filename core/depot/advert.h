/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a git server says first (protocol v0): its refs and what it can do. Bounded: at most
 * 65,536 refs, 8 MiB; refs that are neither bundles nor outbox messages are counted and dropped. */
#pragma once

#include "depot/link.h"
#include "depot/object.h"
#include "depot/refs.h"

G_BEGIN_DECLS

#define DS_ADVERT_REFS_MAX 65536
#define DS_ADVERT_BYTES_MAX (8 * 1024 * 1024)

typedef struct _DsAdvert DsAdvert;

/* Reads up to the flush. DS_ERROR_INVALID names the line; DS_ERROR_UNSUPPORTED when the server
 * speaks another protocol version or object format. (transfer full) */
DsAdvert *ds_advert_read(DsLink *link, GError **error);
void ds_advert_free(DsAdvert *self);

gboolean ds_advert_has_bundle(const DsAdvert *self, const DsDigest *id);
/* DsOutboxRef, sorted by sequence. Owned by @self. */
const GArray *ds_advert_outbox(const DsAdvert *self);
/* FALSE when @ref (a full name) was not advertised. */
gboolean ds_advert_lookup(const DsAdvert *self, const char *ref, DsObjectId *id);
/* A capability, alone ("delete-refs") or before its "=" ("object-format"). */
gboolean ds_advert_can(const DsAdvert *self, const char *capability);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsAdvert, ds_advert_free)

G_END_DECLS
