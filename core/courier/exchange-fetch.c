/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fetching half of an exchange: messages into the inbox, then their refs off the station. */
#include "courier/exchange-private.h"

#include <string.h>

#include "base/error.h"
#include "depot/fetch.h"
#include "depot/push.h"

/* Wants in one conversation; more come in the next. */
#define WANTS_MAX 512

/* ---- into the inbox ---- */

typedef struct {
  DsInbox *inbox;
  DsInboxMessage *message;
} Sink;

static const char *
message_name(const DsOutboxRef *ref, char buffer[DS_DEPOT_REF_SIZE])
{
  return ds_depot_outbox_ref(ref, buffer) + strlen(DS_DEPOT_OUTBOX);
}

static gboolean
sink_begin(const DsOutboxRef *ref, gpointer user_data, GError **error)
{
  Sink *sink = user_data;
  char buffer[DS_DEPOT_REF_SIZE];

  sink->message = ds_inbox_begin(sink->inbox, message_name(ref, buffer), error);
  return sink->message != NULL;
}

static gboolean
sink_entry(const DsOutboxRef *ref, const char *name, GBytes *bytes, gpointer user_data,
           GError **error)
{
  Sink *sink = user_data;

  return ds_inbox_message_put(sink->message, name, bytes, error);
}

static gboolean
sink_commit(const DsOutboxRef *ref, gpointer user_data, GError **error)
{
  Sink *sink = user_data;
  gboolean ok = ds_inbox_message_commit(sink->message, error);

  g_clear_pointer(&sink->message, ds_inbox_message_free);
  return ok;
}

static void
sink_abort(const DsOutboxRef *ref, gpointer user_data)
{
  Sink *sink = user_data;

  g_clear_pointer(&sink->message, ds_inbox_message_free);
}

static const DsFetchSink inbox_sink = {sink_begin, sink_entry, sink_commit, sink_abort};

/* ---- fetching ---- */

static void
note_refused(DsRound *self, const DsAdvert *advert, const DsOutboxRef *ref, const char *why)
{
  char name[DS_DEPOT_REF_SIZE];
  DsObjectId commit;

  if (ds_advert_lookup(advert, ds_depot_outbox_ref(ref, name), &commit))
    ds_courier_state_refuse(self->state, &commit);
  ds_round_refuse(self, "message %s was not taken: %s", name, why);
}

/* One conversation. @wants that the station withdrew meanwhile are left out. */
static gboolean
fetch_once(DsRound *self, const GArray *wants, GArray *taken, GError **error)
{
  g_autoptr(GHashTable) refused =
      g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr(GArray) offered = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  g_autoptr(DsAdvert) advert = NULL;
  Sink sink = {self->inbox, NULL};
  DsLink *link = ds_round_open(self, DS_CARRIER_UPLOAD_PACK, &advert, error);

  if (link == NULL)
    return FALSE;
  for (guint i = 0; i < wants->len; i++) {
    const DsOutboxRef *ref = &g_array_index(wants, DsOutboxRef, i);
    char name[DS_DEPOT_REF_SIZE];
    DsObjectId commit;
    if (ds_advert_lookup(advert, ds_depot_outbox_ref(ref, name), &commit))
      g_array_append_val(offered, *ref);
  }
  gboolean ok = ds_fetch_outbox(link, advert, offered, self->work, NULL, &inbox_sink, &sink, taken,
                                refused, error);
  for (guint i = 0; i < offered->len; i++) {
    const DsOutboxRef *ref = &g_array_index(offered, DsOutboxRef, i);
    const char *why = g_hash_table_lookup(refused, &ref->seq);
    if (why != NULL)
      note_refused(self, advert, ref, why);
  }
  return ds_round_close(self, link, ok, error);
}

static gboolean
is_peer_fault(const GError *error)
{
  return g_error_matches(error, DS_ERROR, DS_ERROR_INVALID) ||
         g_error_matches(error, DS_ERROR, DS_ERROR_TOO_LARGE);
}

/* A pack that is bad as a whole is asked for again message by message, so that only the bad one
 * is left behind. */
static gboolean
fetch_group(DsRound *self, const GArray *wants, GArray *taken, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (fetch_once(self, wants, taken, &local))
    return TRUE;
  if (!is_peer_fault(local)) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  if (wants->len == 1) {
    note_refused(self, self->advert, &g_array_index(wants, DsOutboxRef, 0), local->message);
    return TRUE;
  }
  for (guint i = 0; i < wants->len; i++) {
    g_autoptr(GArray) single = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
    g_array_append_val(single, g_array_index(wants, DsOutboxRef, i));
    if (!fetch_group(self, single, taken, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- telling the station to forget ---- */

static gboolean
forget(DsRound *self, const GArray *done, GError **error)
{
  g_autoptr(GPtrArray) refs = g_ptr_array_new_with_free_func(g_free);
  DsAdvert *advert = NULL;
  g_autoptr(GError) local = NULL;

  for (guint i = 0; i < done->len; i++) {
    char name[DS_DEPOT_REF_SIZE];
    ds_depot_outbox_ref(&g_array_index(done, DsOutboxRef, i), name);
    g_ptr_array_add(refs, g_strdup(name));
  }
  g_ptr_array_add(refs, NULL);

  DsLink *link = ds_round_open(self, DS_CARRIER_RECEIVE_PACK, &advert, error);
  if (link == NULL)
    return FALSE;
  g_clear_pointer(&self->advert, ds_advert_free);
  self->advert = advert;
  gboolean ok = ds_push_delete(link, advert, (const char *const *)refs->pdata, &local);
  if (!ds_round_close(self, link, ok, &local)) {
    /* the messages are safe here: a station that keeps them costs a look at the next contact */
    if (g_error_matches(local, DS_ERROR, DS_ERROR_REFUSED) && !ok) {
      ds_round_refuse(self, "%s", local->message);
      return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  self->result->forgotten += done->len;
  return TRUE;
}

/* ---- the whole ---- */

/* What is offered and new goes to @wants, what is in the inbox already to @done. */
static void
sort_offers(DsRound *self, GArray *wants, GArray *done)
{
  const GArray *offers = ds_advert_outbox(self->advert);

  for (guint i = 0; i < offers->len; i++) {
    const DsOutboxRef *ref = &g_array_index(offers, DsOutboxRef, i);
    char name[DS_DEPOT_REF_SIZE];
    DsObjectId commit;

    if (ds_advert_lookup(self->advert, ds_depot_outbox_ref(ref, name), &commit) &&
        ds_courier_state_is_refused(self->state, &commit))
      continue;
    if (ds_inbox_has(self->inbox, message_name(ref, name)))
      g_array_append_val(done, *ref);
    else
      g_array_append_val(wants, *ref);
  }
}

gboolean
ds_round_fetch(DsRound *self, GError **error)
{
  g_autoptr(GArray) wants = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  g_autoptr(GArray) done = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
  gboolean ok = TRUE;

  self->progress.phase = "fetching";
  sort_offers(self, wants, done);
  guint before = done->len;
  for (guint at = 0; ok && at < wants->len; at += WANTS_MAX) {
    g_autoptr(GArray) group = g_array_new(FALSE, FALSE, sizeof(DsOutboxRef));
    g_array_append_vals(group, &g_array_index(wants, DsOutboxRef, at),
                        MIN(WANTS_MAX, wants->len - at));
    ok = fetch_group(self, group, done, error);
    self->result->messages = done->len - before;
  }
  self->progress.phase = "finishing";
  return ok && (done->len == 0 || forget(self, done, error));
}
