/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: the station's root keys this unit trusts. */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* DsDigest of each pinned root; empty before the first directory. (transfer full) */
GArray *ds_unit_root_pins(DsUnit *self, GError **error);
/* Pins @directory's root and its next one, nothing else. */
gboolean ds_unit_pin_roots(DsUnit *self, const DsDirectory *directory,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
