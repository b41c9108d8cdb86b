/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/common/progress.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_US (1 * G_USEC_PER_SEC)
#define TERMINAL_US (G_USEC_PER_SEC / 5)
#define LOG_US (5 * G_USEC_PER_SEC)

struct _DsCliProgress {
  char *program;
  gboolean quiet;
  gboolean terminal;
  gboolean shown;
  gint64 next_us; /* monotonic */
};

DsCliProgress *
ds_cli_progress_new(const char *program, gboolean quiet)
{
  DsCliProgress *self = g_new0(DsCliProgress, 1);

  self->program = g_strdup(program);
  self->quiet = quiet;
  self->terminal = isatty(STDERR_FILENO);
  self->next_us = g_get_monotonic_time() + FIRST_US;
  return self;
}

void
ds_cli_progress_show(DsCliProgress *self, const char *format, ...)
{
  gint64 now = g_get_monotonic_time();
  va_list arguments;

  if (self->quiet || now < self->next_us)
    return;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (self->terminal)
    fprintf(stderr, "\r\033[K%s", text);
  else
    fprintf(stderr, "%s: %s\n", self->program, text);
  self->shown = TRUE;
  self->next_us = now + (self->terminal ? TERMINAL_US : LOG_US);
}

void
ds_cli_progress_free(DsCliProgress *self)
{
  if (self->terminal && self->shown)
    fputs("\r\033[K", stderr);
  g_free(self->program);
  g_free(self);
}
