/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list, show */
#include "station/review.h"

#include <stdio.h>

#include "base/error.h"
#include "cli/common/terminal.h"
#include "cli/station/verb.h"
#include "model/money.h"
#include "station/handed.h"
#include "station/report.h"

static void
print_case_line(JsonObject *object)
{
  printf("%-32s %-18s %s  v%" G_GINT64_FORMAT "  %s  %s%s%s%s\n", ds_verb_text(object, "case"),
         ds_verb_text(object, "state"), ds_verb_text(object, "day"),
         json_object_get_int_member(object, "version"), ds_verb_text(object, "officer"),
         ds_verb_text(object, "name"),
         json_object_get_boolean_member(object, "duplicate") ? _("  duplicate!") : "",
         json_object_has_member(object, "due") ? _("  due ") : "", ds_verb_text(object, "due"));
}

static void
print_bundle_line(JsonObject *object)
{
  printf("%-16s %10" G_GINT64_FORMAT "  %-11s %.16s  %s  %s\n", ds_verb_text(object, "unit"),
         json_object_get_int_member(object, "seq"), ds_verb_text(object, "state"),
         ds_verb_text(object, "bundle"), ds_verb_text(object, "arrived"),
         ds_verb_text(object, "reason"));
}

static void
print_trip_line(JsonObject *object)
{
  printf("%-24s %-12s %s  %s → %s  %s\n", ds_verb_text(object, "trip"),
         ds_verb_text(object, "unit"), ds_verb_text(object, "at"), ds_verb_text(object, "from"),
         ds_verb_text(object, "to"), ds_verb_text(object, "name"));
}

typedef struct {
  gboolean (*open)(DsVerb *self, GError **error);
  JsonNode *(*read)(DsStation *self, const char *state, GError **error);
  void (*print)(JsonObject *object);
} Listing;

static JsonNode *
read_trips(DsStation *self, const char *state, GError **error)
{
  return ds_station_list_trips(self, error);
}

static const Listing cases = {ds_verb_open_unlocked, ds_station_list_cases, print_case_line};
static const Listing bundles = {ds_verb_open, ds_station_list_bundles, print_bundle_line};
static const Listing trips = {ds_verb_open_unlocked, read_trips, print_trip_line};

int
ds_verb_list(DsVerb *self, int argc, char **argv)
{
  g_autofree char *state = NULL;
  gboolean of_bundles = FALSE, of_trips = FALSE;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  const GOptionEntry own[] = {
      {"state", 0, 0, G_OPTION_ARG_STRING, &state, N_("only those in this state"), N_("STATE")},
      {"bundles", 0, 0, G_OPTION_ARG_NONE, &of_bundles,
       N_("bundles instead of cases; needs no passphrase"), NULL},
      {"trips", 0, 0, G_OPTION_ARG_NONE, &of_trips, N_("trips that changed hands instead of cases"),
       NULL},
      {NULL},
  };

  if (!ds_verb_parse(
          self, "",
          N_("States of cases: review, identification, accepted, returned, not-issued,\n"
             "refused-by-station, duplicate, refused, withdrawn.\nStates of bundles: received, "
             "verified, durable, quarantined.\n\n"
             "Examples:\n  doorstep-station list --home /srv/station --state review\n"
             "  doorstep-station list --home /srv/station --bundles --state quarantined"),
          own, 0, 0, &argc, &argv))
    return DS_EXIT_USAGE;
  const Listing *listing = of_bundles ? &bundles : of_trips ? &trips : &cases;
  if (!listing->open(self, &error))
    return ds_verb_end(self, error);
  node = listing->read(self->station, state, &error);
  if (node == NULL)
    return ds_verb_end(self, error);
  JsonArray *array = json_node_get_array(node);
  if (self->json)
    ds_cli_print_json(node);
  else
    ds_cli_make_printable(node);
  for (guint i = 0; !self->json && i < json_array_get_length(array); i++)
    listing->print(json_array_get_object_element(array, i));
  return ds_verb_end(self, NULL);
}

static void
print_texts(const char *title, JsonObject *texts)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  printf("\n%s\n", title);
  json_object_iter_init_ordered(&iter, texts);
  while (json_object_iter_next_ordered(&iter, &name, &value))
    printf("  %-36s %s\n", name, json_node_get_string(value));
}

static void
print_rows(const char *title, JsonArray *rows, const char *const *members)
{
  if (json_array_get_length(rows) == 0)
    return;
  printf("\n%s\n", title);
  for (guint i = 0; i < json_array_get_length(rows); i++) {
    JsonObject *row = json_array_get_object_element(rows, i);
    for (const char *const *member = members; *member != NULL; member++) {
      const char *text = ds_verb_text(row, *member);
      if (*text != '\0')
        printf("  %s", text);
    }
    printf("\n");
  }
}

/* One is no news. */
static void
print_versions(JsonArray *versions)
{
  if (json_array_get_length(versions) < 2)
    return;
  printf("\n%s\n", _("Versions"));
  for (guint i = 0; i < json_array_get_length(versions); i++) {
    JsonObject *version = json_array_get_object_element(versions, i);
    printf("  v%lld  %.16s  %s\n", (long long)json_object_get_int_member(version, "version"),
           ds_verb_text(version, "bundle"),
           json_object_get_boolean_member(version, "superseded") ? _("superseded") : "");
  }
}

static void
print_case(JsonObject *object)
{
  static const char *const parts[] = {"id", "slot", "kind", "media-type", "sha256", NULL};
  static const char *const findings[] = {"kind", "code", "subject", NULL};
  static const char *const decisions[] = {"at", "officer", "code", "subject", "reason", NULL};
  static const char *const history[] = {"at", "by", "event", "detail", NULL};

  print_case_line(object);
  print_texts(_("Fields"), json_object_get_object_member(object, "fields"));
  print_rows(_("Parts"), json_object_get_array_member(object, "parts"), parts);
  print_rows(_("Findings when sealed"), json_object_get_array_member(object, "findings"), findings);
  print_rows(_("Decided in the field"), json_object_get_array_member(object, "decisions"),
             decisions);
  print_versions(json_object_get_array_member(object, "versions"));
  print_rows(_("History"), json_object_get_array_member(object, "history"), history);
  JsonArray *others = json_object_get_array_member(object, "duplicates");
  for (guint i = 0; i < json_array_get_length(others); i++)
    printf(_("\nThe same person and service: %s\n"), json_array_get_string_element(others, i));
}

static void
print_handover(JsonObject *object)
{
  static const char *const receipts[] = {"series", "first", "last", NULL};
  static const char *const case_list[] = {"local-number", "state", "bundle", NULL};
  g_autofree char *cash = ds_money_format(json_object_get_int_member(object, "cash-fen"));
  g_autofree char *owed = ds_money_format(json_object_get_int_member(object, "refund-owed-fen"));

  print_trip_line(object);
  printf(_("  from %s %s to %s %s\n"), ds_verb_text(object, "from"),
         ds_verb_text(object, "from-name"), ds_verb_text(object, "to"),
         ds_verb_text(object, "to-name"));
  printf(_("  cash %s yuan, to be paid back %s yuan, old cards %lld\n"), cash, owed,
         (long long)json_object_get_int_member(object, "cards"));
  if (json_object_get_int_member(object, "clock-behind-seconds") > 0)
    printf("  %s\n", _("the unit's clock was behind when it was signed"));
  if (*ds_verb_text(object, "remark") != '\0')
    printf("  %s\n", ds_verb_text(object, "remark"));
  printf("  SHA-256 %s\n", ds_verb_text(object, "digest"));
  print_rows(_("Receipts"), json_object_get_array_member(object, "receipts"), receipts);
  print_rows(_("Cases"), json_object_get_array_member(object, "case-list"), case_list);
}

static void
print_trip(JsonObject *object)
{
  JsonArray *handovers = json_object_get_array_member(object, "handovers");

  for (guint i = 0; i < json_array_get_length(handovers); i++)
    print_handover(json_array_get_object_element(handovers, i));
}

/* A case, or else a trip of that name. */
static JsonNode *
find(DsVerb *self, const char *name, GError **error)
{
  GError *local = NULL;
  JsonNode *node = ds_station_show_case(self->station, name, &local);

  if (node == NULL && g_error_matches(local, DS_ERROR, DS_ERROR_NOT_FOUND)) {
    g_autoptr(GError) no_trip = NULL;
    node = ds_station_show_trip(self->station, name, &no_trip);
    if (node != NULL)
      g_clear_error(&local);
  }
  if (local != NULL)
    g_propagate_error(error, local);
  return node;
}

int
ds_verb_show(DsVerb *self, int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (!ds_verb_parse(self, N_("CASE | TRIP"),
                     N_("CASE is UNIT/LOCAL-NUMBER, or a local number or the first digits of a "
                        "bundle's id.\nTRIP is one that changed hands.\n\nExample:\n  "
                        "doorstep-station show --home /srv/station "
                        "unit-7/20260901-0003"),
                     NULL, 1, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if (!ds_verb_open_unlocked(self, &error))
    return ds_verb_end(self, error);
  g_autoptr(JsonNode) node = find(self, argv[1], &error);
  if (node != NULL && self->json) {
    ds_cli_print_json(node);
  } else if (node != NULL) {
    ds_cli_make_printable(node);
    JsonObject *object = json_node_get_object(node);
    (json_object_has_member(object, "handovers") ? print_trip : print_case)(object);
  }
  return ds_verb_end(self, error);
}
