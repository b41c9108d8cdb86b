/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/address.h"

#include <string.h>

typedef struct {
  const char *code;
  const char *name;  /* short name, also the beginning of the full one */
  const char *marks; /* one-character abbreviations in general use */
} Province;

/* GB/T 2260 province codes. Full names begin with the short ones. */
static const Province PROVINCES[] = {
    {"11", "北京", "京"},   {"12", "天津", "津"}, {"13", "河北", "冀"},   {"14", "山西", "晋"},
    {"15", "内蒙古", "蒙"}, {"21", "辽宁", "辽"}, {"22", "吉林", "吉"},   {"23", "黑龙江", "黑"},
    {"31", "上海", "沪申"}, {"32", "江苏", "苏"}, {"33", "浙江", "浙"},   {"34", "安徽", "皖"},
    {"35", "福建", "闽"},   {"36", "江西", "赣"}, {"37", "山东", "鲁"},   {"41", "河南", "豫"},
    {"42", "湖北", "鄂"},   {"43", "湖南", "湘"}, {"44", "广东", "粤"},   {"45", "广西", "桂"},
    {"46", "海南", "琼"},   {"50", "重庆", "渝"}, {"51", "四川", "川蜀"}, {"52", "贵州", "贵黔"},
    {"53", "云南", "云滇"}, {"54", "西藏", "藏"}, {"61", "陕西", "陕秦"}, {"62", "甘肃", "甘陇"},
    {"63", "青海", "青"},   {"64", "宁夏", "宁"}, {"65", "新疆", "新"},   {"71", "台湾", "台"},
};

/* Longer names of towns and prefectures that begin with an abbreviation without meaning it. */
static const char *const TOWNS[] = {
    "吉木乃",   "吉木萨尔", "台儿庄", "吉林市",   "湘西土家", "琼中黎族", "甘井子",
    "甘南藏族", "甘孜藏族", "苏家屯", "苏尼特",   "鄂伦春",   "鄂尔多斯", "鄂托克",
    "鄂温克",   "青云谱",   "青山湖", "青白江",   "青铜峡",   "黔东南",   "黔南布依",
    "黔西南",   "秦皇岛",   "海南州", "海南藏族",
};

static gboolean
begins_with_town(const char *address)
{
  for (guint i = 0; i < G_N_ELEMENTS(TOWNS); i++)
    if (g_str_has_prefix(address, TOWNS[i]))
      return TRUE;
  return FALSE;
}

/* "赣" before "南昌市" is an abbreviation, "赣" in "赣州市" is not: names of towns have at least
 * two characters before 市, 县, 区, 盟 or 旗. */
static gboolean
is_followed_by_town(const char *rest)
{
  guint characters = 0;

  for (const char *at = rest; *at != '\0'; at = g_utf8_next_char(at), characters++)
    if (g_utf8_strchr("市县区盟旗", -1, g_utf8_get_char(at)) != NULL)
      break;
  return characters >= 2;
}

static gboolean
begins_with_mark(const char *address, const char *marks)
{
  for (const char *mark = marks; *mark != '\0'; mark = g_utf8_next_char(mark))
    if (g_utf8_get_char(mark) == g_utf8_get_char(address))
      return is_followed_by_town(g_utf8_next_char(address));
  return FALSE;
}

const char *
ds_address_province(const char *address)
{
  if (*address == '\0' || begins_with_town(address))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(PROVINCES); i++)
    if (g_str_has_prefix(address, PROVINCES[i].name))
      return PROVINCES[i].code;
  for (guint i = 0; i < G_N_ELEMENTS(PROVINCES); i++)
    if (begins_with_mark(address, PROVINCES[i].marks))
      return PROVINCES[i].code;
  return NULL;
}

gboolean
ds_address_is_like_unit_name(const char *address)
{
  static const char *const ENDS[] = {
      "公司",   "集团",   "厂",     "大学",   "学院", "学校",   "中学",    "小学", "幼儿园",
      "医院",   "银行",   "局",     "中心",   "协会", "委员会", "政府",    "部队", "大队",
      "研究所", "研究院", "派出所", "福利院", "商行", "酒店",   "人才市场"};

  if (strstr(address, "号") != NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(ENDS); i++)
    if (g_str_has_suffix(address, ENDS[i]))
      return TRUE;
  return FALSE;
}
