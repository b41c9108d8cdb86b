/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wrapped: what makes, moves and removes names; modes are counted, the model has none. */
#include "interpose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"

/* ---- rename, link ---- */

int
renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
  static int (*real)(int, const char *, int, const char *, unsigned);
  char first[PATH_MAX], second[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, const char *, int, const char *, unsigned))crash_next("renameat2");
  int a = crash_path_at(from_fd, from, first), b = crash_path_at(to_fd, to, second);
  if (!a && !b)
    return real(from_fd, from, to_fd, to, flags);
  crash_before("rename");
  if (a != b || (flags & RENAME_EXCHANGE) != 0)
    crash_log(CRASH_OTHER, 0, 0, 0, "rename across", NULL, NULL, 0);
  int done = real(from_fd, from, to_fd, to, flags);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_RENAME, 0, 0, 0, first, second, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
  return renameat2(from_fd, from, to_fd, to, 0);
}

int
rename(const char *from, const char *to)
{
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
  static int (*real)(int, const char *, int, const char *, int);
  char first[PATH_MAX], second[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, const char *, int, const char *, int))crash_next("linkat");
  if (!crash_path_at(to_fd, to, second))
    return real(from_fd, from, to_fd, to, flags);
  crash_before("link");
  if (!crash_path_at(from_fd, from, first))
    crash_log(CRASH_OTHER, 0, 0, 0, "link from outside", NULL, NULL, 0);
  int done = real(from_fd, from, to_fd, to, flags);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_LINK, 0, 0, 0, first, second, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
link(const char *from, const char *to)
{
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
symlinkat(const char *target, int dir_fd, const char *name)
{
  static int (*real)(const char *, int, const char *);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(const char *, int, const char *))crash_next("symlinkat");
  if (!crash_path_at(dir_fd, name, path))
    return real(target, dir_fd, name);
  crash_before("symlink");
  int done = real(target, dir_fd, name);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_SYMLINK, 0, crash_ino_at(path), 0, NULL, path, target, strlen(target));
  crash_after();
  errno = saved;
  return done;
}

int
symlink(const char *target, const char *name)
{
  return symlinkat(target, AT_FDCWD, name);
}

/* ---- remove ---- */

int
unlinkat(int dir_fd, const char *name, int flags)
{
  static int (*real)(int, const char *, int);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, const char *, int))crash_next("unlinkat");
  if (!crash_path_at(dir_fd, name, path))
    return real(dir_fd, name, flags);
  int folder = (flags & AT_REMOVEDIR) != 0;
  crash_before(folder ? "rmdir" : "unlink");
  int done = real(dir_fd, name, flags);
  int saved = errno;
  if (done == 0)
    crash_log(folder ? CRASH_RMDIR : CRASH_UNLINK, 0, 0, 0, path, NULL, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
unlink(const char *name)
{
  return unlinkat(AT_FDCWD, name, 0);
}

int
rmdir(const char *name)
{
  return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int
remove(const char *name)
{
  struct stat st;

  if (lstat(name, &st) < 0)
    return -1;
  return S_ISDIR(st.st_mode) ? rmdir(name) : unlink(name);
}

/* ---- folders ---- */

int
mkdirat(int dir_fd, const char *name, mode_t mode)
{
  static int (*real)(int, const char *, mode_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, const char *, mode_t))crash_next("mkdirat");
  if (!crash_path_at(dir_fd, name, path))
    return real(dir_fd, name, mode);
  crash_before("mkdir");
  int done = real(dir_fd, name, mode);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_MKDIR, 0, crash_ino_at(path), 0, path, NULL, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
mkdir(const char *name, mode_t mode)
{
  return mkdirat(AT_FDCWD, name, mode);
}

/* ---- modes ---- */

int
chmod(const char *name, mode_t mode)
{
  static int (*real)(const char *, mode_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(const char *, mode_t))crash_next("chmod");
  if (!crash_path_at(AT_FDCWD, name, path))
    return real(name, mode);
  crash_before("chmod");
  int done = real(name, mode);
  crash_after();
  return done;
}

int
fchmod(int fd, mode_t mode)
{
  static int (*real)(int, mode_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, mode_t))crash_next("fchmod");
  if (!crash_path_of_fd(fd, path))
    return real(fd, mode);
  crash_before("fchmod");
  int done = real(fd, mode);
  crash_after();
  return done;
}
