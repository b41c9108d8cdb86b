/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/key.h"

#include <string.h>

#include "base/error.h"

/* RFC 6979 A.2.5, a published key. */
static const guint8 known_private[32] = {
    0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93,
    0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21};
static const char *known_x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
/* Its signature of "sample" with SHA-256. */
static const char *known_r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
static const char *known_s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

static void
from_hex(const char *hex, guint8 *out)
{
  for (gsize i = 0; hex[2 * i] != '\0'; i++)
    out[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
}

static DsKey *
known_key(void)
{
  g_autoptr(DsSecret) number = ds_secret_from_bytes(known_private, sizeof known_private);
  g_autoptr(GError) error = NULL;
  DsKey *key = ds_key_from_private(number, &error);

  g_assert_no_error(error);
  return key;
}

static void
test_published(void)
{
  g_autoptr(DsKey) key = known_key();
  g_autoptr(GError) error = NULL;
  gsize size;
  const guint8 *cose = g_bytes_get_data(ds_key_cose(key), &size);
  const DsDigest digest = ds_digest_of(cose, size);
  guint8 x[32], signature[64];

  from_hex(known_x, x);
  g_assert_cmpuint(size, ==, DS_KEY_COSE_SIZE);
  g_assert_cmpmem(cose, 10, "\xa4\x01\x02\x20\x01\x21\x58\x20\x60\xfe", 10);
  g_assert_cmpmem(cose + 8, 32, x, 32);
  g_assert_cmpmem(ds_key_kid(key)->bytes, 8, digest.bytes, 8);
  from_hex(known_r, signature);
  from_hex(known_s, signature + 32);
  g_assert_true(ds_key_verify(key, "sample", 6, signature, 64, &error));
  g_assert_no_error(error);
  g_assert_false(ds_key_verify(key, "Sample", 6, signature, 64, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

static void
test_sign_verify(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsKey) key = ds_key_generate(&error);
  g_autoptr(DsKey) other = ds_key_generate(&error);
  g_autoptr(DsKey) half = ds_key_public(key);
  guint8 signature[65] = {0};

  g_assert_no_error(error);
  g_assert_true(ds_key_equal(key, half));
  g_assert_false(ds_key_has_private(half));
  g_assert_null(ds_key_dup_private(half));
  for (guint i = 0; i < 16; i++) {
    g_assert_true(ds_key_sign(key, &i, sizeof i, signature, &error));
    g_assert_true(ds_key_verify(half, &i, sizeof i, signature, 64, &error));
  }
  g_assert_false(ds_key_verify(other, "x", 1, signature, 64, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  for (gsize size = 0; size <= 65; size += 13) {
    g_assert_false(ds_key_verify(half, "x", 1, signature, size, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "instead of 64"));
    g_clear_error(&error);
  }
  memset(signature, 0, sizeof signature);
  g_assert_false(ds_key_verify(half, "x", 1, signature, 64, &error));
  g_clear_error(&error);
  memset(signature, 0xff, sizeof signature);
  g_assert_false(ds_key_verify(half, "x", 1, signature, 64, &error));
  g_clear_error(&error);
  g_assert_false(ds_key_sign(half, "x", 1, signature, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
  g_assert_nonnull(strstr(error->message, "only its public half"));
}

static void
test_bad_private(void)
{
  const gsize sizes[] = {0, 31, 33};
  guint8 numbers[3][32] = {{0}};

  memset(numbers[1], 0xff, 32);
  from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", numbers[2]);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(DsSecret) secret = ds_secret_from_bytes(numbers[i], 32);
    g_autoptr(DsSecret) odd = ds_secret_new(sizes[i]);
    g_autoptr(GError) error = NULL;

    g_assert_null(ds_key_from_private(secret, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(ds_key_from_private(odd, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  }
}

static void
expect_bad_cose(const guint8 *data, gsize size, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_key_from_cose(data, size, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_bad_cose(void)
{
  g_autoptr(DsKey) key = known_key();
  guint8 cose[DS_KEY_COSE_SIZE + 1];

  memcpy(cose, g_bytes_get_data(ds_key_cose(key), NULL), DS_KEY_COSE_SIZE);
  cose[DS_KEY_COSE_SIZE] = 0;
  expect_bad_cose(cose, DS_KEY_COSE_SIZE + 1, DS_ERROR_INVALID, "more data after the end");
  expect_bad_cose(cose, DS_KEY_COSE_SIZE - 1, DS_ERROR_INVALID, "data ends inside");
  cose[9] ^= 1;
  expect_bad_cose(cose, DS_KEY_COSE_SIZE, DS_ERROR_INVALID, "does not lie on P-256");
  cose[9] ^= 1;
  cose[4] = 2;
  expect_bad_cose(cose, DS_KEY_COSE_SIZE, DS_ERROR_UNSUPPORTED, "curve is not P-256");
  cose[4] = 1;
  cose[2] = 1;
  expect_bad_cose(cose, DS_KEY_COSE_SIZE, DS_ERROR_UNSUPPORTED, "key type is not EC2");
}

static void
test_agree(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsKey) a = ds_key_generate(&error);
  g_autoptr(DsKey) b = known_key();
  g_autoptr(DsKey) a_half = ds_key_public(a);
  g_autoptr(DsKey) b_half = ds_key_public(b);
  g_autoptr(DsSecret) one = ds_key_agree(a, b_half, &error);
  g_autoptr(DsSecret) two = ds_key_agree(b, a_half, &error);
  g_autoptr(DsSecret) number = ds_key_dup_private(b);

  g_assert_no_error(error);
  g_assert_true(ds_secret_equal(one, two));
  g_assert_cmpmem(ds_secret_data(number), ds_secret_size(number), known_private, 32);
  g_assert_null(ds_key_agree(a_half, b, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bundle/key/published", test_published);
  g_test_add_func("/bundle/key/sign-verify", test_sign_verify);
  g_test_add_func("/bundle/key/bad-private", test_bad_private);
  g_test_add_func("/bundle/key/bad-cose", test_bad_cose);
  g_test_add_func("/bundle/key/agree", test_agree);
  return g_test_run();
}
