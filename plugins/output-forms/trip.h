/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two papers about a trip share. Their view holds trip.* and, for each case,
 * row.1.number, row.1.name … (README.md lists them). */
#pragma once

#include "grid.h"

/* A value of the view, "" when absent. */
const char *trip_value(const DsView *view, const char *name);
/* row.@row.@name, "" when absent. */
const char *trip_cell(const DsView *view, guint row, const char *name);
/* Rows are counted from 1 without gaps. */
guint trip_rows(const DsView *view);

/* FALSE and DS_ERROR_INVALID when the view is not that of a trip. */
gboolean trip_check(const DsView *view, GError **error);

/* Name, number, day, officers, station. */
void trip_draw_head(Grid *grid, const DsView *view);
/* One bar for each state that has cases, as long as its share. */
double trip_draw_states(Sheet *sheet, const DsView *view, double y);
/* Cash and receipts, by series; refunds, cards, what is owed. */
void trip_draw_holdings(Grid *grid, const DsView *view);
/* All cases, over as many pages as they need. */
double trip_draw_cases(Sheet *sheet, const DsView *view, double y);
