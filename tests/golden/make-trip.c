/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-trip FOLDER: adds a trip that changed hands to the golden files: the directory with a second
 * officer, and the bundle with the handover both signed, sealed by a unit whose clock was behind.
 * Run once; FOLDER holds what make-golden and make-rotation wrote. */
#include <string.h>

#include "base/files.h"
#include "bundle/handover.h"
#include "golden.h"

#define NOW_US G_GINT64_CONSTANT(1790000000000000)
#define DAY_US G_GINT64_CONSTANT(86400000000)

typedef struct {
  char *folder; /* of the bundle */
  DsDirectory *directory;
  DsKey *unit, *from, *to;
} Trip;

static void
save(const char *folder, const char *name, GBytes *bytes)
{
  g_autofree char *file = g_strconcat(name, ".cbor", NULL);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  GError *error = NULL;

  golden_require(ds_files_make_dir(folder, &error), error);
  golden_require(ds_files_create(folder, file, data, size, &error), error);
}

static gboolean
save_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  save(data, ds_digest_to_hex(sha256, hex), chunk);
  return TRUE;
}

static void
make_directory(const char *folder, Trip *trip)
{
  g_autoptr(GBytes) before = golden_read(folder, "directory-rotated");
  g_autoptr(DsKey) root = golden_key("root");
  GError *error = NULL;
  g_autoptr(DsDirectory) old = ds_directory_verify(before, NULL, 0, 0, &error);

  golden_require(old != NULL, error);
  trip->directory = ds_directory_copy(old);
  trip->directory->version++;
  trip->directory->issued_us += DAY_US;
  ds_directory_add_officer(trip->directory, "036882", "王五", DS_ROLE_OFFICER, trip->to);
  g_autoptr(GBytes) bytes = ds_directory_sign(trip->directory, root, &error);
  golden_require(bytes != NULL, error);
  save(folder, "directory-trip", bytes);
}

static GBytes *
make_handover(Trip *trip)
{
  g_autoptr(DsHandover) h = ds_handover_new();
  const DsDigest bundle = ds_digest_of("bundle", 6), audit = ds_digest_of("audit", 5);
  GError *error = NULL;

  h->unit = g_strdup("unit-1");
  h->trip = g_strdup("visits-2026-09-21");
  h->name = g_strdup("九月上门服务");
  h->time.wall_us = NOW_US;
  h->time.boot_us = 3600000000;
  g_strlcpy(h->time.boot_id, "6cf7b9a4-6d8f-4a52-a2b4-0f0a3b4a5c6d", sizeof h->time.boot_id);
  h->station_us = NOW_US - DAY_US;
  h->from = g_strdup("036881");
  h->to = g_strdup("036882");
  h->cash_fen = 6000;
  h->refund_owed_fen = 2000;
  h->cards = 2;
  ds_handover_add_receipts(h, "LU-2026", 3, "000101", "000104", 6000);
  ds_handover_add_case(h, "unit-1-20260921-001", "durable", &bundle);
  ds_handover_add_case(h, "unit-1-20260921-002", "awaiting-material", NULL);
  h->has_audit = TRUE;
  h->audit_head = audit;
  h->remark = g_strdup("两张旧证在信封里");
  GBytes *bytes = ds_handover_sign(h, trip->from, trip->to, &error);
  golden_require(bytes != NULL, error);
  return bytes;
}

static DsManifest *
new_manifest(void)
{
  DsManifest *m = ds_manifest_new();

  m->unit = g_strdup("unit-1");
  m->seq = 1;
  m->kind = DS_BUNDLE_TRIP;
  m->directory_version = 9;
  m->time.wall_us = NOW_US;
  m->time.boot_us = 3600000000;
  g_strlcpy(m->time.boot_id, "6cf7b9a4-6d8f-4a52-a2b4-0f0a3b4a5c6d", sizeof m->time.boot_id);
  m->station_us = NOW_US - DAY_US;
  m->newest_us = NOW_US + 3 * DAY_US;
  m->has_audit = TRUE;
  m->audit_head = ds_digest_of("audit", 5);
  return m;
}

static void
make_bundle(Trip *trip, GBytes *handover)
{
  g_autoptr(DsRecord) record = ds_record_new();
  g_autoptr(DsManifest) m = new_manifest();
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(trip->directory);
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(save_chunk, trip->folder);
  DsKey *keys[] = {trip->unit, trip->from, trip->to};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER, DS_ROLE_OFFICER};
  g_auto(DsSealed) sealed = {0};
  GError *error = NULL;
  gsize size;
  const void *data = g_bytes_get_data(handover, &size);

  golden_require(ds_chunk_writer_write(writer, data, size, &error), error);
  golden_require(ds_chunk_writer_finish(writer, &error), error);
  DsDigest sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(record, "handover-1", DS_HANDOVER_SLOT, "", DS_HANDOVER_MEDIA_TYPE,
                     ds_chunk_writer_key(writer), ds_chunk_writer_chunks(writer), &sha256, size);
  ds_record_set_fact(record, "trip.id", "visits-2026-09-21");
  golden_require(ds_seal(m, record, recipients, keys, roles, 3, &sealed, &error), error);
  save(trip->folder, "manifest", sealed.manifest);
  save(trip->folder, "record", sealed.record);
}

int
main(int argc, char **argv)
{
  Trip trip = {.unit = golden_key("unit-sign"),
               .from = golden_key("officer"),
               .to = golden_key("officer-2")};

  if (argc != 2) {
    g_printerr("usage: make-trip FOLDER\n");
    return 64;
  }
  trip.folder = g_build_filename(argv[1], "trip-1", NULL);
  make_directory(argv[1], &trip);
  g_autoptr(GBytes) handover = make_handover(&trip);
  make_bundle(&trip, handover);
  return 0;
}
