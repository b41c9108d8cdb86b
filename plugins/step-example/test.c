/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/doorstep-plugin.h"

#include <string.h>

static const DsStepOps *
step(void)
{
  return doorstep_plugin.ops;
}

static void
test_words_are_fine(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFindings) findings = ds_findings_new();

  ds_view_set_field(view, "example.remark", "说明一下");
  step()->check(view, findings);
  g_assert_cmpuint(ds_findings_count(findings), ==, 0);
}

static void
test_signs_alone_are_not(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFindings) findings = ds_findings_new();

  ds_view_set_field(view, "example.remark", "……！");
  step()->check(view, findings);
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
  const DsFinding *finding = ds_findings_get(findings, 0);
  g_assert_cmpint(finding->kind, ==, DS_FINDING_INVALID);
  g_assert_cmpstr(finding->subject, ==, "example.remark");
  g_assert_nonnull(strstr(finding->text, "write it in words"));
}

static void
test_derives_whether_there_is_one(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsView) facts = ds_view_new();

  step()->derive(view, facts);
  g_assert_cmpstr(ds_view_fact(facts, "example.has-remark"), ==, "false");
  ds_view_set_field(view, "example.remark", "好");
  step()->derive(view, facts);
  g_assert_cmpstr(ds_view_fact(facts, "example.has-remark"), ==, "true");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-example/words-are-fine", test_words_are_fine);
  g_test_add_func("/step-example/signs-alone-are-not", test_signs_alone_are_not);
  g_test_add_func("/step-example/derives", test_derives_whether_there_is_one);
  return g_test_run();
}
