/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/sealing.h"

#include <string.h>

#include "base/error.h"
#include "bundle/manifest.h"
#include "courier/mark.h"
#include "unit/unit-private.h"
#include "vault/case.h"
#include "vault/journal.h"
#include "vault/part.h"
#include "vault/setting.h"

#define INTENT_TYPE "(tsusussstsx)"

void
ds_sealing_clear(DsSealing *self)
{
  g_clear_pointer(&self->case_id, g_free);
  g_clear_pointer(&self->pack, g_free);
  g_clear_pointer(&self->pack_version, g_free);
  g_clear_pointer(&self->day, g_free);
}

gboolean
ds_sealing_begin(DsUnit *self, const DsSealing *intent, GError **error)
{
  char id[DS_DIGEST_HEX_SIZE], head[DS_DIGEST_HEX_SIZE];
  g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new(
      INTENT_TYPE, intent->seq, ds_digest_to_hex(&intent->id, id), intent->version, intent->case_id,
      (guint32)intent->outcome, intent->pack, intent->pack_version, intent->day, intent->head.index,
      ds_digest_to_hex(&intent->head.hash, head), intent->head.wall_us));
  g_autoptr(GBytes) bytes = g_variant_get_data_as_bytes(variant);

  return ds_vault_set_setting(self->vault, DS_UNIT_SETTING_SEALING, bytes, error);
}

gboolean
ds_sealing_pending(DsUnit *self, DsSealing *intent, gboolean *pending, GError **error)
{
  GError *local = NULL;
  g_autoptr(GBytes) bytes = ds_vault_setting(self->vault, DS_UNIT_SETTING_SEALING, &local);
  const char *id, *head;
  guint32 outcome;

  *pending = FALSE;
  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (bytes == NULL)
    return TRUE;
  g_autoptr(GVariant) variant =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(INTENT_TYPE), bytes, FALSE));
  g_variant_get(variant, "(t&susussst&sx)", &intent->seq, &id, &intent->version, &intent->case_id,
                &outcome, &intent->pack, &intent->pack_version, &intent->day, &intent->head.index,
                &head, &intent->head.wall_us);
  intent->outcome = outcome;
  if (!ds_digest_parse(&intent->id, id) || !ds_digest_parse(&intent->head.hash, head)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED,
                        "the note of a seal in the vault is damaged");
    return FALSE;
  }
  *pending = TRUE;
  return TRUE;
}

gboolean
ds_sealing_forget(DsUnit *self, GError **error)
{
  return ds_vault_set_setting(self->vault, DS_UNIT_SETTING_SEALING, NULL, error);
}

DsVaultBundle *
ds_sealing_read_bundle(DsUnit *self, const DsSealing *intent, GError **error)
{
  const DsSpoolEntry entry = {.seq = intent->seq, .id = intent->id};
  g_autoptr(GBytes) bytes = ds_spool_read_manifest(self->spool, &entry, error);
  g_autoptr(GBytes) record =
      bytes != NULL ? ds_spool_read_record(self->spool, &entry, error) : NULL;
  g_autoptr(DsManifest) manifest = record != NULL ? ds_manifest_parse(bytes, error) : NULL;

  if (manifest == NULL)
    return NULL;
  DsDigest record_sha256 = ds_digest_of_bytes(record);
  if (!ds_digest_equal(&manifest->id, &intent->id) ||
      !ds_digest_equal(&manifest->record, &record_sha256)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED,
                        "the sealed bundle did not read back as it was written");
    return NULL;
  }

  DsVaultBundle *bundle = ds_vault_bundle_new();
  bundle->seq = manifest->seq;
  bundle->id = manifest->id;
  bundle->has_prev = manifest->has_prev;
  bundle->prev = manifest->prev;
  bundle->case_id = g_strdup(intent->case_id);
  bundle->version = intent->version;
  bundle->kind = g_strdup(ds_bundle_kind_word(manifest->kind));
  bundle->has_replaces = manifest->has_replaces;
  bundle->replaces = manifest->replaces;
  bundle->manifest_sha256 = ds_digest_of_bytes(bytes);
  bundle->manifest_size = g_bytes_get_size(bytes);
  bundle->record_size = g_bytes_get_size(record);
  bundle->head = intent->head;
  bundle->sealed_us = manifest->time.wall_us;
  for (guint i = 0; i < manifest->chunks->len; i++) {
    const DsChunkRef *ref = &g_array_index(manifest->chunks, DsChunkRef, i);
    DsVaultChunk chunk = {.digest = ref->sha256, .size = ref->size};
    g_array_append_val(bundle->chunks, chunk);
  }
  return bundle;
}

/* What the field decided, before the case is on its way. */
static gboolean
mark_decision(DsUnit *self, const DsSealing *intent, GError **error)
{
  if (intent->outcome == DS_CASE_OUTCOME_COMPLETE)
    return ds_vault_set_case_state(self->vault, intent->case_id, DS_CASE_COMPLETE,
                                   "every step done", self->officer, error);
  if (intent->outcome == DS_CASE_OUTCOME_PENDING)
    return ds_vault_set_case_state(self->vault, intent->case_id, DS_CASE_PENDING_IDENTIFICATION,
                                   "every step done, the station identifies", self->officer, error);
  return TRUE;
}

/* 加快 (R057): its time is shorter from the first day on. */
static gboolean
is_expedited(DsUnit *self, const char *case_id)
{
  g_autoptr(GHashTable) fields = ds_vault_case_fields(self->vault, case_id, NULL);

  return fields != NULL &&
         g_strcmp0(g_hash_table_lookup(fields, "application.urgency"), "expedited") == 0;
}

/* Corrections, withdrawals and expedited cases go first, and what is withdrawn need not go at all.
 * Marks are wishes: without them more travels, or later, and the station makes the same of it; so a
 * mark that cannot be written does not hold up the seal. */
static void
tell_courier(DsUnit *self, const DsSealing *intent, const DsVaultBundle *bundle)
{
  g_autoptr(GError) error = NULL;

  if (!bundle->has_replaces && !is_expedited(self, intent->case_id))
    return;
  if (!ds_courier_mark_set(self->home, DS_COURIER_URGENT, &bundle->id, &error) ||
      (bundle->has_replaces && intent->outcome == DS_CASE_OUTCOME_WITHDRAWN &&
       !ds_courier_hold_set(self->home, &bundle->replaces, &bundle->id, &error)))
    g_debug("%s", error->message);
}

gboolean
ds_sealing_finish(DsUnit *self, const DsSealing *intent, GError **error)
{
  g_autoptr(DsVaultBundle) bundle = ds_sealing_read_bundle(self, intent, error);
  g_autoptr(DsVaultTransaction) transaction = NULL;

  if (bundle == NULL)
    return FALSE;
  tell_courier(self, intent, bundle);
  transaction = ds_vault_begin(self->vault, error);
  return transaction != NULL &&
         ds_vault_set_case_pack(self->vault, intent->case_id, intent->pack, intent->pack_version,
                                intent->day, self->officer, error) &&
         mark_decision(self, intent, error) &&
         ds_vault_add_bundle(self->vault, bundle, FALSE, self->officer, error) &&
         ds_vault_drop_part_keys(self->vault, intent->case_id, error) &&
         ds_vault_set_case_state(self->vault, intent->case_id, DS_CASE_SEALED, "sealed",
                                 self->officer, error) &&
         ds_sealing_forget(self, error) && ds_vault_commit(g_steal_pointer(&transaction), error);
}
