/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture that shows an applicant under 16 together with the guardian (R096). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define PLAN "江西省首次申领居民身份证“全省通办”工作实施方案"
#define PHRASE "未满16周岁公民申请办证，还须拍照留存与监护人同框的图像信息"
#define LEAST_WIDTH 640
#define LEAST_HEIGHT 480

static void
check_age(const DsView *view, const DsPart *photo, DsFindings *findings)
{
  int age;

  if (!ds_view_age(view, &age) || age < 16)
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_WARNING, "joint-photo.not-needed", photo->id,
                                  _("from 16 on no joint photo is taken; remove it")),
                  PLAN, "三（二）", PHRASE, "R096");
}

/* The picture is bound to two persons, the second by the number entered for the guardian. */
static void
check_guardian(const DsView *view, DsFindings *findings)
{
  const char *shown = ds_view_field(view, "joint-photo.guardian-number");
  const char *guardian = ds_view_field(view, "guardian.number");

  if (shown == NULL || guardian == NULL || g_ascii_strcasecmp(shown, guardian) == 0)
    return;
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_INVALID, "joint-photo.guardian-number.other",
                      "joint-photo.guardian-number",
                      _("the joint photo is noted for another person than the guardian; take it "
                        "with this guardian or correct the number")),
      PLAN, "三（二）", PHRASE, "R096");
}

static void
check_portrait(const DsView *view, const DsPart *photo, DsFindings *findings)
{
  const DsPart *portrait = ds_view_find_part(view, DS_SLOT_PHOTO, NULL);

  if (portrait == NULL || photo->sha256 == NULL || g_strcmp0(portrait->sha256, photo->sha256) != 0)
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "joint-photo.portrait", photo->id,
                                  _("the joint photo is the same file as the portrait; take a "
                                    "picture of both persons")),
                  NULL, NULL, NULL, "R096 R115");
}

static gboolean
read_pixels(const DsPart *photo, const char *name, guint64 *value)
{
  const char *text = ds_part_attribute(photo, name);

  return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, value, NULL);
}

static void
check_size(const DsView *view, const DsPart *photo, DsFindings *findings)
{
  guint64 width, height;

  if (!read_pixels(photo, "measure.width", &width) ||
      !read_pixels(photo, "measure.height", &height))
    return;
  if (width >= LEAST_WIDTH && height >= LEAST_HEIGHT)
    return;
  ds_findings_add_format(
      findings, DS_FINDING_WARNING, "joint-photo.size", photo->id,
      _("the joint photo has only %u × %u pixels; both faces may be too small to "
        "recognise"),
      (guint)width, (guint)height);
  if (ds_view_field(view, "joint-photo.reason") == NULL)
    ds_findings_add(findings, DS_FINDING_MISSING, "joint-photo.reason.missing",
                    "joint-photo.reason", _("say why this joint photo is kept, or take it again"));
}

static void
check(const DsView *view, DsFindings *findings)
{
  const DsPart *photo = ds_view_find_part(view, DS_SLOT_JOINT_PHOTO, NULL);

  if (photo == NULL)
    return;
  check_age(view, photo, findings);
  check_guardian(view, findings);
  check_portrait(view, photo, findings);
  check_size(view, photo, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-joint-photo", ops);
