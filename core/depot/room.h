/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Room for what units push: how much is taken, how much is left, and how both sides speak of it. A
 * station without room is asked again later; nothing is wrong with what was pushed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How the forced command begins its line on standard error when a push is cut to the room that is
 * left. The courier looks for it. */
#define DS_ROOM_NOTE "doorstep: no more room: "
/* The same when the pushes of a unit are to be smaller: later is no better then. */
#define DS_ROOM_LIMIT "doorstep: too large: "

/* Bytes of all objects and unfinished pushes in the repository @path; what git removes meanwhile is
 * not counted. */
guint64 ds_room_used(const char *path);
/* Bytes an unprivileged process may still write on @path's file system; G_MAXUINT64 when nobody can
 * say. */
guint64 ds_room_free(const char *path);

/* Whether the words of a push that failed, its report and its standard error, are about room that
 * may be there later. */
gboolean ds_room_is_lacking(const char *words);
/* What the forced command said, from one of the two beginnings above to the end of its line; NULL
 * when it said nothing. (transfer full) */
char *ds_room_note(const char *words);

G_END_DECLS
