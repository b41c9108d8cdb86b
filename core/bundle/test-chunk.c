/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bundle/chunk.h"

#include <string.h>

#include "base/error.h"
#include "bundle/cose.h"

typedef struct {
  GPtrArray *chunks; /* GBytes */
  guint fail_at;
} Kept;

static gboolean
keep(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  Kept *kept = data;
  const DsDigest found = ds_digest_of_bytes(chunk);

  g_assert_true(ds_digest_equal(&found, sha256));
  g_assert_cmpuint(index, ==, kept->chunks->len);
  g_assert_cmpuint(g_bytes_get_size(chunk), <=, DS_CHUNK_MAX);
  if (kept->fail_at == index + 1) {
    g_set_error(error, DS_ERROR, DS_ERROR_NO_SPACE, "disk full");
    return FALSE;
  }
  g_ptr_array_add(kept->chunks, g_bytes_ref(chunk));
  return TRUE;
}

static void
kept_init(Kept *kept)
{
  *kept = (Kept){.chunks = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref)};
}

static guint8 *
sample(gsize size)
{
  guint8 *data = g_malloc(size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(i * 7 + (i >> 9));
  return data;
}

/* Encrypts @size bytes in pieces of @step. */
static DsChunkWriter *
write_part(Kept *kept, const guint8 *data, gsize size, gsize step)
{
  DsChunkWriter *writer = ds_chunk_writer_new(keep, kept);
  g_autoptr(GError) error = NULL;

  for (gsize at = 0; at < size; at += MIN(step, size - at))
    g_assert_true(ds_chunk_writer_write(writer, data + at, MIN(step, size - at), &error));
  g_assert_true(ds_chunk_writer_finish(writer, &error));
  g_assert_no_error(error);
  return writer;
}

static void
check_part(gsize size, gsize step, guint expected_chunks)
{
  g_autofree guint8 *data = sample(size);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(DsChunkReader) reader = NULL;
  g_autoptr(GError) error = NULL;
  const DsDigest expected = ds_digest_of(data, size);
  DsDigest found;
  gsize at = 0;

  kept_init(&kept);
  writer = write_part(&kept, data, size, step);
  found = ds_chunk_writer_sha256(writer);
  g_assert_cmpuint(kept.chunks->len, ==, expected_chunks);
  g_assert_cmpuint(ds_chunk_writer_chunks(writer)->len, ==, expected_chunks);
  g_assert_true(ds_digest_equal(&found, &expected));
  g_assert_cmpuint(ds_chunk_writer_length(writer), ==, size);
  reader = ds_chunk_reader_new(ds_chunk_writer_key(writer), expected_chunks, &error);
  for (guint i = 0; i < kept.chunks->len; i++) {
    g_autoptr(DsSecret) plain = ds_chunk_reader_open(reader, i, kept.chunks->pdata[i], &error);

    g_assert_no_error(error);
    g_assert_cmpmem(ds_secret_data(plain), ds_secret_size(plain), data + at,
                    MIN(size - at, DS_CHUNK_PLAIN));
    at += ds_secret_size(plain);
  }
  g_assert_true(ds_chunk_reader_finish(reader, &expected, size, &error));
  g_assert_no_error(error);
  g_ptr_array_unref(kept.chunks);
}

static void
test_sizes(void)
{
  check_part(0, 1, 1);
  check_part(1, 1, 1);
  check_part(100000, 333, 1);
  check_part(DS_CHUNK_PLAIN - 1, DS_CHUNK_PLAIN, 1);
  check_part(DS_CHUNK_PLAIN, DS_CHUNK_PLAIN, 1);
  check_part(DS_CHUNK_PLAIN + 1, DS_CHUNK_PLAIN + 1, 2);
  check_part(2 * DS_CHUNK_PLAIN, 65536, 2);
  check_part(2300000, 2300000, 5);
}

static void
test_full_chunk_is_half_a_mebibyte(void)
{
  g_autofree guint8 *data = sample(DS_CHUNK_PLAIN + 1);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  const guint8 *chunk;

  kept_init(&kept);
  writer = write_part(&kept, data, DS_CHUNK_PLAIN + 1, 4096);
  g_assert_cmpuint(g_bytes_get_size(kept.chunks->pdata[0]), ==, DS_CHUNK_MAX);
  chunk = g_bytes_get_data(kept.chunks->pdata[1], NULL);
  g_assert_cmpmem(chunk, 22, "\xd0\x83\x51\xa2\x01\x03\x05\x4c\0\0\0\0\0\0\0\0\0\0\0\x01\xa0\x51",
                  22);
  g_ptr_array_unref(kept.chunks);
}

static void
expect_refused(DsSecret *key, guint count, guint index, GBytes *chunk, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsChunkReader) reader = ds_chunk_reader_new(key, count, &error);

  g_assert_no_error(error);
  g_assert_null(ds_chunk_reader_open(reader, index, chunk, &error));
  g_assert_error(error, DS_ERROR, code);
  g_assert_nonnull(strstr(error->message, part));
}

static void
test_moved_and_changed(void)
{
  const gsize size = 2 * DS_CHUNK_PLAIN + 5;
  g_autofree guint8 *data = sample(size);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(DsSecret) other = ds_secret_random(32);
  DsSecret *key;

  kept_init(&kept);
  writer = write_part(&kept, data, size, size);
  key = ds_chunk_writer_key(writer);
  expect_refused(key, 3, 0, kept.chunks->pdata[1], DS_ERROR_REFUSED, "stands in another's place");
  expect_refused(key, 2, 1, kept.chunks->pdata[1], DS_ERROR_REFUSED, "cannot be opened");
  expect_refused(key, 4, 2, kept.chunks->pdata[2], DS_ERROR_REFUSED, "cannot be opened");
  expect_refused(other, 3, 0, kept.chunks->pdata[0], DS_ERROR_REFUSED, "cannot be opened");
  expect_refused(key, 3, 3, kept.chunks->pdata[0], DS_ERROR_INVALID, "the part has only 3");
  for (gsize at = 0; at < 60; at++) {
    gsize length;
    const void *bytes = g_bytes_get_data(kept.chunks->pdata[2], &length);
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DsChunkReader) reader = ds_chunk_reader_new(key, 3, &error);

    copy[at % length] ^= 4;
    changed = g_bytes_new(copy, length);
    g_assert_null(ds_chunk_reader_open(reader, 2, changed, &error));
    g_assert_nonnull(error);
  }
  g_ptr_array_unref(kept.chunks);
}

static void
test_finish_wants_everything(void)
{
  const gsize size = DS_CHUNK_PLAIN + 5;
  g_autofree guint8 *data = sample(size);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(DsChunkReader) reader = NULL;
  g_autoptr(DsSecret) first = NULL, second = NULL;
  g_autoptr(GError) error = NULL;
  DsDigest sha256;

  kept_init(&kept);
  writer = write_part(&kept, data, size, size);
  sha256 = ds_chunk_writer_sha256(writer);
  reader = ds_chunk_reader_new(ds_chunk_writer_key(writer), 2, &error);
  first = ds_chunk_reader_open(reader, 0, kept.chunks->pdata[0], &error);
  g_assert_false(ds_chunk_reader_finish(reader, &sha256, size, &error));
  g_assert_cmpstr(error->message, ==, "part: 1 of 2 chunks were read in order");
  g_clear_error(&error);
  second = ds_chunk_reader_open(reader, 1, kept.chunks->pdata[1], &error);
  g_assert_false(ds_chunk_reader_finish(reader, &sha256, size - 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_nonnull(strstr(error->message, "not what the record says"));
  g_ptr_array_unref(kept.chunks);
}

static void
test_too_large(void)
{
  g_autofree guint8 *piece = g_malloc0(1024 * 1024);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(GError) error = NULL;

  kept_init(&kept);
  writer = ds_chunk_writer_new(keep, &kept);
  for (guint i = 0; i < 64; i++)
    g_assert_true(ds_chunk_writer_write(writer, piece, 1024 * 1024, &error));
  g_assert_false(ds_chunk_writer_write(writer, piece, 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
  g_assert_nonnull(strstr(error->message, "64 MiB"));
  g_clear_error(&error);
  g_assert_false(ds_chunk_writer_finish(writer, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_FAILED);
  g_ptr_array_unref(kept.chunks);
}

static void
test_largest(void)
{
  g_autofree guint8 *piece = g_malloc0(1024 * 1024);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(GError) error = NULL;

  kept_init(&kept);
  writer = ds_chunk_writer_new(keep, &kept);
  for (guint i = 0; i < 64; i++)
    g_assert_true(ds_chunk_writer_write(writer, piece, 1024 * 1024, &error));
  g_assert_true(ds_chunk_writer_finish(writer, &error));
  g_assert_cmpuint(kept.chunks->len, ==, DS_PART_CHUNKS_MAX);
  g_ptr_array_unref(kept.chunks);
}

static void
test_sink_fails(void)
{
  g_autofree guint8 *data = sample(DS_CHUNK_PLAIN + 1);
  Kept kept;
  g_autoptr(DsChunkWriter) writer = NULL;
  g_autoptr(GError) error = NULL;

  kept_init(&kept);
  kept.fail_at = 1;
  writer = ds_chunk_writer_new(keep, &kept);
  g_assert_false(ds_chunk_writer_write(writer, data, DS_CHUNK_PLAIN + 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NO_SPACE);
  g_clear_error(&error);
  g_assert_false(ds_chunk_writer_write(writer, data, 1, &error));
  g_assert_cmpstr(error->message, ==, "part: written to after its failure");
  g_ptr_array_unref(kept.chunks);
}

/* docs/bundle.md gives these digests; made by another program. */
static void
test_known_answer(void)
{
  static const char *const expected[] = {
      "b0f836f61a9464c52f1970d6ca31c360409387633b39de376bd169302dfbd010",
      "98ee6f77caae72a369cb6c9f2a53e246a2d1b680d4f8e2afb88afd4d60a3e8c3"};
  const gsize size = DS_CHUNK_PLAIN + 1;
  g_autofree guint8 *plain = g_malloc(size);
  g_autoptr(DsSecret) key = ds_secret_new(32);

  for (gsize i = 0; i < size; i++)
    plain[i] = (guint8)(i % 251);
  for (guint i = 0; i < 32; i++)
    ds_secret_data(key)[i] = (guint8)i;
  for (guint i = 0; i < 2; i++) {
    const guint8 iv[12] = {[11] = (guint8)i};
    g_autoptr(DsCborWriter) w = ds_cbor_writer_new();
    g_autoptr(GBytes) aad = NULL, chunk = NULL;
    g_autoptr(DsChunkReader) reader = ds_chunk_reader_new(key, 2, NULL);
    g_autoptr(DsSecret) opened = NULL;
    g_autofree char *hex = NULL;
    DsDigest digest;

    ds_cbor_put_array(w, 3);
    ds_cbor_put_text(w, "doorstep/chunk/1");
    ds_cbor_put_uint(w, i);
    ds_cbor_put_bool(w, i == 1);
    aad = ds_cbor_writer_finish(w, NULL);
    chunk = ds_cose_encrypt0(key, iv, aad, plain + i * DS_CHUNK_PLAIN, i == 0 ? DS_CHUNK_PLAIN : 1,
                             NULL);
    digest = ds_digest_of_bytes(chunk);
    hex = ds_digest_dup_hex(&digest);
    g_assert_cmpstr(hex, ==, expected[i]);
    opened = ds_chunk_reader_open(reader, i, chunk, NULL);
    g_assert_cmpmem(ds_secret_data(opened), ds_secret_size(opened), plain + i * DS_CHUNK_PLAIN,
                    i == 0 ? DS_CHUNK_PLAIN : 1);
  }
}

static void
test_bad_reader(void)
{
  g_autoptr(DsSecret) key = ds_secret_random(32), odd = ds_secret_random(31);
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_chunk_reader_new(key, 0, NULL));
  g_assert_null(ds_chunk_reader_new(key, DS_PART_CHUNKS_MAX + 1, NULL));
  g_assert_null(ds_chunk_reader_new(odd, 1, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bundle/chunk/sizes", test_sizes);
  g_test_add_func("/bundle/chunk/full-chunk-is-half-a-mebibyte",
                  test_full_chunk_is_half_a_mebibyte);
  g_test_add_func("/bundle/chunk/moved-and-changed", test_moved_and_changed);
  g_test_add_func("/bundle/chunk/finish-wants-everything", test_finish_wants_everything);
  g_test_add_func("/bundle/chunk/too-large", test_too_large);
  g_test_add_func("/bundle/chunk/largest", test_largest);
  g_test_add_func("/bundle/chunk/sink-fails", test_sink_fails);
  g_test_add_func("/bundle/chunk/known-answer", test_known_answer);
  g_test_add_func("/bundle/chunk/bad-reader", test_bad_reader);
  return g_test_run();
}
