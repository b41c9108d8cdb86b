/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A profile names the plugins a program loads, and no others (schemas/profiles/ID.json): a folder
 * that somebody dropped among the plugins does nothing until a profile names it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The profile every unit runs. */
#define DS_PROFILE_FIELD "field"

/* The plugin ids of profile @id in @schema_dir, checked against profile.schema.json there.
 * DS_ERROR_NOT_FOUND, DS_ERROR_INVALID name file, path and reason. (transfer full) */
GStrv ds_profile_load(const char *schema_dir, const char *id, GError **error);

G_END_DECLS
