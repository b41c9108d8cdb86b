/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading what was archived: from the first place that has it whole. */
#pragma once

#include "bundle/record.h"
#include "station/ledger.h"
#include "station/station.h"

G_BEGIN_DECLS

/* A chunk by its digest, checked. DS_ERROR_FAILED when no place has it whole: restore an archive.
 * A DsChunkFetch with the station as data. (transfer full) */
GBytes *ds_archive_fetch(const DsDigest *sha256, gpointer station, GError **error);

/* The opened record of an archived bundle. Needs unlock. (transfer full) */
DsRecord *ds_archive_record(DsStation *self, const char *unit, guint64 seq, const DsDigest *id,
                            GError **error);

/* The key of @part of @record, looked up along its older bundles where it is reused. @missing is
 * set, and NULL returned without an error, when one of them is not archived. Needs unlock.
 * (transfer full) */
DsSecret *ds_archive_part_key(DsStation *self, const char *unit, const DsRecordPart *part,
                              DsDigest *missing, GError **error);

G_END_DECLS
