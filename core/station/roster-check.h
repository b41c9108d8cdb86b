/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a roster's row must hold before anybody is sent out with it. */
#pragma once

#include <glib.h>

#include "station/roster.h"

G_BEGIN_DECLS

typedef struct _DsRosterCheck DsRosterCheck;
/* @problem FALSE: only worth a note, the row is good. */
typedef void (*DsRosterCheckReport)(gpointer data, gboolean problem, guint row, const char *column,
                                    const char *text);

/* @today: the day a birth date may not lie after. @tables may be NULL, else must stay. */
DsRosterCheck *ds_roster_check_new(const GDate *today, const DsTables *tables);
void ds_roster_check_free(DsRosterCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsRosterCheck, ds_roster_check_free)

/* Checks form and length of what is given, the citizen number in every aspect, and that no number
 * stood in an earlier row. A number that says another sex than the row is a note: such numbers
 * exist (domain facts 2.4); another birth date is a problem. Brings number and ethnic group into
 * their one form. FALSE when anything was reported.
 */
gboolean ds_roster_check_row(DsRosterCheck *self, DsRosterRow *row, DsRosterCheckReport report,
                             gpointer data);

G_END_DECLS
