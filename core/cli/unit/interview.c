/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/interview.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/unit/face.h"
#include "policy/logic.h"
#include "unit/capture.h"
#include "unit/check.h"

/* One line from the terminal; NULL at the end of input. (transfer full) */
static char *
ask(const char *prompt, const char *old)
{
  char line[4096];

  if (old != NULL)
    g_print("%s [%s]: ", prompt, old);
  else
    g_print("%s: ", prompt);
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL)
    return NULL;
  return g_strdup(g_strstrip(line));
}

static gboolean
is_asked(JsonNode *when, DsFacts *facts, GError **error, gboolean *asked)
{
  DsTruth truth = DS_TRUTH_TRUE;

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

/* FALSE at the end of input, or with @error. */
static gboolean
ask_field(DsUnit *unit, const char *case_id, const DsField *field, const DsView *view,
          GError **error)
{
  show_options(field->options);
  g_autofree char *answer = ask(ds_text_pick(&field->title), ds_view_field(view, field->name));
  if (answer == NULL)
    return FALSE;
  if (*answer == '\0')
    return TRUE;
  return ds_unit_case_set(unit, case_id, field->name, g_str_equal(answer, "-") ? NULL : answer,
                          error);
}

/* A wrong file is said and asked for again; only the end of input stops. */
static gboolean
ask_part(DsUnit *unit, const char *case_id, const DsSlotNeed *need, GError **error)
{
  g_autofree char *kind = NULL;

  if (need->kinds->len > 0) {
    show_options(need->kinds);
    kind = ask(_("which one (empty: none)"), NULL);
    if (kind == NULL || *kind == '\0')
      return kind != NULL;
  }
  for (;;) {
    g_autoptr(DsFindings) findings = ds_findings_new();
    g_autofree char *path = ask(_("file (empty: none)"), NULL);
    GError *local = NULL;

    if (path == NULL || *path == '\0')
      return path != NULL;
    DsCaptureWhat what = {.slot = need->slot, .kind = kind};
    g_autofree char *id = ds_unit_capture_file(unit, case_id, &what, path, findings, &local);
    if (id != NULL) {
      ds_face_show_findings(findings);
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

static gboolean
ask_step(DsUnit *unit, const char *case_id, const DsCaseStep *step, GError **error)
{
  const DsPluginEntry *entry =
      ds_registry_find(ds_unit_plugins(unit), step->id, DS_PLUGIN_STEP, error);
  if (entry == NULL)
    return FALSE;

  g_print("\n— %s —\n", step->title);
  ds_face_show_findings(step->findings);
  for (guint i = 0; i < entry->info->fields->len; i++) {
    const DsField *field = g_ptr_array_index(entry->info->fields, i);
    g_autoptr(DsView) view = ds_unit_case_view(unit, case_id, error);
    g_autoptr(DsFacts) facts = view != NULL ? ds_policy_facts(ds_unit_policy(unit), view) : NULL;
    gboolean asked = FALSE;
    if (facts == NULL || !is_asked(field->when, facts, error, &asked))
      return FALSE;
    if (asked && !ask_field(unit, case_id, field, view, error))
      return FALSE;
  }
  for (guint i = 0; i < entry->info->slots->len; i++)
    if (!ask_part(unit, case_id, g_ptr_array_index(entry->info->slots, i), error))
      return FALSE;
  return TRUE;
}

/* The first step from @from that is still open; NULL when none is. (transfer none) */
static const DsCaseStep *
next_open(const DsCaseCheck *check, guint *from)
{
  for (; *from < check->steps->len; (*from)++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, *from);
    if (step->progress == DS_PROGRESS_OPEN)
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
      g_print("%s\n", check->complete ? _("complete, can be sealed") : _("not complete"));
      ds_face_show_findings(check->findings);
      return TRUE;
    }
    if (!ask_step(unit, case_id, step, &local)) {
      if (local == NULL)
        return TRUE;
      g_propagate_error(error, local);
      return FALSE;
    }
  }
}
