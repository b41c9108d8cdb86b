/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What papers are told by rules, tables and the station's answers. */
#include "unit/test-home.h"

#include <string.h>

#include "base/error.h"
#include "unit/check.h"
#include "unit/form.h"
#include "unit/paper.h"

static DsCaseCheck *
told(TestHome *home, const char *id)
{
  g_autoptr(GError) error = NULL;
  DsCaseCheck *check = ds_unit_case_check(home->unit, id, &error);

  g_assert_no_error(error);
  g_assert_true(ds_unit_add_paper_facts(home->unit, id, check, &error));
  g_assert_no_error(error);
  return check;
}

static void
expect_fact(const DsCaseCheck *check, const char *name, const char *value)
{
  g_test_message("%s", name);
  g_assert_cmpstr(ds_view_fact(check->view, name), ==, value);
}

static void
expect_paper(TestHome *home, const char *id, const char *document, const char *problem)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = ds_unit_render_form(home->unit, id, document, &error);

  if (problem == NULL) {
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(g_bytes_get_data(pdf, NULL), "%PDF-"));
    return;
  }
  g_assert_null(pdf);
  g_assert_error(error, DS_ERROR, DS_ERROR_INVALID);
  if (strstr(error->message, problem) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, problem);
}

static void
test_rules(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autofree char *id = test_home_take(home, 1);
  g_autoptr(DsCaseCheck) check = told(home, id);
  GDate submitted, last;

  expect_fact(check, "delivery.modes", "self relative post");
  expect_fact(check, "fee.clause", "二（三）");
  g_assert_nonnull(ds_view_fact(check->view, "applicant.ethnic-name"));
  g_assert_true(ds_view_fact_date(check->view, "case.day", &submitted));
  g_assert_true(ds_view_fact_date(check->view, "deadline.total", &last));
  g_assert_cmpint(g_date_days_between(&submitted, &last), ==, 60);
  expect_fact(check, "deadline.total.term", "60日");
  expect_fact(check, "deadline.sign.term", "5日");
  expect_fact(check, "deadline.sign", NULL); /* begins when the signer has it */
  expect_fact(check, "refusal.code", NULL);
  expect_fact(check, "refund.amount", NULL);
  expect_paper(home, id, "refusal-notice", "this case was not refused");
}

static void
test_refused_in_the_field(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = test_home_take(home, 1);

  g_assert_true(ds_unit_case_set(home->unit, id, "applicant.never-held-card", "false", &error));
  g_assert_no_error(error);
  g_assert_true(ds_unit_case_refuse(home->unit, id, "JX-HELD", &error));
  g_assert_no_error(error);
  g_autoptr(DsCaseCheck) check = told(home, id);
  expect_fact(check, "refusal.code", "JX-HELD");
  expect_fact(check, "refusal.by", "unit");
  expect_fact(check, "refusal.phrase", "本人承诺从未申领过居民身份证");
  expect_fact(check, "refusal.redirect", "请改办换领或补领居民身份证。");
  expect_paper(home, id, "refusal-notice", NULL);
}

static void
test_refused_by_the_station(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  DsDigest bundle;
  g_autofree char *id = test_home_seal(home, 1, &bundle);

  test_home_hear(home, &bundle, DS_STATE_REFUSED, "refusal=JX-IDENTITY");
  g_autoptr(DsCaseCheck) check = told(home, id);
  expect_fact(check, "refusal.code", "JX-IDENTITY");
  expect_fact(check, "refusal.by", "station");
  g_assert_nonnull(ds_view_fact(check->view, "refusal.clause"));
  g_assert_nonnull(ds_view_fact(check->view, "refusal.day"));
  expect_fact(check, "refund.reason", "受理单位不予受理");
  expect_paper(home, id, "refusal-notice", NULL);
}

/* R006: a code that is not on the closed list makes no paper, though a station may have said it. */
static void
test_unknown_code(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  DsDigest bundle;
  g_autofree char *id = test_home_seal(home, 1, &bundle);

  test_home_hear(home, &bundle, DS_STATE_REFUSED, "refusal=MOOD");
  expect_paper(home, id, "refusal-notice", "no reason \"MOOD\"");
}

static void
test_not_issued(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  DsDigest bundle;
  g_autofree char *id = test_home_seal(home, 1, &bundle);

  test_home_hear(home, &bundle, DS_STATE_NOT_ISSUED, "refund=2000");
  g_autoptr(DsCaseCheck) check = told(home, id);
  expect_fact(check, "refund.amount", "2000");
  expect_fact(check, "refund.reason", "审核未予签发");
  expect_fact(check, "refusal.code", NULL);
  expect_paper(home, id, "refusal-notice", "this case was not refused");
  expect_paper(home, id, "refund-slip", "more than the cash taken"); /* Jiangxi takes none */
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit-paper/rules", test_rules);
  g_test_add_func("/unit-paper/refused-in-the-field", test_refused_in_the_field);
  g_test_add_func("/unit-paper/refused-by-the-station", test_refused_by_the_station);
  g_test_add_func("/unit-paper/unknown-code", test_unknown_code);
  g_test_add_func("/unit-paper/not-issued", test_not_issued);
  return g_test_run();
}
