/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station said about a case. */
#pragma once

#include "bundle/statement.h"
#include "unit/unit.h"
#include "vault/case.h"

G_BEGIN_DECLS

/* Records a verified statement and moves its case. The case's newest bundle speaks for it, or, when
 * the station called that one superseded (a withdrawal that came too late), the one before it. Any
 * order, any number of times: the case ends in the same state. DS_ERROR_REFUSED for a bundle this
 * unit never sealed. @note: one line for the person, NULL when it changed nothing. (transfer full)
 */
gboolean ds_unit_take_statement(DsUnit *self, const DsStatement *statement, GBytes *bytes,
                                gboolean *fresh, char **note,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The detail of the newest statement about @case_id that has one ("category", "text", "due",
 * "reason"); an empty table when there is none. (transfer full) */
GHashTable *ds_unit_case_answer(DsUnit *self, const char *case_id, GError **error);

G_END_DECLS
