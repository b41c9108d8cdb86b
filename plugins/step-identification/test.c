/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static DsView *
make_view(const char *mode, const char *verdict)
{
  DsView *view = ds_view_new();

  ds_view_set_fact(view, "officer.number", "370811001");
  ds_view_set_fact(view, "station.officers", "370811001 370811002");
  STEP_FIELDS(view, "identification.mode", mode, "identification.second-generation-card", "true",
              "identification.looks-changed", "false", "identification.fingerprints-on-file",
              "unknown", "identification.verdict", verdict, "identification.forgery", "false");
  return view;
}

static void
test_good(void)
{
  g_autoptr(DsView) by_document = make_view("document", "same");
  g_autoptr(DsView) by_history = make_view("history", "unsure");
  g_autoptr(DsView) empty = ds_view_new();

  ds_view_set_field(by_document, "document.resident-id-card.sighted", "true");
  step_expect_quiet(by_document);
  step_expect_quiet(by_history);
  step_expect_quiet(empty);
}

static void
test_mode(void)
{
  g_autoptr(DsView) view = make_view("history", "same");

  ds_view_set_field(view, "document.proof-of-work.sighted", "true");
  step_expect_quiet(view);
  ds_view_set_field(view, "document.passport.sighted", "false");
  step_expect_quiet(view);
  ds_view_set_field(view, "document.passport.sighted", "true");
  step_expect(view, "identification.mode.documents", DS_FINDING_WARNING, "by the document");
}

static void
test_changed_looks(void)
{
  g_autoptr(DsView) view = make_view("document", "same");

  ds_view_set_field(view, "identification.looks-changed", "true");
  step_expect(view, "identification.verdict.why", DS_FINDING_WARNING, "recognised");
  ds_view_set_field(view, "identification.verdict-reason", "左眉痣、耳廓一致");
  step_expect_quiet(view);
}

static void
test_supervisor(void)
{
  g_autoptr(DsView) view = make_view("document", "same");

  ds_view_set_field(view, "identification.forgery-confirmed-by", "370811001");
  step_expect_quiet(view); /* nothing was noticed */
  STEP_FIELDS(view, "identification.forgery", "true", "identification.forgery-detail",
              "户口簿印章模糊");
  step_expect(view, "identification.supervisor.self", DS_FINDING_INVALID, "another officer");
  ds_view_set_field(view, "identification.forgery-confirmed-by", "37081100");
  step_expect(view, "identification.supervisor.unknown", DS_FINDING_INVALID, "no officer");
  ds_view_set_field(view, "identification.forgery-confirmed-by", "370811002");
  step_expect_quiet(view);
  ds_view_set_field(view, "identification.forgery-confirmed-by", NULL);
  step_expect(view, "identification.supervisor.missing", DS_FINDING_NOTE, "supervisor");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-identification/good", test_good);
  g_test_add_func("/step-identification/mode", test_mode);
  g_test_add_func("/step-identification/changed-looks", test_changed_looks);
  g_test_add_func("/step-identification/supervisor", test_supervisor);
  return g_test_run();
}
