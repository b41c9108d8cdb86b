/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static DsView *
make_view(void)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "notice.commitment.version", "first/1");
  ds_view_set_fact(view, "notice.commitment.sha256", DIGEST);
  STEP_FIELDS(view, "notice.read", "true", "notice.version", "first/1", "notice.sha256", DIGEST,
              "notice.read-at", "2026-09-01T00:30:00Z");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_quiet(view);
  step_expect_quiet(empty);
  /* The same moment, written at another offset. */
  STEP_PART(view, DS_SLOT_JOINT_PHOTO, "", "captured-at", "2026-09-01T08:30:00+08:00");
  step_expect_quiet(view);
}

static void
test_unread(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "notice.read", "false");
  step_expect(view, "notice.unread", DS_FINDING_MISSING, "not been read");
}

static void
test_joint_photo_came_first(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) unread = ds_view_new();
  g_autoptr(DsFindings) findings = NULL;

  STEP_PART(view, DS_SLOT_JOINT_PHOTO, "", "captured-at", "2026-09-01T00:29:59Z");
  step_expect(view, "notice.joint-photo-first", DS_FINDING_INVALID, "take the photo again");
  findings = step_check(view);
  g_assert_cmpstr(ds_findings_find(findings, "notice.joint-photo-first")->requirements, ==, "R137");
  /* A second picture, taken after the notice, replaces the first. */
  STEP_PART(view, DS_SLOT_JOINT_PHOTO, "", "captured-at", "2026-09-01T00:31:00Z");
  step_expect_quiet(view);
  STEP_PART(unread, DS_SLOT_JOINT_PHOTO, "", "captured-at", "2026-09-01T00:31:00Z");
  step_expect(unread, "notice.joint-photo-first", DS_FINDING_INVALID, "before the notice");
}

static void
test_times(void)
{
  g_autoptr(DsView) view = make_view();

  step_add_part(view, DS_SLOT_JOINT_PHOTO, "", NULL);
  step_expect(view, "notice.joint-photo-time", DS_FINDING_WARNING, "not known when");
  ds_view_set_field(view, "notice.read-at", "this morning");
  step_expect(view, "notice.read-at.form", DS_FINDING_INVALID, "2026-09-01T08:30:00Z");
}

static void
test_other_text(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "notice.version", "first/0");
  step_expect(view, "notice.text", DS_FINDING_INVALID, "not the one in force");
  ds_view_set_field(view, "notice.version", "first/1");
  ds_view_set_fact(view, "notice.notice.sha256", "b");
  step_expect(view, "notice.text", DS_FINDING_INVALID, "not the one in force");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-notice/good", test_good);
  g_test_add_func("/step-notice/unread", test_unread);
  g_test_add_func("/step-notice/joint-photo-came-first", test_joint_photo_came_first);
  g_test_add_func("/step-notice/times", test_times);
  g_test_add_func("/step-notice/other-text", test_other_text);
  return g_test_run();
}
