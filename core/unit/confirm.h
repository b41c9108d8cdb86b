/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: reading and confirming. A yes-or-no field whose step also collects
 * "<subject>.version" and "<subject>.sha256" confirms a text of the pack; what was confirmed and
 * when is noted by the unit, never typed. */
#pragma once

#include "unit/case.h"

G_BEGIN_DECLS

/* After @name of @step was set to @value: fills in, or clears, version, digest and "<name>-at".
 * Fine for a field that confirms nothing. The text is the pack's "<subject>", else its
 * "commitment". DS_ERROR_NOT_FOUND when the pack has neither. */
gboolean ds_unit_note_confirmation(DsUnit *self, const DsVaultCase *of, const char *step,
                                   const char *name, const char *value,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
