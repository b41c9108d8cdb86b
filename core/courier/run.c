/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/run.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "courier/reach-watch.h"
#include "courier/run-private.h"
#include "courier/share.h"

guint
ds_run_backoff_ms(guint failures, double draw)
{
  guint seconds = DS_RUN_BACKOFF_SECONDS;

  for (guint i = 1; i < failures && seconds < DS_RUN_BACKOFF_MAX_SECONDS; i++)
    seconds *= 2;
  double ms = 1000.0 * MIN(seconds, DS_RUN_BACKOFF_MAX_SECONDS);
  return (guint)(ms - ms / 2 * CLAMP(draw, 0, 1));
}

/* ---- timers ---- */

void
ds_run_clear_timer(GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy(*timer);
  g_clear_pointer(timer, g_source_unref);
}

void
ds_run_set_timer(DsRun *self, GSource **timer, guint ms, GSourceFunc function)
{
  ds_run_clear_timer(timer);
  *timer = g_timeout_source_new(ms);
  g_source_set_callback(*timer, function, self, NULL);
  g_source_attach(*timer, self->context);
}

/* ---- saying why ---- */

static void
describe(const DsRun *self, DsWhy *why)
{
  *why = (DsWhy){.state = DS_WHY_WAITING};
  if (self->config == NULL) {
    why->state = DS_WHY_UNCONFIGURED;
    why->detail = g_strdup(self->config_trouble);
    return;
  }
  why->network = g_strdup(self->decision.network);
  why->reason = self->decision.reason;
  if (self->contact != NULL) {
    why->state = DS_WHY_WORKING;
  } else if (self->open && self->failures > 0) {
    why->state = DS_WHY_TROUBLE;
    why->detail = g_strdup(self->trouble);
    why->next_us = self->next_us;
  } else if (self->open) {
    why->state = DS_WHY_RESTING;
    why->detail = g_strdup(self->trouble);
    why->next_us = self->next_us;
  }
}

void
ds_run_tell(DsRun *self)
{
  DsWhy why;
  g_autoptr(GError) ignored = NULL;

  describe(self, &why);
  if (self->told && ds_why_equal(&why, &self->why)) {
    ds_why_clear(&why);
    return;
  }
  ds_why_clear(&self->why);
  self->why = why;
  self->why.since_us = ds_clock_now().wall_us;
  self->told = TRUE;
  /* a full disk must not stop what may help to empty it */
  if (!ds_why_save(self->home, &self->why, &ignored))
    self->told = FALSE;
  if (self->options->calls.told != NULL)
    self->options->calls.told(&self->why, self->options->user_data);
}

/* ---- the network ---- */

static void
decide(DsRun *self)
{
  gboolean needs_network = self->config != NULL && strcmp(self->config->carrier, "path") != 0;
  g_autoptr(DsReachSnapshot) snapshot = NULL;

  ds_reach_decision_clear(&self->decision);
  self->decision = (DsReachDecision){FALSE, DS_REACH_LOOKING, NULL};
  if (self->config == NULL)
    return;
  if (strcmp(self->config->carrier, "drive") == 0) {
    self->decision.reason = DS_REACH_DRIVE_ONLY;
    return;
  }
  if (!needs_network && !ds_reach_profile_asks(self->config->reach)) {
    snapshot = ds_reach_snapshot_new();
  } else {
    if (self->watch == NULL)
      self->watch = ds_reach_watch_new(ds_run_look, self);
    snapshot = ds_reach_watch_snapshot(self->watch);
  }
  if (snapshot != NULL)
    ds_reach_decide(self->config->reach, needs_network, snapshot, &self->decision);
}

static gboolean
on_settled(gpointer user_data)
{
  DsRun *self = user_data;

  ds_run_clear_timer(&self->settle);
  ds_run_cut(self);
  self->open = self->decision.go;
  g_free(self->network);
  self->network = g_strdup(self->decision.network);
  if (self->open) {
    self->failures = 0;
    g_clear_pointer(&self->trouble, g_free);
    ds_run_contact_in(self, 0);
  } else {
    ds_run_clear_timer(&self->due);
  }
  ds_run_tell(self);
  return G_SOURCE_REMOVE;
}

/* Another of the station's networks is a new one: what was begun over the first is lost with it. */
static gboolean
is_as_before(const DsRun *self)
{
  return self->decision.go == self->open &&
         (!self->open || g_strcmp0(self->decision.network, self->network) == 0);
}

void
ds_run_look(gpointer user_data)
{
  DsRun *self = user_data;
  g_auto(DsReachDecision) before = self->decision;

  self->decision = (DsReachDecision){0};
  decide(self);
  gboolean news = !ds_reach_decision_equal(&before, &self->decision);
  if (is_as_before(self))
    ds_run_clear_timer(&self->settle);
  else if (self->settle == NULL || (news && self->decision.go))
    ds_run_set_timer(self, &self->settle, DS_RUN_SETTLE_MS, on_settled);
  ds_run_tell(self);
}

/* ---- files that change ---- */

static void
load_config(DsRun *self)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&self->config, ds_courier_config_free);
  g_clear_pointer(&self->config_trouble, g_free);
  self->config = ds_courier_config_load(self->home, &error);
  if (self->config == NULL)
    self->config_trouble = g_strdup(error->message);
  else
    self->config->reach->send_metered |= self->options->send_metered;
}

static void
on_config(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
          gpointer user_data)
{
  DsRun *self = user_data;

  load_config(self);
  ds_run_look(self);
  /* what failed may have failed because of it, and it may name another station */
  self->wanted = TRUE;
  if (self->open && self->contact == NULL)
    ds_run_contact_in(self, DS_RUN_SOON_MS);
}

static void
on_spool(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
         gpointer user_data)
{
  DsRun *self = user_data;

  if (event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_MOVED_OUT)
    return;
  self->wanted = TRUE;
  if (self->open && self->contact == NULL && self->failures == 0)
    ds_run_contact_in(self, DS_RUN_SOON_MS);
}

typedef void (*OnChange)(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                         gpointer user_data);

/* A file system without notice of changes leaves the clock, which comes anyway. */
static void
monitor(DsRun *self, OnChange on_change, const char *name, const char *below)
{
  g_autofree char *path = g_build_filename(self->home, name, below, NULL);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GFileMonitor *made = g_file_monitor(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);

  if (made == NULL)
    return;
  g_file_monitor_set_rate_limit(made, 500);
  g_signal_connect(made, "changed", G_CALLBACK(on_change), self);
  g_ptr_array_add(self->monitors, made);
}

static void
monitor_free(gpointer made)
{
  g_file_monitor_cancel(made);
  g_object_unref(made);
}

/* ---- beginning and end ---- */

static gboolean
on_alive(gpointer user_data)
{
  DsRun *self = user_data;

  self->options->calls.alive(self->options->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stop(GCancellable *stop, gpointer user_data)
{
  DsRun *self = user_data;

  self->stopping = TRUE;
  ds_run_cut(self);
  if (self->contact == NULL)
    g_main_loop_quit(self->loop);
  return G_SOURCE_REMOVE;
}

static void
turn(DsRun *self, GCancellable *stop)
{
  GSource *stopping = g_cancellable_source_new(stop);

  g_source_set_callback(stopping, G_SOURCE_FUNC(on_stop), self, NULL);
  g_source_attach(stopping, self->context);
  if (self->options->calls.alive != NULL && self->options->calls.alive_ms > 0)
    ds_run_set_timer(self, &self->alive, self->options->calls.alive_ms, on_alive);
  self->monitors = g_ptr_array_new_with_free_func(monitor_free);
  monitor(self, on_config, "courier.json", NULL);
  monitor(self, on_spool, "store", "spool");
  monitor(self, on_spool, "depot", "resend");
  load_config(self);
  ds_run_look(self);
  g_main_loop_run(self->loop);
  g_ptr_array_unref(self->monitors);
  g_source_destroy(stopping);
  g_source_unref(stopping);
}

static void
run_clear(DsRun *self)
{
  g_clear_pointer(&self->watch, ds_reach_watch_free);
  ds_run_clear_timer(&self->settle);
  ds_run_clear_timer(&self->due);
  ds_run_clear_timer(&self->alive);
  g_clear_pointer(&self->config, ds_courier_config_free);
  g_free(self->config_trouble);
  g_free(self->trouble);
  g_free(self->network);
  ds_reach_decision_clear(&self->decision);
  ds_why_clear(&self->why);
  /* what was cancelled reports so, and lets go of what it held */
  while (g_main_context_iteration(self->context, FALSE))
    ;
  g_main_loop_unref(self->loop);
  g_main_context_pop_thread_default(self->context);
  g_main_context_unref(self->context);
}

/* A mistyped folder must not become a home that waits for ever. */
static gboolean
check_home(const char *home, GError **error)
{
  g_autofree char *store = g_build_filename(home, "store", NULL);

  if (g_file_test(store, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND,
              "%s is no unit's home, it has no store; make one with doorstep unit init", home);
  return FALSE;
}

gboolean
ds_courier_run(const char *home, const DsRunOptions *options, GCancellable *stop, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(home, NULL);
  g_autofree char *depot = g_build_filename(absolute, "depot", NULL);
  DsRun self = {.home = absolute, .options = options};

  if (!ds_courier_check_access(absolute, error) || !check_home(absolute, error) ||
      !ds_files_make_dir(depot, error))
    return FALSE;
  g_auto(DsFd) claim = ds_why_claim(absolute, error);
  if (claim < 0)
    return FALSE;
  self.context = g_main_context_new();
  g_main_context_push_thread_default(self.context);
  self.loop = g_main_loop_new(self.context, FALSE);
  turn(&self, stop);
  run_clear(&self);
  return TRUE;
}
