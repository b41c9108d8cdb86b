/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The papers about a trip. */
#include <string.h>

#include "test-forms.h"
#include "test-pdf.h"

static void
set_row(DsView *view, guint row, const char *name, const char *value)
{
  g_autofree char *full = g_strdup_printf("row.%u.%s", row, name);

  ds_view_set_field(view, full, value);
}

static DsView *
make_trip(guint rows)
{
  DsView *view = ds_view_new();
  g_autofree char *count = g_strdup_printf("%u", rows);

  forms_set_fields(view, "trip.id", "trip-7", "trip.name", "古槐街道上门服务", "trip.day",
                   "2026-11-21", "trip.officers", "李卫东（370811023）、孙丽（370811024）",
                   "trip.station", "古槐派出所", "trip.cases", count, "trip.by-state.sealed", count,
                   "trip.by-state.refused", "1", "trip.cash-fen", "14000", "trip.cash-receipts",
                   "37A26：001—009，缺 004", "trip.refund-owed-fen", "4000", "trip.refund-paid-fen",
                   "0", "trip.old-cards", "3", "trip.paid-cash", "2", "trip.paid-code", "0",
                   "trip.temporary-certificates", "1", "trip.absent", "4", "trip.clock-jumps", "1",
                   "trip.owed", "待补材料 2 件", NULL);
  for (guint row = 1; row <= rows; row++) {
    g_autofree char *number = g_strdup_printf("rc-07-20261121-%03u", row);

    set_row(view, row, "number", number);
    set_row(view, row, "name", "孔令兰");
    set_row(view, row, "service", "renewal-replacement");
    set_row(view, row, "reason", "lost");
    set_row(view, row, "state", "pending-identification");
    set_row(view, row, "fee-fen", "4000");
    set_row(view, row, "refund-fen", row == 1 ? "2000" : NULL);
    set_row(view, row, "receipt", "37A26 001");
    set_row(view, row, "bundle", "3f0c5a1d9e8b7a6c5d4e");
    set_row(view, row, "owed", "告知领证");
  }
  return view;
}

static void
test_report(void)
{
  g_autoptr(DsView) view = make_trip(3);
  g_autofree char *text = forms_read("trip-report", view);
  g_autoptr(GBytes) pdf = forms_render("trip-report", view, NULL);
  g_autofree char *code = pdf_read_code(pdf);

  if (text == NULL || code == NULL)
    return;
  EXPECT_WORDS(text, "外勤任务报告", "古槐街道上门服务", "trip-7", "2026年11月21日", "李卫东",
               "古槐派出所", "3件", "140.00元（人民币壹佰肆拾元整）", "37A26：001—009，缺004",
               "40.00元（人民币肆拾元整）", "现金2件", "旧居民身份证3张", "《临时身份证明》1件",
               "名册上未到4人", "电脑时间变动1次", "待补材料2件", "应退20.00元", "已封存",
               "不予受理", "rc-07-20261121-001", "rc-07-20261121-003", "换领补领", "丢失补领",
               "容缺待核", "40.00元", "包3f0c5a1d9e8b", "告知领证", "填报人（签名）",
               "复核人（签名）");
  g_assert_null(strstr(text, "支付码"));
  g_assert_null(strstr(text, "已退工本费"));
  g_assert_true(g_str_has_prefix(code, "trip-7/trip-report/"));
}

static guint
count_words(const char *text, const char *words)
{
  guint seen = 0;

  while ((text = strstr(text, words)) != NULL) {
    text += strlen(words);
    seen++;
  }
  return seen;
}

static void
test_report_over_pages(void)
{
  g_autoptr(DsView) view = make_trip(120);
  g_autofree char *name = forms_repeat(0x9F60, 50), *foot = NULL, *text = NULL;
  g_autoptr(GBytes) pdf = NULL;
  guint pages;

  set_row(view, 60, "name", name);
  text = forms_read("trip-report", view);
  if (text == NULL)
    return;
  pdf = forms_render("trip-report", view, NULL);
  pages = pdf_count_pages(pdf);
  g_assert_cmpuint(pages, >=, 5);
  foot = g_strdup_printf("第%u页，共%u页", pages, pages);
  EXPECT_WORDS(text, foot, "rc-07-20261121-001", "rc-07-20261121-120");
  /* the last page may hold the signatures alone */
  g_assert_cmpuint(count_words(text, "姓名、本地编号"), >=, pages - 1);
  g_assert_cmpuint(count_words(text, "rc-07-20261121-"), ==, 120);
  g_assert_cmpuint(forms_count(text, 0x9F60), ==, 50);
}

static void
test_empty_trip(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autofree char *text = NULL;

  forms_expect_error("trip-report", view, DS_ERROR_INVALID, "trip.id is missing");
  ds_view_set_field(view, "trip.id", "trip-8");
  text = forms_read("trip-report", view);
  if (text == NULL)
    return;
  EXPECT_WORDS(text, "trip-8", "0件", "填报人");
  g_assert_null(strstr(text, "办件明细"));
  g_assert_null(strstr(text, "办件状态"));
}

#define DIGEST "9f2c5a1d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c"

static void
test_handover(void)
{
  g_autoptr(DsView) view = make_trip(2);
  g_autofree char *text = NULL, *code = NULL;
  g_autoptr(GBytes) pdf = NULL;

  forms_expect_error("trip-handover", view, DS_ERROR_INVALID, "handover.from.number is missing");
  forms_set_fields(view, "handover.at", "2026-11-21T08:05:00Z", "handover.from.name", "李卫东",
                   "handover.from.number", "370811023", "handover.from.signed-at",
                   "2026-11-21T08:06:00Z", "handover.from.signature", "aa11bb22",
                   "handover.to.name", "孙丽", NULL);
  forms_expect_error("trip-handover", view, DS_ERROR_INVALID, "handover.to.number is missing");
  forms_set_fields(view, "handover.to.number", "370811024", "handover.digest", DIGEST,
                   "handover.audit-head", "cc33", "handover.remark", "换班", NULL);
  text = forms_read("trip-handover", view);
  pdf = forms_render("trip-handover", view, NULL);
  code = pdf_read_code(pdf);
  if (text == NULL || code == NULL)
    return;
  EXPECT_WORDS(text, "外勤任务移交单", "2026年11月21日16:05", "移交人：李卫东", "370811023",
               "2026年11月21日16:06", "aa11bb22", "接收人：孙丽", "370811024", "（尚未签名）",
               "手写签名", "现金工本费", "代管证件", "rc-07-20261121-002", DIGEST, "cc33", "换班",
               "由接收人负责");
  g_assert_cmpstr(code, ==, DIGEST);
}

static void
test_handover_not_signed(void)
{
  g_autoptr(DsView) view = make_trip(0);
  g_autofree char *text = NULL, *code = NULL;
  g_autoptr(GBytes) pdf = NULL;

  forms_set_fields(view, "handover.from.number", "1", "handover.to.number", "2", NULL);
  text = forms_read("trip-handover", view);
  pdf = forms_render("trip-handover", view, NULL);
  code = pdf_read_code(pdf);
  if (text == NULL || code == NULL)
    return;
  g_assert_cmpuint(count_words(text, "（尚未签名）"), ==, 3);
  g_assert_true(g_str_has_prefix(code, "trip-7/trip-handover/"));
}

void
add_trip_tests(void)
{
  g_test_add_func("/output-forms/trip-report", test_report);
  g_test_add_func("/output-forms/trip-report-over-pages", test_report_over_pages);
  g_test_add_func("/output-forms/empty-trip", test_empty_trip);
  g_test_add_func("/output-forms/trip-handover", test_handover);
  g_test_add_func("/output-forms/trip-handover-not-signed", test_handover_not_signed);
}
