/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-every-bit FOLDER: every bit of every golden object flipped, every truncation, one byte more;
 * objects and chunks put in each other's places. Nothing of it may be taken, and no plaintext may
 * come out that its tag does not vouch for. */
#include <string.h>

#include "base/error.h"
#include "golden.h"

#define CHUNKS 3u

static const char *root;
static const char *const bundles[] = {"case-1", "case-2", "dispatch-1"};

typedef struct {
  DsDirectory *directory;
  DsManifest *manifest;
  DsRecord *record;
  GBytes *manifest_bytes;
  GBytes *record_bytes;
  DsKey *key;
} Bundle;

/* Whether @bytes are taken as the object under test. */
typedef gboolean (*Judge)(GBytes *bytes, gpointer data, GError **error);

static void
refuse(Judge judge, gpointer data, const guint8 *bytes, gsize size, const char *what, gsize at)
{
  /* an allocation of exactly this size, for the address sanitizer */
  g_autoptr(GBytes) changed = g_bytes_new(bytes, size);
  g_autoptr(GError) error = NULL;

  if (judge(changed, data, &error))
    g_error("taken with %s at %" G_GSIZE_FORMAT, what, at);
  g_assert_nonnull(error);
  g_assert_true(error->domain == DS_ERROR);
  g_assert_true(error->message[0] != '\0');
}

static void
spoil(GBytes *original, Judge judge, gpointer data)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data(original, &size);
  g_autofree guint8 *copy = g_malloc0(size + 1);
  g_autoptr(GError) error = NULL;

  memcpy(copy, bytes, size);
  golden_require(judge(original, data, &error), error);
  for (gsize bit = 0; bit < 8 * size; bit++) {
    copy[bit / 8] ^= (guint8)(1u << bit % 8);
    refuse(judge, data, copy, size, "a flipped bit", bit);
    copy[bit / 8] = bytes[bit / 8];
  }
  for (gsize length = 0; length < size; length++)
    refuse(judge, data, copy, length, "a truncation", length);
  refuse(judge, data, copy, size + 1, "a byte more", size);
}

/* ---- signed objects ---- */

static DsDirectory *
read_directory(const char *name)
{
  g_autoptr(GBytes) bytes = golden_read(root, name);
  GError *error = NULL;
  DsDirectory *directory = ds_directory_verify(bytes, NULL, 0, 0, &error);

  golden_require(directory != NULL, error);
  return directory;
}

static gboolean
judge_directory(GBytes *bytes, gpointer data, GError **error)
{
  g_autoptr(DsDirectory) directory = ds_directory_verify(bytes, NULL, 0, 0, error);

  return directory != NULL;
}

static gboolean
judge_enrolment(GBytes *bytes, gpointer data, GError **error)
{
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(bytes, error);

  return enrolment != NULL;
}

static gboolean
judge_statement(GBytes *bytes, gpointer data, GError **error)
{
  g_autoptr(DsKey) unit = golden_key("unit-encrypt");
  g_autoptr(DsStatement) statement = ds_statement_verify(bytes, data, "unit-1", error);

  return statement != NULL && ds_statement_open_detail(statement, unit, error);
}

static gboolean
judge_secret(GBytes *bytes, gpointer data, GError **error)
{
  g_autoptr(DsSecret) secret = ds_open_secret(bytes, data, "recovery", error);

  return secret != NULL;
}

static void
test_signed(void)
{
  static const char *const directories[] = {"directory", "directory-rotated", "directory-trip"};
  static const char *const statements[] = {"statement-received", "statement-durable",
                                           "statement-returned"};
  g_autoptr(DsDirectory) directory = read_directory("directory");
  g_autoptr(GBytes) enrolment = golden_read(root, "enrolment");
  g_autoptr(GBytes) secret = golden_read(root, "secret");
  g_autoptr(DsKey) recovery = golden_key("recovery");

  spoil(enrolment, judge_enrolment, NULL);
  spoil(secret, judge_secret, recovery);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(GBytes) one = golden_read(root, directories[i]);
    g_autoptr(GBytes) other = golden_read(root, statements[i]);

    spoil(one, judge_directory, NULL);
    spoil(other, judge_statement, directory);
  }
}

static void
test_statement_of_another_unit(void)
{
  g_autoptr(DsDirectory) directory = read_directory("directory");
  g_autoptr(GBytes) bytes = golden_read(root, "statement-durable");
  g_autoptr(GError) error = NULL;

  g_assert_null(ds_statement_verify(bytes, directory, "unit-2", &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
}

/* ---- bundles ---- */

static void
open_bundle(Bundle *self, guint which)
{
  g_autofree char *folder = g_build_filename(root, bundles[which], NULL);
  GError *error = NULL;

  self->directory = read_directory("directory");
  self->key = golden_key(which == 2 ? "unit-encrypt" : "records");
  self->manifest_bytes = golden_read(folder, "manifest");
  self->record_bytes = golden_read(folder, "record");
  self->manifest = ds_manifest_verify(self->manifest_bytes, self->directory, &error);
  golden_require(self->manifest != NULL, error);
  self->record = ds_open_record(self->manifest, self->record_bytes, self->key, &error);
  golden_require(self->record != NULL, error);
}

static void
close_bundle(Bundle *self)
{
  ds_record_free(self->record);
  ds_manifest_free(self->manifest);
  ds_directory_free(self->directory);
  g_bytes_unref(self->manifest_bytes);
  g_bytes_unref(self->record_bytes);
  ds_key_unref(self->key);
}

static gboolean
judge_manifest(GBytes *bytes, gpointer data, GError **error)
{
  Bundle *bundle = data;
  g_autoptr(DsManifest) manifest = ds_manifest_verify(bytes, bundle->directory, error);

  return manifest != NULL;
}

static gboolean
judge_record(GBytes *bytes, gpointer data, GError **error)
{
  Bundle *bundle = data;
  g_autoptr(DsRecord) record = ds_open_record(bundle->manifest, bytes, bundle->key, error);

  return record != NULL;
}

static void
test_bundles(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(bundles); i++) {
    Bundle bundle;

    open_bundle(&bundle, i);
    spoil(bundle.manifest_bytes, judge_manifest, &bundle);
    spoil(bundle.record_bytes, judge_record, &bundle);
    close_bundle(&bundle);
  }
}

/* A record under another bundle's manifest, whoever may read it. */
static void
test_moved_records(void)
{
  static const char *const keys[] = {"records", "recovery", "unit-encrypt"};
  Bundle all[3];

  for (guint i = 0; i < 3; i++)
    open_bundle(&all[i], i);
  for (guint i = 0; i < 27; i++) {
    const guint to = i / 9, from = i / 3 % 3;
    g_autoptr(DsKey) key = golden_key(keys[i % 3]);
    g_autoptr(GError) error = NULL;

    if (to == from)
      continue;
    g_assert_null(ds_open_record(all[to].manifest, all[from].record_bytes, key, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  }
  for (guint i = 0; i < 3; i++)
    close_bundle(&all[i]);
}

/* ---- chunks ---- */

typedef struct {
  DsRecordPart *part;
  GBytes *stored; /* what lies where the chunk should be */
  guint8 *plain;  /* of the whole part */
  gsize released; /* plaintext that came out */
  GPtrArray *chunks;
  guint order[CHUNKS + 1]; /* which chunk is given for the n-th that is asked for */
  guint asked;
} Part;

static GBytes *
fetch_stored(const DsDigest *sha256, gpointer data, GError **error)
{
  return g_bytes_ref(((Part *)data)->stored);
}

static GBytes *
fetch_ordered(const DsDigest *sha256, gpointer data, GError **error)
{
  Part *self = data;

  return g_bytes_ref(self->chunks->pdata[self->order[self->asked++]]);
}

static gboolean
release(const void *plain, gsize size, gpointer data, GError **error)
{
  Part *self = data;

  if (self->plain != NULL)
    g_assert_cmpmem(self->plain + self->released, size, plain, size);
  self->released += size;
  return TRUE;
}

/* By the digest the record holds. Nothing may come out. */
static gboolean
judge_stored(GBytes *bytes, gpointer data, GError **error)
{
  Part *self = data;

  self->stored = bytes;
  self->released = 0;
  if (ds_open_part(self->part, NULL, fetch_stored, self, release, self, error))
    return TRUE;
  g_assert_cmpuint(self->released, ==, 0);
  return FALSE;
}

/* By the chunk's own tag, as if the digest did not exist. */
static gboolean
judge_tag(GBytes *bytes, gpointer data, GError **error)
{
  const Part *self = data;
  g_autoptr(DsChunkReader) reader = ds_chunk_reader_new(self->part->key, 1, error);
  g_autoptr(DsSecret) plain = ds_chunk_reader_open(reader, 0, bytes, error);

  return plain != NULL;
}

static GBytes *
read_chunk(guint bundle, const DsRecordPart *part)
{
  g_autofree char *folder = g_build_filename(root, bundles[bundle], NULL);
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(&g_array_index(part->chunks, DsChunkRef, 0).sha256, hex);
  return golden_read(folder, hex);
}

static void
test_chunks(void)
{
  guint seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS(bundles); i++) {
    Bundle bundle;

    open_bundle(&bundle, i);
    for (guint j = 0; j < bundle.record->parts->len; j++) {
      Part self = {.part = bundle.record->parts->pdata[j]};

      if (self.part->key == NULL)
        continue;
      g_autoptr(GBytes) chunk = read_chunk(i, self.part);

      spoil(chunk, judge_stored, &self);
      spoil(chunk, judge_tag, &self);
      seen++;
    }
    close_bundle(&bundle);
  }
  g_assert_cmpuint(seen, >=, 4);
}

/* Every part's chunk in the place of every other one's, within a bundle and between bundles. */
static void
test_moved_chunks(void)
{
  g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(GPtrArray) parts = g_ptr_array_new();
  Bundle all[3];

  for (guint i = 0; i < 3; i++) {
    open_bundle(&all[i], i);
    for (guint j = 0; j < all[i].record->parts->len; j++) {
      DsRecordPart *part = all[i].record->parts->pdata[j];

      if (part->key == NULL)
        continue;
      g_ptr_array_add(parts, part);
      g_ptr_array_add(chunks, read_chunk(i, part));
    }
  }
  for (guint i = 0; i < parts->len * parts->len; i++) {
    Part self = {.part = parts->pdata[i / parts->len]};
    g_autoptr(GError) one = NULL, two = NULL;
    const gboolean own = i / parts->len == i % parts->len;

    g_assert_true(judge_stored(chunks->pdata[i % parts->len], &self, &one) == own);
    g_assert_true(judge_tag(chunks->pdata[i % parts->len], &self, &two) == own);
    if (own)
      continue;
    g_assert_error(one, DS_ERROR, DS_ERROR_REFUSED);
    g_assert_error(two, DS_ERROR, DS_ERROR_REFUSED);
  }
  for (guint i = 0; i < 3; i++)
    close_bundle(&all[i]);
}

static gboolean
keep(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  g_ptr_array_add(data, g_bytes_ref(chunk));
  return TRUE;
}

/* A part of CHUNKS chunks whose record names what is stored in @self->order, @count of them, as if
 * somebody could forge the record's digests too. */
static gboolean
open_ordered(Part *self, const DsChunkWriter *writer, guint count, GError **error)
{
  g_autoptr(GArray) refs = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  DsRecordPart part = {.id = (char *)"part",
                       .chunks = refs,
                       .sha256 = ds_chunk_writer_sha256(writer),
                       .length = ds_chunk_writer_length(writer),
                       .key = ds_chunk_writer_key(writer)};

  for (guint i = 0; i < count; i++)
    g_array_append_val(refs,
                       g_array_index(ds_chunk_writer_chunks(writer), DsChunkRef, self->order[i]));
  self->asked = 0;
  self->released = 0;
  return ds_open_part(&part, NULL, fetch_ordered, self, release, self, error);
}

static void
test_order_of_chunks(void)
{
  const gsize size = 2 * DS_CHUNK_PLAIN + 1000;
  g_autofree guint8 *plain = g_malloc(size);
  g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(keep, chunks);
  GError *failed = NULL;
  guint taken = 0;

  for (gsize i = 0; i < size; i++)
    plain[i] = (guint8)(i * 2654435761u >> 16);
  golden_require(ds_chunk_writer_write(writer, plain, size, &failed), failed);
  golden_require(ds_chunk_writer_finish(writer, &failed), failed);
  g_assert_cmpuint(chunks->len, ==, CHUNKS);
  /* every row of one to four of the three chunks: swapped, dropped, doubled */
  for (guint count = 1; count <= CHUNKS + 1; count++) {
    const guint rows = count == 1 ? 3 : count == 2 ? 9 : count == 3 ? 27 : 81;

    for (guint row = 0; row < rows; row++) {
      Part self = {.plain = plain, .chunks = chunks};
      g_autoptr(GError) error = NULL;

      for (guint i = 0, rest = row; i < count; i++, rest /= CHUNKS)
        self.order[i] = rest % CHUNKS;
      if (open_ordered(&self, writer, count, &error)) {
        g_assert_cmpuint(count, ==, CHUNKS);
        g_assert_true(self.order[0] == 0 && self.order[1] == 1 && self.order[2] == 2);
        taken++;
        continue;
      }
      g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
      g_assert_cmpuint(self.released % DS_CHUNK_PLAIN, ==, 0); /* whole, checked chunks only */
    }
  }
  g_assert_cmpuint(taken, ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (argc != 2)
    g_error("usage: test-every-bit FOLDER");
  root = argv[1];
  g_test_add_func("/every-bit/signed", test_signed);
  g_test_add_func("/every-bit/statement-of-another-unit", test_statement_of_another_unit);
  g_test_add_func("/every-bit/bundles", test_bundles);
  g_test_add_func("/every-bit/moved-records", test_moved_records);
  g_test_add_func("/every-bit/chunks", test_chunks);
  g_test_add_func("/every-bit/moved-chunks", test_moved_chunks);
  g_test_add_func("/every-bit/order-of-chunks", test_order_of_chunks);
  return g_test_run();
}
