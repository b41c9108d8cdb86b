/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/files.h"
#include "base/secret.h"

/* Waits until @fd is ready for @events. */
static DsWireResult
wait_for(int fd, short events, const DsWireLimit *limit)
{
  GPollFD stop = {.fd = -1};
  gboolean stoppable = g_cancellable_make_pollfd(limit->cancellable, &stop);
  DsWireResult result = DS_WIRE_TIMEOUT;

  for (;;) {
    gint64 left = limit->deadline < 0 ? -1 : limit->deadline - g_get_monotonic_time();
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = stop.fd, .events = POLLIN}};
    int wait_ms = limit->deadline < 0 ? -1 : (int)MIN((left + 999) / 1000, G_MAXINT);

    if (limit->deadline >= 0 && left <= 0)
      break;
    int ready = poll(fds, G_N_ELEMENTS(fds), wait_ms);
    if (ready < 0 && errno != EINTR) {
      result = DS_WIRE_CLOSED;
      break;
    }
    if (g_cancellable_is_cancelled(limit->cancellable)) {
      result = DS_WIRE_CANCELLED;
      break;
    }
    if (ready > 0 && fds[0].revents != 0) {
      result = DS_WIRE_OK;
      break;
    }
  }
  if (stoppable)
    g_cancellable_release_fd(limit->cancellable);
  return result;
}

/* One sendmsg, with @pass_fd in its control data unless -1. */
static gssize
send_some(int fd, const guint8 *data, gsize size, int pass_fd)
{
  struct iovec part = {(void *)data, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};

  if (pass_fd >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof(control.bytes);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &pass_fd, sizeof(int));
  }
  return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static DsWireResult
send_all(int fd, const guint8 *data, gsize size, int pass_fd, const DsWireLimit *limit)
{
  while (size > 0) {
    gssize sent = send_some(fd, data, size, pass_fd);

    if (sent > 0) {
      data += sent;
      size -= (gsize)sent;
      pass_fd = -1;
      continue;
    }
    if (errno != EAGAIN && errno != EINTR)
      return DS_WIRE_CLOSED;
    DsWireResult result = wait_for(fd, POLLOUT, limit);
    if (result != DS_WIRE_OK)
      return result;
  }
  return DS_WIRE_OK;
}

typedef struct {
  guint32 message;
  guint32 bytes;
} Lengths;

DsWireResult
ds_wire_send(int fd, GVariant *message, GBytes *bytes, int pass_fd, const DsWireLimit *limit)
{
  g_autoptr(GVariant) held = g_variant_ref_sink(message);
  gsize size = g_variant_get_size(held), more = bytes != NULL ? g_bytes_get_size(bytes) : 0;

  if (size > DS_WIRE_MAX_FRAME || more > DS_WIRE_MAX_FRAME - size)
    return DS_WIRE_TOO_LARGE;
  const Lengths lengths = {(guint32)size, (guint32)more};
  DsWireResult result = send_all(fd, (const guint8 *)&lengths, sizeof(lengths), pass_fd, limit);
  if (result != DS_WIRE_OK)
    return result;
  g_autofree guint8 *data = g_malloc(size);
  g_variant_store(held, data);
  result = send_all(fd, data, size, -1, limit);
  ds_wipe(data, size);
  return result == DS_WIRE_OK && more > 0
             ? send_all(fd, g_bytes_get_data(bytes, NULL), more, -1, limit)
             : result;
}

/* The file in @message's control data, or -1. More than one is not sent. */
static int
take_passed(struct msghdr *message)
{
  struct cmsghdr *header = CMSG_FIRSTHDR(message);
  int fd = -1;

  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(&fd, CMSG_DATA(header), sizeof(int));
  return fd;
}

/* @passed NULL: no room for control data, so the kernel closes what is sent with it. */
static gssize
receive_some(int fd, guint8 *data, gsize size, int *passed)
{
  struct iovec part = {data, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};

  if (passed != NULL) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof(control.bytes);
  }
  gssize got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  int sent_fd = got > 0 && passed != NULL ? take_passed(&message) : -1;
  if (sent_fd >= 0) {
    ds_fd_close(*passed);
    *passed = sent_fd;
  }
  return got;
}

static DsWireResult
receive_all(int fd, guint8 *data, gsize size, int *passed, const DsWireLimit *limit)
{
  while (size > 0) {
    gssize got = receive_some(fd, data, size, passed);

    if (got > 0) {
      data += got;
      size -= (gsize)got;
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR))
      return DS_WIRE_CLOSED;
    DsWireResult result = wait_for(fd, POLLIN, limit);
    if (result != DS_WIRE_OK)
      return result;
  }
  return DS_WIRE_OK;
}

/* @data is aligned for any GVariant. */
typedef struct {
  guint64 size;
  guint8 data[];
} Wiped;

static void
wiped_free(gpointer data)
{
  Wiped *self = data;

  ds_wipe(self->data, self->size);
  g_free(self);
}

/* Memory grows with what has arrived, not with what was announced. */
#define PIECE (1024u * 1024)

static DsWireResult
receive_body(int fd, gsize size, GBytes **body, const DsWireLimit *limit)
{
  Wiped *whole = g_malloc0(sizeof(Wiped) + MIN(size, PIECE));

  whole->size = MIN(size, PIECE);
  for (gsize have = 0; have < size;) {
    DsWireResult result = receive_all(fd, whole->data + have, whole->size - have, NULL, limit);
    if (result != DS_WIRE_OK) {
      wiped_free(whole);
      return result;
    }
    have = whole->size;
    if (have == size)
      break;
    gsize next = MIN(size, have * 2);
    Wiped *larger = g_malloc0(sizeof(Wiped) + next);
    larger->size = next;
    memcpy(larger->data, whole->data, have);
    wiped_free(whole);
    whole = larger;
  }
  *body = g_bytes_new_with_free_func(whole->data, size, wiped_free, whole);
  return DS_WIRE_OK;
}

/* @body in normal form, or NULL. */
static GVariant *
read_message(const char *type, GBytes *body)
{
  g_autoptr(GVariant) value =
      g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), body, FALSE));

  if (g_bytes_get_size(body) == 0 || !g_variant_is_normal_form(value))
    return NULL;
  return g_steal_pointer(&value);
}

DsWireResult
ds_wire_receive(int fd, const char *type, GVariant **message, GBytes **bytes, int *passed,
                const DsWireLimit *limit)
{
  g_autoptr(GBytes) body = NULL, more = NULL;
  Lengths lengths = {0, 0};
  int taken = -1;
  DsWireResult result =
      receive_all(fd, (guint8 *)&lengths, sizeof(lengths), passed != NULL ? &taken : NULL, limit);

  if (result == DS_WIRE_OK &&
      (lengths.message > DS_WIRE_MAX_FRAME || lengths.bytes > DS_WIRE_MAX_FRAME - lengths.message))
    result = DS_WIRE_TOO_LARGE;
  if (result == DS_WIRE_OK)
    result = receive_body(fd, lengths.message, &body, limit);
  if (result == DS_WIRE_OK)
    result = receive_body(fd, lengths.bytes, &more, limit);
  if (result == DS_WIRE_OK && (*message = read_message(type, body)) == NULL)
    result = DS_WIRE_MALFORMED;
  if (result == DS_WIRE_OK)
    *bytes = g_steal_pointer(&more);
  if (result == DS_WIRE_OK && passed != NULL)
    *passed = taken;
  else
    ds_fd_close(taken);
  return result;
}
