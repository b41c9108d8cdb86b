/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How old a person is on a day. Part of the plugin interface. */
#pragma once

#include <glib.h>

#include "model/view.h"

G_BEGIN_DECLS

/* Whole years of age on @day of somebody born on @birth; a birthday on 29 February is reached on
 * 1 March of a common year (GA 214.8). -1 when @day lies before @birth. */
int ds_age_on(const GDate *birth, const GDate *day);

/* The applicant's age on the day of the case: the fact "age" if somebody has set it, else from the
 * field applicant.birth and the fact case.day. FALSE, with @years alone, when it cannot be known.
 */
gboolean ds_view_age(const DsView *view, int *years);

G_END_DECLS
