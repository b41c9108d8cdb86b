/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys from one master key: HKDF-SHA256 (RFC 5869), no salt, the label as info. */
#pragma once

#include <glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

#define DS_DERIVED_KEY_SIZE 32

/* 32 bytes from @master under @label ("doorstep/vault/db/1"); different labels give independent
 * keys. (transfer full) */
DsSecret *ds_derive_key(DsSecret *master, const char *label,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
