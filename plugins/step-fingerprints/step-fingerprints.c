/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two rows of fingerprint results (the form's note 7): a finger is registered, its registration
 * failed (image without features), or it was not registered, for a reason. What a vendor's reader
 * made of a finger stays opaque; its algorithm and device must be named. */
#include "plugin/doorstep-plugin.h"

#include <libintl.h>

#define _(text) dgettext("doorstep", text)
#define FORM_NOTES "居民身份证异地受理登记表填表说明"
#define ROWS 2

typedef struct {
  guint number;
  const char *position;
  const char *result;
  const char *reason;
} Row;

static const char *
row_field(const DsView *view, guint number, const char *word)
{
  g_autofree char *name = g_strdup_printf("fingerprint.%u.%s", number, word);

  return ds_view_field(view, name);
}

static DsFinding *
add(DsFindings *findings, DsFindingKind kind, const Row *row, const char *field, const char *word,
    const char *text)
{
  g_autofree char *code = g_strdup_printf("fingerprint.%u.%s", row->number, word);
  g_autofree char *subject = g_strdup_printf("fingerprint.%u.%s", row->number, field);

  return ds_findings_add(findings, kind, code, subject, text);
}

static gboolean
has_content(const DsView *view, const char *position, const char *content)
{
  for (guint i = 0; i < ds_view_part_count(view); i++) {
    const DsPart *part = ds_view_part(view, i);

    if (part->slot == DS_SLOT_FINGERPRINT && g_strcmp0(part->kind, position) == 0 &&
        (content == NULL || g_strcmp0(ds_part_attribute(part, "content"), content) == 0))
      return TRUE;
  }
  return FALSE;
}

static void
check_registered(const DsView *view, const Row *row, DsFindings *findings)
{
  if (row->position != NULL && !has_content(view, row->position, NULL))
    ds_finding_cite(add(findings, DS_FINDING_MISSING, row, "position", "part",
                        _("the finger is entered as registered, but nothing was captured of it; "
                          "capture it or change the result")),
                    FORM_NOTES, "七", "“登记指位”一栏填写实际采集成功的指位", "R127");
}

static void
check_failed(const DsView *view, const Row *row, DsFindings *findings)
{
  static const char *const PHRASE = "“注册失败”是指能够采集指纹图像，但无法提取特征信息";

  if (row->position == NULL)
    return;
  if (has_content(view, row->position, "template"))
    ds_finding_cite(add(findings, DS_FINDING_INVALID, row, "result", "template",
                        _("features were taken from this finger, so its registration did not "
                          "fail; change the result")),
                    FORM_NOTES, "七", PHRASE, "R128");
  else if (!has_content(view, row->position, "image"))
    ds_finding_cite(add(findings, DS_FINDING_MISSING, row, "position", "image",
                        _("a failed registration is shown by the finger's image; capture it, or "
                          "enter that the finger was not registered and why")),
                    FORM_NOTES, "七", PHRASE, "R128");
}

static void
check_not_registered(const DsView *view, const Row *row, DsFindings *findings)
{
  static const char *const PHRASE = "“未注册”是指因公民手指残疾、受伤及其他原因无法采集指纹信息";

  if (row->reason == NULL)
    ds_finding_cite(add(findings, DS_FINDING_MISSING, row, "reason", "reason",
                        _("say why the finger could not be registered: missing, hurt, or another "
                          "reason")),
                    FORM_NOTES, "七", PHRASE, "R129");
  if (row->position != NULL && has_content(view, row->position, NULL))
    ds_finding_cite(add(findings, DS_FINDING_INVALID, row, "result", "captured",
                        _("this finger was captured, so it is not unregistered; change the result "
                          "or remove what was captured")),
                    FORM_NOTES, "七", PHRASE, "R129");
}

static void
check_row(const DsView *view, const Row *row, DsFindings *findings)
{
  if (row->result == NULL)
    return;
  if (g_str_equal(row->result, "registered"))
    check_registered(view, row, findings);
  else if (g_str_equal(row->result, "failed"))
    check_failed(view, row, findings);
  else if (g_str_equal(row->result, "not-registered"))
    check_not_registered(view, row, findings);
}

/* Codes 11 to 15 are fingers of the right hand, 16 to 20 of the left. */
static gboolean
is_right(const char *position)
{
  return g_ascii_strtoull(position, NULL, 10) <= 15;
}

static void
check_pair(const Row rows[ROWS], DsFindings *findings)
{
  if (rows[0].position == NULL || rows[1].position == NULL)
    return;
  if (g_str_equal(rows[0].position, rows[1].position))
    ds_finding_cite(add(findings, DS_FINDING_INVALID, &rows[1], "position", "same",
                        _("both rows name the same finger; enter two different fingers")),
                    FORM_NOTES, "七", NULL, "R127");
  else if (is_right(rows[0].position) == is_right(rows[1].position))
    ds_finding_cite(add(findings, DS_FINDING_WARNING, &rows[1], "position", "same-hand",
                        _("both fingers are of one hand; one of each hand is the rule")),
                    FORM_NOTES, "七", NULL, "R127");
  else if (!is_right(rows[0].position))
    ds_finding_cite(add(findings, DS_FINDING_WARNING, &rows[0], "position", "order",
                        _("the right hand comes first; exchange the two rows")),
                    FORM_NOTES, "七", "如：1、右手拇指 2、左手拇指", "R127");
}

static void
check_part(const DsPart *part, const Row rows[ROWS], DsFindings *findings)
{
  if (g_strcmp0(part->kind, rows[0].position) != 0 && g_strcmp0(part->kind, rows[1].position) != 0)
    ds_findings_add(findings, DS_FINDING_WARNING, "fingerprint.part.unnamed", part->id,
                    _("a finger was captured that no row names; enter it or remove it"));
  if (g_strcmp0(ds_part_attribute(part, "content"), "template") != 0)
    return;
  if (ds_part_attribute(part, "algorithm") == NULL ||
      ds_part_attribute(part, "device-serial") == NULL)
    ds_findings_add(findings, DS_FINDING_INVALID, "fingerprint.part.origin", part->id,
                    _("the reader's data lack its algorithm or the device's serial number, so "
                      "nobody could use them; capture the finger again"));
}

static void
read_rows(const DsView *view, Row rows[ROWS])
{
  for (guint i = 0; i < ROWS; i++)
    rows[i] = (Row){i + 1, row_field(view, i + 1, "position"), row_field(view, i + 1, "result"),
                    row_field(view, i + 1, "reason")};
}

static void
check(const DsView *view, DsFindings *findings)
{
  Row rows[ROWS];

  read_rows(view, rows);
  for (guint i = 0; i < ROWS; i++)
    check_row(view, &rows[i], findings);
  check_pair(rows, findings);
  for (guint i = 0; i < ds_view_part_count(view); i++)
    if (ds_view_part(view, i)->slot == DS_SLOT_FINGERPRINT)
      check_part(ds_view_part(view, i), rows, findings);
}

static void
derive(const DsView *view, DsView *facts)
{
  g_autofree char *text = NULL;
  guint registered = 0, entered = 0;
  Row rows[ROWS];

  read_rows(view, rows);
  for (guint i = 0; i < ROWS; i++) {
    registered += g_strcmp0(rows[i].result, "registered") == 0;
    entered += rows[i].result != NULL;
  }
  text = g_strdup_printf("%u", registered);
  if (entered == ROWS)
    ds_view_set_fact(facts, "fingerprint.registered", text);
}

static const DsStepOps ops = {
    .struct_size = sizeof(DsStepOps),
    .check = check,
    .derive = derive,
};

DS_DEFINE_PLUGIN(DS_PLUGIN_STEP, "step-fingerprints", ops);
