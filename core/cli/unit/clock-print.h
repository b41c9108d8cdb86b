/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line says about the laptop's clock. */
#pragma once

#include "cli/unit/face.h"
#include "unit/watch.h"

G_BEGIN_DECLS

/* "3 d", "5 h", "7 min": the largest that is not 0, in the officer's language.
 * (transfer full) */
char *ds_clock_print_span(gint64 span_us);
/* "2026-09-01 16:30", as the clock on the wall of the office shows it (UTC+8). (transfer full) */
char *ds_clock_print_time(gint64 wall_us);
/* One line when the clock is behind, else NULL. (transfer full) */
char *ds_clock_print_warning(const DsWatch *watch);
/* Member "clock": now, newest, behind-seconds, by ("unit", "station"). */
void ds_clock_print_json(JsonBuilder *builder, const DsWatch *watch);

G_END_DECLS
