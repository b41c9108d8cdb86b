/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/case.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "vault/vault-private.h"

#define CASE_COLUMNS                                                                         \
  "SELECT id, trip, roster_row, service, pack, pack_version, day, officer, state, decision," \
  " version, name, number, created, changed, shredded FROM cases "
#define NO_LIMIT (-1)
#define EVENT "event"

static const char *const state_words[] = {
    [DS_CASE_DRAFT] = "draft",
    [DS_CASE_AWAITING_MATERIAL] = "awaiting-material",
    [DS_CASE_PENDING_IDENTIFICATION] = "pending-identification",
    [DS_CASE_REFUSED] = "refused",
    [DS_CASE_WITHDRAWN] = "withdrawn",
    [DS_CASE_COMPLETE] = "complete",
    [DS_CASE_SEALED] = "sealed",
    [DS_CASE_SENT] = "sent",
    [DS_CASE_RECEIVED] = "received",
    [DS_CASE_VERIFIED] = "verified",
    [DS_CASE_DURABLE] = "durable",
    [DS_CASE_QUARANTINED] = "quarantined",
    [DS_CASE_DUPLICATE] = "duplicate",
    [DS_CASE_SUPERSEDED] = "superseded",
    [DS_CASE_ACCEPTED] = "accepted",
    [DS_CASE_RETURNED] = "returned",
    [DS_CASE_NOT_ISSUED] = "not-issued",
    [DS_CASE_IN_PRODUCTION] = "in-production",
    [DS_CASE_CARD_AT_STATION] = "card-at-station",
    [DS_CASE_DELIVERED] = "delivered",
    [DS_CASE_HOLDER_VERIFIED] = "holder-verified",
    [DS_CASE_CLOSED] = "closed",
    [DS_CASE_REFUSED_BY_STATION] = "refused-by-station",
};

const char *
ds_case_state_word(DsCaseState state)
{
  return state >= DS_CASE_DRAFT && state <= DS_CASE_STATE_LAST ? state_words[state] : "unknown";
}

DsCaseState
ds_case_state_parse(const char *word)
{
  for (int state = DS_CASE_DRAFT; state <= DS_CASE_STATE_LAST; state++)
    if (g_strcmp0(word, state_words[state]) == 0)
      return (DsCaseState)state;
  return (DsCaseState)0;
}

void
ds_vault_case_free(DsVaultCase *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->trip);
  g_free(self->service);
  g_free(self->pack);
  g_free(self->pack_version);
  g_free(self->day);
  g_free(self->officer);
  g_free(self->name);
  g_free(self->number);
  g_free(self);
}

static gpointer
read_case(DsDbRows *rows)
{
  DsVaultCase *found = g_new0(DsVaultCase, 1);

  found->id = g_strdup(ds_db_rows_text(rows, 0));
  found->trip = g_strdup(ds_db_rows_text(rows, 1));
  found->roster_row = (guint)ds_db_rows_int(rows, 2);
  found->service = g_strdup(ds_db_rows_text(rows, 3));
  found->pack = g_strdup(ds_db_rows_text(rows, 4));
  found->pack_version = g_strdup(ds_db_rows_text(rows, 5));
  found->day = g_strdup(ds_db_rows_text(rows, 6));
  found->officer = g_strdup(ds_db_rows_text(rows, 7));
  found->state = (DsCaseState)ds_db_rows_int(rows, 8);
  found->decision = (DsCaseState)ds_db_rows_int(rows, 9);
  found->version = (guint)ds_db_rows_int(rows, 10);
  found->name = g_strdup(ds_db_rows_text(rows, 11));
  found->number = g_strdup(ds_db_rows_text(rows, 12));
  found->created_us = ds_db_rows_int(rows, 13);
  found->changed_us = ds_db_rows_int(rows, 14);
  found->shredded = ds_db_rows_int(rows, 15) != 0;
  return found;
}

static gboolean
unknown_case(const char *id, GError **error)
{
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no case %s", id);
  return FALSE;
}

gboolean
ds_vault_require_case(DsVault *self, const char *case_id, GError **error)
{
  gint64 shredded = -1;

  if (!ds_db_get_int(self->db, &shredded, -1, error, "SELECT shredded FROM cases WHERE id = ?", "t",
                     case_id))
    return FALSE;
  if (shredded < 0)
    return unknown_case(case_id, error);
  if (shredded == 0)
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "case %s was erased; nothing can be added to it",
              case_id);
  return FALSE;
}

static gboolean
check_new(DsVault *self, const char *id, const char *trip, GError **error)
{
  gint64 cases = 0, trips = 1;

  if (!ds_db_get_int(self->db, &cases, 0, error, "SELECT count(*) FROM cases WHERE id = ?", "t",
                     id) ||
      (trip != NULL && !ds_db_get_int(self->db, &trips, 0, error,
                                      "SELECT count(*) FROM trip WHERE id = ?", "t", trip)))
    return FALSE;
  if (cases > 0)
    g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "there is a case %s already", id);
  else if (trips == 0)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "there is no trip %s", trip);
  return cases == 0 && trips != 0;
}

gboolean
ds_vault_create_case(DsVault *self, const char *id, const char *trip, guint roster_row,
                     const char *service, const char *officer, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gint64 now = ds_clock_now().wall_us;

  return transaction != NULL && check_new(self, id, trip, error) &&
         ds_db_run(self->db, error,
                   "INSERT INTO cases(id, trip, roster_row, service, officer, state, decision,"
                   " version, created, changed, shredded) VALUES(?, ?, ?, ?, ?, ?, ?, 1, ?, ?, 0)",
                   "ttittiill", id, trip, roster_row, service, officer, (int)DS_CASE_DRAFT,
                   (int)DS_CASE_DRAFT, now, now) &&
         ds_vault_append(self, id, NULL, EVENT, "case-created", service, officer, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

DsVaultCase *
ds_vault_case(DsVault *self, const char *id, GError **error)
{
  g_autoptr(DsDbRows) rows = ds_db_query(self->db, error, CASE_COLUMNS "WHERE id = ?", "t", id);
  DsDbStep step = rows != NULL ? ds_db_rows_next(rows, error) : DS_DB_ERROR;

  if (step == DS_DB_DONE)
    unknown_case(id, error);
  return step == DS_DB_ROW ? read_case(rows) : NULL;
}

GPtrArray *
ds_vault_cases(DsVault *self, const char *trip, DsCaseState state, guint limit, GError **error)
{
  int most = limit > 0 && limit < G_MAXINT ? (int)limit : NO_LIMIT;
  DsDbRows *rows = NULL;

  /* four statements, because each then has its index */
  if (trip != NULL && state != 0)
    rows = ds_db_query(self->db, error,
                       CASE_COLUMNS "WHERE trip = ? AND state = ? ORDER BY no DESC LIMIT ?", "tii",
                       trip, (int)state, most);
  else if (trip != NULL)
    rows = ds_db_query(self->db, error, CASE_COLUMNS "WHERE trip = ? ORDER BY no DESC LIMIT ?",
                       "ti", trip, most);
  else if (state != 0)
    rows = ds_db_query(self->db, error, CASE_COLUMNS "WHERE state = ? ORDER BY no DESC LIMIT ?",
                       "ii", (int)state, most);
  else
    rows = ds_db_query(self->db, error, CASE_COLUMNS "ORDER BY no DESC LIMIT ?", "i", most);
  return ds_vault_collect(rows, read_case, (GDestroyNotify)ds_vault_case_free, error);
}

gboolean
ds_vault_count_cases(DsVault *self, const char *trip, guint64 counts[DS_CASE_STATE_LAST + 1],
                     GError **error)
{
  static const char of_trip[] = "SELECT state, count(*) FROM cases WHERE trip = ? GROUP BY state";
  static const char of_all[] = "SELECT state, count(*) FROM cases GROUP BY state";
  g_autoptr(DsDbRows) rows = trip != NULL ? ds_db_query(self->db, error, of_trip, "t", trip)
                                          : ds_db_query(self->db, error, of_all, "");
  DsDbStep step = DS_DB_ERROR;

  memset(counts, 0, (DS_CASE_STATE_LAST + 1) * sizeof counts[0]);
  if (rows == NULL)
    return FALSE;
  while ((step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    gint64 state = ds_db_rows_int(rows, 0);
    if (state > 0 && state <= DS_CASE_STATE_LAST)
      counts[state] = (guint64)ds_db_rows_int(rows, 1);
  }
  return step == DS_DB_DONE;
}

GPtrArray *
ds_vault_cases_by_number(DsVault *self, const char *number, GError **error)
{
  return ds_vault_collect(
      ds_db_query(self->db, error, CASE_COLUMNS "WHERE number = ? ORDER BY no DESC", "t", number),
      read_case, (GDestroyNotify)ds_vault_case_free, error);
}

/* ---- names ---- */

static char *
fold(const char *text)
{
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);

  return g_utf8_casefold(normal != NULL ? normal : "", -1);
}

GPtrArray *
ds_vault_cases_by_name(DsVault *self, const char *part, guint limit, GError **error)
{
  g_autofree char *folded = fold(part);
  int most = limit > 0 && limit < G_MAXINT ? (int)limit : NO_LIMIT;

  /* no name holds U+10FFFF, so this is the range of tails that begin with the part */
  return ds_vault_collect(ds_db_query(self->db, error,
                                      CASE_COLUMNS
                                      "WHERE no IN (SELECT no FROM name_tail"
                                      " WHERE tail >= ?1 AND tail < ?1 || char(1114111))"
                                      " ORDER BY no DESC LIMIT ?2",
                                      "ti", folded, most),
                          read_case, (GDestroyNotify)ds_vault_case_free, error);
}

static gboolean
index_name(DsVault *self, const char *case_id, const char *name, GError **error)
{
  g_autofree char *folded = name != NULL ? fold(name) : NULL;

  if (!ds_db_run(self->db, error,
                 "DELETE FROM name_tail WHERE no = (SELECT no FROM cases WHERE id = ?)", "t",
                 case_id))
    return FALSE;
  for (const char *tail = folded; tail != NULL && *tail != '\0'; tail = g_utf8_next_char(tail))
    if (!ds_db_run(self->db, error,
                   "INSERT OR IGNORE INTO name_tail SELECT ?, no FROM cases WHERE id = ?", "tt",
                   tail, case_id))
      return FALSE;
  return ds_db_run(self->db, error, "UPDATE cases SET name = ? WHERE id = ?", "tt", name, case_id);
}

gboolean
ds_vault_index_case(DsVault *self, const char *case_id, const char *field, const char *value,
                    GError **error)
{
  if (g_str_equal(field, "applicant.name"))
    return index_name(self, case_id, value, error);
  if (g_str_equal(field, "applicant.number"))
    return ds_db_run(self->db, error, "UPDATE cases SET number = ? WHERE id = ?", "tt", value,
                     case_id);
  return TRUE;
}

/* ---- changes ---- */

/* A change of state says what it became and why: "sealed: statement 17". */
gboolean
ds_vault_set_case_state(DsVault *self, const char *id, DsCaseState state, const char *cause,
                        const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  gint64 current = 0;

  if (transaction == NULL)
    return FALSE;
  if (state < DS_CASE_DRAFT || state > DS_CASE_STATE_LAST) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "%d is no state of a case", (int)state);
    return FALSE;
  }
  if (!ds_db_get_int(self->db, &current, 0, error, "SELECT state FROM cases WHERE id = ?", "t", id))
    return FALSE;
  if (current == 0)
    return unknown_case(id, error);
  if (current == (gint64)state)
    return TRUE;
  g_autofree char *detail = cause != NULL && *cause != '\0'
                                ? g_strdup_printf("%s: %s", ds_case_state_word(state), cause)
                                : g_strdup(ds_case_state_word(state));
  return ds_db_run(self->db, error,
                   "UPDATE cases SET state = ?1, decision = iif(?1 <= ?2, ?1, decision)"
                   " WHERE id = ?3",
                   "iit", (int)state, (int)DS_CASE_COMPLETE, id) &&
         ds_vault_append(self, id, NULL, EVENT, "state", detail, who, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_vault_set_case_pack(DsVault *self, const char *id, const char *pack, const char *pack_version,
                       const char *day, const char *who, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  g_autofree char *detail = pack != NULL ? g_strdup_printf("%s %s, day %s", pack, pack_version,
                                                           day != NULL ? day : "not set")
                                         : g_strdup("none");

  if (transaction == NULL || !ds_vault_require_case(self, id, error))
    return FALSE;
  if (!ds_db_run(self->db, error,
                 "UPDATE cases SET pack = ?1, pack_version = ?2, day = ?3 WHERE id = ?4 AND NOT"
                 " (pack IS ?1 AND pack_version IS ?2 AND day IS ?3)",
                 "tttt", pack, pack_version, day, id))
    return FALSE;
  return ds_db_changes(self->db) == 0 || /* nothing was written, so nothing is undone */
         (ds_vault_append(self, id, NULL, EVENT, "pack", detail, who, NULL, error) &&
          ds_vault_commit(g_steal_pointer(&transaction), error));
}

gboolean
ds_vault_set_case_version(DsVault *self, const char *id, guint version, const char *who,
                          GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);
  g_autofree char *detail = g_strdup_printf("%u", version);

  return transaction != NULL && ds_vault_require_case(self, id, error) &&
         ds_db_run(self->db, error, "UPDATE cases SET version = ? WHERE id = ?", "it", version,
                   id) &&
         ds_vault_append(self, id, NULL, EVENT, "version", detail, who, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_vault_set_case_officer(DsVault *self, const char *id, const char *officer, const char *who,
                          GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  return transaction != NULL && ds_vault_require_case(self, id, error) &&
         ds_db_run(self->db, error, "UPDATE cases SET officer = ? WHERE id = ?", "tt", officer,
                   id) &&
         ds_vault_append(self, id, NULL, EVENT, "officer", officer, who, NULL, error) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

static gboolean
erase(DsVault *self, const char *id, GError **error)
{
  static const char *const statements[] = {
      "DELETE FROM field WHERE case_id = ?",
      "UPDATE journal SET salt = NULL, value = NULL WHERE case_id = ?",
      "DELETE FROM part_attribute WHERE part IN (SELECT no FROM part WHERE case_id = ?)",
      "UPDATE part SET key = NULL, sha256 = '', superseded = 1 WHERE case_id = ?",
      "DELETE FROM name_tail WHERE no = (SELECT no FROM cases WHERE id = ?)",
      "UPDATE cases SET name = NULL, number = NULL, shredded = 1 WHERE id = ?",
  };

  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
    if (!ds_db_run(self->db, error, statements[i], "t", id))
      return FALSE;
  return TRUE;
}

gboolean
ds_vault_shred_case(DsVault *self, const char *id, const char *reason, const char *who,
                    GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self, error);

  if (transaction == NULL || !ds_vault_require_case(self, id, error) || !erase(self, id, error) ||
      !ds_vault_append(self, id, NULL, EVENT, "shredded", reason, who, NULL, error) ||
      !ds_vault_commit(g_steal_pointer(&transaction), error))
    return FALSE;
  /* old pages wait in the log until it is emptied; inside an outer transaction a later one does */
  if (!ds_db_checkpoint(self->db, NULL))
    g_debug("the log is emptied later");
  return TRUE;
}
