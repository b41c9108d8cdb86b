/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cbor.h"

#include <string.h>

#include "base/error.h"

static GBytes *
from_hex(const char *hex)
{
  GByteArray *bytes = g_byte_array_new();

  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
    guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));

    g_byte_array_append(bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes(bytes);
}

static char *
to_hex(GBytes *bytes)
{
  GString *hex = g_string_new(NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf(hex, "%02x", data[i]);
  return g_string_free(hex, FALSE);
}

static GBytes *
write_sample(void)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autoptr(GHashTable) map = g_hash_table_new(g_str_hash, g_str_equal);
  const DsDigest digest = ds_digest_of("x", 1);
  GError *error = NULL;
  GBytes *bytes;

  g_hash_table_insert(map, (char *)"zz", (char *)"last");
  g_hash_table_insert(map, (char *)"b", (char *)"second");
  g_hash_table_insert(map, (char *)"a", (char *)"");
  ds_cbor_put_tag(w, 18);
  ds_cbor_put_map(w, 6);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_text_map(w, map);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_digest(w, &digest);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_array(w, 2);
  ds_cbor_put_array(w, 2);
  ds_cbor_put_uint(w, G_MAXUINT64);
  ds_cbor_put_int(w, G_MININT64);
  ds_cbor_put_raw(w, "\x82\x01\x02", 3);
  ds_cbor_put_int(w, 4);
  ds_cbor_put_bool(w, TRUE);
  ds_cbor_put_int(w, 500);
  ds_cbor_put_null(w);
  ds_cbor_put_int(w, -1);
  ds_cbor_put_bytes(w, NULL, 0);
  bytes = ds_cbor_writer_finish(w, &error);
  g_assert_no_error(error);
  return bytes;
}

static void
test_round_trip(void)
{
  const DsCborLimits limits = {.tag = 18};
  g_autoptr(GBytes) bytes = write_sample();
  g_autoptr(GHashTable) map = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(DsCborReader) r = {0};
  const DsDigest expected = ds_digest_of("x", 1);
  DsDigest digest = {0};
  gsize size;

  g_assert_true(ds_cbor_reader_init_bytes(&r, bytes, "sample", &limits, &error));
  g_assert_cmpuint(ds_cbor_enter_map(&r, 6), ==, 6);
  ds_cbor_want_key(&r, 1, "map");
  map = ds_cbor_dup_text_map(&r, 8, 16);
  g_assert_cmpuint(g_hash_table_size(map), ==, 3);
  g_assert_cmpstr(g_hash_table_lookup(map, "zz"), ==, "last");
  g_assert_cmpstr(g_hash_table_lookup(map, "a"), ==, "");
  ds_cbor_want_key(&r, 2, "digest");
  ds_cbor_get_digest(&r, &digest);
  g_assert_true(ds_digest_equal(&digest, &expected));
  ds_cbor_want_key(&r, 3, "pairs");
  g_assert_cmpuint(ds_cbor_enter_array(&r, 0, 9), ==, 2);
  g_assert_cmpuint(ds_cbor_enter_array(&r, 2, 2), ==, 2);
  g_assert_cmpuint(ds_cbor_get_uint(&r, G_MAXUINT64), ==, G_MAXUINT64);
  g_assert_cmpint(ds_cbor_get_int(&r), ==, G_MININT64);
  ds_cbor_leave(&r);
  g_assert_nonnull(ds_cbor_get_raw(&r, &size));
  g_assert_cmpuint(size, ==, 3);
  ds_cbor_leave(&r);
  g_assert_true(ds_cbor_has_key(&r, 4, "truth"));
  g_assert_true(ds_cbor_get_bool(&r));
  g_assert_false(ds_cbor_has_key(&r, 5, "nothing"));
  ds_cbor_want_key(&r, 500, "null");
  g_assert_true(ds_cbor_get_null(&r));
  g_assert_false(ds_cbor_has_key(&r, 501, "nothing"));
  ds_cbor_want_key(&r, -1, "bytes");
  g_assert_nonnull(ds_cbor_get_bytes(&r, 0, 4, &size));
  g_assert_cmpuint(size, ==, 0);
  g_assert_false(ds_cbor_has_key(&r, -2, "nothing"));
  ds_cbor_leave(&r);
  g_assert_true(ds_cbor_reader_finish(&r, &error));
}

static void
begin_reader(DsCborReader *r, const char *hex, GBytes **bytes, DsCborFlags flags)
{
  const DsCborLimits limits = {.flags = flags};
  g_autoptr(GError) error = NULL;

  *bytes = from_hex(hex);
  g_assert_true(ds_cbor_reader_init_bytes(r, *bytes, "doc", &limits, &error));
  g_assert_no_error(error);
}

static void
expect(DsCborReader *r, gint code, const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_false(ds_cbor_reader_finish(r, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_cmpstr(error->message, ==, message);
}

static void
test_reader_errors(void)
{
  g_autoptr(GBytes) map = NULL, nested = NULL, list = NULL, texts = NULL;
  g_auto(DsCborReader) r = {0};
  const char *key;
  gsize size;

  begin_reader(&r, "a3010203040506", &map, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_want_key(&r, 1, "one");
  g_assert_cmpuint(ds_cbor_get_uint(&r, 9), ==, 2);
  g_assert_false(ds_cbor_has_key(&r, 4, "four"));
  expect(&r, DS_ERROR_UNSUPPORTED, "doc: byte 3: unknown key 3");

  g_bytes_unref(map);
  begin_reader(&r, "a3010203040506", &map, DS_CBOR_ALLOW_UNKNOWN);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_want_key(&r, 3, "three");
  g_assert_cmpuint(ds_cbor_get_uint(&r, 9), ==, 4);
  ds_cbor_leave(&r);
  g_assert_true(ds_cbor_reader_finish(&r, NULL));

  g_bytes_unref(map);
  begin_reader(&r, "a3010203040506", &map, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 2);
  expect(&r, DS_ERROR_TOO_LARGE, "doc: byte 0: 3 entries, allowed are 0 to 2");

  begin_reader(&r, "a20182a103f6040506", &nested, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_want_key(&r, 1, "chunks");
  ds_cbor_enter_array(&r, 0, 9);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_want_key(&r, 3, "size");
  g_assert_cmpuint(ds_cbor_get_uint(&r, 9), ==, 0);
  g_assert_cmpuint(ds_cbor_enter_array(&r, 0, 9), ==, 0);
  g_assert_false(ds_cbor_get_null(&r));
  expect(&r, DS_ERROR_INVALID, "doc: chunks[0].size: byte 5: expected a number, found null");

  begin_reader(&r, "83010203", &list, DS_CBOR_STRICT);
  ds_cbor_enter_array(&r, 3, 3);
  ds_cbor_get_uint(&r, 9);
  ds_cbor_leave(&r);
  expect(&r, DS_ERROR_INVALID, "doc: byte 2: more entries than expected");

  begin_reader(&r, "a2616101616202", &texts, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  g_assert_true(ds_cbor_next_text_key(&r, &key, &size));
  g_assert_cmpmem(key, size, "a", 1);
  ds_cbor_get_bool(&r);
  g_assert_false(ds_cbor_next_text_key(&r, &key, &size));
  expect(&r, DS_ERROR_INVALID, "doc: a: byte 3: expected true or false, found a number");
}

static void
test_more_reader_errors(void)
{
  g_autoptr(GBytes) a = NULL, b = NULL, c = NULL, d = NULL, e = NULL;
  g_auto(DsCborReader) r = {0};

  begin_reader(&r, "a10102", &a, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_want_key(&r, 1, "one");
  ds_cbor_skip(&r);
  ds_cbor_want_key(&r, 2, "two");
  expect(&r, DS_ERROR_INVALID, "doc: byte 3: key 2 (two) is missing");

  begin_reader(&r, "a1190400f6", &b, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_leave(&r);
  expect(&r, DS_ERROR_UNSUPPORTED, "doc: byte 1: unknown key 1024");

  begin_reader(&r, "a163616263f6", &c, DS_CBOR_STRICT);
  ds_cbor_enter_map(&r, 9);
  ds_cbor_leave(&r);
  expect(&r, DS_ERROR_UNSUPPORTED, "doc: byte 1: unknown key \"abc\"");

  begin_reader(&r, "430102ff", &d, DS_CBOR_STRICT);
  g_autoptr(GBytes) bytes = ds_cbor_dup_bytes(&r, 4, 4);
  g_assert_cmpuint(g_bytes_get_size(bytes), ==, 0);
  expect(&r, DS_ERROR_INVALID, "doc: byte 0: 3 bytes instead of 4");

  begin_reader(&r, "820102", &e, DS_CBOR_STRICT);
  ds_cbor_enter_array(&r, 2, 2);
  ds_cbor_get_uint(&r, 9);
  expect(&r, DS_ERROR_FAILED, "doc: byte 2: the decoder stopped before the end");
}

static void
expect_misuse(DsCborWriter *w, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_cbor_writer_finish(w, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
  ds_cbor_writer_free(w);
}

static void
test_writer_misuse(void)
{
  DsCborWriter *w = ds_cbor_writer_new();

  expect_misuse(w, DS_ERROR_FAILED, "not complete");
  w = ds_cbor_writer_new();
  ds_cbor_put_array(w, 2);
  ds_cbor_put_null(w);
  expect_misuse(w, DS_ERROR_FAILED, "not complete");
  w = ds_cbor_writer_new();
  ds_cbor_put_null(w);
  ds_cbor_put_null(w);
  expect_misuse(w, DS_ERROR_FAILED, "after the end");
  w = ds_cbor_writer_new();
  ds_cbor_put_map(w, 2);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_null(w);
  ds_cbor_put_int(w, 2);
  expect_misuse(w, DS_ERROR_FAILED, "out of order or doubled");
  w = ds_cbor_writer_new();
  ds_cbor_put_map(w, 1);
  ds_cbor_put_null(w);
  expect_misuse(w, DS_ERROR_FAILED, "a map key must be");
  w = ds_cbor_writer_new();
  ds_cbor_put_array(w, 1);
  ds_cbor_put_tag(w, 18);
  expect_misuse(w, DS_ERROR_FAILED, "before everything else");
  w = ds_cbor_writer_new();
  for (guint i = 0; i < 9; i++)
    ds_cbor_put_array(w, 1);
  expect_misuse(w, DS_ERROR_FAILED, "nested deeper than 8");
  w = ds_cbor_writer_new();
  ds_cbor_put_text(w, "a\x1b[31m");
  expect_misuse(w, DS_ERROR_INVALID, "holds a control character");
  w = ds_cbor_writer_new();
  ds_cbor_put_raw(w, "\x01\x02", 2);
  expect_misuse(w, DS_ERROR_INVALID, "more data after the end");
}

static void
test_writer_names_the_field(void)
{
  DsCborWriter *w = ds_cbor_writer_new();
  g_autoptr(GHashTable) map = g_hash_table_new(g_str_hash, g_str_equal);

  g_hash_table_insert(map, (char *)"applicant.name", (char *)"\xff");
  ds_cbor_put_text_map(w, map);
  expect_misuse(w, DS_ERROR_INVALID, "\"applicant.name\" cannot be written: it is not UTF-8");
}

static void
test_secret_writer(void)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new_secret();
  g_autoptr(DsSecret) secret = NULL;
  g_autoptr(DsSecret) copy = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(DsCborReader) r = {0};
  guint8 big[1000] = {7};

  ds_cbor_put_bytes(w, big, sizeof big);
  secret = ds_cbor_writer_finish_secret(w, &error);
  g_assert_no_error(error);
  g_assert_true(
      ds_cbor_reader_init(&r, ds_secret_data(secret), ds_secret_size(secret), "s", NULL, &error));
  copy = ds_cbor_dup_secret(&r, 1, 2000);
  g_assert_cmpmem(ds_secret_data(copy), ds_secret_size(copy), big, sizeof big);
  g_assert_true(ds_cbor_reader_finish(&r, &error));
  g_assert_null(ds_cbor_writer_finish(w, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
}

static void
test_key_order(void)
{
  const char *a = "b", *b = "aa";

  g_assert_cmpint(ds_cbor_compare_text_keys(&a, &b), <, 0);
  g_assert_cmpint(ds_cbor_compare_text_keys(&b, &a), >, 0);
  g_assert_cmpint(ds_cbor_compare_text_keys(&a, &a), ==, 0);
}

static void
test_known_bytes(void)
{
  g_autoptr(GBytes) bytes = write_sample();
  g_autofree char *hex = to_hex(bytes);

  g_assert_true(g_str_has_prefix(hex, "d2a601a36161606162667365636f6e64627a7a646c617374025820"));
  g_assert_true(g_str_has_suffix(hex, "0382821bffffffffffffffff3b7fffffffffffffff820102"
                                      "04f51901f4f62040"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/cbor/known-bytes", test_known_bytes);
  g_test_add_func("/model/cbor/round-trip", test_round_trip);
  g_test_add_func("/model/cbor/reader-errors", test_reader_errors);
  g_test_add_func("/model/cbor/more-reader-errors", test_more_reader_errors);
  g_test_add_func("/model/cbor/writer-misuse", test_writer_misuse);
  g_test_add_func("/model/cbor/writer-names-the-field", test_writer_names_the_field);
  g_test_add_func("/model/cbor/secret-writer", test_secret_writer);
  g_test_add_func("/model/cbor/key-order", test_key_order);
  return g_test_run();
}
