/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open-golden FOLDER: opens every golden file and prints what is in it as JSON, as decode.py does
 * from the document alone. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "golden.h"

typedef struct {
  const char *root;
  const char *folders[3]; /* where a bundle's chunks may lie, NULL-terminated */
  DsDirectory *directory;
  JsonBuilder *b;
} Open;

static GBytes *
fetch(const DsDigest *sha256, gpointer data, GError **error)
{
  Open *self = data;
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(sha256, hex);
  for (guint i = 0; self->folders[i] != NULL; i++) {
    g_autofree char *folder = g_build_filename(self->root, self->folders[i], NULL);
    g_autofree char *file = g_strconcat(hex, ".cbor", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return golden_read(folder, hex);
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "chunk %s is missing", hex);
  return NULL;
}

static gboolean
append_plain(const void *plain, gsize size, gpointer data, GError **error)
{
  g_string_append_len(data, plain, (gssize)size);
  return TRUE;
}

static void
dump_plain(Open *self, const DsRecord *record, const DsRecord *older)
{
  json_builder_set_member_name(self->b, "plain");
  json_builder_begin_object(self->b);
  for (guint i = 0; i < record->parts->len; i++) {
    const DsRecordPart *part = record->parts->pdata[i];
    const DsRecordPart *origin =
        part->from_part != NULL ? ds_record_find_part(older, part->from_part) : part;
    g_autoptr(GString) plain = g_string_new(NULL);
    GError *error = NULL;

    golden_require(ds_open_part(part, origin->key, fetch, self, append_plain, plain, &error),
                   error);
    json_builder_set_member_name(self->b, part->id);
    json_builder_add_string_value(self->b, plain->str);
  }
  json_builder_end_object(self->b);
}

static DsRecord *
dump_bundle(Open *self, const char *name, DsKey *key, const DsRecord *older)
{
  g_autofree char *folder = g_build_filename(self->root, name, NULL);
  g_autoptr(GBytes) manifest_bytes = golden_read(folder, "manifest");
  g_autoptr(GBytes) record_bytes = golden_read(folder, "record");
  GError *error = NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_verify(manifest_bytes, self->directory, &error);
  DsRecord *record;

  golden_require(manifest != NULL, error);
  record = ds_open_record(manifest, record_bytes, key, &error);
  golden_require(record != NULL, error);
  json_builder_set_member_name(self->b, name);
  json_builder_begin_object(self->b);
  json_builder_set_member_name(self->b, "manifest");
  golden_dump_manifest(self->b, manifest);
  json_builder_set_member_name(self->b, "record");
  golden_dump_record(self->b, record);
  dump_plain(self, record, older);
  json_builder_end_object(self->b);
  return record;
}

static void
dump_bundles(Open *self)
{
  g_autoptr(DsKey) records = golden_key("records");
  g_autoptr(DsKey) recovery = golden_key("recovery");
  g_autoptr(DsKey) unit = golden_key("unit-encrypt");
  g_autoptr(DsRecord) first = NULL;
  g_autoptr(DsRecord) second = NULL;
  g_autoptr(DsRecord) dispatch = NULL;

  self->folders[0] = "case-1";
  first = dump_bundle(self, "case-1", records, NULL);
  self->folders[1] = "case-2";
  second = dump_bundle(self, "case-2", recovery, first);
  self->folders[0] = "dispatch-1";
  dispatch = dump_bundle(self, "dispatch-1", unit, NULL);
}

static void
dump_directory(Open *self)
{
  g_autoptr(GBytes) bytes = golden_read(self->root, "directory");
  g_autoptr(DsKey) root = golden_key("root");
  const DsDigest pin = ds_key_digest(root);
  GError *error = NULL;

  self->directory = ds_directory_verify(bytes, &pin, 1, 7, &error);
  golden_require(self->directory != NULL, error);
  json_builder_set_member_name(self->b, "directory");
  golden_dump_directory(self->b, self->directory);
}

static void
dump_enrolment(Open *self)
{
  g_autoptr(GBytes) bytes = golden_read(self->root, "enrolment");
  GError *error = NULL;
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(bytes, &error);
  g_autofree char *fingerprint = ds_enrol_fingerprint(bytes, NULL);

  golden_require(enrolment != NULL, error);
  json_builder_set_member_name(self->b, "enrolment");
  golden_dump_enrolment(self->b, enrolment);
  json_builder_set_member_name(self->b, "fingerprint");
  json_builder_add_string_value(self->b, fingerprint);
}

static void
dump_statement(Open *self, const DsDirectory *directory, const char *name)
{
  g_autoptr(GBytes) bytes = golden_read(self->root, name);
  g_autoptr(DsKey) unit = golden_key("unit-encrypt");
  GError *error = NULL;
  g_autoptr(DsStatement) statement = ds_statement_verify(bytes, directory, "unit-1", &error);

  golden_require(statement != NULL, error);
  golden_require(ds_statement_open_detail(statement, unit, &error), error);
  json_builder_set_member_name(self->b, name);
  golden_dump_statement(self->b, statement);
}

static void
dump_rotation(Open *self)
{
  g_autoptr(GBytes) bytes = golden_read(self->root, "directory-rotated");
  GError *error = NULL;
  g_autoptr(DsDirectory) rotated =
      ds_directory_verify(bytes, NULL, 0, self->directory->version + 1, &error);

  golden_require(rotated != NULL, error);
  json_builder_set_member_name(self->b, "directory-rotated");
  golden_dump_directory(self->b, rotated);
  dump_statement(self, rotated, "statement-retired");
  dump_statement(self, rotated, "statement-refused");
}

/* A trip that changed hands: another directory, and one part that is itself signed. */
static void
dump_trip(Open *self)
{
  g_autofree char *folder = g_build_filename(self->root, "trip-1", NULL);
  g_autoptr(GBytes) directory_bytes = golden_read(self->root, "directory-trip");
  g_autoptr(GBytes) manifest_bytes = golden_read(folder, "manifest");
  g_autoptr(GBytes) record_bytes = golden_read(folder, "record");
  g_autoptr(DsKey) records = golden_key("records");
  GError *error = NULL;
  g_autoptr(DsDirectory) directory = ds_directory_verify(directory_bytes, NULL, 0, 0, &error);
  golden_require(directory != NULL, error);
  g_autoptr(DsManifest) manifest = ds_manifest_verify(manifest_bytes, directory, &error);
  golden_require(manifest != NULL, error);
  g_autoptr(DsRecord) record = ds_open_record(manifest, record_bytes, records, &error);
  golden_require(record != NULL, error);
  self->folders[0] = "trip-1";
  g_autoptr(GBytes) part = ds_open_part_bytes(record->parts->pdata[0], NULL, fetch, self, &error);
  golden_require(part != NULL, error);
  g_autoptr(DsHandover) handover = ds_handover_verify(part, directory, &error);
  golden_require(handover != NULL, error);
  json_builder_set_member_name(self->b, "trip-1");
  json_builder_begin_object(self->b);
  json_builder_set_member_name(self->b, "manifest");
  golden_dump_manifest(self->b, manifest);
  json_builder_set_member_name(self->b, "record");
  golden_dump_record(self->b, record);
  json_builder_set_member_name(self->b, "handover");
  golden_dump_handover(self->b, handover);
  json_builder_end_object(self->b);
}

static void
dump_secret(Open *self)
{
  g_autoptr(GBytes) bytes = golden_read(self->root, "secret");
  g_autoptr(DsKey) recovery = golden_key("recovery");
  GError *error = NULL;
  g_autoptr(DsSecret) secret = ds_open_secret(bytes, recovery, "recovery", &error);
  g_autofree char *text = NULL;

  golden_require(secret != NULL, error);
  text = g_strndup((const char *)ds_secret_data(secret), ds_secret_size(secret));
  json_builder_set_member_name(self->b, "secret");
  json_builder_add_string_value(self->b, text);
}

int
main(int argc, char **argv)
{
  g_autoptr(JsonBuilder) b = json_builder_new();
  g_autoptr(JsonNode) root = NULL;
  g_autofree char *text = NULL;
  Open self = {.root = argc == 2 ? argv[1] : NULL, .b = b};

  if (self.root == NULL) {
    g_printerr("usage: open-golden FOLDER\n");
    return 64;
  }
  json_builder_begin_object(b);
  dump_directory(&self);
  dump_enrolment(&self);
  dump_bundles(&self);
  dump_statement(&self, self.directory, "statement-received");
  dump_statement(&self, self.directory, "statement-durable");
  dump_statement(&self, self.directory, "statement-returned");
  dump_rotation(&self);
  dump_trip(&self);
  dump_secret(&self);
  json_builder_end_object(b);
  root = json_builder_get_root(b);
  text = json_to_string(root, TRUE);
  puts(text); /* g_print would convert to the locale */
  ds_directory_free(self.directory);
  return 0;
}
