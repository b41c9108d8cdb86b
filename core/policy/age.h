/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Birthdays and terms as identity cards count them (GA 214.8): where there is no 29 February, what
 * falls on it falls on 1 March. */
#pragma once

#include "model/age.h"

G_BEGIN_DECLS

/* Whole years of age are ds_age_on (model/age.h), the same for rules and steps. */

/* The day on which @years are completed. */
void ds_age_reached(const GDate *birth, int years, GDate *day);
/* Years a card signed at @age is valid: 5, 10, 20; 0 means 长期. */
int ds_validity_years(int age);
/* End of a term of @years that starts on @from: the same day of the later year. */
void ds_validity_end(const GDate *from, int years, GDate *end);

G_END_DECLS
