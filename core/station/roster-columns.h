/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a roster's headings and usual words mean. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The field a heading stands for: itself when it is a field name, a known Chinese heading's field,
 * or NULL. (transfer full) */
char *ds_roster_column_field(const char *heading);

/* The coded value of a usual word in @field (男 → 1, 母亲 → mother), else @value. */
const char *ds_roster_column_value(const char *field, const char *value);

G_END_DECLS
