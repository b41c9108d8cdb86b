/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vault/pin.h"

#include <string.h>

#include "base/error.h"

static DsSecret *
secret(const char *text)
{
  return ds_secret_from_bytes(text, strlen(text));
}

static void
test_wrap(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) key = secret("thirty-two bytes of a private key");
  g_autoptr(DsSecret) pin = secret("490213"), other = secret("490214"), small = secret("49021");
  g_autoptr(GBytes) wrapped = ds_pin_wrap(key, pin, "P1", DS_SLOTS_COST_LIGHT, &error);

  g_assert_no_error(error);
  g_autoptr(DsSecret) again = ds_pin_unwrap(wrapped, pin, "P1", &error);
  g_assert_no_error(error);
  g_assert_true(ds_secret_equal(again, key));
  g_assert_null(ds_pin_unwrap(wrapped, other, "P1", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_LOCKED);
  g_clear_error(&error);
  /* somebody else's key under one's own name and PIN */
  g_assert_null(ds_pin_unwrap(wrapped, pin, "P2", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_LOCKED);
  g_clear_error(&error);
  g_assert_null(ds_pin_wrap(key, small, "P1", DS_SLOTS_COST_LIGHT, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "at least 6"));
}

static void
test_damaged(void)
{
  g_autoptr(DsSecret) key = secret("key"), pin = secret("490213");
  g_autoptr(GBytes) wrapped = ds_pin_wrap(key, pin, "P1", DS_SLOTS_COST_LIGHT, NULL);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(wrapped, &size);

  for (gsize i = 0; i < size; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *copy = g_memdup2(data, size);
    copy[i] ^= 0x01;
    g_autoptr(GBytes) bad = g_bytes_new(copy, size);
    g_autoptr(DsSecret) none = ds_pin_unwrap(bad, pin, "P1", &error);
    g_assert_null(none);
    g_assert_nonnull(error);
  }
  for (gsize cut = 0; cut < size; cut += 7) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bad = g_bytes_new(data, cut);
    g_assert_null(ds_pin_unwrap(bad, pin, "P1", &error));
    g_assert_nonnull(error);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ds_secret_process_init();
  g_test_add_func("/pin/wrap", test_wrap);
  g_test_add_func("/pin/damaged", test_damaged);
  return g_test_run();
}
