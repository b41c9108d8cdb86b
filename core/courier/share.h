/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The courier under an account of its own. The officer's account owns the home; the courier's
 * account reaches it as a member of one group, in which the officer must be too:
 *
 *   HOME          0710  enter                courier.json  0640  read
 *   store/        2750  read                 inbox/        2770  write
 *   depot/        2770  write                vault/        0700  nothing
 *
 * So the courier's account can read what is sealed and bring what came, but neither read the vault
 * nor remove, change or add a sealed bundle. New files keep these modes: base/files.h. */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Gives HOME to the primary group of @account as above; again is fine, and mends what is there.
 * An ssh key made by the caller's own account goes, for @account cannot read it and makes its own:
 * @key_gone. DS_ERROR_NOT_FOUND: no such account; DS_ERROR_REFUSED: the caller does not own the
 * home, is not in the group, or keeps the home in a private folder: says what to do. */
gboolean ds_courier_share(const char *home, const char *account, gboolean *key_gone,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The group HOME is shared with; FALSE when it is not shared. */
gboolean ds_courier_shared_group(const char *home, gid_t *group);

/* Whether this account has what a courier needs in @home. DS_ERROR_REFUSED says what is missing and
 * who mends it. */
gboolean ds_courier_check_access(const char *home, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
