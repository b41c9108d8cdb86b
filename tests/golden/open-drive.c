/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open-drive golden|vectors FOLDER: what is in the containers of FOLDER, or the verdict about each
 * of FOLDER/vectors.json, as JSON; with the message of each refusal on the error stream. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "drive/stick.h"
#include "golden.h"

static void
put_text(JsonBuilder *b, const char *name, const char *text)
{
  if (name != NULL)
    json_builder_set_member_name(b, name);
  if (text != NULL)
    json_builder_add_string_value(b, text);
  else
    json_builder_add_null_value(b);
}

static void
put_digest(JsonBuilder *b, const char *name, const DsDigest *digest)
{
  char hex[DS_DIGEST_HEX_SIZE];

  put_text(b, name, ds_digest_to_hex(digest, hex));
}

static void
put_number(JsonBuilder *b, const char *name, guint64 number)
{
  if (name != NULL)
    json_builder_set_member_name(b, name);
  json_builder_add_int_value(b, (gint64)number);
}

static void
put_head(JsonBuilder *b, const DsDriveHead *head)
{
  put_number(b, "direction", head->direction);
  put_text(b, "unit", head->unit);
  put_text(b, "station", head->station);
  put_number(b, "batch", head->batch);
  put_number(b, "count", head->count);
  json_builder_set_member_name(b, "taken");
  json_builder_begin_array(b);
  for (guint i = 0; i < head->taken->len; i++) {
    const DsDriveTaken *taken = &g_array_index(head->taken, DsDriveTaken, i);
    json_builder_begin_array(b);
    put_number(b, NULL, taken->seq);
    put_digest(b, NULL, &taken->content);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
}

static void
put_item(JsonBuilder *b, DsDriveReader *reader, guint index)
{
  GError *error = NULL;
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, index, &error);

  golden_require(item != NULL, error);
  json_builder_begin_object(b);
  put_number(b, "kind", item->kind);
  if (item->kind == DS_DRIVE_BUNDLE) {
    put_digest(b, "name", &item->id);
  } else {
    json_builder_set_member_name(b, "name");
    json_builder_begin_array(b);
    put_number(b, NULL, item->ref.seq);
    put_number(b, NULL, (guint64)item->ref.kind + 1);
    json_builder_end_array(b);
  }
  put_digest(b, "digest", &item->digest);
  json_builder_set_member_name(b, "files");
  json_builder_begin_array(b);
  for (guint i = 0; i < item->files->len; i++) {
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    g_autoptr(GBytes) bytes = ds_drive_reader_file(reader, index, item, i, &error);
    golden_require(bytes != NULL && g_bytes_get_size(bytes) == file->size, error);
    json_builder_begin_array(b);
    put_text(b, NULL, file->name);
    put_number(b, NULL, file->size);
    put_digest(b, NULL, &file->sha256);
    json_builder_end_array(b);
  }
  json_builder_end_array(b);
  json_builder_end_object(b);
}

static void
open_containers(JsonBuilder *b, const char *folder)
{
  GError *error = NULL;
  g_autoptr(DsStick) stick = ds_stick_open(folder, &error);
  g_autoptr(GPtrArray) files = stick != NULL ? ds_stick_list(stick, &error) : NULL;

  golden_require(files != NULL, error);
  for (guint i = 0; files != NULL && i < files->len; i++) {
    g_autoptr(DsDriveReader) reader = ds_stick_read(stick, files->pdata[i], &error);
    golden_require(reader != NULL && ds_drive_reader_check(reader, NULL, NULL, NULL, &error),
                   error);
    json_builder_set_member_name(b, ds_drive_reader_name(reader));
    json_builder_begin_object(b);
    put_head(b, ds_drive_reader_head(reader));
    put_digest(b, "whole", ds_drive_reader_whole(reader));
    json_builder_set_member_name(b, "items");
    json_builder_begin_array(b);
    for (guint item = 0; item < ds_drive_reader_head(reader)->count; item++)
      put_item(b, reader, item);
    json_builder_end_array(b);
    json_builder_end_object(b);
  }
}

static const char *
judge(const char *name, const char *hex)
{
  g_autoptr(GBytes) bytes = golden_from_hex(hex);
  g_autoptr(GError) error = NULL;
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  int fd = memfd_create("vector", MFD_CLOEXEC);

  golden_require(fd >= 0 && ds_files_write_all(fd, data, size, name, NULL), NULL);
  g_autoptr(DsDriveReader) reader = ds_drive_reader_new(fd, name, &error);
  if (reader != NULL && ds_drive_reader_check(reader, NULL, NULL, NULL, &error))
    return "ok";
  if (error == NULL)
    g_error("%s: refused without a word", name);
  fprintf(stderr, "%s\n", error->message);
  return ds_error_word(error->code);
}

static void
judge_vectors(JsonBuilder *b, const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "vectors.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  GError *error = NULL;

  golden_require(json_parser_load_from_file(parser, path, &error), error);
  JsonArray *vectors = json_node_get_array(json_parser_get_root(parser));
  for (guint i = 0; i < json_array_get_length(vectors); i++) {
    JsonObject *vector = json_array_get_object_element(vectors, i);
    const char *name = json_object_get_string_member(vector, "name");
    put_text(b, name, judge(name, json_object_get_string_member(vector, "hex")));
  }
}

int
main(int argc, char **argv)
{
  g_autoptr(JsonBuilder) b = json_builder_new();
  gboolean golden = argc == 3 && strcmp(argv[1], "golden") == 0;

  if (!golden && (argc != 3 || strcmp(argv[1], "vectors") != 0)) {
    g_printerr("usage: open-drive golden|vectors FOLDER\n");
    return 64;
  }
  json_builder_begin_object(b);
  if (golden)
    open_containers(b, argv[2]);
  else
    judge_vectors(b, argv[2]);
  json_builder_end_object(b);
  g_autoptr(JsonNode) root = json_builder_get_root(b);
  g_autofree char *text = json_to_string(root, TRUE);
  puts(text);
  return 0;
}
