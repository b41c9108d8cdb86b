/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/answer.h"

#include "base/error.h"
#include "unit/unit-private.h"
#include "vault/bundles.h"
#include "vault/statements.h"

#define DETAIL_TYPE "a{ss}"

/* ---- the detail, as kept in the vault ---- */

static GBytes *
detail_to_bytes(GHashTable *detail)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, value;

  if (detail == NULL)
    return NULL;
  g_variant_builder_init(&builder, G_VARIANT_TYPE(DETAIL_TYPE));
  g_hash_table_iter_init(&iter, detail);
  while (g_hash_table_iter_next(&iter, &name, &value))
    g_variant_builder_add(&builder, "{ss}", name, value);
  g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_builder_end(&builder));
  return g_variant_get_data_as_bytes(variant);
}

static void
detail_from_bytes(GBytes *bytes, GHashTable *detail)
{
  g_autoptr(GVariant) variant =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(DETAIL_TYPE), bytes, FALSE));
  GVariantIter iter;
  const char *name, *value;

  g_hash_table_remove_all(detail);
  g_variant_iter_init(&iter, variant);
  while (g_variant_iter_next(&iter, "{&s&s}", &name, &value))
    g_hash_table_insert(detail, g_strdup(name), g_strdup(value));
}

/* ---- what a bundle's statements make of its case ---- */

/* Receipts rise to DURABLE and stay there. A broken copy that came before the true one was set
 * aside, so QUARANTINED holds only until a later numbered receipt. */
static int
next_receipt(int receipt, int said)
{
  if (receipt == DS_STATE_DURABLE || receipt == DS_STATE_QUARANTINED)
    return receipt == DS_STATE_DURABLE ? receipt : said;
  return MAX(receipt, said);
}

/* @statements by number. Of the station's decisions the last one holds. */
static int
state_of(GPtrArray *statements)
{
  int receipt = 0, decided = 0;

  for (guint i = 0; i < statements->len; i++) {
    const DsVaultStatement *statement = g_ptr_array_index(statements, i);
    if (statement->state >= DS_STATE_DUPLICATE)
      decided = statement->state;
    else
      receipt = next_receipt(receipt, statement->state);
  }
  return decided != 0 ? decided : receipt;
}

static DsCaseState
case_state(int statement_state)
{
  static const DsCaseState states[] = {
      [DS_STATE_RECEIVED] = DS_CASE_RECEIVED,
      [DS_STATE_VERIFIED] = DS_CASE_VERIFIED,
      [DS_STATE_DURABLE] = DS_CASE_DURABLE,
      [DS_STATE_QUARANTINED] = DS_CASE_QUARANTINED,
      [DS_STATE_DUPLICATE] = DS_CASE_DUPLICATE,
      [DS_STATE_SUPERSEDED] = DS_CASE_SUPERSEDED,
      [DS_STATE_ACCEPTED] = DS_CASE_ACCEPTED,
      [DS_STATE_RETURNED] = DS_CASE_RETURNED,
      [DS_STATE_NOT_ISSUED] = DS_CASE_NOT_ISSUED,
      [DS_STATE_IN_PRODUCTION] = DS_CASE_IN_PRODUCTION,
      [DS_STATE_CARD_AT_STATION] = DS_CASE_CARD_AT_STATION,
      [DS_STATE_DELIVERED] = DS_CASE_DELIVERED,
      [DS_STATE_CLOSED] = DS_CASE_CLOSED,
      [DS_STATE_REFUSED] = DS_CASE_REFUSED_BY_STATION,
  };

  return statement_state > 0 && (gsize)statement_state < G_N_ELEMENTS(states)
             ? states[statement_state]
             : DS_CASE_SEALED;
}

/* What the statements say of the case. The newest bundle speaks for it, unless the station called
 * that one superseded: a withdrawal that came too late leaves the version before it in force;
 * @lapsed. */
static gboolean
state_by_bundles(DsUnit *self, const GPtrArray *bundles, int *state, gboolean *lapsed,
                 GError **error)
{
  *state = 0;
  *lapsed = FALSE;
  for (guint i = bundles->len; i > 0; i--) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i - 1);
    g_autoptr(GPtrArray) statements = ds_vault_statements(self->vault, &bundle->id, error);
    if (statements == NULL)
      return FALSE;
    int said = state_of(statements);
    if (said != DS_STATE_SUPERSEDED) {
      *state = said;
      *lapsed = i < bundles->len;
      return TRUE;
    }
    if (*state == 0)
      *state = said;
  }
  return TRUE;
}

static gboolean
move_case(DsUnit *self, const DsVaultBundle *bundle, guint64 seq, char **note, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(self->vault, bundle->case_id, error);
  g_autoptr(GPtrArray) bundles =
      of != NULL ? ds_vault_bundles(self->vault, bundle->case_id, error) : NULL;
  gboolean lapsed = FALSE;
  int said = 0;

  if (bundles == NULL)
    return FALSE;
  const DsVaultBundle *newest =
      bundles->len > 0 ? g_ptr_array_index(bundles, bundles->len - 1) : bundle;
  /* a correction under way, or sealed since, is not touched by late words about the old version */
  if (of->version != newest->version || of->state < DS_CASE_SEALED)
    return TRUE;
  if (!state_by_bundles(self, bundles, &said, &lapsed, error))
    return FALSE;
  DsCaseState state = case_state(said);
  lapsed = lapsed && of->decision == DS_CASE_WITHDRAWN;
  if (state == of->state && !lapsed)
    return TRUE;
  g_autofree char *cause = g_strdup_printf("statement %" G_GUINT64_FORMAT, seq);
  /* what was decided before the withdrawal holds again: nothing is paid back, the row is taken */
  if (lapsed &&
      !ds_vault_set_case_state(self->vault, of->id, DS_CASE_COMPLETE, cause, "station", error))
    return FALSE;
  *note = g_strdup_printf("case %s: %s", of->id, ds_case_state_word(state));
  return ds_vault_set_case_state(self->vault, of->id, state, cause, "station", error);
}

/* A trip that changed hands is no case: what the station says of it is only told. */
static char *
note_of_trip(const DsVaultBundle *bundle, DsState state)
{
  return g_strdup_printf("bundle %" G_GUINT64_FORMAT ", a trip's handover: %s", bundle->seq,
                         ds_state_word(state));
}

gboolean
ds_unit_take_statement(DsUnit *self, const DsStatement *statement, GBytes *bytes, gboolean *fresh,
                       char **note, GError **error)
{
  GError *local = NULL;
  g_autoptr(DsVaultBundle) bundle = ds_vault_bundle(self->vault, &statement->bundle, &local);

  *note = NULL;
  if (bundle == NULL) {
    if (g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND)) {
      g_clear_error(&local);
      g_set_error(error, DS_ERROR, DS_ERROR_REFUSED,
                  "statement %" G_GUINT64_FORMAT " is about a bundle this unit never sealed",
                  statement->seq);
    } else {
      g_propagate_error(error, local);
    }
    return FALSE;
  }

  g_autoptr(GBytes) detail = detail_to_bytes(statement->detail);
  DsVaultStatement row = {.seq = statement->seq,
                          .bundle = statement->bundle,
                          .state = (int)statement->state,
                          .station_us = statement->station_us,
                          .bytes = bytes,
                          .detail = detail};
  g_autoptr(DsVaultTransaction) transaction = ds_vault_begin(self->vault, error);
  if (transaction == NULL || !ds_vault_add_statement(self->vault, &row, fresh, error))
    return FALSE;
  if (*fresh && g_strcmp0(bundle->kind, "trip") == 0)
    *note = note_of_trip(bundle, statement->state);
  return (!*fresh || bundle->case_id == NULL ||
          move_case(self, bundle, statement->seq, note, error)) &&
         ds_vault_commit(g_steal_pointer(&transaction), error);
}

GHashTable *
ds_unit_case_answer(DsUnit *self, const char *case_id, GError **error)
{
  g_autoptr(GHashTable) detail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GPtrArray) bundles = ds_vault_bundles(self->vault, case_id, error);

  if (bundles == NULL)
    return NULL;
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    g_autoptr(GPtrArray) statements = ds_vault_statements(self->vault, &bundle->id, error);
    if (statements == NULL)
      return NULL;
    for (guint j = 0; j < statements->len; j++) {
      const DsVaultStatement *statement = g_ptr_array_index(statements, j);
      g_hash_table_remove_all(detail); /* what was said before has been answered since */
      if (statement->detail != NULL)
        detail_from_bytes(statement->detail, detail);
    }
  }
  return g_steal_pointer(&detail);
}
