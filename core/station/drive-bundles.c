/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bundles of one container: through the door, and into the repository. */
#include "station/drive-private.h"

#include <string.h>

#include "base/error.h"
#include "depot/push.h"
#include "depot/serve.h"
#include "station/ledger.h"
#include "station/limits.h"
#include "station/say.h"

/* One push; a push is all or nothing, and receive-pack holds its pack on disk twice for a moment.
 */
#define PUSH_BYTES (G_GUINT64_CONSTANT(256) << 20)
#define PUSH_BUNDLES 512u

/* ---- a bundle in a container, as the push wants it ---- */

typedef struct {
  DsDriveReader *reader;
  guint index;
  DsDriveItem *item;
} Parcel;

static void
parcel_free(gpointer data)
{
  Parcel *self = data;

  ds_drive_item_free(self->item);
  g_free(self);
}

static gint
find_file(const DsDriveItem *item, const char *name)
{
  for (guint i = 0; i < item->files->len; i++)
    if (strcmp(g_array_index(item->files, DsDriveFile, i).name, name) == 0)
      return (gint)i;
  return -1;
}

static GBytes *
read_file(const char *name, gpointer user_data, GError **error)
{
  Parcel *self = user_data;
  gint file = find_file(self->item, name);

  g_return_val_if_fail(file >= 0, NULL);
  return ds_drive_reader_file(self->reader, self->index, self->item, (guint)file, error);
}

static DsDepotSource *
make_source(DsDriveReader *reader, guint index, DsDriveItem *item, GError **error)
{
  Parcel *parcel = g_new0(Parcel, 1);
  g_autoptr(DsDepotSource) source = ds_depot_source_new(&item->id, read_file, parcel, parcel_free);

  *parcel = (Parcel){reader, index, item};
  for (guint i = 0; i < item->files->len; i++) {
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    if (!ds_depot_source_add(source, file->name, file->size, error))
      return NULL;
  }
  return g_steal_pointer(&source);
}

/* ---- the door ---- */

/* That the chunks named in the manifest are there and no others, the record too. What they hash to
 * was looked at when the container was read. */
static gboolean
check_complete(const DsDriveItem *item, const DsManifest *manifest, GError **error)
{
  const DsDriveFile *record =
      &g_array_index(item->files, DsDriveFile, (guint)find_file(item, "record"));
  gboolean good = item->files->len == manifest->chunks->len + 2 &&
                  record->size == manifest->record_size &&
                  ds_digest_equal(&record->sha256, &manifest->record);

  /* both in order of digest, manifest and record behind */
  for (guint i = 0; good && i < manifest->chunks->len; i++) {
    const DsChunkRef *chunk = &g_array_index(manifest->chunks, DsChunkRef, i);
    const DsDriveFile *file = &g_array_index(item->files, DsDriveFile, i);
    good = file->size == chunk->size && ds_digest_equal(&file->sha256, &chunk->sha256);
  }
  if (!good)
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "its files are not the ones its manifest names");
  return good;
}

static gboolean
check_manifest(DsStationStick *self, const DsDriveItem *item, GBytes *bytes, GError **error)
{
  g_autoptr(DsManifest) manifest = ds_manifest_verify(bytes, self->door, error);
  char hex[DS_DIGEST_HEX_SIZE];

  if (manifest == NULL)
    return FALSE;
  if (ds_digest_equal(&manifest->id, &item->id) && strcmp(manifest->unit, self->unit) == 0 &&
      manifest->kind != DS_BUNDLE_DISPATCH)
    return check_complete(item, manifest, error);
  g_set_error(error, DS_ERROR, DS_ERROR_REFUSED, "its manifest is that of bundle %s of unit %s",
              ds_digest_to_hex(&manifest->id, hex), manifest->unit);
  return FALSE;
}

/* ---- what is here already ---- */

/* The names of all statements that lie in the unit's outbox. */
static gboolean
read_said(DsStationStick *self, GError **error)
{
  g_autoptr(GArray) outbox = ds_repo_list_outbox(self->repo, error);
  g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; outbox != NULL && i < outbox->len; i++) {
    const DsOutboxRef *ref = &g_array_index(outbox, DsOutboxRef, i);
    if (ref->kind != DS_OUTBOX_STATEMENTS)
      continue;
    g_autoptr(DsRepoBundle) message = ds_repo_outbox_open(self->repo, ref, error);
    if (message == NULL)
      return FALSE;
    const GArray *entries = ds_repo_bundle_entries(message);
    for (guint at = 0; at < entries->len; at++)
      g_hash_table_add(said, g_strdup(g_array_index(entries, DsRepoEntry, at).name));
  }
  if (outbox != NULL)
    self->said = g_steal_pointer(&said);
  return outbox != NULL;
}

/* Whether the last word about @bundle waits to be sent, or lies in the outbox still. */
static gboolean
is_answer_on_its_way(DsStationStick *self, const DsDigest *bundle, gboolean *yes, GError **error)
{
  gint64 seq = 0, pending = 0;

  if ((self->said == NULL && !read_said(self, error)) ||
      !ds_db_get_int(self->station->ledger, &seq, 0, error,
                     "SELECT MAX(seq) FROM statement WHERE unit = ? AND bundle = ?", "td",
                     self->unit, bundle) ||
      !ds_db_get_int(self->station->ledger, &pending, 0, error,
                     "SELECT pending FROM statement WHERE unit = ? AND seq = ?", "tl", self->unit,
                     seq))
    return FALSE;
  g_autofree char *name = g_strdup_printf("%010" G_GINT64_FORMAT, seq);
  *yes = pending != 0 || g_hash_table_contains(self->said, name);
  return TRUE;
}

/* A bundle that was answered and comes again: its unit did not hear the answer, so it goes out
 * again, once, and the bundle is not needed. */
static gboolean
judge_known(DsStationStick *self, const DsDigest *id, gboolean *needed, GError **error)
{
  g_autoptr(DsLedgerBundle) known = NULL;
  gboolean on_its_way = FALSE;

  *needed = TRUE;
  if (!ds_ledger_find(self->station, self->unit, id, &known, error))
    return FALSE;
  if (known == NULL || known->stage != DS_STAGE_DONE) {
    g_autoptr(GError) missing = NULL;
    g_autoptr(DsRepoBundle) here = ds_repo_bundle_open(self->repo, id, &missing);
    *needed = here == NULL;
    return TRUE;
  }
  *needed = FALSE;
  return is_answer_on_its_way(self, id, &on_its_way, error) &&
         (on_its_way || ds_station_say_again(self->station, self->unit, id, error));
}

/* ---- into the repository ---- */

static guint64
size_of(const GPtrArray *sources)
{
  guint64 size = 0;

  for (guint i = 0; i < sources->len; i++)
    size += ((const DsDepotSource *)sources->pdata[i])->size;
  return size;
}

typedef struct {
  const DsStationStick *stick;
  guint64 total;
} Push;

static void
show_push(guint64 sent, guint64 received, gpointer user_data)
{
  const Push *push = user_data;
  const DsStationDriveOptions *options = push->stick->options;

  options->progress(push->stick->unit, sent, MAX(sent, push->total), options->user_data);
}

static gboolean
push(DsStationStick *self, GPtrArray *sources, guint64 room, GPtrArray **reports, GError **error)
{
  g_autofree char *path = ds_station_repo_path(self->station->home, self->unit);
  g_autoptr(DsLink) link = ds_serve_receive(path, room, error);

  *reports = NULL;
  if (link == NULL)
    return FALSE;
  const Push shown = {self, size_of(sources)};
  ds_link_set_cancellable(link, self->options->cancellable);
  if (self->options->progress != NULL)
    ds_link_set_progress(link, show_push, (gpointer)&shown);
  g_autoptr(DsAdvert) advert = ds_advert_read(link, error);
  return advert != NULL && ds_push_bundles(link, advert, sources, reports, error);
}

static void
refuse_bundle(DsStationStick *self, const DsDepotSource *source, const char *why)
{
  char hex[DS_DIGEST_HEX_SIZE];

  ds_station_stick_refuse(self, "bundle %s was not taken: %s", ds_digest_to_hex(&source->id, hex),
                          why != NULL ? why : "the push broke off");
}

/* The unit's share of the station holds for a stick as for a push. What is over it stays on the
 * stick. */
static guint64
measure_room(DsStationStick *self, char **why)
{
  g_autofree char *path = ds_station_repo_path(self->station->home, self->unit);
  guint64 room = 0;
  g_autofree char *note = ds_limits_push_room(self->station->settings, self->unit, path, &room);
  const char *words = note != NULL ? strstr(note, ": ") : NULL;

  *why = g_strdup(words != NULL ? words + 2 : "it is too large");
  return room;
}

static gboolean push_all(DsStationStick *self, GPtrArray *sources, GError **error);

static gboolean
push_singly(DsStationStick *self, GPtrArray *sources, GError **error)
{
  for (guint i = 0; i < sources->len; i++) {
    g_autoptr(GPtrArray) single = g_ptr_array_new();
    g_ptr_array_add(single, sources->pdata[i]);
    if (!push_all(self, single, error))
      return FALSE;
  }
  return TRUE;
}

/* One refused bundle can spoil a push, so after a refusal in company each goes alone. */
static gboolean
take_reports(DsStationStick *self, GPtrArray *sources, GPtrArray *reports, GError **error)
{
  g_autoptr(GPtrArray) again = g_ptr_array_new();

  for (guint i = 0; i < sources->len; i++) {
    const DsPushReport *report = reports->pdata[i];
    if (report->outcome == DS_PUSH_HANDED_OVER)
      self->result->bundles++;
    else if (report->outcome == DS_PUSH_ALREADY)
      self->result->known++;
    else if (report->outcome == DS_PUSH_REFUSED && sources->len > 1)
      g_ptr_array_add(again, sources->pdata[i]);
    else
      refuse_bundle(self, sources->pdata[i], report->reason);
  }
  return push_singly(self, again, error);
}

static gboolean
push_all(DsStationStick *self, GPtrArray *sources, GError **error)
{
  g_autoptr(GPtrArray) reports = NULL;
  g_autofree char *why = NULL;

  if (sources->len == 0)
    return TRUE;
  guint64 room = measure_room(self, &why);
  if (size_of(sources) > room && sources->len > 1)
    return push_singly(self, sources, error);
  if (size_of(sources) > room) {
    refuse_bundle(self, sources->pdata[0], why);
    return TRUE;
  }
  return push(self, sources, room, &reports, error) && take_reports(self, sources, reports, error);
}

/* One item: adds it to @sources, counts it as known, or says why not. */
static gboolean
sort_item(DsStationStick *self, DsDriveReader *reader, guint index, GPtrArray *sources,
          guint64 *bytes, GError **error)
{
  g_autoptr(DsDriveItem) item = ds_drive_reader_item(reader, index, error);
  g_autoptr(GError) local = NULL;
  char hex[DS_DIGEST_HEX_SIZE];
  gboolean needed = FALSE;

  if (item == NULL)
    return FALSE;
  g_autoptr(GBytes) manifest =
      ds_drive_reader_file(reader, index, item, (guint)find_file(item, "manifest"), error);
  if (manifest == NULL)
    return FALSE;
  if (!check_manifest(self, item, manifest, &local)) {
    ds_station_stick_refuse(self, "%s: bundle %s was not taken: %s", ds_drive_reader_name(reader),
                            ds_digest_to_hex(&item->id, hex), local->message);
    return TRUE;
  }
  if (!judge_known(self, &item->id, &needed, error))
    return FALSE;
  self->result->known += needed ? 0 : 1;
  if (!needed)
    return TRUE;
  guint64 size = item->size;
  DsDepotSource *source = make_source(reader, index, g_steal_pointer(&item), error);
  if (source == NULL)
    return FALSE;
  *bytes += size;
  g_ptr_array_add(sources, source);
  return TRUE;
}

static gboolean
take_bundles(DsStationStick *self, DsDriveReader *reader, GError **error)
{
  const guint count = ds_drive_reader_head(reader)->count;
  g_autoptr(GPtrArray) sources =
      g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  guint64 bytes = 0;

  for (guint i = 0; i < count; i++) {
    if (!sort_item(self, reader, i, sources, &bytes, error))
      return FALSE;
    if (bytes < PUSH_BYTES && sources->len < PUSH_BUNDLES)
      continue;
    if (!push_all(self, sources, error))
      return FALSE;
    g_ptr_array_set_size(sources, 0);
    bytes = 0;
  }
  return push_all(self, sources, error);
}

/* A container that changes after it was checked ends with a word about it; the others go on. */
gboolean
ds_station_stick_bundles(DsStationStick *self, DsDriveReader *reader, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (take_bundles(self, reader, &local))
    return TRUE;
  if (ds_station_stick_is_fault(local)) {
    ds_station_stick_refuse(self, "%s", local->message);
    return TRUE;
  }
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}
