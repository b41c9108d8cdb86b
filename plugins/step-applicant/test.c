/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(void)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "case.day", "2026-09-01");
  STEP_FIELDS(view, "applicant.name", "赵小明", "applicant.sex", "1", "applicant.ethnic", "01",
              "applicant.birth", "2012-03-04", "applicant.address",
              "江西省赣州市章贡区红旗大道1号");
  step_set_number(view, "applicant.number", "36070220120304001");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_quiet(view);
  step_expect_quiet(empty);
  ds_view_set_field(view, "applicant.address", "赣南昌市东湖区八一大道2号");
  step_expect_quiet(view);
}

static void
test_number(void)
{
  static const struct {
    const char *number, *code, *words;
  } ROWS[] = {
      {"360702201203040011", "applicant.number.checksum", "last digit"},
      {"360702120304001", "applicant.number.legacy", "15 digits"},
      {"36070220120304", "applicant.number.length", "18 digits"},
      {"３60702201203040010", "applicant.number.characters", "full-width"},
      {"36070220121304001", "applicant.number.date", "no date"},
      {"36070220270101001", "applicant.number.future", "future"},
      {"81000020120304001", "applicant.number.class", "Hong Kong"},
      {"82000020120304001", "applicant.number.class", "Macao"},
      {"83000020120304001", "applicant.number.class", "Taiwan"},
      {"91112420120304001", "applicant.number.class", "foreigner"},
  };

  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(DsView) view = make_view();

    if (strlen(ROWS[i].number) == 17)
      step_set_number(view, "applicant.number", ROWS[i].number);
    else
      ds_view_set_field(view, "applicant.number", ROWS[i].number);
    step_expect(view, ROWS[i].code, DS_FINDING_INVALID, ROWS[i].words);
  }
}

/* A permit's number is of the wrong class, whatever its last digit. */
static void
test_permit_is_no_typo(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "applicant.number", "810000201203040019");
  step_expect(view, "applicant.number.class", DS_FINDING_INVALID, "residence permit");
  step_expect_no(view, "applicant.number.checksum");
}

static void
test_birth_and_sex(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "applicant.birth", "2012-03-05");
  step_expect(view, "applicant.birth.mismatch", DS_FINDING_INVALID, "not the one in the number");
  ds_view_set_field(view, "applicant.birth", "2026-09-02");
  step_expect(view, "applicant.birth.future", DS_FINDING_INVALID, "future");
  ds_view_set_field(view, "applicant.birth", "2012-03-04");
  ds_view_set_field(view, "applicant.sex", "2");
  step_expect(view, "applicant.sex.mismatch", DS_FINDING_WARNING, "17th digit");
}

static void
test_name(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "applicant.name", "阿不都・热合曼");
  step_expect(view, "applicant.name.dot", DS_FINDING_WARNING, "阿不都·热合曼");
  ds_view_set_field(view, "applicant.name", "阿不都·热合曼");
  step_expect_quiet(view);
  ds_view_set_field(view, "applicant.name", "赵\xee\xa0\x81");
  step_expect(view, "applicant.name.private-use", DS_FINDING_WARNING, "self-made");
}

static void
test_address(void)
{
  g_autoptr(DsView) view = make_view();

  ds_view_set_field(view, "applicant.address", "赣州市章贡区红旗大道1号");
  step_expect(view, "applicant.address.province", DS_FINDING_INVALID, "province");
  ds_view_set_field(view, "applicant.address", "江西省赣州市某某机械有限公司");
  step_expect_quiet(view);
  ds_view_set_field(view, "applicant.collective", "true");
  step_expect(view, "applicant.address.unit-name", DS_FINDING_WARNING, "unit's address");
}

static void
test_derive(void)
{
  g_autoptr(DsView) view = make_view();
  g_autoptr(DsView) empty = ds_view_new();

  step_expect_fact(view, "applicant.number-class", "resident");
  step_expect_fact(view, "applicant.number-region", "360702");
  step_expect_fact(view, "applicant.number-birth", "2012-03-04");
  step_expect_fact(view, "applicant.address-province", "36");
  step_expect_fact(empty, "applicant.number-class", NULL);
  ds_view_set_field(view, "applicant.number", "11010519491231002x");
  step_expect_fact(view, "applicant.number-text", "11010519491231002X");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-applicant/good", test_good);
  g_test_add_func("/step-applicant/number", test_number);
  g_test_add_func("/step-applicant/permit-is-no-typo", test_permit_is_no_typo);
  g_test_add_func("/step-applicant/birth-and-sex", test_birth_and_sex);
  g_test_add_func("/step-applicant/name", test_name);
  g_test_add_func("/step-applicant/address", test_address);
  g_test_add_func("/step-applicant/derive", test_derive);
  return g_test_run();
}
