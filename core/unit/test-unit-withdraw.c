/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sealed case taken back before the station verified it. */
#include "unit/test-home.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "courier/mark.h"
#include "unit/answer.h"
#include "unit/case.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/sealing.h"
#include "unit/withdraw.h"
#include "vault/bundles.h"
#include "vault/case.h"
#include "vault/journal.h"

#define REASON "家长改期"

static DsVaultBundle *
newest(TestHome *home, const char *case_id)
{
  g_autoptr(GError) error = NULL;
  DsVaultBundle *bundle = ds_vault_case_bundle(ds_unit_vault(home->unit), case_id, &error);

  g_assert_no_error(error);
  g_assert_nonnull(bundle);
  return bundle;
}

static void
assert_state(TestHome *home, const char *case_id, DsCaseState state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), case_id, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(ds_case_state_word(of->state), ==, ds_case_state_word(state));
}

static guint
spooled(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) entries = ds_spool_list(ds_unit_spool(home->unit), &error);

  g_assert_no_error(error);
  return entries->len;
}

static guint64
objects(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  guint64 count = 0, bytes = 0;

  g_assert_true(ds_store_usage(ds_unit_store(home->unit), &count, &bytes, &error));
  return count;
}

static guint
prune(TestHome *home)
{
  g_autoptr(GError) error = NULL;
  DsPruned pruned;

  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_no_error(error);
  return pruned.count;
}

static void
withdraw(TestHome *home, const char *case_id)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(ds_unit_case_withdraw(home->unit, case_id, REASON, &error));
  g_assert_no_error(error);
}

static DsRecord *
open_record(TestHome *home, const DsVaultBundle *bundle)
{
  g_autoptr(GError) error = NULL;
  DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(GBytes) sealed = ds_spool_read_record(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(DsManifest) manifest = ds_manifest_verify(bytes, home->station->directory, &error);

  g_assert_no_error(error);
  g_assert_true(manifest->has_replaces);
  g_assert_cmpuint(manifest->chunks->len, ==, 0);
  DsRecord *record = ds_open_record(manifest, sealed, home->station->records, &error);
  g_assert_no_error(error);
  return record;
}

/* Signed by unit and officer, replaces the sealed one, says who and why, and nothing else. */
static void
test_bundle(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest original, named;
  g_autofree char *id = test_home_seal(home, 1, &original);

  withdraw(home, id);
  g_autoptr(DsVaultBundle) bundle = newest(home, id);
  g_autoptr(DsRecord) record = open_record(home, bundle);
  g_assert_true(ds_digest_equal(&bundle->replaces, &original));
  g_assert_cmpuint(bundle->version, ==, 2);
  g_assert_cmpint(record->application->outcome, ==, DS_CASE_OUTCOME_WITHDRAWN);
  g_assert_cmpuint(record->application->version, ==, 2);
  g_assert_cmpuint(record->parts->len, ==, 0);
  g_assert_cmpuint(g_hash_table_size(record->fields), ==, 3);
  g_assert_nonnull(g_hash_table_lookup(record->fields, "applicant.number"));
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "withdrawal.reason"), ==, REASON);
  g_assert_cmpuint(record->decisions->len, ==, 1);
  assert_state(home, id, DS_CASE_SEALED);

  /* the courier is told */
  g_assert_true(ds_courier_mark_has(home->home, DS_COURIER_URGENT, &bundle->id));
  g_assert_true(ds_courier_hold_get(home->home, &original, &named));
  g_assert_true(ds_digest_equal(&named, &bundle->id));

  /* the row is free for another case, the case is not */
  g_assert_false(ds_unit_case_withdraw(home->unit, id, REASON, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "withdrawn already"));
  g_clear_error(&error);
  g_autofree char *again = ds_unit_case_new(home->unit, "t1", 1, "first-application", &error);
  g_assert_no_error(error);
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
}

static void
test_when(void)
{
  static const struct {
    DsState said;
    const char *words; /* NULL: may be withdrawn */
  } rows[] = {
      {DS_STATE_RECEIVED, NULL},
      {DS_STATE_QUARANTINED, NULL},
      {DS_STATE_VERIFIED, "ask the station"},
      {DS_STATE_ACCEPTED, "ask the station"},
      {DS_STATE_RETURNED, "reopen it"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(TestHome) home = test_home_new(TRUE);
    g_autoptr(GError) error = NULL;
    DsDigest original;
    g_autofree char *id = test_home_seal(home, 1, &original);

    test_home_hear(home, &original, rows[i].said, NULL);
    g_assert_false(ds_unit_case_withdraw(home->unit, id, "", &error));
    g_clear_error(&error);
    g_assert_cmpuint(spooled(home), ==, 1);
    gboolean done = ds_unit_case_withdraw(home->unit, id, REASON, &error);
    g_assert_true(done == (rows[i].words == NULL));
    if (rows[i].words == NULL)
      continue;
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, rows[i].words));
    g_assert_cmpuint(spooled(home), ==, 1);
  }
}

/* The pictures leave the disk when the withdrawal is durable, not before, though nobody ever said
 * DURABLE of the original. */
static void
test_prune(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest original;
  g_autofree char *id = test_home_seal(home, 1, &original);

  withdraw(home, id);
  g_autoptr(DsVaultBundle) bundle = newest(home, id);
  test_home_hear(home, &bundle->id, DS_STATE_RECEIVED, NULL);
  test_home_hear(home, &bundle->id, DS_STATE_VERIFIED, NULL);
  g_assert_cmpuint(prune(home), ==, 0);
  g_assert_cmpuint(objects(home), >, 0);
  test_home_hear(home, &bundle->id, DS_STATE_DURABLE, NULL);
  assert_state(home, id, DS_CASE_DURABLE);
  g_assert_cmpuint(prune(home), ==, 2);
  g_assert_cmpuint(objects(home), ==, 0);
  g_assert_cmpuint(spooled(home), ==, 0);
  /* a late copy that reached the station all the same changes nothing here */
  test_home_hear(home, &original, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &original, DS_STATE_SUPERSEDED, NULL);
  assert_state(home, id, DS_CASE_DURABLE);
  g_assert_cmpuint(prune(home), ==, 0);
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
  g_assert_no_error(error);
}

/* The station had accepted the case by then: in any order, the case is accepted and the original
 * waits for its own receipt. */
static void
test_too_late(void)
{
  static const guint orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};

  for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
    g_autoptr(TestHome) home = test_home_new(TRUE);
    DsDigest original;
    g_autofree char *id = test_home_seal(home, 1, &original);

    withdraw(home, id);
    g_autoptr(DsVaultBundle) bundle = newest(home, id);
    for (guint j = 0; j < 3; j++) {
      if (orders[i][j] == 0)
        test_home_hear(home, &original, DS_STATE_ACCEPTED, NULL);
      if (orders[i][j] == 1)
        test_home_hear(home, &bundle->id, DS_STATE_SUPERSEDED, "reason=too late");
      if (orders[i][j] == 2)
        test_home_hear(home, &bundle->id, DS_STATE_DURABLE, NULL);
    }
    assert_state(home, id, DS_CASE_ACCEPTED);
    g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, NULL);
    g_assert_cmpstr(ds_case_state_word(of->decision), ==, "complete");
    g_assert_cmpuint(prune(home), ==, 1);
    g_assert_cmpuint(objects(home), >, 0);
    test_home_hear(home, &original, DS_STATE_DURABLE, NULL);
    assert_state(home, id, DS_CASE_ACCEPTED);
    g_assert_cmpuint(prune(home), ==, 1);
    g_assert_cmpuint(objects(home), ==, 0);
  }
}

/* Killed after the decision and before the seal: nothing is lost, the same command goes on. */
static void
test_killed_before_seal(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsVault *vault = ds_unit_vault(home->unit);
  DsDigest original;
  g_autofree char *id = test_home_seal(home, 1, &original);

  g_assert_true(ds_vault_set_case_version(vault, id, 2, "P1", &error));
  g_assert_true(ds_vault_set_field(vault, id, NULL, "withdrawal.reason", REASON, "P1", &error));
  g_assert_true(ds_vault_set_case_state(vault, id, DS_CASE_WITHDRAWN, "reason", "P1", &error));
  test_home_reopen(home);
  /* words about the version before do not bring it back */
  test_home_hear(home, &original, DS_STATE_RECEIVED, NULL);
  assert_state(home, id, DS_CASE_WITHDRAWN);
  g_assert_true(ds_unit_case_withdraw(home->unit, id, NULL, &error));
  g_assert_no_error(error);
  g_autoptr(DsVaultBundle) bundle = newest(home, id);
  g_autoptr(DsRecord) record = open_record(home, bundle);
  g_assert_cmpstr(g_hash_table_lookup(record->fields, "withdrawal.reason"), ==, REASON);
  assert_state(home, id, DS_CASE_SEALED);
}

/* Killed between the spool and the vault: finished at the next start, the courier is told again. */
static void
test_killed_after_spool(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest original, named;
  g_autofree char *id = test_home_seal(home, 1, &original);

  g_assert_true(ds_vault_set_case_version(ds_unit_vault(home->unit), id, 2, "P1", &error));
  g_assert_true(ds_vault_set_field(ds_unit_vault(home->unit), id, NULL, "withdrawal.reason", REASON,
                                   "P1", &error));
  g_assert_true(ds_vault_set_case_state(ds_unit_vault(home->unit), id, DS_CASE_WITHDRAWN, "reason",
                                        "P1", &error));
  test_home_keep_vault(home);
  withdraw(home, id);
  g_autoptr(DsVaultBundle) sealed = newest(home, id);
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, &error);
  test_home_restore_vault(home);
  DsSealing intent = {.seq = sealed->seq,
                      .id = sealed->id,
                      .case_id = id,
                      .version = 2,
                      .outcome = DS_CASE_OUTCOME_WITHDRAWN,
                      .pack = of->pack,
                      .pack_version = of->pack_version,
                      .day = of->day,
                      .head = sealed->head};
  g_assert_true(ds_sealing_begin(home->unit, &intent, &error));
  g_autofree char *hold = g_build_filename(home->home, "depot", "hold", NULL);
  g_autofree char *hex = ds_digest_dup_hex(&original);
  g_autofree char *mark = g_build_filename(hold, hex, NULL);
  g_assert_cmpint(g_unlink(mark), ==, 0);
  test_home_reopen(home);
  assert_state(home, id, DS_CASE_SEALED);
  g_assert_true(ds_courier_hold_get(home->home, &original, &named));
  g_assert_true(ds_digest_equal(&named, &sealed->id));
  test_home_hear(home, &sealed->id, DS_STATE_DURABLE, NULL);
  g_assert_cmpuint(prune(home), ==, 2);
  g_assert_cmpuint(objects(home), ==, 0);
}

/* A correction that is withdrawn: what the station has of the version before stays its business. */
static void
test_correction(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest first, second;
  g_autofree char *id = test_home_seal(home, 1, &first);

  test_home_hear(home, &first, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &first, DS_STATE_RETURNED, "category=text");
  g_assert_true(ds_unit_case_reopen(home->unit, id, &error));
  g_assert_true(
      ds_unit_case_set(home->unit, id, "review.officer-remark", "街道名称已更正", &error));
  g_assert_true(ds_unit_case_seal(home->unit, id, &second, &error));
  g_assert_no_error(error);
  g_assert_true(ds_courier_mark_has(home->home, DS_COURIER_URGENT, &second));
  withdraw(home, id);
  g_autoptr(DsVaultBundle) bundle = newest(home, id);
  g_assert_cmpuint(bundle->version, ==, 3);
  g_assert_true(ds_digest_equal(&bundle->replaces, &second));
  test_home_hear(home, &bundle->id, DS_STATE_DURABLE, NULL);
  g_assert_cmpuint(prune(home), ==, 3);
  g_assert_cmpuint(objects(home), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/withdraw/bundle", test_bundle);
  g_test_add_func("/unit/withdraw/when", test_when);
  g_test_add_func("/unit/withdraw/prune", test_prune);
  g_test_add_func("/unit/withdraw/too-late", test_too_late);
  g_test_add_func("/unit/withdraw/killed-before-seal", test_killed_before_seal);
  g_test_add_func("/unit/withdraw/killed-after-spool", test_killed_after_spool);
  g_test_add_func("/unit/withdraw/correction", test_correction);
  return g_test_run();
}
