/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signature under a form or a commitment. Only one that fits what was signed is in the view. */
#pragma once

#include "sheet.h"

/* Who signs: the first of @fields that is answered ("signature.signer", "commitment.signer");
 * NULL when none is. */
const char *signature_signer(const DsView *view, const char *const *fields);
/* NULL when that person has not signed. */
const DsPart *signature_part(const DsView *view, const char *signer);
/* Draws it into @box, and below it for whom and why an officer signed. Nothing without a picture.
 */
gboolean signature_draw(Sheet *sheet, const DsView *view, const char *signer, Box box,
                        GError **error);
