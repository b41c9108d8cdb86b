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
                              {"expired", "有效期满换领居民身份证"},
                              {"damaged", "损坏换领居民身份证"},
                              {"lost", "丢失补领居民身份证"},
                              {NULL, NULL}};
static const Word SHORT_REASON[] = {{"first-under-16", "未满16周岁"},
                                    {"first-from-16", "年满16周岁"},
                                    {"expired", "期满换领"},
                                    {"damaged", "损坏换领"},
                                    {"lost", "丢失补领"},
                                    {NULL, NULL}};
static const Word SERVICE[] = {
    {"first-application", "首次申领"}, {"renewal-replacement", "换领补领"}, {NULL, NULL}};
static const Word URGENCY[] = {{"normal", "普通"}, {"expedited", "加快"}, {NULL, NULL}};
static const Word CATEGORY[] = {{"cross-province", "跨省异地"},
                                {"cross-prefecture", "省内跨地市异地"},
                                {"cross-county", "市内跨县区异地"},
                                {"cross-station", "县区内跨所异地"},
                                {"local", "户籍地本所"},
                                {NULL, NULL}};
static const Word METHOD[] = {
    {"cash", "现金"}, {"payment-code", "扫描支付码"}, {"exempt", "免收"}, {NULL, NULL}};
static const Word HARDSHIP[] = {{"bedridden", "卧床不起"},
                                {"disabled", "残疾"},
                                {"elderly", "年老体弱"},
                                {"ill", "患病"},
                                {"remote", "偏远、行动不便"},
                                {"other", "其他困难"},
                                {NULL, NULL}};
static const Word VERDICT[] = {
    {"same", "认定为本人"}, {"different", "认定不是本人"}, {"unsure", "不能确认"}, {NULL, NULL}};
static const Word TEMPORARY[] = {{"temporary-card", "临时居民身份证"},
                                 {"temporary-certificate", "《临时身份证明》"},
                                 {NULL, NULL}};
static const Word STATE[] = {{"draft", "采集中"},
                             {"awaiting-material", "待补材料"},
                             {"pending-identification", "容缺待核"},
                             {"refused", "不予受理"},
                             {"withdrawn", "已撤回"},
                             {"complete", "采集完成"},
                             {"sealed", "已封存"},
                             {"sent", "已发出"},
                             {"received", "已接收"},
                             {"verified", "已验证"},
                             {"durable", "已归档落盘"},
                             {"quarantined", "已隔离"},
                             {"duplicate", "重复"},
                             {"superseded", "已被替代"},
                             {"accepted", "已受理"},
                             {"returned", "已退回"},
                             {"refused-by-station", "受理单位不予受理"},
                             {"not-issued", "不予签发"},
                             {"in-production", "制证中"},
                             {"card-at-station", "证件到所"},
                             {"delivered", "已发放"},
                             {"holder-verified", "本人已核验"},
                             {"closed", "已办结"},
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
static const Word PERSON[] = {{"applicant", "申请人"},
                              {"guardian", "监护人"},
                              {"officer-on-behalf", "民警代签"},
                              {NULL, NULL}};
static const Word DELIVERY[] = {
    {"self", "本人领取"}, {"relative", "亲属代领"}, {"post", "邮政寄递"}, {NULL, NULL}};
static const Word FINGER[] = {{"11", "右手拇指"}, {"12", "右手食指"}, {"13", "右手中指"},
                              {"14", "右手环指"}, {"15", "右手小指"}, {"16", "左手拇指"},
                              {"17", "左手食指"}, {"18", "左手中指"}, {"19", "左手环指"},
                              {"20", "左手小指"}, {NULL, NULL}};
static const Word DOCUMENT[] = {{"household-register", "居民户口簿"},
                                {"resident-id-card", "居民身份证"},
                                {"driving-licence", "机动车驾驶证"},
                                {"passport", "护照"},
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
static const Word SUBJECT[] = {{"applicant.name", "申请人姓名"},
                               {"applicant.birth", "申请人出生日期"},
                               {"applicant.number", "申请人公民身份号码"},
                               {"applicant.address", "常住户口所在地住址"},
                               {"residence.address", "现居住地住址"},
                               {"guardian.name", "监护人姓名"},
                               {"guardian.number", "监护人证件号码"},
                               {"delivery.recipient", "收件人姓名"},
                               {"delivery.address", "邮寄地址"},
                               {"appointment.address", "上门地址"},
                               {"document.other.description", "其他证件名称"},
                               {"fingerprint.1.position", "指纹一"},
                               {"fingerprint.1.result", "指纹一"},
                               {"fingerprint.1.reason", "指纹一"},
                               {"fingerprint.2.position", "指纹二"},
                               {"fingerprint.2.result", "指纹二"},
                               {"fingerprint.2.reason", "指纹二"},
                               {NULL, NULL}};

static const Choice CHOICES[] = {
    {"applicant.sex", SEX},
    {"applicant.ethnic", ETHNIC},
    {"application.reason", REASON},
    {"application.urgency", URGENCY},
    {"application.category", CATEGORY},
    {"appointment.hardship", HARDSHIP},
    {"fee.method", METHOD},
    {"identification.verdict", VERDICT},
    {"temporary.wanted", TEMPORARY},
    {"signature.signer", PERSON},
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

gboolean
words_check_name(const DsView *view, GError **error)
{
  if (ds_view_field(view, "applicant.name") != NULL)
    return TRUE;
  g_set_error_literal(error, DS_ERROR, DS_ERROR_INVALID,
                      "applicant.name is missing: enter it before printing; a case whose data was "
                      "erased has no papers any more");
  return FALSE;
}

const char *
words_of(const DsView *view, const char *field)
{
  const char *given = ds_view_field(view, field);
  const char *value = given != NULL ? given : words_fact(view, field);

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
words_time(const char *time)
{
  g_autoptr(GDateTime) moment = time != NULL ? g_date_time_new_from_iso8601(time, NULL) : NULL;
  g_autoptr(GTimeZone) china = g_time_zone_new_offset(8 * 3600);
  g_autoptr(GDateTime) local = NULL;
  g_autofree char *day = words_day_of(time);

  if (moment == NULL)
    return g_strdup("");
  local = g_date_time_to_timezone(moment, china);
  return g_strdup_printf("%s %02d:%02d", day, g_date_time_get_hour(local),
                         g_date_time_get_minute(local));
}

const char *
words_state(const char *state)
{
  return find(STATE, state);
}

const char *const *
words_states(void)
{
  static const char *states[G_N_ELEMENTS(STATE)];

  for (guint i = 0; i < G_N_ELEMENTS(STATE); i++)
    states[i] = STATE[i].value;
  return states;
}

const char *
words_service(const char *service)
{
  return find(SERVICE, service);
}

const char *
words_short_reason(const char *reason)
{
  return find(SHORT_REASON, reason);
}

char *
words_asked(const DsView *view)
{
  const char *reason = words_of(view, "application.reason");
  gboolean urgent = g_str_equal(words_field(view, "application.urgency"), "expedited");

  if (g_str_has_prefix(words_field(view, "application.reason"), "first"))
    return g_strdup(reason);
  return g_strdup_printf("%s　（%s普通　%s加快）", reason, urgent ? "□" : "■", urgent ? "■" : "□");
}

char *
words_rule(const DsView *view, const char *prefix)
{
  static const char *const PARTS[] = {"document", "clause", "phrase"};
  const char *said[G_N_ELEMENTS(PARTS)];

  for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
    g_autofree char *name = g_strconcat(prefix, ".", PARTS[i], NULL);

    said[i] = words_fact(view, name);
  }
  if (*said[0] == '\0')
    return g_strdup("");
  return g_strdup_printf("《%s》%s“%s”", said[0], said[1], said[2]);
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

/* Ways the rules of the case do not know are left out; without rules all are there. */
static gboolean
is_offered(const DsView *view, const char *mode)
{
  const char *modes = ds_view_fact(view, "delivery.modes");
  g_auto(GStrv) offered = modes != NULL ? g_strsplit(modes, " ", -1) : NULL;

  return offered == NULL || g_strv_contains((const char *const *)offered, mode);
}

char *
words_delivery(const DsView *view)
{
  const char *mode = words_field(view, "delivery.mode");
  GString *text = g_string_new(NULL);

  for (const Word *word = DELIVERY; word->value != NULL; word++) {
    gboolean chosen = g_str_equal(word->value, mode);

    if (chosen || is_offered(view, word->value))
      g_string_append_printf(text, "%s%s%s", text->len > 0 ? "　" : "", chosen ? "■" : "□",
                             word->word);
  }
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

/* Another document is called what the officer called it. */
static const char *
document_word(const DsView *view, const Word *word)
{
  const char *given = ds_view_field(view, "document.other.description");

  return g_str_equal(word->value, "other") && given != NULL ? given : word->word;
}

char *
words_documents(const DsView *view)
{
  GString *text = g_string_new(NULL);

  for (const Word *word = DOCUMENT; word->value != NULL; word++) {
    g_autofree char *field = g_strdup_printf("document.%s.sighted", word->value);

    if (ds_view_field_is_true(view, field) ||
        ds_view_count_parts(view, DS_SLOT_DOCUMENT, word->value) > 0)
      g_string_append_printf(text, "%s%s", text->len > 0 ? "、" : "", document_word(view, word));
  }
  return g_string_free(text, FALSE);
}
