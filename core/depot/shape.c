/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/shape.h"

#include <string.h>

#include "base/error.h"
#include "depot/git.h"
#include "depot/pktline.h"
#include "depot/refs.h"

#define COMMIT_MAX 1024
#define ENTRIES_MAX (DS_MANIFEST_CHUNKS_MAX + 2)
#define TREE_ENTRY_MAX (7 + DS_DIGEST_HEX_SIZE + DS_OBJECT_ID_SIZE)
#define TREE_MAX ((gsize)ENTRIES_MAX * TREE_ENTRY_MAX)
#define MODE "100644 "
#define MODE_SIZE 7

static const char *
id_hex(const DsObjectId *id, char hex[DS_OBJECT_HEX_SIZE])
{
  return ds_object_id_to_hex(id, hex);
}

static git_oid
to_oid(const DsObjectId *id)
{
  git_oid oid;

  memcpy(oid.id, id->bytes, DS_OBJECT_ID_SIZE);
  return oid;
}

/* Type and size without unpacking; a peer's missing or damaged object is the peer's fault. */
static gboolean
read_header(git_odb *odb, const DsObjectId *id, git_object_t type, gsize max, gsize *size,
            GError **error)
{
  char hex[DS_OBJECT_HEX_SIZE];
  git_oid oid = to_oid(id);
  git_object_t found;

  if (git_odb_read_header(size, &found, odb, &oid) != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "git object %s is missing or broken",
                id_hex(id, hex));
    return FALSE;
  }
  if (found != type) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "git object %s is a %s where a %s belongs",
                id_hex(id, hex), git_object_type2string(found), git_object_type2string(type));
    return FALSE;
  }
  if (*size > max) {
    g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE,
                "git object %s has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT
                " are allowed",
                id_hex(id, hex), *size, max);
    return FALSE;
  }
  return TRUE;
}

static GBytes *
read_object(git_odb *odb, const DsObjectId *id, git_object_t type, gsize max, GError **error)
{
  char hex[DS_OBJECT_HEX_SIZE];
  git_oid oid = to_oid(id);
  git_odb_object *object = NULL;
  gsize size;

  if (!read_header(odb, id, type, max, &size, error))
    return NULL;
  if (git_odb_read(&object, odb, &oid) != 0 || git_odb_object_type(object) != type ||
      git_odb_object_size(object) != size) {
    git_odb_object_free(object);
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "git object %s cannot be unpacked",
                id_hex(id, hex));
    return NULL;
  }
  GBytes *bytes = g_bytes_new(git_odb_object_data(object), size);
  git_odb_object_free(object);
  return bytes;
}

/* The commit must be, byte for byte, the one we would write for its tree. */
static gboolean
open_commit(git_odb *odb, const DsObjectId *commit, const char *message, DsObjectId *tree,
            GError **error)
{
  char hex[DS_OBJECT_HEX_SIZE];
  g_autoptr(GBytes) bytes = read_object(odb, commit, GIT_OBJECT_COMMIT, COMMIT_MAX, error);
  gsize size;

  if (bytes == NULL)
    return FALSE;
  const char *text = g_bytes_get_data(bytes, &size);
  if (size > 5 + DS_OBJECT_HEX_SIZE) {
    /* not a string: the bytes end where they end */
    memcpy(hex, text + 5, sizeof hex - 1);
    hex[sizeof hex - 1] = '\0';
    if (ds_object_id_parse(tree, hex)) {
      g_autoptr(GBytes) ours = ds_object_commit(tree, message);
      if (g_bytes_equal(bytes, ours))
        return TRUE;
    }
  }
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "commit %s is not of the one form that is taken (no parents, author doorstep, "
              "message %s)",
              id_hex(commit, hex), message);
  return FALSE;
}

static gboolean
set_bad_entry(gsize at, const char *why, const char *name, gsize size, GError **error)
{
  g_autofree char *words = ds_pktline_printable(name, (gssize)size);

  g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
              "tree entry at byte %" G_GSIZE_FORMAT " %s: \"%s\"", at, why, words);
  return FALSE;
}

/* One entry "100644 name\0id" at @at; @next is where the following one begins. */
static gboolean
parse_entry(const guint8 *data, gsize size, gsize at, DsRepoEntry *entry, gsize *next,
            GError **error)
{
  gsize left = size - at;
  const char *text = (const char *)data + at;

  if (left < MODE_SIZE + 2 + DS_OBJECT_ID_SIZE || memcmp(text, MODE, MODE_SIZE) != 0)
    return set_bad_entry(at, "is no plain file", text, left, error);
  const char *name = text + MODE_SIZE;
  gsize length = strnlen(name, MIN(left - MODE_SIZE, sizeof entry->name));
  if (length == 0 || length >= sizeof entry->name ||
      left < MODE_SIZE + length + 1 + DS_OBJECT_ID_SIZE)
    return set_bad_entry(at, "has no usable name", name, length, error);
  g_strlcpy(entry->name, name, sizeof entry->name);
  memcpy(entry->object.bytes, name + length + 1, DS_OBJECT_ID_SIZE);
  *next = at + MODE_SIZE + length + 1 + DS_OBJECT_ID_SIZE;
  return TRUE;
}

static gboolean
check_entry(git_odb *odb, const GArray *before, gsize at, DsRepoEntry *entry, DsShapeMax max,
            gconstpointer user_data, GError **error)
{
  guint64 allowed = max(entry->name, user_data);
  gsize size;

  if (allowed == 0)
    return set_bad_entry(at, "has a name that is not allowed here", entry->name,
                         strlen(entry->name), error);
  if (before->len > 0 &&
      strcmp(g_array_index(before, DsRepoEntry, before->len - 1).name, entry->name) >= 0)
    return set_bad_entry(at, "is out of order", entry->name, strlen(entry->name), error);
  if (!read_header(odb, &entry->object, GIT_OBJECT_BLOB, (gsize)allowed, &size, error)) {
    g_prefix_error(error, "entry %s: ", entry->name);
    return FALSE;
  }
  entry->size = size;
  return TRUE;
}

GArray *
ds_shape_open(git_odb *odb, const DsObjectId *commit, const char *message, DsShapeMax max,
              gconstpointer user_data, GError **error)
{
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(DsRepoEntry));
  DsObjectId tree;
  gsize size;

  if (!open_commit(odb, commit, message, &tree, error))
    return NULL;
  g_autoptr(GBytes) bytes = read_object(odb, &tree, GIT_OBJECT_TREE, TREE_MAX, error);
  if (bytes == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  for (gsize at = 0, next = 0; at < size; at = next) {
    DsRepoEntry entry = {0};
    if (entries->len >= ENTRIES_MAX) {
      g_set_error(error, DS_ERROR, DS_ERROR_TOO_LARGE, "the tree has more than %u entries",
                  ENTRIES_MAX);
      return NULL;
    }
    if (!parse_entry(data, size, at, &entry, &next, error) ||
        !check_entry(odb, entries, at, &entry, max, user_data, error))
      return NULL;
    g_array_append_val(entries, entry);
  }
  return g_steal_pointer(&entries);
}

gboolean
ds_shape_need(const GArray *entries, const char *name, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    if (strcmp(g_array_index(entries, DsRepoEntry, i).name, name) == 0)
      return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "the tree has no entry %s", name);
  return FALSE;
}

GBytes *
ds_shape_read(git_odb *odb, const DsRepoEntry *entry, GError **error)
{
  GBytes *bytes = read_object(odb, &entry->object, GIT_OBJECT_BLOB, (gsize)entry->size, error);

  if (bytes == NULL)
    g_prefix_error(error, "entry %s: ", entry->name);
  return bytes;
}
