/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <errno.h>
#include <string.h>

static void
test_errno(void)
{
  static const struct {
    int saved;
    int code;
  } rows[] = {
      {ENOSPC, DS_ERROR_NO_SPACE}, {EDQUOT, DS_ERROR_NO_SPACE}, {ENOENT, DS_ERROR_NOT_FOUND},
      {EACCES, DS_ERROR_FAILED},   {EIO, DS_ERROR_FAILED},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(ds_error_set_errno(&error, rows[i].saved, "writing", "some/file"));
    g_assert_error(error, DS_ERROR, rows[i].code);
    g_assert_true(g_str_has_prefix(error->message, "writing some/file: "));
    g_assert_nonnull(strstr(error->message, g_strerror(rows[i].saved)));
  }
  g_assert_false(ds_error_set_errno(NULL, EIO, "writing", "a"));
}

/* Programs read these words: none is missing, none is there twice. */
static void
test_words(void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  for (int code = DS_ERROR_FAILED; code <= DS_ERROR_CANCELLED; code++) {
    const char *word = ds_error_word(code);
    g_assert_nonnull(word);
    g_assert_true(g_hash_table_add(seen, (gpointer)word));
  }
  g_assert_cmpstr(ds_error_word(DS_ERROR_NO_SPACE), ==, "no-space");
  g_assert_cmpstr(ds_error_word(DS_ERROR_LOCKED), ==, "locked");
  g_assert_cmpstr(ds_error_word(-1), ==, "failed");
  g_assert_cmpstr(ds_error_word(999), ==, "failed");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/error/errno", test_errno);
  g_test_add_func("/error/words", test_words);
  return g_test_run();
}
