/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/place.h"

#include "policy/json.h"

static DsTables *tables; /* once for all */

static void
test_level(void)
{
  static const char *const rows[][3] = {
      {"370811", "province", "37"},     {"370811", "prefecture", "3708"},
      {"370811", "county", "370811"},   {"370800", "county", NULL},
      {"370800", "prefecture", "3708"}, {"370000", "prefecture", NULL},
      {"37081", "province", NULL},      {"37081x", "province", NULL},
      {"", "province", NULL},           {NULL, "province", NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *found = ds_place_level(rows[i][0], rows[i][1]);
    g_assert_cmpstr(found, ==, rows[i][2]);
  }
}

static void
test_category(void)
{
  static const struct {
    DsPlace home, here;
    const char *category;
  } rows[] = {
      {{.region = "410100"}, {.region = "370811"}, "cross-province"},
      {{.region = "410000"}, {.region = "370000"}, "cross-province"},
      {{.region = "370200"}, {.region = "370811"}, "cross-prefecture"},
      {{.region = "370000"}, {.region = "370811"}, NULL},
      {{.region = "370827"}, {.region = "370811"}, "cross-county"},
      {{.region = "370800"}, {.region = "370811"}, NULL},
      {{.region = NULL}, {.region = "370811"}, NULL},
      {{.region = "370827"}, {.region = NULL}, NULL},
      {{.region = "370827"}, {.region = "37082"}, NULL},
      {{.region = "370811", .station = "甲"},
       {.region = "370811", .station = "乙"},
       "cross-station"},
      {{.region = "370811", .station = "甲"}, {.region = "370811", .station = "甲"}, "local"},
      {{.region = "370811", .station = "甲"}, {.region = "370811"}, NULL},
      {{.region = "370811"}, {.region = "370811", .station = "甲"}, NULL},
      {{.region = "370811", .bureau = "a"}, {.region = "370811", .bureau = "b"}, "cross-station"},
      {{.region = "370811", .bureau = "a"}, {.region = "370811", .bureau = "a"}, NULL},
      /* what 市中区 and 兖州市 have become */
      {{.region = "370802", .station = "甲"}, {.region = "370811", .station = "甲"}, "local"},
      {{.region = "370882"}, {.region = "370812"}, NULL},
      {{.region = "370882"}, {.region = "370811"}, "cross-county"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s to %s", rows[i].home.region, rows[i].here.region);
    g_assert_cmpstr(ds_place_category(tables, &rows[i].home, &rows[i].here), ==, rows[i].category);
  }
}

static void
test_district(void)
{
  static const struct {
    DsPlace home, here;
    int same; /* -1: cannot be said */
  } rows[] = {
      {{.region = "370811"}, {.region = "370812"}, 1},
      {{.region = "370802"}, {.region = "370882"}, 1},
      {{.region = "370811"}, {.region = "370827"}, 0},
      {{.region = "370827"}, {.region = "370827"}, 0},
      {{.region = "410000"}, {.region = "370811"}, 0},
      {{.region = "370000"}, {.region = "370811"}, -1},
      {{.region = "370800"}, {.region = "370811"}, -1},
      {{.region = "370800"}, {.region = "370827"}, 0},
      {{.region = NULL}, {.region = "370811"}, -1},
      /* a branch inside another county */
      {{.region = "370829"}, {.region = "370811"}, -1},
      {{.region = "370829", .bureau = "jining-jingkai"}, {.region = "370811"}, 1},
      {{.region = "370829", .bureau = "嘉祥县公安局"}, {.region = "370811"}, 0},
      {{.region = "370800", .bureau = "jining-gaoxin"}, {.region = "370812"}, 1},
      {{.region = "370811", .bureau = "jining-gaoxin"}, {.bureau = "jining-beihu"}, 1},
      {{.region = "370829"}, {.region = "370829"}, -1},
  };
  g_autoptr(JsonNode) groups = ds_json_parse(
      "[{\"id\":\"city\",\"counties\":[\"370811\",\"370812\"],\"bureaus\":[\"jining-gaoxin\","
      "\"jining-beihu\",\"jining-jingkai\"]}]",
      -1, "test", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    gboolean same;
    gboolean clear = ds_place_same_district(tables, json_node_get_array(groups), &rows[i].home,
                                            &rows[i].here, &same);
    g_test_message("%s %s to %s", rows[i].home.region, rows[i].home.bureau, rows[i].here.region);
    g_assert_cmpint(clear ? same : -1, ==, rows[i].same);
  }
}

static void
test_no_groups(void)
{
  DsPlace place = {.region = "370811"};
  gboolean same = TRUE;

  g_assert_true(ds_place_same_district(tables, NULL, &place, &place, &same));
  g_assert_false(same);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autofree char *dir =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", "tables", NULL);
  tables = ds_tables_load(dir, NULL);
  g_assert_nonnull(tables);
  g_test_add_func("/place/level", test_level);
  g_test_add_func("/place/category", test_category);
  g_test_add_func("/place/district", test_district);
  g_test_add_func("/place/no-groups", test_no_groups);
  int result = g_test_run();
  ds_tables_unref(tables);
  return result;
}
