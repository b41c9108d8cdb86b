/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers of a home visit: refusal, money, what to take along. */
#include <string.h>

#include "money.h"
#include "test-forms.h"
#include "test-pdf.h"

static DsView *
make_refused(void)
{
  DsView *view = forms_visit();

  forms_set_facts(view, "refusal.code", "J1", "refusal.by", "unit", "refusal.text",
                  "首次申领居民身份证的，不予异地受理。", "refusal.redirect",
                  "请到户籍所在地派出所办理。", "refusal.document", "异地申办工作规范",
                  "refusal.clause", "五（一）", "refusal.phrase", "首次申领居民身份证的", NULL);
  return view;
}

static void
test_refusal(void)
{
  g_autoptr(DsView) view = make_refused();
  g_autofree char *text = forms_read("refusal-notice", view);

  if (text == NULL)
    return;
  EXPECT_WORDS(text, "不予受理告知单", "孔令兰：", "2026年11月21日", "经现场查验",
               "有效期满换领居民身份证", "市内跨县区异地",
               "首次申领居民身份证的，不予异地受理。（J1）",
               "《异地申办工作规范》五（一）“首次申领居民身份证的”", "请到户籍所在地派出所办理。",
               "山东省济宁市鱼台县湖陵二路18号", "已收现金20.00元（票据37A2600123457）",
               "咨询电话：＿＿", "监督电话：＿＿", "由受理单位填写", "李卫东（370811023）",
               "被告知人（签名）", "古槐派出所", "rc-07-20261121-003");
  g_assert_null(strstr(text, ds_view_field(view, "applicant.number")));
}

static void
test_refusal_by_the_station(void)
{
  g_autoptr(DsView) view = make_refused();
  g_autofree char *text = NULL;

  forms_set_fields(view, "applicant.police-station", "谷亭派出所", NULL);
  forms_set_facts(view, "refusal.code", "J5", "refusal.by", "station", "refusal.day", "2026-11-24",
                  "refusal.explanation", "已核查", "refusal.clause", "五（五）", "refund.amount",
                  "2000", NULL);
  text = forms_read("refusal-notice", view);
  if (text != NULL)
    EXPECT_WORDS(text, "经受理单位审核", "五（五）", "已核查", "户籍地派出所：谷亭派出所",
                 "决定日期：2026年11月24日", "退还20.00元");
}

static void
test_refusal_code_reads_back(void)
{
  g_autoptr(DsView) view = make_refused();
  g_autoptr(GBytes) pdf = forms_render("refusal-notice", view, NULL);
  g_autofree char *code = pdf_read_code(pdf), *text = pdf_read_text(pdf);
  g_autofree char *other = NULL;

  if (code == NULL || text == NULL)
    return;
  g_assert_true(g_str_has_prefix(code, "rc-07-20261121-003/refusal-notice/"));
  g_assert_cmpuint(strlen(code), ==, strlen("rc-07-20261121-003/refusal-notice/") + 19);
  g_assert_nonnull(strstr(text, strrchr(code, '/') + 1)); /* in the foot too */
  forms_set_facts(view, "refusal.clause", "五（二）", NULL);
  g_bytes_unref(pdf);
  pdf = forms_render("refusal-notice", view, NULL);
  other = pdf_read_code(pdf);
  g_assert_cmpstr(code, !=, other); /* another content, another code */
}

/* R006: nobody is refused without a reason of the closed list, whatever the fields say. */
static void
test_no_refusal_without_a_clause(void)
{
  g_autoptr(DsView) view = forms_visit();

  ds_view_set_field(view, "refusal.reason", "no-residence-permit");
  forms_expect_error("refusal-notice", view, DS_ERROR_INVALID, "this case was not refused");
  ds_view_set_fact(view, "refusal.code", "no-residence-permit");
  forms_expect_error("refusal-notice", view, DS_ERROR_INVALID,
                     "no reason \"no-residence-permit\", and without its clause");
}

static void
test_cash_slip(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = forms_read("cash-slip", view);

  if (text == NULL)
    return;
  EXPECT_WORDS(text, "收款凭单", "孔庆水", "孔令兰", "人民币贰拾元整", "20.00元", "37A26",
               "00123457", "不是财政票据", "未收取其他任何费用", "缴款人联", "存档联",
               "《异地申办工作规范》七“收取工本费每证20元”", "有效期满换领居民身份证");
  g_assert_nonnull(strstr(strstr(text, "人民币贰拾元整") + 1, "人民币贰拾元整")); /* both halves */
}

static void
test_cash_slip_codes_agree(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autoptr(GBytes) pdf = forms_render("cash-slip", view, NULL);
  g_autofree char *codes = pdf_read_code(pdf);
  g_auto(GStrv) lines = codes != NULL ? g_strsplit(codes, "\n", -1) : NULL;

  if (lines == NULL)
    return;
  g_assert_cmpuint(g_strv_length(lines), ==, 2);
  g_assert_cmpstr(lines[0], ==, lines[1]);
  g_assert_true(g_str_has_prefix(lines[0], "rc-07-20261121-003/cash-slip/"));
}

static void
test_cash_slip_needs_the_truth(void)
{
  static const struct {
    const char *field, *value, *words;
  } CASES[] = {
      {"fee.method", "payment-code", "fee.method is \"payment-code\": a slip is written for cash"},
      {"fee.received", "3000", "fee.received is 3000 fen and fee.due is 2000 fen"},
      {"fee.received", NULL, "fee.received is missing"},
      {"fee.received", "0", "fee.received is missing"},
      {"fee.received", "-20", "fee.received is missing"},
      {"fee.receipt-series", NULL, "fee.receipt-series is missing"},
      {"fee.receipt-number", NULL, "fee.receipt-number is missing"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
    g_autoptr(DsView) view = forms_visit();

    ds_view_set_field(view, CASES[i].field, CASES[i].value);
    forms_expect_error("cash-slip", view, DS_ERROR_INVALID, CASES[i].words);
  }
}

static void
test_refund_slip(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = NULL;

  forms_expect_error("refund-slip", view, DS_ERROR_INVALID, "nobody has decided yet");
  forms_set_facts(view, "refund.amount", "2000", "refund.reason", "受理单位不予受理（J5）",
                  "refund.decided-by", "370811001", NULL);
  text = forms_read("refund-slip", view);
  if (text != NULL)
    EXPECT_WORDS(text, "退费单", "孔庆水", "受理单位不予受理（J5）", "人民币贰拾元整", "37A26",
                 "00123457", "370811001", "领款人（签名）", "退款人（签名）", "作废");
  ds_view_set_fact(view, "refund.amount", "2001");
  forms_expect_error("refund-slip", view, DS_ERROR_INVALID, "more than the cash taken");
  ds_view_set_fact(view, "refund.amount", "0");
  forms_expect_error("refund-slip", view, DS_ERROR_INVALID, "nothing is paid back");
}

static void
test_kit_list(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = forms_read("kit-list", view), *named = NULL;

  if (text == NULL)
    return;
  EXPECT_WORDS(text, "携带清单", "2026年11月21日09:30", "2026年11月18日", "孔令兰", "卧床",
               "不能下楼", "13805370001", "■梳妆镜", "□眼镜", "□深色衬衣", "20.00元", "□财政票据");
  forms_set_facts(view, "kit.1.title", "花镜", "kit.1.field", "appointment.kit-mirror",
                  "kit.2.title", "轮椅", NULL);
  named = forms_read("kit-list", view);
  EXPECT_WORDS(named, "■花镜", "□轮椅");
  g_assert_null(strstr(named, "梳妆镜"));
  ds_view_set_field(view, "appointment.at", NULL);
  forms_expect_error("kit-list", view, DS_ERROR_INVALID, "appointment.at is missing");
}

static void
test_registration(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = forms_read("registration-form", view), *history = NULL;

  if (text == NULL)
    return;
  EXPECT_WORDS(text, "有效期满换领居民身份证（■普通□加快）", "居民身份证；现场核对：认定为本人",
               "20.00元现金37A2600123457", "■交回□未交", "2026年11月21日09:30", "卧床", "不能下楼",
               "□本人领取■邮政寄递");
  g_assert_null(strstr(text, "亲属代领")); /* not offered by these rules */
  g_assert_null(strstr(text, "监护人姓名"));
  forms_set_fields(view, "identification.mode", "history", "document.resident-id-card.sighted",
                   NULL, NULL);
  forms_set_fields(view, "application.urgency", "expedited", "application.reason", "lost",
                   "signature.signer", "officer-on-behalf", "signature.reason", "双手瘫痪", NULL);
  history = forms_read("registration-form", view);
  EXPECT_WORDS(history, "丢失补领居民身份证（□普通■加快）", "容缺受理（书面承诺）；现场核对",
               "（民警代签：双手瘫痪）");
}

static void
test_receipt(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = NULL, *plain = NULL;

  forms_set_facts(view, "bundle.id", "3f0c5a1d", "text.guidance.zh",
                  "请办理居住登记。\n并提交材料。", "text.temporary.zh", "临时居民身份证当场发放。",
                  NULL);
  forms_set_fields(view, "residence.registered", "no", "temporary.explained", "true",
                   "temporary.wanted", "temporary-certificate", "identification.mode", "history",
                   NULL);
  text = forms_read("capture-receipt", view);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "已收现金20.00元（贰拾元整），票据37A2600123457",
               "60日内（最迟2027年1月20日）", "请办理居住登记。并提交材料。",
               "临时居民身份证当场发放。", "您提出需要《临时身份证明》", "按容缺受理方式采集");
  g_assert_null(strstr(text, "比对指纹信息")); /* these rules do not want the holder back */
  forms_set_fields(view, "residence.registered", "not-required", "temporary.explained", NULL, NULL);
  forms_set_fields(view, "temporary.wanted", "none", "identification.mode", "document",
                   "fee.method", "payment-code", "fee.received", NULL, NULL);
  plain = forms_read("capture-receipt", view);
  EXPECT_WORDS(plain, "20.00元，由申请人扫描系统生成的支付码缴纳，现场未收款");
  g_assert_null(strstr(plain, "居住登记。"));
  g_assert_null(strstr(plain, "临时"));
  g_assert_null(strstr(plain, "容缺"));
}

static void
test_commitment_without_documents(void)
{
  g_autoptr(DsView) view = forms_visit();
  g_autofree char *text = NULL;

  forms_set_facts(
      view, "text.commitment.title", "容缺受理书面承诺书", "text.commitment.zh",
      "本人因无法提供有效身份证件，申请容缺受理，现承诺：\n一、信息真实。\n四、没有冒用。", NULL);
  text = forms_read("commitment", view);
  ds_view_set_fact(view, "steps.not-needed", "step-guardian step-commitment");
  forms_expect_error("commitment", view, DS_ERROR_REFUSED, "want no commitment");
  if (text != NULL)
    EXPECT_WORDS(text, "容缺受理书面承诺书", "一、信息真实。", "承诺人（签名）：＿＿",
                 "承诺人：申请人");
}

/* Every character is there, inside the margins, and what is meant for one page is on one. */
static void
test_long_visit(void)
{
  static const char *const DOCUMENTS[] = {"refusal-notice", "cash-slip", "refund-slip", "kit-list"};
  static const char *const FIELDS[] = {"applicant.name", "guardian.name", "applicant.address",
                                       "appointment.address", "fee.payer"};
  g_autofree char *reason = forms_repeat(0x9F70, 200);
  static const guint LENGTHS[] = {50, 101, 120, 120, 50};
  static const guint DRAWN[][5] = {{1, 1, 1, 0, 0}, {2, 0, 0, 0, 2}, {2, 0, 0, 0, 2}, {1, 1, 0, 1}};
  g_autoptr(DsView) view = make_refused();

  forms_set_facts(view, "refund.amount", "2000", "refund.reason", reason, "fee.phrase", reason,
                  NULL);
  for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
    g_autofree char *value = forms_repeat(0x9F60 + i, LENGTHS[i]);

    ds_view_set_field(view, FIELDS[i], value);
  }
  for (guint d = 0; d < G_N_ELEMENTS(DOCUMENTS); d++) {
    g_autofree char *text = forms_read(DOCUMENTS[d], view);
    g_autoptr(GBytes) pdf = forms_render(DOCUMENTS[d], view, NULL);

    g_assert_cmpuint(pdf_count_pages(pdf), <=, 1);
    if (text != NULL && g_str_has_suffix(DOCUMENTS[d], "slip"))
      g_assert_cmpuint(forms_count(text, 0x9F70), ==, 400);
    for (guint i = 0; text != NULL && i < G_N_ELEMENTS(FIELDS); i++) {
      g_test_message("%s %s", DOCUMENTS[d], FIELDS[i]);
      g_assert_cmpuint(forms_count(text, 0x9F60 + i), ==, LENGTHS[i] * DRAWN[d][i]);
    }
  }
}

static void
test_erased(void)
{
  static const char *const DOCUMENTS[] = {"registration-form", "capture-receipt", "refusal-notice",
                                          "cash-slip",         "refund-slip",     "kit-list"};
  g_autoptr(DsView) view = make_refused();

  forms_set_facts(view, "bundle.id", "3f0c5a1d", "refund.amount", "2000", NULL);
  ds_view_set_field(view, "applicant.name", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++)
    forms_expect_error(DOCUMENTS[i], view, DS_ERROR_INVALID, "erased has no papers");
}

static void
test_money(void)
{
  static const struct {
    gint64 fen;
    const char *figures, *capitals;
  } CASES[] = {
      {0, "0.00元", "零元整"},
      {2000, "20.00元", "贰拾元整"},
      {4000, "40.00元", "肆拾元整"},
      {5, "0.05元", "伍分"},
      {50, "0.50元", "伍角整"},
      {2005, "20.05元", "贰拾元零伍分"},
      {10520, "105.20元", "壹佰零伍元贰角整"},
      {100100, "1001.00元", "壹仟零壹元整"},
      {1000000, "10000.00元", "壹万元整"},
      {1000500, "10005.00元", "壹万零伍元整"},
      {12345678, "123456.78元", "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"},
      {10000000000, "100000000.00元", "壹亿元整"},
      {10000500000, "100005000.00元", "壹亿零伍仟元整"},
      {999999999999, "9999999999.99元", "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
    g_autofree char *figures = money_figures(CASES[i].fen);
    g_autofree char *capitals = money_capitals(CASES[i].fen);

    g_assert_cmpstr(figures, ==, CASES[i].figures);
    g_assert_cmpstr(capitals, ==, CASES[i].capitals);
  }
}

void
add_visit_tests(void)
{
  g_test_add_func("/output-forms/refusal", test_refusal);
  g_test_add_func("/output-forms/refusal-by-the-station", test_refusal_by_the_station);
  g_test_add_func("/output-forms/refusal-code-reads-back", test_refusal_code_reads_back);
  g_test_add_func("/output-forms/no-refusal-without-a-clause", test_no_refusal_without_a_clause);
  g_test_add_func("/output-forms/cash-slip", test_cash_slip);
  g_test_add_func("/output-forms/cash-slip-codes-agree", test_cash_slip_codes_agree);
  g_test_add_func("/output-forms/cash-slip-needs-the-truth", test_cash_slip_needs_the_truth);
  g_test_add_func("/output-forms/refund-slip", test_refund_slip);
  g_test_add_func("/output-forms/kit-list", test_kit_list);
  g_test_add_func("/output-forms/visit-registration", test_registration);
  g_test_add_func("/output-forms/visit-receipt", test_receipt);
  g_test_add_func("/output-forms/commitment-without-documents", test_commitment_without_documents);
  g_test_add_func("/output-forms/long-visit", test_long_visit);
  g_test_add_func("/output-forms/erased", test_erased);
  g_test_add_func("/output-forms/money", test_money);
}
