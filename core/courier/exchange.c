/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/exchange.h"

#include <string.h>

#include "base/error.h"
#include "base/trouble.h"
#include "base/files.h"
#include "courier/exchange-private.h"
#include "courier/lock.h"
#include "depot/fetch.h"

void
ds_exchange_result_clear(DsExchangeResult *self)
{
  g_clear_pointer(&self->trouble, g_free);
  memset(self, 0, sizeof *self);
}

static void
add_trouble(DsRound *self, const char *format, va_list arguments)
{
  ds_trouble_add(&self->result->trouble, self->result->refused + self->result->later, format,
                 arguments);
}

void
ds_round_refuse(DsRound *self, const char *format, ...)
{
  va_list arguments;

  self->result->refused++;
  va_start(arguments, format);
  add_trouble(self, format, arguments);
  va_end(arguments);
}

void
ds_round_put_off(DsRound *self, const char *format, ...)
{
  va_list arguments;

  self->result->later++;
  va_start(arguments, format);
  add_trouble(self, format, arguments);
  va_end(arguments);
}

static void
on_progress(guint64 sent, guint64 received, gpointer user_data)
{
  DsRound *self = user_data;

  self->progress.bytes_sent = self->sent_before + sent;
  self->progress.bytes_received = self->received_before + received;
  self->options->progress(&self->progress, self->options->user_data);
}

DsLink *
ds_round_open(DsRound *self, DsCarrierService service, DsAdvert **advert, GError **error)
{
  DsLink *link = ds_carrier_open(self->carrier, service, error);

  if (link == NULL)
    return NULL;
  if (self->options->stall_seconds > 0)
    ds_link_set_stall(link, self->options->stall_seconds);
  if (self->options->pace_seconds > 0)
    ds_link_set_pace(link, self->options->pace_bytes, self->options->pace_seconds);
  ds_link_set_cancellable(link, self->options->cancellable);
  if (self->options->progress != NULL)
    ds_link_set_progress(link, on_progress, self);
  *advert = ds_advert_read(link, error);
  if (*advert == NULL) {
    ds_round_close(self, link, FALSE, error);
    return NULL;
  }
  return link;
}

gboolean
ds_round_close(DsRound *self, DsLink *link, gboolean ok, GError **error)
{
  ds_link_set_progress(link, NULL, NULL);
  self->sent_before += ds_link_sent(link);
  self->received_before += ds_link_received(link);
  self->result->bytes_sent = self->sent_before;
  self->result->bytes_received = self->received_before;
  if (!ok) {
    /* the carrier's reasons are complete only when its program has ended; who cancels asks for none
     */
    gboolean cancelled = g_cancellable_is_cancelled(self->options->cancellable);
    ds_link_set_stall(link, cancelled ? 1 : 3);
    ds_link_finish(link);
    ds_carrier_explain(self->carrier, link, error);
  }
  ds_link_free(link);
  return ok;
}

static gboolean
open_folders(DsRound *self, GError **error)
{
  g_autofree char *store = g_build_filename(self->home, "store", NULL);
  g_autofree char *spool = g_build_filename(store, "spool", NULL);
  g_autofree char *inbox = g_build_filename(self->home, "inbox", NULL);

  self->store = ds_store_open(store, error);
  if (self->store != NULL)
    self->spool = ds_spool_open(spool, error);
  if (self->spool != NULL)
    self->inbox = ds_inbox_open(inbox, error);
  if (self->inbox != NULL)
    self->state = ds_courier_state_load(self->home, error);
  return self->state != NULL;
}

static void
round_clear(DsRound *self)
{
  g_clear_pointer(&self->store, ds_store_unref);
  g_clear_pointer(&self->spool, ds_spool_unref);
  g_clear_pointer(&self->inbox, ds_inbox_unref);
  g_clear_pointer(&self->state, ds_courier_state_free);
  g_clear_pointer(&self->advert, ds_advert_free);
  g_free(self->work);
}

static gboolean
converse(DsRound *self, GError **error)
{
  gboolean ok = open_folders(self, error) && ds_inbox_sweep(self->inbox, error) &&
                ds_fetch_sweep(self->work, error) && ds_round_send(self, error) &&
                ds_round_fetch(self, error);

  if (ok)
    ds_courier_state_count(self->state);
  /* what was refused or handed over before a cut is worth keeping */
  if (self->state != NULL && !ds_courier_state_save(self->state, ok ? error : NULL))
    return FALSE;
  return ok;
}

gboolean
ds_exchange_run(const char *home, DsCarrier *carrier, const DsExchangeOptions *options,
                DsExchangeResult *result, GError **error)
{
  static const DsExchangeOptions no_options = {0};
  DsRound round = {.home = home, .carrier = carrier, .result = result};

  memset(result, 0, sizeof *result);
  round.options = options != NULL ? options : &no_options;
  round.work = g_build_filename(home, "depot", NULL);
  gboolean ok = ds_files_make_dir(round.work, error);
  g_auto(DsFd) lock = ok ? ds_courier_lock(round.work, error) : -1;
  ok = lock >= 0 && converse(&round, error);
  round_clear(&round);
  return ok;
}

gboolean
ds_exchange_status(const char *home, DsExchangeStatus *status, GError **error)
{
  DsExchangeResult unused = {0};
  DsRound round = {.home = home, .result = &unused};
  g_autoptr(GArray) entries = NULL;
  g_autoptr(GPtrArray) messages = NULL;

  memset(status, 0, sizeof *status);
  if (open_folders(&round, error)) {
    entries = ds_spool_list(round.spool, error);
    if (entries != NULL)
      messages = ds_inbox_list(round.inbox, error);
  }
  if (messages != NULL) {
    status->spooled = entries->len;
    status->inbox = messages->len;
    status->last_contact_us = ds_courier_state_last_contact_us(round.state);
    for (guint i = 0; i < entries->len; i++)
      status->handed_over +=
          ds_courier_state_has(round.state, &g_array_index(entries, DsSpoolEntry, i).id) ? 1 : 0;
  }
  round_clear(&round);
  return messages != NULL;
}
