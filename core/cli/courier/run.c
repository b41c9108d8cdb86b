/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run: the courier that stays, as a person's command or as a service of systemd. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "cli/common/report.h"
#include "cli/common/terminal.h"
#include "cli/courier/verbs.h"
#include "courier/run.h"

typedef struct {
  const DsCourierOptions *options;
  DsCliProgress *progress; /* of the contact that goes on */
  gboolean ready;          /* systemd was told */
  gboolean contacted;      /* a result was shown */
} Stay;

static void
on_told(const DsWhy *why, gpointer user_data)
{
  Stay *self = user_data;
  const DsCourierOptions *options = self->options;
  g_autofree char *sentence = ds_why_sentence(why);
  g_autofree char *line = ds_cli_printable(sentence);
  gboolean quiet = options->quiet || why->state == DS_WHY_WORKING || why->state == DS_WHY_RESTING;

  sd_notifyf(0, "%sSTATUS=%s", self->ready ? "" : "READY=1\n", line);
  self->ready = TRUE;
  if (options->json) {
    g_autoptr(JsonNode) root = ds_why_json(why);
    ds_cli_print_json(root);
    fflush(stdout);
  } else if (!quiet) {
    g_printerr("%s: %s\n", PROGRAM, line);
  }
}

static void
on_begun(gpointer user_data)
{
  Stay *self = user_data;

  self->progress = ds_cli_progress_new(PROGRAM, self->options->quiet);
}

/* On the contact's thread, which begins after on_begun and is over before on_ended. */
static void
on_progress(const DsExchangeProgress *progress, gpointer user_data)
{
  Stay *self = user_data;

  ds_print_progress(progress, self->progress);
}

/* A contact every few minutes that brought nothing is no news after the first. */
static void
on_ended(const DsExchangeResult *result, const GError *error, gpointer user_data)
{
  Stay *self = user_data;
  gboolean news = result->handed_over + result->messages + result->refused > 0;

  g_clear_pointer(&self->progress, ds_cli_progress_free);
  if (error != NULL || (self->contacted && !news))
    return;
  self->contacted = TRUE;
  ds_print_result(self->options, result);
}

static void
on_alive(gpointer user_data)
{
  sd_notify(0, "WATCHDOG=1");
}

int
ds_verb_run(const DsCourierOptions *options)
{
  g_autoptr(GError) error = NULL;
  Stay stay = {.options = options};
  guint64 watchdog_us = 0;
  DsRunOptions run = {
      .every_seconds = (guint)options->every,
      .send_metered = options->metered,
      .calls = {on_told, on_begun, on_progress, on_ended, on_alive, 0},
      .user_data = &stay,
  };

  if (sd_watchdog_enabled(0, &watchdog_us) > 0)
    run.calls.alive_ms = (guint)MIN(watchdog_us / 2000, G_MAXUINT);
  gboolean ok = ds_courier_run(options->home, &run, options->cancellable, &error);
  sd_notify(0, "STOPPING=1");
  return ok ? DS_EXIT_OK : ds_cli_fail(PROGRAM, options->json, error);
}
