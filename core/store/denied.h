/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for a folder or file that belongs to another account. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who this process is and whom @path belongs to, in words, when this account may not @how (R_OK,
 * W_OK or X_OK of <unistd.h>, or several) it; when @path cannot even be looked at, the same about
 * the folder that stands in the way. NULL when it may, or when @path is not there.
 * (transfer full) */
char *ds_denied_words(const char *path, int how);

/* After a failure on @path: when ds_denied_words has something to say, *@error says that, with
 * the code it has. Always FALSE, so that it can end a function. */
gboolean ds_denied_explain(const char *path, int how, GError **error);

G_END_DECLS
