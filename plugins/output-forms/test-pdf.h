/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads PDFs back with programs that are not ours. Without them the test is skipped. */
#pragma once

#include <glib.h>

/* Around all tests: a folder for what the programs read and write. */
void pdf_begin(void);
void pdf_end(void);

/* The text of all pages without blanks and line ends; NULL when skipped. (transfer full) */
char *pdf_read_text(GBytes *pdf);
/* Title, dates and the like. (transfer full) */
char *pdf_read_info(GBytes *pdf);
/* What the codes on the last page say, a line for each. (transfer full) */
char *pdf_read_code(GBytes *pdf);
guint pdf_count_pages(GBytes *pdf); /* 0 when skipped */
/* Every word lies inside the margins. */
void pdf_expect_inside_margins(GBytes *pdf);
/* And none on another; not for scripts whose marks stand above and below their letters. */
void pdf_expect_laid_out(GBytes *pdf);

/* Every one of @words up to NULL stands in @text. */
void pdf_expect_words(const char *text, const char *const *words);
#define EXPECT_WORDS(TEXT, ...) pdf_expect_words((TEXT), (const char *const[]){__VA_ARGS__, NULL})
