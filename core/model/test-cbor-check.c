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

/* 7a 00 01 … and @size times x. */
static GBytes *
text_of(guint32 size)
{
  g_autofree char *head = g_strdup_printf("7a%08x", size);
  g_autoptr(GBytes) start = from_hex(head);
  GByteArray *all = g_byte_array_new();

  g_byte_array_append(all, g_bytes_get_data(start, NULL), 5);
  g_byte_array_set_size(all, 5 + size);
  memset(all->data + 5, 'x', size);
  return g_byte_array_free_to_bytes(all);
}

static void
test_caps(void)
{
  const DsCborLimits few = {.max_items = 3};
  const DsCborLimits small = {.max_size = 3};
  const DsCborLimits tagged = {.tag = 18};
  const DsCborLimits maybe = {.tag = 18, .flags = DS_CBOR_TAG_OPTIONAL};
  g_autoptr(GBytes) array = from_hex("83010203");
  g_autoptr(GBytes) text = text_of(DS_CBOR_TEXT_MAX + 1);
  g_autoptr(GBytes) tag = from_hex("d200");
  g_autoptr(GBytes) other = from_hex("d000");
  g_autoptr(GError) error = NULL;
  g_auto(DsCborReader) r = {0};

  g_assert_false(ds_cbor_reader_init_bytes(&r, array, "test", &few, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_cmpstr(error->message, ==, "test: byte 3: more data items than are allowed");
  g_clear_error(&error);
  g_assert_false(ds_cbor_reader_init_bytes(&r, array, "test", &small, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_cmpstr(error->message, ==, "test: 4 bytes, at most 3 are allowed");
  g_clear_error(&error);
  g_assert_false(ds_cbor_reader_init_bytes(&r, text, "test", NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_cmpstr(error->message, ==, "test: byte 0: text is longer than 65536 bytes");
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

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    g_autofree char *path = g_strdup_printf("/model/cbor-check/vector/%s", vectors[i].name);

    g_test_add_data_func(path, &vectors[i], test_vector);
  }
  g_test_add_func("/model/cbor-check/caps", test_caps);
  return g_test_run();
}
