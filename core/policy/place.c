/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/place.h"

#include <string.h>

#include "policy/json.h"

char *
ds_place_level(const char *region, const char *level)
{
  gsize length = g_str_equal(level, "province") ? 2 : g_str_equal(level, "prefecture") ? 4 : 6;

  if (region == NULL || strlen(region) != 6 || strspn(region, "0123456789") != 6 ||
      strncmp(region + length - 2, "00", 2) == 0)
    return NULL;
  return g_strndup(region, length);
}

static const char *
region_now(const DsTables *tables, const DsPlace *place)
{
  return place->region != NULL ? ds_tables_region_now(tables, place->region) : NULL;
}

/* Two stations, or two branches, of one county. */
static const char *
category_within(const DsPlace *home, const DsPlace *here)
{
  if (home->bureau != NULL && here->bureau != NULL && !g_str_equal(home->bureau, here->bureau))
    return "cross-station";
  if (home->station == NULL || here->station == NULL)
    return NULL;
  return g_str_equal(home->station, here->station) ? "local" : "cross-station";
}

const char *
ds_place_category(const DsTables *tables, const DsPlace *home, const DsPlace *here)
{
  static const char *const levels[][2] = {{"province", "cross-province"},
                                          {"prefecture", "cross-prefecture"},
                                          {"county", "cross-county"}};

  for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
    g_autofree char *a = ds_place_level(region_now(tables, home), levels[i][0]);
    g_autofree char *b = ds_place_level(region_now(tables, here), levels[i][0]);
    if (a == NULL || b == NULL)
      return NULL;
    if (!g_str_equal(a, b))
      return levels[i][1];
  }
  return category_within(home, here);
}

/* ---- district groups ---- */

typedef enum { OUTSIDE, INSIDE, UNCLEAR } Membership;

static gboolean
lists(JsonArray *list, const char *text)
{
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++)
    if (g_str_equal(json_array_get_string_element(list, i), text))
      return TRUE;
  return FALSE;
}

/* Does a branch of the group reach into @county? */
static gboolean
reaches(const DsTables *tables, JsonArray *bureaus, const char *county)
{
  for (guint i = 0; bureaus != NULL && i < json_array_get_length(bureaus); i++)
    if (ds_tables_police_unit_reaches(tables, json_array_get_string_element(bureaus, i), county))
      return TRUE;
  return FALSE;
}

/* Is there a county of the group that begins with @prefix? */
static gboolean
has_prefix(JsonArray *counties, const char *prefix)
{
  for (guint i = 0; i < json_array_get_length(counties); i++)
    if (g_str_has_prefix(json_array_get_string_element(counties, i), prefix))
      return TRUE;
  return FALSE;
}

static Membership
membership(const DsTables *tables, JsonObject *group, const DsPlace *place)
{
  JsonArray *counties = ds_json_array(group, "counties"),
            *bureaus = ds_json_array(group, "bureaus");
  const char *region = region_now(tables, place);

  if (place->bureau != NULL && lists(bureaus, place->bureau))
    return INSIDE;
  if (region != NULL && lists(counties, region))
    return INSIDE;
  if (place->bureau != NULL && ds_tables_police_unit_name(tables, place->bureau) != NULL)
    return OUTSIDE;
  g_autofree char *county = ds_place_level(region, "county");
  g_autofree char *prefecture = ds_place_level(region, "prefecture");
  g_autofree char *province = ds_place_level(region, "province");
  if (county != NULL)
    return reaches(tables, bureaus, county) && place->bureau == NULL ? UNCLEAR : OUTSIDE;
  const char *known = prefecture != NULL ? prefecture : province;
  return known != NULL && !has_prefix(counties, known) ? OUTSIDE : UNCLEAR;
}

gboolean
ds_place_same_district(const DsTables *tables, JsonArray *districts, const DsPlace *home,
                       const DsPlace *here, gboolean *same)
{
  gboolean clear = TRUE;

  *same = FALSE;
  for (guint i = 0; districts != NULL && i < json_array_get_length(districts); i++) {
    JsonObject *group = json_array_get_object_element(districts, i);
    Membership a = membership(tables, group, home), b = membership(tables, group, here);
    if (a == INSIDE && b == INSIDE) {
      *same = TRUE;
      return TRUE;
    }
    if (a != OUTSIDE && b != OUTSIDE)
      clear = FALSE;
  }
  return clear;
}
