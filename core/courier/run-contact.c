/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The contacts of a courier that stays. Each runs in a thread of its own with its own reading of
 * courier.json; this side only hears how it ended. */
#include "courier/run-private.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

typedef struct {
  char *home;
  DsRunCalls calls;
  gpointer user_data;
  DsExchangeResult result;
  GError *error;
} Contact;

static void
contact_free(gpointer data)
{
  Contact *self = data;

  g_free(self->home);
  ds_exchange_result_clear(&self->result);
  g_clear_error(&self->error);
  g_free(self);
}

static void
make_contact(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Contact *self = data;
  g_autoptr(DsCourierConfig) config = ds_courier_config_load(self->home, &self->error);
  g_autoptr(DsCarrier) carrier = config != NULL ? ds_carrier_new(config, &self->error) : NULL;
  const DsExchangeOptions options = {
      .cancellable = cancellable, .progress = self->calls.progress, .user_data = self->user_data};

  if (carrier != NULL)
    ds_exchange_run(self->home, carrier, &options, &self->result, &self->error);
  g_task_return_boolean(task, TRUE);
}

static void
take_outcome(DsRun *self, const Contact *contact)
{
  g_clear_pointer(&self->trouble, g_free);
  if (g_error_matches(contact->error, DS_ERROR, DS_ERROR_CANCELLED))
    return;
  self->failures = contact->error != NULL ? self->failures + 1 : 0;
  const char *trouble = contact->error != NULL ? contact->error->message : contact->result.trouble;
  if (trouble != NULL)
    self->trouble = g_strndup(trouble, strcspn(trouble, "\n"));
}

static guint
rest_ms(const DsRun *self)
{
  guint every =
      self->options->every_seconds > 0 ? self->options->every_seconds : DS_RUN_EVERY_SECONDS;

  if (self->failures > 0)
    return ds_run_backoff_ms(self->failures, g_random_double());
  return self->wanted ? DS_RUN_SOON_MS : every * 1000;
}

static void
on_contact_end(GObject *source, GAsyncResult *task, gpointer user_data)
{
  DsRun *self = user_data;
  const Contact *contact = g_task_get_task_data(G_TASK(task));

  g_clear_object(&self->contact);
  take_outcome(self, contact);
  if (self->options->calls.ended != NULL)
    self->options->calls.ended(&contact->result, contact->error, self->options->user_data);
  if (self->stopping) {
    g_main_loop_quit(self->loop);
    return;
  }
  if (self->open)
    ds_run_contact_in(self, rest_ms(self));
  ds_run_tell(self);
}

static gboolean
on_due(gpointer user_data)
{
  DsRun *self = user_data;

  ds_run_clear_timer(&self->due);
  if (!self->open || self->stopping)
    return G_SOURCE_REMOVE;
  if (self->contact != NULL) { /* one that was cut is still ending */
    self->wanted = TRUE;
    return G_SOURCE_REMOVE;
  }
  self->contact = g_cancellable_new();
  self->wanted = FALSE;
  if (self->options->calls.begun != NULL)
    self->options->calls.begun(self->options->user_data);
  Contact *contact = g_new0(Contact, 1);
  contact->home = g_strdup(self->home);
  contact->calls = self->options->calls;
  contact->user_data = self->options->user_data;
  g_autoptr(GTask) task = g_task_new(NULL, self->contact, on_contact_end, self);
  g_task_set_task_data(task, contact, contact_free);
  g_task_run_in_thread(task, make_contact);
  ds_run_tell(self);
  return G_SOURCE_REMOVE;
}

void
ds_run_contact_in(DsRun *self, guint ms)
{
  self->next_us = ds_clock_now().wall_us + (gint64)ms * 1000;
  ds_run_set_timer(self, &self->due, ms, on_due);
}

void
ds_run_cut(DsRun *self)
{
  if (self->contact != NULL)
    g_cancellable_cancel(self->contact);
}
