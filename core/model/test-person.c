/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/person.h"

#include <string.h>

static void
expect(DsFindings *findings, const char *code, DsFindingKind kind, const char *words)
{
  const DsFinding *finding = ds_findings_find(findings, code);

  g_assert_nonnull(finding);
  g_assert_cmpint(finding->kind, ==, kind);
  g_assert_nonnull(strstr(finding->text, words));
  g_assert_true(g_str_has_prefix(code, finding->subject));
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
}

static DsFindings *
check_number(const char *first17)
{
  DsFindings *findings = ds_findings_new();
  g_autofree char *text = g_strdup(first17);
  DsNumber number;
  GDate day;

  if (strlen(first17) == 17) {
    g_free(text);
    text = g_strdup_printf("%s%c", first17, ds_number_check_digit(first17));
  }
  g_date_clear(&day, 1);
  g_date_set_dmy(&day, 1, G_DATE_SEPTEMBER, 2026);
  number = ds_number_parse(text, &day);
  ds_person_check_number(findings, "a.number", &number);
  return findings;
}

static void
test_number(void)
{
  static const struct {
    const char *digits, *code, *words;
    DsFindingKind kind;
  } ROWS[] = {
      {"360702900101001", "a.number.legacy", "15 digits", DS_FINDING_INVALID},
      {"3607029001010012", "a.number.length", "18 digits", DS_FINDING_INVALID},
      {"44052418800101O014", "a.number.characters", "digits 0 to 9", DS_FINDING_INVALID},
      {"440524188001010013", "a.number.checksum", "last digit", DS_FINDING_INVALID},
      {"36070220110231001", "a.number.date", "no date", DS_FINDING_INVALID},
      {"36070220270101001", "a.number.future", "future", DS_FINDING_INVALID},
      {"36070217000101001", "a.number.century", "1800", DS_FINDING_WARNING},
      {"00000019900101001", "a.number.prefix", "province", DS_FINDING_WARNING},
  };

  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(DsFindings) findings = check_number(ROWS[i].digits);

    g_test_message("%s", ROWS[i].code);
    expect(findings, ROWS[i].code, ROWS[i].kind, ROWS[i].words);
  }
  g_autoptr(DsFindings) none = check_number("11010519491231002");
  g_assert_cmpuint(ds_findings_count(none), ==, 0);
}

static DsFindings *
check_name(const char *name)
{
  DsFindings *findings = ds_findings_new();

  ds_person_check_name(findings, "a.name", name);
  return findings;
}

static void
test_name(void)
{
  g_autoptr(DsFindings) dot = check_name("阿不都•热合曼");
  g_autoptr(DsFindings) private_use = check_name("李\xee\xa0\x81");
  g_autoptr(DsFindings) sign = check_name("张 三");
  g_autoptr(DsFindings) chip = check_name("一二三四五六七八九十一二三四五六");
  g_autoptr(DsFindings) fits = check_name("一二三四五六七八九十一二三四五");
  GString *text = g_string_new(NULL);

  for (int i = 0; i < 51; i++)
    g_string_append(text, "王");
  g_autoptr(DsFindings) too_long = check_name(text->str);
  g_string_free(text, TRUE);
  expect(dot, "a.name.dot", DS_FINDING_WARNING, "“阿不都·热合曼”");
  expect(private_use, "a.name.private-use", DS_FINDING_WARNING, "self-made");
  expect(sign, "a.name.characters", DS_FINDING_WARNING, "space");
  expect(chip, "a.name.over-chip", DS_FINDING_WARNING, "holds 15");
  expect(too_long, "a.name.too-long", DS_FINDING_INVALID, "50");
  g_assert_cmpuint(ds_findings_count(fits), ==, 0);
}

static void
test_address(void)
{
  g_autoptr(DsFindings) good = ds_findings_new();
  g_autoptr(DsFindings) bad = ds_findings_new();

  ds_person_check_address(good, "a.address", "赣南昌市东湖区八一大道2号", "五");
  g_assert_cmpuint(ds_findings_count(good), ==, 0);
  ds_person_check_address(bad, "a.address", "南昌市东湖区八一大道2号", "五");
  expect(bad, "a.address.province", DS_FINDING_INVALID, "province");
  g_assert_cmpstr(ds_findings_get(bad, 0)->clause, ==, "五");
  g_assert_cmpstr(ds_findings_get(bad, 0)->requirements, ==, "R125");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/person/number", test_number);
  g_test_add_func("/person/name", test_name);
  g_test_add_func("/person/address", test_address);
  return g_test_run();
}
