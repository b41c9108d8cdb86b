/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: a signature is bound to what its signer saw (R039). With each one the unit
 * keeps a digest of it (docs/bundle.md, "signed-sha256"); once that is no longer true the signature
 * is stale: no rule and no paper sees it, until it is given again. */
#pragma once

#include "model/view.h"
#include "unit/unit.h"

G_BEGIN_DECLS

/* The attribute of a signature that holds the digest, hex. */
#define DS_SIGNED_DIGEST "signed-sha256"
/* In a record: "true" for a signature of something that has changed since. */
#define DS_SIGNED_STALE "stale"

/* What somebody who signs the case now would be bound to, by the step that takes its signatures:
 * *@hex is NULL where that step covers nothing. (out transfer full) */
gboolean ds_unit_signed_digest_now(DsUnit *self, const char *case_id, char **hex,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Brings the parts into @view, which has its fields already, without the stale signatures; sets
 * "signature.step", and "signatures.stale" to those whose signature is stale and nobody has signed
 * after them. */
gboolean ds_unit_view_add_parts(DsUnit *self, DsView *view, const char *service,
                                const char *case_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
