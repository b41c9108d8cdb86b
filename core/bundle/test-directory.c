/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/directory.h"

#include <string.h>

#include "base/error.h"
#include "bundle/test-world.h"

static void
test_round_trip(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_directory_sign(w->directory, w->root, &error);
  const DsDigest pin = ds_key_digest(w->root);
  g_autoptr(DsDirectory) first = ds_directory_verify(bytes, NULL, 0, 0, &error);
  g_autoptr(DsDirectory) read = ds_directory_verify(bytes, &pin, 1, 7, &error);
  g_autoptr(GPtrArray) recipients = NULL;
  g_autoptr(DsDirectory) copy = NULL;
  g_autoptr(GBytes) again = NULL;

  g_assert_no_error(error);
  g_assert_nonnull(first);
  g_assert_cmpstr(read->station, ==, "rugao-3");
  g_assert_cmpuint(read->version, ==, 7);
  g_assert_cmpuint(read->units->len, ==, 2);
  g_assert_cmpstr(((DsUnitEntry *)read->units->pdata[0])->id, ==, "unit-1");
  g_assert_cmpstr(ds_directory_find_officer(read, "036881")->name, ==, "李四");
  g_assert_true(ds_key_equal(ds_directory_find_unit(read, "unit-1")->encrypt, w->unit_encrypt));
  g_assert_null(ds_directory_find_unit(read, "unit-3"));
  g_assert_cmpuint(ds_directory_find_receipt_key(read, ds_key_kid(w->online))->states, ==,
                   DS_STATES_ONLINE);
  g_assert_null(ds_directory_find_dispatch_key(read, ds_key_kid(w->online)));
  g_assert_cmpuint(read->copies, ==, 2);
  recipients = ds_directory_record_recipients(read);
  g_assert_cmpuint(recipients->len, ==, 2);
  g_assert_true(ds_digest_equal(&read->digest, &w->directory->digest));
  copy = ds_directory_copy(read);
  again = ds_directory_sign(copy, w->root, &error);
  g_assert_no_error(error);
  g_assert_true(ds_digest_equal(&read->digest, &copy->digest));
  g_assert_false(ds_directory_is_expired(read, 1819999999999999));
  g_assert_true(ds_directory_is_expired(read, 1820000000000000));
}

static void
test_trust(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_directory_sign(w->directory, w->root, &error);
  const DsDigest stranger = ds_key_digest(w->stranger);
  const DsDigest both[] = {stranger, ds_key_digest(w->root)};
  g_autoptr(DsDirectory) read = NULL;

  g_assert_null(ds_directory_verify(bytes, &stranger, 1, 0, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "another station's root key"));
  g_clear_error(&error);
  g_assert_null(ds_directory_verify(bytes, both, 2, 8, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_cmpstr(error->message, ==, "directory: version 7 is older than 8, which is known here");
  g_clear_error(&error);
  read = ds_directory_verify(bytes, both, 2, 7, &error);
  g_assert_no_error(error);
  g_assert_null(ds_directory_sign(w->directory, w->stranger, &error));
  g_assert_nonnull(strstr(error->message, "a key it does not name"));
}

static void
test_next_root(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsDirectory) read = NULL;

  w->directory->next_root = ds_key_ref(w->stranger);
  bytes = ds_directory_sign(w->directory, w->root, &error);
  g_assert_no_error(error);
  read = ds_directory_verify(bytes, NULL, 0, 0, &error);
  g_assert_no_error(error);
  g_assert_true(ds_key_equal(read->next_root, w->stranger));
}

static void
test_flipped(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_directory_sign(w->directory, w->root, &error);
  const DsDigest pin = ds_key_digest(w->root);
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);

  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *copy = g_memdup2(data, size);
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) refusal = NULL;

    copy[i] ^= (guint8)(1 << (i % 8));
    changed = g_bytes_new(copy, size);
    g_assert_null(ds_directory_verify(changed, &pin, 1, 0, &refusal));
    g_assert_nonnull(refusal);
  }
}

static void
test_retired_receipt_key(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  DsReceiptKey *receipt = w->directory->receipt_keys->pdata[1];

  receipt->retired_us = 1790000000000001;
  g_autoptr(GBytes) bytes = ds_directory_sign(w->directory, w->root, &error);
  g_autoptr(DsDirectory) read = ds_directory_verify(bytes, NULL, 0, 0, &error);
  g_assert_no_error(error);
  g_autoptr(DsDirectory) copy = ds_directory_copy(read);
  receipt = copy->receipt_keys->pdata[1];
  g_assert_cmpint(receipt->retired_us, ==, 1790000000000001);
  g_assert_cmpuint(receipt->states, ==, DS_STATES_ONLINE);
  receipt = copy->receipt_keys->pdata[0];
  g_assert_cmpint(receipt->retired_us, ==, 0);
}

static void
expect_not_signed(World *w, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_directory_sign(w->directory, w->root, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_bad_values(World *w, gconstpointer unused)
{
  w->directory->suite = 2;
  expect_not_signed(w, DS_ERROR_UNSUPPORTED, "directory: suite: byte");
  w->directory->suite = 1;
  w->directory->format = 9;
  expect_not_signed(w, DS_ERROR_UNSUPPORTED, "format 9 is not known here");
  w->directory->format = 1;
  w->directory->version = 0;
  expect_not_signed(w, DS_ERROR_INVALID, "versions begin with 1");
  w->directory->version = 1;
  w->directory->copies = 0;
  expect_not_signed(w, DS_ERROR_INVALID, "0 copies");
  w->directory->copies = 1;
  g_free(w->directory->station);
  w->directory->station = g_strdup("Rugao");
  expect_not_signed(w, DS_ERROR_INVALID, "directory: station: byte");
  g_free(w->directory->station);
  w->directory->station = g_strdup("rugao");
  ds_directory_add_officer(w->directory, "036882", "王五", DS_ROLE_OFFICER, w->unit_sign);
  expect_not_signed(w, DS_ERROR_INVALID, "have the same signing key");
  g_ptr_array_set_size(w->directory->officers, 1);
  ds_directory_add_unit(w->directory, "unit-1", "again", w->root, w->root);
  expect_not_signed(w, DS_ERROR_INVALID, "directory: units[1].id: byte");
  g_ptr_array_set_size(w->directory->recipients, 0);
  expect_not_signed(w, DS_ERROR_INVALID, "directory: recipients: byte");
}

static void
test_revoked_officer_has_a_new_key(World *w, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DsDirectory) read = NULL;
  DsKey *fresh = w->recovery;

  ((DsOfficerEntry *)w->directory->officers->pdata[0])->revoked_us = 5;
  ds_directory_add_officer(w->directory, "036881", "李四", DS_ROLE_OFFICER, fresh);
  bytes = ds_directory_sign(w->directory, w->root, &error);
  g_assert_no_error(error);
  read = ds_directory_verify(bytes, NULL, 0, 0, &error);
  g_assert_no_error(error);
  g_assert_true(ds_key_equal(ds_directory_find_officer(read, "036881")->key, fresh));
  g_assert_cmpint(ds_directory_find_officer_key(read, ds_key_kid(w->officer))->revoked_us, ==, 5);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add("/bundle/directory/" name, World, NULL, world_set_up, func, world_tear_down)
  ADD("round-trip", test_round_trip);
  ADD("trust", test_trust);
  ADD("next-root", test_next_root);
  ADD("flipped", test_flipped);
  ADD("retired-receipt-key", test_retired_receipt_key);
  ADD("bad-values", test_bad_values);
  ADD("revoked-officer-has-a-new-key", test_revoked_officer_has_a_new_key);
  return g_test_run();
}
