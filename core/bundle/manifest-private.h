/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifest's payload. Only for this folder. */
#pragma once

#include "bundle/manifest.h"

G_BEGIN_DECLS

GBytes *ds_manifest_encode(const DsManifest *self, GError **error);
/* Everything a payload alone can be judged by; sets id. (transfer full) */
DsManifest *ds_manifest_decode(GBytes *payload, GError **error);

G_END_DECLS
