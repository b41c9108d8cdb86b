/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notice (告知), which the applicant or guardian has read before a joint photo is taken (R136,
 * R137). */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define NOTICE "首次申领居民身份证“全省通办”告知承诺书"
#define NOTICE_PHRASE "受理地公安机关将拍照留存与监护人同框的图像信息"

/* Packs may hold the notice as a text of its own or in one with the commitment. */
static const char *
text_in_force(const DsView *view, const char *word)
{
  g_autofree char *own = g_strconcat("notice.notice.", word, NULL);
  g_autofree char *joined = g_strconcat("notice.commitment.", word, NULL);
  const char *value = ds_view_fact(view, own);

  return value != NULL ? value : ds_view_fact(view, joined);
}

static void
check_text(const DsView *view, const char *word, DsFindings *findings)
{
  g_autofree char *field = g_strconcat("notice.", word, NULL);
  const char *shown = ds_view_field(view, field);
  const char *wanted = text_in_force(view, word);

  if (shown == NULL || wanted == NULL || g_str_equal(shown, wanted) ||
      ds_findings_find(findings, "notice.text") != NULL)
    return;
  ds_finding_cite(ds_findings_add(findings, DS_FINDING_INVALID, "notice.text", field,
                                  _("the notice that was read is not the one in force; show the "
                                    "present text and have it read again")),
                  NOTICE, NULL, NULL, "R136");
}

/* Without the time of reading every joint photo came too early. */
static void
check_order(const DsView *view, GDateTime *read_at, DsFindings *findings)
{
  const DsPart *photo = ds_view_find_part(view, DS_SLOT_JOINT_PHOTO, NULL);
  const char *text = photo != NULL ? ds_part_attribute(photo, "captured-at") : NULL;
  g_autoptr(GDateTime) taken = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
  DsFinding *finding;

  if (photo == NULL)
    return;
  if (read_at != NULL && taken != NULL && g_date_time_compare(taken, read_at) >= 0)
    return;
  if (read_at != NULL && taken == NULL)
    finding = ds_findings_add(findings, DS_FINDING_WARNING, "notice.joint-photo-time", photo->id,
                              _("it is not known when the joint photo was taken; note that the "
                                "notice was read before it"));
  else
    finding = ds_findings_add(findings, DS_FINDING_INVALID, "notice.joint-photo-first", photo->id,
                              _("the joint photo was taken before the notice was read; have the "
                                "notice read and take the photo again"));
  ds_finding_cite(finding, NOTICE, "二（一）", NOTICE_PHRASE, "R137");
}

static void
check(const DsView *view, DsFindings *findings)
{
  const char *read = ds_view_field(view, "notice.read");
  const char *text = ds_view_field(view, "notice.read-at");
  g_autoptr(GDateTime) read_at = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;

  if (text != NULL && read_at == NULL)
    ds_findings_add(findings, DS_FINDING_INVALID, "notice.read-at.form", "notice.read-at",
                    _("the time of reading must look like 2026-09-01T08:30:00Z"));
  if (read != NULL && !ds_view_field_is_true(view, "notice.read"))
    ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "notice.unread", "notice.read",
                                    _("the notice has not been read; show it or read it out, and "
                                      "note that it was read")),
                    NOTICE, NULL, "现就有关事项告知如下", "R136");
  check_text(view, "version", findings);
  check_text(view, "sha256", findings);
  check_order(view, ds_view_field_is_true(view, "notice.read") ? read_at : NULL, findings);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-notice", ops);
