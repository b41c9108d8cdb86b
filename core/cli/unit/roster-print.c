/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/unit/roster-print.h"

#include "base/clock.h"
#include "cli/common/terminal.h"
#include "cli/unit/case-print.h"
#include "vault/case.h"
#include "vault/trip.h"

#define UTC_OFFSET_SECONDS (8 * 60 * 60)

static const char *
field_of(const DsVaultRosterRow *row, const char *name)
{
  return g_hash_table_lookup(row->fields, name);
}

/* The case made from @row; NULL when none was. (transfer full) */
static DsVaultCase *
case_of(DsFace *face, const DsVaultRosterRow *row)
{
  return row->case_id != NULL ? ds_vault_case(ds_unit_vault(face->unit), row->case_id, NULL) : NULL;
}

/* ---- for programs ---- */

static void
row_json(JsonBuilder *builder, const DsVaultRosterRow *row, const DsVaultCase *of)
{
  GHashTableIter iter;
  gpointer name, value;

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "row");
  json_builder_add_int_value(builder, row->row);
  ds_face_member(builder, "case", row->case_id);
  ds_face_member(builder, "state", of != NULL ? ds_case_state_word(of->state) : NULL);
  ds_face_member(builder, "decision", of != NULL ? ds_case_state_word(of->decision) : NULL);
  json_builder_set_member_name(builder, "fields");
  json_builder_begin_object(builder);
  g_hash_table_iter_init(&iter, row->fields);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_face_member(builder, name, value);
  json_builder_end_object(builder);
  json_builder_end_object(builder);
}

/* ---- for people ---- */

static void
class_text(const DsVaultRosterRow *row, const char *state)
{
  const char *name = field_of(row, "applicant.name");
  const char *class = field_of(row, "roster.class");

  g_print("%4u  %-10s %-12s %s %s\n", row->row, class != NULL ? class : "",
          name != NULL ? name : "", row->case_id != NULL ? row->case_id : "-",
          state != NULL ? state : "");
}

/* "11-23 09:30", as the clock on the wall there says; what is no time stays as it is. (transfer
 * full) */
static char *
clock_text(const char *at)
{
  g_autoptr(GDateTime) time = at != NULL ? g_date_time_new_from_iso8601(at, NULL) : NULL;

  if (time == NULL)
    return ds_cli_printable(at != NULL ? at : "-");
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(UTC_OFFSET_SECONDS);
  g_autoptr(GDateTime) here = g_date_time_to_timezone(time, zone);
  return g_date_time_format(here, "%m-%d %H:%M");
}

/* The title of a choice in the plugin that asks for it, else the value. (transfer full) */
static char *
choice_text(DsFace *face, const char *step, const char *name, const char *value)
{
  const DsPluginEntry *entry =
      ds_registry_find(ds_unit_plugins(face->unit), step, DS_PLUGIN_STEP, NULL);
  const DsField *field = entry != NULL ? ds_plugin_info_field(entry->info, name) : NULL;

  for (guint i = 0; field != NULL && value != NULL && i < field->options->len; i++) {
    const DsOption *option = g_ptr_array_index(field->options, i);
    if (g_str_equal(option->value, value))
      return g_strdup(ds_text_pick(&option->title));
  }
  return ds_cli_printable(value != NULL ? value : "-");
}

static char *
plain_text(const DsVaultRosterRow *row, const char *name)
{
  const char *value = field_of(row, name);

  return ds_cli_printable(value != NULL ? value : "-");
}

/* Two lines a visit: who and where it stands, then how to get there. */
static void
visit_text(DsFace *face, const DsVaultRosterRow *row, const char *state)
{
  g_autofree char *at = clock_text(field_of(row, "appointment.at"));
  g_autofree char *name = plain_text(row, "applicant.name");
  g_autofree char *phone = plain_text(row, "contact.phone");
  g_autofree char *address = plain_text(row, "appointment.address");
  g_autofree char *reason = choice_text(face, "step-eligibility", "application.reason",
                                        field_of(row, "application.reason"));
  g_autofree char *hardship = choice_text(face, "step-appointment", "appointment.hardship",
                                          field_of(row, "appointment.hardship"));

  g_print("%4u  %-11s  %s  %s  %s  %s %s\n", row->row, at, name, reason, hardship,
          row->case_id != NULL ? row->case_id : "-", state != NULL ? state : "");
  g_print("      %s  %s\n", address, phone);
}

static gint
compare_visits(gconstpointer a, gconstpointer b)
{
  const DsVaultRosterRow *one = *(const DsVaultRosterRow *const *)a;
  const DsVaultRosterRow *two = *(const DsVaultRosterRow *const *)b;
  const char *first = field_of(one, "appointment.at"), *second = field_of(two, "appointment.at");
  gint64 x = first != NULL ? ds_clock_parse(first) : G_MAXINT64;
  gint64 y = second != NULL ? ds_clock_parse(second) : G_MAXINT64;

  if (x != y)
    return x < y ? -1 : 1;
  return one->row < two->row ? -1 : one->row > two->row;
}

static gboolean
is_visit(const DsVaultRosterRow *row)
{
  return field_of(row, "appointment.at") != NULL || field_of(row, "appointment.address") != NULL;
}

void
ds_roster_print(DsFace *face, JsonBuilder *builder, GPtrArray *rows)
{
  g_autoptr(GPtrArray) order = g_ptr_array_new();
  gboolean visits = FALSE;

  for (guint i = 0; i < rows->len; i++) {
    g_ptr_array_add(order, g_ptr_array_index(rows, i));
    visits = visits || is_visit(g_ptr_array_index(rows, i));
  }
  if (visits && builder == NULL)
    g_ptr_array_sort(order, compare_visits);
  for (guint i = 0; i < order->len; i++) {
    const DsVaultRosterRow *row = g_ptr_array_index(order, i);
    g_autoptr(DsVaultCase) of = case_of(face, row);
    g_autofree char *state = of != NULL ? ds_case_state_text(of) : NULL;
    if (builder != NULL)
      row_json(builder, row, of);
    else if (visits)
      visit_text(face, row, state);
    else
      class_text(row, state);
  }
}
