/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/part.h"

#include "base/error.h"
#include "vault/vault-private.h"

#define EVENT "event"
#define PART_COLUMNS \
  "SELECT no, id, slot, kind, media_type, size, sha256, key, superseded, bundle FROM part "

DsVaultPart *
ds_vault_part_new(DsPart *part, DsSecret *key, const DsVaultChunk *chunks, guint n_chunks)
{
  DsVaultPart *self = g_new0(DsVaultPart, 1);

  self->part = part;
  self->key = key;
  self->chunks = g_array_new(FALSE, FALSE, sizeof(DsVaultChunk));
  if (n_chunks > 0)
    g_array_append_vals(self->chunks, chunks, n_chunks);
  return self;
}

void
ds_vault_part_free(DsVaultPart *self)
{
  if (self == NULL)
    return;
  ds_part_free(self->part);
  g_clear_pointer(&self->key, ds_secret_unref);
  g_array_unref(self->chunks);
  g_free(self);
}

static gboolean
add_chunks(DsVault *self, gint64 no, const GArray *chunks, GError **error)
{
  for (guint i = 0; i < chunks->len; i++) {
    const DsVaultChunk *chunk = &g_array_index(chunks, DsVaultChunk, i);
    if (!ds_db_run(self->db, error, "INSERT INTO part_chunk VALUES(?, ?, ?, ?)", "lidl", no, i,
                   &chunk->digest, (gint64)chunk->size))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_attribute(DsVault *self, gint64 no, const char *name, const char *value, GError **error)
{
  if (value == NULL)
    return ds_db_run(self->db, error, "DELETE FROM part_attribute WHERE part = ? AND name = ?",
                     "lt", no, name);
  return ds_db_run(self->db, error, "INSERT OR REPLACE INTO part_attribute VALUES(?, ?, ?)", "ltt",
                   no, name, value);
}

static gboolean
add_attributes(DsVault *self, gint64 no, GHashTable *attributes, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  if (attributes == NULL)
    return TRUE;
  g_hash_table_iter_init(&iter, attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    if (!set_attribute(self, no, name, value, error))
      return FALSE;
  return TRUE;
}

/* 0 when there is none. */
static gboolean
find_part(DsVault *self, const char *case_id, const char *part_id, gint64 *no, GError **error)
{
  return ds_db_get_int(self->db, no, 0, error, "SELECT no FROM part WHERE case_id = ? AND id = ?",
                       "tt", case_id, part_id);
}

static gboolean
require_part(DsVault *self, const char *case_id, const char *part_id, gint64 *no, GError **error)
{
  if (!find_part(self, case_id, part_id, no, error))
    return FALSE;
  if (*no != 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "case %s has no part %s", case_id, part_id);
  return FALSE;
}

static gboolean
insert_part(DsVault *self, const char *case_id, const DsVaultPart *part, gint64 *no, GError **error)
{
  const DsPart *plain = part->part;

  if (!find_part(self, case_id, plain->id, no, error))
    return FALSE;
  if (*no != 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "case %s has a part %s already", case_id,
                plain->id);
    return FALSE;
  }
  return ds_db_run(self->db, error,
                   "INSERT INTO part(case_id, id, slot, kind, media_type, size, sha256, key,"
                   " superseded, bundle) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   "ttittltsid", case_id, plain->id, (int)plain->slot,
                   plain->kind != NULL ? plain->kind : "", plain->media_type, (gint64)plain->size,
                   plain->sha256 != NULL ? plain->sha256 : "", part->key, part->superseded,
                   part->carried ? &part->bundle : NULL) &&
         find_part(self, case_id, plain->id, no, error);
}

gboolean
ds_vault_add_part(DsVault *self, const char *case_id, const char *step, const DsVaultPart *part,
                  const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gint64 no = 0;

  return transaction != NULL && ds_vault_require_case(self, case_id, error) &&
         insert_part(self, case_id, part, &no, error) &&
         add_attributes(self, no, part->part->attributes, error) &&
         add_chunks(self, no, part->chunks, error) &&
         ds_vault_append(self, case_id, step, EVENT, "part-added", part->part->id, who, NULL,
                         error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

char *
ds_vault_next_part_id(DsVault *self, const char *case_id, DsSlot slot, GError **error)
{
  const char *word = ds_slot_word(slot);
  gint64 highest = 0;

  if (!ds_vault_require_case(self, case_id, error) ||
      !ds_db_get_int(self->db, &highest, 0, error,
                     "SELECT max(CAST(substr(id, length(?1) + 2) AS INTEGER)) FROM part"
                     " WHERE case_id = ?2 AND id GLOB ?1 || '-[0-9]*'",
                     "tt", word, case_id))
    return NULL;
  return g_strdup_printf("%s-%" G_GINT64_FORMAT, word, highest + 1);
}

static GArray *
read_chunks(DsVault *self, gint64 no, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error,
                  "SELECT digest, size FROM part_chunk WHERE part = ? ORDER BY place", "l", no);
  g_autoptr(GArray) chunks = g_array_new(FALSE, FALSE, sizeof(DsVaultChunk));
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsVaultChunk chunk;
    ds_db_rows_digest(rows, 0, &chunk.digest);
    chunk.size = (guint64)ds_db_rows_int(rows, 1);
    g_array_append_val(chunks, chunk);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&chunks) : NULL;
}

static gboolean
read_attributes(DsVault *self, gint64 no, DsPart *part, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->db, error, "SELECT name, value FROM part_attribute WHERE part = ?", "l", no);
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return FALSE;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW)
    ds_part_set_attribute(part, ds_db_rows_text(rows, 0), ds_db_rows_text(rows, 1));
  return step == DS_DB_DONE;
}

static DsVaultPart *
read_part(DsVault *self, DsDbRows *rows, GError **error)
{
  gint64 no = ds_db_rows_int(rows, 0);
  g_autoptr(GArray) chunks = read_chunks(self, no, error);
  g_autoptr(DsPart) plain = ds_part_new(ds_db_rows_text(rows, 1), (DsSlot)ds_db_rows_int(rows, 2),
                                        ds_db_rows_text(rows, 3), ds_db_rows_text(rows, 4),
                                        (guint64)ds_db_rows_int(rows, 5), ds_db_rows_text(rows, 6));

  if (chunks == NULL || !read_attributes(self, no, plain, error))
    return NULL;
  DsVaultPart *part =
      ds_vault_part_new(g_steal_pointer(&plain), ds_db_rows_secret(rows, 7), NULL, 0);
  g_array_append_vals(part->chunks, chunks->data, chunks->len);
  part->superseded = ds_db_rows_int(rows, 8) != 0;
  part->carried = ds_db_rows_digest(rows, 9, &part->bundle);
  return part;
}

GPtrArray *
ds_vault_parts(DsVault *self, const char *case_id, gboolean superseded, GError **error)
{
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->db, error, PART_COLUMNS "WHERE case_id = ? AND superseded <= ? ORDER BY no",
                  "ti", case_id, superseded ? 1 : 0);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func((GDestroyNotify)ds_vault_part_free);
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsVaultPart *part = read_part(self, rows, error);
    if (part == NULL)
      return NULL;
    g_ptr_array_add(parts, part);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&parts) : NULL;
}

DsVaultPart *
ds_vault_part(DsVault *self, const char *case_id, const char *part_id, GError **error)
{
  gint64 no = 0;

  if (!require_part(self, case_id, part_id, &no, error))
    return NULL;
  g_autoptr(DsDbRows) rows = ds_db_query(self->db, error, PART_COLUMNS "WHERE no = ?", "l", no);
  if (rows == NULL || ds_db_rows_next(rows, error) != DS_DB_ROW)
    return NULL;
  return read_part(self, rows, error);
}

gboolean
ds_vault_set_part_attribute(DsVault *self, const char *case_id, const char *part_id,
                            const char *name, const char *value, GError **error)
{
  gint64 no = 0;

  return ds_vault_require_case(self, case_id, error) &&
         require_part(self, case_id, part_id, &no, error) &&
         set_attribute(self, no, name, value, error);
}

gboolean
ds_vault_supersede_part(DsVault *self, const char *case_id, const char *part_id, const char *reason,
                        const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  g_autofree char *detail =
      reason != NULL ? g_strdup_printf("%s: %s", part_id, reason) : g_strdup(part_id);
  gint64 no = 0;

  return transaction != NULL && ds_vault_require_case(self, case_id, error) &&
         require_part(self, case_id, part_id, &no, error) &&
         ds_db_run(self->db, error, "UPDATE part SET superseded = 1, key = NULL WHERE no = ?", "l",
                   no) &&
         ds_vault_append(self, case_id, NULL, EVENT, "part-superseded", detail, who, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_vault_drop_part_keys(DsVault *self, const char *case_id, GError **error)
{
  return ds_db_run(self->db, error, "UPDATE part SET key = NULL WHERE case_id = ?", "t", case_id);
}

/* ---- chunks ---- */

/* CROSS JOIN: the few loose parts first (their index), never all chunks there ever were. */
#define LOOSE_CHUNKS                                                                               \
  "SELECT DISTINCT digest, part_chunk.size FROM part CROSS JOIN part_chunk ON part = no"           \
  " WHERE superseded = 1 AND bundle IS NULL"                                                       \
  " AND NOT EXISTS (SELECT 1 FROM bundle_chunk WHERE bundle_chunk.digest = part_chunk.digest)"     \
  " AND NOT EXISTS (SELECT 1 FROM part_chunk AS other JOIN part AS owner ON owner.no = other.part" \
  "  WHERE other.digest = part_chunk.digest"                                                       \
  "  AND (owner.superseded = 0 OR owner.bundle IS NOT NULL))"

GArray *
ds_vault_unreferenced_chunks(DsVault *self, const char *case_id, GError **error)
{
  g_autoptr(DsDbRows) rows =
      case_id != NULL ? ds_db_query(self->db, error, LOOSE_CHUNKS " AND case_id = ?", "t", case_id)
                      : ds_db_query(self->db, error, LOOSE_CHUNKS, "");
  g_autoptr(GArray) chunks = g_array_new(FALSE, FALSE, sizeof(DsVaultChunk));
  DsDbStep step = DS_DB_ERROR;

  if (rows == NULL)
    return NULL;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsVaultChunk chunk;
    ds_db_rows_digest(rows, 0, &chunk.digest);
    chunk.size = (guint64)ds_db_rows_int(rows, 1);
    g_array_append_val(chunks, chunk);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&chunks) : NULL;
}

gboolean
ds_vault_forget_chunks(DsVault *self, const GArray *chunks, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < chunks->len; i++)
    if (!ds_db_run(self->db, error,
                   "DELETE FROM part_chunk WHERE digest = ? AND part IN"
                   " (SELECT no FROM part WHERE superseded = 1 AND bundle IS NULL)",
                   "d", &g_array_index(chunks, DsVaultChunk, i).digest))
      return FALSE;
  return ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_vault_chunk_is_known(DsVault *self, const DsDigest *digest, gboolean *known, GError **error)
{
  gint64 count = 0;
  /* a carried part's chunks go with its bundle, which lists them until it is pruned */
  gboolean ok = ds_db_get_int(self->db, &count, 0, error,
                              "SELECT EXISTS (SELECT 1 FROM bundle_chunk WHERE digest = ?1)"
                              " OR EXISTS (SELECT 1 FROM part_chunk JOIN part ON no = part"
                              " WHERE digest = ?1 AND bundle IS NULL)",
                              "d", digest);

  *known = count != 0;
  return ok;
}
