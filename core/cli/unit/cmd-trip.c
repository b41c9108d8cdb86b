/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trip list, trip show */
#include "cli/unit/face.h"

#include "cli/unit/duty-print.h"
#include "cli/unit/roster-print.h"
#include "unit/trip-end.h"
#include "vault/case.h"
#include "vault/trip.h"

/* Who alone changes its cases since it was handed over; NULL: the whole crew. (transfer full) */
static char *
officer_of(DsUnit *unit, const DsVaultTrip *trip)
{
  return ds_unit_trip_officer(unit, trip->id, NULL);
}

static void
trip_text(DsUnit *unit, const DsVaultTrip *trip, const char *more)
{
  g_autofree char *officer = officer_of(unit, trip);

  g_print("%s  %s  %s%s", trip->id, trip->day, trip->name, more);
  if (trip->state == DS_TRIP_CLOSED)
    g_print("  %s", _("(closed)"));
  if (officer != NULL)
    g_print(_("  officer %s"), officer);
  g_print("\n");
}

static void
trip_json(JsonBuilder *builder, DsUnit *unit, const DsVaultTrip *trip)
{
  g_autofree char *officer = officer_of(unit, trip);

  ds_face_member(builder, "id", trip->id);
  ds_face_member(builder, "name", trip->name);
  ds_face_member(builder, "day", trip->day);
  ds_face_member(builder, "jurisdiction", trip->jurisdiction);
  ds_face_member(builder, "region", trip->region);
  ds_face_member(builder, "state", trip->state == DS_TRIP_OPEN ? "open" : "closed");
  ds_face_member(builder, "officer", officer);
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
      g_autofree char *rules = g_strdup_printf("  (%s)", trip->jurisdiction);
      trip_text(unit, trip, rules);
      continue;
    }
    json_builder_begin_object(builder);
    trip_json(builder, unit, trip);
    json_builder_end_object(builder);
  }
  if (builder != NULL) {
    json_builder_end_array(builder);
    ds_face_print(builder);
  }
  return TRUE;
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
    trip_json(builder, unit, trip);
    json_builder_set_member_name(builder, "roster");
    json_builder_begin_array(builder);
  } else {
    trip_text(unit, trip, "");
  }
  ds_roster_print(face, builder, rows);
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
