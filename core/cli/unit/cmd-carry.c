/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inbox apply, outbox list, prune: what came, what waits, what may go */
#include "cli/unit/face.h"

#include "bundle/statement.h"
#include "cli/unit/duty-print.h"
#include "courier/why.h"
#include "unit/apply.h"
#include "unit/outbox.h"
#include "vault/bundles.h"

static void
strings_json(JsonBuilder *builder, const char *name, const GPtrArray *lines)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < lines->len; i++)
    json_builder_add_string_value(builder, g_ptr_array_index(lines, i));
  json_builder_end_array(builder);
}

static void
count_json(JsonBuilder *builder, const char *name, gint64 count)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, count);
}

static void
applied_json(JsonBuilder *builder, const DsApplied *applied)
{
  count_json(builder, "directories", applied->directories);
  count_json(builder, "dispatches", applied->dispatches);
  count_json(builder, "statements", applied->statements);
  count_json(builder, "replays", applied->replays);
  count_json(builder, "waiting", applied->waiting);
  count_json(builder, "refused", applied->refused);
  strings_json(builder, "notes", applied->notes);
  strings_json(builder, "errors", applied->errors);
}

static gboolean
run_apply(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(DsApplied) applied = unit != NULL ? ds_unit_apply_inbox(unit, error) : NULL;

  if (applied == NULL)
    return FALSE;
  if (face->json) {
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    applied_json(builder, applied);
    if (!ds_duties_print(face, NULL, builder, error))
      return FALSE;
    json_builder_end_object(builder);
    ds_face_print(g_steal_pointer(&builder));
    return TRUE;
  }
  for (guint i = 0; i < applied->notes->len; i++)
    g_print("  %s\n", (char *)g_ptr_array_index(applied->notes, i));
  for (guint i = 0; i < applied->errors->len; i++)
    g_printerr("%s: %s\n", DS_PROGRAM, (char *)g_ptr_array_index(applied->errors, i));
  g_print(_("%u directories, %u dispatches, %u statements applied; %u seen before, %u refused\n"),
          applied->directories, applied->dispatches, applied->statements, applied->replays,
          applied->refused);
  return applied->statements == 0 || ds_duties_print(face, NULL, NULL, error);
}

static void
bundle_json(JsonBuilder *builder, const DsVaultBundle *bundle)
{
  char hex[DS_DIGEST_HEX_SIZE];
  const char *word = ds_state_word((DsState)ds_vault_bundle_receipt(bundle));

  json_builder_begin_object(builder);
  count_json(builder, "seq", (gint64)bundle->seq);
  ds_face_member(builder, "bundle", ds_digest_to_hex(&bundle->id, hex));
  ds_face_member(builder, "kind", bundle->kind);
  ds_face_member(builder, "case", bundle->case_id);
  count_json(builder, "version", bundle->version);
  ds_face_member(builder, "receipt", word);
  json_builder_end_object(builder);
}

/* Whoever asks what waits asks why. */
static void
print_courier(DsUnit *unit)
{
  g_auto(DsWhy) why = {0};

  ds_why_load(ds_unit_home(unit), &why);
  g_autofree char *sentence = ds_why_sentence(&why);
  g_print(_("courier: %s\n"), sentence);
}

static gboolean
run_outbox(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(GPtrArray) bundles =
      unit != NULL ? ds_vault_bundles(ds_unit_vault(unit), NULL, error) : NULL;
  JsonBuilder *builder = NULL;

  if (bundles == NULL)
    return FALSE;
  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; i < bundles->len; i++) {
    const DsVaultBundle *bundle = g_ptr_array_index(bundles, i);
    const char *word = ds_state_word((DsState)ds_vault_bundle_receipt(bundle));
    char hex[DS_DIGEST_HEX_SIZE];
    if (builder != NULL)
      bundle_json(builder, bundle);
    else
      g_print("%6" G_GUINT64_FORMAT "  %.16s…  %s v%u  %s\n", bundle->seq,
              ds_digest_to_hex(&bundle->id, hex),
              bundle->case_id != NULL ? bundle->case_id : bundle->kind, MAX(bundle->version, 1),
              word != NULL ? word : _("no receipt yet"));
  }
  if (builder == NULL) {
    print_courier(unit);
    return TRUE;
  }
  json_builder_end_array(builder);
  ds_face_print(builder);
  return TRUE;
}

static gboolean
run_prune(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsPruned pruned;

  if (unit == NULL || !ds_unit_prune(unit, &pruned, error))
    return FALSE;
  if (face->json) {
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    count_json(builder, "pruned", pruned.count);
    count_json(builder, "bytes", (gint64)pruned.bytes);
    json_builder_end_object(builder);
    ds_face_print(builder);
    return TRUE;
  }
  g_autofree char *size = g_format_size(pruned.bytes);
  g_print(_("%u bundles pruned, %s freed; the station holds them\n"), pruned.count, size);
  return TRUE;
}

const DsCommand ds_commands_carry[] = {
    {"inbox", "apply", "", N_("take in what the courier brought: dispatches, receipts, feedback"),
     NULL, 0, 0, NULL, run_apply},
    {"outbox", "list", "", N_("sealed bundles that are still here, and their receipts"), NULL, 0, 0,
     NULL, run_outbox},
    {"prune", NULL, "", N_("remove local copies the station called durable, nothing else"), NULL, 0,
     0, NULL, run_prune},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
