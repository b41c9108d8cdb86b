/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Citizen numbers, aspect by aspect, for people and programs. */
#pragma once

#include "cli/unit/face.h"
#include "policy/tables.h"

G_BEGIN_DECLS

/* --json: an array with one object a number: number, valid, then length, characters, checksum,
 * date, not_future (not born after the day), century (true, false, or null when it could not be
 * looked at), class, birth, sex, region_known, region_at_birth, region, region_name. */
void ds_number_print(DsFace *face, DsTables *tables, char **numbers, const GDate *day);

G_END_DECLS
