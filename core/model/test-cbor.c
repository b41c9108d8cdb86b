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

typedef struct {
  const char *name;
  const char *hex;
  const char *problem; /* NULL: accepted */
} Vector;

/* Mostly RFC 8949 appendix A and F, and each rule of §4.2.1 broken once. */
static const Vector vectors[] = {
    {"zero", "00", NULL},
    {"23", "17", NULL},
    {"24", "1818", NULL},
    {"255", "18ff", NULL},
    {"256", "190100", NULL},
    {"65536", "1a00010000", NULL},
    {"2^32", "1b0000000100000000", NULL},
    {"2^64-1", "1bffffffffffffffff", NULL},
    {"-1", "20", NULL},
    {"-2^63", "3b7fffffffffffffff", NULL},
    {"false", "f4", NULL},
    {"null", "f6", NULL},
    {"bytes", "4401020304", NULL},
    {"empty text", "60", NULL},
    {"chinese", "63e6b0b4", NULL},
    {"tab, lf, cr", "63090a0d", NULL},
    {"supplementary plane", "64f0a0aeb7", NULL},
    {"array", "83010203", NULL},
    {"nested", "8301820203820405", NULL},
    {"map", "a201020304", NULL},
    {"map, ints before negatives before texts", "a300012002616103", NULL},
    {"eight levels", "818181818181818100", NULL},
    {"empty containers", "8280a0", NULL},

    {"nothing", "", "byte 0: data ends where an item is expected"},
    {"23 in two bytes", "1817", "byte 0: number or length is not in its shortest form"},
    {"255 in three bytes", "1900ff", "byte 0: number or length is not in its shortest form"},
    {"65535 in five bytes", "1a0000ffff", "byte 0: number or length is not in its shortest form"},
    {"2^32-1 in nine", "1b00000000ffffffff",
     "byte 0: number or length is not in its shortest form"},
    {"long head of bytes", "580141", "byte 0: number or length is not in its shortest form"},
    {"long head of text", "780161", "byte 0: number or length is not in its shortest form"},
    {"long head of array", "980100", "byte 0: number or length is not in its shortest form"},
    {"long head of map", "b8010000", "byte 0: number or length is not in its shortest form"},
    {"below -2^63", "3b8000000000000000", "byte 0: number is below -2^63"},
    {"half float", "f93c00", "byte 0: a floating-point number is not allowed"},
    {"single float", "fa47c35000", "byte 0: a floating-point number is not allowed"},
    {"double float", "fb3ff199999999999a", "byte 0: a floating-point number is not allowed"},
    {"undefined", "f7", "byte 0: undefined is not allowed"},
    {"simple 16", "f0", "byte 0: no data item begins with this byte"},
    {"simple 255", "f8ff", "byte 0: no data item begins with this byte"},
    {"reserved 28", "1c", "byte 0: no data item begins with this byte"},
    {"reserved 30 text", "7e", "byte 0: no data item begins with this byte"},
    {"indefinite bytes", "5f4100ff", "byte 0: indefinite length is not allowed"},
    {"indefinite text", "7f6161ff", "byte 0: indefinite length is not allowed"},
    {"indefinite array", "9f00ff", "byte 0: indefinite length is not allowed"},
    {"indefinite map", "bf0000ff", "byte 0: indefinite length is not allowed"},
    {"break", "ff", "byte 0: a break stands where nothing was open"},
    {"tag", "c000", "byte 0: a tag is not allowed here"},
    {"tag inside", "81c000", "byte 1: a tag is not allowed here"},
    {"head cut", "19ff", "byte 0: data ends inside an item"},
    {"bytes cut", "44010203", "byte 0: data ends inside an item"},
    {"array short", "8301", "byte 0: an array or map counts more items than there are bytes"},
    {"array ends", "83018101", "byte 4: data ends where an item is expected"},
    {"map short", "a201", "byte 0: an array or map counts more items than there are bytes"},
    {"huge array", "9bffffffffffffffff",
     "byte 0: an array or map counts more items than there are bytes"},
    {"huge map", "bb7fffffffffffffff",
     "byte 0: an array or map counts more items than there are bytes"},
    {"huge bytes", "5bffffffffffffffff", "byte 0: data ends inside an item"},
    {"trailing", "0000", "byte 1: there is more data after the end"},
    {"unsorted", "a203040102", "byte 3: map keys are not in order"},
    {"unsorted, length first", "a2616200186400", "byte 4: map keys are not in order"},
    {"doubled", "a201000100", "byte 3: a map key appears twice"},
    {"bytes as key", "a1410000", "byte 1: a map key must be a number or a text"},
    {"array as key", "a18000", "byte 1: a map key must be a number or a text"},
    {"null as key", "a1f600", "byte 1: a map key must be a number or a text"},
    {"latin-1", "61e9", "byte 0: text is not UTF-8, or holds a NUL"},
    {"surrogate", "63eda080", "byte 0: text is not UTF-8, or holds a NUL"},
    {"overlong", "62c080", "byte 0: text is not UTF-8, or holds a NUL"},
    {"NUL", "6100", "byte 0: text is not UTF-8, or holds a NUL"},
    {"escape", "611b", "byte 0: text holds a control character"},
    {"delete", "617f", "byte 0: text holds a control character"},
    {"C1", "62c285", "byte 0: text holds a control character"},
    {"nine levels", "81818181818181818100",
     "byte 8: arrays and maps are nested too deeply (at most 8)"},
};

static void
test_vector(gconstpointer data)
{
  const Vector *vector = data;
  g_autoptr(GBytes) bytes = from_hex(vector->hex);
  g_autoptr(GError) error = NULL;
  g_auto(DsCborReader) r = {0};
  gboolean fine = ds_cbor_reader_init_bytes(&r, bytes, "test", NULL, &error);

  if (vector->problem == NULL) {
    g_assert_no_error(error);
    g_assert_true(fine);
    return;
  }
  g_assert_false(fine);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_cmpstr(error->message + strlen("test: "), ==, vector->problem);
}

static void
test_caps(void)
{
  const DsCborLimits few = {.max_items = 3};
  const DsCborLimits small = {.max_size = 3};
  const DsCborLimits tagged = {.tag = 18};
  const DsCborLimits maybe = {.tag = 18, .flags = DS_CBOR_TAG_OPTIONAL};
  g_autoptr(GBytes) array = from_hex("83010203");
  g_autoptr(GBytes) tag = from_hex("d200");
  g_autoptr(GBytes) other = from_hex("d000");
  g_autoptr(GError) error = NULL;
  g_auto(DsCborReader) r = {0};

  g_assert_false(ds_cbor_reader_init_bytes(&r, array, "test", &few, &error));
  g_assert_cmpstr(error->message, ==, "test: byte 3: more data items than are allowed");
  g_clear_error(&error);
  g_assert_false(ds_cbor_reader_init_bytes(&r, array, "test", &small, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_cmpstr(error->message, ==, "test: 4 bytes, at most 3 are allowed");
  g_clear_error(&error);
  g_assert_true(ds_cbor_reader_init_bytes(&r, tag, "test", &tagged, &error));
  g_assert_cmpuint(ds_cbor_reader_offset(&r), ==, 1);
  g_assert_false(ds_cbor_reader_init_bytes(&r, other, "test", &tagged, &error));
  g_assert_nonnull(strstr(error->message, "does not begin with the tag"));
  g_clear_error(&error);
  g_assert_false(ds_cbor_reader_init_bytes(&r, array, "test", &tagged, &error));
  g_clear_error(&error);
  g_assert_true(ds_cbor_reader_init_bytes(&r, array, "test", &maybe, &error));
  g_assert_false(ds_cbor_reader_init_bytes(&r, other, "test", &maybe, &error));
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
  expect(&r, DS_ERROR_INVALID, "doc: byte 0: a byte string of 3 bytes, allowed are 4 to 4");

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
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    g_autofree char *path = g_strdup_printf("/model/cbor/vector/%s", vectors[i].name);

    g_test_add_data_func(path, &vectors[i], test_vector);
  }
  g_test_add_func("/model/cbor/caps", test_caps);
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
