/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../step-test.h"

static void
test_good(void)
{
  g_autoptr(DsView) view = ds_view_new();

  step_expect_quiet(view);
  STEP_FIELDS(view, "document.household-register.sighted", "true", "document.other.sighted",
              "true");
  step_add_part(view, DS_SLOT_DOCUMENT, "household-register", NULL);
  step_add_part(view, DS_SLOT_DOCUMENT, "household-register", NULL);
  step_add_part(view, DS_SLOT_PHOTO, "", NULL);
  step_expect_quiet(view);
}

static void
test_original_not_seen(void)
{
  g_autoptr(DsView) view = ds_view_new();
  g_autoptr(DsFindings) findings = NULL;

  step_add_part(view, DS_SLOT_DOCUMENT, "birth-certificate", NULL);
  step_add_part(view, DS_SLOT_DOCUMENT, "birth-certificate", NULL);
  step_expect(view, "document.birth-certificate.original", DS_FINDING_WARNING, "original was seen");
  findings = step_check(view);
  g_assert_cmpuint(ds_findings_count(findings), ==, 1);
  ds_view_set_field(view, "document.birth-certificate.sighted", "false");
  step_expect(view, "document.birth-certificate.original", DS_FINDING_WARNING, "original was seen");
}

static void
test_same_file_twice(void)
{
  g_autoptr(DsView) view = ds_view_new();
  char same[] = "8888888888888888888888888888888888888888888888888888888888888888";

  STEP_FIELDS(view, "document.household-register.sighted", "true",
              "document.guardian-id-card.sighted", "true");
  ds_view_add_part(view, ds_part_new("document-1", DS_SLOT_DOCUMENT, "household-register",
                                     "image/jpeg", 10, same));
  ds_view_add_part(view, ds_part_new("document-2", DS_SLOT_DOCUMENT, "guardian-id-card",
                                     "image/jpeg", 10, same));
  step_expect(view, "document.duplicate", DS_FINDING_INVALID, "same file");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/step-documents/good", test_good);
  g_test_add_func("/step-documents/original-not-seen", test_original_not_seen);
  g_test_add_func("/step-documents/same-file-twice", test_same_file_twice);
  return g_test_run();
}
