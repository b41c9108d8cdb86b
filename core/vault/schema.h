/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of vault.db. Shared by the files of this folder and its tests only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Steps for ds_db_migrate: only ever appended. */
extern const char *const ds_vault_schema[];
extern const guint ds_vault_schema_steps;

G_END_DECLS
