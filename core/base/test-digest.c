/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/digest.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
test_known(void)
{
  char hex[DS_DIGEST_HEX_SIZE];
  g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
  g_autoptr(GBytes) none = g_bytes_new_static(NULL, 0);
  DsDigest abc = ds_digest_of("abc", 3);
  DsDigest same = ds_digest_of_bytes(bytes), empty = ds_digest_of_bytes(none);
  g_autofree char *copy = ds_digest_dup_hex(&same);

  g_assert_cmpstr(ds_digest_to_hex(&abc, hex), ==, ABC);
  g_assert_cmpstr(copy, ==, ABC);
  g_assert_cmpstr(ds_digest_to_hex(&empty, hex), ==, EMPTY);
  g_assert_true(ds_digest_equal(&abc, &same));
  g_assert_false(ds_digest_equal(&abc, &empty));
  g_assert_cmpint(ds_digest_compare(&abc, &empty), <, 0);
  g_assert_cmpint(ds_digest_compare(&abc, &same), ==, 0);
}

static void
test_pieces(void)
{
  g_autoptr(DsHasher) hasher = ds_hasher_new();
  char hex[DS_DIGEST_HEX_SIZE];

  ds_hasher_update(hasher, "a", 1);
  ds_hasher_update(hasher, "", 0);
  ds_hasher_update(hasher, "bc", 2);
  DsDigest digest = ds_hasher_finish(hasher);
  g_assert_cmpstr(ds_digest_to_hex(&digest, hex), ==, ABC);
  g_autoptr(DsHasher) unfinished = ds_hasher_new();
  ds_hasher_update(unfinished, "a", 1);
  ds_hasher_free(NULL);
}

static void
test_in_a_table(void)
{
  g_autoptr(GHashTable) table = g_hash_table_new(ds_digest_hash, ds_digest_equal_p);
  DsDigest one = ds_digest_of("1", 1), two = ds_digest_of("2", 1), again = ds_digest_of("1", 1);

  g_hash_table_add(table, &one);
  g_assert_true(g_hash_table_contains(table, &again));
  g_assert_false(g_hash_table_contains(table, &two));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/digest/known", test_known);
  g_test_add_func("/digest/pieces", test_pieces);
  g_test_add_func("/digest/in-a-table", test_in_a_table);
  return g_test_run();
}
