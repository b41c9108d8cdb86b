/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amounts of money on paper, from fen (model/money.h). */
#pragma once

#include "plugin/doorstep-plugin.h"

/* "20.00元". (transfer full) */
char *money_figures(gint64 fen);
/* In the numerals of bills, as the rules for filling in vouchers want it: "贰拾元整", "壹佰零伍元
 * 贰角整", "零元整". (transfer full) */
char *money_capitals(gint64 fen);
