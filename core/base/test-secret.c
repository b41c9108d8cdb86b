/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/secret.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/error.h"

static void
test_secret(void)
{
  g_autoptr(DsSecret) empty = ds_secret_new(32);
  g_autoptr(DsSecret) copy = ds_secret_from_bytes(ds_secret_data(empty), 32);
  g_autoptr(DsSecret) other = ds_secret_random(32);
  g_autoptr(DsSecret) shorter = ds_secret_new(31);
  g_autoptr(DsSecret) same = ds_secret_ref(other);

  g_assert_cmpuint(ds_secret_size(empty), ==, 32);
  g_assert_true(ds_secret_equal(empty, copy));
  g_assert_false(ds_secret_equal(empty, other));
  g_assert_false(ds_secret_equal(empty, shorter));
  g_assert_true(ds_secret_data(same) == ds_secret_data(other));
}

static void
test_wipe(void)
{
  char text[] = "passphrase";
  static const char zeros[sizeof text];

  ds_wipe(text, sizeof text);
  g_assert_cmpmem(text, sizeof text, zeros, sizeof zeros);
}

/* Feeds @text and the end of file to a pipe; what is read as a line. */
static DsSecret *
read_line(const char *text, gsize size, char *rest, GError **error)
{
  int ends[2];

  g_assert_cmpint(pipe(ends), ==, 0);
  g_assert_cmpint(write(ends[1], text, size), ==, (gssize)size);
  close(ends[1]);
  DsSecret *line = ds_secret_read_line(ends[0], error);
  if (rest != NULL) {
    gssize got = read(ends[0], rest, 15);
    rest[MAX(got, 0)] = '\0';
  }
  close(ends[0]);
  return line;
}

static void
test_read_line(void)
{
  g_autoptr(GError) error = NULL;
  char rest[16];
  g_autoptr(DsSecret) line = read_line("open sesame\nnext", 16, rest, &error);

  g_assert_no_error(error);
  g_assert_cmpmem(ds_secret_data(line), ds_secret_size(line), "open sesame", 11);
  g_assert_cmpstr(rest, ==, "next"); /* belongs to somebody else */

  g_autoptr(DsSecret) last = read_line("no newline", 10, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(ds_secret_size(last), ==, 10);

  g_assert_null(read_line("\n", 1, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message, ==, "the passphrase is empty");
  g_clear_error(&error);

  g_autofree char *much = g_strnfill(2000, 'a');
  g_assert_null(read_line(much, 2000, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "longer than"));
  g_assert_null(strstr(error->message, "aaaa"));
}

static void
test_process(void)
{
  struct rlimit core;

  ds_secret_process_init();
  g_assert_cmpint(getrlimit(RLIMIT_CORE, &core), ==, 0);
  g_assert_cmpuint(core.rlim_cur, ==, 0);
  g_assert_cmpint(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), ==, 0);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* LeakSanitizer has to look inside */
}

/* FIPS 180-2: the empty message, "abc", and a million times "a". */
static void
test_digest(void)
{
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest digest = ds_digest_of("", 0), again;

  g_assert_cmpstr(ds_digest_to_hex(&digest, hex), ==,
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  digest = ds_digest_of("abc", 3);
  g_assert_cmpstr(ds_digest_to_hex(&digest, hex), ==,
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true(ds_digest_parse(&again, hex));
  g_assert_true(ds_digest_equal(&digest, &again));

  g_autofree char *thousand = g_strnfill(1000, 'a');
  g_autoptr(DsHasher) hasher = ds_hasher_new();
  for (guint i = 0; i < 1000; i++)
    ds_hasher_update(hasher, thousand, 1000);
  digest = ds_hasher_finish(hasher);
  g_assert_cmpstr(ds_digest_to_hex(&digest, hex), ==,
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void
test_digest_parse_refuses(void)
{
  g_autofree char *right = g_strnfill(64, 'a');
  g_autofree char *upper = g_strnfill(64, 'A');
  g_autofree char *strange = g_strnfill(64, 'g');
  g_autofree char *longer = g_strnfill(65, 'a');
  g_autofree char *shorter = g_strnfill(63, 'a');
  DsDigest digest;

  g_assert_true(ds_digest_parse(&digest, right));
  DsDigest before = digest;
  g_assert_false(ds_digest_parse(&digest, upper));
  g_assert_false(ds_digest_parse(&digest, strange));
  g_assert_false(ds_digest_parse(&digest, longer));
  g_assert_false(ds_digest_parse(&digest, shorter));
  g_assert_false(ds_digest_parse(&digest, ""));
  g_assert_true(ds_digest_equal(&digest, &before));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/secret/secret", test_secret);
  g_test_add_func("/secret/wipe", test_wipe);
  g_test_add_func("/secret/read-line", test_read_line);
  g_test_add_func("/secret/process", test_process);
  g_test_add_func("/digest/known-answers", test_digest);
  g_test_add_func("/digest/parse-refuses", test_digest_parse_refuses);
  return g_test_run();
}
