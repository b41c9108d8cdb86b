/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Money: kept in fen (1/100 yuan), shown in yuan. Part of the plugin interface. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No amount is larger: ten million yuan. */
#define DS_MONEY_MAX (G_GINT64_CONSTANT(10000000) * 100)

/* 2000 is "20.00". (transfer full) */
char *ds_money_format(gint64 fen);

/* Yuan as people write them, "20", "20.5", "20.00", also with 元 after it, into fen. FALSE for
 * anything else: a sign, a third decimal, a comma, more than DS_MONEY_MAX. */
gboolean ds_money_parse_yuan(const char *text, gint64 *fen);

/* Fen as a field holds them: decimal digits alone, no sign, no leading zero, at most DS_MONEY_MAX.
 * FALSE for NULL and anything else. */
gboolean ds_money_parse_fen(const char *text, gint64 *fen);

G_END_DECLS
