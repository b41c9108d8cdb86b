/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a crash, a damaged file or an older copy of the vault must not cost. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "unit/case.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/sealing.h"
#include "vault/bundles.h"
#include "vault/journal.h"

/* Seals @id as far as the spool: then the vault could not be written. */
static void
seal_half(TestHome *home, const char *id, DsDigest *bundle)
{
  g_autoptr(GError) error = NULL;
  DsAuditHead head;

  /* the vault as it was before the seal, with the intent */
  g_assert_true(ds_vault_audit_head(ds_unit_vault(home->unit), &head, &error));
  test_home_keep_vault(home);
  g_assert_true(ds_unit_case_seal(home->unit, id, bundle, &error));
  g_assert_no_error(error);
  g_autoptr(DsVaultCase) sealed = ds_vault_case(ds_unit_vault(home->unit), id, &error);
  test_home_restore_vault(home);
  DsSealing intent = {.seq = 1,
                      .id = *bundle,
                      .case_id = sealed->id,
                      .version = 1,
                      .outcome = DS_CASE_OUTCOME_COMPLETE,
                      .pack = sealed->pack,
                      .pack_version = sealed->pack_version,
                      .day = sealed->day,
                      .head = head};
  g_assert_true(ds_sealing_begin(home->unit, &intent, &error));
  g_assert_no_error(error);
}

/* The program went on after the vault failed: no change may come between the bundle in the spool
 * and its mark, and no other bundle may take its number. */
static void
test_half_sealed(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *first = test_home_take(home, 1);
  g_autofree char *second = test_home_take(home, 2);
  DsDigest half, next;

  seal_half(home, first, &half);
  g_assert_false(ds_unit_case_set(home->unit, first, "contact.phone", "13800000001", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_true(ds_unit_case_seal(home->unit, second, &next, &error));
  g_assert_no_error(error);
  g_autoptr(DsVaultBundle) one = ds_vault_bundle(ds_unit_vault(home->unit), &half, &error);
  g_autoptr(DsVaultBundle) two = ds_vault_bundle(ds_unit_vault(home->unit), &next, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(one->seq, ==, 1);
  g_assert_cmpuint(two->seq, ==, 2);
  g_autoptr(GArray) spooled = ds_spool_list(ds_unit_spool(home->unit), &error);
  g_assert_cmpuint(spooled->len, ==, 2);
}

/* What is in the spool is damaged: the officer still gets at the other cases, and is told. */
static void
test_half_damaged(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *first = test_home_take(home, 1);
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest half;

  seal_half(home, first, &half);
  g_autofree char *path = g_strdup_printf("%s/store/spool/0000000001-%s/record", home->home,
                                          ds_digest_to_hex(&half, hex));
  g_assert_true(g_file_set_contents(path, "not what was written", -1, &error));
  test_home_reopen(home);
  g_autoptr(DsView) view = ds_unit_case_view(home->unit, first, &error);
  g_assert_no_error(error);
  g_assert_false(ds_unit_case_set(home->unit, first, "contact.phone", "13800000001", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
  g_assert_nonnull(strstr(error->message, "was begun as bundle 1 and cannot be finished"));
}

/* An older copy of the vault came back: what was sealed since is not taken for rubbish. */
static void
test_prune_unknown(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  guint64 before = 0, after = 0, bytes = 0;
  DsDigest id;
  DsPruned pruned;

  test_home_keep_vault(home);
  g_autofree char *case_id = test_home_seal(home, 1, &id);
  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &before, &bytes, &error));
  test_home_restore_vault(home);
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_no_error(error);
  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &after, &bytes, &error));
  g_assert_cmpuint(before, >, 0);
  g_assert_cmpuint(after, ==, before);
}

/* A damaged bundle is told and stays; the others go. */
static void
test_prune_damaged(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest first, second;
  DsPruned pruned;
  g_autofree char *one = test_home_seal(home, 1, &first);
  g_autofree char *two = test_home_seal(home, 2, &second);
  g_autofree char *path = g_strdup_printf("%s/store/spool/0000000001-%s/manifest", home->home,
                                          ds_digest_to_hex(&first, hex));

  test_home_hear(home, &first, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &second, DS_STATE_DURABLE, NULL);
  g_assert_true(g_file_set_contents(path, "not what was written", -1, &error));
  g_assert_false(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpuint(pruned.count, ==, 1);
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/half-sealed", test_half_sealed);
  g_test_add_func("/unit/half-damaged", test_half_damaged);
  g_test_add_func("/unit/prune-unknown", test_prune_unknown);
  g_test_add_func("/unit/prune-damaged", test_prune_damaged);
  return g_test_run();
}
