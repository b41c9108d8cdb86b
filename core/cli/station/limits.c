/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* limits */
#include "station/limits.h"

#include <stdio.h>
#include <string.h>

#include "cli/station/verb.h"

/* "500M", "8G", "1048576". */
static gboolean
parse_size(const char *text, guint64 *bytes)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  guint64 value = g_ascii_strtoull(text, &end, 10);
  const char *unit = *end != '\0' ? strchr(units, g_ascii_toupper(*end)) : NULL;
  const guint shift = unit != NULL ? 10u * (guint)(unit - units + 1) : 0;

  if (!g_ascii_isdigit(text[0]) || (*end != '\0' && (unit == NULL || end[1] != '\0')) ||
      value == 0 || value > ((guint64)G_MAXINT64 >> shift))
    return FALSE;
  *bytes = value << shift;
  return TRUE;
}

static void
print_limits(DsVerb *self, const char *unit)
{
  DsUnitLimits limits = ds_limits_of(ds_station_settings(self->station), unit);
  g_autofree char *quota = ds_limits_size_text(limits.quota);
  g_autofree char *largest = ds_limits_size_text(limits.bundle_max);

  if (!self->json) {
    printf(_("unit %s may have %s waiting here, one bundle %s\n"), unit, quota, largest);
    return;
  }
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();
  json_node_take_object(node, object);
  json_object_set_string_member(object, "unit", unit);
  json_object_set_int_member(object, "quota", (gint64)limits.quota);
  json_object_set_int_member(object, "bundle-max", (gint64)limits.bundle_max);
  ds_cli_print_json(node);
}

int
ds_verb_limits(DsVerb *self, int argc, char **argv)
{
  g_autofree char *quota = NULL, *largest = NULL;
  DsUnitLimits limits = {0};
  g_autoptr(GError) error = NULL;
  const GOptionEntry own[] = {
      {"quota", 0, 0, G_OPTION_ARG_STRING, &quota, N_("what may wait in the unit's repository"),
       N_("SIZE")},
      {"bundle-max", 0, 0, G_OPTION_ARG_STRING, &largest, N_("what one bundle may have"),
       N_("SIZE")},
      {NULL},
  };

  if (!ds_verb_parse(self, N_("[UNIT]"),
                     N_("Without UNIT: for every unit that has no limits of its own. SIZE is a "
                        "number of bytes, or such as 500M or 8G.\n\nExample:\n"
                        "  doorstep-station limits --home /srv/station unit-7 --quota 4G"),
                     own, 0, 1, &argc, &argv))
    return DS_EXIT_USAGE;
  if ((quota != NULL && !parse_size(quota, &limits.quota)) ||
      (largest != NULL && !parse_size(largest, &limits.bundle_max)))
    return ds_cli_usage(PROGRAM, "%s", _("a size is a number such as 500M or 8G"));
  const char *unit = argc > 1 ? argv[1] : NULL;
  if (!ds_verb_open(self, &error) || (limits.quota + limits.bundle_max > 0 &&
                                      !ds_station_set_limits(self->station, unit, &limits, &error)))
    return ds_verb_end(self, error);
  print_limits(self, unit != NULL ? unit : "*");
  return ds_verb_end(self, NULL);
}
