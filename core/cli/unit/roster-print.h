/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the command line shows a trip's roster: a class, or a list of visits. */
#pragma once

#include "cli/unit/face.h"

G_BEGIN_DECLS

/* @rows: DsVaultRosterRow. To @builder, which stands in an array, or for people when it is NULL: a
 * list with appointments is shown as visits, in the order of the day. */
void ds_roster_print(DsFace *face, JsonBuilder *builder, GPtrArray *rows);

G_END_DECLS
