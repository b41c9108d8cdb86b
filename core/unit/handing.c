/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/handing.h"

#include <string.h>

#include "base/error.h"
#include "unit/handover.h"
#include "unit/sealing.h"
#include "unit/trip-inside.h"
#include "unit/unit-private.h"
#include "vault/bundles.h"
#include "vault/setting.h"
#include "vault/trip.h"

#define SETTING "unit.handing-over"
#define DATA_PREFIX "handover:" /* and ten digits of the bundle's number */

void
ds_handing_clear(DsHanding *self)
{
  g_clear_pointer(&self->bytes, g_bytes_unref);
}

gboolean
ds_handing_begin(DsUnit *self, const DsHanding *intent, GError **error)
{
  char id[DS_DIGEST_HEX_SIZE], head[DS_DIGEST_HEX_SIZE];
  GVariant *bytes = g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, intent->bytes, TRUE);
  g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new(
      "(tstsx@ay)", intent->seq, ds_digest_to_hex(&intent->id, id), intent->head.index,
      ds_digest_to_hex(&intent->head.hash, head), intent->head.wall_us, bytes));
  g_autoptr(GBytes) note = g_variant_get_data_as_bytes(variant);

  return ds_vault_set_setting(self->vault, SETTING, note, error);
}

gboolean
ds_handing_pending(DsUnit *self, DsHanding *intent, gboolean *pending, GError **error)
{
  GError *local = NULL;
  g_autoptr(GBytes) note = ds_vault_setting(self->vault, SETTING, &local);
  const char *id, *head;

  *pending = FALSE;
  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  if (note == NULL)
    return TRUE;
  g_autoptr(GVariant) variant =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE("(tstsxay)"), note, FALSE));
  g_autoptr(GVariant) bytes = NULL;
  g_variant_get(variant, "(t&st&sx@ay)", &intent->seq, &id, &intent->head.index, &head,
                &intent->head.wall_us, &bytes);
  intent->bytes = g_variant_get_data_as_bytes(bytes);
  if (!ds_digest_parse(&intent->id, id) || !ds_digest_parse(&intent->head.hash, head)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_FAILED,
                        "the note of a handover in the vault is damaged");
    return FALSE;
  }
  *pending = TRUE;
  return TRUE;
}

gboolean
ds_handing_forget(DsUnit *self, GError **error)
{
  return ds_vault_set_setting(self->vault, SETTING, NULL, error);
}

/* Open cases carry the new officer from now on; sealed ones keep who sealed them. */
static gboolean
hand_cases(DsUnit *self, const DsHandover *handover, GError **error)
{
  g_autoptr(GPtrArray) cases = ds_vault_cases(self->vault, handover->trip, 0, 0, error);

  if (cases == NULL)
    return FALSE;
  for (guint i = 0; i < cases->len; i++) {
    const DsVaultCase *of = g_ptr_array_index(cases, i);
    if (of->state < DS_CASE_SEALED &&
        !ds_vault_set_case_officer(self->vault, of->id, handover->to, handover->from, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
keep(DsUnit *self, const DsHanding *intent, const DsHandover *handover, GError **error)
{
  g_autofree char *name = g_strdup_printf(DATA_PREFIX "%010" G_GUINT64_FORMAT, intent->seq);
  char hex[DS_DIGEST_HEX_SIZE];
  g_autofree char *detail = g_strdup_printf("%s: %s to %s, %s", handover->trip, handover->from,
                                            handover->to, ds_digest_to_hex(&handover->digest, hex));

  return ds_vault_set_trip_data(self->vault, handover->trip, name, intent->bytes, error) &&
         ds_unit_set_trip_officer(self, handover->trip, handover->to, error) &&
         ds_vault_log(self->vault, NULL, NULL, "trip-handed-over", detail, handover->from, error);
}

gboolean
ds_handing_finish(DsUnit *self, const DsHanding *intent, GError **error)
{
  const DsSealing sealing = {.seq = intent->seq, .id = intent->id, .head = intent->head};
  g_autoptr(DsHandover) handover = ds_handover_parse(intent->bytes, error);
  g_autoptr(DsVaultBundle) bundle =
      handover != NULL ? ds_sealing_read_bundle(self, &sealing, error) : NULL;
  g_autoptr(DsVaultTransaction) transaction =
      bundle != NULL ? ds_vault_begin(self->vault, error) : NULL;

  return transaction != NULL &&
         ds_vault_add_bundle(self->vault, bundle, FALSE, handover->from, error) &&
         keep(self, intent, handover, error) && hand_cases(self, handover, error) &&
         ds_handing_forget(self, error) && ds_vault_commit(g_steal_pointer(&transaction), error);
}

/* ---- what was kept ---- */

static void
handover_free(gpointer data)
{
  DsUnitHandover *self = data;

  ds_handover_free(self->handover);
  g_clear_pointer(&self->bytes, g_bytes_unref);
  g_free(self);
}

static gboolean
read_receipt(DsUnit *self, DsUnitHandover *of, GError **error)
{
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle_by_seq(self->vault, of->seq, error);

  if (bundle == NULL)
    return FALSE;
  of->bundle = bundle->id;
  of->receipt = ds_vault_bundle_receipt(bundle);
  return TRUE;
}

GPtrArray *
ds_unit_handovers(DsUnit *self, const char *trip, GError **error)
{
  g_autoptr(GPtrArray) names = ds_vault_trip_data_names(self->vault, trip, error);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(handover_free);

  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!g_str_has_prefix(name, DATA_PREFIX))
      continue;
    DsUnitHandover *of = g_new0(DsUnitHandover, 1);
    g_ptr_array_add(all, of);
    of->seq = g_ascii_strtoull(name + strlen(DATA_PREFIX), NULL, 10);
    of->bytes = ds_vault_trip_data(self->vault, trip, name, error);
    of->handover = of->bytes != NULL ? ds_handover_parse(of->bytes, error) : NULL;
    if (of->handover == NULL || !read_receipt(self, of, error))
      return NULL;
  }
  return g_steal_pointer(&all);
}
