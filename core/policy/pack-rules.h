/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a pack comes to be: private to policy/pack.c, pack-check.c and policy.c. */
#pragma once

#include "policy/pack.h"

G_BEGIN_DECLS

/* @root already has what it inherits and has passed its schema. @bytes is the file as it came. */
DsPack *ds_pack_new(JsonNode *root, GBytes *bytes, const char *name, GError **error);

/* What the schema cannot say: ids unique, dates real, refusals on the closed list, every JsonLogic
 * operator, fact and police unit known, pick-up modes and texts unique. */
gboolean ds_pack_check(JsonObject *root, const char *name, const DsFactTable *facts,
                       const DsTables *tables, GError **error);

/* The same for a service's conditions. */
gboolean ds_service_check(DsService *service, const char *name, const DsFactTable *facts,
                          GError **error);

G_END_DECLS
