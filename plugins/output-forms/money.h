/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amounts of money on paper. Everywhere else they are text: fen (1/100 yuan) in decimal. */
#pragma once

#include "plugin/doorstep-plugin.h"

/* FALSE when @text is NULL or no amount from 0 to 9999 9999 9999 fen. */
gboolean money_parse(const char *text, gint64 *fen);

/* "20.00元". (transfer full) */
char *money_figures(gint64 fen);
/* In the numerals of bills, as the rules for filling in vouchers want it: "贰拾元整", "壹佰零伍元
 * 贰角整", "零元整". (transfer full) */
char *money_capitals(gint64 fen);
