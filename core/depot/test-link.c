/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers that move, but hardly. Each is a thread that gives or takes a little at a time. */
#include "depot/link.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define STEP_US (20 * 1000)

typedef struct {
  GThread *thread;
  int fd;
  gsize step;     /* bytes at a time */
  gboolean takes; /* reads; else it writes */
} Trickle;

static gpointer
trickle(gpointer data)
{
  Trickle *self = data;
  g_autofree guint8 *buffer = g_malloc0(self->step);
  ssize_t moved = 1;

  while (moved > 0) {
    moved = self->takes ? recv(self->fd, buffer, self->step, 0)
                        : send(self->fd, buffer, self->step, MSG_NOSIGNAL);
    g_usleep(STEP_US);
  }
  close(self->fd);
  return NULL;
}

static DsLink *
begin(Trickle *self, gsize step, gboolean takes)
{
  int ends[2];

  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  *self = (Trickle){.fd = ends[1], .step = step, .takes = takes};
  DsLink *link = ds_link_new(ends[0], ends[0], -1, 0);
  ds_link_set_stall(link, 20);
  self->thread = g_thread_new("trickle", trickle, self);
  return link;
}

static void
end(Trickle *self, DsLink *link)
{
  ds_link_free(link);
  g_thread_join(self->thread);
}

static void
expect_too_slow(const GError *error)
{
  g_assert_error(error, DS_ERROR, DS_ERROR_RETRY);
  g_test_message("%s", error->message);
  g_assert_nonnull(strstr(error->message, "bytes moved while waiting 1 seconds"));
  g_assert_nonnull(strstr(error->message, "try again later"));
}

/* A byte at a time never is silence, and still comes to an end. */
static void
test_gives_a_byte(void)
{
  g_autofree guint8 *buffer = g_malloc(100000);
  g_autoptr(GError) error = NULL;
  Trickle peer;
  DsLink *link = begin(&peer, 1, FALSE);

  ds_link_set_pace(link, 5000, 1);
  g_assert_false(ds_link_read(link, buffer, 100000, &error));
  expect_too_slow(error);
  g_assert_cmpuint(ds_link_received(link), <, 5000);
  end(&peer, link);
}

/* A kernel hands on what it holds in larger pieces: this peer takes some kilobytes at a time. */
static void
test_takes_little(void)
{
  const gsize size = 16 * 1024 * 1024;
  g_autofree guint8 *buffer = g_malloc0(size);
  g_autoptr(GError) error = NULL;
  Trickle peer;
  DsLink *link = begin(&peer, 8192, TRUE);

  ds_link_set_pace(link, 8 * 1024 * 1024, 1);
  g_assert_false(ds_link_write(link, buffer, size, &error));
  expect_too_slow(error);
  end(&peer, link);
}

/* Slow, but at the pace: stretch after stretch. */
static void
test_keeps_pace(void)
{
  g_autofree guint8 *buffer = g_malloc(60000);
  g_autoptr(GError) error = NULL;
  Trickle peer;
  DsLink *link = begin(&peer, 500, FALSE);

  ds_link_set_pace(link, 50, 1);
  g_assert_true(ds_link_read(link, buffer, 60000, &error));
  g_assert_no_error(error);
  end(&peer, link);
}

/* Time we take ourselves is not the peer's. */
static void
test_own_time(void)
{
  guint8 buffer[16];
  g_autoptr(GError) error = NULL;
  Trickle peer;
  DsLink *link = begin(&peer, sizeof buffer, FALSE);

  ds_link_set_pace(link, 1 << 20, 1);
  for (guint i = 0; i < 4; i++) {
    g_assert_true(ds_link_read(link, buffer, sizeof buffer, &error));
    g_assert_no_error(error);
    g_usleep(G_USEC_PER_SEC / 2);
  }
  end(&peer, link);
}

/* Whoever was given work may say little while doing it. */
static void
test_patience(void)
{
  guint8 buffer[120];
  g_autoptr(GError) error = NULL;
  Trickle peer;
  DsLink *link = begin(&peer, 1, FALSE);

  ds_link_set_pace(link, 5000, 1);
  ds_link_add_patience(link, 3600);
  g_assert_true(ds_link_read(link, buffer, sizeof buffer, &error));
  g_assert_no_error(error);
  end(&peer, link);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/depot/link/gives-a-byte", test_gives_a_byte);
  g_test_add_func("/depot/link/takes-little", test_takes_little);
  g_test_add_func("/depot/link/keeps-pace", test_keeps_pace);
  g_test_add_func("/depot/link/own-time", test_own_time);
  g_test_add_func("/depot/link/patience", test_patience);
  return g_test_run();
}
