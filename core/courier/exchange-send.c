/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sending half of an exchange: what to send, in which batches. */
#include "courier/exchange-private.h"

#include "courier/mark.h"
#include "courier/outbox.h"
#include "depot/push.h"

/* Sets the order: urgent ones first, else by seq. */
static GQueue *
make_queue(DsRound *self, GArray *entries)
{
  GQueue *queue = g_queue_new();
  guint urgent = 0;

  for (guint i = 0; i < entries->len; i++) {
    const DsSpoolEntry *entry = &g_array_index(entries, DsSpoolEntry, i);
    gpointer copy = g_memdup2(entry, sizeof *entry);
    if (ds_courier_mark_has(self->home, DS_COURIER_URGENT, &entry->id))
      g_queue_push_nth(queue, copy, (gint)urgent++);
    else
      g_queue_push_tail(queue, copy);
  }
  return queue;
}

/* After a hand-over nothing is left to ask for. */
static gboolean
note_handed_over(DsRound *self, const DsDigest *id, GError **error)
{
  ds_courier_state_hand_over(self->state, id);
  return ds_courier_mark_clear(self->home, DS_COURIER_RESEND, id, error) &&
         ds_courier_mark_clear(self->home, DS_COURIER_URGENT, id, error);
}

/* Whether @id need not travel. What stands at the station counts as handed over, whatever we
 * remember: a push may have succeeded whose report was cut. */
static gboolean
is_settled(DsRound *self, const DsDigest *id)
{
  if (ds_advert_has_bundle(self->advert, id)) {
    if (!ds_courier_state_has(self->state, id))
      ds_courier_state_hand_over(self->state, id);
    return TRUE;
  }
  return !ds_courier_state_is_due(self->state, id) &&
         !ds_courier_mark_has(self->home, DS_COURIER_RESEND, id);
}

/* Drops settled bundles and counts what remains. */
static void
sift(DsRound *self, GQueue *queue)
{
  for (GList *at = queue->head, *next; at != NULL; at = next) {
    const DsSpoolEntry *entry = at->data;
    next = at->next;
    if (!is_settled(self, &entry->id))
      continue;
    self->result->already_there++;
    g_free(at->data);
    g_queue_delete_link(queue, at);
  }
  self->progress.bundles_total = g_queue_get_length(queue);
}

/* Takes bundles off @queue until @limit bytes, at least one. A bundle whose manifest is broken is
 * reported and passed over. */
static GPtrArray *
take_batch(DsRound *self, GQueue *queue, guint64 limit)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  guint64 bytes = 0;

  while (!g_queue_is_empty(queue)) {
    DsSpoolEntry *entry = g_queue_peek_head(queue);
    g_autoptr(GError) local = NULL;
    g_autoptr(DsDepotSource) source = ds_outbox_source(self->store, self->spool, entry, &local);

    if (source != NULL && batch->len > 0 && bytes + source->size > limit)
      break;
    g_free(g_queue_pop_head(queue));
    if (source == NULL) {
      ds_round_refuse(self, "%s", local->message);
      continue;
    }
    bytes += source->size;
    g_ptr_array_add(batch, g_steal_pointer(&source));
  }
  return batch;
}

/* One refused bundle can spoil a batch, so what was refused in company goes to @alone. */
static gboolean
take_report(DsRound *self, const DsDepotSource *source, const DsPushReport *report,
            gboolean in_company, GQueue *alone, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];

  switch (report->outcome) {
  case DS_PUSH_HANDED_OVER:
    self->result->handed_over++;
    self->progress.bundles_done++;
    return note_handed_over(self, &source->id, error);
  case DS_PUSH_ALREADY:
    self->result->already_there++;
    self->progress.bundles_done++;
    ds_courier_state_hand_over(self->state, &source->id);
    return TRUE;
  case DS_PUSH_REFUSED:
    if (in_company) {
      g_queue_push_tail(alone, g_memdup2(&source->id, sizeof source->id));
      return TRUE;
    }
    /* git says the same words for a full disk, a killed index-pack and a bundle it dislikes */
    ds_round_refuse(self,
                    "the station did not take bundle %s: %s; it stays here and is offered again at "
                    "the next contact",
                    ds_digest_to_hex(&source->id, hex), report->reason);
    return TRUE;
  case DS_PUSH_UNREADABLE:
    ds_round_refuse(self, "bundle %s cannot be read here: %s", ds_digest_to_hex(&source->id, hex),
                    report->reason);
    return TRUE;
  case DS_PUSH_NOT_SENT:
    break;
  }
  return TRUE;
}

/* One push over an open link. */
static gboolean
push_batch(DsRound *self, DsLink *link, GPtrArray *batch, GQueue *alone, GError **error)
{
  g_autoptr(GPtrArray) reports = NULL;

  if (!ds_push_bundles(link, self->advert, batch, &reports, error))
    return FALSE;
  self->result->batches++;
  for (guint i = 0; i < batch->len; i++)
    if (!take_report(self, g_ptr_array_index(batch, i), g_ptr_array_index(reports, i),
                     batch->len > 1, alone, error))
      return FALSE;
  return ds_courier_state_save(self->state, error);
}

/* Bundles refused in company go back to the end of @queue, and travel one by one from then on. */
static void
requeue_alone(GArray *entries, GQueue *alone, GQueue *queue)
{
  gpointer id;

  while ((id = g_queue_pop_head(alone)) != NULL) {
    for (guint i = 0; i < entries->len; i++) {
      const DsSpoolEntry *entry = &g_array_index(entries, DsSpoolEntry, i);
      if (!ds_digest_equal(&entry->id, id))
        continue;
      g_queue_push_tail(queue, g_memdup2(entry, sizeof *entry));
      break;
    }
    g_free(id);
  }
}

static guint64
next_limit(guint64 limit, gint64 started)
{
  gint64 seconds = (g_get_monotonic_time() - started) / G_USEC_PER_SEC;

  if (seconds < DS_EXCHANGE_BATCH_SECONDS)
    return MIN(limit * 2, DS_EXCHANGE_BATCH_MAX);
  if (seconds > 2 * DS_EXCHANGE_BATCH_SECONDS)
    return MAX(limit / 2, DS_EXCHANGE_BATCH_MIN);
  return limit;
}

/* Opens, sends one batch of @queue (maybe an empty one: then only the advertisement is news). */
static gboolean
send_once(DsRound *self, GQueue *queue, guint64 limit, GQueue *alone, gboolean first,
          GError **error)
{
  DsAdvert *advert = NULL;
  DsLink *link = ds_round_open(self, DS_CARRIER_RECEIVE_PACK, &advert, error);
  gboolean ok;

  if (link == NULL)
    return FALSE;
  g_clear_pointer(&self->advert, ds_advert_free);
  self->advert = advert;
  if (first)
    sift(self, queue);
  g_autoptr(GPtrArray) batch = take_batch(self, queue, limit);
  ok = batch->len > 0 ? push_batch(self, link, batch, alone, error) : ds_push_nothing(link, error);
  return ds_round_close(self, link, ok, error);
}

static gboolean
send_queue(DsRound *self, GArray *entries, GQueue *queue, GQueue *alone, GError **error)
{
  guint64 limit = DS_EXCHANGE_BATCH_MIN;
  gboolean first = TRUE, singly = FALSE;

  while (first || !g_queue_is_empty(queue)) {
    gint64 started = g_get_monotonic_time();
    if (!send_once(self, queue, singly ? 0 : limit, alone, first, error))
      return FALSE;
    first = FALSE;
    limit = next_limit(limit, started);
    if (g_queue_is_empty(queue) && !g_queue_is_empty(alone)) {
      requeue_alone(entries, alone, queue);
      singly = TRUE;
    }
  }
  return TRUE;
}

static void
forget_pruned(DsRound *self, GArray *entries)
{
  g_autoptr(GHashTable) spooled = g_hash_table_new(ds_digest_hash, ds_digest_equal_p);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add(spooled, &g_array_index(entries, DsSpoolEntry, i).id);
  ds_courier_state_keep(self->state, spooled);
}

gboolean
ds_round_send(DsRound *self, GError **error)
{
  g_autoptr(GArray) entries = ds_spool_list(self->spool, error);
  GQueue alone = G_QUEUE_INIT;

  if (entries == NULL)
    return FALSE;
  self->result->waiting = entries->len;
  self->progress.phase = "sending";
  forget_pruned(self, entries);
  GQueue *queue = make_queue(self, entries);
  gboolean ok = send_queue(self, entries, queue, &alone, error);
  g_queue_free_full(queue, g_free);
  g_queue_clear_full(&alone, g_free);
  return ok && ds_courier_state_save(self->state, error);
}
