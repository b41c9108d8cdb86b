/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/slots.h"

#include <string.h>

#include "base/error.h"
#include "vault/derive.h"

static void
assert_message(GError **error, int code, const char *part)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
  g_clear_error(error);
}

static DsSecret *
secret_of(const char *text)
{
  return ds_secret_from_bytes(text, strlen(text));
}

static GBytes *
make_file(DsSecret *master, const char *text, gboolean recovery)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSlots) slots = ds_slots_new();
  g_autoptr(DsSecret) passphrase = secret_of(text);
  g_autoptr(GBytes) blob = g_bytes_new_static("wrapped for the station", 23);

  g_assert_true(ds_slots_set_passphrase(slots, master, passphrase, DS_SLOTS_COST_LIGHT, &error));
  if (recovery)
    g_assert_true(ds_slots_set_recovery(slots, blob, &error));
  GBytes *file = ds_slots_encode(slots, master, &error);
  g_assert_no_error(error);
  return file;
}

static void
test_round_trip(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) right = secret_of("密码 one");
  g_autoptr(DsSecret) wrong = secret_of("密码 two");
  g_autoptr(GBytes) file = make_file(master, "密码 one", TRUE);
  g_autoptr(DsSlots) slots = ds_slots_parse(file, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(ds_slots_count_passphrases(slots), ==, 1);
  g_assert_cmpuint(strlen(ds_slots_id(slots)), ==, 32);
  g_assert_cmpuint(g_bytes_get_size(ds_slots_recovery(slots)), ==, 23);
  g_autoptr(DsSecret) back = ds_slots_unlock(slots, right, &error);
  g_assert_no_error(error);
  g_assert_true(ds_secret_equal(back, master));
  g_assert_null(ds_slots_unlock(slots, wrong, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase");

  g_assert_true(ds_slots_set_passphrase(slots, master, wrong, DS_SLOTS_COST_LIGHT, &error));
  g_assert_cmpuint(ds_slots_count_passphrases(slots), ==, 1);
  g_autoptr(GBytes) changed = ds_slots_encode(slots, master, &error);
  g_autoptr(DsSlots) again = ds_slots_parse(changed, &error);
  g_assert_cmpstr(ds_slots_id(slots), ==, ds_slots_id(again));
  g_assert_null(ds_slots_unlock(again, right, &error));
  assert_message(&error, DS_ERROR_LOCKED, "wrong passphrase");
  g_autoptr(DsSecret) now = ds_slots_unlock(again, wrong, &error);
  g_assert_true(ds_secret_equal(now, master));
}

/* Whatever bit changes, the file does not open, and nothing crashes. */
static void
test_every_bit_counts(void)
{
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) passphrase = secret_of("one");
  g_autoptr(GBytes) file = make_file(master, "one", TRUE);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(file, &size);
  guint opened_far = 0;

  for (gsize i = 0; i < size; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *copy = g_memdup2(data, size);
    copy[i] ^= 1 << (i % 8);
    g_autoptr(GBytes) changed = g_bytes_new(copy, size);
    g_autoptr(DsSlots) slots = ds_slots_parse(changed, &error);
    if (slots == NULL) {
      g_assert_true(error->code == DS_ERROR_INVALID || error->code == DS_ERROR_UNSUPPORTED ||
                    error->code == DS_ERROR_TOO_LARGE);
      continue;
    }
    /* a changed cost may ask for a GiB: the check of the mac tells the same and is free */
    g_assert_false(ds_slots_check(slots, master, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
    opened_far++;
  }
  g_assert_cmpuint(opened_far, >, 100);
  g_autoptr(DsSlots) whole = ds_slots_parse(file, NULL);
  g_autoptr(DsSecret) back = ds_slots_unlock(whole, passphrase, NULL);
  g_assert_nonnull(back);
}

static void
test_truncated(void)
{
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(GBytes) file = make_file(master, "one", FALSE);

  for (gsize size = 0; size < g_bytes_get_size(file); size++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) head = g_bytes_new_from_bytes(file, 0, size);
    g_assert_null(ds_slots_parse(head, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  }
}

static void
test_slots_exchanged(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) other = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) passphrase = secret_of("one");
  g_autoptr(GBytes) file = make_file(master, "one", TRUE);
  g_autoptr(DsSlots) slots = ds_slots_parse(file, NULL);
  g_autoptr(GBytes) foreign = g_bytes_new_static("wrapped for a thief", 19);

  /* somebody without the master key swaps the recovery slot */
  g_assert_true(ds_slots_set_recovery(slots, foreign, &error));
  g_autoptr(GBytes) swapped = ds_slots_encode(slots, other, &error);
  g_autoptr(DsSlots) read = ds_slots_parse(swapped, &error);
  g_assert_null(ds_slots_unlock(read, passphrase, &error));
  assert_message(&error, DS_ERROR_REFUSED, "were changed by somebody without the key");
}

static void
test_limits(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSlots) slots = ds_slots_new();
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(DsSecret) empty = ds_secret_new(0);
  g_autoptr(DsSecret) half = ds_secret_random(16);
  g_autoptr(GBytes) big = g_bytes_new_take(g_malloc0(65537), 65537);

  g_assert_false(ds_slots_set_passphrase(slots, master, empty, DS_SLOTS_COST_LIGHT, &error));
  assert_message(&error, DS_ERROR_INVALID, "the passphrase is empty");
  g_assert_false(ds_slots_set_passphrase(slots, half, master, DS_SLOTS_COST_LIGHT, &error));
  assert_message(&error, DS_ERROR_INVALID, "32 bytes, not 16");
  g_assert_false(ds_slots_set_recovery(slots, big, &error));
  assert_message(&error, DS_ERROR_INVALID, "not 65537");
  g_assert_null(ds_slots_recovery(slots));
  g_assert_true(ds_slots_set_recovery(slots, NULL, &error));
}

static void
test_newer_version(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) master = ds_secret_random(DS_SLOTS_MASTER_SIZE);
  g_autoptr(GBytes) file = make_file(master, "one", FALSE);
  gsize size = 0;
  g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(file, &size), g_bytes_get_size(file));

  g_assert_cmpuint(copy[2], ==, 1); /* map of 4, key 1, version 1 */
  copy[2] = 2;
  g_autoptr(GBytes) newer = g_bytes_new(copy, size);
  g_assert_null(ds_slots_parse(newer, &error));
  assert_message(&error, DS_ERROR_UNSUPPORTED, "version 2 is not known here");
}

/* RFC 5869's third case has no salt either, but its key is 22 bytes and its info empty. */
static void
test_hkdf(void)
{
  static const guint8 expected[DS_DERIVED_KEY_SIZE] = {
      0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80,
      0x2a, 0x06, 0x3c, 0x5a, 0x31, 0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1,
      0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d};
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) master = ds_secret_new(22);

  memset(ds_secret_data(master), 0x0b, 22);
  g_autoptr(DsSecret) key = ds_derive_key(master, "", &error);
  g_assert_no_error(error);
  g_assert_cmpmem(ds_secret_data(key), ds_secret_size(key), expected, sizeof expected);
  g_autoptr(DsSecret) other = ds_derive_key(master, "doorstep/vault/db/1", &error);
  g_assert_false(ds_secret_equal(key, other));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/slots/round-trip", test_round_trip);
  g_test_add_func("/slots/every-bit-counts", test_every_bit_counts);
  g_test_add_func("/slots/truncated", test_truncated);
  g_test_add_func("/slots/exchanged", test_slots_exchanged);
  g_test_add_func("/slots/limits", test_limits);
  g_test_add_func("/slots/newer-version", test_newer_version);
  g_test_add_func("/slots/hkdf", test_hkdf);
  return g_test_run();
}
