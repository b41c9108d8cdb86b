/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/signature.h"

#include "base/digest.h"
#include "model/cbor.h"
#include "unit/service.h"
#include "vault/case.h"
#include "vault/journal.h"
#include "vault/part.h"

#define FIELDS "fields"

/* Keys of what is signed. */
enum { KEY_CASE = 1, KEY_FIELDS = 2, KEY_PARTS = 3 };

static const DsSlotNeed *
signature_slot(const DsPluginInfo *info)
{
  for (guint i = 0; i < info->slots->len; i++) {
    const DsSlotNeed *need = g_ptr_array_index(info->slots, i);
    if (need->slot == DS_SLOT_SIGNATURE)
      return need;
  }
  return NULL;
}

static const DsPluginInfo *
step_info(DsUnit *self, const char *step)
{
  const DsPluginEntry *entry = ds_registry_find(ds_unit_plugins(self), step, DS_PLUGIN_STEP, NULL);

  return entry != NULL ? entry->info : NULL;
}

/* The step that takes the signatures of @service: the last one with a slot for them, for it sees
 * the most. NULL when none does. (transfer none) */
static const DsPluginInfo *
signing_step(DsUnit *self, const char *service)
{
  g_auto(GStrv) steps = ds_unit_service_steps(self, service);
  const DsPluginInfo *last = NULL;

  for (guint i = 0; steps[i] != NULL; i++) {
    const DsPluginInfo *info = step_info(self, steps[i]);
    if (info != NULL && signature_slot(info) != NULL)
      last = info;
  }
  return last;
}

/* ---- what is signed ---- */

static void
add_fields_of(const DsPluginInfo *info, const DsView *view, GHashTable *fields)
{
  for (guint i = 0; i < info->fields->len; i++) {
    const DsField *field = g_ptr_array_index(info->fields, i);
    const char *value = ds_view_field(view, field->name);
    if (value != NULL && !field->is_unsigned)
      g_hash_table_insert(fields, g_strdup(field->name), g_strdup(value));
  }
}

/* What the steps before @signing asked for. (transfer full) */
static GHashTable *
fields_before(DsUnit *self, const char *service, const DsPluginInfo *signing, const DsView *view)
{
  GHashTable *fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) steps = ds_unit_service_steps(self, service);

  for (guint i = 0; steps[i] != NULL && !g_str_equal(steps[i], signing->id); i++) {
    const DsPluginInfo *info = step_info(self, steps[i]);
    if (info != NULL)
      add_fields_of(info, view, fields);
  }
  return fields;
}

static gint
compare_parts(gconstpointer a, gconstpointer b)
{
  const DsPart *one = *(const DsPart *const *)a, *two = *(const DsPart *const *)b;
  int order = (int)one->slot - (int)two->slot;

  if (order == 0)
    order = g_strcmp0(one->kind, two->kind);
  return order != 0 ? order : g_strcmp0(one->sha256, two->sha256);
}

/* Of the slots in @covers, in a fixed order. (transfer container) */
static GPtrArray *
covered_parts(const DsView *view, const char *const *covers)
{
  GPtrArray *parts = g_ptr_array_new();

  for (guint i = 0; i < ds_view_part_count(view); i++) {
    const DsPart *part = ds_view_part(view, i);
    if (g_strv_contains(covers, ds_slot_word(part->slot)))
      g_ptr_array_add(parts, (gpointer)part);
  }
  g_ptr_array_sort(parts, compare_parts);
  return parts;
}

static GBytes *
encode(const char *case_id, GHashTable *fields, const GPtrArray *parts, GError **error)
{
  g_autoptr(DsCborWriter) writer = ds_cbor_writer_new();

  ds_cbor_put_map(writer, 3);
  ds_cbor_put_int(writer, KEY_CASE);
  ds_cbor_put_text(writer, case_id);
  ds_cbor_put_int(writer, KEY_FIELDS);
  ds_cbor_put_text_map(writer, fields);
  ds_cbor_put_int(writer, KEY_PARTS);
  ds_cbor_put_array(writer, parts->len);
  for (guint i = 0; i < parts->len; i++) {
    const DsPart *part = g_ptr_array_index(parts, i);
    ds_cbor_put_array(writer, 3);
    ds_cbor_put_text(writer, ds_slot_word(part->slot));
    ds_cbor_put_text(writer, part->kind);
    ds_cbor_put_text(writer, part->sha256);
  }
  return ds_cbor_writer_finish(writer, error);
}

/* *@hex is NULL where the signing step covers nothing. (out transfer full) */
static gboolean
signed_digest(DsUnit *self, const char *service, const char *case_id, const DsView *view,
              char **hex, GError **error)
{
  const DsPluginInfo *signing = signing_step(self, service);
  const DsSlotNeed *need = signing != NULL ? signature_slot(signing) : NULL;
  const char *const *covers = need != NULL ? (const char *const *)need->covers : NULL;

  *hex = NULL;
  if (covers == NULL || covers[0] == NULL)
    return TRUE;
  g_autoptr(GHashTable) fields =
      g_strv_contains(covers, FIELDS)
          ? fields_before(self, service, signing, view)
          : g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GPtrArray) parts = covered_parts(view, covers);
  g_autoptr(GBytes) bytes = encode(case_id, fields, parts, error);
  if (bytes == NULL)
    return FALSE;
  DsDigest digest = ds_digest_of_bytes(bytes);
  *hex = ds_digest_dup_hex(&digest);
  return TRUE;
}

/* ---- as the vault has it ---- */

static void
add_part(DsView *view, gpointer held)
{
  ds_view_add_part(view, ds_part_copy(((DsVaultPart *)held)->part));
}

gboolean
ds_unit_signed_digest_now(DsUnit *self, const char *case_id, char **hex, GError **error)
{
  DsVault *vault = ds_unit_vault(self);
  g_autoptr(DsVaultCase) of = ds_vault_case(vault, case_id, error);
  g_autoptr(GHashTable) fields = of != NULL ? ds_vault_case_fields(vault, case_id, error) : NULL;
  g_autoptr(GPtrArray) parts = fields != NULL ? ds_vault_parts(vault, case_id, FALSE, error) : NULL;
  g_autoptr(DsView) view = ds_view_new();
  GHashTableIter iter;
  gpointer name, value;

  *hex = NULL;
  if (parts == NULL)
    return FALSE;
  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_view_set_field(view, name, value);
  for (guint i = 0; i < parts->len; i++)
    add_part(view, g_ptr_array_index(parts, i));
  return signed_digest(self, of->service, case_id, view, hex, error);
}

/* ---- which ones still count ---- */

/* One without a digest was given where nothing is covered: it counts. */
static gboolean
is_stale(const DsPart *part, const char *hex)
{
  const char *was = ds_part_attribute(part, DS_SIGNED_DIGEST);

  return part->slot == DS_SLOT_SIGNATURE && was != NULL && g_strcmp0(was, hex) != 0;
}

static void
name_stale(DsView *view, const GPtrArray *stale)
{
  g_autoptr(GString) words = g_string_new(NULL);

  for (guint i = 0; i < stale->len; i++) {
    const DsPart *part = g_ptr_array_index(stale, i);
    if (ds_view_find_part(view, DS_SLOT_SIGNATURE, part->kind) == NULL)
      g_string_append_printf(words, "%s%s", words->len > 0 ? " " : "", part->kind);
  }
  ds_view_set_fact(view, "signatures.stale", words->str);
}

gboolean
ds_unit_view_add_parts(DsUnit *self, DsView *view, const char *service, const char *case_id,
                       GError **error)
{
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(self), case_id, FALSE, error);
  g_autoptr(GPtrArray) stale = g_ptr_array_new();
  g_autofree char *now = NULL;
  const DsPluginInfo *signing = signing_step(self, service);

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    if (((DsVaultPart *)g_ptr_array_index(parts, i))->part->slot != DS_SLOT_SIGNATURE)
      add_part(view, g_ptr_array_index(parts, i));
  if (!signed_digest(self, service, case_id, view, &now, error))
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    DsVaultPart *held = g_ptr_array_index(parts, i);
    if (held->part->slot != DS_SLOT_SIGNATURE)
      continue;
    if (is_stale(held->part, now)) {
      g_ptr_array_add(stale, held->part);
      continue;
    }
    add_part(view, held);
    g_ptr_array_set_size(stale, 0); /* whoever signed last, signed in their stead too */
  }
  ds_view_set_fact(view, "signature.step", signing != NULL ? signing->id : NULL);
  name_stale(view, stale);
  return TRUE;
}
