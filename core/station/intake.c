/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/intake.h"

#include "base/error.h"
#include "station/handed.h"
#include "station/intake-private.h"
#include "station/registry.h"
#include "station/say.h"
#include "station/statements.h"

/* Folders of killed pushes older than this are nobody's any more. */
#define STALE_SECONDS (24 * 3600)
/* Bundles of one unit before the next unit has its turn. */
#define TURN_BUNDLES 64u
/* A round tidies one repository at most, and not for longer than this a step. */
#define TIDY_SECONDS 300

typedef struct {
  DsStation *station;
  const char *unit;
  DsRepo *repo;
  DsIntakeCounts *counts;
  DsIntakeProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;
} Round;

/* Where a round stands with one unit: first all that arrived, then all that is unfinished. */
typedef struct {
  GArray *arrived; /* DsDigest */
  GPtrArray *unfinished;
  guint at;
  gboolean done;
} Visit;

static void
visit_clear(Visit *self)
{
  g_clear_pointer(&self->arrived, g_array_unref);
  g_clear_pointer(&self->unfinished, g_ptr_array_unref);
}

static void
tell(Round *round, const DsDigest *id, const char *what)
{
  char hex[DS_DIGEST_HEX_SIZE];

  if (round->progress != NULL)
    round->progress(round->unit, ds_digest_to_hex(id, hex), what, round->progress_data);
}

/* Sets a broken bundle aside: its bytes first, then what is said about it, then its ref. */
static gboolean
quarantine(Round *round, const DsDigest *id, guint64 seq, const char *reason, GError **error)
{
  gboolean fresh = FALSE;

  tell(round, id, "quarantined");
  if (!ds_intake_set_aside(round->station, round->repo, round->unit, id, reason, error))
    return FALSE;
  ds_station_check(round->station, "set-aside");
  if (!ds_ledger_quarantine(round->station, round->unit, id, seq, reason, &fresh, error))
    return FALSE;
  ds_station_check(round->station, "quarantined");
  round->counts->quarantined += fresh ? 1 : 0;
  return ds_repo_delete_bundle(round->repo, id, error);
}

/* Somebody did not hear our answer: it goes out again, the bundle is not looked at. */
static gboolean
repeat(Round *round, const DsLedgerBundle *known, GError **error)
{
  round->counts->repeated++;
  return ds_station_say_again(round->station, round->unit, &known->id, error) &&
         ds_repo_delete_bundle(round->repo, &known->id, error);
}

/* First stage, for one ref. */
static gboolean
arrive(Round *round, const DsDigest *id, GError **error)
{
  g_autoptr(DsLedgerBundle) known = NULL;
  g_autoptr(GError) reason = NULL;
  guint64 bytes = 0;

  if (!ds_ledger_find(round->station, round->unit, id, &known, error))
    return FALSE;
  if (known != NULL && known->stage == DS_STAGE_DONE)
    return repeat(round, known, error);
  if (known != NULL && known->stage != DS_STAGE_QUARANTINED)
    return TRUE;

  tell(round, id, "checking");
  g_autoptr(DsManifest) manifest =
      ds_intake_check(round->station, round->repo, round->unit, id, &bytes, &reason);
  if (manifest == NULL && ds_intake_is_broken(reason))
    return quarantine(round, id, 0, reason->message, error);
  if (manifest == NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  if (!ds_ledger_receive(round->station, manifest, bytes, error))
    return FALSE;
  round->counts->received++;
  ds_station_check(round->station, "received");
  return TRUE;
}

static gboolean
wait_for(Round *round, const DsLedgerBundle *bundle, const char *reason, GError **error)
{
  round->counts->waiting++;
  return ds_ledger_set_waiting(round->station, bundle, reason, error);
}

/* What an opened bundle tells goes into cases.db. A handover that does not hold is the bundle's
 * fault. */
static gboolean
import(Round *round, DsRepoBundle *source, const DsManifest *manifest, const DsRecord *record,
       GError **error)
{
  if (manifest->kind == DS_BUNDLE_TRIP)
    return ds_station_take_handover(round->station, source, manifest, record, error);
  return ds_registry_import(round->station, manifest, record, &round->counts->duplicates, error);
}

/* Second stage. Sets @stop when the bundle goes no further in this round. */
static gboolean
verify(Round *round, DsLedgerBundle *bundle, DsRepoBundle *source, const DsManifest *manifest,
       gboolean *stop, GError **error)
{
  g_autoptr(GError) reason = NULL;
  DsDigest missing = {{0}};

  tell(round, &bundle->id, "opening");
  *stop = TRUE;
  g_autoptr(DsRecord) record = ds_intake_open(round->station, source, manifest, &missing, &reason);
  if (record == NULL && reason == NULL) {
    char hex[DS_DIGEST_HEX_SIZE];
    g_autofree char *text =
        g_strdup_printf("waits for bundle %s, which it corrects", ds_digest_to_hex(&missing, hex));
    return wait_for(round, bundle, text, error);
  }
  if (record == NULL && ds_intake_is_broken(reason))
    return quarantine(round, &bundle->id, bundle->seq, reason->message, error);
  if (record == NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  if (!import(round, source, manifest, record, &reason)) {
    if (manifest->kind == DS_BUNDLE_TRIP && ds_intake_is_broken(reason))
      return quarantine(round, &bundle->id, bundle->seq, reason->message, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  ds_station_check(round->station, "imported");
  if (!ds_ledger_advance(round->station, bundle, DS_STAGE_VERIFIED, error) ||
      !ds_registry_settle(round->station, error))
    return FALSE;
  bundle->stage = DS_STAGE_VERIFIED;
  round->counts->verified++;
  ds_station_check(round->station, "verified");
  *stop = FALSE;
  return TRUE;
}

static gboolean
archive(Round *round, DsLedgerBundle *bundle, DsRepoBundle *source, const DsManifest *manifest,
        GError **error)
{
  tell(round, &bundle->id, "archiving");
  if (!ds_intake_archive(round->station, source, manifest, error) ||
      !ds_ledger_advance(round->station, bundle, DS_STAGE_ARCHIVED, error))
    return FALSE;
  bundle->stage = DS_STAGE_ARCHIVED;
  round->counts->durable++;
  ds_station_check(round->station, "durable");
  return TRUE;
}

/* The directory as it stood for what arrived at @arrived_us: a key that was revoked later was good
 * then, and its signatures were checked. (transfer full) */
static DsDirectory *
directory_then(const DsDirectory *now, gint64 arrived_us)
{
  DsDirectory *then = ds_directory_copy(now);

  for (guint i = 0; i < then->units->len; i++) {
    DsUnitEntry *unit = then->units->pdata[i];
    unit->revoked_us = unit->revoked_us > arrived_us ? 0 : unit->revoked_us;
  }
  for (guint i = 0; i < then->officers->len; i++) {
    DsOfficerEntry *officer = then->officers->pdata[i];
    officer->revoked_us = officer->revoked_us > arrived_us ? 0 : officer->revoked_us;
  }
  return then;
}

/* Until a bundle is verified its manifest is checked again: the unit may have been revoked since,
 * as of a time before it came. */
static DsManifest *
check_again(Round *round, const DsLedgerBundle *bundle, GBytes *bytes, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(DsManifest) manifest = ds_manifest_verify(bytes, round->station->directory, &reason);

  if (manifest != NULL)
    return g_steal_pointer(&manifest);
  g_autoptr(DsDirectory) then = directory_then(round->station->directory, bundle->arrived_us);
  return ds_manifest_verify(bytes, then, error);
}

/* The bundle as it lies in the repository. Whoever carries may have put another bundle under its
 * name since; saying DURABLE about this one would then lose it. */
static DsManifest *
reopen(Round *round, const DsLedgerBundle *bundle, DsRepoBundle **source, GError **error)
{
  char hex[DS_DIGEST_HEX_SIZE];
  *source = ds_repo_bundle_open(round->repo, &bundle->id, error);
  g_autoptr(GBytes) bytes =
      *source != NULL ? ds_repo_bundle_read(*source, "manifest", error) : NULL;

  if (bytes == NULL)
    return NULL;
  g_autoptr(DsManifest) manifest = bundle->stage == DS_STAGE_RECEIVED
                                       ? check_again(round, bundle, bytes, error)
                                       : ds_manifest_parse(bytes, error);
  if (manifest == NULL || ds_digest_equal(&manifest->id, &bundle->id))
    return g_steal_pointer(&manifest);
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, "it was exchanged in the repository for bundle %s",
              ds_digest_to_hex(&manifest->id, hex));
  return NULL;
}

static gboolean
finish(Round *round, DsLedgerBundle *bundle, GError **error)
{
  if (!ds_repo_delete_bundle(round->repo, &bundle->id, error))
    return FALSE;
  ds_station_check(round->station, "removed");
  return ds_ledger_advance(round->station, bundle, DS_STAGE_DONE, error);
}

static gboolean
go_on(Round *round, DsLedgerBundle *bundle, GError **error)
{
  g_autoptr(DsRepoBundle) source = NULL;
  g_autoptr(GError) reason = NULL;
  gboolean stop = FALSE;

  if (bundle->stage == DS_STAGE_ARCHIVED)
    return finish(round, bundle, error);
  g_autoptr(DsManifest) manifest = reopen(round, bundle, &source, &reason);
  if (manifest == NULL && g_error_matches(reason, DS_ERROR, DS_ERROR_NOT_FOUND))
    return wait_for(round, bundle, "left the repository: the unit must send it again", error);
  if (manifest == NULL && bundle->stage == DS_STAGE_RECEIVED && ds_intake_is_broken(reason))
    return quarantine(round, &bundle->id, bundle->seq, reason->message, error);
  if (manifest == NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  if (bundle->stage == DS_STAGE_RECEIVED && !verify(round, bundle, source, manifest, &stop, error))
    return FALSE;
  return stop || (archive(round, bundle, source, manifest, error) && finish(round, bundle, error));
}

/* Keeps the first error, counts all of them. */
static void
note_failure(Round *round, GError **first, GError *reason)
{
  round->counts->failed++;
  if (*first != NULL) {
    g_error_free(reason);
    return;
  }
  g_prefix_error(&reason, "unit %s: ", round->unit);
  *first = reason;
}

static gboolean
cancelled(Round *round, GError **first)
{
  if (*first != NULL && g_error_matches(*first, DS_ERROR, DS_ERROR_CANCELLED))
    return TRUE;
  if (!g_cancellable_is_cancelled(round->cancellable))
    return FALSE;
  g_clear_error(first);
  g_set_error_literal(first, DS_ERROR, DS_ERROR_CANCELLED,
                      "stopped as asked; the next intake goes on from here");
  return TRUE;
}

/* Reads what there is to do, once: what comes later is the next round's. */
static gboolean
begin_visit(Round *round, Visit *visit, GError **error)
{
  g_autofree char *path = ds_station_repo_path(round->station->home, round->unit);

  if (!ds_repo_sweep(path, STALE_SECONDS, NULL, error))
    return FALSE;
  visit->arrived = ds_repo_list_bundles(round->repo, error);
  if (visit->arrived == NULL)
    return FALSE;
  round->counts->seen += visit->arrived->len;
  return TRUE;
}

static gboolean
step_arrived(Round *round, Visit *visit, GError **error)
{
  const DsDigest *id = &g_array_index(visit->arrived, DsDigest, visit->at);

  visit->at++;
  return arrive(round, id, error);
}

static gboolean
step_unfinished(Round *round, Visit *visit, GError **error)
{
  DsLedgerBundle *bundle = visit->unfinished->pdata[visit->at];

  visit->at++;
  if (round->station->keys != NULL || bundle->stage == DS_STAGE_ARCHIVED)
    return go_on(round, bundle, error);
  round->counts->waiting++;
  return TRUE;
}

/* One bundle further; sets @done when there is none. FALSE: that bundle failed. */
static gboolean
step(Round *round, Visit *visit, GError **error)
{
  if (visit->unfinished == NULL && visit->at < visit->arrived->len)
    return step_arrived(round, visit, error);
  if (visit->unfinished == NULL) {
    visit->at = 0;
    visit->unfinished = ds_ledger_unfinished(round->station, round->unit, error);
    visit->done = visit->unfinished == NULL;
    return !visit->done;
  }
  if (visit->at < visit->unfinished->len)
    return step_unfinished(round, visit, error);
  visit->done = TRUE;
  return TRUE;
}

/* A unit with much to bring, or much rubbish, keeps no other one waiting: it has its turn again
 * when all had theirs. */
static void
turn(Round *round, Visit *visit, GError **first)
{
  g_autofree char *path = ds_station_repo_path(round->station->home, round->unit);
  GError *reason = NULL;
  g_autoptr(DsRepo) repo = ds_repo_open(path, &reason);

  round->repo = repo;
  if (repo == NULL || (visit->arrived == NULL && !begin_visit(round, visit, &reason))) {
    visit->done = TRUE;
    note_failure(round, first, reason);
    return;
  }
  for (guint i = 0; i < TURN_BUNDLES && !visit->done && !cancelled(round, first); i++)
    if (!step(round, visit, &reason))
      note_failure(round, first, g_steal_pointer(&reason));
}

static void
publish(Round *round, GError **first)
{
  guint published = 0;
  GError *reason = NULL;
  gboolean good = ds_station_publish(round->station, &published, &reason);

  round->counts->published += published;
  if (good)
    return;
  if (*first == NULL)
    *first = reason;
  else
    g_error_free(reason);
}

/* Every unit its turn, then what there is to say goes out. TRUE when some unit has more. */
static gboolean
turns(Round *round, Visit *visits, GError **first)
{
  const GPtrArray *units = round->station->directory->units;
  gboolean more = FALSE;

  for (guint i = 0; i < units->len && !cancelled(round, first); i++) {
    const DsUnitEntry *entry = units->pdata[i];
    round->unit = entry->id;
    if (!visits[i].done)
      turn(round, &visits[i], first);
    more |= !visits[i].done;
  }
  publish(round, first);
  return more && !cancelled(round, first);
}

/* What was taken in leaves its bytes behind. Every unit gets its turn: a repository that was tidied
 * is not due again for an hour. */
static void
tidy(Round *round, GError **first)
{
  const GPtrArray *units = round->station->directory->units;

  for (guint i = 0; i < units->len; i++) {
    const DsUnitEntry *entry = units->pdata[i];
    g_autofree char *path = ds_station_repo_path(round->station->home, entry->id);
    GError *reason = NULL;
    if (!ds_repo_maintain_due(path))
      continue;
    round->unit = entry->id;
    if (ds_repo_maintain(path, TIDY_SECONDS, &reason))
      round->counts->tidied++;
    else
      note_failure(round, first, reason);
    return;
  }
}

gboolean
ds_station_intake(DsStation *self, DsIntakeCounts *counts, DsIntakeProgress progress, gpointer data,
                  GCancellable *cancellable, GError **error)
{
  Round round = {self, NULL, NULL, counts, progress, data, cancellable};
  const guint n_units = self->directory->units->len;
  g_autofree Visit *visits = g_new0(Visit, n_units);
  GError *first = NULL;

  *counts = (DsIntakeCounts){0};
  while (turns(&round, visits, &first))
    ;
  for (guint i = 0; i < n_units; i++)
    visit_clear(&visits[i]);
  if (!cancelled(&round, &first))
    tidy(&round, &first);
  if (first == NULL)
    return TRUE;
  g_propagate_error(error, first);
  return FALSE;
}
