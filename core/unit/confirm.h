/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and confirming. A yes-or-no field whose step also collects
 * "<subject>.version" and "<subject>.sha256" confirms a text of the pack; what was confirmed and
 * when is noted by the unit, never typed. */
#pragma once

#include "plugin/info.h"
#include "policy/pack.h"
#include "unit/case.h"

G_BEGIN_DECLS

/* The unit fills @name in by itself when something is confirmed: nobody is asked for it. */
gboolean ds_unit_field_is_noted(const DsPluginInfo *info, const char *name);

/* The text that is to be read before @name of @step is answered with yes; it lives in *@pack.
 * Both NULL for a field that confirms nothing. FALSE with DS_ERROR_NOT_FOUND when the pack has no
 * such text. (out transfer full: @pack; transfer none: @text) */
gboolean ds_unit_text_to_confirm(DsUnit *self, const char *case_id, const char *step,
                                 const char *name, DsPack **pack, const DsPackText **text,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Inside core/unit. After @name of @step was set to @value: fills in, or clears, version, digest
 * and "<name>-at". Fine for a field that confirms nothing. The text is the pack's "<subject>", else
 * its "commitment". DS_ERROR_NOT_FOUND when the pack has neither. */
gboolean ds_unit_note_confirmation(DsUnit *self, const DsVaultCase *of, const char *step,
                                   const char *name, const char *value,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
