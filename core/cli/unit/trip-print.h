/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the command line shows a trip's report. */
#pragma once

#include "cli/unit/face.h"
#include "unit/trip-report.h"

G_BEGIN_DECLS

/* @text padded with blanks to @width columns, where a Chinese character has two; cut with … when
 * it is longer. (transfer full) */
char *ds_print_column(const char *text, guint width);

void ds_trip_print_report(const DsTripReport *report);
/* The documented members, as one object. */
void ds_trip_print_report_json(const DsTripReport *report);

G_END_DECLS
