/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "bundle/open.h"
#include "model/view.h"
#include "station/archive.h"
#include "station/show.h"
#include "station/station-private.h"

typedef struct {
  DsStation *station;
  const DsRegistryCase *about;
  const DsRecord *record;
  const char *dir;
  JsonArray *parts; /* of record.json: each gets its file's name */
  GString *sums;
} Export;

/* Names are ours: a slot from the closed list and a known extension; the part's own words never
 * become a path. */
static char *
file_name(const DsRecordPart *part, guint index)
{
  static const struct {
    const char *media_type;
    const char *extension;
  } known[] = {
      {"image/jpeg", "jpg"},        {"image/png", "png"},  {"application/pdf", "pdf"},
      {"application/json", "json"}, {"text/plain", "txt"},
  };
  const char *extension = "bin";

  for (guint i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_strcmp0(part->media_type, known[i].media_type) == 0)
      extension = known[i].extension;
  DsSlot slot = ds_slot_parse(part->slot);
  return g_strdup_printf("%02u-%s.%s", index + 1, slot != 0 ? ds_slot_word(slot) : "part",
                         extension);
}

typedef struct {
  int fd;
  const char *path;
} Sink;

static gboolean
write_plain(const void *plain, gsize size, gpointer data, GError **error)
{
  Sink *sink = data;

  return ds_files_write_all(sink->fd, plain, size, sink->path, error);
}

static gboolean
export_part(Export *export, guint index, GError **error)
{
  const DsRecordPart *part = export->record->parts->pdata[index];
  g_autofree char *name = file_name(part, index);
  g_autofree char *path = g_build_filename(export->dir, name, NULL);
  char hex[DS_DIGEST_HEX_SIZE];
  DsDigest missing = {{0}};
  g_autoptr(GError) reason = NULL;
  g_autoptr(DsSecret) key =
      ds_archive_part_key(export->station, export->about->unit, part, &missing, &reason);

  if (key == NULL && reason == NULL)
    g_set_error(&reason, DS_ERROR, DS_ERROR_RETRY, "its older bundle %s is not archived",
                ds_digest_to_hex(&missing, hex));
  if (key == NULL) {
    g_propagate_prefixed_error(error, g_steal_pointer(&reason), "part %s: ", part->id);
    return FALSE;
  }
  g_auto(DsFd) fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return ds_error_set_errno(error, errno, "creating", path);
  Sink sink = {fd, path};
  if (!ds_open_part(part, key, ds_archive_fetch, export->station, write_plain, &sink, error))
    return FALSE;
  if (fsync(fd) < 0)
    return ds_error_set_errno(error, errno, "syncing", path);
  json_object_set_string_member(json_array_get_object_element(export->parts, index), "file", name);
  g_string_append_printf(export->sums, "%s  %s\n", ds_digest_to_hex(&part->sha256, hex), name);
  return TRUE;
}

static gboolean
write_listed(Export *export, const char *name, const void *data, gsize size, GError **error)
{
  DsDigest digest = ds_digest_of(data, size);
  char hex[DS_DIGEST_HEX_SIZE];

  g_string_append_printf(export->sums, "%s  %s\n", ds_digest_to_hex(&digest, hex), name);
  return ds_files_create(export->dir, name, data, size, error);
}

static gboolean
fill_folder(Export *export, JsonNode *json, GError **error)
{
  g_autoptr(JsonGenerator) generator = json_generator_new();
  gsize size = 0;

  for (guint i = 0; i < export->record->parts->len; i++)
    if (!export_part(export, i, error))
      return FALSE;
  g_autoptr(DsSecret) cbor = ds_record_encode(export->record, FALSE, error);
  if (cbor == NULL ||
      !write_listed(export, "record.cbor", ds_secret_data(cbor), ds_secret_size(cbor), error))
    return FALSE;
  json_generator_set_root(generator, json);
  json_generator_set_pretty(generator, TRUE);
  g_autofree char *text = json_generator_to_data(generator, &size);
  return write_listed(export, "record.json", text, size, error) &&
         ds_files_create(export->dir, "SHA256SUMS", export->sums->str, export->sums->len, error);
}

static gboolean
export_into(Export *export, const char *dir, GError **error)
{
  g_autoptr(JsonNode) json =
      ds_station_case_to_json(export->station, export->about, export->record, error);
  g_autoptr(GString) sums = g_string_new(NULL);
  g_autofree char *building = g_strconcat(dir, ".new-XXXXXX", NULL);
  g_autofree char *parent = g_path_get_dirname(dir);

  if (json == NULL || !ds_files_make_dir(parent, error))
    return FALSE;
  if (g_mkdtemp_full(building, 0700) == NULL)
    return ds_error_set_errno(error, errno, "creating folder", building);
  export->dir = building;
  export->parts = json_object_get_array_member(json_node_get_object(json), "parts");
  export->sums = sums;
  gboolean made = fill_folder(export, json, error);
  if (made && rename(building, dir) < 0) {
    made = FALSE;
    if (errno == ENOTEMPTY || errno == EEXIST)
      g_set_error(error, DS_ERROR, DS_ERROR_EXISTS, "%s is not empty: give another folder", dir);
    else
      ds_error_set_errno(error, errno, "renaming into", dir);
  }
  if (!made) {
    g_autoptr(GError) ignored = NULL; /* the first error is the one to tell */
    if (!ds_files_remove_tree(building, &ignored))
      g_debug("%s", ignored->message);
    return FALSE;
  }
  return ds_files_sync_dir(parent, error);
}

gboolean
ds_station_export_case(DsStation *self, const char *name, const char *dir, guint *parts,
                       GError **error)
{
  if (!ds_station_require_unlocked(self, "exporting a case", error))
    return FALSE;
  g_autoptr(DsRegistryCase) found = ds_registry_find(self, name, error);
  g_autoptr(DsRecord) record = found != NULL ? ds_station_case_record(self, found, error) : NULL;
  if (record == NULL)
    return FALSE;
  Export export = {.station = self, .about = found, .record = record};
  *parts = record->parts->len;
  return export_into(&export, dir, error);
}
