/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/recover.h"

#include "base/error.h"
#include "base/files.h"
#include "bundle/seal.h"
#include "station/test-unit.h"
#include "vault/vault.h"

/* A unit's home whose vault is wrapped to the recovery key of @station. (transfer full) */
static char *
make_unit_home(const TestHome *home, DsStation *station)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) passphrase = test_passphrase("the forgotten one");
  char *path = g_build_filename(home->dir, "laptop", NULL);

  g_assert_true(ds_files_make_dir(path, &error));
  g_autoptr(DsVault) vault =
      ds_vault_create(path, "doorstep", passphrase, DS_SLOTS_COST_LIGHT, &error);
  g_assert_no_error(error);
  if (station == NULL)
    return path;
  g_autoptr(DsSecret) master = ds_vault_export_master(vault);
  g_autoptr(GBytes) blob =
      ds_seal_secret(master, ds_station_directory(station)->recovery, DS_RECOVERY_CONTEXT, &error);
  g_assert_no_error(error);
  g_assert_true(ds_vault_set_recovery_slot(vault, blob, &error));
  return path;
}

static void
test_recover(void)
{
  g_autoptr(TestHome) home = test_home_new();
  g_autoptr(DsStation) station = test_home_open(home, FALSE);
  g_autofree char *laptop = make_unit_home(home, station);
  g_autoptr(DsSecret) fresh = test_passphrase("a fresh passphrase");
  g_autoptr(DsSecret) brief = test_passphrase("brief");
  g_autoptr(DsSecret) own = test_passphrase(TEST_PASSPHRASE);
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_recover_unit(station, laptop, fresh, &error));
  test_assert_error(&error, DS_ERROR_LOCKED, "passphrase");
  g_assert_true(ds_station_unlock(station, own, &error));
  g_assert_false(ds_station_recover_unit(station, laptop, brief, &error));
  test_assert_error(&error, DS_ERROR_INVALID, "too short");
  g_assert_true(ds_station_recover_unit(station, laptop, fresh, &error));
  g_assert_no_error(error);
  g_autoptr(DsVault) vault = ds_vault_open(laptop, "doorstep", fresh, &error);
  g_assert_no_error(error);
  g_assert_nonnull(vault);
}

static void
test_other_station(void)
{
  g_autoptr(TestHome) home = test_home_new(), other_home = test_home_new();
  g_autoptr(DsStation) station = test_home_open(home, TRUE);
  g_autoptr(DsStation) other = test_home_open(other_home, FALSE);
  g_autofree char *laptop = make_unit_home(home, other);
  g_autofree char *without = make_unit_home(other_home, NULL);
  g_autoptr(DsSecret) fresh = test_passphrase("a fresh passphrase");
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_station_recover_unit(station, laptop, fresh, &error));
  test_assert_error(&error, DS_ERROR_REFUSED, "is not for station nanchang");
  g_assert_false(ds_station_recover_unit(station, without, fresh, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/station/recover/forgotten", test_recover);
  g_test_add_func("/station/recover/other-station", test_other_station);
  return g_test_run();
}
