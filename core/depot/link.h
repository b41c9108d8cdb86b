/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both ends of a running peer program: what it reads, what it writes, what it complains about.
 * All waiting is bounded: when no byte moves for the stall time, or when less than the pace moves
 * in a time of waiting, the call fails with DS_ERROR_RETRY: a peer that gives a byte a minute holds
 * nobody up for days. What the program writes to its standard error is drained beside all this, the
 * first 4 KiB are kept for the message to the person. A peer that closes early is DS_ERROR_RETRY.
 */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct _DsLink DsLink;

/* Called at most every 100 ms, and at the end of a phase, with totals of this link. */
typedef void (*DsLinkProgress)(guint64 sent, guint64 received, gpointer user_data);

#define DS_LINK_STALL_SECONDS 60
/* A quarter of what a line of 8 kbit/s carries. */
#define DS_LINK_PACE_BYTES (30 * 1024)
#define DS_LINK_PACE_SECONDS 120

/* Takes over the descriptors (@read_fd and @write_fd may be one socket; @err_fd may be -1) and
 * the child @pid (0: no child to reap). Sets them non-blocking. (transfer full) */
DsLink *ds_link_new(int read_fd, int write_fd, int err_fd, pid_t pid);
/* Closes; a child that still runs is ended (SIGTERM, then SIGKILL) and reaped. */
void ds_link_free(DsLink *self);

void ds_link_set_stall(DsLink *self, guint seconds);
/* Of each @seconds spent waiting for the other side, not for ourselves, at least @bytes must come
 * of it, both directions together. */
void ds_link_set_pace(DsLink *self, guint64 bytes, guint seconds);
/* Adds @seconds to the stall time and the pace's: the other side has work to do before its next
 * word, and says meanwhile hardly more than that it lives. */
void ds_link_add_patience(DsLink *self, guint seconds);
void ds_link_set_cancellable(DsLink *self, GCancellable *cancellable);
void ds_link_set_progress(DsLink *self, DsLinkProgress progress, gpointer user_data);

/* All of @size bytes, or an error. */
gboolean ds_link_write(DsLink *self, const void *data, gsize size,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Exactly @size bytes, or an error (DS_ERROR_RETRY when the peer closed before). */
gboolean ds_link_read(DsLink *self, void *data, gsize size,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 1 … @size bytes; 0 at the end of the peer's words; -1 with @error set. */
gssize ds_link_read_some(DsLink *self, void *data, gsize size,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No more will be written: the peer sees the end of its input. */
void ds_link_close_write(DsLink *self);
/* Closes both directions and waits for the child, at most the stall time, then ends it. Returns
 * its wait status (0 without a child, -1 when it had to be killed). May be called again. */
int ds_link_finish(DsLink *self);

/* What the child wrote to its standard error so far: printable ASCII and blanks only, lines
 * joined by "; ". Never NULL. Owned by the link, valid until the next call. */
const char *ds_link_complaint(DsLink *self);
guint64 ds_link_sent(const DsLink *self);
guint64 ds_link_received(const DsLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsLink, ds_link_free)

G_END_DECLS
