/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* intake */
#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/common/progress.h"
#include "cli/station/verb.h"
#include "station/intake.h"

static volatile sig_atomic_t stop_asked;

static void
ask_stop(int number)
{
  (void)number;
  stop_asked = 1;
}

static void
catch_signals(void)
{
  struct sigaction action = {.sa_handler = ask_stop};

  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

typedef struct {
  DsCliProgress *progress;
  GCancellable *cancellable;
} Watch;

static void
show(const char *unit, const char *id, const char *what, gpointer data)
{
  Watch *watch = data;

  if (stop_asked)
    g_cancellable_cancel(watch->cancellable);
  ds_cli_progress_show(watch->progress, "%s %.12s: %s", unit, id, what);
}

static const struct {
  const char *name;
  gsize offset;
} numbers[] = {
    {"seen", G_STRUCT_OFFSET(DsIntakeCounts, seen)},
    {"received", G_STRUCT_OFFSET(DsIntakeCounts, received)},
    {"verified", G_STRUCT_OFFSET(DsIntakeCounts, verified)},
    {"durable", G_STRUCT_OFFSET(DsIntakeCounts, durable)},
    {"quarantined", G_STRUCT_OFFSET(DsIntakeCounts, quarantined)},
    {"repeated", G_STRUCT_OFFSET(DsIntakeCounts, repeated)},
    {"waiting", G_STRUCT_OFFSET(DsIntakeCounts, waiting)},
    {"duplicates", G_STRUCT_OFFSET(DsIntakeCounts, duplicates)},
    {"published", G_STRUCT_OFFSET(DsIntakeCounts, published)},
    {"tidied", G_STRUCT_OFFSET(DsIntakeCounts, tidied)},
    {"failed", G_STRUCT_OFFSET(DsIntakeCounts, failed)},
};

static void
print_counts(DsVerb *self, const DsIntakeCounts *counts)
{
  JsonObject *object = json_object_new();
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

  json_node_take_object(node, object);
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
    json_object_set_int_member(object, numbers[i].name,
                               G_STRUCT_MEMBER(guint, counts, numbers[i].offset));
  if (self->json) {
    ds_cli_print_json(node);
    return;
  }
  printf(
      _("%u seen: %u received, %u verified, %u durable, %u quarantined, %u repeated, %u waiting, "
        "%u duplicates, %u failed; %u messages published\n"),
      counts->seen, counts->received, counts->verified, counts->durable, counts->quarantined,
      counts->repeated, counts->waiting, counts->duplicates, counts->failed, counts->published);
}

/* One round on a station opened for it alone, so that others get their turn in between. @passphrase
 * NULL: what needs it waits. A watching round pays for unlocking only when something waits for it.
 */
static gboolean
take_in(DsVerb *self, DsSecret *passphrase, gboolean lazy, Watch *watch, DsIntakeCounts *counts,
        GError **error)
{
  gboolean good = ds_verb_open(self, error);

  if (good && passphrase != NULL && !lazy)
    good = ds_station_unlock(self->station, passphrase, error);
  if (good)
    good = ds_station_intake(self->station, counts, show, watch, watch->cancellable, error);
  if (good && passphrase != NULL && lazy && counts->waiting > 0) {
    DsIntakeCounts locked = *counts;
    good = ds_station_unlock(self->station, passphrase, error) &&
           ds_station_intake(self->station, counts, show, watch, watch->cancellable, error);
    counts->received += locked.received;
    counts->quarantined += locked.quarantined;
    counts->repeated += locked.repeated;
    counts->published += locked.published;
  }
  g_clear_pointer(&self->station, ds_station_free);
  return good;
}

static gboolean
did_something(const DsIntakeCounts *counts)
{
  return counts->received + counts->verified + counts->durable + counts->quarantined +
             counts->repeated + counts->published >
         0;
}

static void
pause_for(int seconds)
{
  for (int i = 0; i < seconds * 10 && !stop_asked; i++)
    g_usleep(G_USEC_PER_SEC / 10);
}

static int
watch_on(DsVerb *self, DsSecret *passphrase, int seconds, Watch *watch)
{
  while (!stop_asked) {
    DsIntakeCounts counts = {0};
    g_autoptr(GError) error = NULL;
    gboolean good = take_in(self, passphrase, TRUE, watch, &counts, &error);
    if (!good && g_error_matches(error, DS_ERROR, DS_ERROR_LOCKED))
      return ds_verb_end(self, error);
    if (!good && !stop_asked)
      ds_cli_fail(PROGRAM, FALSE, error);
    if (did_something(&counts)) {
      print_counts(self, &counts);
      fflush(stdout);
    }
    pause_for(seconds);
  }
  return ds_verb_end(self, NULL);
}

static int
take_once(DsVerb *self, DsSecret *passphrase, Watch *watch)
{
  DsIntakeCounts counts = {0};
  g_autoptr(GError) error = NULL;
  gboolean good = take_in(self, passphrase, FALSE, watch, &counts, &error);

  if (good || (!self->json && counts.seen > 0))
    print_counts(self, &counts);
  return ds_verb_end(self, error);
}

int
ds_verb_intake(DsVerb *self, int argc, char **argv)
{
  int seconds = 0;
  gboolean unlock = FALSE, locked = FALSE;
  g_autoptr(GError) error = NULL;
  g_autoptr(DsSecret) passphrase = NULL;
  const GOptionEntry own[] = {
      {"watch", 0, 0, G_OPTION_ARG_INT, &seconds, N_("look again every SECONDS until stopped"),
       N_("SECONDS")},
      {"unlock", 0, 0, G_OPTION_ARG_NONE, &unlock, N_("ask for the passphrase on the terminal"),
       NULL},
      {"locked", 0, 0, G_OPTION_ARG_NONE, &locked,
       N_("without a passphrase: check and answer, open nothing (as without any of these)"), NULL},
      {NULL},
  };

  if (!ds_verb_parse(
          self, "",
          N_("Examples:\n  doorstep-station intake --home /srv/station --unlock\n"
             "  doorstep-station intake --home /srv/station --watch 30 --passphrase-fd 3"),
          own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (seconds < 0 || (locked && (unlock || ds_cli_passphrase_given(&self->passphrase))))
    return ds_cli_usage(PROGRAM, "%s", _("intake: these options do not go together"));
  if (unlock || ds_cli_passphrase_given(&self->passphrase)) {
    passphrase = ds_cli_passphrase_read(&self->passphrase, _("Station passphrase: "), &error);
    if (passphrase == NULL)
      return ds_verb_end(self, error);
  }
  g_autoptr(DsCliProgress) progress = ds_cli_progress_new(PROGRAM, FALSE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Watch watch = {progress, cancellable};
  catch_signals();
  return seconds > 0 ? watch_on(self, passphrase, seconds, &watch)
                     : take_once(self, passphrase, &watch);
}
