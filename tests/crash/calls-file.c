/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wrapped: what opens, writes, cuts and syncs files. */
#include "interpose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The C library's headers want other attributes on these names. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"

/* ---- open ---- */

static int
open_at(int dir_fd, const char *name, int flags, mode_t mode)
{
  static int (*real)(int, const char *, int, ...);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, const char *, int, ...))crash_next("openat");
  if ((flags & (O_CREAT | O_TRUNC)) == 0 || !crash_path_at(dir_fd, name, path))
    return real(dir_fd, name, flags, mode);
  crash_before("open");
  if ((flags & O_TMPFILE) == O_TMPFILE)
    crash_log(CRASH_OTHER, 0, 0, 0, "open O_TMPFILE", NULL, NULL, 0);
  uint64_t before = crash_ino_at(path);
  int fd = real(dir_fd, name, flags, mode);
  int saved = errno;
  if (fd >= 0 && before == 0)
    crash_log(CRASH_CREATE, 0, crash_ino_of(fd), 0, path, NULL, NULL, 0);
  else if (fd >= 0 && (flags & O_TRUNC) != 0)
    crash_log(CRASH_TRUNCATE, 0, crash_ino_of(fd), 0, NULL, NULL, NULL, 0);
  crash_after();
  errno = saved;
  return fd;
}

static mode_t
mode_of(int flags, va_list *list)
{
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(*list, mode_t) : 0;
}

int
open(const char *name, int flags, ...)
{
  va_list list;

  va_start(list, flags);
  mode_t mode = mode_of(flags, &list);
  va_end(list);
  return open_at(AT_FDCWD, name, flags, mode);
}

int
open64(const char *name, int flags, ...)
{
  va_list list;

  va_start(list, flags);
  mode_t mode = mode_of(flags, &list);
  va_end(list);
  return open_at(AT_FDCWD, name, flags, mode);
}

int
openat(int dir_fd, const char *name, int flags, ...)
{
  va_list list;

  va_start(list, flags);
  mode_t mode = mode_of(flags, &list);
  va_end(list);
  return open_at(dir_fd, name, flags, mode);
}

int
openat64(int dir_fd, const char *name, int flags, ...)
{
  va_list list;

  va_start(list, flags);
  mode_t mode = mode_of(flags, &list);
  va_end(list);
  return open_at(dir_fd, name, flags, mode);
}

int
creat(const char *name, mode_t mode)
{
  return open_at(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int
__open_2(const char *name, int flags)
{
  return open_at(AT_FDCWD, name, flags, 0);
}

int
__open64_2(const char *name, int flags)
{
  return open_at(AT_FDCWD, name, flags, 0);
}

int
__openat_2(int dir_fd, const char *name, int flags)
{
  return open_at(dir_fd, name, flags, 0);
}

/* ---- write ---- */

static uint64_t
place_of(int fd)
{
  struct stat st;
  int flags = fcntl(fd, F_GETFL);

  if (flags >= 0 && (flags & O_APPEND) != 0 && fstat(fd, &st) == 0)
    return (uint64_t)st.st_size;
  return (uint64_t)lseek(fd, 0, SEEK_CUR);
}

ssize_t
write(int fd, const void *data, size_t size)
{
  char path[PATH_MAX];

  if (fd == STDOUT_FILENO)
    crash_spoke(data, size);
  if (!crash_path_of_fd(fd, path))
    return crash_real_write(fd, data, size);
  crash_before("write");
  uint64_t at = place_of(fd);
  ssize_t done = crash_real_write(fd, data, size);
  int saved = errno;
  if (done > 0)
    crash_log(CRASH_WRITE, 0, crash_ino_of(fd), at, NULL, NULL, data, (uint64_t)done);
  crash_after();
  errno = saved;
  return done;
}

ssize_t
pwrite(int fd, const void *data, size_t size, off_t at)
{
  static ssize_t (*real)(int, const void *, size_t, off_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (ssize_t(*)(int, const void *, size_t, off_t))crash_next("pwrite");
  if (!crash_path_of_fd(fd, path))
    return real(fd, data, size, at);
  crash_before("pwrite64");
  ssize_t done = real(fd, data, size, at);
  int saved = errno;
  if (done > 0)
    crash_log(CRASH_WRITE, 0, crash_ino_of(fd), (uint64_t)at, NULL, NULL, data, (uint64_t)done);
  crash_after();
  errno = saved;
  return done;
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t at)
{
  return pwrite(fd, data, size, at);
}

/* One by one: what matters is that each is seen. */
ssize_t
writev(int fd, const struct iovec *parts, int count)
{
  static ssize_t (*real)(int, const struct iovec *, int);
  char path[PATH_MAX];
  ssize_t all = 0;

  if (real == NULL)
    real = (ssize_t(*)(int, const struct iovec *, int))crash_next("writev");
  if (fd != STDOUT_FILENO && !crash_path_of_fd(fd, path))
    return real(fd, parts, count);
  for (int i = 0; i < count; i++) {
    ssize_t done = write(fd, parts[i].iov_base, parts[i].iov_len);
    if (done < 0)
      return all > 0 ? all : done;
    all += done;
    if ((size_t)done < parts[i].iov_len)
      break;
  }
  return all;
}

/* What another machine was told is a promise as well. */
ssize_t
send(int fd, const void *data, size_t size, int flags)
{
  static ssize_t (*real)(int, const void *, size_t, int);

  if (real == NULL)
    real = (ssize_t(*)(int, const void *, size_t, int))crash_next("send");
  crash_spoke(data, size);
  return real(fd, data, size, flags);
}

/* What stdio writes does so inside of the C library. */
int
fflush(FILE *file)
{
  static int (*real)(FILE *);

  if (real == NULL)
    real = (int (*)(FILE *))crash_next("fflush");
  if (file == stdout)
    crash_spoke("", 0);
  return real(file);
}

static void
unknown_to_model(const char *name)
{
  crash_log(CRASH_OTHER, 0, 0, 0, name, NULL, NULL, 0);
}

ssize_t
copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t size, unsigned flags)
{
  static ssize_t (*real)(int, off64_t *, int, off64_t *, size_t, unsigned);
  char path[PATH_MAX];

  if (real == NULL)
    real =
        (ssize_t(*)(int, off64_t *, int, off64_t *, size_t, unsigned))crash_next("copy_file_range");
  if (!crash_path_of_fd(out, path))
    return real(in, in_at, out, out_at, size, flags);
  crash_before("copy_file_range");
  unknown_to_model("copy_file_range");
  ssize_t done = real(in, in_at, out, out_at, size, flags);
  crash_after();
  return done;
}

/* ---- length ---- */

int
ftruncate(int fd, off_t size)
{
  static int (*real)(int, off_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, off_t))crash_next("ftruncate");
  if (!crash_path_of_fd(fd, path))
    return real(fd, size);
  crash_before("ftruncate");
  int done = real(fd, size);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_TRUNCATE, 0, crash_ino_of(fd), (uint64_t)size, NULL, NULL, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
ftruncate64(int fd, off64_t size)
{
  return ftruncate(fd, size);
}

int
posix_fallocate(int fd, off_t at, off_t size)
{
  static int (*real)(int, off_t, off_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, off_t, off_t))crash_next("posix_fallocate");
  if (!crash_path_of_fd(fd, path))
    return real(fd, at, size);
  crash_before("fallocate");
  int done = real(fd, at, size);
  if (done == 0)
    crash_log(CRASH_FALLOCATE, 0, crash_ino_of(fd), (uint64_t)at, NULL, NULL, NULL, (uint64_t)size);
  crash_after();
  return done;
}

int
posix_fallocate64(int fd, off64_t at, off64_t size)
{
  return posix_fallocate(fd, at, size);
}

int
fallocate(int fd, int mode, off_t at, off_t size)
{
  static int (*real)(int, int, off_t, off_t);
  char path[PATH_MAX];

  if (real == NULL)
    real = (int (*)(int, int, off_t, off_t))crash_next("fallocate");
  if (!crash_path_of_fd(fd, path))
    return real(fd, mode, at, size);
  crash_before("fallocate");
  if (mode != 0)
    unknown_to_model("fallocate");
  int done = real(fd, mode, at, size);
  int saved = errno;
  if (done == 0)
    crash_log(CRASH_FALLOCATE, 0, crash_ino_of(fd), (uint64_t)at, NULL, NULL, NULL, (uint64_t)size);
  crash_after();
  errno = saved;
  return done;
}

int
fallocate64(int fd, int mode, off64_t at, off64_t size)
{
  return fallocate(fd, mode, at, size);
}

/* ---- sync ---- */

static int
sync_fd(int (*real)(int), const char *name, CrashOp op, int fd)
{
  char path[PATH_MAX];

  if (!crash_path_of_fd(fd, path))
    return real(fd);
  crash_before(name);
  int done = real(fd);
  int saved = errno;
  if (done == 0)
    crash_log(op, 0, crash_ino_of(fd), 0, NULL, NULL, NULL, 0);
  crash_after();
  errno = saved;
  return done;
}

int
fsync(int fd)
{
  static int (*real)(int);

  if (real == NULL)
    real = (int (*)(int))crash_next("fsync");
  return sync_fd(real, "fsync", CRASH_FSYNC, fd);
}

int
fdatasync(int fd)
{
  static int (*real)(int);

  if (real == NULL)
    real = (int (*)(int))crash_next("fdatasync");
  return sync_fd(real, "fdatasync", CRASH_FDATASYNC, fd);
}

int
syncfs(int fd)
{
  static int (*real)(int);

  if (real == NULL)
    real = (int (*)(int))crash_next("syncfs");
  return sync_fd(real, "syncfs", CRASH_SYNCFS, fd);
}
