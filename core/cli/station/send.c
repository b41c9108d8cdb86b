/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dispatch, publish */
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/station/verb.h"
#include "station/dispatch.h"
#include "station/statements.h"

typedef struct {
  char *unit;
  char *trip;
  char *name;
  char *day;
  char *jurisdiction;
  char *region;
  char *police_station;
  char *police_bureau;
  char *roster;
  char *schemas;
  char **officers;
  gboolean skip_bad;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->unit);
  g_free(self->trip);
  g_free(self->name);
  g_free(self->day);
  g_free(self->jurisdiction);
  g_free(self->region);
  g_free(self->police_station);
  g_free(self->police_bureau);
  g_free(self->roster);
  g_free(self->schemas);
  g_strfreev(self->officers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static const char *
schemas_of(const Options *options)
{
  return options->schemas != NULL ? options->schemas : ds_verb_schemas();
}

/* Notes and problems go to stderr: stdout belongs to the answer. */
static DsRoster *
read_roster(const Options *options, GError **error)
{
  g_autofree char *dir = g_build_filename(schemas_of(options), "tables", NULL);
  g_autoptr(DsTables) tables = ds_tables_load(dir, error);
  GDate today;

  if (tables == NULL)
    return NULL;
  ds_clock_day(ds_clock_now().wall_us, &today);
  g_autoptr(DsRoster) roster = ds_roster_read_file(options->roster, &today, tables, error);
  if (roster == NULL)
    return NULL;
  for (const char *const *note = ds_roster_notes(roster); *note != NULL; note++)
    fprintf(stderr, "%s: %s: %s\n", PROGRAM, options->roster, *note);
  if (!options->skip_bad)
    return ds_roster_require_clean(roster, error) ? g_steal_pointer(&roster) : NULL;
  for (guint i = 0; i < ds_roster_problem_count(roster); i++)
    fprintf(stderr, _("%s: left out: %s\n"), PROGRAM, ds_roster_problem(roster, i)->text);
  return g_steal_pointer(&roster);
}

static gboolean
fill_order(const Options *options, const DsRoster *roster, DsDispatchOrder *order, GError **error)
{
  *order = (DsDispatchOrder){.unit = options->unit,
                             .trip_id = options->trip,
                             .trip_name = options->name,
                             .jurisdiction = options->jurisdiction,
                             .region = options->region,
                             .police_station = options->police_station,
                             .police_bureau = options->police_bureau,
                             .officers = (const char *const *)options->officers,
                             .schemas = schemas_of(options),
                             .roster = roster};
  if (ds_date_parse(&order->trip_day, options->day))
    return TRUE;
  g_set_error(error, DS_ERROR, DS_ERROR_INVALID, _("--day \"%s\" is no date such as 2026-09-01"),
              options->day);
  return FALSE;
}

static void
print_trip(DsVerb *self, const DsDispatchOrder *order, const char *trip)
{
  guint rows = order->roster != NULL ? ds_roster_row_count(order->roster) : 0;

  if (!self->json) {
    printf(_("trip %s with %u people put into the outbox of %s\n"), trip, rows, order->unit);
    return;
  }
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();
  json_node_take_object(node, object);
  json_object_set_string_member(object, "trip", trip);
  json_object_set_string_member(object, "unit", order->unit);
  json_object_set_int_member(object, "people", rows);
  json_object_set_int_member(object, "left-out",
                             order->roster != NULL ? ds_roster_problem_count(order->roster) : 0);
  ds_cli_print_json(node);
}

static gboolean
dispatch(DsVerb *self, const Options *options, GError **error)
{
  g_autoptr(DsRoster) roster = NULL;
  DsDispatchOrder order;

  if (options->roster != NULL && (roster = read_roster(options, error)) == NULL)
    return FALSE;
  if (!fill_order(options, roster, &order, error) || !ds_verb_open_unlocked(self, error))
    return FALSE;
  g_autofree char *trip = ds_station_dispatch(self->station, &order, error);
  if (trip == NULL)
    return FALSE;
  print_trip(self, &order, trip);
  return TRUE;
}

int
ds_verb_dispatch(DsVerb *self, int argc, char **argv)
{
  g_auto(Options) options = {0};
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"unit", 0, 0, G_OPTION_ARG_STRING, &options.unit, N_("who goes out"), N_("UNIT")},
      {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_("what the trip is called"), N_("NAME")},
      {"day", 0, 0, G_OPTION_ARG_STRING, &options.day, N_("day of the trip"), N_("YYYY-MM-DD")},
      {"jurisdiction", 0, 0, G_OPTION_ARG_STRING, &options.jurisdiction, N_("whose rules apply"),
       N_("NAME")},
      {"region", 0, 0, G_OPTION_ARG_STRING, &options.region, N_("where the trip accepts"),
       N_("6 DIGITS")},
      {"police-station", 0, 0, G_OPTION_ARG_STRING, &options.police_station,
       N_("the accepting police station, by name"), N_("NAME")},
      {"police-bureau", 0, 0, G_OPTION_ARG_STRING, &options.police_bureau,
       N_("the bureau it belongs to, an id of tables/police-units"), N_("ID")},
      {"roster", 0, 0, G_OPTION_ARG_FILENAME, &options.roster, N_("people: CSV or JSON"),
       N_("FILE")},
      {"skip-bad", 0, 0, G_OPTION_ARG_NONE, &options.skip_bad,
       N_("leave out rows with problems instead of sending nothing"), NULL},
      {"officer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.officers,
       N_("who may take cases, again for more (everybody)"), N_("NUMBER")},
      {"trip", 0, 0, G_OPTION_ARG_STRING, &options.trip, N_("the trip's id (made up)"), N_("ID")},
      {"schemas", 0, 0, G_OPTION_ARG_FILENAME, &options.schemas, N_("folder of the rules"),
       N_("DIR")},
      {NULL},
  };

  if (!ds_verb_parse(
          self, "",
          N_("Example:\n  doorstep-station dispatch --home /srv/station --unit unit-7 \\\n"
             "    --name 红谷滩小学 --day 2026-09-01 --jurisdiction jiangxi --region 360111 "
             "\\\n    --roster class-3.csv"),
          own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (options.unit == NULL || options.name == NULL || options.day == NULL ||
      options.jurisdiction == NULL || options.region == NULL)
    return ds_cli_usage(PROGRAM, "%s",
                        _("dispatch needs --unit, --name, --day, --jurisdiction and --region"));
  dispatch(self, &options, &error);
  return ds_verb_end(self, error);
}

int
ds_verb_publish(DsVerb *self, int argc, char **argv)
{
  g_autofree char *unit = NULL;
  gint64 from = 1;
  guint published = 0;
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"again", 0, 0, G_OPTION_ARG_STRING, &unit,
       N_("send UNIT its statements and the directory again"), N_("UNIT")},
      {"from", 0, 0, G_OPTION_ARG_INT64, &from, N_("with --again: from statement SEQ on (1)"),
       N_("SEQ")},
      {NULL},
  };

  if (!ds_verb_parse(self, "",
                     N_("Examples:\n  doorstep-station publish --home /srv/station\n"
                        "  doorstep-station publish --home /srv/station --again unit-7 --from 120"),
                     own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  if (from < 1)
    return ds_cli_usage(PROGRAM, "%s", _("--from counts from 1"));
  if (!ds_verb_open(self, &error) ||
      (unit != NULL && !ds_station_publish_again(self->station, unit, (guint64)from, &error)) ||
      !ds_station_publish(self->station, &published, &error))
    return ds_verb_end(self, error);
  if (self->json) {
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, json_object_new());
    json_object_set_int_member(json_node_get_object(node), "published", published);
    ds_cli_print_json(node);
  } else {
    printf(_("%u messages put into outboxes\n"), published);
  }
  return ds_verb_end(self, NULL);
}
