/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sending half of an exchange: what to send, in which batches. */
#include "courier/exchange-private.h"

#include "courier/mark.h"
#include "courier/order.h"
#include "depot/push.h"
#include "depot/room.h"

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

/* TRUE when the unit withdrew the case and the withdrawal is in the spool to say so: then the
 * station need not see the pictures at all. */
static gboolean
is_held(DsRound *self, const DsDigest *id, GHashTable *spooled)
{
  DsDigest withdrawal;

  return ds_courier_hold_get(self->home, id, &withdrawal) &&
         g_hash_table_contains(spooled, &withdrawal);
}

/* A bundle whose manifest is broken is named and passed over; the others go. */
static DsOrderItem *
make_item(DsRound *self, const DsSpoolEntry *entry)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(DsDepotSource) source = ds_outbox_source(self->store, self->spool, entry, &local);
  DsOrderItem *item;

  if (source == NULL) {
    ds_round_refuse(self, "%s", local->message);
    return NULL;
  }
  item = g_new0(DsOrderItem, 1);
  item->entry = *entry;
  item->urgent = ds_courier_mark_has(self->home, DS_COURIER_URGENT, &entry->id);
  item->size = source->size;
  return item;
}

/* What has to travel, in order; counts what has not. */
static void
fill_queue(DsRound *self, GArray *entries, GHashTable *spooled, GQueue *queue)
{
  for (guint i = 0; i < entries->len; i++) {
    const DsSpoolEntry *entry = &g_array_index(entries, DsSpoolEntry, i);
    DsOrderItem *item = NULL;

    if (is_settled(self, &entry->id))
      self->result->already_there++;
    else if (is_held(self, &entry->id, spooled))
      self->result->held++;
    else
      item = make_item(self, entry);
    if (item != NULL)
      g_queue_push_tail(queue, item);
  }
  g_queue_sort(queue, ds_order_compare, NULL);
  self->progress.bundles_total = g_queue_get_length(queue);
}

/* Takes bundles off @queue until @limit bytes, at least one. */
static GPtrArray *
take_batch(DsRound *self, GQueue *queue, guint64 limit)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func((GDestroyNotify)ds_depot_source_free);
  guint64 bytes = 0;

  while (!g_queue_is_empty(queue)) {
    const DsOrderItem *next = g_queue_peek_head(queue);
    if (batch->len > 0 && bytes + next->size > limit)
      break;
    g_autofree DsOrderItem *item = g_queue_pop_head(queue);
    g_autoptr(GError) local = NULL;
    DsDepotSource *source = ds_outbox_source(self->store, self->spool, &item->entry, &local);

    if (source == NULL) {
      ds_round_refuse(self, "%s", local->message);
      continue;
    }
    bytes += source->size;
    g_ptr_array_add(batch, source);
  }
  return batch;
}

/* The report has one word for a full disk, a killed index-pack and a bundle that git dislikes; what
 * the server @said beside it tells which. */
static void
take_no(DsRound *self, const DsDepotSource *source, const char *reason, const char *said)
{
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *both = g_strdup_printf("%s; %s", reason, said);
  g_autofree char *note = ds_room_note(said);
  g_autofree char *words =
      note != NULL || *said == '\0' ? g_strdup(note != NULL ? note : reason) : g_strdup(both);

  ds_digest_to_hex(&source->id, hex);
  if (!ds_room_is_lacking(both)) {
    ds_round_refuse(self,
                    "the station did not take bundle %s: %s; it stays here and is offered again at "
                    "the next contact",
                    hex, words);
    return;
  }
  self->too_large = self->too_large > 0 ? MIN(self->too_large, source->size) : source->size;
  ds_round_put_off(self,
                   "the station has no room for bundle %s now: %s; it stays here and goes at "
                   "a later contact",
                   hex, words);
}

/* What the server complained about, once it has ended; "" when nothing was refused. */
static const char *
what_was_said(DsLink *link, GPtrArray *reports)
{
  for (guint i = 0; i < reports->len; i++) {
    if (((const DsPushReport *)g_ptr_array_index(reports, i))->outcome != DS_PUSH_REFUSED)
      continue;
    ds_link_set_stall(link, 3);
    ds_link_finish(link);
    return ds_link_complaint(link);
  }
  return "";
}

/* One refused bundle can spoil a batch, so what was refused in company goes to @alone. */
static gboolean
take_report(DsRound *self, const DsDepotSource *source, const DsPushReport *report,
            const char *said, gboolean in_company, GQueue *alone, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];
  DsOrderItem item = {.entry.id = source->id, .size = source->size};

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
      g_queue_push_tail(alone, g_memdup2(&item, sizeof item));
      return TRUE;
    }
    take_no(self, source, report->reason, said);
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
  const char *said = what_was_said(link, reports);
  for (guint i = 0; i < batch->len; i++)
    if (!take_report(self, g_ptr_array_index(batch, i), g_ptr_array_index(reports, i), said,
                     batch->len > 1, alone, error))
      return FALSE;
  return ds_courier_state_save(self->state, error);
}

/* Bundles refused in company go back to the end of @queue, and travel one by one from then on. */
static void
requeue_alone(GArray *entries, GQueue *alone, GQueue *queue)
{
  DsOrderItem *item;

  while ((item = g_queue_pop_head(alone)) != NULL) {
    for (guint i = 0; i < entries->len; i++) {
      const DsSpoolEntry *entry = &g_array_index(entries, DsSpoolEntry, i);
      if (ds_digest_equal(&entry->id, &item->entry.id))
        item->entry = *entry;
    }
    g_queue_push_tail(queue, item);
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

/* The spool of one contact. */
typedef struct {
  GArray *entries;     /* DsSpoolEntry */
  GHashTable *spooled; /* set of their ids */
  GQueue *queue;       /* DsOrderItem still to send */
  GQueue *alone;       /* DsOrderItem with id and size: refused in company */
  gboolean filled;     /* @queue knows what the station has */
} Sending;

/* Opens, sends one batch of the queue (maybe an empty one: then only the advertisement is news). */
static gboolean
send_once(DsRound *self, Sending *sending, guint64 limit, GError **error)
{
  DsAdvert *advert = NULL;
  DsLink *link = ds_round_open(self, DS_CARRIER_RECEIVE_PACK, &advert, error);
  gboolean ok;

  if (link == NULL)
    return FALSE;
  g_clear_pointer(&self->advert, ds_advert_free);
  self->advert = advert;
  if (!sending->filled)
    fill_queue(self, sending->entries, sending->spooled, sending->queue);
  sending->filled = TRUE;
  g_autoptr(GPtrArray) batch = take_batch(self, sending->queue, limit);
  ok = batch->len > 0 ? push_batch(self, link, batch, sending->alone, error)
                      : ds_push_nothing(link, error);
  return ds_round_close(self, link, ok, error);
}

/* Where one has no room a larger one has none either: it need not travel to be told. A smaller one
 * goes, it may stand behind an urgent one. */
static void
put_off_larger(DsRound *self, GQueue *queue)
{
  for (GList *link = queue->head, *next; self->too_large > 0 && link != NULL; link = next) {
    DsOrderItem *item = link->data;
    next = link->next;
    if (item->size < self->too_large)
      continue;
    self->result->later++;
    g_queue_delete_link(queue, link);
    g_free(item);
  }
}

static gboolean
send_queue(DsRound *self, Sending *sending, GError **error)
{
  guint64 limit = DS_EXCHANGE_BATCH_MIN;
  gboolean singly = FALSE;

  while (!sending->filled || !g_queue_is_empty(sending->queue)) {
    gint64 started = g_get_monotonic_time();
    if (!send_once(self, sending, singly ? 0 : limit, error))
      return FALSE;
    limit = next_limit(limit, started);
    if (g_queue_is_empty(sending->queue) && !g_queue_is_empty(sending->alone)) {
      requeue_alone(sending->entries, sending->alone, sending->queue);
      singly = TRUE;
    }
    put_off_larger(self, sending->queue);
  }
  return TRUE;
}

gboolean
ds_round_send(DsRound *self, GError **error)
{
  g_autoptr(GPtrArray) marks = ds_courier_marks_list(self->home);
  g_autoptr(GArray) entries = ds_spool_list(self->spool, error);
  g_autoptr(GHashTable) spooled = g_hash_table_new(ds_digest_hash, ds_digest_equal_p);
  GQueue queue = G_QUEUE_INIT, alone = G_QUEUE_INIT;
  Sending sending = {entries, spooled, &queue, &alone, FALSE};

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add(spooled, &g_array_index(entries, DsSpoolEntry, i).id);
  self->result->waiting = entries->len;
  self->progress.phase = "sending";
  ds_courier_state_keep(self->state, spooled);
  ds_courier_marks_sweep(marks, spooled);
  gboolean ok = send_queue(self, &sending, error);
  g_queue_clear_full(&queue, g_free);
  g_queue_clear_full(&alone, g_free);
  return ok && ds_courier_state_save(self->state, error);
}
