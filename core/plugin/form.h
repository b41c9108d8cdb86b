/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugin.json alone says about a case: is everything there that the step asks for, and in
 * form? Steps add in C only what data cannot say. */
#pragma once

#include "plugin/info.h"
#include "policy/facts.h"

G_BEGIN_DECLS

/* Holds the fields and parts of @view against @info. Conditions are asked of @facts (built from the
 * same view). Findings, with the plugin's id as origin and worded in the officer's language:
 *
 *   MISSING       NAME.missing      a required field is empty
 *                 SLOT.missing      fewer parts than "min" in a required slot
 *   INVALID       NAME.form         not a date, choice, whole number, telephone number …, too long,
 *                                   against the pattern, or with control characters
 *                 SLOT.too-many     more parts than "max"
 *                 SLOT.media-type   a part of another type than the slot takes
 *   UNDETERMINED  NAME.undetermined, SLOT.undetermined   whether it is required hangs on a fact
 * that others know; who says who. A fact that only waits to be entered says nothing: its own field
 * is missing.
 *
 * A field or slot whose "when" is not true is not looked at. Citizen numbers are the steps' to
 * check (model/number.h), and "notice_before" is for the moment of capture (whoever captures). An
 * error means a broken condition in plugin.json, never an incomplete case. */
gboolean ds_plugin_check_form(const DsPluginInfo *info, const DsView *view, DsFacts *facts,
                              DsFindings *findings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
