/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static DsView *
make_view(const char *age, const char *signer)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "age", age);
  ds_view_set_fact(view, "notice.commitment.version", "first/1");
  ds_view_set_fact(view, "notice.commitment.sha256", DIGEST);
  STEP_FIELDS(view, "commitment.accepted", "true", "commitment.version", "first/1",
              "commitment.sha256", DIGEST, "commitment.signer", signer, "notice.read-at",
              "2026-09-01T00:30:00Z");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) child = make_view("12", "guardian");
  g_autoptr(DsView) adult = make_view("16", "applicant");
  g_autoptr(DsView) empty = ds_view_new();

  STEP_PART(child, DS_SLOT_SIGNATURE, "guardian", "captured-at", "2026-09-01T00:31:00Z");
  step_expect_quiet(child);
  step_add_part(adult, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_expect_quiet(adult);
  step_expect_quiet(empty);
}

static void
test_not_accepted(void)
{
  g_autoptr(DsView) view = make_view("12", "guardian");

  ds_view_set_field(view, "commitment.accepted", "false");
  step_expect(view, "commitment.not-accepted", DS_FINDING_MISSING, "not been accepted");
}

static void
test_other_text(void)
{
  g_autoptr(DsView) view = make_view("12", "guardian");

  STEP_FIELDS(view, "commitment.version", "first/0", "commitment.sha256", "b");
  step_expect(view, "commitment.text", DS_FINDING_INVALID, "not the text in force");
  ds_view_set_field(view, "commitment.version", "first/1");
  step_expect(view, "commitment.text", DS_FINDING_INVALID, "not the text in force");
}

static void
test_signer(void)
{
  g_autoptr(DsView) child = make_view("15", "applicant");
  g_autoptr(DsView) adult = make_view("16", "guardian");

  step_expect(child, "commitment.signer.other", DS_FINDING_INVALID, "the guardian signs");
  step_expect(adult, "commitment.signer.other", DS_FINDING_INVALID, "in person");
}

static void
test_signature(void)
{
  g_autoptr(DsView) view = make_view("12", "guardian");

  step_expect(view, "commitment.signature", DS_FINDING_MISSING, "guardian's signature");
  step_add_part(view, DS_SLOT_SIGNATURE, "applicant", NULL);
  step_expect(view, "commitment.signature", DS_FINDING_MISSING, "guardian's signature");
  ds_view_set_fact(view, "signatures.stale", "guardian");
  step_expect(view, "commitment.signature", DS_FINDING_MISSING, "signed again");
  STEP_PART(view, DS_SLOT_SIGNATURE, "guardian", "captured-at", "2026-09-01T00:29:00Z");
  step_expect(view, "commitment.signature.early", DS_FINDING_INVALID, "before the text was read");
  STEP_PART(view, DS_SLOT_SIGNATURE, "guardian", "captured-at", "2026-09-01T00:31:00Z");
  step_expect_quiet(view);
  ds_view_set_field(view, "commitment.accepted-at", "2026-09-01T00:32:00Z");
  step_expect(view, "commitment.signature.early", DS_FINDING_INVALID, "before the text was read");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-commitment/good", test_good);
  g_test_add_func("/step-commitment/not-accepted", test_not_accepted);
  g_test_add_func("/step-commitment/other-text", test_other_text);
  g_test_add_func("/step-commitment/signer", test_signer);
  g_test_add_func("/step-commitment/signature", test_signature);
  return g_test_run();
}
