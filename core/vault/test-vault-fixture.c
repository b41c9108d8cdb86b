/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/test-vault-fixture.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "vault/journal.h"
#include "vault/vault-private.h"

DsSecret *
secret_of(const char *text)
{
  return ds_secret_from_bytes(text, strlen(text));
}

void
fixture_set_up(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->home = g_dir_make_tmp("ds-vault-XXXXXX", NULL);
  fixture->passphrase = secret_of("correct horse");
  fixture->vault =
      ds_vault_create(fixture->home, "test", fixture->passphrase, DS_SLOTS_COST_LIGHT, &error);
  g_assert_no_error(error);
}

void
fixture_tear_down(Fixture *fixture, gconstpointer data)
{
  ds_vault_close(fixture->vault);
  ds_secret_unref(fixture->passphrase);
  g_assert_true(ds_files_remove_tree(fixture->home, NULL));
  g_free(fixture->home);
}

void
fixture_reopen(Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  ds_vault_close(fixture->vault);
  fixture->vault = ds_vault_open(fixture->home, "test", fixture->passphrase, &error);
  g_assert_no_error(error);
}

void
fixture_case(Fixture *fixture, const char *id)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_vault_create_case(fixture->vault, id, NULL, 0, "first", "P1", &error));
  g_assert_no_error(error);
}

void
fixture_field(Fixture *fixture, const char *case_id, const char *name, const char *value)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(
      ds_vault_set_field(fixture->vault, case_id, "step-applicant", name, value, "P1", &error));
  g_assert_no_error(error);
}

void
assert_message(GError **error, int code, const char *part)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
  g_clear_error(error);
}

void
fixture_tamper(Fixture *fixture, const char *sql)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_db_run(fixture->vault->db, &error, sql, ""));
  g_assert_no_error(error);
  g_assert_cmpint(ds_db_changes(fixture->vault->db), >, 0);
}
