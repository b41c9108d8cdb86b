/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/form.h"

#include "base/error.h"
#include "unit/capture.h"
#include "unit/check.h"
#include "unit/paper.h"
#include "unit/trip-report.h"
#include "vault/part.h"

/* The output plugin that draws @document about that; else the list of what there is. */
static const char *
find_output(DsUnit *self, const char *document, DsAbout about, GError **error)
{
  DsRegistry *plugins = ds_unit_plugins(self);
  g_autoptr(GString) known = g_string_new(NULL);

  for (guint i = 0; i < ds_registry_count(plugins); i++) {
    const DsPluginEntry *entry = ds_registry_get(plugins, i);
    if (entry->problem != NULL || entry->info->kind != DS_PLUGIN_OUTPUT)
      continue;
    for (guint j = 0; j < entry->info->documents->len; j++) {
      const DsDocument *drawn = g_ptr_array_index(entry->info->documents, j);
      if (drawn->about != about)
        continue;
      if (g_str_equal(drawn->id, document))
        return entry->id;
      g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", drawn->id);
    }
  }
  g_set_error(error, DS_ERROR, DS_ERROR_NOT_FOUND, "no output draws \"%s\"; there are: %s",
              document, known->len > 0 ? known->str : "none");
  return NULL;
}

/* Forms show the portrait and the signature, and those only while their keys are here. */
static gboolean
attach_pictures(DsUnit *self, const char *case_id, DsView *view, GError **error)
{
  g_autoptr(GPtrArray) parts = ds_vault_parts(ds_unit_vault(self), case_id, FALSE, error);

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    const DsVaultPart *held = g_ptr_array_index(parts, i);
    if (held->key == NULL ||
        (held->part->slot != DS_SLOT_PHOTO && held->part->slot != DS_SLOT_SIGNATURE))
      continue;
    g_autoptr(GBytes) bytes = ds_unit_part_bytes(self, case_id, held->part->id, error);
    if (bytes == NULL)
      return FALSE;
    ds_view_attach_bytes(view, held->part->id, bytes);
  }
  return TRUE;
}

GBytes *
ds_unit_render_form(DsUnit *self, const char *case_id, const char *document, GError **error)
{
  const char *output = find_output(self, document, DS_ABOUT_CASE, error);
  g_autoptr(DsCaseCheck) check = output != NULL ? ds_unit_case_check(self, case_id, error) : NULL;

  if (check == NULL)
    return NULL;
  ds_findings_append(ds_view_findings(check->view), check->findings, NULL);
  if (!ds_unit_add_paper_facts(self, case_id, check, error) ||
      !attach_pictures(self, case_id, check->view, error))
    return NULL;
  return ds_helper_render(ds_unit_helper(self), output, document, check->view, 0, NULL, error);
}

GBytes *
ds_unit_render_trip_form(DsUnit *self, const char *trip, const char *document, GError **error)
{
  const char *output = find_output(self, document, DS_ABOUT_TRIP, error);
  g_autoptr(DsTripReport) report = output != NULL ? ds_unit_trip_report(self, trip, error) : NULL;

  if (report == NULL)
    return NULL;
  g_autoptr(DsView) view = ds_trip_report_view(report);
  ds_unit_add_trip_paper_facts(self, report, view);
  return ds_helper_render(ds_unit_helper(self), output, document, view, 0, NULL, error);
}
