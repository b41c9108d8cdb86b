/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "courier/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"

#define LOCK_NAME "lock"
#define LOCK_TEXT_MAX 128

/* In a home that two accounts use either may be the courier: the officer with a drive in hand. */
void
ds_courier_lock_share(int fd, const char *folder)
{
  struct stat shared, st;

  if (stat(folder, &shared) == 0 && (shared.st_mode & S_ISGID) != 0 && fstat(fd, &st) == 0 &&
      st.st_uid == geteuid() && fchmod(fd, 0600 | (shared.st_mode & (S_IRGRP | S_IWGRP))) < 0)
    g_debug("the lock in %s is for one account only: %s", folder, g_strerror(errno));
}

/* Nothing but the lock counts; what the file says is for the message. */
int
ds_courier_lock(const char *work, GError **error)
{
  g_autofree char *path = g_build_filename(work, LOCK_NAME, NULL);
  g_auto(DsFd) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  char text[LOCK_TEXT_MAX + 1] = "";

  if (fd < 0) {
    ds_error_set_errno(error, errno, "opening", path);
    return -1;
  }
  ds_courier_lock_share(fd, work);
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    ssize_t got = pread(fd, text, LOCK_TEXT_MAX, 0);
    text[MAX(got, 0)] = '\0';
    g_set_error(error, DS_ERROR, DS_ERROR_BUSY, "another courier works in %s (%s)", work,
                *text != '\0' ? text : "it has just begun");
    return -1;
  }
  g_autofree char *now = ds_clock_format(ds_clock_now().wall_us);
  g_autofree char *who = g_strdup_printf("process %d since %s", (int)getpid(), now);
  if (ftruncate(fd, 0) < 0 || pwrite(fd, who, strlen(who), 0) < 0) {
    ds_error_set_errno(error, errno, "writing", path);
    return -1;
  }
  int held = fd;
  fd = -1;
  return held;
}
