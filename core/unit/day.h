/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside core/unit: the day of the field submission (现场申请日). It selects the pack and starts
 * the 60 days, so a case has one, and one pack, even when midnight falls into the visit:
 *
 *   signed      the day the citizen's signature was taken; signed anew, the new day
 *   refused, withdrawn   that day, unless it was signed before
 *   sealed      the day of sealing for what nobody signed
 *   waits for material (待补材料)   none again: it is not submitted before the material is there
 *
 * Until then "case.day" is today. A correction (version 2 and later) keeps the day of version 1. */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* Fixes today and its pack, unless the case has a day; with @again also then, while it is
 * version 1. Inside the caller's transaction when there is one. DS_ERROR_NOT_FOUND when no pack is
 * for that day. */
gboolean ds_unit_fix_day(DsUnit *self, const char *case_id, gboolean again,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes day and pack away again, from version 1 only. */
gboolean ds_unit_forget_day(DsUnit *self, const char *case_id,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
