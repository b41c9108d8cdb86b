/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a bundle of a record whose parts are encrypted already. */
#pragma once

#include <glib.h>

#include "bundle/manifest.h"
#include "bundle/record.h"

G_BEGIN_DECLS

typedef struct {
  GBytes *manifest;
  GBytes *record;
  DsDigest id;
} DsSealed;

void ds_sealed_clear(DsSealed *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DsSealed, ds_sealed_clear)

/* @manifest has unit, seq, prev, kind, replaces, directory_version, audit head and time set;
 * @record everything but unit, seq, prev and kind, which are repeated from the manifest. Fills in
 * the manifest's record digest, size and chunks (those of parts that travel here), encrypts to
 * @recipients, signs with @keys in @roles. */
gboolean ds_seal(DsManifest *manifest, DsRecord *record, GPtrArray *recipients, DsKey *const *keys,
                 const DsRole *roles, guint n_keys, DsSealed *sealed,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A small secret (a vault's master key) for the holder of @recipient only, bound to @context, a
 * word like "recovery". At most 4096 bytes. (transfer full) */
GBytes *ds_seal_secret(DsSecret *secret, const DsKey *recipient, const char *context,
                       GError **error);

G_END_DECLS
