/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/trip-keep.h"

#include "unit/settle.h"
#include "unit/unit-private.h"
#include "vault/bundles.h"
#include "vault/journal.h"
#include "vault/trip.h"

#define KEPT_TYPE "a{ss}"

static const char *const KEPT[] = {
    "application.reason",   "application.urgency", "identification.mode", "fee.method",
    "fee.received",         "fee.receipt-series",  "fee.receipt-number",  "old-card.handed-in",
    "appointment.hardship", "temporary.wanted",    DS_KEPT_REFUND_PAID,
};

static char *
data_name(const char *case_id)
{
  return g_strconcat("kept:", case_id, NULL);
}

static GBytes *
pack_kept(GHashTable *fields)
{
  GVariantBuilder builder;

  g_variant_builder_init(&builder, G_VARIANT_TYPE(KEPT_TYPE));
  for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
    const char *value = g_hash_table_lookup(fields, KEPT[i]);
    if (value != NULL)
      g_variant_builder_add(&builder, "{ss}", KEPT[i], value);
  }
  g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_builder_end(&builder));
  return g_variant_get_data_as_bytes(variant);
}

/* Nothing when the case was erased another way. */
static GHashTable *
read_kept(DsUnit *self, const DsVaultCase *of)
{
  GHashTable *fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *name = data_name(of->id);
  g_autoptr(GBytes) bytes =
      of->trip != NULL ? ds_vault_trip_data(self->vault, of->trip, name, NULL) : NULL;
  GVariantIter iter;
  const char *key, *value;

  if (bytes == NULL)
    return fields;
  g_autoptr(GVariant) variant =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(KEPT_TYPE), bytes, FALSE));
  g_variant_iter_init(&iter, variant);
  while (g_variant_iter_next(&iter, "{&s&s}", &key, &value))
    g_hash_table_insert(fields, g_strdup(key), g_strdup(value));
  return fields;
}

GHashTable *
ds_unit_known_fields(DsUnit *self, const DsVaultCase *of, GError **error)
{
  return of->shredded ? read_kept(self, of) : ds_vault_case_fields(self->vault, of->id, error);
}

/* The journal forgets sums with the rest of the case. (transfer full) */
static GBytes *
dup_kept(DsUnit *self, const DsVaultCase *of, GError **error)
{
  g_autoptr(GHashTable) fields = ds_vault_case_fields(self->vault, of->id, error);
  g_autoptr(DsCaseSettle) settle = fields != NULL ? ds_unit_case_settle(self, of, error) : NULL;

  if (settle == NULL)
    return NULL;
  if (settle->paid_fen > 0)
    g_hash_table_insert(fields, g_strdup(DS_KEPT_REFUND_PAID),
                        g_strdup_printf("%" G_GINT64_FORMAT, settle->paid_fen));
  return pack_kept(fields);
}

gboolean
ds_unit_erase_case(DsUnit *self, const DsVaultCase *of, const char *why, GError **error)
{
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  g_autoptr(GBytes) kept = transaction != NULL ? dup_kept(self, of, error) : NULL;

  if (kept == NULL)
    return FALSE;
  g_autofree char *name = data_name(of->id);
  return (of->trip == NULL || ds_vault_set_trip_data(self->vault, of->trip, name, kept, error)) &&
         ds_vault_shred_case(self->vault, of->id, why, self->officer, error) &&
         (of->trip == NULL || of->roster_row == 0 ||
          ds_vault_forget_row(self->vault, of->trip, of->roster_row, error)) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

static gboolean
station_is_done(DsCaseState state)
{
  static const DsCaseState done[] = {
      DS_CASE_DUPLICATE,       DS_CASE_SUPERSEDED, DS_CASE_ACCEPTED,        DS_CASE_IN_PRODUCTION,
      DS_CASE_CARD_AT_STATION, DS_CASE_DELIVERED,  DS_CASE_HOLDER_VERIFIED, DS_CASE_CLOSED,
  };

  for (gsize i = 0; i < G_N_ELEMENTS(done); i++)
    if (state == done[i])
      return TRUE;
  return FALSE;
}

gboolean
ds_unit_may_erase(DsUnit *self, const DsVaultCase *of, gboolean *may, GError **error)
{
  GError *local = NULL;
  gboolean ended = ds_case_ended_in_field(of);

  *may = FALSE;
  if (of->shredded || (!station_is_done(of->state) && !(ended && of->state == DS_CASE_DURABLE)))
    return TRUE;
  g_autoptr(DsVaultBundle) bundle = ds_vault_case_bundle(self->vault, of->id, &local);
  if (local != NULL) {
    g_propagate_error(error, local);
    return FALSE;
  }
  g_autoptr(DsCaseSettle) settle = ds_unit_case_settle(self, of, error);
  if (settle == NULL)
    return FALSE;
  /* its files are gone from here too: nothing could be sent again */
  *may =
      bundle != NULL && bundle->pruned_us != 0 && !settle->ask && ds_case_settle_open(settle) == 0;
  return TRUE;
}
