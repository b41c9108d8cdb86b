/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A strict reader over a JSON tree, inside this layer. The first fault wins: after it every call
 * returns at once, and the caller throws away what was read. Messages are "FILE: /path: problem".
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *file;
  GError *error; /* the first fault, the caller's to propagate */
} DsInfoReader;

/* An object on its way, with the path that leads to it ("" for the root). */
typedef struct {
  DsInfoReader *reader;
  JsonObject *object;
  const char *path;
} DsInfoAt;

void ds_info_fail(DsInfoReader *self, const char *path, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The fault lies at @key of @at. */
void ds_info_fail_at(const DsInfoAt *at, const char *key, const char *problem);

/* FALSE when @node is no object or has a key that is not in @keys (separated by spaces). @path must
 * outlive @at. */
gboolean ds_info_enter(DsInfoReader *reader, JsonNode *node, const char *path, const char *keys,
                       DsInfoAt *at);
/* Faults when @key is missing. */
gboolean ds_info_require(const DsInfoAt *at, const char *key);
/* NULL when absent. (transfer none) */
JsonNode *ds_info_member(const DsInfoAt *at, const char *key);

/* NULL when absent; an empty text is a fault. (transfer full) */
char *ds_info_string(const DsInfoAt *at, const char *key);
gboolean ds_info_bool(const DsInfoAt *at, const char *key);
/* 1 to @most; @otherwise when absent. */
guint ds_info_count(const DsInfoAt *at, const char *key, guint otherwise, guint most);
/* At most 1000 items; NULL when absent. (transfer none) */
JsonArray *ds_info_array(const DsInfoAt *at, const char *key);
/* The items of @key as texts that match @pattern; empty when absent. (transfer full) */
GStrv ds_info_words(const DsInfoAt *at, const char *key, const char *pattern);

G_END_DECLS
