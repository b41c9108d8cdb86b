/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handover's payload. Only for this folder. */
#pragma once

#include "bundle/handover.h"

G_BEGIN_DECLS

GBytes *ds_handover_encode(const DsHandover *self, GError **error);
/* Everything a payload alone can be judged by; sets digest. (transfer full) */
DsHandover *ds_handover_decode(GBytes *payload, GError **error);

G_END_DECLS
