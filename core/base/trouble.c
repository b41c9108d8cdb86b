/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/trouble.h"

void
ds_trouble_add(char **lines, guint count, const char *format, va_list arguments)
{
  if (count > DS_TROUBLES_MAX)
    return;
  g_autofree char *words = g_strdup_vprintf(format, arguments);
  g_autofree char *before = g_steal_pointer(lines);
  *lines = before != NULL ? g_strjoin("\n", before, words, NULL) : g_steal_pointer(&words);
}
