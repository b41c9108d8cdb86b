/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/case-print.h"

#include "cli/unit/duty-print.h"
#include "cli/unit/trip-print.h"
#include "unit/answer.h"
#include "unit/check.h"
#include "unit/service.h"
#include "unit/trip-report.h"

void
ds_case_print_id(DsFace *face, const char *id)
{
  if (!face->json) {
    g_print("%s\n", id);
    return;
  }
  JsonBuilder *builder = json_builder_new();
  json_builder_begin_object(builder);
  ds_face_member(builder, "case", id);
  json_builder_end_object(builder);
  ds_face_print(builder);
}

void
ds_case_print_part(DsFace *face, const char *id, const DsFindings *findings)
{
  if (!face->json) {
    g_print(_("%s is saved\n"), id);
    ds_face_show_findings(findings);
    return;
  }
  JsonBuilder *builder = json_builder_new();
  json_builder_begin_object(builder);
  ds_face_member(builder, "part", id);
  ds_face_findings(builder, "findings", findings);
  json_builder_end_object(builder);
  ds_face_print(builder);
}

void
ds_case_print_sealed(DsFace *face, const char *id, const DsDigest *bundle)
{
  char hex[DS_DIGEST_HEX_SIZE];

  ds_digest_to_hex(bundle, hex);
  if (!face->json) {
    g_print(_("%s is sealed as %.16s…\n"), id, hex);
    return;
  }
  JsonBuilder *builder = json_builder_new();
  json_builder_begin_object(builder);
  ds_face_member(builder, "case", id);
  ds_face_member(builder, "bundle", hex);
  json_builder_end_object(builder);
  ds_face_print(builder);
}

static void
case_json(JsonBuilder *builder, const DsVaultCase *of)
{
  ds_face_member(builder, "case", of->id);
  ds_face_member(builder, "trip", of->trip);
  json_builder_set_member_name(builder, "row");
  json_builder_add_int_value(builder, of->roster_row);
  ds_face_member(builder, "service", of->service);
  ds_face_member(builder, "state", ds_case_state_word(of->state));
  ds_face_member(builder, "decision", ds_case_state_word(of->decision));
  json_builder_set_member_name(builder, "version");
  json_builder_add_int_value(builder, of->version);
  ds_face_member(builder, "name", of->name);
  ds_face_member(builder, "number", of->number);
  ds_face_member(builder, "pack", of->pack);
  ds_face_member(builder, "day", of->day);
}

char *
ds_case_state_text(const DsVaultCase *of)
{
  gboolean alone = of->state < DS_CASE_SEALED || of->state > DS_CASE_QUARANTINED ||
                   (of->decision != DS_CASE_WITHDRAWN && of->decision != DS_CASE_REFUSED &&
                    of->decision != DS_CASE_PENDING_IDENTIFICATION);

  return alone ? g_strdup(ds_case_state_title(of->state))
               : g_strdup_printf("%s, %s", ds_case_state_title(of->decision),
                                 ds_case_state_title(of->state));
}

static void
print_line(const DsVaultCase *of)
{
  g_autofree char *text = ds_case_state_text(of);
  g_autofree char *state = ds_print_column(text, 30);

  g_print("%s  v%u  %s %s\n", of->id, of->version, state, of->name != NULL ? of->name : "-");
}

void
ds_case_print_list(DsFace *face, GPtrArray *cases)
{
  JsonBuilder *builder = NULL;

  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; i < cases->len; i++) {
    const DsVaultCase *of = g_ptr_array_index(cases, i);
    if (builder == NULL) {
      print_line(of);
      continue;
    }
    json_builder_begin_object(builder);
    case_json(builder, of);
    json_builder_end_object(builder);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
}

/* ---- case check ---- */

static const char *
progress_mark(DsStepProgress progress)
{
  switch (progress) {
  case DS_PROGRESS_DONE:
    return "✓";
  case DS_PROGRESS_OPEN:
    return "…";
  case DS_PROGRESS_WAITS:
    return "?";
  case DS_PROGRESS_NOT_NEEDED:
    return "-";
  }
  return " ";
}

const char *
ds_case_complete_text(const DsCaseCheck *check)
{
  if (ds_case_check_is_pending(check))
    return _("complete but for the identity, which the station confirms (容缺); can be sealed");
  if (ds_findings_has_kind(check->findings, DS_FINDING_REFUSE))
    return _("the rules give a reason to refuse it");
  return check->complete ? _("complete, can be sealed") : _("not complete");
}

static void
check_json(const DsCaseCheck *check, const char *id)
{
  JsonBuilder *builder = json_builder_new();

  json_builder_begin_object(builder);
  ds_face_member(builder, "case", id);
  json_builder_set_member_name(builder, "complete");
  json_builder_add_boolean_value(builder, check->complete);
  json_builder_set_member_name(builder, "pending-identification");
  json_builder_add_boolean_value(builder, ds_case_check_is_pending(check));
  json_builder_set_member_name(builder, "steps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < check->steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "step", step->id);
    ds_face_member(builder, "title", step->title);
    ds_face_member(builder, "progress", ds_step_progress_word(step->progress));
    ds_face_member(builder, "why", step->why);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  ds_face_findings(builder, "findings", check->findings);
  json_builder_set_member_name(builder, "decision");
  json_builder_add_value(builder, ds_policy_explain_json(check->decision));
  json_builder_end_object(builder);
  ds_face_print(builder);
}

gboolean
ds_case_print_check(DsFace *face, const char *id, GError **error)
{
  g_autoptr(DsCaseCheck) check = ds_unit_case_check(face->unit, id, error);

  if (check == NULL)
    return FALSE;
  if (face->json) {
    check_json(check, id);
    return TRUE;
  }
  g_print("%s  %s\n", id, ds_case_complete_text(check));
  for (guint i = 0; i < check->steps->len; i++) {
    const DsCaseStep *step = g_ptr_array_index(check->steps, i);
    g_print(" %s %-16s %s\n", progress_mark(step->progress), step->title,
            step->progress == DS_PROGRESS_NOT_NEEDED && step->why != NULL ? step->why : "");
  }
  ds_face_show_findings(check->findings);
  return TRUE;
}

/* ---- case show ---- */

char *
ds_case_field_text(const DsField *field, const char *value)
{
  gint64 fen;

  return field != NULL && field->type == DS_FIELD_MONEY && ds_money_parse_fen(value, &fen)
             ? ds_money_format(fen)
             : g_strdup(value);
}

static void
parts_json(JsonBuilder *builder, const DsView *view)
{
  json_builder_set_member_name(builder, "parts");
  json_builder_begin_array(builder);
  for (guint i = 0; i < ds_view_part_count(view); i++) {
    const DsPart *part = ds_view_part(view, i);
    json_builder_begin_object(builder);
    ds_face_member(builder, "id", part->id);
    ds_face_member(builder, "slot", ds_slot_word(part->slot));
    ds_face_member(builder, "kind", part->kind);
    ds_face_member(builder, "type", part->media_type);
    json_builder_set_member_name(builder, "size");
    json_builder_add_int_value(builder, (gint64)part->size);
    ds_face_member(builder, "sha256", part->sha256);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void
answer_json(JsonBuilder *builder, GHashTable *answer)
{
  GHashTableIter iter;
  gpointer name, value;

  json_builder_set_member_name(builder, "answer");
  json_builder_begin_object(builder);
  g_hash_table_iter_init(&iter, answer);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_face_member(builder, name, value);
  json_builder_end_object(builder);
}

static void
whole_json(const DsVaultCase *of, const DsView *view, GHashTable *answer, const DsCaseDuty *duty)
{
  JsonBuilder *builder = json_builder_new();
  g_autoptr(GPtrArray) fields = ds_view_field_names(view);

  json_builder_begin_object(builder);
  case_json(builder, of);
  json_builder_set_member_name(builder, "fields");
  json_builder_begin_object(builder);
  for (guint i = 0; i < fields->len; i++) {
    const char *name = g_ptr_array_index(fields, i);
    ds_face_member(builder, name, ds_view_field(view, name));
  }
  json_builder_end_object(builder);
  parts_json(builder, view);
  answer_json(builder, answer);
  if (duty != NULL) {
    json_builder_set_member_name(builder, "duty");
    ds_duty_json(builder, duty);
  }
  json_builder_end_object(builder);
  ds_face_print(builder);
}

static void
whole_text(DsUnit *unit, const DsVaultCase *of, const DsView *view, GHashTable *answer,
           const DsCaseDuty *duty)
{
  g_autofree char *state = ds_case_state_text(of);
  g_autoptr(GPtrArray) fields = ds_view_field_names(view);
  GHashTableIter iter;
  gpointer name, value;

  g_print("%s  v%u  %s\n", of->id, of->version, state);
  for (guint i = 0; i < fields->len; i++) {
    const char *field = g_ptr_array_index(fields, i);
    g_autofree char *shown = ds_case_field_text(
        ds_unit_service_field(unit, of->service, field, NULL), ds_view_field(view, field));
    g_print("  %-34s %s\n", field, shown);
  }
  for (guint i = 0; i < ds_view_part_count(view); i++) {
    const DsPart *part = ds_view_part(view, i);
    g_autofree char *size = g_format_size(part->size);
    g_print("  %-16s %-22s %-12s %s\n", part->id, part->kind, part->media_type, size);
  }
  g_hash_table_iter_init(&iter, answer);
  while (g_hash_table_iter_next(&iter, &name, &value))
    g_print(_("  the station says: %s = %s\n"), (char *)name, (char *)value);
  if (duty != NULL)
    ds_duty_print(unit, duty);
}

gboolean
ds_case_print_whole(DsFace *face, const char *id, GError **error)
{
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(face->unit), id, error);
  g_autoptr(DsView) view = of != NULL ? ds_unit_case_view(face->unit, id, error) : NULL;
  g_autoptr(GHashTable) answer = view != NULL ? ds_unit_case_answer(face->unit, id, error) : NULL;

  DsCaseDuty *found = NULL;
  if (answer == NULL || !ds_unit_case_duty(face->unit, of, &found, error))
    return FALSE;
  g_autoptr(DsCaseDuty) duty = found;
  if (face->json)
    whole_json(of, view, answer, duty);
  else
    whole_text(face->unit, of, view, answer, duty);
  return TRUE;
}
