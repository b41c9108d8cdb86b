/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Code tables (schemas/tables): administrative regions with their years, police units, ethnic
 * groups, fingers.
 * A code not found is a warning for people, never by itself a refusal. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DsTables DsTables;

/* Reads regions.json, ethnic.json, fingers.json and police-units.json in @dir (…/schemas/tables).
 */
DsTables *ds_tables_load(const char *dir, GError **error);
DsTables *ds_tables_ref(DsTables *self);
void ds_tables_unref(DsTables *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsTables, ds_tables_unref)

/* Was @code (6 digits) ever a region? With @year > 0: was it one in that year? */
gboolean ds_tables_region_known(const DsTables *self, const char *code, int year);
/* Is it one today (last revision of the table)? */
gboolean ds_tables_region_current(const DsTables *self, const char *code);
/* Its own name in @year (0: the latest): "章贡区". NULL when unknown. (transfer none) */
const char *ds_tables_region_name(const DsTables *self, const char *code, int year);
/* With the regions above it: "江西省赣州市章贡区". NULL when unknown. (transfer full) */
char *ds_tables_region_path(const DsTables *self, const char *code);
/* The deepest region that @address begins with, as 6 digits ("360702", "360700", "360000"), from
 * the province's name or short name (江西, 赣) down; NULL when not even the province is there.
 * Only current regions; the old name of one that became part of another gives that one, where
 * police-units.json says so. (transfer full) */
char *ds_tables_region_of_address(const DsTables *self, const char *address);
/* Calls @visit for every current region below @prefix ("36": its prefectures and counties). */
void ds_tables_each_region(const DsTables *self, const char *prefix,
                           void (*visit)(const char *code, const char *name, gpointer data),
                           gpointer data);

/* What a retired @code has become ("370802" → "370811"), or @code itself. (transfer none) */
const char *ds_tables_region_now(const DsTables *self, const char *code);

/* A branch that is no administrative region: "jining-gaoxin" → "济宁市公安局高新分局"; NULL when
 * unknown. (transfer none) */
const char *ds_tables_police_unit_name(const DsTables *self, const char *id);
/* Does its area lie, wholly or in part, in @county (6 digits)? FALSE for an unknown unit. */
gboolean ds_tables_police_unit_reaches(const DsTables *self, const char *id, const char *county);

/* "01" → "汉族"; NULL when unknown. (transfer none) */
const char *ds_tables_ethnic_name(const DsTables *self, const char *code);
/* "11" → "右手拇指"; the table marks itself unconfirmed. NULL when unknown. (transfer none) */
const char *ds_tables_finger_name(const DsTables *self, const char *code);
/* "right", "left", or NULL. */
const char *ds_tables_finger_hand(const DsTables *self, const char *code);

G_END_DECLS
