/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the golden drive containers: make-drive GOLDEN FOLDER, from the golden objects in GOLDEN.
 * Run once per format version. */
#include <string.h>

#include "base/files.h"
#include "drive/stick.h"
#include "golden.h"

typedef struct {
  const char *golden;
  GPtrArray *bodies; /* GBytes: the items' files, in order */
  GPtrArray *items;  /* DsDriveItem */
} Batch;

/* One file of @item: golden object @object as @name. */
static void
add_file(Batch *self, DsDriveItem *item, const char *object, const char *name)
{
  g_autoptr(GBytes) bytes = golden_read(self->golden, object);
  const DsDigest sha256 = ds_digest_of_bytes(bytes);

  ds_drive_item_add(item, name, g_bytes_get_size(bytes), &sha256);
  g_ptr_array_add(self->bodies, g_steal_pointer(&bytes));
}

/* All files of a golden bundle's folder, in order of name. */
static void
add_folder(Batch *self, DsDriveItem *item, const char *folder)
{
  g_autofree char *path = g_build_filename(self->golden, folder, NULL);
  GError *error = NULL;
  g_autoptr(GPtrArray) names = ds_files_list(path, &error);

  golden_require(names != NULL, error);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *name = g_strndup(names->pdata[i], strlen(names->pdata[i]) - strlen(".cbor"));
    g_autofree char *object = g_build_filename(folder, name, NULL);
    add_file(self, item, object, name);
  }
  g_ptr_array_add(self->items, item);
}

static void
add_bundle(Batch *self, const char *folder)
{
  g_autofree char *object = g_build_filename(folder, "manifest", NULL);
  g_autoptr(GBytes) bytes = golden_read(self->golden, object);
  GError *error = NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_parse(bytes, &error);

  golden_require(manifest != NULL, error);
  add_folder(self, ds_drive_item_new_bundle(&manifest->id), folder);
}

static void
add_message(Batch *self, guint64 seq, DsOutboxKind kind, const char *const *pairs)
{
  const DsOutboxRef ref = {seq, kind};
  DsDriveItem *item = ds_drive_item_new_message(&ref);

  for (; *pairs != NULL; pairs += 2)
    add_file(self, item, pairs[0], pairs[1]);
  g_ptr_array_add(self->items, item);
}

static gboolean
fill(DsDriveWriter *writer, gpointer user_data, GError **error)
{
  const Batch *self = user_data;
  guint next = 0;

  for (guint i = 0; i < self->items->len; i++) {
    DsDriveItem *item = self->items->pdata[i];
    if (!ds_drive_writer_item(writer, item, error))
      return FALSE;
    for (guint file = 0; file < item->files->len; file++)
      if (!ds_drive_writer_file(writer, self->bodies->pdata[next++], error))
        return FALSE;
  }
  return TRUE;
}

static void
write_batch(Batch *self, DsStick *stick, DsDriveHead *head)
{
  const DsStickWatch watch = {0};
  GError *error = NULL;
  guint64 bytes;

  head->count = self->items->len;
  golden_require(ds_stick_write(stick, head, fill, self, &watch, &bytes, &error), error);
  ds_drive_head_free(head);
  g_ptr_array_unref(self->bodies);
  g_ptr_array_unref(self->items);
}

static void
begin(Batch *self, const char *golden)
{
  *self = (Batch){.golden = golden,
                  .bodies = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
                  .items = g_ptr_array_new_with_free_func((GDestroyNotify)ds_drive_item_free)};
}

static void
make_out(const char *golden, DsStick *stick)
{
  const DsDriveTaken taken[] = {{4, ds_digest_of("message four", 12)},
                                {5, ds_digest_of("message five", 12)}};
  DsDriveHead *head = ds_drive_head_new(DS_DRIVE_OUT, "unit-1", NULL, 2);
  Batch batch;

  begin(&batch, golden);
  add_bundle(&batch, "case-2");
  add_bundle(&batch, "case-1");
  g_array_append_vals(head->taken, taken, G_N_ELEMENTS(taken));
  write_batch(&batch, stick, head);
}

static void
make_home(const char *golden, DsStick *stick)
{
  static const char *const directory[] = {"directory", "directory", NULL};
  static const char *const statements[] = {"statement-received", "0000000001", "statement-durable",
                                           "0000000003", NULL};
  const DsOutboxRef dispatch = {6, DS_OUTBOX_DISPATCH};
  Batch batch;

  begin(&batch, golden);
  add_message(&batch, 5, DS_OUTBOX_DIRECTORY, directory);
  add_folder(&batch, ds_drive_item_new_message(&dispatch), "dispatch-1");
  add_message(&batch, 9999999999, DS_OUTBOX_STATEMENTS, statements);
  write_batch(&batch, stick, ds_drive_head_new(DS_DRIVE_HOME, "unit-1", "rugao-3", 7));
}

int
main(int argc, char **argv)
{
  GError *error = NULL;
  DsStick *stick = argc == 3 ? ds_stick_open(argv[2], &error) : NULL;

  if (stick == NULL) {
    g_printerr("usage: make-drive GOLDEN FOLDER%s%s\n", error != NULL ? ": " : "",
               error != NULL ? error->message : "");
    return 64;
  }
  make_out(argv[1], stick);
  make_home(argv[1], stick);
  ds_stick_free(stick);
  return 0;
}
