/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/rotate.h"

#include "base/clock.h"
#include "base/error.h"
#include "bundle/statement.h"
#include "station/members.h"
#include "station/statements.h"
#include "station/station-private.h"

static char *
key_dir(const DsStation *self)
{
  return g_build_filename(self->home, "keys", NULL);
}

/* Whether the newest directory says that @key signs statements now. */
static gboolean
is_current(const DsStation *self, const DsKey *key)
{
  const DsReceiptKey *listed = ds_directory_find_receipt_key(self->directory, ds_key_kid(key));

  return listed != NULL && listed->retired_us == 0;
}

gboolean
ds_station_settle_online(DsStation *self, GError **error)
{
  g_autofree char *dir = key_dir(self);
  DsKey *found = NULL;

  if (!ds_station_keys_next_online(dir, &found, error))
    return FALSE;
  g_autoptr(DsKey) next = found;
  return next == NULL || ds_station_keys_settle_online(dir, self->online,
                                                       is_current(self, next) ? next : NULL, error);
}

gboolean
ds_station_settle_receipt(DsStation *self, GError **error)
{
  g_autofree char *dir = key_dir(self);
  DsKey *found = NULL;

  if (!ds_station_keys_next_receipt(dir, self->keys, &found, error))
    return FALSE;
  g_autoptr(DsKey) next = found;
  return next == NULL || ds_station_keys_settle_receipt(
                             dir, self->keys, is_current(self, next) ? next : NULL, error);
}

/* Keys that were retired first go first. */
static void
make_room(DsDirectory *next)
{
  while (next->receipt_keys->len > DS_DIRECTORY_KEYS_MAX - 2) {
    guint oldest = 0;
    for (guint i = 1; i < next->receipt_keys->len; i++) {
      const DsReceiptKey *key = next->receipt_keys->pdata[i],
                         *least = next->receipt_keys->pdata[oldest];
      if (key->retired_us < least->retired_us)
        oldest = i;
    }
    g_ptr_array_remove_index(next->receipt_keys, oldest);
  }
}

static void
change_keys(DsDirectory *next, DsKey *receipt, DsKey *front, gboolean compromised)
{
  gint64 now = ds_clock_now().wall_us;

  if (compromised)
    g_ptr_array_set_size(next->receipt_keys, 0);
  for (guint i = 0; i < next->receipt_keys->len; i++) {
    DsReceiptKey *key = next->receipt_keys->pdata[i];
    if (key->retired_us == 0)
      key->retired_us = now;
  }
  make_room(next);
  ds_directory_add_receipt_key(next, receipt, DS_STATES_ALL);
  ds_directory_add_receipt_key(next, front, DS_STATES_ONLINE);
}

typedef struct {
  char *unit;
  gint64 seq;
  GBytes *bytes;
} Said;

static void
said_free(gpointer data)
{
  Said *self = data;

  g_free(self->unit);
  g_bytes_unref(self->bytes);
  g_free(self);
}

static GPtrArray *
all_said(DsStation *self, GError **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(said_free);
  DsDbStep step = DS_DB_ERROR;
  g_autoptr(DsDbRows) rows =
      ds_db_query(self->ledger, error, "SELECT unit, seq, bytes FROM statement", "");

  while (rows != NULL && (step = ds_db_rows_next(rows, error)) == DS_DB_ROW) {
    Said *said = g_new0(Said, 1);
    said->unit = g_strdup(ds_db_rows_text(rows, 0));
    said->seq = ds_db_rows_int(rows, 1);
    said->bytes = ds_db_rows_bytes(rows, 2);
    g_ptr_array_add(all, said);
  }
  return step == DS_DB_DONE ? g_steal_pointer(&all) : NULL;
}

/* Everything said so far, by keys that hold: of a front desk's word the new one of either kind. */
static gboolean
say_all_again(DsStation *self, GError **error)
{
  g_autoptr(GPtrArray) all = all_said(self, error);
  g_autoptr(DsDbTransaction) transaction = all != NULL ? ds_db_begin(self->ledger, error) : NULL;

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++) {
    const Said *said = all->pdata[i];
    g_autoptr(GBytes) again = ds_statement_sign_again(said->bytes, self->keys->receipt, error);
    if (again == NULL ||
        !ds_db_run(self->ledger, error,
                   "UPDATE statement SET bytes = ?, pending = 1 WHERE unit = ? AND seq = ?", "gtl",
                   again, said->unit, said->seq))
      return FALSE;
  }
  return ds_db_commit(g_steal_pointer(&transaction), error);
}

gboolean
ds_station_rotate(DsStation *self, gboolean compromised, GError **error)
{
  g_autofree char *dir = key_dir(self);
  g_autoptr(DsKey) receipt = NULL, front = NULL;
  guint published = 0;

  if (!ds_station_require_unlocked(self, "changing the receipt keys", error) ||
      !ds_station_keys_prepare(dir, self->keys, self->online, &receipt, &front, error))
    return FALSE;
  ds_station_check(self, "keys-prepared");
  g_autoptr(DsDirectory) next = ds_directory_copy(self->directory);
  change_keys(next, receipt, front, compromised);
  next->expires_us = ds_clock_now().wall_us + DS_STATION_DIRECTORY_DAYS * G_TIME_SPAN_DAY;
  return ds_station_issue(self, next, error) && ds_station_settle_online(self, error) &&
         ds_station_settle_receipt(self, error) && (!compromised || say_all_again(self, error)) &&
         ds_station_publish(self, &published, error);
}
