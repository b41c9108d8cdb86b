/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_good(void)
{
  g_autoptr(DsView) self = ds_view_new();
  g_autoptr(DsView) post = ds_view_new();

  step_expect_quiet(self);
  ds_view_set_field(self, "delivery.mode", "self");
  step_expect_quiet(self);
  step_expect_no(self, "delivery.verification");
  STEP_FIELDS(post, "delivery.mode", "post", "delivery.recipient", "赵大明", "delivery.address",
              "江西省南昌市青山湖区北京东路1号");
  step_expect_quiet(post);
}

static void
test_verification(void)
{
  g_autoptr(DsView) view = ds_view_new();

  ds_view_set_field(view, "delivery.mode", "relative");
  step_expect_no(view, "delivery.verification"); /* not every pack wants it */
  ds_view_set_fact(view, "deadline.verify-after-delivery.days", "30");
  step_expect(view, "delivery.verification", DS_FINDING_NOTE, "30 working days");
  ds_view_set_field(view, "delivery.mode", "post");
  step_expect(view, "delivery.verification", DS_FINDING_NOTE, "30 working days");
}

static void
test_post(void)
{
  g_autoptr(DsView) view = ds_view_new();

  STEP_FIELDS(view, "delivery.mode", "post", "delivery.recipient", "赵 大明", "delivery.address",
              "江西省南昌市北京东路1号");
  step_expect(view, "delivery.recipient.characters", DS_FINDING_WARNING, "space");
  step_expect_no(view, "delivery.address.province");
  ds_view_set_field(view, "delivery.address", "八一大道2号");
  step_expect(view, "delivery.address.province", DS_FINDING_WARNING, "province");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-delivery/good", test_good);
  g_test_add_func("/step-delivery/verification", test_verification);
  g_test_add_func("/step-delivery/post", test_post);
  return g_test_run();
}
