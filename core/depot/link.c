/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

#define COMPLAINT_MAX 4096
#define PROGRESS_US (100 * 1000)
#define GRACE_MS 2000 /* between asking a child to end and making it end */
#define REAP_STEP_MS 10

struct _DsLink {
  int read_fd, write_fd, err_fd;
  pid_t pid;
  int status;
  gboolean reaped;
  guint stall_seconds;
  guint64 pace_bytes;
  guint pace_seconds;
  gint64 waited_us;     /* in this stretch of pace_seconds */
  guint64 moved_before; /* until it began */
  GCancellable *cancellable;
  DsLinkProgress progress;
  gpointer progress_data;
  gint64 progress_at;
  guint64 sent, received;
  GString *raw;
  GString *complaint;
};

DsLink *
ds_link_new(int read_fd, int write_fd, int err_fd, pid_t pid)
{
  DsLink *self = g_new0(DsLink, 1);
  int fds[] = {read_fd, write_fd, err_fd};

  for (gsize i = 0; i < G_N_ELEMENTS(fds); i++)
    if (fds[i] >= 0)
      fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
  self->read_fd = read_fd;
  self->write_fd = write_fd;
  self->err_fd = err_fd;
  self->pid = pid;
  self->stall_seconds = DS_LINK_STALL_SECONDS;
  self->pace_bytes = DS_LINK_PACE_BYTES;
  self->pace_seconds = DS_LINK_PACE_SECONDS;
  self->raw = g_string_new(NULL);
  self->complaint = g_string_new(NULL);
  return self;
}

void
ds_link_set_stall(DsLink *self, guint seconds)
{
  self->stall_seconds = MAX(seconds, 1);
}

void
ds_link_set_pace(DsLink *self, guint64 bytes, guint seconds)
{
  self->pace_bytes = bytes;
  self->pace_seconds = MAX(seconds, 1);
}

void
ds_link_add_patience(DsLink *self, guint seconds)
{
  self->stall_seconds += seconds;
  self->pace_seconds += seconds;
}

void
ds_link_set_cancellable(DsLink *self, GCancellable *cancellable)
{
  g_set_object(&self->cancellable, cancellable);
}

void
ds_link_set_progress(DsLink *self, DsLinkProgress progress, gpointer user_data)
{
  self->progress = progress;
  self->progress_data = user_data;
}

static void
tell_progress(DsLink *self)
{
  gint64 now = g_get_monotonic_time();

  if (self->progress == NULL || now - self->progress_at < PROGRESS_US)
    return;
  self->progress_at = now;
  self->progress(self->sent, self->received, self->progress_data);
}

/* Takes what is there; closes at the end. Endless words cost time, not memory. */
static void
drain_words(DsLink *self)
{
  char buffer[4096];

  while (self->err_fd >= 0) {
    ssize_t got = read(self->err_fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      return;
    if (got <= 0) {
      close(self->err_fd);
      self->err_fd = -1;
      return;
    }
    gsize room = COMPLAINT_MAX - self->raw->len;
    g_string_append_len(self->raw, buffer, (gssize)MIN((gsize)got, room));
    if ((gsize)got < sizeof buffer)
      return;
  }
}

static gboolean
set_cancelled(GError **error)
{
  g_set_error_literal(error, DS_ERROR, DS_ERROR_CANCELLED, "stopped as asked");
  return FALSE;
}

/* Judges a stretch of waiting when it is over, and begins the next. */
static gboolean
keeps_pace(DsLink *self, GError **error)
{
  guint64 moved = self->sent + self->received - self->moved_before;

  if (self->waited_us < (gint64)self->pace_seconds * G_USEC_PER_SEC)
    return TRUE;
  if (moved < self->pace_bytes) {
    g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                "only %" G_GUINT64_FORMAT " bytes moved while waiting %u seconds for the other "
                "side; the line is too slow or the station is not well; try again later",
                moved, self->pace_seconds);
    return FALSE;
  }
  self->waited_us = 0;
  self->moved_before += moved;
  return TRUE;
}

/* Until @fd is ready for @events. The caller asks anew after each byte that moved, so the deadline
 * is one of silence. */
static gboolean
wait_silence(DsLink *self, int fd, short events, GError **error)
{
  gint64 end = g_get_monotonic_time() + (gint64)self->stall_seconds * G_USEC_PER_SEC;

  for (;;) {
    int cancel_fd = self->cancellable != NULL ? g_cancellable_get_fd(self->cancellable) : -1;
    struct pollfd fds[] = {{fd, events, 0}, {self->err_fd, POLLIN, 0}, {cancel_fd, POLLIN, 0}};
    gint64 left = (end - g_get_monotonic_time()) / 1000;
    int ready = left > 0 ? poll(fds, G_N_ELEMENTS(fds), (int)left + 1) : 0;
    int saved = errno;

    if (cancel_fd >= 0)
      g_cancellable_release_fd(self->cancellable);
    if (self->cancellable != NULL && g_cancellable_is_cancelled(self->cancellable))
      return set_cancelled(error);
    if (ready < 0 && saved != EINTR)
      return ds_error_set_errno(error, saved, "waiting for", "the other side");
    if (ready > 0 && fds[1].revents != 0)
      drain_words(self);
    if (ready > 0 && fds[0].revents != 0)
      return TRUE;
    if (g_get_monotonic_time() >= end)
      break;
  }
  g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
              "no byte moved for %u seconds; check the connection and try again",
              self->stall_seconds);
  return FALSE;
}

static gboolean
wait_ready(DsLink *self, int fd, short events, GError **error)
{
  gint64 began = g_get_monotonic_time();

  if (!keeps_pace(self, error) || !wait_silence(self, fd, events, error))
    return FALSE;
  self->waited_us += g_get_monotonic_time() - began;
  return TRUE;
}

/* A socket must not raise SIGPIPE in whoever uses this library; a pipe (tests) cannot be told. */
static ssize_t
put_some(int fd, const void *data, gsize size)
{
  ssize_t put = send(fd, data, size, MSG_NOSIGNAL);

  return put < 0 && errno == ENOTSOCK ? write(fd, data, size) : put;
}

gboolean
ds_link_write(DsLink *self, const void *data, gsize size, GError **error)
{
  const guint8 *at = data;

  while (size > 0) {
    ssize_t put = self->write_fd >= 0 ? put_some(self->write_fd, at, size) : -1;
    if (self->write_fd < 0)
      errno = EPIPE;
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0 && errno == EAGAIN) {
      if (!wait_ready(self, self->write_fd, POLLOUT, error))
        return FALSE;
      continue;
    }
    if (put < 0) {
      drain_words(self);
      g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                  "the other side stopped listening after %" G_GUINT64_FORMAT
                  " bytes; try again later",
                  self->sent);
      return FALSE;
    }
    at += put;
    size -= (gsize)put;
    self->sent += (guint64)put;
    tell_progress(self);
  }
  if (self->cancellable != NULL && g_cancellable_is_cancelled(self->cancellable))
    return set_cancelled(error);
  return TRUE;
}

gssize
ds_link_read_some(DsLink *self, void *data, gsize size, GError **error)
{
  for (;;) {
    if (self->read_fd < 0)
      return 0;
    if (self->cancellable != NULL && g_cancellable_is_cancelled(self->cancellable)) {
      set_cancelled(error);
      return -1;
    }
    ssize_t got = read(self->read_fd, data, size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN) {
      if (!wait_ready(self, self->read_fd, POLLIN, error))
        return -1;
      continue;
    }
    if (got < 0) /* a reset says no more than an end */
      got = 0;
    self->received += (guint64)got;
    tell_progress(self);
    return got;
  }
}

gboolean
ds_link_read(DsLink *self, void *data, gsize size, GError **error)
{
  guint8 *at = data;

  while (size > 0) {
    gssize got = ds_link_read_some(self, at, size, error);
    if (got < 0)
      return FALSE;
    if (got == 0) {
      drain_words(self);
      g_set_error(error, DS_ERROR, DS_ERROR_RETRY,
                  "the other side closed the connection after %" G_GUINT64_FORMAT
                  " bytes; try again later",
                  self->received);
      return FALSE;
    }
    at += got;
    size -= (gsize)got;
  }
  return TRUE;
}

void
ds_link_close_write(DsLink *self)
{
  if (self->write_fd < 0)
    return;
  if (self->write_fd == self->read_fd)
    shutdown(self->write_fd, SHUT_WR);
  else
    close(self->write_fd);
  self->write_fd = -1;
}

/* Waits @ms for the child, keeping its standard error flowing. */
static gboolean
reap_within(DsLink *self, guint ms)
{
  for (guint waited = 0; !self->reaped; waited += REAP_STEP_MS) {
    pid_t got = waitpid(self->pid, &self->status, WNOHANG);
    drain_words(self);
    if (got == self->pid || (got < 0 && errno != EINTR))
      self->reaped = TRUE;
    else if (waited >= ms)
      return FALSE;
    else
      g_usleep(REAP_STEP_MS * 1000 / (waited == 0 ? 10 : 1));
  }
  return TRUE;
}

int
ds_link_finish(DsLink *self)
{
  ds_link_close_write(self);
  if (self->read_fd >= 0)
    close(self->read_fd);
  self->read_fd = -1;
  if (self->pid <= 0 || self->reaped)
    return self->status;
  if (!reap_within(self, self->stall_seconds * 1000)) {
    kill(self->pid, SIGTERM);
    if (!reap_within(self, GRACE_MS)) {
      kill(self->pid, SIGKILL);
      reap_within(self, G_MAXUINT);
    }
    self->status = -1;
  }
  return self->status;
}

const char *
ds_link_complaint(DsLink *self)
{
  drain_words(self);
  g_string_truncate(self->complaint, 0);
  for (gsize i = 0; i < self->raw->len; i++) {
    char c = self->raw->str[i];
    if (c == '\n' || c == '\r') {
      if (self->complaint->len > 0 && !g_str_has_suffix(self->complaint->str, "; "))
        g_string_append(self->complaint, "; ");
    } else {
      g_string_append_c(self->complaint, g_ascii_isprint(c) ? c : '?');
    }
  }
  if (g_str_has_suffix(self->complaint->str, "; "))
    g_string_truncate(self->complaint, self->complaint->len - 2);
  return self->complaint->str;
}

guint64
ds_link_sent(const DsLink *self)
{
  return self->sent;
}

guint64
ds_link_received(const DsLink *self)
{
  return self->received;
}

void
ds_link_free(DsLink *self)
{
  if (self == NULL)
    return;
  /* whoever waits for a result has called finish; here only the child's end matters */
  self->stall_seconds = MIN(self->stall_seconds, 5);
  ds_link_finish(self);
  if (self->err_fd >= 0)
    close(self->err_fd);
  g_clear_object(&self->cancellable);
  g_string_free(self->raw, TRUE);
  g_string_free(self->complaint, TRUE);
  g_free(self);
}
