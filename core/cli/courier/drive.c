/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drive: a stick in the unit. */
#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "cli/common/report.h"
#include "cli/courier/verbs.h"
#include "courier/drive.h"

#define PART_MIB_MAX 4095
#define MIB (G_GUINT64_CONSTANT(1) << 20)

static void
show(const char *name, guint64 done, guint64 total, gpointer user_data)
{
  g_autofree char *so_far = g_format_size(done);
  g_autofree char *whole = g_format_size(total);

  ds_cli_progress_show(user_data, _("%s: %s of %s"), name, so_far, whole);
}

static const struct {
  const char *name;
  gsize offset;
} numbers[] = {
    {"containers-read", G_STRUCT_OFFSET(DsDriveResult, containers_read)},
    {"messages", G_STRUCT_OFFSET(DsDriveResult, messages)},
    {"already", G_STRUCT_OFFSET(DsDriveResult, already)},
    {"foreign", G_STRUCT_OFFSET(DsDriveResult, foreign)},
    {"removed", G_STRUCT_OFFSET(DsDriveResult, removed)},
    {"waiting", G_STRUCT_OFFSET(DsDriveResult, waiting)},
    {"held", G_STRUCT_OFFSET(DsDriveResult, held)},
    {"written", G_STRUCT_OFFSET(DsDriveResult, written)},
    {"left-out", G_STRUCT_OFFSET(DsDriveResult, left_out)},
    {"containers-written", G_STRUCT_OFFSET(DsDriveResult, containers_written)},
    {"refused", G_STRUCT_OFFSET(DsDriveResult, refused)},
};

static void
print_json(const DsDriveResult *result)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();

  json_node_take_object(node, object);
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
    json_object_set_int_member(object, numbers[i].name,
                               G_STRUCT_MEMBER(guint, result, numbers[i].offset));
  json_object_set_int_member(object, "bytes-written", (gint64)result->bytes_written);
  if (result->trouble != NULL)
    json_object_set_string_member(object, "trouble", result->trouble);
  else
    json_object_set_null_member(object, "trouble");
  ds_cli_print_json(node);
}

static void
print_text(const DsDriveResult *result)
{
  g_autofree char *size = g_format_size(result->bytes_written);

  g_print(_("from the drive: %u messages brought home, %u known before\n"), result->messages,
          result->already);
  g_print(_("onto the drive: %u of %u waiting bundles in %u files, %s, read back and whole\n"),
          result->written, result->waiting, result->containers_written, size);
  if (result->held > 0)
    g_print(_("%u withdrawn before they left: not written\n"), result->held);
  if (result->left_out > 0)
    g_print(_("%u bundles did not fit: they wait here for a drive with room\n"), result->left_out);
  if (result->foreign > 0)
    g_print(_("%u files of other units left alone\n"), result->foreign);
}

static void
print_trouble(const DsDriveResult *result)
{
  g_auto(GStrv) lines = g_strsplit(result->trouble != NULL ? result->trouble : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_printerr("%s: %s\n", PROGRAM, lines[i]);
}

int
ds_verb_drive(const DsCourierOptions *options, const char *folder)
{
  g_autoptr(DsCliProgress) progress = ds_cli_progress_new(PROGRAM, options->quiet);
  g_autoptr(GError) error = NULL;
  DsDriveResult result = {0};

  if (options->part_size < 0 || options->part_size > PART_MIB_MAX)
    return ds_cli_usage(PROGRAM, _("--part-size takes 1 to %d MiB"), PART_MIB_MAX);
  const DsDriveOptions how = {.all = options->all,
                              .part_size = (guint64)options->part_size * MIB,
                              .cancellable = options->cancellable,
                              .progress = show,
                              .user_data = progress};
  gboolean ok = ds_courier_drive(options->home, folder, &how, &result, &error);
  g_clear_pointer(&progress, ds_cli_progress_free);
  /* what came home before the drive went away is worth saying */
  if (!options->json && (!options->quiet || result.refused > 0) &&
      (ok || result.messages + result.written > 0))
    print_text(&result);
  if (!options->json || !ok)
    print_trouble(&result);
  int code = result.refused > 0 ? DS_EXIT_REFUSED : DS_EXIT_OK;
  if (ok && result.left_out > 0)
    code = DS_EXIT_TEMPORARY;
  if (ok && options->json)
    print_json(&result);
  if (!ok)
    code = ds_cli_fail(PROGRAM, options->json, error);
  ds_drive_result_clear(&result);
  return code;
}
