/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The documents handed in: originals seen, copies kept, no copy filed twice. Which documents a
 * case needs is the packs' word. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)

static gboolean
is_sighted(const DsView *view, const char *kind)
{
  g_autofree char *field = g_strdup_printf("document.%s.sighted", kind);

  return ds_view_field_is_true(view, field);
}

/* One finding for each kind, however many pages it has. */
static void
check_original(const DsView *view, guint index, DsFindings *findings)
{
  const DsPart *part = ds_view_part(view, index);
  g_autofree char *code = g_strdup_printf("document.%s.original", part->kind);
  g_autofree char *field = g_strdup_printf("document.%s.sighted", part->kind);

  if (is_sighted(view, part->kind) || ds_findings_find(findings, code) != NULL)
    return;
  ds_findings_add(findings, DS_FINDING_WARNING, code, field,
                  _("there is a copy, but it is not noted that the original was seen; look at the "
                    "original and note it"));
}

static void
check_copy(const DsView *view, guint index, DsFindings *findings)
{
  const DsPart *part = ds_view_part(view, index);

  if (part->sha256 == NULL)
    return;
  for (guint i = 0; i < index; i++) {
    const DsPart *other = ds_view_part(view, i);

    if (other->slot != DS_SLOT_DOCUMENT || g_strcmp0(part->sha256, other->sha256) != 0)
      continue;
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "document.duplicate", part->id,
                                    _("the same file is filed as two documents; remove one of "
                                      "them and scan the other document")),
                    NULL, NULL, NULL, "R115");
    return;
  }
}

static void
check(const DsView *view, DsFindings *findings)
{
  for (guint i = 0; i < ds_view_part_count(view); i++) {
    if (ds_view_part(view, i)->slot != DS_SLOT_DOCUMENT)
      continue;
    check_original(view, i, findings);
    check_copy(view, i, findings);
  }
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-documents", ops);
