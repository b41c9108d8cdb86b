/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far the accepting place lies from the place of registration. */
#pragma once

#include <json-glib/json-glib.h>

#include "policy/tables.h"

G_BEGIN_DECLS

/* One of the two places. Each may be NULL: not known. Nothing is owned. */
typedef struct {
  const char *region;  /* 6 digits; "370800" says the prefecture and no more; retired ones count as
                          what they have become */
  const char *bureau;  /* id of tables/police-units, or another name */
  const char *station; /* police station, by name */
} DsPlace;

/* "cross-province", "cross-prefecture", "cross-county", "cross-station", "local"; NULL while a
 * piece that decides is not known. Within one county two branches are two stations. Static. */
const char *ds_place_category(const DsTables *tables, const DsPlace *home, const DsPlace *here);

/* Do both places belong to one of @districts (a pack's member, may be NULL)? FALSE when that cannot
 * be said; else *@same. A branch's area may not be a whole county: then the branch decides. */
gboolean ds_place_same_district(const DsTables *tables, JsonArray *districts, const DsPlace *home,
                                const DsPlace *here, gboolean *same);

/* The first 2 ("province"), 4 ("prefecture") or 6 ("county") digits of @region; NULL when it does
 * not go that deep or is no region code. (transfer full) */
char *ds_place_level(const char *region, const char *level);

G_END_DECLS
