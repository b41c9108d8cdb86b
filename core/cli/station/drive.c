/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drive */
#include <signal.h>
#include <stdio.h>

#include "cli/common/progress.h"
#include "cli/station/verb.h"
#include "station/drive.h"

static GCancellable *stop;

/* Only sets a flag: the work looks at it. */
static gpointer
await_signal(gpointer set)
{
  int got;

  if (sigwait(set, &got) == 0)
    g_cancellable_cancel(stop);
  return NULL;
}

static void
watch_signals(void)
{
  static sigset_t set;

  stop = g_cancellable_new();
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  g_thread_unref(g_thread_new("signals", await_signal, &set));
}

static void
show(const char *name, guint64 done, guint64 total, gpointer data)
{
  g_autofree char *so_far = g_format_size(done);
  g_autofree char *whole = g_format_size(total);

  ds_cli_progress_show(data, _("%s: %s of %s"), name, so_far, whole);
}

static const struct {
  const char *name;
  gsize offset;
} numbers[] = {
    {"units", G_STRUCT_OFFSET(DsStationDriveResult, units)},
    {"containers", G_STRUCT_OFFSET(DsStationDriveResult, containers)},
    {"bundles", G_STRUCT_OFFSET(DsStationDriveResult, bundles)},
    {"known", G_STRUCT_OFFSET(DsStationDriveResult, known)},
    {"acknowledged", G_STRUCT_OFFSET(DsStationDriveResult, acknowledged)},
    {"written", G_STRUCT_OFFSET(DsStationDriveResult, written)},
    {"messages", G_STRUCT_OFFSET(DsStationDriveResult, messages)},
    {"left-out", G_STRUCT_OFFSET(DsStationDriveResult, left_out)},
    {"removed", G_STRUCT_OFFSET(DsStationDriveResult, removed)},
    {"refused", G_STRUCT_OFFSET(DsStationDriveResult, refused)},
};

static void
print_json(const DsStationDriveResult *result)
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
print_text(const DsStationDriveResult *result)
{
  g_autofree char *size = g_format_size(result->bytes_written);

  printf(_("from the drive: %u bundles of %u units for the intake, %u known before\n"),
         result->bundles, result->units, result->known);
  printf(_("onto the drive: %u messages in %u files, %s, read back and whole\n"), result->messages,
         result->written, size);
  if (result->acknowledged > 0)
    printf(_("%u messages have arrived and left the outbox\n"), result->acknowledged);
  if (result->left_out > 0)
    printf(_("%u messages did not fit: they wait in the outbox\n"), result->left_out);
  if (result->bundles > 0)
    printf(_("now run intake; then drive once more, and the answers travel on this drive\n"));
}

static void
print_trouble(const DsStationDriveResult *result)
{
  g_auto(GStrv) lines = g_strsplit(result->trouble != NULL ? result->trouble : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    fprintf(stderr, "%s: %s\n", PROGRAM, lines[i]);
}

static int
carry(DsVerb *self, const char *folder, const char *unit)
{
  g_autoptr(DsCliProgress) progress = ds_cli_progress_new(PROGRAM, FALSE);
  const DsStationDriveOptions options = {unit, stop, show, progress};
  DsStationDriveResult result = {0};
  g_autoptr(GError) error = NULL;
  gboolean ok = ds_verb_open(self, &error) &&
                ds_station_drive(self->station, folder, &options, &result, &error);

  g_clear_pointer(&progress, ds_cli_progress_free);
  int code = result.refused > 0 ? DS_EXIT_REFUSED : DS_EXIT_OK;
  if (ok && result.left_out > 0)
    code = DS_EXIT_TEMPORARY;
  if (!self->json && (ok || result.bundles + result.messages > 0))
    print_text(&result);
  if (!self->json || !ok)
    print_trouble(&result);
  if (ok && self->json)
    print_json(&result);
  ds_station_drive_result_clear(&result);
  return ok && code != DS_EXIT_OK ? ds_cli_finish(PROGRAM, code) : ds_verb_end(self, error);
}

int
ds_verb_drive(DsVerb *self, int argc, char **argv)
{
  g_autofree char *unit = NULL;
  const GOptionEntry own[] = {
      {"unit", 0, 0, G_OPTION_ARG_STRING, &unit,
       N_("write for this unit too, whose drive it is, although nothing of it is there"),
       N_("UNIT")},
      {NULL},
  };

  if (!ds_verb_parse(self, N_("FOLDER"),
                     N_("Takes in what units wrote on the drive, then writes what waits for them.\n"
                        "Needs no passphrase, opens no case.\n\n"
                        "Examples:\n  doorstep-station drive --home /srv/station /media/usb\n"
                        "  doorstep-station drive --home /srv/station --unit unit-7 /media/usb"),
                     own, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  watch_signals();
  return carry(self, argv[1], unit);
}
