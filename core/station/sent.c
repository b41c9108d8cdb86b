/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/sent.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "station/station-private.h"

void
ds_sent_person_free(DsSentPerson *self)
{
  if (self == NULL)
    return;
  g_free(self->trip);
  g_free(self->trip_name);
  g_free(self->day);
  g_free(self->name);
  g_free(self->number);
  g_free(self);
}

/* Somebody who is on the list already, by number or else by row and name, is replaced; who is not
 * on the new list any more may still be on the laptop, and stays. */
static gboolean
keep_row(DsStation *self, const char *unit, const char *trip, int row, GHashTable *fields,
         GError **error)
{
  const char *name = g_hash_table_lookup(fields, "applicant.name");
  const char *number = g_hash_table_lookup(fields, "applicant.number");

  return ds_db_run(self->cases, error,
                   "DELETE FROM sent_person WHERE unit = ? AND trip = ?"
                   " AND (number = ? OR (number IS NULL AND row = ? AND name IS ?))",
                   "tttit", unit, trip, number, row, name) &&
         ds_db_run(self->cases, error,
                   "INSERT INTO sent_person (unit, trip, row, name, number) VALUES (?, ?, ?, ?, ?)",
                   "ttitt", unit, trip, row, name, number);
}

static gboolean
keep_rows(DsStation *self, const DsDispatchOrder *order, const char *trip, GError **error)
{
  const DsRoster *roster = order->roster;

  for (guint i = 0; roster != NULL && i < ds_roster_row_count(roster); i++)
    if (!keep_row(self, order->unit, trip, (int)(i + 1), ds_roster_row(roster, i)->fields, error))
      return FALSE;
  return TRUE;
}

gboolean
ds_sent_keep(DsStation *self, const DsDispatchOrder *order, const char *trip, GError **error)
{
  g_autofree char *day = ds_date_format(&order->trip_day);
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->cases, error);

  return transaction != NULL &&
         ds_db_run(self->cases, error,
                   "INSERT INTO sent_trip (unit, trip, name, day, sent, closed)"
                   " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (unit, trip) DO UPDATE SET"
                   " name = excluded.name, day = excluded.day, sent = excluded.sent, closed = 0",
                   "ttttl", order->unit, trip, order->trip_name, day, ds_clock_now().wall_us) &&
         keep_rows(self, order, trip, error) && ds_db_commit(g_steal_pointer(&transaction), error);
}

GPtrArray *
ds_sent_list(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func((GDestroyNotify)ds_sent_person_free);
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->cases, error,
                  "SELECT t.trip, t.name, t.day, p.row, p.name, p.number FROM sent_trip t"
                  " JOIN sent_person p ON p.unit = t.unit AND p.trip = t.trip"
                  " WHERE t.unit = ? AND t.closed = 0 ORDER BY t.day, t.trip, p.row, p.rowid",
                  "t", unit);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    DsSentPerson *person = g_new0(DsSentPerson, 1);
    person->trip = g_strdup(ds_db_rows_text(rows, 0));
    person->trip_name = g_strdup(ds_db_rows_text(rows, 1));
    person->day = g_strdup(ds_db_rows_text(rows, 2));
    person->row = (guint)ds_db_rows_int(rows, 3);
    person->name = g_strdup(ds_db_rows_text(rows, 4));
    person->number = g_strdup(ds_db_rows_text(rows, 5));
    g_ptr_array_add(people, person);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&people) : NULL;
}

gboolean
ds_station_close_trip(DsStation *self, const char *trip, GError **error)
{
  gint64 known = 0;

  if (!ds_station_require_unlocked(self, "closing a trip", error) ||
      !ds_db_get_int(self->cases, &known, 0, error, "SELECT count(*) FROM sent_trip WHERE trip = ?",
                     "t", trip))
    return FALSE;
  if (known == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no trip \"%.64s\" was dispatched from here",
                trip);
    return FALSE;
  }
  g_autoptr(DsDbTransaction) transaction = ds_db_begin(self->cases, error);
  return transaction != NULL &&
         ds_db_run(self->cases, error, "DELETE FROM sent_person WHERE trip = ?", "t", trip) &&
         ds_db_run(self->cases, error, "UPDATE sent_trip SET closed = ? WHERE trip = ?", "lt",
                   ds_clock_now().wall_us, trip) &&
         ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_sent_note_keys(DsStation *self, const DsEnrolment *enrolment, GError **error)
{
  for (guint i = 0; i < enrolment->officers->len; i++) {
    const DsOfficerEntry *officer = enrolment->officers->pdata[i];
    if (!ds_db_run(self->ledger, error,
                   "INSERT OR IGNORE INTO device_key (unit, kid, number) VALUES (?, ?, ?)", "tbt",
                   enrolment->unit, ds_key_kid(officer->key)->bytes, (gsize)DS_KID_SIZE,
                   officer->number))
      return FALSE;
  }
  return TRUE;
}

GArray *
ds_sent_keys(DsStation *self, const char *unit, GError **error)
{
  g_autoptr(GArray) kids = g_array_new(FALSE, FALSE, sizeof(DsKid));
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows = ds_db_query(
      self->ledger, error, "SELECT kid FROM device_key WHERE unit = ? ORDER BY number", "t", unit);

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    g_autoptr(GBytes) bytes = ds_db_rows_bytes(rows, 0);
    DsKid kid;
    if (bytes == NULL || g_bytes_get_size(bytes) != DS_KID_SIZE)
      continue;
    memcpy(kid.bytes, g_bytes_get_data(bytes, NULL), DS_KID_SIZE);
    g_array_append_val(kids, kid);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&kids) : NULL;
}
