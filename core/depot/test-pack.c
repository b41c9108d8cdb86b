/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packs from an upload-pack that is not git: garbage, cuts, bombs. */
#include "depot/fetch.h"

#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/files.h"
#include "depot/object.h"
#include "depot/pktline.h"
#include "depot/test-peer.h"

#define REF "refs/outbox/0000000001-directory"
#define TYPE_REF_DELTA 7

static gboolean
sink_never(const DsOutboxRef *ref, gpointer data, GError **error)
{
  g_assert_not_reached();
}

static const DsFetchSink never = {.begin = sink_never};

static void
append_size(GByteArray *out, guint type, guint64 size)
{
  guint8 byte = (guint8)(type << 4 | (size & 15));

  for (size >>= 4; size > 0; size >>= 7) {
    byte |= 0x80;
    g_byte_array_append(out, &byte, 1);
    byte = size & 0x7f;
  }
  g_byte_array_append(out, &byte, 1);
}

static void
append_deflated(GByteArray *out, const guint8 *data, gsize size)
{
  uLongf length = compressBound(size);
  g_autofree guint8 *packed = g_malloc(length);

  g_assert_cmpint(compress2(packed, &length, data, size, 9), ==, Z_OK);
  g_byte_array_append(out, packed, (guint)length);
}

static GByteArray *
pack_begin(guint32 count)
{
  GByteArray *out = g_byte_array_new();
  guint32 big = GUINT32_TO_BE(count);

  g_byte_array_append(out, (const guint8 *)"PACK\0\0\0\2", 8);
  g_byte_array_append(out, (const guint8 *)&big, 4);
  return out;
}

static void
pack_end(GByteArray *out)
{
  guint8 digest[20];
  gsize size = sizeof digest;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);

  g_checksum_update(sum, out->data, out->len);
  g_checksum_get_digest(sum, digest, &size);
  g_byte_array_append(out, digest, 20);
}

static void
append_varint(GByteArray *out, guint64 value)
{
  do {
    guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
    g_byte_array_append(out, &byte, 1);
    value >>= 7;
  } while (value > 0);
}

/* A base of 64 KiB and a delta that copies it until @result bytes are full. */
static GByteArray *
delta_bomb(guint64 result, gboolean honest)
{
  GByteArray *out = pack_begin(2);
  g_autoptr(GByteArray) delta = g_byte_array_new();
  g_autofree guint8 *base = g_malloc0(65536);
  DsObjectId id = ds_object_id_of(DS_OBJECT_BLOB, base, 65536);

  append_size(out, DS_OBJECT_BLOB, 65536);
  append_deflated(out, base, 65536);
  append_varint(delta, 65536);
  append_varint(delta, result);
  for (guint64 at = 0; honest && at < result; at += 65536)
    g_byte_array_append(delta, (const guint8 *)"\x80", 1); /* copy 64 KiB from 0 */
  append_size(out, TYPE_REF_DELTA, delta->len);
  g_byte_array_append(out, id.bytes, DS_OBJECT_ID_SIZE);
  append_deflated(out, delta->data, delta->len);
  pack_end(out);
  return out;
}

/* A sound pack of one blob of zeros. */
static GByteArray *
blob_pack(gsize size)
{
  GByteArray *out = pack_begin(1);
  g_autofree guint8 *zeros = g_malloc0(size);

  append_size(out, DS_OBJECT_BLOB, size);
  append_deflated(out, zeros, size);
  pack_end(out);
  return out;
}

/* Lets ds_fetch_outbox meet @answer and expects @code with @words. */
static void
expect(const void *answer, gsize size, const DsFetchLimits *limits, DsErrorCode code,
       const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  char *work = test_folder_new();
  DsLink *link;

  ds_pktline_append_text(out, "ce013625030ba8dba906f756967f9e9ca394464a " REF "\n");
  ds_pktline_append_flush(out);
  g_byte_array_append(out, answer, (guint)size);
  TestPeer *peer = test_peer_new(out->data, out->len, FALSE, &link);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_no_error(error);
  g_assert_false(ds_fetch_outbox(link, advert, ds_advert_outbox(advert), work, limits, &never, NULL,
                                 taken, NULL, &error));
  g_assert_error(error, DS_ERROR, (int)code);
  g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, words));
  g_autoptr(GPtrArray) left = ds_files_list(work, NULL);
  g_assert_cmpuint(left->len, ==, 0);
  g_byte_array_unref(test_peer_end(peer, link));
  test_folder_free(work);
}

static void
expect_pack(GByteArray *pack, const DsFetchLimits *limits, DsErrorCode code, const char *words)
{
  g_autoptr(GByteArray) answer = g_byte_array_new();

  ds_pktline_append_text(answer, "NAK\n");
  g_byte_array_append(answer, pack->data, pack->len);
  expect(answer->data, answer->len, limits, code, words);
}

static void
test_answers(void)
{
  expect("", 0, NULL, DS_ERROR_RETRY, "closed the connection");
  expect("0000", 4, NULL, DS_ERROR_INVALID, "where git says NAK");
  expect("0008ACK\n", 8, NULL, DS_ERROR_INVALID, "answers \"ACK\"");
  expect("0010ERR not you\n", 16, NULL, DS_ERROR_REFUSED, "not you");
  expect("0008NAK\nnot a pack at all", 25, NULL, DS_ERROR_INVALID, "not sound");
  expect("0008NAK\n", 8, NULL, DS_ERROR_RETRY, "broke off");
}

static void
test_cuts(void)
{
  g_autoptr(GByteArray) pack = blob_pack(5000);
  guint whole = pack->len;

  for (guint length = 12; length < whole; length += 7) {
    g_byte_array_set_size(pack, length);
    expect_pack(pack, NULL, DS_ERROR_RETRY, "broke off");
    g_byte_array_unref(g_steal_pointer(&pack));
    pack = blob_pack(5000);
  }
}

static void
test_flips(void)
{
  g_autoptr(GByteArray) pack = blob_pack(5000);

  pack->data[pack->len - 1] ^= 1;
  expect_pack(pack, NULL, DS_ERROR_INVALID, "not sound");
  pack->data[pack->len - 1] ^= 1;
  pack->data[8] ^= 0x40; /* announces a billion objects */
  expect_pack(pack, NULL, DS_ERROR_INVALID, "not sound");
}

static void
test_wrong_object(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) pack = blob_pack(100), out = g_byte_array_new();
  g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  g_autoptr(GHashTable) refused =
      g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  char *work = test_folder_new();
  guint64 seq = 1;
  DsLink *link;

  ds_pktline_append_text(out, "ce013625030ba8dba906f756967f9e9ca394464a " REF "\n");
  ds_pktline_append_flush(out);
  ds_pktline_append_text(out, "NAK\n");
  g_byte_array_append(out, pack->data, pack->len);
  TestPeer *peer = test_peer_new(out->data, out->len, FALSE, &link);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, &error);
  g_assert_true(ds_fetch_outbox(link, advert, ds_advert_outbox(advert), work, NULL, &never, NULL,
                                taken, refused, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(taken->len, ==, 0);
  g_assert_nonnull(strstr(g_hash_table_lookup(refused, &seq), "missing or broken"));
  g_autoptr(GByteArray) heard = test_peer_end(peer, link);
  g_byte_array_append(heard, (const guint8 *)"", 1);
  g_assert_cmpstr((const char *)heard->data, ==,
                  "0041want ce013625030ba8dba906f756967f9e9ca394464a agent=doorstep\n"
                  "00000009done\n");
  test_folder_free(work);
}

static void
test_bombs(void)
{
  g_autoptr(GByteArray) liar = delta_bomb(G_GUINT64_CONSTANT(1) << 40, FALSE);
  g_autoptr(GByteArray) honest = delta_bomb(G_GUINT64_CONSTANT(3) << 29, TRUE);
  g_autoptr(GByteArray) zeros = blob_pack(32 << 20);
  DsFetchLimits small = {.pack_max = 10000};

  expect_pack(liar, NULL, DS_ERROR_INVALID, "not sound");
  expect_pack(honest, NULL, DS_ERROR_INVALID, "not sound");
  expect_pack(zeros, &small, DS_ERROR_TOO_LARGE, "more than 10000 bytes");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/depot/pack/answers", test_answers);
  g_test_add_func("/depot/pack/cuts", test_cuts);
  g_test_add_func("/depot/pack/flips", test_flips);
  g_test_add_func("/depot/pack/wrong-object", test_wrong_object);
  g_test_add_func("/depot/pack/bombs", test_bombs);
  return g_test_run();
}
