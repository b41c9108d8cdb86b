/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strict reader: what it accepts is walked whole and written again, byte for byte. */
#include "fuzz.h"

#include <string.h>

#include "model/cbor-private.h"

/* Writes the item at @at, without what is in it; its size. */
static gsize
copy_item(DsCborWriter *w, const uint8_t *data, size_t size, gsize at)
{
  g_autofree char *text = NULL;
  DsCborItem item;

  FUZZ_REQUIRE(ds_cbor_item_read(&item, data, size, at) == NULL);
  switch (item.type) {
  case DS_CBOR_UINT:
    ds_cbor_put_uint(w, item.value);
    break;
  case DS_CBOR_NEGATIVE:
    ds_cbor_put_int(w, -1 - (gint64)item.value);
    break;
  case DS_CBOR_BYTES:
    ds_cbor_put_bytes(w, item.data, item.value);
    break;
  case DS_CBOR_TEXT:
    text = g_strndup((const char *)item.data, item.value);
    ds_cbor_put_text(w, text);
    break;
  case DS_CBOR_ARRAY:
    ds_cbor_put_array(w, item.value);
    break;
  case DS_CBOR_MAP:
    ds_cbor_put_map(w, item.value);
    break;
  case DS_CBOR_BOOL:
    ds_cbor_put_bool(w, item.value != 0);
    break;
  case DS_CBOR_NULL:
    ds_cbor_put_null(w);
    break;
  default:
    FUZZ_REQUIRE(FALSE);
  }
  return item.size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_auto(DsCborReader) r = {0};
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
  g_autoptr(GBytes) again = NULL;
  g_autoptr(GError) error = NULL;
  gsize at = 0, raw_size;

  if (!ds_cbor_reader_init(&r, data, size, "input", NULL, &error)) {
    FUZZ_REQUIRE(error != NULL && g_str_has_prefix(error->message, "input: "));
    return 0;
  }
  FUZZ_REQUIRE(error == NULL);
  while (at < size)
    at += copy_item(w, data, size, at);
  again = ds_cbor_writer_finish(w, &error);
  FUZZ_REQUIRE(again != NULL && g_bytes_get_size(again) == size &&
               memcmp(g_bytes_get_data(again, NULL), data, size) == 0);
  FUZZ_REQUIRE(ds_cbor_get_raw(&r, &raw_size) == data && raw_size == size);
  FUZZ_REQUIRE(ds_cbor_reader_finish(&r, &error));
  return 0;
}
