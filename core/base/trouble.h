/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Troubles that stop nothing: the first ones are named, all are counted. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DS_TROUBLES_MAX 16u

/* Adds the words as one more line of *@lines (NULL before the first), unless it is more than the
 * DS_TROUBLES_MAX-th: @count counts this one too. */
void ds_trouble_add(char **lines, guint count, const char *format, va_list arguments)
    G_GNUC_PRINTF(3, 0);

G_END_DECLS
