/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys, home, lock, enrolment, directory. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/enrol.h"
#include "station/members.h"
#include "station/statements.h"
#include "station/station-private.h"
#include "station/test-unit.h"

static void
test_init(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(DsSecret) passphrase = test_passphrase(TEST_PASSPHRASE);
  g_autoptr(DsSecret) brief = test_passphrase("short");
  g_autoptr(GError) error = NULL;
  g_autofree char *other = g_build_filename(home->dir, "other", NULL);
  g_autofree char *online = g_build_filename(home->home, "keys", "online.key", NULL);
  struct stat st;

  g_assert_cmpint(stat(online, &st), ==, 0);
  g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
  g_assert_false(ds_station_init(home->home, "x", "x", passphrase, DS_SLOTS_COST_LIGHT, &error));
  test_assert_error(&error, DS_ERROR_EXISTS, "is a station already");
  g_assert_false(ds_station_init(other, "Up Per", "x", passphrase, DS_SLOTS_COST_LIGHT, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "a-z, 0-9");
  g_assert_false(ds_station_init(other, "x", "x", brief, DS_SLOTS_COST_LIGHT, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "too short");
  g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));

  g_autofree char *inside = g_build_filename(other, "holiday.jpg", NULL);
  g_assert_true(ds_files_make_dir(other, &error));
  g_assert_true(g_file_set_contents(inside, "x", 1, &error));
  g_assert_false(ds_station_init(other, "x", "x", passphrase, DS_SLOTS_COST_LIGHT, &error));
  test_assert_error(&error, DS_ERROR_EXISTS, "is not empty");
  /* nothing half made is left beside it */
  g_autoptr(GPtrArray) names = ds_files_list(home->dir, &error);
  g_assert_cmpuint(names->len, ==, 2);
  g_assert_null(ds_station_open(other, "test", &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "is no station");
}

static void
test_lock(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(DsStation) station = test_home_open(home, FALSE);
  g_autoptr(DsSecret) wrong = test_passphrase("wrong horse battery");
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_station_open(home->home, "second", &error));
  test_assert_error(&error, DS_ERROR_BUSY, "test");
  g_assert_false(ds_station_unlock(station, wrong, &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "passphrase");
  g_assert_false(ds_station_renew(station, 10, &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "passphrase");
}

static void
flip_byte(const TestHome *home, const char *path)
{
  g_autofree char *full = g_build_filename(home->home, path, NULL);
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true(g_file_get_contents(full, &data, &size, NULL));
  data[size / 2] ^= 1;
  g_assert_true(g_file_set_contents(full, data, (gssize)size, NULL));
}

static void
test_tampered_keys(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(DsStation) station = test_home_open(home, FALSE);
  g_autoptr(DsSecret) passphrase = test_passphrase(TEST_PASSPHRASE);
  g_autoptr(GError) error = NULL;

  flip_byte(home, "keys/private");
  g_assert_false(ds_station_unlock(station, passphrase, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "was changed or belongs to another station");
  g_clear_pointer(&station, ds_station_free);
  flip_byte(home, "directory/0000000001");
  g_assert_null(ds_station_open(home->home, "test", &error));
  g_assert_nonnull(strstr(error->message, "directory/0000000001"));
}

static void
test_enrol(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(TestUnit) unit = test_unit_new("unit-7", "036001");
  g_autoptr(GBytes) request = test_unit_request(unit);
  g_autoptr(DsStation) station = test_home_open(home, TRUE);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_enrol(station, request, "00000 00000 00000 00000 00000 00000", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "read it aloud again");
  g_assert_null(ds_directory_find_unit(ds_station_directory(station), "unit-7"));

  test_unit_enrol(unit, station);
  g_assert_cmpuint(ds_station_directory(station)->version, ==, 2);
  g_assert_nonnull(ds_directory_find_unit(ds_station_directory(station), "unit-7"));
  g_assert_nonnull(ds_directory_find_officer(ds_station_directory(station), "036001"));
  test_unit_enrol(unit, station);
  g_assert_cmpuint(ds_station_directory(station)->version, ==, 2);
  g_autofree char *outbox = test_home_refs(home, "unit-7", "refs/outbox/");
  g_assert_cmpstr(outbox, ==, "refs/outbox/0000000001-directory");

  g_autoptr(TestUnit) thief = test_unit_new("unit-7", "036001");
  g_autoptr(GBytes) stolen = test_unit_request(thief);
  g_autofree char *fingerprint = ds_enrol_fingerprint(stolen, &error);
  g_assert_false(ds_station_enrol(station, stolen, fingerprint, &error));
  test_assert_error(&error, DS_ERROR_EXISTS, "is enrolled with other keys");

  g_autoptr(TestUnit) second = test_unit_new("unit-8", "036002");
  test_unit_enrol(second, station);
  g_autofree char *again = test_home_refs(home, "unit-7", "refs/outbox/");
  g_assert_cmpstr(again, ==, "refs/outbox/0000000001-directory\nrefs/outbox/0000000002-directory");
}

static void
test_revoke_and_serve(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(TestUnit) unit = test_unit_new("unit-7", "036001");
  g_autoptr(DsStation) station = test_home_open(home, TRUE);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_station_serve_path(home->home, "unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "not enrolled");
  test_unit_enrol(unit, station);
  g_autofree char *path = ds_station_serve_path(home->home, "unit-7", &error);
  g_assert_no_error(error);
  g_assert_true(g_str_has_suffix(path, "/repos/unit-7.git"));
  g_assert_null(ds_station_serve_path(home->home, "../unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "not enrolled");

  g_assert_false(ds_station_revoke_unit(station, "unit-9", 0, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "unit-9");
  g_assert_true(ds_station_revoke_unit(station, "unit-7", 0, &error));
  g_assert_null(ds_station_serve_path(home->home, "unit-7", &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "revoked");
  g_assert_false(ds_station_revoke_officer(station, "nobody", 0, &error));
  test_assert_error(&error, DS_ERROR_NOT_FOUND, "nobody");
  g_assert_true(ds_station_revoke_officer(station, "036001", 0, &error));
  g_assert_cmpuint(ds_station_directory(station)->version, ==, 4);
  g_assert_false(ds_station_renew(station, 0, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "1 to 3660 days");

  g_clear_pointer(&station, ds_station_free);
  station = test_home_open(home, FALSE);
  g_assert_cmpuint(ds_station_directory(station)->version, ==, 4);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/station/home/init", test_init);
  g_test_add_func("/station/home/lock", test_lock);
  g_test_add_func("/station/home/tampered-keys", test_tampered_keys);
  g_test_add_func("/station/home/enrol", test_enrol);
  g_test_add_func("/station/home/revoke-and-serve", test_revoke_and_serve);
  return g_test_run();
}
