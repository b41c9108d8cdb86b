/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trip list, trip show */
#include "cli/unit/face.h"

#include "cli/unit/duty-print.h"
#include "vault/case.h"
#include "vault/trip.h"

static void
trip_json(JsonBuilder *builder, const DsVaultTrip *trip)
{
  ds_face_member(builder, "id", trip->id);
  ds_face_member(builder, "name", trip->name);
  ds_face_member(builder, "day", trip->day);
  ds_face_member(builder, "jurisdiction", trip->jurisdiction);
  ds_face_member(builder, "region", trip->region);
  ds_face_member(builder, "state", trip->state == DS_TRIP_OPEN ? "open" : "closed");
}

static gboolean
run_list(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  g_autoptr(GPtrArray) trips = unit != NULL ? ds_vault_trips(ds_unit_vault(unit), error) : NULL;
  JsonBuilder *builder = NULL;

  if (trips == NULL)
    return FALSE;
  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_array(builder);
  }
  for (guint i = 0; i < trips->len; i++) {
    const DsVaultTrip *trip = g_ptr_array_index(trips, i);
    if (builder == NULL) {
      g_print("%s  %s  %s  (%s)\n", trip->id, trip->day, trip->name, trip->jurisdiction);
      continue;
    }
    json_builder_begin_object(builder);
    trip_json(builder, trip);
    json_builder_end_object(builder);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
  return TRUE;
}

static void
row_json(JsonBuilder *builder, const DsVaultRosterRow *row, const char *state)
{
  GHashTableIter iter;
  gpointer name, value;

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "row");
  json_builder_add_int_value(builder, row->row);
  ds_face_member(builder, "case", row->case_id);
  ds_face_member(builder, "state", state);
  json_builder_set_member_name(builder, "fields");
  json_builder_begin_object(builder);
  g_hash_table_iter_init(&iter, row->fields);
  while (g_hash_table_iter_next(&iter, &name, &value))
    ds_face_member(builder, name, value);
  json_builder_end_object(builder);
  json_builder_end_object(builder);
}

static void
row_text(const DsVaultRosterRow *row, const char *state)
{
  const char *name = g_hash_table_lookup(row->fields, "applicant.name");
  const char *class = g_hash_table_lookup(row->fields, "roster.class");

  g_print("%4u  %-10s %-12s %s %s\n", row->row, class != NULL ? class : "",
          name != NULL ? name : "", row->case_id != NULL ? row->case_id : "-",
          state != NULL ? state : "");
}

static gboolean
run_show(DsFace *face, char **args, GError **error)
{
  DsUnit *unit = ds_face_unit(face, error);
  DsVault *vault = unit != NULL ? ds_unit_vault(unit) : NULL;
  g_autoptr(DsVaultTrip) trip = vault != NULL ? ds_vault_trip(vault, args[0], error) : NULL;
  g_autoptr(GPtrArray) rows = trip != NULL ? ds_vault_roster(vault, args[0], error) : NULL;
  g_autoptr(JsonBuilder) builder = NULL;

  if (rows == NULL)
    return FALSE;
  if (face->json) {
    builder = json_builder_new();
    json_builder_begin_object(builder);
    trip_json(builder, trip);
    json_builder_set_member_name(builder, "roster");
    json_builder_begin_array(builder);
  } else {
    g_print("%s  %s  %s\n", trip->id, trip->day, trip->name);
  }
  for (guint i = 0; i < rows->len; i++) {
    const DsVaultRosterRow *row = g_ptr_array_index(rows, i);
    g_autoptr(DsVaultCase) of =
        row->case_id != NULL ? ds_vault_case(vault, row->case_id, NULL) : NULL;
    const char *state = of != NULL ? ds_case_state_word(of->state) : NULL;
    if (builder != NULL)
      row_json(builder, row, state);
    else
      row_text(row, state);
  }
  if (builder != NULL)
    json_builder_end_array(builder);
  if (!ds_duties_print(face, trip->id, builder, error))
    return FALSE;
  if (builder != NULL) {
    json_builder_end_object(builder);
    ds_face_print(g_steal_pointer(&builder));
  }
  return TRUE;
}

const DsCommand ds_commands_trip[] = {
    {"trip", "list", "", N_("the trips the station dispatched"), NULL, 0, 0, NULL, run_list},
    {"trip", "show", "TRIP", N_("a trip's roster and where each one stands"),
     "doorstep trip show school-3", 1, 1, NULL, run_show},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
