/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three stages of intake, one file each. All return FALSE with an error whose code says whether
 * the bundle is to blame (ds_intake_is_broken) or this moment is. */
#pragma once

#include "bundle/manifest.h"
#include "bundle/record.h"
#include "depot/repo.h"
#include "station/ledger.h"
#include "station/station-private.h"

/* TRUE for errors that will be the same next time: quarantine. */
gboolean ds_intake_is_broken(const GError *error);

/* Signatures, shape and every digest of what lies in the unit's repository; nothing is decrypted.
 * (transfer full) */
DsManifest *ds_intake_check(DsStation *self, DsRepo *repo, const char *unit, const DsDigest *id,
                            guint64 *bytes, GError **error);

/* Opens the record and every part. @missing is set, and NULL returned without an error, when parts
 * come from an older bundle that is not archived yet. (transfer full) */
DsRecord *ds_intake_open(DsStation *self, DsRepoBundle *source, const DsManifest *manifest,
                         DsDigest *missing, GError **error);

/* Copies everything into every archive and reads it back. */
gboolean ds_intake_archive(DsStation *self, DsRepoBundle *source, const DsManifest *manifest,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps the bytes of a broken bundle in quarantine/UNIT/ID with the reason: the first 32 MiB of it,
 * and of the unit's first 256 such bundles. */
gboolean ds_intake_set_aside(DsStation *self, DsRepo *repo, const char *unit, const DsDigest *id,
                             const char *reason, GError **error) G_GNUC_WARN_UNUSED_RESULT;
