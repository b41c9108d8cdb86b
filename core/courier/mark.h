/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks the unit layer leaves for the courier: an empty file HOME/depot/urgent/<id> or
 * HOME/depot/resend/<id>. Gone once the bundle is handed over.
 *
 * HOME/depot/hold/<id> names the withdrawal of a sealed case that need not be sent any more. A
 * manifest cannot say so: it names what it replaces, but a correction does that too, and a
 * correction needs the bundle it corrects. The mark holds only while the withdrawal is in the spool
 * as well; without it the bundle travels, and the station supersedes it when the withdrawal comes.
 */
#pragma once

#include "base/digest.h"

G_BEGIN_DECLS

typedef enum {
  DS_COURIER_URGENT, /* before everything else */
  DS_COURIER_RESEND, /* again, although it was handed over */
} DsCourierMark;

/* Durable on TRUE; again is fine. */
gboolean ds_courier_mark_set(const char *home, DsCourierMark mark, const DsDigest *id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ds_courier_mark_has(const char *home, DsCourierMark mark, const DsDigest *id);
/* TRUE when it was not there. */
gboolean ds_courier_mark_clear(const char *home, DsCourierMark mark, const DsDigest *id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Holds @id back in favour of @withdrawal; durable on TRUE, again is fine. */
gboolean ds_courier_hold_set(const char *home, const DsDigest *id, const DsDigest *withdrawal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE when @id is not held. */
gboolean ds_courier_hold_get(const char *home, const DsDigest *id, DsDigest *withdrawal);

/* The marks of all kinds that stand now, as paths. The unit writes a bundle to the spool before it
 * marks it: list the marks first and the spool after, and a mark without its bundle is a pruned
 * one's. (transfer full) */
GPtrArray *ds_courier_marks_list(const char *home);
/* Removes those of @marks whose bundle is not among @spooled (a set of DsDigest). */
void ds_courier_marks_sweep(const GPtrArray *marks, GHashTable *spooled);

G_END_DECLS
