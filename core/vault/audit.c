/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/journal.h"

#include <string.h>

#include "base/error.h"
#include "vault/journal-chain.h"
#include "vault/vault-private.h"

/* One row of the walk; the columns of walk_sql. */
static gboolean
read_link(DsDbRows *rows, DsChainLink *link, DsDigest *commitment)
{
  link->index = (guint64)ds_db_rows_int(rows, 0);
  link->time.wall_us = ds_db_rows_int(rows, 1);
  link->time.boot_us = ds_db_rows_int(rows, 2);
  g_strlcpy(link->time.boot_id, ds_db_rows_text(rows, 3), sizeof link->time.boot_id);
  link->who = ds_db_rows_text(rows, 4);
  link->case_id = ds_db_rows_text(rows, 5);
  link->step = ds_db_rows_text(rows, 6);
  link->kind = ds_db_rows_text(rows, 7);
  link->name = ds_db_rows_text(rows, 8);
  link->commitment = NULL;
  if (ds_db_rows_is_null(rows, 9))
    return TRUE;
  link->commitment = commitment;
  return ds_db_rows_digest(rows, 9, commitment);
}

/* The value must be what was committed to; only a shredded case may have lost it. */
static gboolean
value_holds(DsDbRows *rows, const DsDigest *commitment)
{
  const char *value = ds_db_rows_text(rows, 11);
  gboolean shredded = ds_db_rows_int(rows, 12) != 0;
  g_autoptr(GBytes) salt = ds_db_rows_bytes(rows, 10);
  DsDigest opened;

  if (commitment == NULL)
    return value == NULL && salt == NULL;
  if (value == NULL)
    return shredded && salt == NULL;
  return salt != NULL && g_bytes_get_size(salt) == DS_CHAIN_SALT_SIZE &&
         ds_chain_commit(g_bytes_get_data(salt, NULL), value, &opened, NULL) &&
         ds_digest_equal(&opened, commitment);
}

static gboolean
link_holds(DsDbRows *rows, guint64 index, const DsDigest *prev, DsDigest *hash)
{
  DsDigest commitment, stored;
  DsChainLink link = {.prev = *prev};

  return read_link(rows, &link, &commitment) && link.index == index &&
         ds_db_rows_digest(rows, 13, &stored) && ds_chain_hash(&link, hash, NULL) &&
         ds_digest_equal(&stored, hash) && value_holds(rows, link.commitment);
}

static gboolean
report(guint64 *first_bad, guint64 index, const char *what, GError **error)
{
  if (first_bad != NULL)
    *first_bad = index;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
              "the journal was changed: entry %" G_GUINT64_FORMAT " %s", index, what);
  return FALSE;
}

static const char walk_sql[] =
    "SELECT entry, wall, boot, boot_id, who, case_id, step, kind, journal.name, commitment, salt,"
    " value, coalesce(shredded, 0), hash"
    " FROM journal LEFT JOIN cases ON cases.id = case_id ORDER BY entry";

static gboolean
walk(DsVault *self, guint64 *last, guint64 *first_bad, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(self->db, error, walk_sql, "");
  DsDbStep step = DS_DB_ERROR;
  DsDigest prev = {{0}}, hash;

  *last = 0;
  if (rows == NULL)
    return FALSE;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    if (!link_holds(rows, *last + 1, &prev, &hash))
      return report(first_bad, *last + 1, "does not hold", error);
    prev = hash;
    ++*last;
  }
  return step == DS_DB_DONE;
}

/* What the manifests of sealed bundles say the head was then. */
static gboolean
heads_hold(DsVault *self, guint64 last, guint64 *first_bad, GError **error)
{
  gint64 beyond = 0, other = 0;

  if (!ds_db_get_int(self->db, &beyond, 0, error, "SELECT max(head_entry) FROM bundle", "") ||
      !ds_db_get_int(self->db, &other, 0, error,
                     "SELECT min(head_entry) FROM bundle JOIN journal ON entry = head_entry"
                     " WHERE hash <> head_hash",
                     ""))
    return FALSE;
  if (other != 0)
    return report(first_bad, (guint64)other, "is not the one a sealed bundle names", error);
  if ((guint64)beyond > last)
    return report(first_bad, last + 1, "is missing, a sealed bundle names it", error);
  return TRUE;
}

static gboolean
fields_hold(DsVault *self, guint64 *first_bad, GError **error)
{
  gint64 entry = 0;

  if (!ds_db_get_int(self->db, &entry, 0, error,
                     "SELECT min(field.entry) FROM field JOIN journal USING(entry)"
                     " WHERE journal.value IS NOT field.value OR journal.name <> field.name"
                     " OR journal.case_id IS NOT field.case_id OR kind <> 'field'",
                     ""))
    return FALSE;
  return entry == 0 ||
         report(first_bad, (guint64)entry, "differs from the field's current value", error);
}

gboolean
ds_vault_audit_verify(DsVault *self, guint64 *first_bad, GError **error)
{
  guint64 last = 0;

  if (first_bad != NULL)
    *first_bad = 0;
  return walk(self, &last, first_bad, error) && heads_hold(self, last, first_bad, error) &&
         fields_hold(self, first_bad, error);
}
