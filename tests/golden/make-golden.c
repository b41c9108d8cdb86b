/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the golden files: make-golden FOLDER. Run once per format version; see README.md. Keys are
 * SHA-256("doorstep golden key " ‖ name), so that nothing secret lies in the repository. */
#include <string.h>

#include "base/files.h"
#include "golden.h"

#define NOW_US G_GINT64_CONSTANT(1790000000000000)
#define APPLICANT "360102201506019974"
#define GUARDIAN "360102198803159987"

typedef struct {
  const char *root; /* folder */
  char *folder;     /* of the bundle being written */
  DsKey *station_root;
  DsKey *records;
  DsKey *online;
  DsKey *recovery;
  DsKey *unit_sign;
  DsKey *unit_encrypt;
  DsKey *officer;
  DsDirectory *directory;
} Golden;

static void
save(const char *folder, const char *name, GBytes *bytes)
{
  g_autofree char *file = g_strconcat(name, ".cbor", NULL);
  GError *error = NULL;
  gsize size;
  const void *data;

  golden_require(bytes != NULL, NULL);
  data = g_bytes_get_data(bytes, &size);
  golden_require(ds_files_make_dir(folder, &error), error);
  golden_require(ds_files_replace(folder, file, data, size, &error), error);
}

static gboolean
save_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer data, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  save(data, ds_digest_to_hex(sha256, hex), chunk);
  return TRUE;
}

static DsRecordPart *
add_part(Golden *g, DsRecord *record, const char *id, const char *slot, const char *kind,
         const char *media_type, const char *content)
{
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(save_chunk, g->folder);
  GError *error = NULL;
  DsDigest sha256;

  golden_require(ds_chunk_writer_write(writer, content, strlen(content), &error), error);
  golden_require(ds_chunk_writer_finish(writer, &error), error);
  sha256 = ds_chunk_writer_sha256(writer);
  return ds_record_add_part(record, id, slot, kind, media_type, ds_chunk_writer_key(writer),
                            ds_chunk_writer_chunks(writer), &sha256, strlen(content));
}

static void
make_directory(Golden *g)
{
  DsDirectory *d = ds_directory_new();
  GError *error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  d->station = g_strdup("rugao-3");
  d->name = g_strdup("如皋市公安局第三派出所");
  d->version = 7;
  d->issued_us = NOW_US;
  d->expires_us = NOW_US + G_GINT64_CONSTANT(31536000000000);
  g_ptr_array_add(d->recipients, ds_key_ref(g->records));
  d->recovery = ds_key_ref(g->recovery);
  ds_directory_add_receipt_key(d, g->records, DS_STATES_ALL);
  ds_directory_add_receipt_key(d, g->online, DS_STATES_ONLINE);
  g_ptr_array_add(d->dispatch_keys, ds_key_ref(g->records));
  ds_directory_add_unit(d, "unit-1", "外勤一组", g->unit_sign, g->unit_encrypt);
  ds_directory_add_officer(d, "036881", "李四", DS_ROLE_OFFICER, g->officer);
  d->copies = 2;
  g_ptr_array_add(d->places, g_strdup("archive-1"));
  g_ptr_array_add(d->places, g_strdup("archive-2"));
  d->root = ds_key_ref(g->station_root);
  bytes = ds_directory_sign(d, g->station_root, &error);
  golden_require(bytes != NULL, error);
  save(g->root, "directory", bytes);
  g->directory = d;
}

static void
make_enrolment(Golden *g)
{
  g_autoptr(DsEnrolment) e = ds_enrolment_new();
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  e->unit = g_strdup("unit-1");
  e->name = g_strdup("外勤一组");
  e->sign = ds_key_ref(g->unit_sign);
  e->encrypt = ds_key_ref(g->unit_encrypt);
  ds_enrolment_add_officer(e, "036881", "李四", DS_ROLE_OFFICER, g->officer);
  bytes = ds_enrolment_sign(e, g->unit_sign, &error);
  golden_require(bytes != NULL, error);
  save(g->root, "enrolment", bytes);
}

static void
describe_case(DsRecord *record, guint version)
{
  static const char *const fields[] = {
      "applicant.name",   "张小明", "applicant.sex",      "1",
      "applicant.ethnic", "01",     "applicant.number",   APPLICANT,
      "guardian.name",    "张大明", "guardian.number",    GUARDIAN,
      "contact.phone",    "",       "application.reason", "first-under-16"};
  DsRecordCase *c = ds_record_set_case(record, "L-2026-000001", version);

  c->trip = g_strdup("trip-2026-09-01");
  c->service = g_strdup("first-card");
  c->pack = g_strdup("jiangxi");
  c->pack_version = g_strdup("2026-01");
  c->pack_digest = ds_digest_of("pack", 4);
  c->day = g_strdup("2026-09-01");
  c->officer = g_strdup("036881");
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i += 2)
    ds_record_set_field(record, fields[i], fields[i + 1]);
  ds_record_set_fact(record, "kinship.case", "K1");
  ds_record_set_fact(record, "case.day", "2026-09-01");
  ds_record_add_finding(record, "warning", "portrait.blurred", "photo");
  ds_record_add_decision(record, "portrait.blurred", "photo", "the child would not sit still",
                         "036881", NOW_US - 60000000);
}

static DsManifest *
new_manifest(guint64 seq, const DsDigest *prev, DsBundleKind kind)
{
  DsManifest *m = ds_manifest_new();

  m->unit = g_strdup("unit-1");
  m->seq = seq;
  m->has_prev = prev != NULL;
  if (prev != NULL)
    m->prev = *prev;
  m->kind = kind;
  m->directory_version = 7;
  m->time.wall_us = NOW_US + (gint64)seq * 60000000;
  m->time.boot_us = 3600000000;
  g_strlcpy(m->time.boot_id, "6cf7b9a4-6d8f-4a52-a2b4-0f0a3b4a5c6d", sizeof m->time.boot_id);
  m->station_us = NOW_US;
  return m;
}

static DsDigest
seal_case(Golden *g, DsManifest *m, DsRecord *record)
{
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(g->directory);
  DsKey *keys[] = {g->unit_sign, g->officer};
  const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER};
  g_auto(DsSealed) sealed = {0};
  GError *error = NULL;

  m->has_audit = TRUE;
  m->audit_head = ds_digest_of(&m->seq, sizeof m->seq);
  golden_require(ds_seal(m, record, recipients, keys, roles, 2, &sealed, &error), error);
  save(g->folder, "manifest", sealed.manifest);
  save(g->folder, "record", sealed.record);
  return sealed.id;
}

static void
set_folder(Golden *g, const char *name)
{
  g_free(g->folder);
  g->folder = g_build_filename(g->root, name, NULL);
}

static void
make_cases(Golden *g, DsDigest *first_id)
{
  g_autoptr(DsRecord) first = ds_record_new();
  g_autoptr(DsRecord) second = ds_record_new();
  g_autoptr(DsManifest) m1 = new_manifest(1, NULL, DS_BUNDLE_CASE);
  g_autoptr(DsManifest) m2 = NULL;
  DsRecordPart *part;

  set_folder(g, "case-1");
  describe_case(first, 1);
  add_part(g, first, "photo-1", "photo", "", "image/jpeg", "a portrait of nobody, too dark");
  part = add_part(g, first, "fingerprint-1", "fingerprint", "11", "application/octet-stream",
                  "ridges of nobody");
  ds_record_part_set_attribute(part, "content", "template");
  ds_record_part_set_attribute(part, "algorithm", "GA 1012");
  add_part(g, first, "empty-1", "document", "other", "text/plain", "");
  *first_id = seal_case(g, m1, first);

  set_folder(g, "case-2");
  describe_case(second, 2);
  add_part(g, second, "photo-2", "photo", "", "image/jpeg", "a portrait of nobody, well lit");
  part = first->parts->pdata[1];
  ds_record_add_reused_part(second, part->id, part->slot, part->kind, part->media_type, first_id,
                            part->id, part->chunks, &part->sha256, part->length);
  m2 = new_manifest(2, first_id, DS_BUNDLE_CASE);
  m2->has_replaces = TRUE;
  m2->replaces = *first_id;
  seal_case(g, m2, second);
}

static void
make_dispatch(Golden *g)
{
  g_autoptr(DsRecord) record = ds_record_new();
  g_autoptr(DsManifest) m = new_manifest(1, NULL, DS_BUNDLE_DISPATCH);
  g_autoptr(GPtrArray) recipients = g_ptr_array_new();
  const DsRole roles[] = {DS_ROLE_STATION};
  g_auto(DsSealed) sealed = {0};
  GError *error = NULL;

  set_folder(g, "dispatch-1");
  ds_record_set_field(record, "trip.id", "trip-2026-09-01");
  ds_record_set_field(record, "trip.name", "实验小学");
  add_part(g, record, "roster", "roster", "roster.json", "application/json",
           "[{\"row\":2,\"fields\":{\"applicant.name\":\"张小明\"}}]");
  g_ptr_array_add(recipients, g->unit_encrypt);
  golden_require(ds_seal(m, record, recipients, &g->records, roles, 1, &sealed, &error), error);
  save(g->folder, "manifest", sealed.manifest);
  save(g->folder, "record", sealed.record);
}

static void
make_statement(Golden *g, const char *name, guint64 seq, const DsDigest *bundle, DsState state,
               DsKey *key, const char *category)
{
  g_autoptr(DsStatement) s = ds_statement_new();
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  s->station = g_strdup("rugao-3");
  s->unit = g_strdup("unit-1");
  s->seq = seq;
  s->bundle = *bundle;
  s->state = state;
  s->station_us = NOW_US + (gint64)seq * 1000000;
  s->directory_version = 7;
  if (category != NULL) {
    ds_statement_set_detail(s, "category", category);
    ds_statement_set_detail(s, "text", "照片太暗，请重拍");
    ds_statement_set_detail(s, "due", "2026-09-04");
  }
  bytes = ds_statement_sign(s, g->unit_encrypt, key, &error);
  golden_require(bytes != NULL, error);
  save(g->root, name, bytes);
}

static void
make_secret(Golden *g)
{
  g_autoptr(DsSecret) secret = ds_secret_from_bytes("thirty-two bytes of a master key", 32);
  GError *error = NULL;
  g_autoptr(GBytes) bytes = ds_seal_secret(secret, g->recovery, "recovery", &error);

  golden_require(bytes != NULL, error);
  save(g->root, "secret", bytes);
}

int
main(int argc, char **argv)
{
  Golden g = {.root = argc == 2 ? argv[1] : NULL,
              .station_root = golden_key("root"),
              .records = golden_key("records"),
              .online = golden_key("online"),
              .recovery = golden_key("recovery"),
              .unit_sign = golden_key("unit-sign"),
              .unit_encrypt = golden_key("unit-encrypt"),
              .officer = golden_key("officer")};
  DsDigest first;

  if (g.root == NULL) {
    g_printerr("usage: make-golden FOLDER\n");
    return 64;
  }
  make_directory(&g);
  make_enrolment(&g);
  make_cases(&g, &first);
  make_dispatch(&g);
  make_statement(&g, "statement-received", 1, &first, DS_STATE_RECEIVED, g.online, NULL);
  make_statement(&g, "statement-durable", 2, &first, DS_STATE_DURABLE, g.records, NULL);
  make_statement(&g, "statement-returned", 3, &first, DS_STATE_RETURNED, g.records, "photo");
  make_secret(&g);
  return 0;
}
