/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/tables.h"

#include <string.h>

static DsTables *
tables(void)
{
  g_autofree char *dir =
      g_build_filename(g_getenv("DOORSTEP_SOURCE_DIR"), "schemas", "tables", NULL);
  g_autoptr(GError) error = NULL;
  DsTables *self = ds_tables_load(dir, &error);

  g_assert_no_error(error);
  return self;
}

static void
test_regions(void)
{
  g_autoptr(DsTables) self = tables();
  g_autofree char *path = ds_tables_region_path(self, "360702");
  g_autofree char *city = ds_tables_region_path(self, "110105");

  g_assert_cmpstr(path, ==, "江西省赣州市章贡区");
  g_assert_cmpstr(city, ==, "北京市朝阳区");
  g_assert_null(ds_tables_region_path(self, "990000"));
  g_assert_true(ds_tables_region_known(self, "370802", 0));
  g_assert_false(ds_tables_region_current(self, "370802")); /* 济宁市市中区, gone since 2013 */
  g_assert_true(ds_tables_region_known(self, "370802", 2000));
  g_assert_false(ds_tables_region_known(self, "370802", 2020));
  g_assert_cmpstr(ds_tables_region_name(self, "440524", 0), ==, "潮阳县");
  g_assert_true(ds_tables_region_current(self, "320682"));
  g_assert_false(ds_tables_region_known(self, "999999", 0));
  g_assert_false(ds_tables_region_known(self, "36", 0));
  g_assert_false(ds_tables_region_known(self, "", 0));
  g_assert_cmpstr(ds_tables_region_name(self, "360701", 0), ==, "市辖区"); /* in old numbers */
  g_assert_false(ds_tables_region_known(self, "997701", 0));
}

static void
test_addresses(void)
{
  static const char *const rows[][2] = {
      {"江西省赣州市章贡区文清路1号", "360702"},
      {"江西赣州市章贡区文清路1号", "360702"},
      {"赣赣州市章贡区文清路1号", "360702"},
      {"江西省赣州市某路1号", "360700"},
      {"江西省章贡区文清路1号", "360702"},
      {"江西省某地", "360000"},
      {"江西省南昌县莲塘镇1号", "360121"},
      {"北京市朝阳区建国路1号", "110105"},
      {"京朝阳区建国路1号", "110105"},
      {"重庆市渝中区1号", "500103"},
      {"广西壮族自治区南宁市青秀区1号", "450103"},
      {"内蒙古呼和浩特市新城区1号", "150102"},
      {"新疆维吾尔自治区石河子市1号", "659001"},
      {"吉林省吉林市船营区1号", "220204"},
      {"湖南省长沙市岳麓区1号", "430104"},
      /* short names that only look like a province */
      {"吉安市吉州区1号", NULL},
      {"新余市渝水区1号", NULL},
      {"赣州市章贡区1号", NULL},
      {"宁波市海曙区1号", NULL},
      {"吉林市船营区1号", NULL},
      /* what has become part of another */
      {"山东省济宁市市中区1号", "370811"},
      {"鲁济宁市兖州市1号", "370812"},
      {"山东省兖州市1号", "370812"},
      {"山东省济南市市中区1号", "370103"},
      {"山东省市中区1号", "370000"}, /* two of them are left */
      {"江西", NULL},
      {"江", NULL},
      {"", NULL},
      {"Jiangxi", NULL},
  };
  g_autoptr(DsTables) self = tables();

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *code = ds_tables_region_of_address(self, rows[i][0]);
    g_test_message("%s", rows[i][0]);
    g_assert_cmpstr(code, ==, rows[i][1]);
  }
}

static void
count_region(const char *code, const char *name, gpointer data)
{
  g_assert_true(g_str_has_prefix(code, "3607"));
  g_assert_nonnull(name);
  ++*(guint *)data;
}

static void
test_each(void)
{
  g_autoptr(DsTables) self = tables();
  guint count = 0;

  ds_tables_each_region(self, "3607", count_region, &count);
  g_assert_cmpuint(count, ==, 19); /* the city, 3 districts, 13 counties, 2 county cities */
}

static void
test_codes(void)
{
  g_autoptr(DsTables) self = tables();

  g_assert_cmpstr(ds_tables_ethnic_name(self, "01"), ==, "汉族");
  g_assert_cmpstr(ds_tables_ethnic_name(self, "36"), ==, "毛南族");
  g_assert_cmpstr(ds_tables_ethnic_name(self, "56"), ==, "基诺族");
  g_assert_cmpstr(ds_tables_ethnic_name(self, "97"), ==, "其他");
  g_assert_null(ds_tables_ethnic_name(self, "57"));
  g_assert_null(ds_tables_ethnic_name(self, "1"));
  g_assert_cmpstr(ds_tables_finger_name(self, "11"), ==, "右手拇指");
  g_assert_cmpstr(ds_tables_finger_hand(self, "16"), ==, "left");
  g_assert_null(ds_tables_finger_name(self, "21"));
  g_assert_null(ds_tables_finger_hand(self, ""));
}

static void
test_police_units(void)
{
  g_autoptr(DsTables) self = tables();

  g_assert_cmpstr(ds_tables_police_unit_name(self, "jining-beihu"), ==, "济宁市公安局北湖分局");
  g_assert_null(ds_tables_police_unit_name(self, "beihu"));
  g_assert_true(ds_tables_police_unit_reaches(self, "jining-jingkai", "370829"));
  g_assert_false(ds_tables_police_unit_reaches(self, "jining-jingkai", "370811"));
  g_assert_false(ds_tables_police_unit_reaches(self, "beihu", "370811"));
  g_assert_cmpstr(ds_tables_region_now(self, "370802"), ==, "370811");
  g_assert_cmpstr(ds_tables_region_now(self, "370811"), ==, "370811");
  g_assert_cmpstr(ds_tables_region_now(self, ""), ==, "");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tables/regions", test_regions);
  g_test_add_func("/tables/addresses", test_addresses);
  g_test_add_func("/tables/each", test_each);
  g_test_add_func("/tables/codes", test_codes);
  g_test_add_func("/tables/police-units", test_police_units);
  return g_test_run();
}
