/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces that several payloads are made of. Only for this folder. */
#pragma once

#include "base/clock.h"
#include "bundle/chunk.h"
#include "bundle/key.h"
#include "model/cbor.h"

G_BEGIN_DECLS

/* Keys are embedded COSE_Key maps. NULL is written as null, which no reader takes. */
void ds_codec_put_key(DsCborWriter *w, const DsKey *key);
/* NULL after an error. (transfer full) */
DsKey *ds_codec_get_key(DsCborReader *r);

void ds_codec_put_kid(DsCborWriter *w, const DsKid *kid);
void ds_codec_get_kid(DsCborReader *r, DsKid *kid);

/* 32 bytes or null. */
void ds_codec_put_optional_digest(DsCborWriter *w, gboolean has, const DsDigest *digest);
void ds_codec_get_optional_digest(DsCborReader *r, gboolean *has, DsDigest *digest);

/* [sha256, size], size within @min..@max. */
void ds_codec_put_ref(DsCborWriter *w, const DsDigest *sha256, guint64 size);
void ds_codec_get_ref(DsCborReader *r, DsDigest *sha256, guint64 *size, guint64 max);
/* An array of them. */
void ds_codec_put_refs(DsCborWriter *w, GArray *refs);
/* At most @max chunks; (transfer full), never NULL. */
GArray *ds_codec_get_refs(DsCborReader *r, gsize min, gsize max);

/* A unit's or station's id: 1–64 of a–z 0–9 and "-". (transfer full), never NULL */
char *ds_codec_get_id(DsCborReader *r);
gboolean ds_codec_is_id(const char *text);

/* Keys 1 and 2 of every signed payload. */
void ds_codec_put_head(DsCborWriter *w, guint format, guint suite);
void ds_codec_get_head(DsCborReader *r, guint *format, guint *suite);
/* The last key of every payload, when there: what a reader must know. Nothing is known so far. */
void ds_codec_refuse_crit(DsCborReader *r, gint64 key);

/* Microseconds since 1970; 0 and null stand for none where @optional. */
void ds_codec_put_time(DsCborWriter *w, gint64 us, gboolean optional);
gint64 ds_codec_get_time(DsCborReader *r, gboolean optional);

G_END_DECLS
