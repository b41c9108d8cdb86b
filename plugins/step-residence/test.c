/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *age, const char *basis, const char *holder, const char *proof)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "age", age);
  STEP_FIELDS(view, "residence.address", "江西省南昌市青山湖区北京东路1号", "residence.region",
              "360111", "residence.basis", basis, "residence.holder", holder, "residence.proof",
              proof);
  return view;
}

static void
test_good(void)
{
  static const char *const ROWS[][4] = {
      {"12", "study", "applicant", "school-certificate"},
      {"12", "work", "guardian", "work-contract"},
      {"12", "live", "guardian", "residence-permit"},
      {"12", "live", "guardian", "lease"},
      {"17", "work", "applicant", "work-contract"},
      {"17", "study", "applicant", "school-certificate"},
      {"17", "live", "applicant", "residence-registration"},
      {"17", "live", "applicant", "other"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(DsView) view = make_view(ROWS[i][0], ROWS[i][1], ROWS[i][2], ROWS[i][3]);

    step_expect_quiet(view);
  }
}

static void
test_proof(void)
{
  g_autoptr(DsView) wrong = make_view("17", "work", "applicant", "lease");
  g_autoptr(DsView) school = make_view("12", "live", "guardian", "school-certificate");

  step_expect(wrong, "residence.proof.basis", DS_FINDING_INVALID, "does not show");
  step_expect(school, "residence.proof.basis", DS_FINDING_INVALID, "does not show");
}

static void
test_address(void)
{
  g_autoptr(DsView) view = make_view("12", "study", "applicant", "school-certificate");

  step_expect_fact(view, "residence.address-province", "36");
  ds_view_set_field(view, "residence.region", "320682");
  step_expect(view, "residence.region.province", DS_FINDING_INVALID, "another province");
  ds_view_set_field(view, "residence.region", "360111");
  ds_view_set_field(view, "residence.address", "南昌市青山湖区北京东路1号");
  step_expect(view, "residence.address.province", DS_FINDING_INVALID, "province");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-residence/good", test_good);
  g_test_add_func("/step-residence/proof", test_proof);
  g_test_add_func("/step-residence/address", test_address);
  return g_test_run();
}
