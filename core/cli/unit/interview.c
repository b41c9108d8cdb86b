/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/interview.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/common/terminal.h"
#include "cli/unit/case-print.h"
#include "cli/unit/face.h"
#include "plugin/form.h"
#include "policy/logic.h"
#include "unit/capture.h"
#include "unit/check.h"
#include "unit/confirm.h"

/* One line from the terminal; NULL at the end of input. (transfer full) */
static char *
ask(const char *prompt, const char *old)
{
  char line[4096];

  if (old != NULL) {
    g_autofree char *shown = ds_cli_printable(old);
    g_print("%s [%s]: ", prompt, shown);
  } else {
    g_print("%s: ", prompt);
  }
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL)
    return NULL;
  return g_strdup(g_strstrip(line));
}

/* Whose page is being asked. */
typedef struct {
  DsUnit *unit;
  const char *case_id;
  const DsPluginEntry *entry;
} Page;

static gboolean
is_asked(const Page *page, JsonNode *when, gboolean *asked, GError **error)
{
  g_autoptr(DsView) view = ds_unit_case_view(page->unit, page->case_id, error);
  DsTruth truth = DS_TRUTH_TRUE;

  if (view == NULL)
    return FALSE;
  g_autoptr(DsFacts) facts = ds_policy_facts(ds_unit_policy(page->unit), view);
  if (!ds_logic_test(when, facts, &truth, NULL, error))
    return FALSE;
  *asked = truth != DS_TRUTH_FALSE;
  return TRUE;
}

static void
show_options(const GPtrArray *options)
{
  for (guint i = 0; i < options->len; i++) {
    const DsOption *option = g_ptr_array_index(options, i);
    g_print("    %s  %s\n", option->value, ds_text_pick(&option->title));
  }
}

/* What is confirmed has to be read first. */
static gboolean
show_text(const Page *page, const DsField *field, GError **error)
{
  g_autoptr(DsPack) pack = NULL;
  const DsPackText *text = NULL;

  if (!ds_unit_text_to_confirm(page->unit, page->case_id, page->entry->id, field->name, &pack,
                               &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  g_auto(GStrv) lines = g_strsplit(text->zh, "\n", -1);
  g_autofree char *title = ds_cli_printable(text->title);
  g_print("\n%s\n\n", title);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = ds_cli_printable(lines[i]);
    g_print("%s\n", line);
  }
  g_print("\n");
  return TRUE;
}

static char *
prompt_for(const DsField *field)
{
  const char *title = ds_text_pick(&field->title);

  switch (field->type) {
  case DS_FIELD_BOOL:
    return g_strdup_printf(_("%s (y or n)"), title);
  case DS_FIELD_DATE:
    return g_strdup_printf(_("%s (as 2026-09-01)"), title);
  case DS_FIELD_TIME:
    return g_strdup_printf(_("%s (as 2026-09-01 08:30)"), title);
  case DS_FIELD_MONEY:
    return g_strdup_printf(_("%s (in yuan)"), title);
  case DS_FIELD_TEXT:
  case DS_FIELD_NUMBER:
  case DS_FIELD_CHOICE:
  case DS_FIELD_PHONE:
  case DS_FIELD_INTEGER:
    break;
  }
  return g_strdup(title);
}

/* What is stored for @answer: "-" clears, y and n answer a yes-or-no question, money was asked for
 * in yuan. (transfer full) */
static char *
value_of(const DsField *field, const char *answer)
{
  gint64 fen;

  static const char *const yes[] = {"y", "Y", "yes", "是", "1", NULL};
  static const char *const no[] = {"n", "N", "no", "否", "0", NULL};

  if (g_str_equal(answer, "-"))
    return NULL;
  if (field->type == DS_FIELD_BOOL && g_strv_contains(yes, answer))
    return g_strdup("true");
  if (field->type == DS_FIELD_BOOL && g_strv_contains(no, answer))
    return g_strdup("false");
  if (field->type == DS_FIELD_MONEY && ds_money_parse_yuan(answer, &fen))
    return g_strdup_printf("%" G_GINT64_FORMAT, fen);
  return g_strdup(answer);
}

/* Says what is wrong or odd about the field just answered. */
static gboolean
judge_field(const Page *page, const DsField *field, gboolean *wrong, GError **error)
{
  g_autoptr(DsFindings) all = ds_findings_new();
  g_autoptr(DsFindings) own = ds_findings_new();
  g_autoptr(DsView) view = ds_unit_case_view(page->unit, page->case_id, error);

  if (view == NULL)
    return FALSE;
  g_autoptr(DsFacts) facts = ds_policy_facts(ds_unit_policy(page->unit), view);
  if (!ds_plugin_check_form(page->entry->info, view, facts, all, error))
    return FALSE;
  ds_registry_check(page->entry, view, all);
  for (guint i = 0; i < ds_findings_count(all); i++) {
    const DsFinding *finding = ds_findings_get(all, i);
    if (g_strcmp0(finding->subject, field->name) == 0 && finding->kind != DS_FINDING_MISSING)
      ds_findings_add(own, finding->kind, finding->code, NULL, finding->text);
  }
  ds_face_show_findings(own);
  *wrong = ds_findings_has_kind(own, DS_FINDING_INVALID);
  return TRUE;
}

/* A wrong answer is said and asked for again; an empty one keeps what is there. FALSE at the end of
 * input, or with @error. */
static gboolean
ask_field(const Page *page, const DsField *field, GError **error)
{
  g_autofree char *prompt = prompt_for(field);
  gboolean wrong = TRUE;

  if (!show_text(page, field, error))
    return FALSE;
  show_options(field->options);
  while (wrong) {
    g_autoptr(DsView) view = ds_unit_case_view(page->unit, page->case_id, error);
    if (view == NULL)
      return FALSE;
    g_autofree char *old = ds_case_field_text(field, ds_view_field(view, field->name));
    g_autofree char *answer = ask(prompt, old);
    if (answer == NULL)
      return FALSE;
    if (*answer == '\0')
      return TRUE;
    g_autofree char *value = value_of(field, answer);
    if (!ds_unit_case_set(page->unit, page->case_id, field->name, value, error) ||
        !judge_field(page, field, &wrong, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
ask_fields(const Page *page, gboolean required, gboolean optional, GError **error)
{
  const DsPluginInfo *info = page->entry->info;

  for (guint i = 0; i < info->fields->len; i++) {
    const DsField *field = g_ptr_array_index(info->fields, i);
    gboolean asked = FALSE;
    if (!(field->required != NULL ? required : optional) ||
        ds_unit_field_is_noted(info, field->name))
      continue;
    if (!is_asked(page, field->when, &asked, error) || (asked && !ask_field(page, field, error)))
      return FALSE;
  }
  return TRUE;
}

/* A wrong file is said and asked for again; only the end of input stops. *@added tells a file from
 * an empty answer. */
static gboolean
ask_file(const Page *page, const DsCaptureWhat *what, gboolean *added, GError **error)
{
  *added = FALSE;
  for (;;) {
    g_autoptr(DsFindings) findings = ds_findings_new();
    g_autofree char *path = ask(_("file (empty: none)"), NULL);
    GError *local = NULL;

    if (path == NULL || *path == '\0')
      return path != NULL;
    g_autofree char *id =
        ds_unit_capture_file(page->unit, page->case_id, what, path, findings, &local);
    if (id != NULL) {
      ds_face_show_findings(findings);
      *added = TRUE;
      return TRUE;
    }
    if (g_error_matches(local, DS_ERROR, DS_ERROR_NO_SPACE)) {
      g_propagate_error(error, local);
      return FALSE;
    }
    g_printerr("%s\n", local->message);
    g_clear_error(&local);
  }
}

/* One picture, or, where there are kinds, as many as the officer names. */
static gboolean
ask_slot(const Page *page, const DsSlotNeed *need, GError **error)
{
  DsCaptureWhat what = {.slot = need->slot};
  gboolean added = FALSE;

  g_print("%s\n", ds_text_pick(&need->title));
  if (need->kinds->len == 0)
    return ask_file(page, &what, &added, error);
  show_options(need->kinds);
  for (;;) {
    g_autofree char *kind = ask(_("which one (empty: no more)"), NULL);
    if (kind == NULL || *kind == '\0')
      return kind != NULL;
    what.kind = kind;
    if (!ask_file(page, &what, &added, error))
      return FALSE;
  }
}

/* What the rules miss that @info's step collects: documents, of which the step itself cannot know.
 * (transfer full) */
static DsFindings *
wanted_by_rules(const DsCaseCheck *check, const DsPluginInfo *info)
{
  const DsFindings *all = check->decision->findings;
  DsFindings *wanted = ds_findings_new();

  for (guint i = 0; i < ds_findings_count(all); i++) {
    const DsFinding *finding = ds_findings_get(all, i);
    if (finding->kind == DS_FINDING_MISSING && ds_unit_step_collects(info, finding) &&
        !ds_unit_finding_is_unentered(finding))
      ds_findings_add(wanted, finding->kind, finding->code, NULL, finding->text);
  }
  return wanted;
}

/* What is wrong so far and what the rules want. What is only not there yet is asked at once. */
static void
show_state(const DsCaseCheck *check, const DsCaseStep *step, const DsPluginInfo *info)
{
  g_autoptr(DsFindings) shown = wanted_by_rules(check, info);

  for (guint i = 0; i < ds_findings_count(step->findings); i++) {
    const DsFinding *finding = ds_findings_get(step->findings, i);
    if (finding->kind != DS_FINDING_MISSING)
      ds_findings_add(shown, finding->kind, finding->code, finding->subject, finding->text);
  }
  g_print("\n— %s —\n", step->title);
  ds_face_show_findings(shown);
}

/* What must be answered, then the pictures, then remarks: a reason for keeping a picture is asked
 * after the picture. */
static gboolean
ask_step(DsUnit *unit, const char *case_id, const DsCaseCheck *check, const DsCaseStep *step,
         GError **error)
{
  Page page = {.unit = unit, .case_id = case_id};
  page.entry = ds_registry_find(ds_unit_plugins(unit), step->id, DS_PLUGIN_STEP, error);
  if (page.entry == NULL)
    return FALSE;
  const GPtrArray *slots = page.entry->info->slots;

  show_state(check, step, page.entry->info);
  if (!ask_fields(&page, TRUE, slots->len == 0, error))
    return FALSE;
  for (guint i = 0; i < slots->len; i++) {
    const DsSlotNeed *need = g_ptr_array_index(slots, i);
    gboolean asked = FALSE;
    if (!is_asked(&page, need->when, &asked, error) || (asked && !ask_slot(&page, need, error)))
      return FALSE;
  }
  return slots->len == 0 || ask_fields(&page, FALSE, TRUE, error);
}

/* The first step from @from that still wants something, or may be filled in and was not looked at;
 * NULL when none does. (transfer none) */
static const DsCaseStep *
next_open(const DsCaseCheck *check, guint *from)
{
  for (; *from < check->steps->len; (*from)++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, *from);
    if (step->progress == DS_PROGRESS_OPEN ||
        (step->untouched && step->progress != DS_PROGRESS_WAITS))
      return step;
  }
  return NULL;
}

gboolean
ds_interview(DsUnit *unit, const char *case_id, GError **error)
{
  g_print(_("Case %s. Every answer is saved at once; end of input stops.\n"), case_id);
  for (guint at = 0;; at++) {
    GError *local = NULL;
    g_autoptr(DsCaseCheck) check = ds_unit_case_check(unit, case_id, error);
    if (check == NULL)
      return FALSE;
    const DsCaseStep *step = next_open(check, &at);
    if (step == NULL) {
      g_print("\n%s\n", ds_case_complete_text(check));
      ds_face_show_findings(check->findings);
      if (check->complete)
        g_print(_("Next: doorstep case seal %s\n"), case_id);
      else
        g_print(_("To go on with what is open: doorstep case take %s\n"), case_id);
      return TRUE;
    }
    if (!ask_step(unit, case_id, check, step, &local)) {
      if (local == NULL)
        return TRUE;
      g_propagate_error(error, local);
      return FALSE;
    }
  }
}
