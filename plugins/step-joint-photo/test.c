/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *age)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "age", age);
  step_set_number(view, "guardian.number", "36070219800304001");
  step_set_number(view, "joint-photo.guardian-number", "36070219800304001");
  STEP_PART(view, DS_SLOT_JOINT_PHOTO, "", "measure.width", "1920", "measure.height", "1080");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) view = make_view("12");
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_quiet(view);
  step_expect_quiet(empty);
}

static void
test_not_needed(void)
{
  g_autoptr(DsView) view = make_view("16");

  step_expect(view, "joint-photo.not-needed", DS_FINDING_WARNING, "remove it");
}

static void
test_other_guardian(void)
{
  g_autoptr(DsView) view = make_view("12");

  step_set_number(view, "guardian.number", "36070219820304002");
  step_expect(view, "joint-photo.guardian-number.other", DS_FINDING_INVALID, "another person");
  STEP_FIELDS(view, "guardian.number", "11010519491231002X", "joint-photo.guardian-number",
              "11010519491231002x");
  step_expect_quiet(view);
}

static void
test_portrait_again(void)
{
  g_autoptr(DsView) view = make_view("12");
  const DsPart *joint = ds_view_part(view, 0);

  ds_view_add_part(view,
                   ds_part_new("photo-2", DS_SLOT_PHOTO, "", "image/jpeg", 10, joint->sha256));
  step_expect(view, "joint-photo.portrait", DS_FINDING_INVALID, "same file");
}

static void
test_small(void)
{
  g_autoptr(DsView) view = make_view("12");

  STEP_PART(view, DS_SLOT_JOINT_PHOTO, "", "measure.width", "320", "measure.height", "240");
  step_expect(view, "joint-photo.size", DS_FINDING_WARNING, "320 × 240");
  step_expect(view, "joint-photo.reason.missing", DS_FINDING_MISSING, "why");
  ds_view_set_field(view, "joint-photo.reason", "摄像头损坏");
  step_expect_no(view, "joint-photo.reason.missing");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-joint-photo/good", test_good);
  g_test_add_func("/step-joint-photo/not-needed", test_not_needed);
  g_test_add_func("/step-joint-photo/other-guardian", test_other_guardian);
  g_test_add_func("/step-joint-photo/portrait-again", test_portrait_again);
  g_test_add_func("/step-joint-photo/small", test_small);
  return g_test_run();
}
