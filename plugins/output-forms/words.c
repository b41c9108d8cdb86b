/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "words.h"

#include <string.h>

typedef struct {
  const char *value, *word;
} Word;

typedef struct {
  const char *field;
  const Word *words;
} Choice;

static const Word SEX[] = {{"1", "男"}, {"2", "女"}, {NULL, NULL}};
static const Word ETHNIC[] = {{"01", "汉族"},       {"02", "蒙古族"},
                              {"03", "回族"},       {"04", "藏族"},
                              {"05", "维吾尔族"},   {"06", "苗族"},
                              {"07", "彝族"},       {"08", "壮族"},
                              {"09", "布依族"},     {"10", "朝鲜族"},
                              {"11", "满族"},       {"12", "侗族"},
                              {"13", "瑶族"},       {"14", "白族"},
                              {"15", "土家族"},     {"16", "哈尼族"},
                              {"17", "哈萨克族"},   {"18", "傣族"},
                              {"19", "黎族"},       {"20", "傈僳族"},
                              {"21", "佤族"},       {"22", "畲族"},
                              {"23", "高山族"},     {"24", "拉祜族"},
                              {"25", "水族"},       {"26", "东乡族"},
                              {"27", "纳西族"},     {"28", "景颇族"},
                              {"29", "柯尔克孜族"}, {"30", "土族"},
                              {"31", "达斡尔族"},   {"32", "仫佬族"},
                              {"33", "羌族"},       {"34", "布朗族"},
                              {"35", "撒拉族"},     {"36", "毛南族"},
                              {"37", "仡佬族"},     {"38", "锡伯族"},
                              {"39", "阿昌族"},     {"40", "普米族"},
                              {"41", "塔吉克族"},   {"42", "怒族"},
                              {"43", "乌孜别克族"}, {"44", "俄罗斯族"},
                              {"45", "鄂温克族"},   {"46", "德昂族"},
                              {"47", "保安族"},     {"48", "裕固族"},
                              {"49", "京族"},       {"50", "塔塔尔族"},
                              {"51", "独龙族"},     {"52", "鄂伦春族"},
                              {"53", "赫哲族"},     {"54", "门巴族"},
                              {"55", "珞巴族"},     {"56", "基诺族"},
                              {"97", "其他"},       {"98", "外国血统中国籍人士"},
                              {NULL, NULL}};
static const Word REASON[] = {{"first-under-16", "未满16周岁申请领取居民身份证"},
                              {"first-from-16", "年满16周岁申请领取居民身份证"},
                              {NULL, NULL}};
static const Word RELATION[] = {{"father", "父亲"},
                                {"mother", "母亲"},
                                {"grandparent", "祖父母、外祖父母"},
                                {"adoptive-parent", "养父母"},
                                {"institution", "监护机构"},
                                {"other", "其他监护人"},
                                {NULL, NULL}};
static const Word BASIS[] = {
    {"work", "合法稳定就业"}, {"study", "合法稳定就学"}, {"live", "合法稳定居住"}, {NULL, NULL}};
static const Word PROOF[] = {{"work-contract", "就业证明"},
                             {"school-certificate", "就学证明"},
                             {"residence-permit", "居住证"},
                             {"residence-registration", "居住登记"},
                             {"lease", "房屋租赁合同"},
                             {"other", "其他证明"},
                             {NULL, NULL}};
static const Word PERSON[] = {{"applicant", "申请人"}, {"guardian", "监护人"}, {NULL, NULL}};
static const Word DELIVERY[] = {
    {"self", "本人领取"}, {"relative", "亲属代领"}, {"post", "邮政寄递"}, {NULL, NULL}};
static const Word FINGER[] = {{"11", "右手拇指"}, {"12", "右手食指"}, {"13", "右手中指"},
                              {"14", "右手环指"}, {"15", "右手小指"}, {"16", "左手拇指"},
                              {"17", "左手食指"}, {"18", "左手中指"}, {"19", "左手环指"},
                              {"20", "左手小指"}, {NULL, NULL}};
static const Word DOCUMENT[] = {{"household-register", "居民户口簿"},
                                {"guardian-id-card", "监护人居民身份证"},
                                {"birth-certificate", "出生医学证明"},
                                {"marriage-certificate", "结婚证"},
                                {"adoption-certificate", "收养登记证"},
                                {"proof-of-work", "就业证明"},
                                {"proof-of-study", "就学证明"},
                                {"proof-of-residence", "居住证明"},
                                {"residence-permit", "居住证"},
                                {"other", "其他材料"},
                                {NULL, NULL}};

/* Fields whose findings speak of "the number", "the name", "the address". */
static const Word SUBJECT[] = {
    {"applicant.name", "申请人姓名"},           {"applicant.birth", "申请人出生日期"},
    {"applicant.number", "申请人公民身份号码"}, {"applicant.address", "常住户口所在地住址"},
    {"residence.address", "现居住地住址"},      {"guardian.name", "监护人姓名"},
    {"guardian.number", "监护人证件号码"},      {"delivery.recipient", "收件人姓名"},
    {"delivery.address", "邮寄地址"},           {"fingerprint.1.position", "指纹一"},
    {"fingerprint.1.result", "指纹一"},         {"fingerprint.1.reason", "指纹一"},
    {"fingerprint.2.position", "指纹二"},       {"fingerprint.2.result", "指纹二"},
    {"fingerprint.2.reason", "指纹二"},         {NULL, NULL}};

static const Choice CHOICES[] = {
    {"applicant.sex", SEX},
    {"applicant.ethnic", ETHNIC},
    {"application.reason", REASON},
    {"guardian.relation", RELATION},
    {"residence.basis", BASIS},
    {"residence.proof", PROOF},
    {"residence.holder", PERSON},
    {"commitment.signer", PERSON},
    {"delivery.mode", DELIVERY},
    {"fingerprint.1.position", FINGER},
    {"fingerprint.2.position", FINGER},
};

static const char *
find(const Word *words, const char *value)
{
  for (; words->value != NULL; words++)
    if (g_str_equal(words->value, value))
      return words->word;
  return value;
}

const char *
words_field(const DsView *view, const char *field)
{
  const char *value = ds_view_field(view, field);

  return value != NULL ? value : "";
}

const char *
words_fact(const DsView *view, const char *fact)
{
  const char *value = ds_view_fact(view, fact);

  return value != NULL ? value : "";
}

const char *
words_of(const DsView *view, const char *field)
{
  const char *value = words_field(view, field);

  for (guint i = 0; i < G_N_ELEMENTS(CHOICES); i++)
    if (g_str_equal(CHOICES[i].field, field))
      return find(CHOICES[i].words, value);
  return value;
}

char *
words_day_of(const char *time)
{
  g_autoptr(GDateTime) moment = time != NULL ? g_date_time_new_from_iso8601(time, NULL) : NULL;
  g_autoptr(GTimeZone) china = g_time_zone_new_offset(8 * 3600);
  g_autoptr(GDateTime) local = NULL;

  if (moment == NULL)
    return g_strdup("");
  local = g_date_time_to_timezone(moment, china);
  return g_strdup_printf("%d年%d月%d日", g_date_time_get_year(local), g_date_time_get_month(local),
                         g_date_time_get_day_of_month(local));
}

char *
words_date(const char *date)
{
  g_autofree char *time = date != NULL ? g_strconcat(date, "T00:00:00+08:00", NULL) : NULL;

  return words_day_of(time);
}

char *
words_number(const char *number)
{
  return g_ascii_strup(number, -1);
}

char *
words_masked(const char *number)
{
  char *masked = words_number(number);

  for (gsize i = 6, size = strlen(masked); i < 14 && i < size; i++)
    masked[i] = '*';
  return masked;
}

char *
words_delivery(const DsView *view)
{
  const char *mode = words_field(view, "delivery.mode");
  GString *text = g_string_new(NULL);

  for (const Word *word = DELIVERY; word->value != NULL; word++)
    g_string_append_printf(text, "%s%s%s", text->len > 0 ? "　" : "",
                           g_str_equal(word->value, mode) ? "■" : "□", word->word);
  return g_string_free(text, FALSE);
}

static const char *
row_field(const DsView *view, guint row, const char *word)
{
  g_autofree char *name = g_strdup_printf("fingerprint.%u.%s", row, word);

  return words_of(view, name);
}

char *
words_registered(const DsView *view)
{
  GString *text = g_string_new(NULL);
  guint number = 0;

  for (guint row = 1; row <= 2; row++) {
    if (!g_str_equal(row_field(view, row, "result"), "registered"))
      continue;
    g_string_append_printf(text, "%s%u、%s", number > 0 ? "　　" : "", number + 1,
                           row_field(view, row, "position"));
    number++;
  }
  return g_string_free(text, FALSE);
}

static void
append_unregistered(GString *text, const DsView *view, const char *result, const char *word)
{
  gboolean any = FALSE;

  for (guint row = 1; row <= 2; row++) {
    const char *position = row_field(view, row, "position");
    const char *reason = row_field(view, row, "reason");

    if (!g_str_equal(row_field(view, row, "result"), result))
      continue;
    g_string_append_printf(text, "%s%s%s%s", any ? "；" : "■", any ? "" : word, any ? "" : "：",
                           *position != '\0' ? position : (row == 1 ? "指纹一" : "指纹二"));
    if (*reason != '\0')
      g_string_append_printf(text, "（%s）", reason);
    any = TRUE;
  }
  if (!any)
    g_string_append_printf(text, "□%s", word);
}

char *
words_unregistered(const DsView *view)
{
  GString *text = g_string_new(NULL);

  append_unregistered(text, view, "failed", "注册失败");
  g_string_append(text, "　　");
  append_unregistered(text, view, "not-registered", "未注册");
  return g_string_free(text, FALSE);
}

const char *
words_subject(const char *subject)
{
  const char *word = subject != NULL ? find(SUBJECT, subject) : NULL;

  return word != subject ? word : NULL;
}

char *
words_documents(const DsView *view)
{
  GString *text = g_string_new(NULL);

  for (const Word *word = DOCUMENT; word->value != NULL; word++) {
    g_autofree char *field = g_strdup_printf("document.%s.sighted", word->value);

    if (ds_view_field_is_true(view, field) ||
        ds_view_count_parts(view, DS_SLOT_DOCUMENT, word->value) > 0)
      g_string_append_printf(text, "%s%s", text->len > 0 ? "、" : "", word->word);
  }
  return g_string_free(text, FALSE);
}
