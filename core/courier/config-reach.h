/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member "reach" of HOME/courier.json. */
#pragma once

#include <json-glib/json-glib.h>

#include "courier/reach.h"

G_BEGIN_DECLS

/* Takes what @node says over @profile. DS_ERROR_INVALID names the member. */
gboolean ds_reach_profile_take(DsReachProfile *profile, JsonNode *node,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether there is nothing to write. */
gboolean ds_reach_profile_is_plain(const DsReachProfile *profile);
/* Adds the value of "reach". */
void ds_reach_profile_put(const DsReachProfile *profile, JsonBuilder *builder);

G_END_DECLS
