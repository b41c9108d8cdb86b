/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/handover.h"

#include <string.h>

#include "base/error.h"
#include "bundle/chunk.h"
#include "bundle/seal.h"
#include "unit/handing.h"
#include "unit/officer.h"
#include "unit/seal.h"
#include "unit/trip-inside.h"
#include "unit/unit-private.h"
#include "unit/watch.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/setting.h"

/* ---- may it be handed over ---- */

static gboolean
require_pin(DsUnit *self, const char *number, GError **error)
{
  gboolean has = FALSE;

  if (!ds_unit_officer_has_pin(self, number, &has, error))
    return FALSE;
  if (!has)
    g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                "officer %s has no PIN, and the passphrase is the whole crew's: set one first, "
                "doorstep unit pin %s",
                number, number);
  return has;
}

static gboolean
check_officers(DsUnit *self, const char *trip, const char *to, GError **error)
{
  if (g_str_equal(to, self->officer)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID,
                "officer %s has the trip already: hand it over to another one", to);
    return FALSE;
  }
  return ds_unit_require_trip_officer(self, trip, error) &&
         require_pin(self, self->officer, error) && require_pin(self, to, error);
}

/* ---- the document ---- */

static void
add_cases(DsHandover *handover, const DsTripReport *report)
{
  for (guint i = 0; i < report->cases->len; i++) {
    const DsTripCase *of = g_ptr_array_index(report->cases, i);
    DsDigest bundle;
    gboolean sealed = of->bundle != NULL && ds_digest_parse(&bundle, of->bundle);
    ds_handover_add_case(handover, of->id, ds_case_state_word(of->state), sealed ? &bundle : NULL);
  }
}

static DsHandover *
describe(DsUnit *self, const DsTripReport *report, const char *to, const char *remark,
         GError **error)
{
  g_autoptr(DsHandover) handover = ds_handover_new();
  DsAuditHead head;

  if (!ds_vault_audit_head(self->vault, &head, error) ||
      !ds_vault_station_time(self->vault, &handover->station_us, error))
    return NULL;
  handover->unit = g_strdup(self->id);
  handover->trip = g_strdup(report->trip->id);
  handover->name = g_strdup(report->trip->name);
  handover->time = ds_clock_now();
  handover->from = g_strdup(self->officer);
  handover->to = g_strdup(to);
  handover->cash_fen = (guint64)report->cash_fen;
  handover->refund_owed_fen = (guint64)MAX(report->refund_fen - report->refund_paid_fen, 0);
  handover->cards = report->old_cards;
  for (guint i = 0; i < report->series->len; i++) {
    const DsTripSeries *series = g_ptr_array_index(report->series, i);
    ds_handover_add_receipts(handover, series->series, series->count, series->first, series->last,
                             (guint64)series->fen);
  }
  add_cases(handover, report);
  handover->has_audit = head.index > 0;
  handover->audit_head = head.hash;
  handover->remark = g_strdup(remark != NULL ? remark : "");
  return g_steal_pointer(&handover);
}

/* ---- its bundle ---- */

static gboolean
store_chunk(GBytes *chunk, const DsDigest *sha256, guint index, gpointer batch, GError **error)
{
  return ds_store_batch_put(batch, sha256, chunk, error);
}

/* The document as the record's one part, its chunk durable in the store. (transfer full) */
static DsRecord *
make_record(DsUnit *self, const DsHandover *handover, GBytes *bytes, GError **error)
{
  g_autoptr(DsStoreBatch) batch = ds_store_batch_new(self->store);
  g_autoptr(DsChunkWriter) writer = ds_chunk_writer_new(store_chunk, batch);
  g_autoptr(DsRecord) record = ds_record_new();
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  if (!ds_chunk_writer_write(writer, data, size, error) || !ds_chunk_writer_finish(writer, error) ||
      !ds_store_batch_commit(batch, error))
    return NULL;
  DsDigest sha256 = ds_chunk_writer_sha256(writer);
  ds_record_add_part(record, DS_HANDOVER_SLOT "-1", DS_HANDOVER_SLOT, "", DS_HANDOVER_MEDIA_TYPE,
                     ds_chunk_writer_key(writer), ds_chunk_writer_chunks(writer), &sha256, size);
  ds_record_set_fact(record, "trip.id", handover->trip);
  ds_record_set_fact(record, "trip.name", handover->name);
  return g_steal_pointer(&record);
}

static gboolean
make_manifest(DsUnit *self, const DsHandover *handover, DsManifest *manifest, DsAuditHead *head,
              GError **error)
{
  DsWatch watch;

  if (!ds_unit_watch_clock(self, &watch, error) ||
      !ds_vault_next_bundle(self->vault, &manifest->seq, &manifest->has_prev, &manifest->prev,
                            error) ||
      !ds_vault_audit_head(self->vault, head, error))
    return FALSE;
  manifest->unit = g_strdup(self->id);
  manifest->kind = DS_BUNDLE_TRIP;
  manifest->time = handover->time;
  manifest->station_us = handover->station_us;
  manifest->newest_us =
      watch.behind_us > 0 && watch.newest_us > manifest->time.wall_us ? watch.newest_us : 0;
  manifest->directory_version = self->directory->version;
  manifest->has_audit = head->index > 0;
  manifest->audit_head = head->hash;
  return TRUE;
}

static gboolean
seal(DsUnit *self, DsManifest *manifest, DsRecord *record, DsKey *from, DsKey *to, DsSealed *sealed,
     GError **error)
{
  static const DsRole roles[] = {DS_ROLE_UNIT, DS_ROLE_OFFICER, DS_ROLE_OFFICER};
  g_autoptr(DsKey) unit = ds_unit_load_key(self->vault, DS_UNIT_SECRET_SIGN, error);
  g_autoptr(GPtrArray) recipients = ds_directory_record_recipients(self->directory);
  DsKey *const keys[] = {unit, from, to};

  if (unit == NULL ||
      !ds_seal(manifest, record, recipients, keys, roles, G_N_ELEMENTS(keys), sealed, error))
    return FALSE;
  /* what the station would refuse must not leave */
  g_autoptr(DsManifest) proof = ds_manifest_verify(sealed->manifest, self->directory, error);
  return proof != NULL;
}

gboolean
ds_unit_hand_over(DsUnit *self, const char *trip, const char *to, const char *remark,
                  DsDigest *bundle, GError **error)
{
  if (ds_unit_require_directory(self, error) == NULL || !ds_unit_finish_seal(self, error))
    return FALSE;
  g_autoptr(DsTripReport) report = ds_unit_trip_report(self, trip, error);
  if (report == NULL || !check_officers(self, trip, to, error))
    return FALSE;
  g_autoptr(DsKey) from_key = ds_unit_officer_key(self, self->officer, error);
  g_autoptr(DsKey) to_key = from_key != NULL ? ds_unit_officer_key(self, to, error) : NULL;
  if (to_key == NULL)
    return FALSE;

  g_autoptr(DsHandover) handover = describe(self, report, to, remark, error);
  g_autoptr(GBytes) bytes =
      handover != NULL ? ds_handover_sign(handover, from_key, to_key, error) : NULL;
  g_autoptr(DsRecord) record = bytes != NULL ? make_record(self, handover, bytes, error) : NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_new();
  g_auto(DsSealed) sealed = {0};
  DsAuditHead head;
  if (record == NULL || !make_manifest(self, handover, manifest, &head, error) ||
      !seal(self, manifest, record, from_key, to_key, &sealed, error))
    return FALSE;

  DsHanding intent = {.seq = manifest->seq, .id = sealed.id, .head = head, .bytes = bytes};
  if (!ds_handing_begin(self, &intent, error) ||
      !ds_spool_add(self->spool, manifest->seq, &sealed.id, sealed.manifest, sealed.record,
                    error) ||
      !ds_handing_finish(self, &intent, error))
    return FALSE;
  *bundle = sealed.id;
  return TRUE;
}

gboolean
ds_unit_finish_handover(DsUnit *self, GError **error)
{
  g_auto(DsHanding) intent = {0};
  gboolean pending = FALSE;

  if (!ds_handing_pending(self, &intent, &pending, error))
    return FALSE;
  if (!pending)
    return TRUE;
  const DsSpoolEntry entry = {.seq = intent.seq, .id = intent.id};
  if (!ds_spool_has(self->spool, &entry))
    return ds_handing_forget(self, error);
  if (ds_spool_sync(self->spool, error) && ds_handing_finish(self, &intent, error))
    return TRUE;
  g_prefix_error(
      error, "a trip's handover was begun as bundle %" G_GUINT64_FORMAT " and cannot be finished: ",
      intent.seq);
  return FALSE;
}
