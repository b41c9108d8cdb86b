/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/record.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "bundle/chunk.h"
#include "vault/bundles.h"
#include "unit/signature.h"
#include "unit/watch.h"

DsRecordPart *
ds_unit_record_part(DsRecord *record, const DsVaultPart *held, GError **error)
{
  const DsPart *part = held->part;
  g_autoptr(GArray) refs = g_array_new(FALSE, FALSE, sizeof(DsChunkRef));
  DsDigest sha256;
  DsRecordPart *added;

  for (guint i = 0; i < held->chunks->len; i++) {
    const DsVaultChunk *chunk = &g_array_index(held->chunks, DsVaultChunk, i);
    DsChunkRef ref = {.sha256 = chunk->digest, .size = chunk->size};
    g_array_append_val(refs, ref);
  }
  if (!ds_digest_parse(&sha256, part->sha256) || (held->key == NULL && !held->carried)) {
    g_set_error(error, DS_ERROR, DS_ERROR_FAILED,
                "part %s has no key and no bundle carries it: take it again", part->id);
    return NULL;
  }
  if (held->carried)
    added = ds_record_add_reused_part(record, part->id, ds_slot_word(part->slot), part->kind,
                                      part->media_type, &held->bundle, part->id, refs, &sha256,
                                      part->size);
  else
    added = ds_record_add_part(record, part->id, ds_slot_word(part->slot), part->kind,
                               part->media_type, held->key, refs, &sha256, part->size);

  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init(&iter, part->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_record_part_set_attribute(added, name, value);
  return added;
}

/* The law's texts are named by version and digest; their words need not travel with every case. */
static gboolean
fact_travels(const char *name)
{
  return !g_str_has_prefix(name, "text.") && !g_str_has_prefix(name, "bundle.") &&
         !g_str_equal(name, "station.officers");
}

static void
add_values(DsRecord *record, const DsCaseCheck *check)
{
  g_autoptr(GPtrArray) fields = ds_view_field_names(check->view);
  g_autoptr(GPtrArray) facts = ds_view_fact_names(check->view);

  for (guint i = 0; i < fields->len; i++) {
    const char *name = g_ptr_array_index(fields, i);
    ds_record_set_field(record, name, ds_view_field(check->view, name));
  }
  for (guint i = 0; i < facts->len; i++) {
    const char *name = g_ptr_array_index(facts, i);
    if (fact_travels(name))
      ds_record_set_fact(record, name, ds_view_fact(check->view, name));
  }
  for (guint i = 0; i < ds_findings_count(check->findings); i++) {
    const DsFinding *finding = ds_findings_get(check->findings, i);
    ds_record_add_finding(record, ds_finding_kind_word(finding->kind), finding->code,
                          finding->subject);
  }
}

/* What the station needs to go on: what is owed, and until when. */
static void
add_decision(DsRecord *record, const DsDecision *decision)
{
  ds_record_set_fact(record, "decision.outcome", ds_outcome_word(decision->outcome));
  if (decision->fee.known) {
    g_autofree char *fen = g_strdup_printf("%" G_GINT64_FORMAT, decision->fee.amount);
    ds_record_set_fact(record, "fee.fen", fen);
  }
  for (guint i = 0; i < decision->deadlines->len; i++) {
    const DsDeadline *deadline = g_ptr_array_index(decision->deadlines, i);
    if (!deadline->known)
      continue;
    g_autofree char *name = g_strdup_printf("deadline.%s", deadline->id);
    g_autofree char *day = ds_date_format(&deadline->due.day);
    ds_record_set_fact(record, name, day);
  }
}

/* A reviewer should know that times in here may be wrong. */
static gboolean
add_clock(DsUnit *self, DsRecord *record, GError **error)
{
  DsWatch watch;

  if (!ds_unit_watch_clock(self, &watch, error))
    return FALSE;
  if (watch.behind_us == 0)
    return TRUE;
  g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, watch.behind_us / G_USEC_PER_SEC);
  ds_record_set_fact(record, "clock.behind-seconds", seconds);
  return TRUE;
}

/* Where an officer went on against a warning, or ended the case, the words are a decision with a
 * name under it. */
static void
add_reasons(DsUnit *self, DsRecord *record, const DsView *view)
{
  g_autoptr(GPtrArray) names = ds_view_field_names(view);
  gint64 now = ds_clock_now().wall_us;

  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!g_str_has_suffix(name, ".reason") || g_str_equal(name, "application.reason"))
      continue;
    g_autofree char *subject = g_strndup(name, strlen(name) - strlen(".reason"));
    ds_record_add_decision(record, name, subject, ds_view_field(view, name), ds_unit_officer(self),
                           now);
  }
}

/* A signature that no longer counts travels too, and says so. */
static gboolean
is_stale(const DsView *view, const DsPart *part)
{
  for (guint i = 0; part->slot == DS_SLOT_SIGNATURE && i < ds_view_part_count(view); i++)
    if (g_str_equal(ds_view_part(view, i)->id, part->id))
      return FALSE;
  return part->slot == DS_SLOT_SIGNATURE;
}

static gboolean
add_parts(DsUnit *self, DsRecord *record, const DsView *view, const char *case_id, GError **error)
{
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(self), case_id, FALSE, error);

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    const DsVaultPart *held = g_ptr_array_index(parts, i);
    DsRecordPart *part = ds_unit_record_part(record, held, error);
    if (part == NULL)
      return FALSE;
    if (is_stale(view, held->part))
      ds_record_part_set_attribute(part, DS_SIGNED_STALE, "true");
  }
  return TRUE;
}

/* A record with the head every one has. (transfer full) */
static DsRecord *
begin_record(DsUnit *self, const DsVaultCase *of, const DsCaseCheck *check, DsCaseOutcome outcome,
             GError **error)
{
  g_autoptr(DsRecord) record = ds_record_new();
  DsRecordCase *application = ds_record_set_case(record, of->id, of->version);

  application->trip = g_strdup(of->trip != NULL ? of->trip : "");
  application->service = g_strdup(of->service);
  application->pack = g_strdup(check->decision->pack_id);
  application->pack_version = g_strdup_printf("%u", check->decision->pack_version);
  application->day = g_strdup(ds_view_fact(check->view, "case.day"));
  application->officer = g_strdup(ds_unit_officer(self));
  application->outcome = outcome;
  if (!ds_digest_parse(&application->pack_digest, check->decision->pack_sha256)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED, "the pack has no digest");
    return NULL;
  }
  return g_steal_pointer(&record);
}

DsRecord *
ds_unit_record_case(DsUnit *self, const DsVaultCase *of, const DsCaseCheck *check,
                    DsCaseOutcome outcome, GError **error)
{
  g_autoptr(DsRecord) record = begin_record(self, of, check, outcome, error);

  if (record == NULL)
    return NULL;
  add_values(record, check);
  add_decision(record, check->decision);
  add_reasons(self, record, check->view);
  if (!add_clock(self, record, error) || !add_parts(self, record, check->view, of->id, error))
    return NULL;
  return g_steal_pointer(&record);
}

/* The number of what is taken back: if it never left, it is a gap at the station for ever. */
static gboolean
add_number(DsUnit *self, DsRecord *record, const DsVaultCase *of, GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultBundle) before = ds_vault_case_bundle(ds_unit_vault(self), of->id, &local);

  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (before == NULL)
    return TRUE;
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, before->seq);
  ds_record_set_fact(record, "withdrawal.number", number);
  return TRUE;
}

DsRecord *
ds_unit_record_withdrawal(DsUnit *self, const DsVaultCase *of, const DsCaseCheck *check,
                          GError **error)
{
  static const char *const fields[] = {"applicant.name", "applicant.number", "withdrawal.reason"};
  static const char *const facts[] = {"case.local-number", "case.day",    "case.service",
                                      "case.version",      "case.state",  "case.jurisdiction",
                                      "unit.id",           "unit.region", "officer.name",
                                      "officer.number",    "trip.id",     "trip.name"};
  g_autoptr(DsRecord) record = begin_record(self, of, check, DS_CASE_OUTCOME_WITHDRAWN, error);
  g_autoptr(GPtrArray) names = ds_view_field_names(check->view);
  const char *reason = ds_view_field(check->view, "withdrawal.reason");

  if (record == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    if (ds_view_field(check->view, fields[i]) != NULL)
      ds_record_set_field(record, fields[i], ds_view_field(check->view, fields[i]));
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_prefix(names->pdata[i], "fee."))
      ds_record_set_field(record, names->pdata[i], ds_view_field(check->view, names->pdata[i]));
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
    if (ds_view_fact(check->view, facts[i]) != NULL)
      ds_record_set_fact(record, facts[i], ds_view_fact(check->view, facts[i]));
  if (!add_number(self, record, of, error))
    return NULL;
  ds_record_add_decision(record, "withdrawal.reason", "withdrawal", reason != NULL ? reason : "",
                         ds_unit_officer(self), ds_clock_now().wall_us);
  return g_steal_pointer(&record);
}
