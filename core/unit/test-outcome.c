/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the station's word leaves to do. */
#include "unit/outcome.h"
#include "unit/settle.h"

#include <string.h>

#include "base/error.h"
#include "bundle/open.h"
#include "unit/case.h"
#include "unit/seal.h"
#include "unit/test-home.h"
#include "unit/unit-private.h"

static void
assert_error(GError **error, int code, const char *words)
{
  g_assert_error(*error, DS_ERROR, code);
  if (strstr((*error)->message, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, words);
  g_clear_error(error);
}

static DsCaseDuty *
duty_of(TestHome *home, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DsVaultCase) of = ds_vault_case(ds_unit_vault(home->unit), id, &error);
  DsCaseDuty *duty = NULL;

  g_assert_true(ds_unit_case_duty(home->unit, of, &duty, &error));
  g_assert_no_error(error);
  return duty;
}

static void
test_returned(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest first, second;
  g_autofree char *id = test_home_seal(home, 1, &first);

  g_assert_null(duty_of(home, id));
  test_home_hear(home, &first, DS_STATE_DURABLE, NULL);
  g_assert_null(duty_of(home, id));
  test_home_hear(home, &first, DS_STATE_RETURNED,
                 "category=photo fingerprint\ntext=背景不纯白\ndue=2026-01-04\nurgency=normal");
  g_autoptr(DsCaseDuty) duty = duty_of(home, id);
  g_assert_true(g_strv_contains((const char *const *)duty->redo, "step-portrait"));
  g_assert_true(g_strv_contains((const char *const *)duty->redo, "step-fingerprints"));
  g_assert_cmpuint(g_strv_length(duty->redo), ==, 2);
  g_assert_cmpstr(duty->text, ==, "背景不纯白");
  g_assert_cmpstr(duty->due, ==, "2026-01-04");
  g_assert_true(duty->overdue);
  g_assert_false(duty->due_provisional);
  g_assert_false(duty->notify);

  /* still to be done while it is being corrected, no more once it is sealed again */
  g_assert_true(ds_unit_case_reopen(home->unit, id, &error));
  g_autoptr(DsCaseDuty) open = duty_of(home, id);
  g_assert_cmpstr(open->due, ==, "2026-01-04");
  g_assert_true(ds_unit_case_set(home->unit, id, "review.officer-remark", "已补正", &error));
  g_assert_true(ds_unit_case_seal(home->unit, id, &second, &error));
  g_assert_no_error(error);
  g_assert_null(duty_of(home, id));

  /* returned again, for words alone: nothing but the record travels, and the text must tell */
  test_home_hear(home, &second, DS_STATE_RETURNED,
                 "category=text\ntext=住址有误\ndue=2099-01-04\ndue-provisional=true");
  g_autoptr(DsCaseDuty) again = duty_of(home, id);
  g_assert_cmpuint(g_strv_length(again->redo), ==, 0);
  g_assert_true(again->due_provisional);
  g_assert_false(again->overdue);
}

static void
test_sorted(void)
{
  static const char *const words[] = {"category=other\ntext=x",
                                      "category=text\ntext=x\ndue=2026-03-02",
                                      "category=text\ntext=x\ndue=2026-02-28"};
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < 3; i++) {
    DsDigest bundle;
    g_ptr_array_add(ids, test_home_seal(home, i + 1, &bundle));
    test_home_hear(home, &bundle, DS_STATE_RETURNED, words[i]);
  }
  g_autoptr(GPtrArray) duties = ds_unit_duties(home->unit, "t1", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(duties->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr(((DsCaseDuty *)g_ptr_array_index(duties, i))->case_id, ==,
                    g_ptr_array_index(ids, 2 - i));
  g_autoptr(GPtrArray) none = ds_unit_duties(home->unit, "t2", &error);
  g_assert_cmpuint(none->len, ==, 0);
}

static void
test_refused(void)
{
  g_autoptr(TestHome) home = test_home_new(TRUE);
  g_autoptr(GError) error = NULL;
  DsDigest bundle;
  g_autofree char *id = test_home_seal(home, 1, &bundle);

  g_assert_false(ds_unit_notified(home->unit, id, "电话", &error));
  assert_error(&error, DS_ERROR_REFUSED, "no refusal to tell the person about");
  g_assert_false(ds_unit_refund(home->unit, id, 2000, "123", NULL, &error));
  assert_error(&error, DS_ERROR_REFUSED, "nothing is to be paid back");
  test_home_hear(home, &bundle, DS_STATE_DURABLE, NULL);
  test_home_hear(home, &bundle, DS_STATE_REFUSED,
                 "refusal=JX-IDENTITY\nreason=身份存疑\nredirect=回户籍地\nrefund=2000\n"
                 "refund-decided-by=036900");
  g_autoptr(DsCaseDuty) duty = duty_of(home, id);
  g_assert_cmpint(duty->state, ==, DS_CASE_REFUSED_BY_STATION);
  g_assert_null(duty->redo);
  g_assert_true(duty->notify);
  g_assert_cmpint(duty->refund_fen, ==, 2000);
  g_assert_cmpstr(duty->redirect, ==, "回户籍地");

  g_assert_false(ds_unit_notified(home->unit, id, "", &error));
  assert_error(&error, DS_ERROR_INVALID, "say how the person was told");
  g_assert_true(ds_unit_notified(home->unit, id, "电话", &error));
  g_assert_false(ds_unit_refund(home->unit, id, 1999, "123", NULL, &error));
  assert_error(&error, DS_ERROR_INVALID, "20.00 yuan are to be paid back");
  g_assert_false(ds_unit_refund(home->unit, id, 2000, NULL, NULL, &error));
  assert_error(&error, DS_ERROR_INVALID, "has to come back");
  g_assert_true(ds_unit_refund(home->unit, id, 2000, "lost", NULL, &error));
  g_assert_no_error(error);
  g_assert_null(duty_of(home, id));
  g_assert_false(ds_unit_refund(home->unit, id, 2000, "lost", NULL, &error));
  assert_error(&error, DS_ERROR_REFUSED, "nothing is to be paid back");

  test_home_reopen(home);
  g_assert_null(duty_of(home, id));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/unit/outcome/returned", test_returned);
  g_test_add_func("/unit/outcome/sorted", test_sorted);
  g_test_add_func("/unit/outcome/refused", test_refused);
  return g_test_run();
}
