/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the seal to the station's last word. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/open.h"
#include "unit/answer.h"
#include "unit/apply.h"
#include "unit/capture.h"
#include "unit/case.h"
#include "unit/enrol.h"
#include "unit/outbox.h"
#include "unit/seal.h"
#include "unit/sealing.h"
#include "unit/withdraw.h"
#include "vault/bundles.h"
#include "vault/journal.h"

static GBytes *
fetch(const DsDigest *sha256, gpointer store, GError **error)
{
  return ds_store_read(store, sha256, error);
}

/* Opens bundle @id as the station would. */
static DsRecord *
open_bundle(TestHome *home, const DsDigest *id, DsManifest **manifest)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(ds_unit_vault(home->unit), id, &error);
  DsSpoolEntry entry = {.seq = bundle->seq, .id = bundle->id};
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(ds_unit_spool(home->unit), &entry, &error);
  g_autoptr(GBytes) sealed = ds_spool_read_record(ds_unit_spool(home->unit), &entry, &error);

  g_assert_no_error(error);
  *manifest = ds_manifest_verify(bytes, home->station->directory, &error);
  g_assert_no_error(error);
  DsRecord *record = ds_open_record(*manifest, sealed, home->station->records, &error);
  g_assert_no_error(error);
  return record;
}

static void
test_seal(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) manifest = NULL;
  DsDigest id;
  g_autofree char *case_id = test_home_seal(home, 1, &id);
  g_autoptr(DsRecord) record = open_bundle(home, &id, &manifest);
  DsStore *store = ds_unit_store(home->unit);

  g_assert_cmpstr(record->application->local_number, ==, case_id);
  g_assert_cmpint(record->application->outcome, ==, DS_CASE_OUTCOME_COMPLETE);
  g_assert_cmpstr(g_hash_table_lookup(record->facts, "kinship.case"), ==, "K1");
  g_assert_cmpuint(record->parts->len, ==, 11);
  for (guint i = 0; i < record->parts->len; i++)
    g_assert_true(
        ds_open_part(g_ptr_array_index(record->parts, i), NULL, fetch, store, NULL, NULL, &error));
  g_assert_no_error(error);

  /* this laptop can no longer open it, nor change it, nor seal it twice */
  g_autoptr(GBytes) none = ds_unit_part_bytes(home->unit, case_id, "photo-1", &error);
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_false(ds_unit_case_set(home->unit, case_id, "contact.phone", "12345", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_false(ds_unit_case_seal(home->unit, case_id, &id, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_true(ds_vault_audit_verify(ds_unit_vault(home->unit), NULL, &error));
  g_assert_no_error(error);
}

static void
test_incomplete(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *waiting = test_home_take(home, 6);
  g_autofree char *empty = ds_unit_case_new(home->unit, "t1", 2, "first-application", &error);
  DsDigest id;

  g_assert_false(ds_unit_case_seal(home->unit, waiting, &id, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(ds_unit_case_seal(home->unit, empty, &id, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(ds_unit_case_withdraw(home->unit, empty, "", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_true(ds_unit_case_withdraw(home->unit, empty, "moved away", &error));
  g_assert_true(ds_unit_case_seal(home->unit, empty, &id, &error));
  g_assert_no_error(error);
  g_autoptr(DsManifest) manifest = NULL;
  g_autoptr(DsRecord) record = open_bundle(home, &id, &manifest);
  g_assert_cmpint(record->application->outcome, ==, DS_CASE_OUTCOME_WITHDRAWN);
}

static void
test_damaged(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(home->unit), id, FALSE, &error);
  const DsVaultPart *part = g_ptr_array_index(parts, 0);
  const DsVaultChunk *chunk = &g_array_index(part->chunks, DsVaultChunk, 0);
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest bundle;

  ds_digest_to_hex(&chunk->digest, hex);
  g_autofree char *path = g_strdup_printf("%s/store/objects/%.2s/%s", home->home, hex, hex);
  g_assert_true(g_file_set_contents(path, "not what was written", -1, &error));
  g_assert_false(ds_unit_case_seal(home->unit, id, &bundle, &error));
  g_assert_nonnull(strstr(error->message, "did not read back"));
  g_clear_error(&error);

  /* the other parts can still be opened: nothing was forgotten */
  const DsVaultPart *other = g_ptr_array_index(parts, 1);
  g_autoptr(GBytes) plain = ds_unit_part_bytes(home->unit, id, other->part->id, &error);
  g_assert_no_error(error);
}

static void
test_interrupted(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);
  DsSealing never = {.seq = 1,
                     .case_id = id,
                     .version = 1,
                     .outcome = DS_CASE_OUTCOME_COMPLETE,
                     .pack = (char *)"p",
                     .pack_version = (char *)"1",
                     .day = (char *)"2026-09-01"};
  DsDigest bundle;

  /* noted, but the spool never saw it: the case is as it was */
  g_assert_true(ds_sealing_begin(home->unit, &never, &error));
  test_home_reopen(home);
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, &error);
  g_assert_cmpint(of->state, ==, DS_CASE_DRAFT);
  g_assert_true(ds_unit_case_seal(home->unit, id, &bundle, &error));
  g_assert_no_error(error);
}

static void
test_receipts(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsUnit *unit = home->unit;
  DsDigest id;
  DsPruned pruned;
  guint64 count = 0, bytes = 0;
  g_autofree char *case_id = test_home_seal(home, 1, &id);

  test_home_hear(home, &id, DS_STATE_RECEIVED, NULL);
  test_home_hear(home, &id, DS_STATE_VERIFIED, NULL);
  g_assert_true(ds_unit_prune(unit, &pruned, &error));
  g_assert_cmpuint(pruned.count, ==, 0);
  test_home_hear(home, &id, DS_STATE_DURABLE, NULL);
  g_assert_true(ds_unit_prune(unit, &pruned, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(pruned.count, ==, 1);
  g_assert_true(ds_store_usage(ds_unit_store(unit), &count, &bytes, &error));
  g_assert_cmpuint(count, ==, 0);
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(unit), case_id, &error);
  g_assert_cmpint(of->state, ==, DS_CASE_DURABLE);
}

/* What a crash left of a capture goes with the next prune; what a draft needs stays. */
static void
test_orphans(void)
{
  static const char left[] = "a chunk that was on the disk before the vault knew it";
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsStore *store = ds_unit_store(home->unit);
  g_autoptr(GBytes) bytes = g_bytes_new_static(left, sizeof left);
  const DsDigest orphan = ds_digest_of_bytes(bytes);
  g_autofree char *draft = test_home_take(home, 2);
  guint64 before = 0, after = 0, size = 0;
  DsPruned pruned;

  g_assert_true(ds_store_usage(store, &before, &size, &error));
  g_assert_true(ds_store_put(store, &orphan, bytes, &error));
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(pruned.count, ==, 0);
  g_assert_false(ds_store_has(store, &orphan));
  g_assert_true(ds_store_usage(store, &after, &size, &error));
  g_assert_cmpuint(after, ==, before);
}

/* A broken copy that came first is forgiven once the true bundle arrived. */
static void
test_quarantined_before(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest id;
  g_autofree char *case_id = test_home_seal(home, 1, &id);
  static const DsState said[] = {DS_STATE_QUARANTINED, DS_STATE_RECEIVED, DS_STATE_VERIFIED,
                                 DS_STATE_DURABLE};
  static const DsCaseState wanted[] = {DS_CASE_QUARANTINED, DS_CASE_RECEIVED, DS_CASE_VERIFIED,
                                       DS_CASE_DURABLE};

  for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
    test_home_hear(home, &id, said[i], NULL);
    g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), case_id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(of->state, ==, wanted[i]);
  }
}

/* Applies one statement alone and tells whether it was refused. */
static gboolean
is_refused(TestHome *home, GBytes *statement)
{
  g_autoptr(GError) error = NULL;
  GBytes *const statements[] = {statement};

  test_station_send(home->station, ds_unit_inbox(home->unit), statements, 1);
  g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);
  g_assert_no_error(error);
  return applied->refused == 1;
}

static void
test_bad_receipts(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr(GBytes) request = ds_unit_enrolment(home->unit, &fingerprint, &error);
  g_autoptr(TestStation) other = test_station_new(request);
  TestStation *station = home->station;
  DsDigest id, unknown = {{1, 2, 3}};
  DsPruned pruned;
  g_autofree char *case_id = test_home_seal(home, 1, &id);

  g_autoptr(GBytes) foreign =
      test_station_statement(other, NULL, "unit-07", &id, DS_STATE_DURABLE, NULL);
  g_autoptr(GBytes) for_other =
      test_station_statement(station, NULL, "unit-08", &id, DS_STATE_DURABLE, NULL);
  g_autoptr(GBytes) never_sent =
      test_station_statement(station, NULL, "unit-07", &unknown, DS_STATE_DURABLE, NULL);
  /* the front desk's key cannot make a unit prune */
  g_autoptr(GBytes) online =
      test_station_statement(station, station->intake, "unit-07", &id, DS_STATE_DURABLE, NULL);
  g_assert_true(is_refused(home, foreign));
  g_assert_true(is_refused(home, for_other));
  g_assert_true(is_refused(home, never_sent));
  g_assert_true(is_refused(home, online));
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_cmpuint(pruned.count, ==, 0);
}

/* Late, twice and in any order: one end. */
static void
test_order(void)
{
  static const guint orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
  static const DsState states[] = {DS_STATE_RECEIVED, DS_STATE_VERIFIED, DS_STATE_DURABLE,
                                   DS_STATE_RETURNED};

  for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
    g_autoptr(TestHome) home = test_home_new(TRUE);
    g_autoptr(GError) error = NULL;
    GBytes *statements[4];
    DsDigest id;
    g_autofree char *case_id = test_home_seal(home, 1, &id);

    for (guint j = 0; j < 4; j++)
      statements[j] =
          test_station_statement(home->station, NULL, "unit-07", &id, states[j], "category=photo");
    for (guint j = 0; j < 4; j++) {
      GBytes *const twice[] = {statements[orders[i][j]], statements[orders[i][j]]};
      test_station_send(home->station, ds_unit_inbox(home->unit), twice, 2);
      g_autoptr(DsApplied) applied = ds_unit_apply_inbox(home->unit, &error);
      g_assert_no_error(error);
      g_assert_cmpuint(applied->statements, ==, 1);
      g_assert_cmpuint(applied->replays, ==, 1);
    }
    g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), case_id, &error);
    g_assert_cmpint(of->state, ==, DS_CASE_RETURNED);
    g_autoptr(GHashTable) answer = ds_unit_case_answer(home->unit, case_id, &error);
    g_assert_cmpstr(g_hash_table_lookup(answer, "category"), ==, "photo");
    for (guint j = 0; j < 4; j++)
      g_bytes_unref(statements[j]);
  }
}

static void
test_correction(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(DsManifest) manifest = NULL;
  g_autofree char *person = test_home_person(home, 2);
  g_autofree char *portrait = g_build_filename(person, "portrait.jpg", NULL);
  DsDigest first, second;
  DsPruned pruned;
  g_autofree char *id = test_home_seal(home, 1, &first);

  g_assert_false(ds_unit_case_reopen(home->unit, id, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  test_home_hear(home, &first, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &first, DS_STATE_RETURNED, "category=photo");
  g_assert_true(ds_unit_prune(home->unit, &pruned, &error));
  g_assert_true(ds_unit_case_reopen(home->unit, id, &error));
  g_assert_no_error(error);

  DsCaptureWhat what = {.slot = DS_SLOT_PHOTO, .kind = ""};
  g_autofree char *part = ds_unit_capture_file(home->unit, id, &what, portrait, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(ds_unit_case_seal(home->unit, id, &second, &error));
  g_assert_no_error(error);

  g_autoptr(DsRecord) record = open_bundle(home, &second, &manifest);
  g_assert_true(manifest->has_replaces);
  g_assert_true(ds_digest_equal(&manifest->replaces, &first));
  g_assert_cmpuint(manifest->chunks->len, ==, 1); /* the portrait, nothing else */
  g_assert_cmpuint(record->application->version, ==, 2);
  guint reused = 0;
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *held = g_ptr_array_index(record->parts, i);
    if (held->from_part != NULL) {
      g_assert_true(ds_digest_equal(&held->from_bundle, &first));
      reused++;
    }
  }
  g_assert_cmpuint(reused, ==, 10);

  /* a late word about the first version does not touch the second */
  test_home_hear(home, &first, DS_STATE_ACCEPTED, NULL);
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, &error);
  g_assert_cmpint(of->state, ==, DS_CASE_SEALED);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/seal", test_seal);
  g_test_add_func("/unit/incomplete", test_incomplete);
  g_test_add_func("/unit/damaged", test_damaged);
  g_test_add_func("/unit/interrupted", test_interrupted);
  g_test_add_func("/unit/receipts", test_receipts);
  g_test_add_func("/unit/orphans", test_orphans);
  g_test_add_func("/unit/quarantined-before", test_quarantined_before);
  g_test_add_func("/unit/bad-receipts", test_bad_receipts);
  g_test_add_func("/unit/order", test_order);
  g_test_add_func("/unit/correction", test_correction);
  return g_test_run();
}
