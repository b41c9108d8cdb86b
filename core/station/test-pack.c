/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/test-pack.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"

#define FILE_MAX (1024 * 1024)
#define CITE                                                                              \
  "\"source\": {\"document\": \"测试\", \"clause\": \"一\", \"phrase\": \"测试\"}, " \
  "\"requirements\": "                                                                    \
  "[\"R056\"]"

static void
add_rows(JsonObject *pack, const char *member, const char *rows)
{
  g_autoptr(JsonNode) node = json_from_string(rows, NULL);
  JsonArray *array = json_object_get_array_member(pack, member);

  g_assert_nonnull(node);
  for (guint i = 0; i < json_array_get_length(json_node_get_array(node)); i++)
    json_array_add_element(array,
                           json_node_copy(json_array_get_element(json_node_get_array(node), i)));
}

static void
write_pack(const char *dir, JsonNode *model, const char *id, const char *refund, gboolean deadlines)
{
  g_autofree char *text = json_to_string(model, FALSE);
  g_autoptr(JsonNode) copy = json_from_string(text, NULL);
  JsonObject *pack = json_node_get_object(copy);
  g_autofree char *name = g_strconcat(id, ".json", NULL);

  json_object_set_string_member(pack, "id", id);
  json_object_set_string_member(pack, "jurisdiction", id);
  json_object_set_string_member(json_object_get_object_member(pack, "refund"), "policy", refund);
  add_rows(
      pack, "refusals",
      "[{\"code\": \"T2\", \"by\": \"station\", \"text\": {\"zh\": \"身份信息不一致\", \"en\": "
      "\"x\"}, \"redirect\": {\"zh\": \"请到户籍所在地派出所办理\", \"en\": \"x\"}, " CITE "},"
      " {\"code\": \"T5\", \"by\": \"station\", \"text\": {\"zh\": \"信用名单\", \"en\": "
      "\"x\"}, " CITE "}]");
  if (deadlines)
    add_rows(pack, "deadlines",
             "[{\"id\": \"fix\", \"title\": {\"zh\": \"改\", \"en\": \"fix\"}, \"value\": 3,"
             " \"unit\": \"working-day\", \"start\": \"returned\", \"when\": {\"==\": [{\"var\":"
             " \"application.urgency\"}, \"normal\"]}, " CITE "},"
             " {\"id\": \"fix-fast\", \"title\": {\"zh\": \"改\", \"en\": \"fix\"}, \"value\": 2,"
             " \"unit\": \"working-day\", \"start\": \"returned\", \"when\": {\"==\": [{\"var\":"
             " \"application.urgency\"}, \"expedited\"]}, " CITE "}]");
  g_autofree char *out = json_to_string(copy, TRUE);
  g_assert_true(ds_files_create(dir, name, out, strlen(out), NULL));
}

static void
copy_file(const char *from, const char *to, const char *name)
{
  g_autofree char *path = g_build_filename(from, name, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, FILE_MAX, NULL);

  g_assert_nonnull(bytes);
  g_assert_true(
      ds_files_create(to, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL));
}

char *
test_pack_schemas(const char *dir)
{
  static const char *const files[] = {"facts.json", "facts.schema.json", "jurisdiction.schema.json",
                                      "service.schema.json", NULL};
  static const char *const folders[] = {"tables", "services", NULL};
  g_autofree char *source = g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", NULL);
  char *schemas = g_build_filename(dir, "schemas", NULL);
  g_autofree char *packs = g_build_filename(schemas, "jurisdictions", NULL);
  g_autofree char *model_path =
      g_build_filename(source, "jurisdictions", "jiangxi-first-application.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new();

  g_assert_true(ds_files_make_dir(packs, NULL));
  for (guint i = 0; files[i] != NULL; i++)
    copy_file(source, schemas, files[i]);
  for (guint i = 0; folders[i] != NULL; i++) {
    g_autofree char *from = g_build_filename(source, folders[i], NULL);
    g_autofree char *to = g_build_filename(schemas, folders[i], NULL);
    g_assert_cmpint(symlink(from, to), ==, 0);
  }
  g_assert_true(json_parser_load_from_file(parser, model_path, NULL));
  JsonNode *model = json_parser_get_root(parser);
  write_pack(packs, model, "test-silent", "unspecified", TRUE);
  write_pack(packs, model, "test-back", "on-not-issued", TRUE);
  write_pack(packs, model, "test-free", "not-applicable", FALSE);
  return schemas;
}

void
test_pack_use(DsRecord *record, const char *schemas, const char *id)
{
  DsRecordCase *a = record->application;
  g_autofree char *name = g_strconcat(id, ".json", NULL);
  g_autofree char *path = g_build_filename(schemas, "jurisdictions", name, NULL);
  g_autoptr(GBytes) bytes = ds_files_read(path, FILE_MAX, NULL);

  g_assert_nonnull(bytes);
  g_free(a->pack);
  a->pack = g_strdup(id);
  g_free(a->pack_version);
  a->pack_version = g_strdup("1");
  a->pack_digest = ds_digest_of_bytes(bytes);
}
