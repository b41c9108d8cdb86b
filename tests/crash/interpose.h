/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the wrapped calls (calls-*.c) share; see interpose.c. */
#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#define CRASH_N_NAMES 48

/* The numbers are those of recording.py. */
typedef enum {
  CRASH_CREATE = 1,   /* ino, first: path */
  CRASH_TRUNCATE = 2, /* ino, offset: new length */
  CRASH_WRITE = 3,    /* ino, offset, content */
  CRASH_MKDIR = 4,    /* ino, first: path */
  CRASH_RENAME = 5,   /* first → second */
  CRASH_LINK = 6,     /* first: there already, second: new */
  CRASH_SYMLINK = 7,  /* content → second */
  CRASH_UNLINK = 8,   /* first */
  CRASH_RMDIR = 9,    /* first */
  CRASH_FSYNC = 10,   /* ino */
  CRASH_FDATASYNC = 11,
  CRASH_SYNCFS = 12,
  CRASH_FALLOCATE = 13, /* ino, offset: length at least */
  CRASH_SPOKE = 14,     /* content: what came out of the program */
  CRASH_OTHER = 15,     /* a call that the model does not know: first says which */
} CrashOp;

/* The next definition of @name: the C library's. */
void *crash_next(const char *name);

/* Whether what @fd or @name stands for lies below the root, and its path. */
int crash_path_of_fd(int fd, char path[PATH_MAX]);
int crash_path_at(int dir_fd, const char *name, char path[PATH_MAX]);

/* Around a changing call: counts, kills; one at a time until crash_after. */
void crash_before(const char *name);
void crash_after(void);
/* Between the two, when the call went well. */
void crash_log(CrashOp op, unsigned flags, uint64_t ino, uint64_t offset, const char *first,
               const char *second, const void *data, uint64_t size);
void crash_spoke(const void *data, size_t size);

uint64_t crash_ino_of(int fd);
uint64_t crash_ino_at(const char *path);

extern ssize_t (*crash_real_write)(int, const void *, size_t);
extern int (*crash_real_open)(const char *, int, ...);
