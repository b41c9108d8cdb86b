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

typedef struct {
  double x0, y0, x1, y1;
} Word;

static void
expect_inside(const Word *word)
{
  g_assert_cmpfloat(word->x0, >=, 50);
  g_assert_cmpfloat(word->x1, <=, 595.28 - 50);
  g_assert_cmpfloat(word->y0, >=, 36);
  g_assert_cmpfloat(word->y1, <=, 841.89 - 20);
}

/* A third of the smaller box: lines of one text may lie so close that their boxes touch. */
static void
expect_apart(const Word *a, const Word *b)
{
  double width = MIN(a->x1, b->x1) - MAX(a->x0, b->x0);
  double height = MIN(a->y1, b->y1) - MAX(a->y0, b->y0);
  double smaller = MIN((a->x1 - a->x0) * (a->y1 - a->y0), (b->x1 - b->x0) * (b->y1 - b->y0));

  if (width <= 0 || height <= 0 || width * height <= smaller / 3)
    return;
  g_error("words lie on each other at %.0f,%.0f (to %.0f,%.0f) and %.0f,%.0f (to %.0f,%.0f)", a->x0,
          a->y0, a->x1, a->y1, b->x0, b->y0, b->x1, b->y1);
}

static void
read_words(GBytes *pdf, gboolean apart)
{
  g_autofree char *boxes = RUN(pdf, "pdftotext", "-bbox", "form.pdf", "-");
  g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(Word));

  for (const char *at = boxes; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
    Word word;

    if (g_str_has_prefix(at, "<page "))
      g_array_set_size(words, 0);
    if (!g_str_has_prefix(at, "<word "))
      continue;
    g_assert_cmpint(sscanf(at, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"",
                           &word.x0, &word.y0, &word.x1, &word.y1),
                    ==, 4);
    expect_inside(&word);
    for (guint i = 0; apart && i < words->len; i++)
      expect_apart(&g_array_index(words, Word, i), &word);
    g_array_append_val(words, word);
  }
}

void
pdf_expect_inside_margins(GBytes *pdf)
{
  read_words(pdf, FALSE);
}

void
pdf_expect_laid_out(GBytes *pdf)
{
  read_words(pdf, TRUE);
}
