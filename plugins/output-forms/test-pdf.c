/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-pdf.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static char *folder;

void
pdf_begin(void)
{
  folder = g_dir_make_tmp("forms-XXXXXX", NULL);
}

void
pdf_end(void)
{
  static const char *const NAMES[] = {"form.pdf", "page.png"};

  for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
    g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);

    g_unlink(path);
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  g_clear_pointer(&folder, g_free);
}

/* The program's output; @argv holds "form.pdf" and the like relative to the folder. */
static char *
run(GBytes *pdf, const char *const *argv)
{
  g_autofree char *path = g_build_filename(folder, "form.pdf", NULL);
  g_autofree char *found = g_find_program_in_path(argv[0]);
  char *output = NULL;
  int status = -1;

  if (found == NULL) {
    g_test_skip("poppler-utils or zbar-tools is not installed");
    return NULL;
  }
  g_assert_true(
      g_file_set_contents(path, g_bytes_get_data(pdf, NULL), (gssize)g_bytes_get_size(pdf), NULL));
  g_assert_true(g_spawn_sync(folder, (char **)argv, NULL,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output,
                             NULL, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  return output;
}

#define RUN(PDF, ...) run((PDF), (const char *const[]){__VA_ARGS__, NULL})

char *
pdf_read_text(GBytes *pdf)
{
  g_autofree char *text = RUN(pdf, "pdftotext", "-raw", "form.pdf", "-");
  GString *joined;

  if (text == NULL)
    return NULL;
  joined = g_string_new(NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      g_string_append_unichar(joined, g_utf8_get_char(at));
  return g_string_free(joined, FALSE);
}

char *
pdf_read_info(GBytes *pdf)
{
  return RUN(pdf, "pdfinfo", "-isodates", "form.pdf");
}

char *
pdf_read_code(GBytes *pdf)
{
  g_autofree char *last = g_strdup_printf("%u", MAX(1, pdf_count_pages(pdf)));
  g_autofree char *drawn = RUN(pdf, "pdftoppm", "-r", "150", "-png", "-f", last, "-l", last,
                               "-singlefile", "form.pdf", "page");
  char *code = drawn != NULL ? RUN(pdf, "zbarimg", "--quiet", "--raw", "page.png") : NULL;

  return code != NULL ? g_strchomp(code) : NULL;
}

guint
pdf_count_pages(GBytes *pdf)
{
  g_autofree char *info = pdf_read_info(pdf);
  const char *pages = info != NULL ? strstr(info, "Pages:") : NULL;

  return pages != NULL ? (guint)g_ascii_strtoull(pages + 6 + strspn(pages + 6, " "), NULL, 10) : 0;
}

void
pdf_expect_words(const char *text, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++) {
    if (strstr(text, words[i]) == NULL)
      g_test_message("%s is not in: %s", words[i], text);
    g_assert_nonnull(strstr(text, words[i]));
  }
}

void
pdf_expect_inside_margins(GBytes *pdf)
{
  g_autofree char *boxes = RUN(pdf, "pdftotext", "-bbox", "form.pdf", "-");

  for (const char *at = boxes; at != NULL && (at = strstr(at, "<word ")) != NULL; at++) {
    double x0, y0, x1, y1;

    g_assert_cmpint(
        sscanf(at, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &x0, &y0, &x1, &y1),
        ==, 4);
    g_assert_cmpfloat(x0, >=, 50);
    g_assert_cmpfloat(x1, <=, 595.28 - 50);
    g_assert_cmpfloat(y0, >=, 36);
    g_assert_cmpfloat(y1, <=, 841.89 - 20);
  }
}
