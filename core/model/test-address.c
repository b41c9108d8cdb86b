/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/address.h"

static const struct {
  const char *address;
  const char *province;
} ROWS[] = {
    {"江西省赣州市章贡区红旗大道1号", "36"},
    {"江西赣州市章贡区红旗大道1号", "36"},
    {"赣南昌市东湖区八一大道2号", "36"},
    {"赣赣州市章贡区红旗大道1号", "36"},
    {"赣抚州市临川区", "36"},
    {"赣州市章贡区红旗大道1号", NULL},
    {"赣县区梅林镇", NULL},
    {"南昌市东湖区八一大道2号", NULL},
    {"章贡区红旗大道1号", NULL},
    {"内蒙古自治区呼和浩特市新城区", "15"},
    {"广西壮族自治区南宁市青秀区", "45"},
    {"宁夏回族自治区银川市", "64"},
    {"上海市浦东新区", "31"},
    {"沪浦东新区", "31"},
    {"京海淀区", "11"},
    {"鲁济宁市任城区", "37"},
    {"苏如皋市", "32"},
    {"苏州市姑苏区", NULL},
    {"苏家屯区", NULL},
    {"青岛市市南区", NULL},
    {"青海省西宁市", "63"},
    {"青云谱区洪都大道", NULL},
    {"青西宁市城中区", "63"},
    {"宁波市海曙区", NULL},
    {"吉林省吉林市船营区", "22"},
    {"吉林市船营区", NULL},
    {"吉安市吉州区", NULL},
    {"吉长春市朝阳区", "22"},
    {"新余市渝水区", NULL},
    {"新乌鲁木齐市天山区", "65"},
    {"贵溪市", NULL},
    {"贵阳市云岩区", NULL},
    {"贵贵阳市云岩区", "52"},
    {"黔贵阳市云岩区", "52"},
    {"海南藏族自治州共和县", NULL},
    {"海南省海口市", "46"},
    {"秦皇岛市", NULL},
    {"津市市", NULL},
    {"津和平区", "12"},
    {"陕西省西安市", "61"},
    {"陇西县", NULL},
    {"", NULL},
    {"Jiangxi", NULL},
    {"赣", NULL},
};

static void
test_province(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_test_message("%s", ROWS[i].address);
    g_assert_cmpstr(ds_address_province(ROWS[i].address), ==, ROWS[i].province);
  }
}

static void
test_unit_name(void)
{
  g_assert_true(ds_address_is_like_unit_name("江西省赣州市某某机械有限公司"));
  g_assert_true(ds_address_is_like_unit_name("江西理工大学"));
  g_assert_true(ds_address_is_like_unit_name("赣州市人才市场"));
  g_assert_false(ds_address_is_like_unit_name("江西省赣州市章贡区客家大道156号江西理工大学"));
  g_assert_false(ds_address_is_like_unit_name("江西省赣州市章贡区大公路"));
  g_assert_false(ds_address_is_like_unit_name(""));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/address/province", test_province);
  g_test_add_func("/address/unit-name", test_unit_name);
  return g_test_run();
}
