/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open-vectors FOLDER: judges every object of FOLDER/vectors.json as what it claims to be and
 * prints {name: class} as JSON; with the message of each refusal on the error stream.
 * open-vectors FOLDER -: judges one vector of each line of its input, prints the class of each. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "golden.h"
#include "model/cbor.h"

typedef struct {
  DsDirectory *directory;
  DsDirectory *rotated; /* for vectors that name "directory-rotated" */
  DsDirectory *trip;    /* for handovers, and for manifests of trips */
  DsKey *root;
  DsKey *records;
  DsKey *unit;
  JsonArray *vectors;
} Judge;

static gboolean
judge_cbor(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  g_auto(DsCborReader) r = {0};

  return ds_cbor_reader_init_bytes(&r, bytes, "vector", NULL, error);
}

static gboolean
judge_manifest(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  const gboolean trip = json_object_has_member(vector, "directory");
  g_autoptr(DsManifest) manifest =
      ds_manifest_verify(bytes, trip ? self->trip : self->directory, error);

  return manifest != NULL;
}

static gboolean
judge_record(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  g_autoptr(DsRecord) record = ds_record_decrypt(bytes, self->records, error);

  return record != NULL;
}

static GBytes *
find_vector(Judge *self, const char *name)
{
  for (guint i = 0; i < json_array_get_length(self->vectors); i++) {
    JsonObject *vector = json_array_get_object_element(self->vectors, i);

    if (strcmp(json_object_get_string_member(vector, "name"), name) == 0)
      return golden_from_hex(json_object_get_string_member(vector, "hex"));
  }
  g_error("no vector %s", name);
}

static gboolean
judge_bundle(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  g_autoptr(GBytes) manifest_bytes =
      find_vector(self, json_object_get_string_member(vector, "manifest"));
  g_autoptr(DsManifest) manifest = ds_manifest_verify(manifest_bytes, self->directory, error);
  g_autoptr(DsRecord) record =
      manifest != NULL ? ds_open_record(manifest, bytes, self->records, error) : NULL;

  return record != NULL;
}

static gboolean
judge_directory(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  const DsDigest pin = ds_key_digest(self->root);
  g_autoptr(DsDirectory) directory = ds_directory_verify(bytes, &pin, 1, 7, error);

  return directory != NULL;
}

static gboolean
judge_enrolment(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  g_autoptr(DsEnrolment) enrolment = ds_enrolment_verify(bytes, error);

  return enrolment != NULL;
}

static gboolean
judge_statement(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  const gboolean rotated = json_object_has_member(vector, "directory");
  g_autoptr(DsStatement) statement =
      ds_statement_verify(bytes, rotated ? self->rotated : self->directory, "unit-1", error);

  return statement != NULL && ds_statement_open_detail(statement, self->unit, error);
}

static gboolean
judge_handover(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  g_autoptr(DsHandover) handover = ds_handover_verify(bytes, self->trip, error);

  return handover != NULL;
}

static gboolean
judge_chunk(Judge *self, JsonObject *vector, GBytes *bytes, GError **error)
{
  const guint index = (guint)json_object_get_int_member(vector, "index");
  const guint count = (guint)json_object_get_int_member(vector, "count");
  g_autoptr(DsSecret) key = ds_secret_new(32);
  g_autoptr(DsChunkReader) reader = NULL;
  g_autoptr(DsSecret) plain = NULL;

  for (guint i = 0; i < 32; i++)
    ds_secret_data(key)[i] = (guint8)i;
  reader = ds_chunk_reader_new(key, count, error);
  plain = reader != NULL ? ds_chunk_reader_open(reader, index, bytes, error) : NULL;
  return plain != NULL;
}

static const struct {
  const char *type;
  gboolean (*judge)(Judge *self, JsonObject *vector, GBytes *bytes, GError **error);
} judges[] = {
    {"cbor", judge_cbor},           {"manifest", judge_manifest},   {"record", judge_record},
    {"bundle", judge_bundle},       {"directory", judge_directory}, {"enrolment", judge_enrolment},
    {"statement", judge_statement}, {"chunk", judge_chunk},         {"handover", judge_handover},
};

static const char *
judge_one(Judge *self, JsonObject *vector, gboolean say)
{
  const char *type = json_object_get_string_member(vector, "type");
  const char *name = json_object_get_string_member(vector, "name");
  g_autoptr(GBytes) bytes = golden_from_hex(json_object_get_string_member(vector, "hex"));
  g_autoptr(GError) error = NULL;
  gsize i = 0;

  while (i < G_N_ELEMENTS(judges) && strcmp(judges[i].type, type) != 0)
    i++;
  if (i == G_N_ELEMENTS(judges))
    g_error("%s: unknown type %s", name, type);
  if (judges[i].judge(self, vector, bytes, &error)) {
    golden_require(error == NULL, error);
    return "ok";
  }
  if (error == NULL)
    g_error("%s: refused without a word", name);
  if (say)
    fprintf(stderr, "%s: %s\n", name, error->message);
  return ds_error_word(error->code);
}

static gboolean
judge_lines(Judge *self)
{
  g_autofree char *line = NULL;
  size_t room = 0;

  while (getline(&line, &room, stdin) > 0) {
    g_autoptr(JsonNode) node = json_from_string(line, NULL);

    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
      return FALSE;
    puts(judge_one(self, json_node_get_object(node), FALSE));
    fflush(stdout);
  }
  return TRUE;
}

static gboolean
judge_file(Judge *self, const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "vectors.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(JsonBuilder) b = json_builder_new();
  g_autoptr(JsonNode) root = NULL;
  g_autofree char *text = NULL;

  if (!json_parser_load_from_file(parser, path, NULL))
    return FALSE;
  self->vectors = json_node_get_array(json_parser_get_root(parser));
  json_builder_begin_object(b);
  for (guint i = 0; i < json_array_get_length(self->vectors); i++) {
    JsonObject *vector = json_array_get_object_element(self->vectors, i);

    json_builder_set_member_name(b, json_object_get_string_member(vector, "name"));
    json_builder_add_string_value(b, judge_one(self, vector, TRUE));
  }
  json_builder_end_object(b);
  root = json_builder_get_root(b);
  text = json_to_string(root, TRUE);
  puts(text);
  return TRUE;
}

static DsDirectory *
open_directory(const char *folder, const char *name)
{
  g_autoptr(GBytes) bytes = golden_read(folder, name);
  GError *error = NULL;
  DsDirectory *directory = ds_directory_verify(bytes, NULL, 0, 0, &error);

  golden_require(directory != NULL, error);
  return directory;
}

int
main(int argc, char **argv)
{
  const gboolean lines = argc == 3 && strcmp(argv[2], "-") == 0;
  Judge self = {0};
  gboolean fine;

  if (argc != 2 && !lines) {
    g_printerr("usage: open-vectors FOLDER [-]\n");
    return 64;
  }
  self.root = golden_key("root");
  self.records = golden_key("records");
  self.unit = golden_key("unit-encrypt");
  self.directory = open_directory(argv[1], "directory");
  self.rotated = open_directory(argv[1], "directory-rotated");
  self.trip = open_directory(argv[1], "directory-trip");
  fine = lines ? judge_lines(&self) : judge_file(&self, argv[1]);
  ds_directory_free(self.directory);
  ds_directory_free(self.rotated);
  ds_directory_free(self.trip);
  ds_key_unref(self.root);
  ds_key_unref(self.records);
  ds_key_unref(self.unit);
  return fine ? 0 : 65;
}
