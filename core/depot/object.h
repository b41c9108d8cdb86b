/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Git's object ids (SHA-1, by OpenSSL) of the few shapes we write. They only name things on the
 * way; nothing is believed because of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_OBJECT_ID_SIZE 20
#define DS_OBJECT_HEX_SIZE 41 /* with the closing NUL */

typedef struct {
  guint8 bytes[DS_OBJECT_ID_SIZE];
} DsObjectId;

typedef enum {
  DS_OBJECT_COMMIT = 1,
  DS_OBJECT_TREE = 2,
  DS_OBJECT_BLOB = 3,
} DsObjectType; /* the numbers of the pack format */

const char *ds_object_id_to_hex(const DsObjectId *self, char hex[DS_OBJECT_HEX_SIZE]);
/* Exactly 40 lower-case hex digits. */
gboolean ds_object_id_parse(DsObjectId *self, const char *hex);
gboolean ds_object_id_equal(const DsObjectId *a, const DsObjectId *b);
guint ds_object_id_hash(gconstpointer id); /* for GHashTable … */
gboolean ds_object_id_equal_p(gconstpointer a, gconstpointer b);

DsObjectId ds_object_id_of(DsObjectType type, const void *data, gsize size);

/* Appends one entry "100644 name\0id" to a tree's bytes; call in bytewise order of names. */
void ds_object_tree_append(GByteArray *tree, const char *name, const DsObjectId *blob);
/* The bytes of the one commit form we use: @tree, no parents, author and committer
 * "doorstep <doorstep> 0 +0000", message @message and a newline. (transfer full) */
GBytes *ds_object_commit(const DsObjectId *tree, const char *message);

G_END_DECLS
