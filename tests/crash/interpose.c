/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preloaded into a program (LD_PRELOAD): sees every call that changes something below CRASH_ROOT.
 *
 *   CRASH_KILL=N   SIGKILL right before the N-th of them
 *   CRASH_COUNT=F  at the end, writes how many there were to F, one line a name
 *   CRASH_LOG=F    appends each of them to F, with its content, in the form that recording.py reads
 *   CRASH_DROP=N   the N-th fsync or fdatasync is left out of the log, as if it had been forgotten
 *
 * When standard output is written or flushed is in the log too: then the program promises
 * something. Programs started by this one are left alone. Calls that the C library makes inside of
 * itself (stdio) cannot be seen: test-crash compares with strace. */
#include "interpose.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  uint32_t op, flags;
  uint64_t ino, offset;
  uint32_t first, second; /* bytes of two paths */
  uint64_t size;          /* bytes of content */
} Head;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_size;
static long kill_at, drop_at, seen, syncs;
static int log_fd = -1;
static const char *count_path;
static struct {
  const char *name;
  long count;
} counts[CRASH_N_NAMES];

ssize_t (*crash_real_write)(int, const void *, size_t);
int (*crash_real_open)(const char *, int, ...);

void *
crash_next(const char *name)
{
  void *found = dlsym(RTLD_NEXT, name);

  if (found == NULL)
    abort();
  return found;
}

static long
number_of(const char *name)
{
  const char *text = getenv(name);

  return text != NULL ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void
begin(void)
{
  const char *where = getenv("CRASH_ROOT"), *log = getenv("CRASH_LOG"),
             *count = getenv("CRASH_COUNT");

  crash_real_write = (ssize_t(*)(int, const void *, size_t))crash_next("write");
  crash_real_open = (int (*)(const char *, int, ...))crash_next("open");
  unsetenv("LD_PRELOAD");
  if (where == NULL || realpath(where, root) == NULL)
    return;
  root_size = strlen(root);
  kill_at = number_of("CRASH_KILL");
  drop_at = number_of("CRASH_DROP");
  count_path = count != NULL ? strdup(count) : NULL;
  if (log != NULL)
    log_fd = crash_real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

__attribute__((destructor)) static void
end(void)
{
  if (count_path == NULL)
    return;
  int fd = crash_real_open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (int i = 0; fd >= 0 && i < CRASH_N_NAMES && counts[i].name != NULL; i++) {
    char line[80];
    int size = snprintf(line, sizeof line, "%s %ld\n", counts[i].name, counts[i].count);
    if (crash_real_write(fd, line, (size_t)size) != size)
      break;
  }
  if (fd >= 0)
    close(fd);
}

static int
below_root(const char *path)
{
  return root_size > 0 && strncmp(path, root, root_size) == 0 &&
         (path[root_size] == '/' || path[root_size] == 0);
}

int
crash_path_of_fd(int fd, char path[PATH_MAX])
{
  char link[40];

  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = root_size > 0 ? readlink(link, path, PATH_MAX - 1) : -1;
  path[size > 0 ? size : 0] = 0;
  return size > 0 && below_root(path);
}

/* The folder is resolved, the last name is not. */
int
crash_path_at(int dir_fd, const char *name, char path[PATH_MAX])
{
  char folder[PATH_MAX], given[PATH_MAX];

  path[0] = 0;
  if (root_size == 0 || name == NULL)
    return 0;
  if (name[0] == '/') {
    snprintf(given, sizeof given, "%s", name);
  } else {
    char link[40];
    if (dir_fd == AT_FDCWD)
      snprintf(link, sizeof link, "/proc/self/cwd");
    else
      snprintf(link, sizeof link, "/proc/self/fd/%d", dir_fd);
    ssize_t size = readlink(link, folder, sizeof folder - 1);
    if (size <= 0)
      return 0;
    folder[size] = 0;
    if ((size_t)snprintf(given, sizeof given, "%s/%s", folder, name) >= sizeof given)
      return 0;
  }
  for (size_t size = strlen(given); size > 1 && given[size - 1] == '/'; size--)
    given[size - 1] = 0;
  char *slash = strrchr(given, '/');
  if (slash == NULL || slash == given)
    return 0;
  *slash = 0;
  if (realpath(given, folder) == NULL)
    return 0;
  return (size_t)snprintf(path, PATH_MAX, "%s/%s", folder, slash + 1) < PATH_MAX &&
         below_root(path);
}

void
crash_before(const char *name)
{
  int i = 0;

  pthread_mutex_lock(&mutex);
  while (i < CRASH_N_NAMES - 1 && counts[i].name != NULL && strcmp(counts[i].name, name) != 0)
    i++;
  counts[i].name = name;
  counts[i].count++;
  if (++seen == kill_at)
    kill(getpid(), SIGKILL);
}

void
crash_after(void)
{
  pthread_mutex_unlock(&mutex);
}

static void
put(const void *data, size_t size)
{
  const char *at = data;

  while (size > 0) {
    ssize_t done = crash_real_write(log_fd, at, size);
    if (done <= 0)
      abort(); /* half a log proves nothing */
    at += done;
    size -= (size_t)done;
  }
}

void
crash_log(CrashOp op, unsigned flags, uint64_t ino, uint64_t offset, const char *first,
          const char *second, const void *data, uint64_t size)
{
  if (log_fd < 0)
    return;
  if ((op == CRASH_FSYNC || op == CRASH_FDATASYNC) && ++syncs == drop_at)
    return;
  Head head = {op,
               flags,
               ino,
               offset,
               first != NULL ? (uint32_t)strlen(first) : 0,
               second != NULL ? (uint32_t)strlen(second) : 0,
               data != NULL ? size : 0};
  if (data == NULL)
    head.offset = op == CRASH_FALLOCATE ? offset + size : offset;
  put(&head, sizeof head);
  put(first, head.first);
  put(second, head.second);
  put(data, head.size);
}

void
crash_spoke(const void *data, size_t size)
{
  pthread_mutex_lock(&mutex);
  crash_log(CRASH_SPOKE, 0, 0, 0, NULL, NULL, data, size);
  pthread_mutex_unlock(&mutex);
}

uint64_t
crash_ino_of(int fd)
{
  struct stat st;

  return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

uint64_t
crash_ino_at(const char *path)
{
  struct stat st;

  return lstat(path, &st) == 0 ? st.st_ino : 0;
}
