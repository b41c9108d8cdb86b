/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/facts.h"

#include <string.h>

#include "policy/json.h"
#include "policy/test-case.h"

/* "unknown" for UNKNOWN. */
static char *
fact(DsFacts *facts, const char *name)
{
  g_autoptr(JsonNode) node = ds_facts_lookup(facts, name);

  return node != NULL ? ds_json_to_text(node, FALSE) : g_strdup("unknown");
}

static void
expect(DsFacts *facts, const char *name, const char *wanted)
{
  g_autofree char *have = fact(facts, name);

  g_test_message("%s", name);
  g_assert_cmpstr(have, ==, wanted);
}

static void
test_view(void)
{
  static const char *const rows[][2] = {
      {"age", "10"},
      {"validity.years", "5"},
      {"validity.next-age-day", "\"2032-03-05\""},
      {"documents", "[\"guardian-id-card\",\"household-register\",\"proof-of-study\"]"},
      {"signatures", "[\"guardian\"]"},
      {"parts.photo", "1"},
      {"parts.fingerprint", "2"},
      {"parts.document", "0"},
      {"parts.nonsense", "unknown"},
      {"fingerprints.recorded", "2"},
      {"kinship.case", "\"K1\""},
      {"hukou.province", "\"36\""},
      {"hukou.prefecture", "\"3607\""},
      {"hukou.county", "\"360702\""},
      {"residence.county", "\"360102\""},
      {"applicant.never-held-card", "true"},
      {"applicant.collective", "false"}, /* declared absence */
      {"portrait.reason", "null"},
      {"guardian.phone", "unknown"},
      {"station.identity-match", "unknown"},
      {"document.household-register.sighted", "true"},
      {"document.birth-certificate.sighted", "false"},
      {"applicant.name", "\"欧阳小川\""},
      {"never.heard-of", "unknown"},
  };
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsPack) pack = test_pack(policy);
  g_autoptr(DsView) view = test_pupil(pack);
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    expect(facts, rows[i][0], rows[i][1]);
}

static void
test_malformed(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);

  expect(facts, "age", "unknown");
  expect(facts, "kinship.case", "unknown");
  ds_view_set_field(view, "applicant.birth", "2016-13-05");
  ds_view_set_field(view, "guardian.present", "yes");
  ds_view_set_fact(view, "case.day", "2026-09-01");
  ds_view_set_field(view, "residence.region", "36010");
  ds_view_set_field(view, "kinship.same-household", "false");
  expect(facts, "applicant.birth", "unknown");
  expect(facts, "age", "unknown");
  expect(facts, "guardian.present", "unknown");
  expect(facts, "residence.county", "unknown");
  expect(facts, "kinship.case", "unknown");
  ds_view_set_field(view, "applicant.birth", "2026-10-01");
  expect(facts, "age", "unknown"); /* not born yet */
  ds_view_set_field(view, "residence.region", "360100");
  expect(facts, "residence.county", "unknown");
  expect(facts, "residence.prefecture", "\"3601\"");
  ds_view_set_field(view, "applicant.birth", "1970-01-01");
  expect(facts, "validity.years", "0");
  expect(facts, "validity.next-age-day", "null");
}

static void
test_precedence(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);

  ds_view_set_field(view, "kinship.same-household", "true");
  expect(facts, "kinship.case", "\"K1\"");
  ds_view_set_fact(view, "kinship.case", "K3"); /* a step's derivation wins */
  expect(facts, "kinship.case", "\"K3\"");
  test_add_part(view, "scan-1", DS_SLOT_DOCUMENT, "birth-certificate");
  ds_view_set_field(view, "document.birth-certificate.sighted", "true");
  ds_view_set_field(view, "document.other.sighted", "false");
  expect(facts, "documents", "[\"birth-certificate\"]");
}

/* What follows from reason, place and signatures. */
static void
test_renewal(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);

  expect(facts, "application.is-renewal", "unknown");
  expect(facts, "application.urgency", "\"normal\"");
  expect(facts, "application.category", "unknown");
  expect(facts, "fee.due", "unknown"); /* only a pack says it */
  expect(facts, "signatures.stale", "[]");
  ds_view_set_field(view, "application.reason", "lost");
  expect(facts, "application.is-renewal", "false");
  ds_view_set_field(view, "application.reason", "damaged");
  expect(facts, "application.is-renewal", "true");
  ds_view_set_fact(view, "unit.region", "370802");
  expect(facts, "unit.county", "\"370811\"");
  expect(facts, "unit.province", "\"37\"");
  ds_view_set_field(view, "applicant.address", "山东省济宁市鱼台县1号");
  expect(facts, "application.category", "\"cross-county\"");
  test_add_part(view, "sign-1", DS_SLOT_SIGNATURE, "applicant");
  test_add_part(view, "sign-2", DS_SLOT_SIGNATURE, "guardian");
  expect(facts, "signatures", "[\"applicant\",\"guardian\"]");
  ds_view_set_fact(view, "signatures.stale", "applicant");
  expect(facts, "signatures", "[\"guardian\"]");
  ds_view_set_fact(view, "signatures", "applicant"); /* the unit knows which one is meant */
  expect(facts, "signatures", "[\"applicant\"]");
}

static void
test_who(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFacts) facts = ds_policy_facts(policy, view);

  g_assert_cmpstr(ds_facts_who(facts, "station.identity-match"), ==, "station");
  g_assert_cmpstr(ds_facts_who(facts, "signer.approved"), ==, "signer");
  g_assert_cmpstr(ds_facts_who(facts, "contact.phone"), ==, "applicant");
  g_assert_cmpstr(ds_facts_who(facts, "document.other.sighted"), ==, "unit");
  g_assert_cmpstr(ds_facts_title(facts, "age", "zh"), ==, "周岁年龄");
  g_assert_cmpstr(ds_facts_title(facts, "age", "en"), ==, "age in whole years");
  g_assert_cmpstr(ds_facts_title(facts, "never.heard-of", "en"), ==, "never.heard-of");
  g_assert_cmpstr(ds_facts_ask_for(facts, "age"), ==, "applicant.birth");
  ds_view_set_field(view, "applicant.birth", "2016-03-05");
  g_assert_cmpstr(ds_facts_ask_for(facts, "age"), ==, "case.day");
  g_assert_cmpstr(ds_facts_ask_for(facts, "hukou.county"), ==, "applicant.address");
  ds_view_set_field(view, "applicant.address", "某地");
  g_assert_cmpstr(ds_facts_ask_for(facts, "hukou.county"), ==, "hukou.county");
  g_assert_cmpstr(ds_facts_who(facts, "hukou.county"), ==, "station");
}

static void
test_table(void)
{
  g_autoptr(DsPolicy) policy = test_policy();
  DsFactTable *table = ds_policy_fact_table(policy);
  g_autoptr(GPtrArray) names = ds_fact_table_names(table);

  g_assert_cmpuint(names->len, >, 80);
  g_assert_cmpint(ds_fact_table_find(table, "age")->type, ==, DS_FACT_INTEGER);
  g_assert_cmpstr(ds_fact_table_find(table, "notice.version")->name, ==, "notice.version");
  g_assert_cmpstr(ds_fact_table_find(table, "notice.commitment.version")->name, ==,
                  "notice.*.version");
  g_assert_null(ds_fact_table_find(table, "document"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/facts/view", test_view);
  g_test_add_func("/facts/malformed", test_malformed);
  g_test_add_func("/facts/precedence", test_precedence);
  g_test_add_func("/facts/renewal", test_renewal);
  g_test_add_func("/facts/who", test_who);
  g_test_add_func("/facts/table", test_table);
  return g_test_run();
}
