/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers are drawn and then read back by other people's programs: poppler's and zbar's. */
#include <cairo.h>
#include <string.h>

#include "../step-test.h"
#include "test-forms.h"
#include "test-pdf.h"

#define BUNDLE "3f0c5a1d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c"

/* 18 × 22 white pixels. */
static const char JPEG[] =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////"
    "////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////"
    "////////////////////////////////////wAARCAAWABIDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "AAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAA"
    "AAD/2gAMAwEAAhEDEQA/ALQAAAAAAAf/2Q==";

static GBytes *
jpeg(void)
{
  gsize size;
  guchar *data = g_base64_decode(JPEG, &size);

  return g_bytes_new_take(data, size);
}

static cairo_status_t
append(void *closure, const unsigned char *data, unsigned int size)
{
  g_byte_array_append(closure, data, size);
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
png(void)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 60, 20);
  GByteArray *bytes = g_byte_array_new();

  g_assert_cmpint(cairo_surface_write_to_png_stream(surface, append, bytes), ==,
                  CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy(surface);
  return g_byte_array_free_to_bytes(bytes);
}

static void
attach(DsView *view, DsSlot slot, const char *kind, GBytes *bytes)
{
  DsPart *part = STEP_PART(view, slot, kind, "captured-at", "2026-08-31T23:30:00Z");

  ds_view_attach_bytes(view, part->id, bytes);
  g_bytes_unref(bytes);
}

static DsView *
make_view(void)
{
  DsView *view = ds_view_new();

  step_set_number(view, "applicant.number", "36070220120304001");
  step_set_number(view, "guardian.number", "36070219800304001");
  STEP_FIELDS(view, "applicant.name", "赵小明", "applicant.sex", "1", "applicant.ethnic", "22",
              "applicant.birth", "2012-03-04", "applicant.address", "江西省赣州市章贡区红旗大道1号",
              "residence.address", "江西省南昌市青山湖区北京东路2号", "residence.basis", "study",
              "residence.holder", "applicant", "residence.proof", "school-certificate",
              "application.reason", "first-under-16", "contact.phone", "13900000000",
              "guardian.name", "赵大明", "guardian.relation", "father", "guardian.phone",
              "13900000001", "delivery.mode", "self", "commitment.signer", "guardian",
              "commitment.version", "first/1", "document.household-register.sighted", "true",
              "fingerprint.1.result", "registered", "fingerprint.1.position", "11",
              "fingerprint.2.result", "not-registered", "fingerprint.2.position", "16",
              "fingerprint.2.reason", "左手受伤");
  ds_view_set_fact(view, "case.local-number", "NC01-20260901-0007");
  ds_view_set_fact(view, "case.day", "2026-09-01");
  ds_view_set_fact(view, "unit.id", "nanchang-01");
  ds_view_set_fact(view, "officer.name", "钱警官");
  ds_view_set_fact(view, "officer.number", "036001");
  ds_view_set_fact(view, "bundle.id", BUNDLE);
  ds_view_set_fact(view, "deadline.verify-after-delivery.term", "30个工作日");
  ds_view_set_fact(view, "text.commitment.title", "告知承诺书");
  ds_view_set_fact(view, "text.commitment.zh",
                   "办理业务的群众：\n现就有关事项告知如下：\n一、所需材料\n（一）居民户口簿。\n"
                   "本人已知晓上述内容。\n承诺人（签名）：＿＿＿＿\n＿＿年＿月＿日");
  attach(view, DS_SLOT_PHOTO, "", jpeg());
  attach(view, DS_SLOT_SIGNATURE, "guardian", png());
  return view;
}

static void
test_registration(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = forms_render("registration-form", view, &error);
  g_autofree char *text = NULL;

  g_assert_no_error(error);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "居民身份证异地受理登记表", "（现场采集副本）", "赵小明", "畲族",
               "2012年3月4日", ds_view_field(view, "applicant.number"),
               "未满16周岁申请领取居民身份证", "江西省赣州市章贡区红旗大道1号",
               "江西省南昌市青山湖区北京东路2号", "1、右手拇指", "□注册失败",
               "■未注册：左手拇指（左手受伤）", "■本人领取", "□邮政寄递", "13900000000", "赵大明",
               "父亲", "居民户口簿", "申请人合法稳定就学（就学证明）", "NC01-20260901-0007",
               "由人口信息管理系统生成", "户口专用章", "钱警官", "2026年9月1日");
  g_assert_cmpuint(pdf_count_pages(pdf), ==, 1);
}

/* Every character of the longest values is there, inside the margins; a long remark has its own
 * page. */
static void
test_long_values(void)
{
  static const char *const FIELDS[] = {
      "applicant.name",     "guardian.name",    "applicant.address",     "residence.address",
      "delivery.recipient", "delivery.address", "review.officer-remark", "guardian.phone"};
  static const guint LENGTHS[] = {50, 50, 120, 120, 50, 120, 500, 30};
  g_autoptr(DsView) view = make_view();
  g_autoptr(GBytes) pdf = NULL;
  g_autofree char *text = NULL;

  ds_view_set_field(view, "delivery.mode", "post");
  for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
    GString *value = g_string_new(NULL);

    for (guint c = 0; c < LENGTHS[i]; c++) /* a character of its own for each field */
      g_string_append_unichar(value, 0x9F60 + i);
    ds_view_set_field(view, FIELDS[i], value->str);
    g_string_free(value, TRUE);
  }
  pdf = forms_render("registration-form", view, NULL);
  g_assert_nonnull(pdf);
  g_assert_cmpuint(pdf_count_pages(pdf), ==, 2);
  pdf_expect_laid_out(pdf);
  text = pdf_read_text(pdf);
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS(FIELDS); i++) {
    guint seen = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
      seen += g_utf8_get_char(at) == 0x9F60 + i;
    g_test_message("%s", FIELDS[i]);
    g_assert_cmpuint(seen, ==, LENGTHS[i]);
  }
}

static void
test_receipt(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = forms_render("capture-receipt", view, &error);
  g_autofree char *text = NULL;

  g_assert_no_error(error);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "居民身份证现场采集回执", "（预受理）", "NC01-20260901-0007", "赵小明",
               "不是居民身份证领取凭证", "受理号由人口信息管理系统自动生成");
  g_assert_null(strstr(text, ds_view_field(view, "applicant.number")));
  g_assert_nonnull(strstr(text, "360702********"));
  g_assert_null(strstr(text, "30个工作日"));
  ds_view_set_field(view, "delivery.mode", "post");
  g_bytes_unref(pdf);
  g_free(text);
  pdf = forms_render("capture-receipt", view, NULL);
  text = pdf_read_text(pdf);
  EXPECT_WORDS(text, "30个工作日");
  pdf_expect_laid_out(pdf);
}

static void
test_receipt_code_reads_back(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GBytes) pdf = forms_render("capture-receipt", view, NULL);
  g_autofree char *code = pdf_read_code(pdf);

  if (code != NULL)
    g_assert_cmpstr(code, ==, BUNDLE);
}

static void
test_receipt_needs_a_sealed_case(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GError) error = NULL;

  ds_view_set_fact(view, "bundle.id", NULL);
  g_assert_null(forms_render("capture-receipt", view, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "bundle.id is missing"));
}

/* 不予受理: nobody walks away with a paper that says 预受理. */
static void
test_receipt_of_nothing_taken(void)
{
  static const char *const REASONS[] = {"refusal.reason", "withdrawal.reason"};

  for (guint i = 0; i < G_N_ELEMENTS(REASONS); i++) {
    g_autoptr(DsView) view = make_view();
    g_autoptr(GError) error = NULL;
    ds_view_set_field(view, REASONS[i], "JX-HELD");
    g_assert_null(forms_render("capture-receipt", view, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_REFUSED);
  }
}

static void
test_commitment(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = forms_render("commitment", view, &error);
  g_autofree char *text = NULL;

  g_assert_no_error(error);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "告知承诺书", "办理业务的群众：", "（一）居民户口簿。", "本人已知晓上述内容。",
               "承诺人（签名）：", "2026年9月1日", "first/1", "监护人");
  g_assert_null(strstr(text, "＿＿"));
  ds_view_set_fact(view, "text.commitment.zh", NULL);
  g_assert_null(forms_render("commitment", view, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "text.commitment.zh"));
}

static void
test_unsigned_commitment_has_a_line(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GBytes) pdf = NULL;
  g_autofree char *text = NULL;

  ds_view_set_field(view, "commitment.signer", "applicant");
  pdf = forms_render("commitment", view, NULL);
  text = pdf_read_text(pdf);
  if (text != NULL)
    EXPECT_WORDS(text, "承诺人（签名）：＿＿＿＿", "＿＿＿＿年＿＿月＿＿日");
}

static void
test_long_commitment_breaks_pages(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GBytes) pdf = NULL;
  g_autofree char *text = NULL;
  GString *law = g_string_new(NULL);

  for (guint i = 0; i < 60; i++)
    g_string_append_printf(law,
                           "第%u条 为了方便群众就近办理，受理地公安机关应当当场告知有关事项，"
                           "并请申请人或者监护人核对后签名确认。\n",
                           i + 1);
  ds_view_set_fact(view, "text.commitment.zh", law->str);
  g_string_free(law, TRUE);
  pdf = forms_render("commitment", view, NULL);
  g_assert_nonnull(pdf);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  g_assert_cmpuint(pdf_count_pages(pdf), >=, 3);
  for (guint i = 0; i < 60; i++) {
    g_autofree char *mark = g_strdup_printf("第%u条", i + 1);

    EXPECT_WORDS(text, mark);
  }
  EXPECT_WORDS(text, "承诺人（签名）", "第1页", "第3页");
  pdf_expect_laid_out(pdf);
}

static void
test_missing_notice(void)
{
  g_autoptr(DsView) view = make_view();
  DsFindings *findings = ds_view_findings(view);
  g_autoptr(GBytes) pdf = NULL;
  g_autofree char *text = NULL;

  ds_finding_cite(ds_findings_add(findings, DS_FINDING_MISSING, "a", NULL, "父（母）结婚证"),
                  "工作实施方案", "三（一）2（3）", "父（母）结婚证或收养登记证", "R091");
  ds_findings_add(findings, DS_FINDING_MISSING, "b", NULL, "父（母）结婚证");
  ds_findings_add(findings, DS_FINDING_INVALID, "c", "applicant.number", "号码末位不对");
  ds_findings_add(findings, DS_FINDING_INVALID, "c", "guardian.number", "号码末位不对");
  ds_findings_add(findings, DS_FINDING_WARNING, "d", NULL, "相片背景不够白");
  pdf = forms_render("missing-notice", view, NULL);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "一次性告知单", "赵小明（监护人：赵大明）：",
               "申请人公民身份号码：号码末位不对", "监护人证件号码：号码末位不对", "三（一）2（3）",
               "“父（母）结婚证或收养登记证”", "被告知人（签名）");
  g_assert_null(strstr(text, "背景"));
  g_assert_null(strstr(strstr(text, "申请人公民身份号码"), "结婚证"));
}

/* A step and a rule ask for the same, and what is the officer's to enter is nobody's to bring. */
static void
test_missing_said_once(void)
{
  g_autoptr(DsView) view = make_view();
  DsFindings *findings = ds_view_findings(view);
  g_autofree char *text = NULL;

  ds_findings_add(findings, DS_FINDING_MISSING, "a", "identification.verdict", "缺少比对意见");
  ds_findings_add(findings, DS_FINDING_MISSING, "b", "fee.receipt-number", "缺少票据号码");
  forms_expect_error("missing-notice", view, DS_ERROR_INVALID, "that the applicant could bring");
  ds_findings_add(findings, DS_FINDING_MISSING, "c", "applicant.birth", "缺少生日");
  ds_finding_cite(
      ds_findings_add(findings, DS_FINDING_MISSING, "d", "applicant.birth", "尚未填写：生日"),
      "工作规范", "六", "文字信息", "R032");
  ds_findings_add(findings, DS_FINDING_INVALID, "e", "applicant.birth", "生日与号码不符");
  text = forms_read("missing-notice", view);
  ds_findings_add(findings, DS_FINDING_REFUSE, "J1", NULL, "不予受理");
  forms_expect_error("missing-notice", view, DS_ERROR_REFUSED, "refusal-notice");
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "1申请人出生日期：尚未填写：生日", "2申请人出生日期：生日与号码不符");
  g_assert_null(strstr(text, "缺少"));
}

static void
test_long_notice_breaks_pages(void)
{
  g_autoptr(DsView) view = make_view();
  DsFindings *findings = ds_view_findings(view);
  g_autoptr(GBytes) pdf = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 50; i++)
    ds_findings_add_format(findings, DS_FINDING_MISSING, "a", NULL,
                           "第%u项材料：请提供原件，并由工作人员当场核对、留存影像后归还本人",
                           i + 1);
  pdf = forms_render("missing-notice", view, NULL);
  text = pdf_read_text(pdf);
  if (text == NULL)
    return;
  g_assert_cmpuint(pdf_count_pages(pdf), >=, 2);
  EXPECT_WORDS(text, "第1项材料", "第50项材料", "被告知人（签名）");
  pdf_expect_laid_out(pdf);
}

static void
test_nothing_missing(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GError) error = NULL;

  g_assert_null(forms_render("missing-notice", view, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "nothing is missing or wrong that the applicant"));
}

static void
test_same_view_same_file(void)
{
  static const char *const DOCUMENTS[] = {"registration-form", "capture-receipt", "commitment"};
  g_autoptr(DsView) view = make_view();

  for (guint i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++) {
    g_autoptr(GBytes) first = forms_render(DOCUMENTS[i], view, NULL);
    g_autoptr(GBytes) second = forms_render(DOCUMENTS[i], view, NULL);

    g_assert_true(g_bytes_equal(first, second));
  }
}

static void
test_metadata_is_about_nobody(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(GBytes) pdf = forms_render("registration-form", view, NULL);
  g_autofree char *info = pdf_read_info(pdf);

  if (info == NULL)
    return;
  EXPECT_WORDS(info, "居民身份证异地受理登记表", "2026-09-01");
  g_assert_null(strstr(info, "赵"));
  g_assert_null(strstr(info, "3607"));
}

static void
test_broken_pictures(void)
{
  static const char *const BROKEN[] = {"text", "\xff\xd8\xff\xe0",
                                       "\x89PNG\r\n\x1a\nabcdefghijklmnop"};

  for (guint i = 0; i < G_N_ELEMENTS(BROKEN); i++) {
    g_autoptr(DsView) view = make_view();
    g_autoptr(GError) error = NULL;

    attach(view, DS_SLOT_PHOTO, "", g_bytes_new_static(BROKEN[i], strlen(BROKEN[i])));
    g_assert_null(forms_render("registration-form", view, &error));
    g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "capture it again"));
  }
}

static void
test_what_cannot_be_drawn(void)
{
  g_autoptr(DsView) empty = ds_view_new();
  g_autoptr(GError) error = NULL;

  g_assert_null(forms_render("birthday-card", empty, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(forms_render("registration-form", empty, &error));
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "applicant.name is missing"));
}

int
main(int argc, char **argv)
{
  int result;

  g_test_init(&argc, &argv, NULL);
  pdf_begin();
  g_test_add_func("/output-forms/registration", test_registration);
  g_test_add_func("/output-forms/long-values", test_long_values);
  g_test_add_func("/output-forms/receipt", test_receipt);
  g_test_add_func("/output-forms/receipt-code-reads-back", test_receipt_code_reads_back);
  g_test_add_func("/output-forms/receipt-needs-a-sealed-case", test_receipt_needs_a_sealed_case);
  g_test_add_func("/output-forms/receipt-of-nothing-taken", test_receipt_of_nothing_taken);
  g_test_add_func("/output-forms/commitment", test_commitment);
  g_test_add_func("/output-forms/unsigned-commitment", test_unsigned_commitment_has_a_line);
  g_test_add_func("/output-forms/long-commitment", test_long_commitment_breaks_pages);
  g_test_add_func("/output-forms/missing-notice", test_missing_notice);
  g_test_add_func("/output-forms/missing-said-once", test_missing_said_once);
  g_test_add_func("/output-forms/long-notice", test_long_notice_breaks_pages);
  g_test_add_func("/output-forms/nothing-missing", test_nothing_missing);
  g_test_add_func("/output-forms/same-view-same-file", test_same_view_same_file);
  g_test_add_func("/output-forms/metadata", test_metadata_is_about_nobody);
  g_test_add_func("/output-forms/broken-pictures", test_broken_pictures);
  g_test_add_func("/output-forms/what-cannot-be-drawn", test_what_cannot_be_drawn);
  add_visit_tests();
  add_trip_tests();
  add_random_tests();
  result = g_test_run();
  pdf_end();
  return result;
}
