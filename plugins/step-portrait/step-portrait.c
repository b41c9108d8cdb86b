/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The portrait against GA 461: what an inspector measured, in numbers. It never rejects a picture;
 * one that is kept in spite of a warning needs a reason. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>
#include <stdlib.h>

#define _(text) dgettext("doorstep", text)
#define WHITE_SHARE 85.0 /* percent of the edge; blurred hair and shoulders take the rest */
#define LEAST_SHARPNESS \
  20.0 /* variance of the Laplacian; a matter of experience, not of the standard */
#define STANDARD "GA 461《居民身份证制证用数字相片技术要求》"

static gboolean
read_measure(const DsPart *photo, const char *name, double *value)
{
  const char *text = ds_part_attribute(photo, name);
  char *end = NULL;

  if (text == NULL)
    return FALSE;
  *value = g_ascii_strtod(text, &end);
  return end != text && *end == '\0';
}

static void
warn(DsFindings *findings, const char *code, const char *text)
{
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_WARNING, code, "photo", text), STANDARD,
                  NULL, NULL, "R126");
}

static void
check_size(const DsPart *photo, DsFindings *findings)
{
  double width, height, density;
  g_autofree char *text = NULL;

  if (read_measure(photo, "measure.width", &width) &&
      read_measure(photo, "measure.height", &height) && (width != 358 || height != 441)) {
    text = g_strdup_printf(_("the portrait has %.0f × %.0f pixels; 358 × 441 are wanted"), width,
                           height);
    warn(findings, "photo.size", text);
  }
  if (read_measure(photo, "measure.density", &density) && density != 350) {
    g_autofree char *dpi =
        g_strdup_printf(_("the portrait says %.0f dots an inch; 350 are wanted"), density);
    warn(findings, "photo.density", dpi);
  }
}

static void
check_colour(const DsPart *photo, DsFindings *findings)
{
  if (g_strcmp0(ds_part_attribute(photo, "measure.colour"), "false") == 0)
    warn(findings, "photo.grey", _("the portrait is grey; a colour picture is wanted"));
}

static void
check_background(const DsPart *photo, DsFindings *findings)
{
  double white;
  g_autofree char *text = NULL;

  if (!read_measure(photo, "measure.background-white", &white) || white >= WHITE_SHARE)
    return;
  text = g_strdup_printf(_("only %.0f %% of the edge is white; %.0f %% are wanted: put a white "
                           "cloth behind the person, without a shadow"),
                         white, WHITE_SHARE);
  warn(findings, "photo.background", text);
}

static void
check_sharpness(const DsPart *photo, DsFindings *findings)
{
  double sharpness;
  g_autofree char *text = NULL;

  if (!read_measure(photo, "measure.blur", &sharpness) || sharpness >= LEAST_SHARPNESS)
    return;
  text =
      g_strdup_printf(_("the portrait is blurred (sharpness %.0f, at least %.0f is wanted); hold "
                        "the camera still and take it again"),
                      sharpness, LEAST_SHARPNESS);
  warn(findings, "photo.blurred", text);
}

static void
check(const DsView *view, DsFindings *findings)
{
  const DsPart *photo = ds_view_find_part(view, DS_SLOT_PHOTO, NULL);
  guint before = ds_findings_count(findings);

  if (photo == NULL)
    return;
  check_size(photo, findings);
  check_colour(photo, findings);
  check_background(photo, findings);
  check_sharpness(photo, findings);
  if (ds_findings_count(findings) > before && ds_view_field(view, "portrait.reason") == NULL)
    ds_findings_add(findings, DS_FINDING_MISSING, "portrait.reason.missing", "portrait.reason",
                    _("say why this portrait is kept, or take it again"));
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-portrait", ops);
