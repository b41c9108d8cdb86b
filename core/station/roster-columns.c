/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "station/roster-columns.h"

#include <string.h>

static const struct {
  const char *heading;
  const char *field;
} headings[] = {
    {"姓名", "applicant.name"},
    {"学生姓名", "applicant.name"},
    {"性别", "applicant.sex"},
    {"民族", "applicant.ethnic"},
    {"民族代码", "applicant.ethnic"},
    {"出生日期", "applicant.birth"},
    {"公民身份号码", "applicant.number"},
    {"身份证号", "applicant.number"},
    {"身份证号码", "applicant.number"},
    {"常住户口所在地住址", "applicant.address"},
    {"户籍地址", "applicant.address"},
    {"户口地址", "applicant.address"},
    {"现居住地住址", "residence.address"},
    {"现住址", "residence.address"},
    {"联系电话", "contact.phone"},
    {"监护人姓名", "guardian.name"},
    {"监护人公民身份号码", "guardian.number"},
    {"监护人身份证号", "guardian.number"},
    {"监护人身份证号码", "guardian.number"},
    {"监护人关系", "guardian.relation"},
    {"与监护人关系", "guardian.relation"},
    {"监护人电话", "guardian.phone"},
    {"申领原因", "application.reason"},
    {"缓急", "application.urgency"},
    {"户籍地派出所", "applicant.police-station"},
    {"户籍地公安分局", "applicant.police-bureau"},
    {"困难原因", "appointment.hardship"},
    {"困难情况", "appointment.hardship-detail"},
    {"预约日期", "appointment.requested-on"},
    {"预约时间", "appointment.at"},
    {"上门时间", "appointment.at"},
    {"上门地址", "appointment.address"},
    {"电话", "contact.phone"},
    {"name", "applicant.name"},
    {"sex", "applicant.sex"},
    {"ethnic group", "applicant.ethnic"},
    {"birth date", "applicant.birth"},
    {"citizen number", "applicant.number"},
    {"registered address", "applicant.address"},
    {"phone", "contact.phone"},
    {"reason", "application.reason"},
    {"urgency", "application.urgency"},
    {"hardship", "appointment.hardship"},
    {"hardship in words", "appointment.hardship-detail"},
    {"asked for on", "appointment.requested-on"},
    {"visit at", "appointment.at"},
    {"visit address", "appointment.address"},
    {"remark", "roster.remark"},
    {"学校", "roster.school"},
    {"年级", "roster.grade"},
    {"班级", "roster.class"},
    {"备注", "roster.remark"},
};

static const struct {
  const char *field;
  const char *word;
  const char *value;
} words[] = {
    {"applicant.sex", "男", "1"},
    {"applicant.sex", "女", "2"},
    {"guardian.relation", "父", "father"},
    {"guardian.relation", "父亲", "father"},
    {"guardian.relation", "母", "mother"},
    {"guardian.relation", "母亲", "mother"},
    {"guardian.relation", "其他", "other"},
    {"application.reason", "期满换领", "expired"},
    {"application.reason", "损坏换领", "damaged"},
    {"application.reason", "丢失补领", "lost"},
    {"application.urgency", "普通", "normal"},
    {"application.urgency", "加快", "expedited"},
    {"appointment.hardship", "卧床", "bedridden"},
    {"appointment.hardship", "残疾", "disabled"},
    {"appointment.hardship", "高龄", "elderly"},
    {"appointment.hardship", "患病", "ill"},
    {"appointment.hardship", "偏远", "remote"},
    {"appointment.hardship", "其他", "other"},
};

static gboolean
is_field_name(const char *text)
{
  const char *at = text;
  gboolean dotted = FALSE, start = TRUE;

  for (; *at != '\0'; at++) {
    if (*at == '.' && !start) {
      dotted = start = TRUE;
      continue;
    }
    if (!(g_ascii_islower(*at) || (!start && (g_ascii_isdigit(*at) || *at == '-')) ||
          (dotted && g_ascii_isdigit(*at))))
      return FALSE;
    start = FALSE;
  }
  return dotted && !start && at - text <= 64;
}

char *
ds_roster_column_field(const char *heading)
{
  if (is_field_name(heading))
    return g_strdup(heading);
  for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
    if (strcmp(headings[i].heading, heading) == 0)
      return g_strdup(headings[i].field);
  return NULL;
}

const char *
ds_roster_column_value(const char *field, const char *value)
{
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (strcmp(words[i].field, field) == 0 && strcmp(words[i].word, value) == 0)
      return words[i].value;
  return value;
}
