/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/duty-print.h"

#include "model/money.h"
#include "unit/trip-report.h"

static void
print_redo(DsUnit *unit, const DsCaseDuty *duty)
{
  g_autoptr(GString) steps = g_string_new(NULL);

  for (guint i = 0; duty->redo[i] != NULL; i++) {
    const DsPluginEntry *entry =
        ds_registry_find(ds_unit_plugins(unit), duty->redo[i], DS_PLUGIN_STEP, NULL);
    g_string_append_printf(steps, "%s%s", i > 0 ? ", " : "",
                           entry != NULL ? ds_text_pick(&entry->info->title) : duty->redo[i]);
  }
  if (steps->len > 0)
    g_print(_("    do again: %s\n"), steps->str);
  else
    g_print(_("    do again what is said here\n"));
}

void
ds_duty_print(DsUnit *unit, const DsCaseDuty *duty)
{
  const char *name = duty->name != NULL ? duty->name : "-";

  if (duty->due == NULL)
    g_print("  %s  %s  %s\n", duty->case_id, name, ds_case_state_title(duty->state));
  else
    g_print(duty->overdue ? _("  %s  %s  %s  due %s%s: OVERDUE\n") : _("  %s  %s  %s  due %s%s\n"),
            duty->case_id, name, ds_case_state_title(duty->state), duty->due,
            duty->due_provisional ? _(" (provisional)") : "");
  if (duty->redo != NULL)
    print_redo(unit, duty);
  if (duty->text != NULL)
    g_print("    %s\n", duty->text);
  if (duty->notify)
    g_print(_("    tell the person, then \"doorstep case notified\"\n"));
  if (duty->redirect != NULL)
    g_print("    %s\n", duty->redirect);
  if (duty->refund_fen > 0) {
    g_autofree char *yuan = ds_money_format(duty->refund_fen);
    g_print(_("    pay back %s yuan, then \"doorstep case refund\"\n"), yuan);
  }
  if (duty->refund_ask_fen > 0) {
    g_autofree char *yuan = ds_money_format(duty->refund_ask_fen);
    g_print(_("    ask a supervisor what of %s yuan is paid back, then \"doorstep case refund "
              "--decided-by\"\n"),
            yuan);
  }
}

static void
flag(JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, value);
}

void
ds_duty_json(JsonBuilder *builder, const DsCaseDuty *duty)
{
  json_builder_begin_object(builder);
  ds_face_member(builder, "case", duty->case_id);
  ds_face_member(builder, "name", duty->name);
  ds_face_member(builder, "state", ds_case_state_word(duty->state));
  json_builder_set_member_name(builder, "redo");
  json_builder_begin_array(builder);
  for (guint i = 0; duty->redo != NULL && duty->redo[i] != NULL; i++)
    json_builder_add_string_value(builder, duty->redo[i]);
  json_builder_end_array(builder);
  ds_face_member(builder, "text", duty->text);
  ds_face_member(builder, "redirect", duty->redirect);
  ds_face_member(builder, "due", duty->due);
  flag(builder, "provisional", duty->due_provisional);
  flag(builder, "overdue", duty->overdue);
  flag(builder, "notify", duty->notify);
  json_builder_set_member_name(builder, "refund");
  json_builder_add_int_value(builder, duty->refund_fen);
  json_builder_set_member_name(builder, "refund-ask");
  json_builder_add_int_value(builder, duty->refund_ask_fen);
  json_builder_end_object(builder);
}

gboolean
ds_duties_print(DsFace *face, const char *trip, JsonBuilder *builder, GError **error)
{
  g_autoptr(GPtrArray) duties = ds_unit_duties(face->unit, trip, error);

  if (duties == NULL)
    return FALSE;
  if (builder != NULL) {
    json_builder_set_member_name(builder, "duties");
    json_builder_begin_array(builder);
  } else if (duties->len > 0) {
    g_print("%s\n", _("To be done about cases that came back or ended:"));
  }
  for (guint i = 0; i < duties->len; i++) {
    if (builder != NULL)
      ds_duty_json(builder, g_ptr_array_index(duties, i));
    else
      ds_duty_print(face->unit, g_ptr_array_index(duties, i));
  }
  if (builder != NULL)
    json_builder_end_array(builder);
  return TRUE;
}
