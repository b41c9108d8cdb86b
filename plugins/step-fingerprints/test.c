/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *result1, const char *position1, const char *result2, const char *position2)
{
  DsView *view = ds_view_new();

  ds_view_set_field(view, "fingerprint.1.result", result1);
  ds_view_set_field(view, "fingerprint.1.position", position1);
  ds_view_set_field(view, "fingerprint.2.result", result2);
  ds_view_set_field(view, "fingerprint.2.position", position2);
  return view;
}

static void
add_image(DsView *view, const char *position)
{
  STEP_PART(view, DS_SLOT_FINGERPRINT, position, "content", "image");
}

static void
add_template(DsView *view, const char *position)
{
  STEP_PART(view, DS_SLOT_FINGERPRINT, position, "content", "template", "algorithm", "vendor-3",
            "device-serial", "FP-0007");
}

static void
test_good(void)
{
  g_autoptr(DsView) both = make_view("registered", "11", "registered", "16");
  g_autoptr(DsView) none = ds_view_new();
  g_autoptr(DsView) mixed = make_view("failed", "11", "not-registered", NULL);

  step_expect_quiet(none);
  step_expect_fact(none, "fingerprint.registered", NULL);
  add_image(both, "11");
  add_template(both, "11");
  add_template(both, "16");
  step_expect_quiet(both);
  step_expect_fact(both, "fingerprint.registered", "2");
  add_image(mixed, "11");
  ds_view_set_field(mixed, "fingerprint.2.reason", "左手缺失");
  step_expect_quiet(mixed);
  step_expect_fact(mixed, "fingerprint.registered", "0");
}

static void
test_nothing_captured(void)
{
  g_autoptr(DsView) registered = make_view("registered", "11", NULL, NULL);
  g_autoptr(DsView) failed = make_view(NULL, NULL, "failed", "16");

  step_expect(registered, "fingerprint.1.part", DS_FINDING_MISSING, "nothing was captured");
  step_expect(failed, "fingerprint.2.image", DS_FINDING_MISSING, "image");
}

static void
test_result_against_parts(void)
{
  g_autoptr(DsView) failed = make_view("failed", "11", NULL, NULL);
  g_autoptr(DsView) absent = make_view("not-registered", "11", NULL, NULL);

  add_image(failed, "11");
  add_template(failed, "11");
  step_expect(failed, "fingerprint.1.template", DS_FINDING_INVALID, "did not fail");
  add_image(absent, "11");
  step_expect(absent, "fingerprint.1.captured", DS_FINDING_INVALID, "not unregistered");
  step_expect(absent, "fingerprint.1.reason", DS_FINDING_MISSING, "say why");
}

static void
test_pair(void)
{
  g_autoptr(DsView) same = make_view(NULL, "11", NULL, "11");
  g_autoptr(DsView) hand = make_view(NULL, "11", NULL, "12");
  g_autoptr(DsView) order = make_view(NULL, "16", NULL, "11");

  step_expect(same, "fingerprint.2.same", DS_FINDING_INVALID, "same finger");
  step_expect(hand, "fingerprint.2.same-hand", DS_FINDING_WARNING, "one hand");
  step_expect(order, "fingerprint.1.order", DS_FINDING_WARNING, "right hand");
}

static void
test_parts(void)
{
  g_autoptr(DsView) view = make_view("registered", "11", NULL, NULL);

  STEP_PART(view, DS_SLOT_FINGERPRINT, "11", "content", "template", "algorithm", "vendor-3");
  step_expect(view, "fingerprint.part.origin", DS_FINDING_INVALID, "serial number");
  add_image(view, "17");
  step_expect(view, "fingerprint.part.unnamed", DS_FINDING_WARNING, "no row names");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-fingerprints/good", test_good);
  g_test_add_func("/step-fingerprints/nothing-captured", test_nothing_captured);
  g_test_add_func("/step-fingerprints/result-against-parts", test_result_against_parts);
  g_test_add_func("/step-fingerprints/pair", test_pair);
  g_test_add_func("/step-fingerprints/parts", test_parts);
  return g_test_run();
}
