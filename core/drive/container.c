/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drive/container.h"

#include <string.h>

#include "base/error.h"
#include "depot/fetch-limits.h"
#include "model/cbor.h"

#define FILES_MAX (DS_MANIFEST_CHUNKS_MAX + 2)

gboolean
ds_drive_id_valid(const char *id)
{
  gsize length = id != NULL ? strlen(id) : 0;

  return length > 0 && length <= DS_ID_MAX &&
         strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

DsDriveHead *
ds_drive_head_new(DsDriveDirection direction, const char *unit, const char *station, guint64 batch)
{
  DsDriveHead *self = g_new0(DsDriveHead, 1);

  self->direction = direction;
  self->unit = g_strdup(unit);
  self->station = g_strdup(station);
  self->batch = batch;
  self->taken = g_array_new(FALSE, FALSE, sizeof(DsDriveTaken));
  return self;
}

void
ds_drive_head_free(DsDriveHead *self)
{
  if (self == NULL)
    return;
  g_free(self->unit);
  g_free(self->station);
  g_clear_pointer(&self->taken, g_array_unref);
  g_free(self);
}

static DsDriveItem *
item_new(DsDriveItemKind kind)
{
  DsDriveItem *self = g_new0(DsDriveItem, 1);

  self->kind = kind;
  self->files = g_array_new(FALSE, FALSE, sizeof(DsDriveFile));
  return self;
}

DsDriveItem *
ds_drive_item_new_bundle(const DsDigest *id)
{
  DsDriveItem *self = item_new(DS_DRIVE_BUNDLE);

  self->id = *id;
  return self;
}

DsDriveItem *
ds_drive_item_new_message(const DsOutboxRef *ref)
{
  DsDriveItem *self = item_new(DS_DRIVE_MESSAGE);

  self->ref = *ref;
  return self;
}

void
ds_drive_item_add(DsDriveItem *self, const char *name, guint64 size, const DsDigest *sha256)
{
  DsDriveFile file = {.size = size, .sha256 = *sha256};

  g_strlcpy(file.name, name, sizeof file.name);
  g_array_append_val(self->files, file);
  self->size += size;
}

void
ds_drive_item_free(DsDriveItem *self)
{
  if (self == NULL)
    return;
  g_clear_pointer(&self->files, g_array_unref);
  g_free(self);
}

/* ---- writing: what would not be read is not written ---- */

GBytes *
ds_drive_head_encode(const DsDriveHead *self, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 7);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_uint(w, DS_DRIVE_FORMAT);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_uint(w, self->direction);
  ds_cbor_put_int(w, 3);
  ds_cbor_put_text(w, self->unit);
  ds_cbor_put_int(w, 4);
  if (self->station != NULL)
    ds_cbor_put_text(w, self->station);
  else
    ds_cbor_put_null(w);
  ds_cbor_put_int(w, 5);
  ds_cbor_put_uint(w, self->batch);
  ds_cbor_put_int(w, 6);
  ds_cbor_put_uint(w, self->count);
  ds_cbor_put_int(w, 7);
  ds_cbor_put_array(w, self->taken->len);
  for (guint i = 0; i < self->taken->len; i++) {
    const DsDriveTaken *taken = &g_array_index(self->taken, DsDriveTaken, i);
    ds_cbor_put_array(w, 2);
    ds_cbor_put_uint(w, taken->seq);
    ds_cbor_put_digest(w, &taken->content);
  }
  g_autoptr(GBytes) body = ds_cbor_writer_finish(w, error);
  g_autoptr(DsDriveHead) check = body != NULL ? ds_drive_head_decode(body, error) : NULL;
  return check != NULL ? g_steal_pointer(&body) : NULL;
}

GBytes *
ds_drive_item_encode(DsDriveItem *self, GError **error)
{
  const gboolean bundle = self->kind == DS_DRIVE_BUNDLE;
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 3);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_uint(w, self->kind);
  ds_cbor_put_int(w, 2);
  if (bundle) {
    ds_cbor_put_digest(w, &self->id);
  } else {
    ds_cbor_put_array(w, 2);
    ds_cbor_put_uint(w, self->ref.seq);
    ds_cbor_put_uint(w, (guint64)self->ref.kind + 1);
  }
  ds_cbor_put_int(w, 3);
  ds_cbor_put_array(w, self->files->len);
  for (guint i = 0; i < self->files->len; i++) {
    const DsDriveFile *file = &g_array_index(self->files, DsDriveFile, i);
    ds_cbor_put_array(w, 3);
    ds_cbor_put_text(w, file->name);
    ds_cbor_put_uint(w, file->size);
    ds_cbor_put_digest(w, &file->sha256);
  }
  g_autoptr(GBytes) body = ds_cbor_writer_finish(w, error);
  g_autoptr(DsDriveItem) check =
      body != NULL ? ds_drive_item_decode(body, bundle ? DS_DRIVE_OUT : DS_DRIVE_HOME, error)
                   : NULL;
  if (check == NULL)
    return NULL;
  self->digest = check->digest;
  return g_steal_pointer(&body);
}

GBytes *
ds_drive_end_encode(guint count, const DsDigest *whole, GError **error)
{
  g_autoptr(DsCborWriter) w = ds_cbor_writer_new();

  ds_cbor_put_map(w, 2);
  ds_cbor_put_int(w, 1);
  ds_cbor_put_uint(w, count);
  ds_cbor_put_int(w, 2);
  ds_cbor_put_digest(w, whole);
  return ds_cbor_writer_finish(w, error);
}

/* ---- reading ---- */

static char *
get_id(DsCborReader *r)
{
  char *id = ds_cbor_dup_text(r, 1, DS_ID_MAX);

  if (!ds_cbor_reader_failed(r) && !ds_drive_id_valid(id))
    ds_cbor_fail(r, DS_ERROR_INVALID, "an id is 1 to %u of a-z 0-9 -", DS_ID_MAX);
  return id;
}

static guint64
get_serial(DsCborReader *r, guint64 max)
{
  guint64 value = ds_cbor_get_uint(r, max);

  if (!ds_cbor_reader_failed(r) && value == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "numbers begin with 1");
  return value;
}

/* A number of a closed list. */
static guint
get_word(DsCborReader *r, guint max, const char *what)
{
  guint64 value = ds_cbor_get_uint(r, G_MAXINT32);

  if (!ds_cbor_reader_failed(r) && (value == 0 || value > max))
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "%s %" G_GUINT64_FORMAT " is not known here: update this program", what, value);
  return (guint)value;
}

static void
get_format(DsCborReader *r)
{
  guint64 format = ds_cbor_get_uint(r, G_MAXINT32);

  if (!ds_cbor_reader_failed(r) && format != DS_DRIVE_FORMAT)
    ds_cbor_fail(r, DS_ERROR_UNSUPPORTED,
                 "format %" G_GUINT64_FORMAT " is not known here: update this program", format);
}

static void
get_taken(DsCborReader *r, DsDriveHead *self)
{
  gsize count = ds_cbor_enter_array(r, 0, DS_DRIVE_TAKEN_MAX);
  guint64 before = 0;

  if (count > 0 && self->direction != DS_DRIVE_OUT)
    ds_cbor_fail(r, DS_ERROR_INVALID, "only a unit says what it has taken");
  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsDriveTaken taken = {0};
    ds_cbor_enter_array(r, 2, 2);
    taken.seq = get_serial(r, DS_DEPOT_OUTBOX_SEQ_MAX);
    if (taken.seq <= before)
      ds_cbor_fail(r, DS_ERROR_INVALID, "numbers must ascend");
    before = taken.seq;
    ds_cbor_get_digest(r, &taken.content);
    ds_cbor_leave(r);
    g_array_append_val(self->taken, taken);
  }
  ds_cbor_leave(r);
}

DsDriveHead *
ds_drive_head_decode(GBytes *body, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_DRIVE_HEAD_MAX};
  g_autoptr(DsDriveHead) self = ds_drive_head_new(DS_DRIVE_OUT, NULL, NULL, 0);
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, body, "head", &limits, error))
    return NULL;
  ds_cbor_enter_map(&r, DS_CBOR_ANY);
  ds_cbor_want_key(&r, 1, "format");
  get_format(&r);
  ds_cbor_want_key(&r, 2, "direction");
  self->direction = (DsDriveDirection)get_word(&r, DS_DRIVE_HOME, "direction");
  ds_cbor_want_key(&r, 3, "unit");
  self->unit = get_id(&r);
  ds_cbor_want_key(&r, 4, "station");
  if (!ds_cbor_get_null(&r))
    self->station = get_id(&r);
  else if (self->direction == DS_DRIVE_HOME)
    ds_cbor_fail(&r, DS_ERROR_INVALID, "a station names itself");
  ds_cbor_want_key(&r, 5, "batch");
  self->batch = get_serial(&r, DS_DRIVE_BATCH_MAX);
  ds_cbor_want_key(&r, 6, "count");
  self->count = (guint)ds_cbor_get_uint(&r, G_MAXINT32);
  if (self->count > DS_DRIVE_ITEMS_MAX)
    ds_cbor_fail(&r, DS_ERROR_TOO_LARGE, "at most %u items are allowed", DS_DRIVE_ITEMS_MAX);
  ds_cbor_want_key(&r, 7, "taken");
  get_taken(&r, self);
  ds_cbor_leave(&r);
  return ds_cbor_reader_finish(&r, error) ? g_steal_pointer(&self) : NULL;
}

/* The largest legal size of @name in this item; 0 when the name is not allowed. */
static guint64
file_max(const DsDriveItem *self, const char *name)
{
  return self->kind == DS_DRIVE_BUNDLE ? ds_depot_bundle_entry_max(name)
                                       : ds_depot_outbox_entry_max(self->ref.kind, name);
}

static void
check_file(DsCborReader *r, const DsDriveItem *self, const DsDriveFile *file, const char *before)
{
  const guint64 max = file_max(self, file->name);
  DsDigest named;

  if (ds_cbor_reader_failed(r))
    return;
  if (max == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "a file of that name is not allowed here");
  else if (strcmp(before, file->name) >= 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "file %s is doubled or out of order", file->name);
  else if (file->size == 0)
    ds_cbor_fail(r, DS_ERROR_INVALID, "file %s is empty", file->name);
  else if (file->size > max)
    ds_cbor_fail(r, DS_ERROR_TOO_LARGE,
                 "file %s has %" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT
                 " are allowed",
                 file->name, file->size, max);
  else if (ds_digest_parse(&named, file->name) && !ds_digest_equal(&named, &file->sha256))
    ds_cbor_fail(r, DS_ERROR_INVALID, "chunk %s is announced with another digest", file->name);
}

static void
get_files(DsCborReader *r, DsDriveItem *self)
{
  const gboolean statements =
      self->kind == DS_DRIVE_MESSAGE && self->ref.kind == DS_OUTBOX_STATEMENTS;
  gsize count = ds_cbor_enter_array(r, 1, statements ? DS_DEPOT_STATEMENTS_MAX : FILES_MAX);
  char before[DS_DIGEST_HEX_SIZE] = "";

  for (gsize i = 0; i < count && !ds_cbor_reader_failed(r); i++) {
    DsDriveFile file = {0};
    ds_cbor_enter_array(r, 3, 3);
    g_autofree char *name = ds_cbor_dup_text(r, 1, DS_DIGEST_HEX_SIZE - 1);
    g_strlcpy(file.name, name, sizeof file.name);
    file.size = ds_cbor_get_uint(r, G_MAXINT64);
    ds_cbor_get_digest(r, &file.sha256);
    check_file(r, self, &file, before);
    ds_cbor_leave(r);
    if (ds_cbor_reader_failed(r))
      return;
    g_strlcpy(before, file.name, sizeof before);
    g_array_append_val(self->files, file);
    self->size += file.size;
  }
  ds_cbor_leave(r);
}

static gboolean
has_file(const DsDriveItem *self, const char *name)
{
  for (guint i = 0; i < self->files->len; i++)
    if (strcmp(g_array_index(self->files, DsDriveFile, i).name, name) == 0)
      return TRUE;
  return FALSE;
}

/* What the files are together: complete, and not more than one may be. */
static void
check_files(DsCborReader *r, const DsDriveItem *self)
{
  const gboolean bundle = self->kind == DS_DRIVE_BUNDLE;
  const guint64 max = bundle ? DS_DEPOT_INPUT_MAX : DS_FETCH_MESSAGE_MAX;

  if (ds_cbor_reader_failed(r))
    return;
  if (self->size > max)
    ds_cbor_fail(r, DS_ERROR_TOO_LARGE,
                 "%" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT " are allowed",
                 self->size, max);
  else if ((bundle || self->ref.kind == DS_OUTBOX_DISPATCH) &&
           (!has_file(self, "manifest") || !has_file(self, "record")))
    ds_cbor_fail(r, DS_ERROR_INVALID, "manifest or record is missing");
}

DsDriveItem *
ds_drive_item_decode(GBytes *body, DsDriveDirection direction, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_DRIVE_ITEM_MAX};
  g_autoptr(DsDriveItem) self = item_new(DS_DRIVE_BUNDLE);
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, body, "item", &limits, error))
    return NULL;
  ds_cbor_enter_map(&r, DS_CBOR_ANY);
  ds_cbor_want_key(&r, 1, "kind");
  self->kind = (DsDriveItemKind)get_word(&r, DS_DRIVE_MESSAGE, "kind");
  if (!ds_cbor_reader_failed(&r) && (self->kind == DS_DRIVE_BUNDLE) != (direction == DS_DRIVE_OUT))
    ds_cbor_fail(&r, DS_ERROR_INVALID, "bundles go out, messages come home");
  ds_cbor_want_key(&r, 2, "name");
  if (self->kind == DS_DRIVE_BUNDLE) {
    ds_cbor_get_digest(&r, &self->id);
  } else {
    ds_cbor_enter_array(&r, 2, 2);
    self->ref.seq = get_serial(&r, DS_DEPOT_OUTBOX_SEQ_MAX);
    guint kind = get_word(&r, (guint)DS_OUTBOX_DIRECTORY + 1, "kind of message");
    self->ref.kind = (DsOutboxKind)(MAX(kind, 1) - 1);
    ds_cbor_leave(&r);
  }
  ds_cbor_want_key(&r, 3, "files");
  get_files(&r, self);
  check_files(&r, self);
  ds_cbor_leave(&r);
  if (!ds_cbor_reader_finish(&r, error))
    return NULL;
  self->digest = ds_digest_of_bytes(body);
  return g_steal_pointer(&self);
}

gboolean
ds_drive_end_decode(GBytes *body, guint *count, DsDigest *whole, GError **error)
{
  const DsCborLimits limits = {.max_size = DS_DRIVE_END_MAX};
  g_auto(DsCborReader) r = {0};

  if (!ds_cbor_reader_init_bytes(&r, body, "end", &limits, error))
    return FALSE;
  ds_cbor_enter_map(&r, DS_CBOR_ANY);
  ds_cbor_want_key(&r, 1, "count");
  *count = (guint)ds_cbor_get_uint(&r, G_MAXINT32);
  ds_cbor_want_key(&r, 2, "whole");
  ds_cbor_get_digest(&r, whole);
  ds_cbor_leave(&r);
  return ds_cbor_reader_finish(&r, error);
}
