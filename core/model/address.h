/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the registration form asks of an address (its notes 4 and 5: R123, R124, R125). Part of
 * the plugin interface. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first two digits of the region codes (GB/T 2260) of the province, autonomous region or
 * municipality whose full name, short name or one-character abbreviation @address begins with
 * ("江西省…", "江西…", "赣…": "36"); NULL when it begins with none. Static. */
const char *ds_address_province(const char *address);

/* TRUE when @address ends as the name of a company, school or office does and has no house
 * number: a collective household is entered with the address of its unit, never with its name. */
gboolean ds_address_is_like_unit_name(const char *address);

G_END_DECLS
