/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A case by asking on the terminal, step by step, from what plugin.json says. */
#pragma once

#include "unit/unit.h"

G_BEGIN_DECLS

/* Asks until the steps are done or the officer stops (end of input): what was answered stays. An
 * empty answer keeps the old value, "-" clears it. */
gboolean ds_interview(DsUnit *unit, const char *case_id, GError **error);

G_END_DECLS
