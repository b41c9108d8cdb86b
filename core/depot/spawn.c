/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "depot/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

static void
apply_limit(int resource, guint64 value)
{
  struct rlimit limit = {.rlim_cur = value, .rlim_max = value};

  if (value > 0)
    setrlimit(resource, &limit);
}

void
ds_spawn_limits_apply(const DsSpawnLimits *limits)
{
  apply_limit(RLIMIT_AS, limits->memory);
  apply_limit(RLIMIT_FSIZE, limits->file_size);
  apply_limit(RLIMIT_CPU, limits->cpu_seconds);
  apply_limit(RLIMIT_CORE, 1); /* a core dump of a peer's bytes helps nobody */
}

static void
child_setup(gpointer user_data)
{
  const DsSpawnLimits *limits = user_data;

  sigset_t none;

  /* a program that waits for its signals in a thread blocks them; its children must not */
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  if (limits != NULL)
    ds_spawn_limits_apply(limits);
}

DsLink *
ds_spawn(const char *const *argv, const char *const *environment, const char *folder,
         const DsSpawnLimits *limits, GError **error)
{
  int ends[2], words[2];
  GPid pid;
  g_autoptr(GError) spawn_error = NULL;

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    ds_error_set_errno(error, errno, "making a socket for", argv[0]);
    return NULL;
  }
  g_auto(DsFd) ours = ends[0], theirs = ends[1];
  if (pipe2(words, O_CLOEXEC) < 0) {
    ds_error_set_errno(error, errno, "making a pipe for", argv[0]);
    return NULL;
  }
  g_auto(DsFd) read_words = words[0], write_words = words[1];

  if (!g_spawn_async_with_fds(folder, (char **)argv, (char **)environment,
                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH_FROM_ENVP,
                              child_setup, (gpointer)limits, &pid, theirs, theirs, write_words,
                              &spawn_error)) {
    gboolean missing = g_error_matches(spawn_error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
    g_set_error(error, DS_ERROR, missing ? DS_ERROR_NOT_FOUND : DS_ERROR_FAILED,
                "starting %s: %s; is it installed?", argv[0], spawn_error->message);
    return NULL;
  }
  DsLink *link = ds_link_new(ours, ours, read_words, pid);
  ours = -1;
  read_words = -1;
  return link;
}
