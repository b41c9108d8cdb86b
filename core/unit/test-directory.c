/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories while a unit is away: newer ones, older ones, changed keys. */
#include <string.h>

#include "base/error.h"
#include "unit/apply.h"
#include "unit/enrol.h"
#include "unit/test-home.h"
#include "unit/unit-private.h"

/* The next version, with the front desk's key changed; not sent yet. (transfer full) */
static GBytes *
next_directory(TestHome *home)
{
  TestStation *station = home->station;
  DsReceiptKey *old = station->directory->receipt_keys->pdata[0];
  g_autoptr(GError) error = NULL;

  old->retired_us = g_get_real_time();
  ds_key_unref(station->intake);
  station->intake = ds_key_generate(&error);
  ds_directory_add_receipt_key(station->directory, station->intake, DS_STATES_ONLINE);
  station->directory->version++;
  station->directory->issued_us = g_get_real_time();
  GBytes *bytes = ds_directory_sign(station->directory, station->root, &error);
  g_assert_no_error(error);
  return bytes;
}

static void
send_directory(TestHome *home, GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name =
      g_strdup_printf("%010" G_GUINT64_FORMAT "-directory", ++home->station->messages);
  g_autoptr(DsInboxMessage) message = ds_inbox_begin(ds_unit_inbox(home->unit), name, &error);

  g_assert_true(ds_inbox_message_put(message, "directory", bytes, &error));
  g_assert_true(ds_inbox_message_commit(message, &error));
}

static DsApplied *
apply(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  DsApplied *applied = ds_unit_apply_inbox(home->unit, &error);

  g_assert_no_error(error);
  return applied;
}

/* What a new key says waits for the directory that names it, whichever comes first. */
static void
test_changed_key(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  DsDigest id;
  g_autofree char *case_id = test_home_seal(home, 1, &id);
  g_autoptr(GBytes) before =
      test_station_statement(home->station, NULL, "unit-07", &id, DS_STATE_RECEIVED, NULL);
  g_autoptr(DsKey) old = ds_key_ref(home->station->intake);
  g_autoptr(GBytes) directory = next_directory(home);
  g_autoptr(GBytes) after =
      test_station_statement(home->station, NULL, "unit-07", &id, DS_STATE_QUARANTINED, NULL);
  g_autoptr(GBytes) forged =
      test_station_statement(home->station, old, "unit-07", &id, DS_STATE_QUARANTINED, NULL);

  test_station_send(home->station, ds_unit_inbox(home->unit), &after, 1);
  g_autoptr(DsApplied) first = apply(home);
  g_assert_cmpuint(first->waiting, ==, 1);
  g_assert_cmpuint(first->refused, ==, 0);
  g_assert_cmpuint(first->statements, ==, 0);
  g_assert_nonnull(strstr(g_ptr_array_index(first->errors, 0), "waits for directory version 2"));

  test_station_send(home->station, ds_unit_inbox(home->unit), &before, 1);
  send_directory(home, directory);
  g_autoptr(DsApplied) second = apply(home);
  g_assert_cmpuint(second->directories, ==, 1);
  g_assert_cmpuint(second->statements, ==, 2);
  g_assert_cmpuint(second->waiting, ==, 0);
  g_assert_cmpuint(second->refused, ==, 0);

  test_station_send(home->station, ds_unit_inbox(home->unit), &forged, 1);
  g_autoptr(DsApplied) third = apply(home);
  g_assert_cmpuint(third->refused, ==, 1);
  g_assert_nonnull(strstr(g_ptr_array_index(third->errors, 0), "was retired at"));
}

/* In the overlap the old one still serves; once the new one is here the old one never comes back.
 */
static void
test_overlap(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GBytes) old = g_bytes_ref(home->station->directory_bytes);
  g_autoptr(GError) error = NULL;

  /* expired, and nothing newer is here: work goes on */
  home->station->directory->version++;
  home->station->directory->expires_us = home->station->directory->issued_us + 1;
  g_autoptr(GBytes) expired =
      ds_directory_sign(home->station->directory, home->station->root, &error);
  g_assert_true(ds_unit_trust(home->unit, expired, NULL, &error));
  g_assert_no_error(error);
  g_assert_true(ds_directory_is_expired(ds_unit_directory(home->unit), g_get_real_time()));
  DsDigest id;
  g_autofree char *case_id = test_home_seal(home, 1, &id);
  test_home_hear(home, &id, DS_STATE_DURABLE, NULL);

  home->station->directory->version++;
  home->station->directory->expires_us = g_get_real_time() + G_TIME_SPAN_DAY;
  g_autoptr(GBytes) renewed =
      ds_directory_sign(home->station->directory, home->station->root, &error);
  send_directory(home, renewed);
  g_autoptr(DsApplied) applied = apply(home);
  g_assert_cmpuint(applied->directories, ==, 1);
  g_assert_false(ds_directory_is_expired(ds_unit_directory(home->unit), g_get_real_time()));

  g_assert_false(ds_unit_trust(home->unit, old, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "is older than 3"));
  g_clear_error(&error);
  send_directory(home, old);
  g_autoptr(DsApplied) again = apply(home);
  g_assert_cmpuint(again->refused, ==, 1);
  g_assert_cmpuint(ds_unit_directory(home->unit)->version, ==, 3);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/directory/changed-key", test_changed_key);
  g_test_add_func("/unit/directory/overlap", test_overlap);
  return g_test_run();
}
