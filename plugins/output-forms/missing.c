/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 一次性告知单: everything that is missing or wrong, once, each with the rule behind it (R190). */
#include "forms.h"

#include <string.h>

#include "sheet.h"
#include "words.h"

#define TITLE "一次性告知单"
#define SIZE 11.0
#define NUMBER_WIDTH 36.0
#define RULE_WIDTH 190.0
#define TEXT_WIDTH (SHEET_INNER - NUMBER_WIDTH - RULE_WIDTH)

/* What the officer enters is no material that anybody could bring. */
static gboolean
is_officers(const char *subject)
{
  static const char *const STEPS[] = {"identification.", "fee.",       "appointment.",
                                      "guidance.",       "temporary.", "old-card.",
                                      "signature.",      "review.",    NULL};

  for (guint i = 0; subject != NULL && STEPS[i] != NULL; i++)
    if (g_str_has_prefix(subject, STEPS[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_listed(const DsFinding *finding)
{
  return (finding->kind == DS_FINDING_MISSING || finding->kind == DS_FINDING_INVALID) &&
         !is_officers(finding->subject);
}

/* @other says the same, or the same with the rule behind it. */
static gboolean
is_said_by(const DsFinding *finding, const DsFinding *other, gboolean earlier)
{
  if (earlier && g_strcmp0(other->text, finding->text) == 0 &&
      g_strcmp0(words_subject(other->subject), words_subject(finding->subject)) == 0)
    return TRUE;
  return finding->kind == DS_FINDING_MISSING && other->kind == DS_FINDING_MISSING &&
         finding->subject != NULL && g_strcmp0(finding->subject, other->subject) == 0 &&
         finding->document == NULL && other->document != NULL;
}

/* A step and a rule, or two rules, may ask for the same thing; the person reads it once. */
static gboolean
was_said(const DsFindings *findings, guint index)
{
  const DsFinding *finding = ds_findings_get(findings, index);

  for (guint i = 0; i < ds_findings_count(findings); i++) {
    const DsFinding *other = ds_findings_get(findings, i);

    if (i != index && is_listed(other) && is_said_by(finding, other, i < index))
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_any(const DsFindings *findings)
{
  for (guint i = 0; i < ds_findings_count(findings); i++)
    if (is_listed(ds_findings_get(findings, i)))
      return TRUE;
  return FALSE;
}

static char *
text_of(const DsFinding *finding)
{
  const char *subject = words_subject(finding->subject);

  if (subject == NULL || strstr(finding->text, subject) != NULL)
    return g_strdup(finding->text);
  return g_strdup_printf("%s：%s", subject, finding->text);
}

static char *
rule_of(const DsFinding *finding)
{
  GString *text = g_string_new(NULL);

  if (finding->document != NULL)
    g_string_append(text, finding->document);
  if (finding->clause != NULL)
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", finding->clause);
  if (finding->phrase != NULL)
    g_string_append_printf(text, "%s“%s”", text->len > 0 ? "：" : "", finding->phrase);
  return g_string_free(text, FALSE);
}

static double
draw_columns(Sheet *sheet, double y)
{
  sheet_cell(sheet, (Box){SHEET_LEFT, y, NUMBER_WIDTH, 26}, "序号", SIZE, INK_CENTRE | INK_BOLD);
  sheet_cell(sheet, (Box){SHEET_LEFT + NUMBER_WIDTH, y, TEXT_WIDTH, 26}, "需要补齐、补正的内容",
             SIZE, INK_CENTRE | INK_BOLD);
  sheet_cell(sheet, (Box){SHEET_RIGHT - RULE_WIDTH, y, RULE_WIDTH, 26}, "依　据", SIZE,
             INK_CENTRE | INK_BOLD);
  return y + 26;
}

static double
draw_row(Sheet *sheet, double y, guint number, const DsFinding *finding)
{
  g_autofree char *rule = rule_of(finding);
  g_autofree char *what = text_of(finding);
  g_autofree char *digits = g_strdup_printf("%u", number);
  double text = sheet_measure(sheet, TEXT_WIDTH - 8, what, SIZE, INK_LEFT);
  double cited = sheet_measure(sheet, RULE_WIDTH - 8, rule, 9, INK_LEFT);
  double height = MIN(MAX(text, cited) + 10, SHEET_BOTTOM - SHEET_TOP - 26);

  if (y + height > SHEET_BOTTOM) {
    sheet_break(sheet);
    y = draw_columns(sheet, SHEET_TOP);
  }
  sheet_cell(sheet, (Box){SHEET_LEFT, y, NUMBER_WIDTH, height}, digits, SIZE, INK_CENTRE);
  sheet_cell(sheet, (Box){SHEET_LEFT + NUMBER_WIDTH, y, TEXT_WIDTH, height}, what, SIZE, INK_LEFT);
  sheet_cell(sheet, (Box){SHEET_RIGHT - RULE_WIDTH, y, RULE_WIDTH, height}, rule, 9, INK_LEFT);
  return y + height;
}

static double
draw_address(Sheet *sheet, const DsView *view, double y)
{
  const char *guardian = ds_view_field(view, "guardian.name");
  g_autofree char *whom =
      guardian != NULL
          ? g_strdup_printf("%s（监护人：%s）：", words_field(view, "applicant.name"), guardian)
          : g_strdup_printf("%s：", words_field(view, "applicant.name"));

  y = sheet_flow(sheet, y, whom, 12, INK_LEFT) + 4;
  return sheet_flow(sheet, y,
                    "您申请办理居民身份证，经现场查验，下列材料或者信息需要补齐、补正。本单一次性列"
                    "明全部内容，"
                    "请备齐后再次办理，已经采集的信息予以保留。",
                    12, INK_INDENT) +
         8;
}

static double
draw_rows(Sheet *sheet, const DsView *view, double y)
{
  DsFindings *findings = ds_view_findings(view);
  guint number = 0;

  y = draw_columns(sheet, y);
  for (guint i = 0; i < ds_findings_count(findings); i++)
    if (is_listed(ds_findings_get(findings, i)) && !was_said(findings, i))
      y = draw_row(sheet, y, ++number, ds_findings_get(findings, i));
  return y;
}

static void
draw_end(Sheet *sheet, const DsView *view, double y)
{
  g_autofree char *day = words_date(ds_view_fact(view, "case.day"));
  g_autofree char *officer = g_strdup_printf("告知人：%s（%s）", words_fact(view, "officer.name"),
                                             words_fact(view, "officer.number"));
  g_autofree char *local = g_strconcat("本地编号：", words_fact(view, "case.local-number"), NULL);
  double half = SHEET_INNER / 2;

  if (y + 80 > SHEET_BOTTOM) {
    sheet_break(sheet);
    y = SHEET_TOP;
  }
  y += 18;
  sheet_text(sheet, SHEET_LEFT, y, half, officer, SIZE, INK_LEFT);
  y += sheet_text(sheet, SHEET_LEFT + half, y, half, "被告知人（签名）：＿＿＿＿＿＿＿＿", SIZE,
                  INK_LEFT);
  y += 8;
  sheet_text(sheet, SHEET_LEFT, y, half, local, SIZE, INK_LEFT);
  sheet_text(sheet, SHEET_LEFT + half, y, half, day, SIZE, INK_LEFT);
}

GBytes *
form_missing_notice(const DsView *view, GError **error)
{
  DsFindings *findings = ds_view_findings(view);
  g_autoptr(Sheet) sheet = NULL;
  double y = SHEET_TOP;

  if (ds_findings_has_kind(findings, DS_FINDING_REFUSE)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_REFUSED,
                        "the rules refuse this case: nothing that is brought would help, so it "
                        "gets a refusal-notice");
    return NULL;
  }
  if (!has_any(findings)) {
    g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                        "nothing is missing or wrong that the applicant could bring or put right, "
                        "so there is nothing to give notice of");
    return NULL;
  }
  sheet = sheet_new(TITLE, ds_view_fact(view, "case.day"));
  y += sheet_text(sheet, SHEET_LEFT, y, SHEET_INNER, TITLE, 22, INK_CENTRE | INK_BOLD) + 12;
  y = draw_address(sheet, view, y);
  y = draw_rows(sheet, view, y);
  draw_end(sheet, view, y);
  return sheet_finish(sheet, error);
}
