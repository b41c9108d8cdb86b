/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts a program with a fixed argv and environment, never through a shell, and gives back a link
 * to it: one socket is its input and output, a pipe its standard error. */
#pragma once

#include "depot/link.h"

G_BEGIN_DECLS

typedef struct {
  guint64 memory;      /* bytes of address space (RLIMIT_AS), 0: none */
  guint64 file_size;   /* bytes of one file (RLIMIT_FSIZE), 0: none */
  guint64 cpu_seconds; /* RLIMIT_CPU, 0: none */
} DsSpawnLimits;

/* Sets the limits on the calling process. Only system calls: safe between fork and exec. */
void ds_spawn_limits_apply(const DsSpawnLimits *limits);

/* @argv[0] is looked up in @environment's PATH; @folder NULL is this process's own; @limits may be
 * NULL. DS_ERROR_NOT_FOUND when the program is not installed. (transfer full) */
DsLink *ds_spawn(const char *const *argv, const char *const *environment, const char *folder,
                 const DsSpawnLimits *limits, GError **error);

G_END_DECLS
