/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station's word leaves to do, as lines and as JSON. */
#pragma once

#include "cli/unit/face.h"
#include "unit/outcome.h"

/* One line, and what the station said below. */
void ds_duty_print(DsUnit *unit, const DsCaseDuty *duty);
/* An object: {case, name, state, redo [step], text, redirect, due, provisional, overdue, notify,
 * refund, refund-ask}. */
void ds_duty_json(JsonBuilder *builder, const DsCaseDuty *duty);
/* All of @trip (NULL: of all), below a heading; nothing when there is none. With @builder they
 * become its member "duties". */
gboolean ds_duties_print(DsFace *face, const char *trip, JsonBuilder *builder, GError **error);
