/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of all steps need: build a view from words, run the step, look for a finding. */
#pragma once

#include <string.h>

#include "plugin/doorstep-plugin.h"

/* Sets fields from name, value pairs up to NULL. */
static inline void
step_set(DsView *view, const char *const *pairs)
{
  for (guint i = 0; pairs[i] != NULL; i += 2)
    ds_view_set_field(view, pairs[i], pairs[i + 1]);
}

#define STEP_FIELDS(VIEW, ...) step_set((VIEW), (const char *const[]){__VA_ARGS__, NULL})

static inline DsFindings *
step_check(const DsView *view)
{
  const DsStepOps *ops = doorstep_plugin.ops;
  DsFindings *findings = ds_findings_new();

  ops->check(view, findings);
  return findings;
}

/* A person's number with the right last digit. */
static inline void
step_set_number(DsView *view, const char *field, const char *first17)
{
  g_autofree char *number = g_strdup_printf("%s%c", first17, ds_number_check_digit(first17));

  ds_view_set_field(view, field, number);
}

/* Attributes from name, value pairs up to NULL. The part stays with the view. */
static inline DsPart *
step_add_part(DsView *view, DsSlot slot, const char *kind, const char *const *pairs)
{
  g_autofree char *id = g_strdup_printf("%s-%u", ds_slot_word(slot), ds_view_part_count(view) + 1);
  g_autofree char *digest = g_strdup_printf("%064u", ds_view_part_count(view) + 1);
  DsPart *part = ds_part_new(id, slot, kind, "image/jpeg", 1000, digest);

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i += 2)
    ds_part_set_attribute(part, pairs[i], pairs[i + 1]);
  ds_view_add_part(view, part);
  return part;
}

#define STEP_PART(VIEW, SLOT, KIND, ...) \
  step_add_part((VIEW), (SLOT), (KIND), (const char *const[]){__VA_ARGS__, NULL})

/* The step says nothing about @view but notes. */
static inline void
step_expect_quiet(const DsView *view)
{
  g_autoptr(DsFindings) findings = step_check(view);

  for (guint i = 0; i < ds_findings_count(findings); i++) {
    g_test_message("unexpected: %s", ds_findings_get(findings, i)->code);
    g_assert_cmpint(ds_findings_get(findings, i)->kind, ==, DS_FINDING_NOTE);
  }
}

/* The step says @code about @view, of @kind, and @words stand in its text. */
static inline void
step_expect(const DsView *view, const char *code, DsFindingKind kind, const char *words)
{
  g_autoptr(DsFindings) findings = step_check(view);
  const DsFinding *finding = ds_findings_find(findings, code);

  if (finding == NULL)
    g_test_message("no finding %s", code);
  g_assert_nonnull(finding);
  g_assert_cmpint(finding->kind, ==, kind);
  g_assert_nonnull(finding->subject);
  if (strstr(finding->text, words) == NULL)
    g_test_message("the text is: %s", finding->text);
  g_assert_nonnull(strstr(finding->text, words));
}

/* The step says nothing with @code. */
static inline void
step_expect_no(const DsView *view, const char *code)
{
  g_autoptr(DsFindings) findings = step_check(view);

  g_assert_null(ds_findings_find(findings, code));
}

/* What the step derives as @fact, or NULL when nothing, compared with @value. */
static inline void
step_expect_fact(const DsView *view, const char *fact, const char *value)
{
  const DsStepOps *ops = doorstep_plugin.ops;
  g_autoptr(DsView) facts = ds_view_new();

  ops->derive(view, facts);
  g_assert_cmpstr(ds_view_fact(facts, fact), ==, value);
}
