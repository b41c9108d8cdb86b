/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealing: after it the case can be carried, and no longer be opened on this laptop. */
#pragma once

#include <glib.h>

#include "base/digest.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* Seals a complete, refused or withdrawn case, signed by the unit and the acting officer: intent,
 * spool, read-back of every byte with the keys about to be forgotten, then the mark.
 * DS_ERROR_INVALID names what is still missing; DS_ERROR_FAILED when the read-back found a damaged
 * object: the case stays open and nothing is forgotten. @id: the bundle's id. */
gboolean ds_unit_case_seal(DsUnit *self, const char *case_id, DsDigest *id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After a crash or a failed write: a seal whose bundle reached the spool is finished, another one
 * never was. Comes before every change of a case, for a bundle that is on its way must not be
 * followed by another of its number, nor hold less than its case. */
gboolean ds_unit_finish_seal(DsUnit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
