/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What anybody with the public directory can check of a bundle. */
#pragma once

#include "cli/unit/face.h"

G_BEGIN_DECLS

/* @folder holds manifest and record, and the chunks by digest unless @store does. Checks every
 * signature against the directory in file @directory, and every digest. @root (may be NULL) is the
 * station's fingerprint. DS_ERROR_REFUSED or _INVALID names what does not fit. */
gboolean ds_bundle_verify(DsFace *face, const char *folder, const char *directory, const char *root,
                          const char *store, GError **error);

G_END_DECLS
