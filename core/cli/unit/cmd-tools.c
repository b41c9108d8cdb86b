/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* number, inspect, bundle verify, plugin list: tools that need no unit */
#include "cli/unit/face.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bundle/limits.h"
#include "cli/unit/number-print.h"
#include "cli/unit/verify.h"
#include "plugin/helper.h"

static char *opt_on, *opt_directory, *opt_root, *opt_store, *opt_slot;

/* ---- number ---- */

static gboolean
run_number(DsFace *face, char **args, GError **error)
{
  g_autoptr(DsPolicy) policy = ds_face_policy(face, error);
  GDate day;

  if (policy == NULL)
    return FALSE;
  ds_clock_day(ds_clock_now().wall_us, &day);
  if (opt_on != NULL && !ds_date_parse(&day, opt_on)) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--on %s: write a day as 2026-09-01"), opt_on);
    return FALSE;
  }
  ds_number_print(face, ds_policy_tables(policy), args, &day);
  return TRUE;
}

static const GOptionEntry number_options[] = {
    {"on", 0, 0, G_OPTION_ARG_STRING, &opt_on, N_("no birth after this day (today)"), "DATE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- inspect ---- */

static void
inspected_json(JsonBuilder *builder, const char *path, const DsPart *part,
               const DsFindings *findings, const GError *problem)
{
  GHashTableIter iter;
  gpointer name, value;

  json_builder_begin_object(builder);
  ds_face_member(builder, "file", path);
  ds_face_member(builder, "error", problem != NULL ? problem->message : NULL);
  ds_face_member(builder, "type", problem == NULL ? part->media_type : NULL);
  json_builder_set_member_name(builder, "measures");
  json_builder_begin_object(builder);
  g_hash_table_iter_init(&iter, part->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_face_member(builder, name, value);
  json_builder_end_object(builder);
  ds_face_findings(builder, "findings", findings);
  json_builder_end_object(builder);
}

static void
inspected_text(const char *path, const DsPart *part, const DsFindings *findings,
               const GError *problem)
{
  GHashTableIter iter;
  gpointer name, value;

  if (problem != NULL) {
    g_print("%s: %s\n", path, problem->message);
    return;
  }
  g_print("%s: %s\n", path, part->media_type);
  g_hash_table_iter_init(&iter, part->attributes);
  while (g_hash_table_iter_next(&iter, &name, &value))
    g_print("  %-26s %s\n", (char *)name, (char *)value);
  ds_face_show_findings(findings);
}

/* What the steps that take such a part say of its measures. */
static void
judge(DsRegistry *plugins, const DsPart *part, DsFindings *findings)
{
  g_autoptr(DsView) view = ds_view_new();

  ds_view_add_part(view, ds_part_copy(part));
  for (guint i = 0; i < ds_registry_count(plugins); i++) {
    const DsPluginEntry *entry = ds_registry_get(plugins, i);
    for (guint j = 0; entry->step != NULL && j < entry->info->slots->len; j++)
      if (((const DsSlotNeed *)g_ptr_array_index(entry->info->slots, j))->slot == part->slot) {
        ds_registry_check(entry, view, findings);
        break;
      }
  }
}

static gboolean
inspect_one(DsRegistry *plugins, DsHelper *helper, const char *path, DsPart *part,
            DsFindings *findings, GError **error)
{
  g_autoptr(GBytes) bytes = ds_files_read(path, DS_HELPER_MAX_BYTES, error);

  if (bytes == NULL ||
      !ds_helper_inspect(helper, "inspect-image", bytes, part, findings, 0, NULL, error))
    return FALSE;
  judge(plugins, part, findings);
  return TRUE;
}

static gboolean
run_inspect(DsFace *face, char **args, GError **error)
{
  g_autoptr(DsRegistry) plugins = ds_face_plugins(face, error);
  DsSlot slot = opt_slot != NULL ? ds_slot_parse(opt_slot) : DS_SLOT_PHOTO;
  JsonBuilder *builder = NULL;
  guint failed = 0;

  if (plugins == NULL)
    return FALSE;
  if (slot == 0) {
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("\"%s\" is no slot"), opt_slot);
    return FALSE;
  }
  g_autoptr(DsHelper) helper = ds_helper_new(plugins);
  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; args[i] != NULL; i++) {
    g_autoptr(DsPart) part = ds_part_new("file", slot, NULL, "application/octet-stream", 0, "");
    g_autoptr(DsFindings) findings = ds_findings_new();
    g_autoptr(GError) problem = NULL;
    failed += inspect_one(plugins, helper, args[i], part, findings, &problem) ? 0 : 1;
    if (builder != NULL)
      inspected_json(builder, args[i], part, findings, problem);
    else
      inspected_text(args[i], part, findings, problem);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
  if (failed > 0)
    g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("%u of the files cannot be used"), failed);
  return failed == 0;
}

static const GOptionEntry inspect_options[] = {
    {"slot", 0, 0, G_OPTION_ARG_STRING, &opt_slot, N_("judge it for this slot (photo)"), "SLOT"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- bundle verify ---- */

static gboolean
run_verify(DsFace *face, char **args, GError **error)
{
  if (opt_directory == NULL) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        _("--directory FILE is needed: the station's public directory"));
    return FALSE;
  }
  return ds_bundle_verify(face, args[0], opt_directory, opt_root, opt_store, error);
}

static const GOptionEntry verify_options[] = {
    {"directory", 0, 0, G_OPTION_ARG_FILENAME, &opt_directory, N_("the station's public directory"),
     "FILE"},
    {"fingerprint", 0, 0, G_OPTION_ARG_STRING, &opt_root,
     N_("of the station's root key; without it the directory is believed"), "DIGITS"},
    {"store", 0, 0, G_OPTION_ARG_FILENAME, &opt_store,
     N_("a store that holds the chunks, else they lie beside the manifest"), "DIR"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* ---- plugin list ---- */

static gboolean
run_plugins(DsFace *face, char **args, GError **error)
{
  g_autoptr(DsRegistry) plugins = ds_face_plugins(face, error);
  g_auto(GStrv) profile = plugins != NULL ? ds_face_profile(face, error) : NULL;
  JsonBuilder *builder = NULL;

  if (profile == NULL)
    return FALSE;
  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; i < ds_registry_count(plugins); i++) {
    const DsPluginEntry *entry = ds_registry_get(plugins, i);
    const char *kind = entry->info != NULL ? ds_plugin_kind_word(entry->info->kind) : "?";
    const char *title = entry->info != NULL ? ds_text_pick(&entry->info->title) : "";
    const char *problem = entry->problem != NULL ? entry->problem->message : NULL;
    gboolean active = g_strv_contains((const char *const *)profile, entry->id);
    if (builder == NULL) {
      g_print("%-20s %-10s %s%s%s%s\n", entry->id, kind, title,
              active ? "" : _("  (not in the profile)"), problem != NULL ? "  ! " : "",
              problem != NULL ? problem : "");
      continue;
    }
    json_builder_begin_object(builder);
    ds_face_member(builder, "id", entry->id);
    ds_face_member(builder, "kind", kind);
    ds_face_member(builder, "title", title);
    json_builder_set_member_name(builder, "active");
    json_builder_add_boolean_value(builder, active);
    ds_face_member(builder, "problem", problem);
    json_builder_end_object(builder);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
  return TRUE;
}

const DsCommand ds_commands_tools[] = {
    {"number", NULL, "NUMBER…", N_("look at citizen numbers aspect by aspect"),
     "doorstep number --json 11010519491231002X", 1, G_MAXUINT, number_options, run_number},
    {"inspect", NULL, "FILE…", N_("measure pictures as the unit would"),
     "doorstep inspect portrait.jpg", 1, G_MAXUINT, inspect_options, run_inspect},
    {"bundle", "verify", "FOLDER --directory FILE",
     N_("check a bundle's signatures and digests; needs no key"),
     "doorstep bundle verify spool/0000000001-…/ --directory station.directory --store store", 1, 1,
     verify_options, run_verify},
    {"plugin", "list", "", N_("the plugins there are, and what is wrong with them"), NULL, 0, 0,
     NULL, run_plugins},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
