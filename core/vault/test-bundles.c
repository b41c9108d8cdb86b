/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/bundles.h"

#include "base/error.h"
#include "vault/setting.h"
#include "vault/statements.h"
#include "vault/test-bundle-fixture.h"

static void
test_parts(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  DsVault *vault = fixture->vault;

  fixture_case(fixture, "C1");
  g_autofree char *first = add_part(fixture, &disk, "C1", "a");
  g_autofree char *second = add_part(fixture, &disk, "C1", "b");
  g_assert_cmpstr(first, ==, "photo-1");
  g_assert_cmpstr(second, ==, "photo-2");
  fixture_reopen(fixture);
  vault = fixture->vault;
  g_autoptr(DsVaultPart) part = ds_vault_part(vault, "C1", "photo-1", &error);
  g_assert_no_error(error);
  g_assert_cmpint(part->part->slot, ==, DS_SLOT_PHOTO);
  g_assert_cmpstr(part->part->media_type, ==, "image/jpeg");
  g_assert_cmpuint(part->part->size, ==, 12345);
  g_assert_cmpstr(ds_part_attribute(part->part, "device"), ==, "camera 1");
  g_assert_cmpuint(ds_secret_size(part->key), ==, 32);
  g_assert_cmpuint(part->chunks->len, ==, 2);
  g_assert_true(ds_store_has(disk.store, &g_array_index(part->chunks, DsVaultChunk, 1).digest));
  g_assert_cmpuint(g_array_index(part->chunks, DsVaultChunk, 1).size, ==, 8);
  g_assert_false(part->carried || part->superseded);

  g_assert_false(ds_vault_add_part(vault, "C1", NULL, part, "P1", &error));
  assert_message(&error, DS_ERROR_EXISTS, "case C1 has a part photo-1 already");
  g_assert_false(ds_vault_add_part(vault, "C9", NULL, part, "P1", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "there is no case C9");
  g_assert_null(ds_vault_part(vault, "C1", "photo-9", &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "case C1 has no part photo-9");
  g_assert_true(ds_vault_set_part_attribute(vault, "C1", "photo-1", "device", NULL, &error));
  g_assert_true(
      ds_vault_set_part_attribute(vault, "C1", "photo-1", "measure.width", "358", &error));
  g_assert_true(ds_vault_drop_part_keys(vault, "C1", &error));
  g_autoptr(DsVaultPart) changed = ds_vault_part(vault, "C1", "photo-1", &error);
  g_assert_null(ds_part_attribute(changed->part, "device"));
  g_assert_cmpstr(ds_part_attribute(changed->part, "measure.width"), ==, "358");
  g_assert_null(changed->key);
  close_disk(&disk);
}

static void
test_retaken(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  DsVault *vault = fixture->vault;
  gboolean known = FALSE;

  fixture_case(fixture, "C1");
  g_autofree char *first = add_part(fixture, &disk, "C1", "a");
  g_autofree char *second = add_part(fixture, &disk, "C1", "b");
  g_assert_true(ds_vault_supersede_part(vault, "C1", first, "eyes closed", "P1", &error));
  g_assert_no_error(error);
  g_autoptr(GPtrArray) current = ds_vault_parts(vault, "C1", FALSE, &error);
  g_autoptr(GPtrArray) all = ds_vault_parts(vault, "C1", TRUE, &error);
  g_assert_cmpuint(current->len, ==, 1);
  g_assert_cmpuint(all->len, ==, 2);
  g_assert_null(((const DsVaultPart *)all->pdata[0])->key);

  g_autoptr(GArray) loose = ds_vault_unreferenced_chunks(vault, NULL, &error);
  g_autoptr(GArray) others = ds_vault_unreferenced_chunks(vault, "C9", &error);
  g_assert_cmpuint(loose->len, ==, 2);
  g_assert_cmpuint(others->len, ==, 0);
  g_assert_true(ds_vault_chunk_is_known(vault, &g_array_index(loose, DsVaultChunk, 0).digest,
                                        &known, &error));
  g_assert_true(known);
  g_assert_true(ds_vault_forget_chunks(vault, loose, &error));
  g_assert_true(ds_vault_chunk_is_known(vault, &g_array_index(loose, DsVaultChunk, 0).digest,
                                        &known, &error));
  g_assert_false(known);
  g_autoptr(GArray) none = ds_vault_unreferenced_chunks(vault, NULL, &error);
  g_assert_cmpuint(none->len, ==, 0);
  g_autofree char *next = ds_vault_next_part_id(vault, "C1", DS_SLOT_PHOTO, &error);
  g_assert_cmpstr(next, ==, "photo-3"); /* never an id that was there once */
  g_autofree char *joint = ds_vault_next_part_id(vault, "C1", DS_SLOT_JOINT_PHOTO, &error);
  g_assert_cmpstr(joint, ==, "joint-photo-1");

  g_assert_true(ds_vault_shred_case(vault, "C1", "withdrawn", "unit", &error));
  g_autoptr(GArray) after = ds_vault_unreferenced_chunks(vault, "C1", &error);
  g_assert_cmpuint(after->len, ==, 2);
  g_autoptr(DsVaultPart) shredded = ds_vault_part(vault, "C1", second, &error);
  g_assert_null(shredded->key);
  g_assert_null(ds_part_attribute(shredded->part, "device"));
  close_disk(&disk);
}

static void
test_chain_of_bundles(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  DsVault *vault = fixture->vault;
  guint64 seq = 0;
  gboolean has_prev = TRUE;
  DsDigest prev;

  g_assert_true(ds_vault_next_bundle(vault, &seq, &has_prev, &prev, &error));
  g_assert_cmpuint(seq, ==, 1);
  g_assert_false(has_prev);
  fixture_case(fixture, "C1");
  g_autofree char *first_part = add_part(fixture, &disk, "C1", "a");
  g_autoptr(DsVaultBundle) first = seal(fixture, &disk, "C1");
  g_assert_true(ds_vault_add_bundle(vault, first, FALSE, "P1", &error)); /* again */
  g_autofree char *second_part = add_part(fixture, &disk, "C1", "b");
  g_autoptr(DsVaultBundle) second = make_bundle(fixture, &disk, "C1");
  g_assert_cmpuint(second->seq, ==, 2);
  g_assert_cmpuint(second->chunks->len, ==, 2); /* only what is new travels */
  g_assert_true(second->has_prev && ds_digest_equal(&second->prev, &first->id));

  second->seq = 3;
  g_assert_false(ds_vault_add_bundle(vault, second, FALSE, "P1", &error));
  assert_message(&error, DS_ERROR_INVALID, "bundle number 3 does not follow the last one");
  second->seq = 1;
  g_assert_false(ds_vault_add_bundle(vault, second, FALSE, "P1", &error));
  assert_message(&error, DS_ERROR_EXISTS, "bundle number 1 or its id is taken");
  second->seq = 2;
  second->prev.bytes[0] ^= 1;
  g_assert_false(ds_vault_add_bundle(vault, second, FALSE, "P1", &error));
  assert_message(&error, DS_ERROR_INVALID, "does not follow the last one");
  second->prev.bytes[0] ^= 1;
  g_assert_true(ds_vault_add_bundle(vault, second, FALSE, "P1", &error));

  g_autoptr(DsVaultPart) carried = ds_vault_part(vault, "C1", first_part, &error);
  g_assert_true(carried->carried && ds_digest_equal(&carried->bundle, &first->id));
  g_autoptr(DsVaultBundle) newest = ds_vault_case_bundle(vault, "C1", &error);
  g_assert_cmpuint(newest->seq, ==, 2);
  g_assert_cmpuint(newest->chunks->len, ==, 2);
  g_autoptr(DsVaultBundle) none = ds_vault_case_bundle(vault, "C9", &error);
  g_assert_null(none);
  g_assert_no_error(error);
  g_autoptr(GPtrArray) all = ds_vault_bundles(vault, "C1", &error);
  g_assert_cmpuint(all->len, ==, 2);
  g_assert_null(ds_vault_bundle(vault, &first->manifest_sha256, &error));
  assert_message(&error, DS_ERROR_NOT_FOUND, "this unit sealed no bundle");
  g_assert_true(ds_vault_audit_verify(vault, NULL, &error));
  close_disk(&disk);
}

/* A journal cut off at the end is whole in itself; the head in a bundle tells. */
static void
test_heads(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);
  guint64 first_bad = 0;

  fixture_case(fixture, "C1");
  for (int i = 0; i < 3; i++)
    g_assert_true(ds_vault_log(fixture->vault, NULL, NULL, "tick", NULL, "unit", &error));
  g_autoptr(DsVaultBundle) bundle = seal(fixture, &disk, "C1");
  g_assert_cmpuint(bundle->head.index, ==, 4);
  g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
  fixture_tamper(fixture, "DELETE FROM journal WHERE entry >= 3");
  g_assert_false(ds_vault_audit_verify(fixture->vault, &first_bad, &error));
  assert_message(&error, DS_ERROR_REFUSED, "entry 3 is missing, a sealed bundle names it");
  g_assert_cmpuint(first_bad, ==, 3);
  /* written anew from there, it holds but for the head */
  for (int i = 0; i < 3; i++)
    g_assert_true(ds_vault_log(fixture->vault, NULL, NULL, "tock", NULL, "unit", &error));
  g_assert_false(ds_vault_audit_verify(fixture->vault, &first_bad, &error));
  assert_message(&error, DS_ERROR_REFUSED, "entry 4 is not the one a sealed bundle names");
  close_disk(&disk);
}

static void
test_rebuild(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Disk disk = open_disk(fixture);

  fixture_case(fixture, "C1");
  g_autoptr(DsVaultBundle) first = seal(fixture, &disk, "C1");
  fixture_case(fixture, "C2");
  g_autoptr(DsVaultBundle) second = seal(fixture, &disk, "C2");
  g_clear_pointer(&fixture->vault, ds_vault_close);
  g_assert_true(ds_vault_set_aside_database(fixture->home, "test", fixture->passphrase, &error));
  fixture->vault = ds_vault_open(fixture->home, "test", fixture->passphrase, &error);

  say(fixture, 1, second, DS_VAULT_RECEIPT_DURABLE); /* before its bundle is known again */
  g_assert_true(ds_vault_add_bundle(fixture->vault, second, TRUE, "unit", &error));
  g_assert_true(ds_vault_add_bundle(fixture->vault, first, TRUE, "unit", &error));
  g_assert_no_error(error);
  g_autoptr(DsVaultBundle) back = ds_vault_bundle(fixture->vault, &second->id, &error);
  g_assert_cmpint(ds_vault_bundle_receipt(back), ==, DS_VAULT_RECEIPT_DURABLE);
  g_assert_cmpuint(back->head.index, ==, 0); /* of a journal that is gone */
  g_autoptr(GPtrArray) prunable = ds_vault_prunable(fixture->vault, &error);
  g_assert_cmpuint(prunable->len, ==, 1);
  g_autoptr(DsVaultBundle) third = make_bundle(fixture, &disk, "C3");
  g_assert_cmpuint(third->seq, ==, 3);
  g_assert_true(ds_vault_audit_verify(fixture->vault, NULL, &error));
  g_assert_no_error(error);
  close_disk(&disk);
}

static void
test_statements(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static("signed", 6);
  g_autoptr(GBytes) resigned = g_bytes_new_static("signed again", 12);
  Disk disk = open_disk(fixture);
  guint64 seq = 99;
  gint64 time = 0;
  gboolean fresh = FALSE;

  fixture_case(fixture, "C1");
  g_autoptr(DsVaultBundle) bundle = seal(fixture, &disk, "C1");
  DsVaultStatement statement = {.seq = 3,
                                .bundle = bundle->id,
                                .state = 3,
                                .station_us = 5000,
                                .bytes = bytes,
                                .detail = bytes};
  g_assert_true(ds_vault_add_statement(fixture->vault, &statement, &fresh, &error));
  g_assert_true(fresh);
  g_assert_true(ds_vault_statement_seq(fixture->vault, &seq, &error));
  g_assert_cmpuint(seq, ==, 0); /* 1 and 2 are missing */
  g_assert_true(ds_vault_statement_last(fixture->vault, &seq, &error));
  g_assert_cmpuint(seq, ==, 3);
  g_assert_true(ds_vault_add_statement(fixture->vault, &statement, &fresh, &error));
  g_assert_false(fresh); /* replayed */
  statement.bytes = resigned;
  g_assert_true(ds_vault_add_statement(fixture->vault, &statement, &fresh, &error));
  g_assert_false(fresh);
  statement.state = 4;
  g_assert_false(ds_vault_add_statement(fixture->vault, &statement, &fresh, &error));
  assert_message(&error, DS_ERROR_EXISTS,
                 "statement 3 was applied already and said something else");
  statement.state = 32;
  g_assert_false(ds_vault_add_statement(fixture->vault, &statement, &fresh, &error));
  assert_message(&error, DS_ERROR_INVALID, "both count from 1");

  say(fixture, 1, bundle, DS_VAULT_RECEIPT_RECEIVED);
  g_assert_true(ds_vault_statement_seq(fixture->vault, &seq, &error));
  g_assert_cmpuint(seq, ==, 1);
  say(fixture, 2, bundle, DS_VAULT_RECEIPT_VERIFIED);
  g_assert_true(ds_vault_statement_seq(fixture->vault, &seq, &error));
  g_assert_cmpuint(seq, ==, 3);
  g_assert_true(ds_vault_station_time(fixture->vault, &time, &error));
  g_assert_cmpint(time, ==, 5000);
  g_autoptr(DsVaultBundle) now = ds_vault_bundle(fixture->vault, &bundle->id, &error);
  g_assert_cmpint(ds_vault_bundle_receipt(now), ==, DS_VAULT_RECEIPT_DURABLE);
  g_assert_cmpuint(now->receipts, ==, 2 + 4 + 8);
  g_autoptr(GPtrArray) all = ds_vault_statements(fixture->vault, &bundle->id, &error);
  g_assert_cmpuint(all->len, ==, 3);
  g_assert_nonnull(((const DsVaultStatement *)all->pdata[2])->detail);
  g_assert_null(((const DsVaultStatement *)all->pdata[0])->detail);
  close_disk(&disk);
}

/* Every order of the same statements, doubled, ends in the same state. */
static void
test_statement_order(Fixture *fixture, gconstpointer data)
{
  static const int orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                   {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
  Disk disk = open_disk(fixture);

  for (gsize o = 0; o < G_N_ELEMENTS(orders); o++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *id = g_strdup_printf("C%" G_GSIZE_FORMAT, o);
    fixture_case(fixture, id);
    g_autoptr(DsVaultBundle) bundle = seal(fixture, &disk, id);
    for (int twice = 0; twice < 2; twice++)
      for (int i = 0; i < 3; i++)
        say(fixture, o * 3 + (guint64)orders[o][i], bundle, orders[o][i]);
    g_autoptr(DsVaultBundle) now = ds_vault_bundle(fixture->vault, &bundle->id, &error);
    g_assert_cmpuint(now->receipts, ==, 2 + 4 + 8);
  }
  close_disk(&disk);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("/bundles/parts", test_parts);
  ADD("/bundles/retaken", test_retaken);
  ADD("/bundles/chain", test_chain_of_bundles);
  ADD("/bundles/heads", test_heads);
  ADD("/bundles/rebuild", test_rebuild);
  ADD("/bundles/statements", test_statements);
  ADD("/bundles/statement-order", test_statement_order);
  return g_test_run();
}
