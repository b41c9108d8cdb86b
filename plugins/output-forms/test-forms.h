/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the test's files share. */
#pragma once

#include "plugin/doorstep-plugin.h"

/* Draws as the helper process would. (transfer full) */
GBytes *forms_render(const char *document, const DsView *view, GError **error);
/* The same, which must work, as text without blanks; NULL when there is no program to read it. */
char *forms_read(const char *document, const DsView *view);
/* It must fail with a message that contains @words. */
void forms_expect_error(const char *document, const DsView *view, int code, const char *words);
/* Sets fields or facts: name, value … NULL. */
void forms_set_fields(DsView *view, ...) G_GNUC_NULL_TERMINATED;
void forms_set_facts(DsView *view, ...) G_GNUC_NULL_TERMINATED;
/* @count times @c, so that a test can count what was drawn. (transfer full) */
char *forms_repeat(gunichar c, guint count);
guint forms_count(const char *text, gunichar c);

/* An old woman at home whose card has expired; nothing attached. (transfer full) */
DsView *forms_visit(void);

void add_visit_tests(void);
void add_trip_tests(void);
void add_random_tests(void);
