/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/trouble.h"

static void add(char **lines, guint count, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
add(char **lines, guint count, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  ds_trouble_add(lines, count, format, arguments);
  va_end(arguments);
}

/* A thousand troubles do not fill a screen. */
static void
test_many(void)
{
  g_autofree char *lines = NULL;

  for (guint i = 1; i <= 1000; i++)
    add(&lines, i, "trouble %u", i);
  g_auto(GStrv) named = g_strsplit(lines, "\n", -1);
  g_assert_cmpuint(g_strv_length(named), ==, DS_TROUBLES_MAX);
  g_assert_cmpstr(named[0], ==, "trouble 1");
  g_assert_cmpstr(named[DS_TROUBLES_MAX - 1], ==, "trouble 16");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trouble/many", test_many);
  return g_test_run();
}
