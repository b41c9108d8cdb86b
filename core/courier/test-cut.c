/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The carrier that cuts: a thread between the courier and git counts bytes and hangs up. */
#include "courier/test-unit.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "depot/stock-git.h"

typedef struct {
  DsCarrier parent;
  char *repo;
  guint which, opened;
  guint64 up, down;
} Cut;

typedef struct {
  int ours, git; /* towards the courier, towards git */
  guint64 up, down;
  GPid pid;
} Relay;

/* Moves what is there, at most *@left bytes in all. FALSE: this direction is over. */
static gboolean
move(int from, int to, guint64 *left)
{
  char buffer[4096];
  ssize_t got = recv(from, buffer, MIN(sizeof buffer, *left), 0);

  if (got <= 0)
    return FALSE;
  *left -= (guint64)got;
  for (ssize_t done = 0; done < got;) {
    ssize_t put = send(to, buffer + done, (size_t)(got - done), MSG_NOSIGNAL);
    if (put <= 0)
      return FALSE;
    done += put;
  }
  return *left > 0;
}

static gpointer
relay_thread(gpointer data)
{
  Relay *self = data;
  gboolean up_open = TRUE;

  for (;;) {
    struct pollfd fds[] = {{up_open ? self->ours : -1, POLLIN, 0}, {self->git, POLLIN, 0}};
    poll(fds, 2, -1);
    if (fds[0].revents != 0 && !move(self->ours, self->git, &self->up)) {
      if (self->up == 0)
        break;
      up_open = FALSE;
      shutdown(self->git, SHUT_WR);
    }
    if (fds[1].revents != 0 && !move(self->git, self->ours, &self->down))
      break;
  }
  close(self->ours);
  close(self->git);
  waitpid(self->pid, NULL, 0);
  g_free(self);
  return NULL;
}

static DsLink *
cut_open(DsCarrier *carrier, DsCarrierService service, GError **error)
{
  Cut *self = (Cut *)carrier;
  gboolean cut = ++self->opened == self->which;
  const char *argv[] = {"git", service == DS_CARRIER_RECEIVE_PACK ? "receive-pack" : "upload-pack",
                        self->repo, NULL};
  g_auto(GStrv) environment = ds_git_environment(NULL);
  Relay *relay = g_new0(Relay, 1);
  int near[2], far[2];

  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, near), ==, 0);
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, far), ==, 0);
  relay->ours = near[1];
  relay->git = far[0];
  relay->up = cut ? self->up : G_MAXUINT64;
  relay->down = cut ? self->down : G_MAXUINT64;
  g_assert_true(g_spawn_async_with_fds(NULL, (char **)argv, environment,
                                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH_FROM_ENVP |
                                           G_SPAWN_STDERR_TO_DEV_NULL,
                                       NULL, NULL, &relay->pid, far[1], far[1], -1, NULL));
  close(far[1]);
  g_thread_unref(g_thread_new("relay", relay_thread, relay));
  return ds_link_new(near[0], near[0], -1, 0);
}

static void
cut_free(DsCarrier *carrier)
{
  Cut *self = (Cut *)carrier;

  g_free(self->repo);
  g_free(self);
}

DsCarrier *
test_cut_new(const char *repo, guint which, guint64 up, guint64 down)
{
  static const DsCarrierClass class = {"cut", cut_open, NULL, cut_free};
  Cut *self = g_new0(Cut, 1);

  self->parent.class = &class;
  self->repo = g_strdup(repo);
  self->which = which;
  self->up = up;
  self->down = down;
  return &self->parent;
}
