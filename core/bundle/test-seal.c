/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealing and opening whole bundles. */
#include "bundle/seal.h"

#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "bundle/test-world.h"

typedef struct {
  World world;
  GHashTable *store; /* digest → GBytes */
  DsManifest *manifest;
  DsRecord *record;
} Fixture;

static gboolean
store_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  g_hash_table_insert(data, g_memdup2(sha256, sizeof *sha256), g_bytes_ref(chunk));
  return TRUE;
}

static GBytes *
fetch_chunk(const DsDigest *sha256, gpointer data, GError **error)
{
  GBytes *chunk = g_hash_table_lookup(data, sha256);

  if (chunk == NULL)
    g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no such chunk");
  return chunk != NULL ? g_bytes_ref(chunk) : NULL;
}

static gboolean
append_plain(const void *plain, gsize size, gpointer data, GError **error)
{
  g_byte_array_append(data, plain, (guint)size);
  return TRUE;
}

static void
capture(Fixture *f, const char *id, const void *data, gsize size)
{
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(store_chunk, f->store);
  DsDigest sha256;

  g_assert_true(ds_chunk_writer_write(writer, data, size, NULL));
  g_assert_true(ds_chunk_writer_finish(writer, NULL));
  sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(f->record, id, "photo", "", "image/jpeg", ds_chunk_writer_key(writer),
                     ds_chunk_writer_chunks(writer), &sha256, size);
}

static void
describe(DsRecord *record, guint version)
{
  DsRecordCase *c = ds_record_set_case(record, "L-1", version);

  c->trip = g_strdup("");
  c->service = g_strdup("first-card");
  c->pack = g_strdup("jiangxi");
  c->pack_version = g_strdup("1");
  c->day = g_strdup("2026-09-01");
  c->officer = g_strdup("036881");
}

static void
set_up(Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *large = g_malloc0(DS_CHUNK_PLAIN + 100);

  world_set_up(&f->world, NULL);
  f->store = g_hash_table_new_full(ds_digest_hash, ds_digest_equal_p, g_free,
                                   (GDestroyNotify)g_bytes_unref);
  f->manifest = ds_manifest_new();
  f->manifest->unit = g_strdup("unit-1");
  f->manifest->seq = 1;
  f->manifest->kind = DS_BUNDLE_CASE;
  f->record = ds_record_new();
  describe(f->record, 1);
  capture(f, "photo-1", "portrait", 8);
  capture(f, "photo-2", large, DS_CHUNK_PLAIN + 100);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
  ds_manifest_free(f->manifest);
  ds_record_free(f->record);
  g_hash_table_unref(f->store);
  world_tear_down(&f->world, NULL);
}

static gboolean
seal(Fixture *f, DsSealed *sealed, GError **error)
{
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(f->world.directory);
  DsKey *keys[] = {f->world.unit_sign, f->world.officer};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};

  return ds_seal(f->manifest, f->record, recipients, keys, roles, 2, sealed, error);
}

static void
test_round_trip(Fixture *f, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_auto(DsSealed) sealed = {0};
  g_autoptr(DsManifest) manifest = NULL;
  g_autoptr(DsRecord) record = NULL;
  g_autoptr(GByteArray) plain = g_byte_array_new();
  const DsRecordPart *part;

  g_assert_true(seal(f, &sealed, &error));
  manifest = ds_manifest_verify(sealed.manifest, f->world.directory, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(manifest->chunks->len, ==, 3);
  g_assert_true(ds_digest_equal(&manifest->id, &sealed.id));
  record = ds_open_record(manifest, sealed.record, f->world.records, &error);
  g_assert_no_error(error);
  part = ds_record_find_part(record, "photo-1");
  g_assert_true(ds_open_part(part, NULL, fetch_chunk, f->store, append_plain, plain, &error));
  g_assert_cmpmem(plain->data, plain->len, "portrait", 8);
  part = ds_record_find_part(record, "photo-2");
  g_assert_true(ds_open_part(part, NULL, fetch_chunk, f->store, NULL, NULL, &error));
}

static void
test_broken_store(Fixture *f, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) other = g_bytes_new_static("other", 5);
  const DsRecordPart *part = f->record->parts->pdata[1];
  const DsDigest second = g_array_index(part->chunks, DsChunkRef, 1).sha256;

  g_hash_table_insert(f->store, g_memdup2(&second, sizeof second), g_bytes_ref(other));
  g_assert_false(ds_open_part(part, NULL, fetch_chunk, f->store, NULL, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_assert_cmpstr(error->message, ==, "part \"photo-2\": chunk 2: is not the one that was signed");
  g_clear_error(&error);
  g_hash_table_remove(f->store, &second);
  g_assert_false(ds_open_part(part, NULL, fetch_chunk, f->store, NULL, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
}

static void
test_correction(Fixture *f, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_auto(DsSealed) first = {0};
  g_auto(DsSealed) second = {0};
  g_autoptr(DsRecord) old = f->record;
  g_autoptr(DsManifest) manifest = NULL;
  g_autoptr(DsRecord) read = NULL;
  const DsRecordPart *before, *reused;

  g_assert_true(seal(f, &first, &error));
  before = ds_record_find_part(old, "photo-2");
  f->record = ds_record_new();
  describe(f->record, 2);
  capture(f, "photo-3", "better", 6);
  ds_record_add_reused_part(f->record, "photo-2", "photo", "", "image/jpeg", &first.id, "photo-2",
                            before->chunks, &before->sha256, before->length);
  f->manifest->seq = 2;
  f->manifest->has_prev = TRUE;
  f->manifest->prev = first.id;
  g_assert_false(seal(f, &second, &error));
  g_assert_cmpstr(error->message, ==,
                  "part \"photo-2\": only a bundle that replaces another reuses its parts");
  g_clear_error(&error);
  f->manifest->has_replaces = TRUE;
  f->manifest->replaces = first.id;
  g_assert_true(seal(f, &second, &error));
  manifest = ds_manifest_verify(second.manifest, f->world.directory, &error);
  g_assert_cmpuint(manifest->chunks->len, ==, 1); /* only what is new travels */
  read = ds_open_record(manifest, second.record, f->world.records, &error);
  g_assert_no_error(error);
  reused = ds_record_find_part(read, "photo-2");
  g_assert_true(ds_digest_equal(&reused->from_bundle, &first.id));
  g_assert_false(ds_open_part(reused, NULL, fetch_chunk, f->store, NULL, NULL, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_true(ds_open_part(reused, before->key, fetch_chunk, f->store, NULL, NULL, &error));
}

static void
expect_refused(Fixture *f, const DsManifest *manifest, GBytes *record, gint code, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_open_record(manifest, record, f->world.records, &error));
  g_assert_error(error, DS_ERROR, code);
  if (strstr(error->message, part) == NULL)
    g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, part));
}

/* A record signed into a manifest that says something else: the manifest is genuine otherwise. */
static void
test_record_of_another_bundle(Fixture *f, gconstpointer unused)
{
  g_auto(DsSealed) sealed = {0};
  g_autoptr(DsManifest) m = NULL;
  const DsChunkRef extra = {.sha256 = ds_digest_of("extra", 5), .size = 60};

  g_assert_true(seal(f, &sealed, NULL));
  m = ds_manifest_parse(sealed.manifest, NULL);
  expect_refused(f, m, sealed.record, DS_ERROR_FAILED, "signatures were not checked");
  g_clear_pointer(&m, ds_manifest_free);
  m = ds_manifest_verify(sealed.manifest, f->world.directory, NULL);
  m->seq = 2;
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "another number (seq)");
  m->seq = 1;
  m->has_prev = TRUE;
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "another previous bundle");
  m->has_prev = FALSE;
  m->kind = DS_BUNDLE_DISPATCH;
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "another kind");
  m->kind = DS_BUNDLE_CASE;
  m->unit[0] = 'x';
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "another unit");
  m->unit[0] = 'u';
  g_array_append_val(m->chunks, extra);
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "other chunks than the manifest");
  g_array_set_size(m->chunks, 2);
  g_array_append_val(m->chunks, extra);
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "other chunks than the manifest");
  m->record.bytes[0] ^= 1;
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "its SHA-256");
  m->record_size++;
  expect_refused(f, m, sealed.record, DS_ERROR_REFUSED, "but the manifest says");
}

static void
test_secret(Fixture *f, gconstpointer unused)
{
  g_autoptr(DsSecret) secret = ds_secret_random(32);
  g_autoptr(DsSecret) large = ds_secret_new(4097);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = ds_seal_secret(secret, f->world.recovery, "recovery", &error);
  g_autoptr(DsSecret) opened = ds_open_secret(bytes, f->world.recovery, "recovery", &error);

  g_assert_no_error(error);
  g_assert_true(ds_secret_equal(secret, opened));
  g_assert_null(ds_open_secret(bytes, f->world.recovery, "other", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_null(ds_open_secret(bytes, f->world.records, "recovery", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  g_clear_error(&error);
  g_assert_null(ds_seal_secret(large, f->world.recovery, "recovery", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/bundle/seal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD("round-trip", test_round_trip);
  ADD("broken-store", test_broken_store);
  ADD("correction", test_correction);
  ADD("record-of-another-bundle", test_record_of_another_bundle);
  ADD("secret", test_secret);
  return g_test_run();
}
